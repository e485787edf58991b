package io.mediajobs.web;

import io.mediajobs.poll.HookTerms;
import io.mediajobs.store.Hooks;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Whether a webhook is its provider's. Everything is compared in constant time, and against every secret that is active. */
final class HookSignature {

    private static final int MOST_SIGNATURES = 20;
    private static final String PREFIX = "whsec_";

    private final HookTerms terms;
    private final List<String> secrets;

    /** @param secrets those that are active; a webhook with any of them is genuine */
    HookSignature(HookTerms terms, List<String> secrets) {
        this.terms = terms;
        this.secrets = secrets;
    }

    /**
     * @param header value of a header by its name, or null
     * @param body   the bytes as they came
     * @param token  last segment of the path; null if there is none
     */
    boolean isGenuine(UnaryOperator<String> header, byte[] body, String token, Instant now) {
        return switch (terms.scheme()) {
            case TOKEN -> token != null && anySecret(secret -> equal(secret.getBytes(StandardCharsets.UTF_8), token.getBytes(StandardCharsets.UTF_8)));
            case HMAC_SHA256 -> {
                String given = header.apply(terms.header());
                yield token == null && given != null && anySecret(secret -> equal(("sha256=" + HexFormat.of().formatHex(hmac(secret.getBytes(StandardCharsets.UTF_8), body)))
                        .getBytes(StandardCharsets.US_ASCII), given.getBytes(StandardCharsets.UTF_8)));
            }
            case STANDARD -> token == null && isStandard(header, body, now);
        };
    }

    /**
     * What a webhook is known by when it comes again: its webhook-id, or, where the scheme has none, its bytes. Only for one that is genuine.
     *
     * @param provider whose it is
     */
    String id(String provider, UnaryOperator<String> header, byte[] body) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update((provider + "\n").getBytes(StandardCharsets.UTF_8));
            digest.update(terms.scheme() == HookTerms.Scheme.STANDARD ? header.apply("webhook-id").getBytes(StandardCharsets.UTF_8) : body);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(digest.digest());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private boolean isStandard(UnaryOperator<String> header, byte[] body, Instant now) {
        String id = header.apply("webhook-id");
        String time = header.apply("webhook-timestamp");
        String signatures = header.apply("webhook-signature");
        // with an empty id all would be the same one
        if (id == null || id.isBlank() || time == null || signatures == null || !time.matches("\\d{1,12}")
                || Duration.between(Instant.ofEpochSecond(Long.parseLong(time)), now).abs().compareTo(Hooks.TOLERANCE) > 0) {
            return false;
        }
        byte[] head = (id + "." + time + ".").getBytes(StandardCharsets.UTF_8);
        byte[] signed = new byte[head.length + body.length];
        System.arraycopy(head, 0, signed, 0, head.length);
        System.arraycopy(body, 0, signed, head.length, body.length);
        String[] given = signatures.split(" ", MOST_SIGNATURES + 1);
        return given.length <= MOST_SIGNATURES && anySecret(secret -> {
            byte[] right = ("v1," + Base64.getEncoder().encodeToString(hmac(key(secret), signed))).getBytes(StandardCharsets.US_ASCII);
            boolean found = false;
            for (String signature : given) {
                found |= equal(right, signature.getBytes(StandardCharsets.UTF_8));
            }
            return found;
        });
    }

    /** Secrets of this scheme are written {@code whsec_} and base64. */
    private static byte[] key(String secret) {
        try {
            return Base64.getDecoder().decode(secret.startsWith(PREFIX) ? secret.substring(PREFIX.length()) : secret);
        } catch (IllegalArgumentException e) {
            // not written that way: its characters are the key
            return secret.getBytes(StandardCharsets.UTF_8);
        }
    }

    private boolean anySecret(Predicate<String> fits) {
        boolean found = false;
        for (String secret : secrets) {
            found |= fits.test(secret);
        }
        return found;
    }

    private static boolean equal(byte[] right, byte[] given) {
        return MessageDigest.isEqual(right, given);
    }

    private static byte[] hmac(byte[] key, byte[] message) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }
}
