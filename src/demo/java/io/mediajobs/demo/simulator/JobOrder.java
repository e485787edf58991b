package io.mediajobs.demo.simulator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A job as another process orders it in JSON.
 * <pre>{@code
 * {"provider": "productai", "jobId": "job_1", "queuedFor": "1s", "processingFor": "5s",
 *  "end": "completed" | "failed" | "unknown" | "never", "error": {"code": "…", "message": "…"},
 *  "assets": [{"role": "video", "bytes": 1073741824, "seed": 7, "chunked": false, "bytesPerSecond": 0,
 *              "contentType": "…", "width": 64, "height": 64, "faults": [fault, …]}],
 *  "faults": [{"from": 1, "to": 3, "kind": "throttled", "status": 503, "retryAfter": "2s", "text": "…"}],
 *  "callsBack": "http://…"}
 * }</pre>
 * A fault with {@code from} alone concerns that one request, one without either all of them.
 * Without {@code assets} a completed job has the usual ones of its provider; an asset with {@code bytes} is generated.
 *
 * @param callsBack URL for the webhook, or null
 */
record JobOrder(String provider, String jobId, JobScript script, String callsBack) {

    /** @throws IllegalArgumentException with a sentence when something is missing or not understood */
    static JobOrder parse(JsonNode order) {
        String provider = text(order, "provider");
        ProviderApi.of(provider);
        var script = new JobScript(duration(order, "queuedFor"), duration(order, "processingFor"), end(provider, order),
                faults(order.path("faults")));
        return new JobOrder(provider, text(order, "jobId"), script, order.path("callsBack").asText(null));
    }

    private static JobEnd end(String provider, JsonNode order) {
        String end = order.path("end").asText("completed");
        return switch (end) {
            case "completed" -> new JobEnd.Completed(assets(provider, order.path("assets")));
            case "failed" -> new JobEnd.Failed(order.path("error").path("code").asText("5001"),
                    order.path("error").path("message").asText("Generation failed due to an internal error."));
            case "unknown" -> new JobEnd.Unknown();
            case "never" -> new JobEnd.Never();
            default -> throw new IllegalArgumentException("end is " + end + ", not completed, failed, unknown or never");
        };
    }

    private static List<Asset> assets(String provider, JsonNode assets) {
        if (assets.isMissingNode()) {
            return Assets.usual(provider);
        }
        var list = new ArrayList<Asset>();
        for (JsonNode each : assets) {
            Asset asset = Assets.ofRole(text(each, "role"));
            if (each.has("width")) {
                asset = Asset.picture(asset.role(), asset.extension(), each.path("width").asInt(), each.path("height").asInt());
            }
            if (each.has("bytes")) {
                asset = asset.generated(each.path("bytes").asLong(), each.path("seed").asLong());
            }
            if (each.path("chunked").asBoolean()) {
                asset = asset.ofUnknownLength();
            }
            if (each.has("contentType")) {
                asset = asset.as(each.path("contentType").asText());
            }
            asset = asset.slowedTo(each.path("bytesPerSecond").asLong());
            for (FaultAt fault : faults(each.path("faults"))) {
                asset = asset.duringRequests(fault.from(), fault.to(), fault.fault());
            }
            list.add(asset);
        }
        return list;
    }

    private static List<FaultAt> faults(JsonNode faults) {
        var list = new ArrayList<FaultAt>();
        for (JsonNode each : faults) {
            int from = each.path("from").asInt(1);
            list.add(new FaultAt(from, each.path("to").asInt(each.has("from") ? from : Integer.MAX_VALUE), fault(each)));
        }
        return list;
    }

    /** {@code {"kind": "cut-connection", "status": …, "retryAfter": "2s", "text": "…"}}. */
    static Misbehaviour fault(JsonNode fault) {
        var kind = Misbehaviour.Kind.valueOf(text(fault, "kind").toUpperCase(Locale.ROOT).replace('-', '_'));
        boolean throttled = kind == Misbehaviour.Kind.THROTTLED || kind == Misbehaviour.Kind.THROTTLED_UNTIL;
        int usual = throttled ? 429 : kind == Misbehaviour.Kind.REDIRECT ? 302 : 0;
        return new Misbehaviour(kind, fault.path("status").asInt(usual),
                throttled ? duration(fault, "retryAfter") : null, fault.path("text").asText(null));
    }

    private static String text(JsonNode node, String field) {
        String text = node.path(field).asText("");
        if (text.isEmpty()) {
            throw new IllegalArgumentException(field + " is missing");
        }
        return text;
    }

    /** {@code 500ms}, {@code 1.5s}, {@code 2m}, {@code 1h}; a bare number is seconds; missing is zero. */
    private static Duration duration(JsonNode node, String field) {
        String text = node.path(field).asText("0").trim();
        if (!text.matches("\\d{1,9}(\\.\\d{1,6})?(ms|s|m|h)?")) {
            throw new IllegalArgumentException(field + " is " + text + ", not a time such as 500ms, 5s, 2m or 1h");
        }
        double value = Double.parseDouble(text.replaceAll("[a-z]", ""));
        double millis = switch (text.replaceAll("[0-9.]", "")) {
            case "ms" -> 1;
            case "m" -> 60_000;
            case "h" -> 3_600_000;
            default -> 1000;
        };
        return Duration.ofNanos(Math.round(value * millis * 1_000_000));
    }
}
