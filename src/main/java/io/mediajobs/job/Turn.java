package io.mediajobs.job;

import java.time.Instant;

/**
 * Leave to send one request to a provider. Turns of one provider are given out once each, in their order, and as far apart as its rate says.
 *
 * @param at       the moment of the request by the store's clock; null where no rate has to be kept
 * @param incident number of the provider's last incident at that time: a later one takes the leave back
 */
public record Turn(Instant at, int incident) {
}
