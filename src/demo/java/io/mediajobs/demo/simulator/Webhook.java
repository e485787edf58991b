package io.mediajobs.demo.simulator;

/**
 * ProductAI's notice that a job has ended.
 *
 * @param body      JSON, to be posted as it is: the signature is over these bytes
 * @param signature value of the {@link #SIGNATURE_HEADER}: {@code sha256=} and the HMAC-SHA256 of the body in hex
 */
public record Webhook(String body, String signature) {

    public static final String SIGNATURE_HEADER = "X-ProductAI-Signature";
}
