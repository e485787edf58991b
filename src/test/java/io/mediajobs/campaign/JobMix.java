package io.mediajobs.campaign;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Jobs of all providers and all ends, with faults of the providers among them; the same ones for the same seed. */
final class JobMix {

    private static final int LARGE = 11 << 20;

    private final Random random;
    private final String prefix;
    private final long longestMillis;
    private int number;

    /** @param longest until a job has ended at its provider */
    JobMix(long seed, Duration longest) {
        this.random = new Random(seed);
        this.prefix = "s" + seed + "-";
        this.longestMillis = longest.toMillis();
    }

    CampaignJob next() {
        int kind = random.nextInt(100);
        String provider = switch (random.nextInt(10)) {
            case 0 -> "pictory-image";
            case 1 -> "pictory-video";
            case 2 -> "pictory-render";
            case 3, 4, 5 -> "stories";
            default -> "productai";
        };
        ObjectNode order = order(provider, random.nextLong(longestMillis + 1));
        if (kind < 8) {
            return job(order.put("end", "failed"), null, "failed");
        }
        if (kind < 12) {
            return job(order.put("end", "unknown"), null, "lost");
        }
        if (kind < 14) {
            return job(order.put("end", "never"), "15s", "expired");
        }
        if (kind < 15) {
            fault(order, "status", 1, Integer.MAX_VALUE).put("status", 422);
            return job(order, null, "blocked");
        }
        assets(order, kind);
        switch (kind) {
            case 15, 16 -> fault(order, "status", 2, 2).put("status", 503);
            case 17 -> fault(order, "not-found", 1, 1);
            case 18 -> fault(order, "html", 2, 2);
            case 19 -> fault(order, "cut-connection", 2, 3);
            case 20 -> fault(order, "throttled", 2, 2).put("retryAfter", "1s");
            default -> {
                // a provider that does what it should
            }
        }
        return job(order, null, "archived");
    }

    /** One that goes to S3 in parts, at once. */
    CampaignJob large() {
        ObjectNode order = order("pictory-video", 0);
        order.putArray("assets").addObject().put("role", "video").put("bytes", LARGE + random.nextInt(1 << 20)).put("seed", random.nextLong())
                .put("chunked", random.nextInt(3) == 0);
        return job(order, null, "archived");
    }

    /** A plain one of each provider, at once. */
    List<CampaignJob> oneOfEach() {
        List<CampaignJob> jobs = new ArrayList<>();
        for (String provider : List.of("pictory-image", "pictory-video", "pictory-render", "productai", "stories")) {
            ObjectNode order = order(provider, 0);
            assets(order, 0);
            jobs.add(job(order, null, "archived"));
        }
        return jobs;
    }

    private ObjectNode order(String provider, long millis) {
        String jobId = prefix + String.format("%06d", number++);
        return JsonNodeFactory.instance.objectNode().put("provider", provider).put("jobId", jobId)
                .put("queuedFor", millis / 4 + "ms").put("processingFor", millis - millis / 4 + "ms");
    }

    private static CampaignJob job(ObjectNode order, String deadline, String end) {
        return new CampaignJob(order.get("provider").asText(), order.get("jobId").asText(), deadline, end, order);
    }

    private void assets(ObjectNode order, int kind) {
        ArrayNode assets = order.putArray("assets");
        switch (order.get("provider").asText()) {
            case "pictory-image" -> picture(assets, "image");
            case "pictory-video", "pictory-render" -> {
                assets.addObject().put("role", "video").put("bytes", 1 + random.nextInt(300_000)).put("seed", random.nextLong());
                picture(assets, "thumbnail");
            }
            default -> {
                for (int i = random.nextInt(3); i >= 0; i--) {
                    picture(assets, "image");
                }
            }
        }
        if (kind == 21 || kind == 22) {
            fault((ObjectNode) assets.get(0), kind == 21 ? "cut-connection" : "status", 1, 1).put("status", 403);
        }
    }

    private static void picture(ArrayNode assets, String role) {
        assets.addObject().put("role", role).put("width", 48).put("height", 48);
    }

    private static ObjectNode fault(ObjectNode at, String kind, int from, int to) {
        return at.withArrayProperty("faults").addObject().put("from", from).put("to", to).put("kind", kind);
    }
}
