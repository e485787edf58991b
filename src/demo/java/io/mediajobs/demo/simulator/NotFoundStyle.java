package io.mediajobs.demo.simulator;

/** How an unknown job is told: Pictory documents both. */
public enum NotFoundStyle {
    /** 200 with {@code success: false} and {@code JOB_NOT_FOUND}. */
    BODY_OF_200,
    /** 404 with the provider's error body. */
    STATUS_404
}
