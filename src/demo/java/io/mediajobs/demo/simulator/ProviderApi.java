package io.mediajobs.demo.simulator;

import java.util.List;
import java.util.Map;

/** The three status APIs; Pictory's serves three providers of ours, which differ in what a job returns. */
public enum ProviderApi {
    PICTORY("pictory", "/pictoryapis/v1/jobs", "pictai_demo-key", ""),
    PRODUCTAI("productai", "/v1/jobs", "productai-demo-key", "Bearer "),
    STORIES("stories", "/v1/jobs", "stories-demo-key", "Bearer ");

    private static final Map<String, ProviderApi> BY_PROVIDER = Map.of(
            "pictory-image", PICTORY, "pictory-video", PICTORY, "pictory-render", PICTORY, "pictory", PICTORY,
            "productai", PRODUCTAI, "stories", STORIES);

    private final String prefix;
    private final String jobsPath;
    private final String demoKey;
    private final String scheme;

    ProviderApi(String prefix, String jobsPath, String demoKey, String scheme) {
        this.prefix = prefix;
        this.jobsPath = jobsPath;
        this.demoKey = demoKey;
        this.scheme = scheme;
    }

    /**
     * @param provider {@code pictory-image}, {@code pictory-video}, {@code pictory-render}, {@code pictory},
     *                 {@code productai} or {@code stories}
     * @throws IllegalArgumentException for any other
     */
    public static ProviderApi of(String provider) {
        ProviderApi api = BY_PROVIDER.get(provider);
        if (api == null) {
            throw new IllegalArgumentException("The simulator does not know the provider " + provider + ", only "
                    + BY_PROVIDER.keySet().stream().sorted().toList());
        }
        return api;
    }

    /** Those of ours that ask it. */
    List<String> providers() {
        return BY_PROVIDER.entrySet().stream().filter(entry -> entry.getValue() == this).map(Map.Entry::getKey).toList();
    }

    /** First segment of this API's paths at the simulator. */
    public String prefix() {
        return prefix;
    }

    /** Path of the jobs below the base URL, as the provider has it. */
    public String jobsPath() {
        return jobsPath;
    }

    /** The key that is right unless a test sets another. */
    public String demoKey() {
        return demoKey;
    }

    /** What the Authorization header must be for a key. */
    public String authorization(String key) {
        return scheme + key;
    }
}
