package io.mediajobs.intake;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Somebody's wish that a job be followed, as it was written; {@link Registrar} says whether it can be.
 *
 * @param provider name of the provider; null if it was not given
 * @param jobId    the provider's own id of the job; null if it was not given
 * @param deadline how long the job may take, such as {@code 2h}; null for the provider's own deadline
 * @param tags     the caller's own labels; null counts as none
 */
public record Registration(String provider, String jobId, String deadline, Map<String, String> tags) {

    public Registration {
        tags = tags == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(tags));
    }
}
