package io.mediajobs.demo;

import io.mediajobs.config.Settings;
import io.mediajobs.demo.s3.EmbeddedS3;
import io.mediajobs.demo.simulator.ProviderSimulator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** The product's settings in the demo: the shipped ones with addresses of the demo's and shorter times. */
final class DemoSettings {

    static final String BUCKET = "media";
    private static final List<String> PROVIDERS = List.of("pictory-image", "pictory-video", "pictory-render", "productai", "stories");

    private DemoSettings() {
    }

    /**
     * @param usualPorts whether the product's own ports are wanted where they are free: nobody opens the page of a demo that ends by itself
     * @param lastWords  what the command line says
     * @return neither the operator's file nor environment variables play a part: the demo is the same everywhere
     */
    static Settings of(Path home, DemoFolder folder, ProviderSimulator simulator, EmbeddedS3 s3, boolean usualPorts,
                       Map<String, String> lastWords) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("data.folder", folder.data().toString());
        all.put("provider.pictory.url", simulator.url("pictory-image"));
        all.put("provider.pictory.key", simulator.provider("pictory-image").key());
        all.put("provider.productai.url", simulator.url("productai"));
        all.put("provider.productai.key", simulator.provider("productai").key());
        all.put("provider.stories.url", simulator.url("stories"));
        all.put("provider.stories.key", simulator.provider("stories").key());
        for (String provider : PROVIDERS) {
            all.put("provider." + provider + ".every", "1s");
            all.put("provider." + provider + ".rate", "none");
        }
        all.put("poll.tick-millis", "200");
        all.put("poll.not-found-asks", "4");
        all.put("poll.not-found-every", "1s");
        all.put("poll.unusable-asks", "3");
        all.put("poll.backoff", "1s");
        all.put("poll.longest-backoff", "2s");
        all.put("circuit.pause", "2s");
        all.put("circuit.longest-pause", "3s");
        all.put("refused.pause", "2s");
        all.put("s3.endpoint", s3.endpoint().toString());
        all.put("s3.path-style", "true");
        all.put("s3.region", "us-east-1");
        // the simulator serves the assets
        all.put("archive.ports", "1-65535");
        all.put("archive.private-addresses", "127.0.0.1");
        all.put("s3.bucket", BUCKET);
        all.put("s3.access-key", s3.accessKey());
        all.put("s3.secret-key", s3.secretKey());
        all.put("archive.asset-retry-delay", "500ms");
        all.put("archive.ask-again-after", "1s");
        all.put("archive.fresh-url-delay", "500ms");
        all.put("events.tick-millis", "200");
        all.put("http.port", Integer.toString(free(usualPorts ? 8080 : 0)));
        all.put("observe.port", Integer.toString(free(usualPorts ? 9876 : 0)));
        all.putAll(lastWords);
        return Settings.load(home, List.of(), Map.of(), new Properties(), all);
    }

    /** @return the port itself if nobody listens there, else any that is free */
    private static int free(int port) {
        for (int candidate : new int[] {port, 0}) {
            try (ServerSocket probe = new ServerSocket()) {
                probe.setReuseAddress(true);
                probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), candidate));
                return probe.getLocalPort();
            } catch (IOException e) {
                if (candidate == 0) {
                    throw new UncheckedIOException("There is no free port on this machine.", e);
                }
            }
        }
        throw new IllegalStateException("not reached");
    }
}
