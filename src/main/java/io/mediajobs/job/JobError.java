package io.mediajobs.job;

/**
 * Why a job did not come home.
 *
 * @param code      short and stable, the provider's or ours; null if unknown
 * @param message   a sentence, redacted; null if unknown
 * @param retryable whether the same request could succeed later; null if unknown
 */
public record JobError(String code, String message, Boolean retryable) {
}
