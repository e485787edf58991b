package io.mediajobs.poll;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How a provider's webhooks are told from forged ones, as its route says in the {@code hook} parameters of {@code kamelet:due-jobs}.
 *
 * @param scheme  how it signs
 * @param header  that has the signature, in lower case; for {@link Scheme#HMAC_SHA256} only
 * @param secrets names of the settings that hold the secrets; those without a value count for nothing, two with values are a rotation
 * @param jobId   JSON pointers (RFC 6901) to the job id in the body; the first that is there counts
 */
public record HookTerms(Scheme scheme, String header, List<String> secrets, List<String> jobId) {

    /** What makes a webhook genuine. */
    public enum Scheme {
        /** {@code header: sha256=HEX} is the HMAC-SHA256 of the body */
        HMAC_SHA256("hmac-sha256"),
        /** webhook-id, webhook-timestamp and webhook-signature, as standardwebhooks.com has them */
        STANDARD("standard-webhooks"),
        /** nothing is signed; the path ends in a token that nobody can guess */
        TOKEN("token");

        private final String word;

        Scheme(String word) {
            this.word = word;
        }
    }

    /**
     * @param parameters of the kamelet
     * @return null if the route says no {@code hook}
     * @throws IllegalArgumentException with a sentence, if it says one that cannot be checked
     */
    static HookTerms parse(Map<String, String> parameters) {
        String word = parameters.getOrDefault("hook", "none");
        if (word.equals("none")) {
            return null;
        }
        Scheme scheme = Arrays.stream(Scheme.values()).filter(known -> known.word.equals(word)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + word + "' is not none, hmac-sha256, standard-webhooks or token"));
        String header = parameters.getOrDefault("hookHeader", "X-Signature").toLowerCase(Locale.ROOT);
        if (!header.endsWith("signature")) {
            // only such headers pass the gate
            throw new IllegalArgumentException("the name of hookHeader must end in signature");
        }
        List<String> secrets = words(parameters.getOrDefault("hookSecrets", ""));
        List<String> pointers = words(parameters.getOrDefault("hookJobId", "/job_id"));
        if (secrets.isEmpty() || pointers.stream().anyMatch(pointer -> !pointer.startsWith("/"))) {
            throw new IllegalArgumentException("hookSecrets must name settings, and hookJobId JSON pointers such as /job_id");
        }
        return new HookTerms(scheme, header, secrets, pointers);
    }

    private static List<String> words(String text) {
        return Arrays.stream(text.split(",")).map(String::strip).filter(word -> !word.isEmpty()).toList();
    }
}
