package io.mediajobs.store;

import io.mediajobs.job.Job;

/**
 * An asset that has come home and is to be written down.
 *
 * @param leased whose asset it is, as it was claimed
 */
public record NewAsset(Job leased, ArchivedAsset asset) {
}
