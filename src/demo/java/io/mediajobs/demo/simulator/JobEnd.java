package io.mediajobs.demo.simulator;

import java.util.List;

/** How a job ends when its processing time is over. */
public sealed interface JobEnd {

    /** @param assets what there is to download; may be empty */
    record Completed(List<Asset> assets) implements JobEnd {
        public Completed {
            assets = List.copyOf(assets);
        }
    }

    /** The provider's own code and message. */
    record Failed(String code, String message) implements JobEnd {
    }

    /** The provider does not know the id, from the first call on. */
    record Unknown() implements JobEnd {
    }

    /** It is processing for ever. */
    record Never() implements JobEnd {
    }
}
