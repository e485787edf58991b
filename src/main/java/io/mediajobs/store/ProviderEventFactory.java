package io.mediajobs.store;

import io.mediajobs.job.JobError;

/** Makes the event of a provider's incident; the store calls it inside the transaction that opens or ends the incident. */
@FunctionalInterface
public interface ProviderEventFactory {

    /**
     * @param provider name of the provider
     * @param what     {@code unauthorized}, {@code payment-required}, {@code unavailable} or {@code recovered}
     * @param incident number of the incident of this provider, from 1; its end has the same number as its begin
     * @param error    why; null for {@code recovered}
     */
    NewEvent of(String provider, String what, int incident, JobError error);
}
