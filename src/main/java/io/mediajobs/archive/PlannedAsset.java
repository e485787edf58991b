package io.mediajobs.archive;

import io.mediajobs.report.ReportAsset;

/**
 * An asset that is to be fetched.
 *
 * @param position its place in the provider's answer, from 0
 * @param asset    as reported; its URL may hold a signature and is in memory only
 * @param stem     file name without extension: the role, numbered where it occurs several times
 * @param url      the asset's URL without what may be a secret in it
 */
public record PlannedAsset(int position, ReportAsset asset, String stem, String url) {

    @Override
    public String toString() {
        return "asset " + position + " (" + asset.role() + " " + url + ")";
    }
}
