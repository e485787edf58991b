package io.mediajobs.web;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/**
 * The operators' page: four files from the jar and nothing else. (Camel's own static server looks in the working directory
 * first and gave out the properties file.)
 */
final class Page {

    private static final String CSP = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self';"
            + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

    private record Asset(String contentType, Buffer content) {
    }

    private final Map<String, Asset> assets = Map.of(
            "/", asset("index.html", "text/html; charset=utf-8"),
            "/app.js", asset("app.js", "text/javascript; charset=utf-8"),
            "/style.css", asset("style.css", "text/css; charset=utf-8"),
            "/favicon.svg", asset("favicon.svg", "image/svg+xml"));

    private static Asset asset(String file, String contentType) {
        try (InputStream stream = Page.class.getResourceAsStream("page/" + file)) {
            return new Asset(contentType, Buffer.buffer(stream.readAllBytes()));
        } catch (IOException | NullPointerException e) {
            throw new IllegalStateException("the page's " + file + " is missing from the jar", e);
        }
    }

    /** @param path as it came, not normalised: only these very spellings are open to everybody */
    boolean has(String path) {
        return assets.containsKey(path);
    }

    void answer(String path, HttpServerResponse response) {
        Asset asset = assets.get(path);
        response.putHeader("Content-Type", asset.contentType).putHeader("Content-Security-Policy", CSP).putHeader("Cache-Control", "no-cache")
                .end(asset.content);
    }
}
