package io.mediajobs.store;

import io.mediajobs.job.JobError;
import java.time.Duration;

/** What an answer says about the provider as a whole; written together with the job's outcome. */
public sealed interface ProviderSignal {

    /** The provider answered as it should. */
    record Fine() implements ProviderSignal {
    }

    /** Whether it holds for all providers that are asked with the same key, too. */
    default boolean isOfTheAccount() {
        return false;
    }

    /** The provider asked for patience (429): nobody asks it again before the time is over. */
    record Throttled(Duration patience) implements ProviderSignal {

        @Override
        public boolean isOfTheAccount() {
            return true;
        }
    }

    /**
     * The provider did not answer usefully; after {@code threshold} times in a row its circuit opens for {@code pause}, and for
     * longer each time the one probe fails, up to {@code longest}.
     */
    record Unavailable(JobError error, int threshold, Duration pause, Duration longest) implements ProviderSignal {
    }

    /**
     * The provider answered something that nobody can use. It is counted and shown, but opens no circuit: one odd job must not stop
     * all others. If it was the probe of a paused provider, the next one goes out after {@code pause}.
     */
    record Unusable(JobError error, Duration pause) implements ProviderSignal {
    }

    /**
     * The provider refuses us as such ({@code unauthorized}, {@code payment-required}): all its jobs wait, one probes after each pause.
     *
     * @param isOfTheAccount whether it is the key that is refused (401) or the account (402), and not what this one provider is asked for (403)
     */
    record Refused(String reason, JobError error, Duration pause, boolean isOfTheAccount) implements ProviderSignal {
    }
}
