package io.mediajobs.web;

import io.mediajobs.config.Settings;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every request passes before any route can see it. Nothing is open but the four files of the page and the paths named in
 * {@link #openToSigned}: everything else needs the token, however it is spelt, so no two spellings of a path can disagree.
 *
 * <p>It stands around the router and not in it: no route, of whatever order, can come before it. Behind it a request has only
 * the headers that HTTP itself needs, so nobody outside can set a Camel header ({@code CamelHttpUri}, in any case).
 */
final class Gate implements Handler<HttpServerRequest> {

    private static final Logger LOG = LoggerFactory.getLogger(Gate.class);

    /** What is left of the caller's headers. */
    private static final Set<String> KEPT = Set.of("content-type", "content-length", "transfer-encoding", "expect", "host", "connection");
    private static final Pattern CHARSET = Pattern.compile(";\\s*charset\\s*=\\s*\"?([^\\s;\"]+)", Pattern.CASE_INSENSITIVE);
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final String API_CSP = "default-src 'none'; frame-ancestors 'none'";

    private final ApiToken token;
    private final Set<String> hosts;
    private final boolean anyHost;
    private final long maxBody;
    private final long maxSignedBody;
    private final Page page = new Page();
    private final WrongTokens wrongTokens = new WrongTokens();
    private volatile String signedPrefix;
    private volatile Handler<HttpServerRequest> router;
    private volatile BooleanSupplier ready = () -> true;

    Gate(Settings settings, ApiToken token) {
        this.token = token;
        this.maxBody = settings.bytes("http.max-body");
        this.maxSignedBody = settings.bytes("hooks.max-body");
        this.hosts = new HashSet<>(LOOPBACK);
        List<String> named = Arrays.stream(settings.text("http.hosts").split(",")).map(String::trim).filter(host -> !host.isEmpty())
                .map(host -> host.toLowerCase(Locale.ROOT)).toList();
        hosts.addAll(named);
        // a server that is reachable from elsewhere has names that only its operator knows
        this.anyHost = named.isEmpty() && !isLoopback(settings.text("http.host"));
    }

    static boolean isLoopback(String host) {
        return host.equals("localhost") || host.startsWith("127.") || host.equals("::1") || host.equals("[::1]");
    }

    /** @param router what comes after the gate
     *  @param ready  false while routes are still being started */
    void opensTo(Handler<HttpServerRequest> router, BooleanSupplier ready) {
        this.router = router;
        this.ready = ready;
    }

    /**
     * Lets POST requests to paths below {@code prefix} in without the token, because each carries a signature of its own that
     * the route behind checks. Headers for that pass if their name ends in {@code signature} or begins with {@code webhook-}.
     *
     * @param prefix first path segment, such as {@code hooks}
     */
    void openToSigned(String prefix) {
        this.signedPrefix = prefix;
    }

    /** First path segment of what is let in without the token; null for none. */
    String signedPrefix() {
        return signedPrefix;
    }

    /** Bytes of such a request's body at the most. */
    long maxSignedBody() {
        return maxSignedBody;
    }

    @Override
    public void handle(HttpServerRequest request) {
        try {
            HttpServerResponse response = request.response();
            response.putHeader("X-Content-Type-Options", "nosniff").putHeader("Referrer-Policy", "no-referrer")
                    .putHeader("Cross-Origin-Resource-Policy", "same-origin").putHeader("Cross-Origin-Opener-Policy", "same-origin");
            checkHost(request);
            if (page.has(request.uri()) && (request.method() == HttpMethod.GET || request.method() == HttpMethod.HEAD)) {
                page.answer(request.uri(), response);
                return;
            }
            response.putHeader("Cache-Control", "no-store").putHeader("Content-Security-Policy", API_CSP);
            boolean signed = isSigned(request);
            if (!signed) {
                checkToken(request);
                checkSameSite(request);
            }
            RequestPath path = RequestPath.of(request.uri());
            checkBody(request, path, signed);
            if (!ready.getAsBoolean()) {
                response.putHeader("Retry-After", "1");
                throw new ProblemException(503, "starting", "The routes are being started or stopped. Try again in a second.");
            }
            keepOnly(request, signed);
            if (signed && "100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
                // the sender waits for this with its body, some for a second and some for ever; other bodies are read by Vert.x, which says it itself
                response.writeContinue();
            }
            router.handle(request);
        } catch (ProblemException e) {
            refuse(request, e.problem());
        }
    }

    private void checkHost(HttpServerRequest request) {
        List<String> given = request.headers().getAll("Host");
        if (given.size() != 1) {
            throw new ProblemException(400, "malformed-host", "A request has exactly one Host header.");
        }
        String host = given.get(0).toLowerCase(Locale.ROOT);
        int colon = host.lastIndexOf(':');
        String name = colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
        if (!anyHost && !hosts.contains(name)) {
            throw new ProblemException(421, "unknown-host", "This server does not answer under that host name. Add the name to http.hosts if it should.");
        }
    }

    private boolean isSigned(HttpServerRequest request) {
        String prefix = signedPrefix;
        return prefix != null && request.method() == HttpMethod.POST && request.uri().startsWith("/" + prefix + "/")
                && RequestPath.of(request.uri()).startsWith(prefix);
    }

    private void checkToken(HttpServerRequest request) {
        List<String> given = request.headers().getAll("Authorization");
        String authorization = given.size() == 1 ? given.get(0) : "";
        if (authorization.regionMatches(true, 0, "Bearer ", 0, 7) && token.matches(authorization.substring(7).trim())) {
            return;
        }
        request.response().putHeader("WWW-Authenticate", "Bearer realm=\"media-job-routes\"");
        if (authorization.isEmpty()) {
            throw new ProblemException(401, "no-token", "Send the API token as 'Authorization: Bearer …'. It is in the file api-token in the data folder,"
                    + " or what http.token says.");
        }
        String address = String.valueOf(request.remoteAddress().hostAddress());
        int wrong = wrongTokens.count(address, System.nanoTime());
        if (WrongTokens.isWorthALine(wrong)) {
            LOG.warn("Wrong API token from {} ({} within a minute).", address, wrong);
        }
        if (WrongTokens.isFlood(wrong)) {
            request.response().putHeader("Retry-After", "60");
            throw new ProblemException(429, "too-many-wrong-tokens", "There were too many wrong tokens from this address.");
        }
        throw new ProblemException(401, "wrong-token", "The API token is wrong. It is in the file api-token in the data folder, or what http.token says.");
    }

    /** The token is no cookie, so another site's page cannot send it; this is the second lock. */
    private static void checkSameSite(HttpServerRequest request) {
        String site = request.getHeader("Sec-Fetch-Site");
        boolean foreign = site != null && !site.equals("same-origin") && !site.equals("none");
        String origin = request.getHeader("Origin");
        if (origin != null) {
            int scheme = origin.indexOf("://");
            foreign |= scheme < 0 || !origin.substring(scheme + 3).equalsIgnoreCase(request.getHeader("Host"));
        }
        if (foreign) {
            throw new ProblemException(403, "cross-site", "Requests from the pages of other sites are refused.");
        }
    }

    private void checkBody(HttpServerRequest request, RequestPath path, boolean signed) {
        String length = request.getHeader("Content-Length");
        boolean hasBody = request.getHeader("Transfer-Encoding") != null || (length != null && !length.equals("0"));
        if (!hasBody) {
            return;
        }
        if (length != null && (length.length() > 18 || !length.chars().allMatch(Character::isDigit) || Long.parseLong(length) > (signed ? maxSignedBody : maxBody))) {
            throw tooLarge(signed);
        }
        String encoding = request.getHeader("Content-Encoding");
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw new ProblemException(415, "encoded-body", "Bodies are taken without Content-Encoding only.");
        }
        String written = String.valueOf(request.getHeader("Content-Type"));
        String type = written.split(";", 2)[0].trim().toLowerCase(Locale.ROOT);
        boolean form = type.startsWith("multipart/") || type.equals("application/x-www-form-urlencoded");
        if (form || (path.startsWith("api") && !type.equals("application/json"))) {
            throw new ProblemException(415, "unsupported-media-type", "The body must be sent as Content-Type: application/json.");
        }
        Matcher charset = CHARSET.matcher(written);
        if (charset.find() && !charset.group(1).equalsIgnoreCase("utf-8")) {
            // RFC 8259, section 8.1: JSON between systems is UTF-8
            throw new ProblemException(415, "unsupported-charset", "The body must be UTF-8, not " + charset.group(1) + ".");
        }
    }

    ProblemException tooLarge(boolean signed) {
        return new ProblemException(413, "body-too-large", "The body is larger than " + (signed ? maxSignedBody + " bytes (hooks.max-body)." : maxBody + " bytes (http.max-body)."));
    }

    private void keepOnly(HttpServerRequest request, boolean signed) {
        for (String name : Set.copyOf(request.headers().names())) {
            String lower = name.toLowerCase(Locale.ROOT);
            if (!KEPT.contains(lower) && !(signed && (lower.endsWith("signature") || lower.startsWith("webhook-")))) {
                request.headers().remove(name);
            }
        }
    }

    static void refuse(HttpServerRequest request, Problem problem) {
        HttpServerResponse response = request.response();
        if (response.ended() || response.headWritten()) {
            return;
        }
        response.setStatusCode(problem.status()).putHeader("Content-Type", Problem.CONTENT_TYPE).end(problem.toJson().toString());
    }
}
