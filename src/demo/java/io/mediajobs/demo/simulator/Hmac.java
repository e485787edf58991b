package io.mediajobs.demo.simulator;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HMAC-SHA256: the query of a signed asset URL, and the signature of a webhook. */
final class Hmac {

    private final byte[] secret;

    Hmac(String secret) {
        this.secret = secret.getBytes(StandardCharsets.UTF_8);
    }

    /** {@code Expires=<epoch second>&Signature=<hex>} for a path. */
    String query(String path, Instant expires) {
        return "Expires=" + expires.getEpochSecond() + "&Signature=" + sign(path + "?" + expires.getEpochSecond());
    }

    /** Whether both parameters are there, fit the path, and are not over. */
    boolean accepts(String path, String expires, String signature, Instant now) {
        if (expires == null || signature == null || !expires.matches("\\d{1,12}")) {
            return false;
        }
        byte[] right = sign(path + "?" + expires).getBytes(StandardCharsets.US_ASCII);
        return MessageDigest.isEqual(right, signature.getBytes(StandardCharsets.UTF_8))
                && now.getEpochSecond() < Long.parseLong(expires);
    }

    /** HMAC-SHA256 of the text in hex. */
    String sign(String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every JDK has HmacSHA256", e);
        }
    }
}
