package io.mediajobs.campaign;

import java.util.Locale;

/**
 * Where a process of the product can be killed, beside any moment at random. What stands between two neighbours of this list is one
 * step that can have happened or not.
 */
enum CrashPoint {

    BEFORE_REGISTRATION_COMMIT(Needs.A_REGISTRATION, 3), AFTER_REGISTRATION_COMMIT(Needs.A_REGISTRATION, 3),
    BEFORE_CLAIM_COMMIT(Needs.NOTHING, 8), AFTER_CLAIM_COMMIT(Needs.NOTHING, 8),
    /** The outcome of a status call that does not end its job. */
    BEFORE_ANSWER_COMMIT(Needs.NOTHING, 20), AFTER_ANSWER_COMMIT(Needs.NOTHING, 20),
    BEFORE_ASSET_PUT(Needs.NOTHING, 8), AFTER_ASSET_PUT(Needs.NOTHING, 8),
    AFTER_ASSET_HEAD(Needs.NOTHING, 8),
    /** That an asset is in S3. */
    BEFORE_ASSET_COMMIT(Needs.NOTHING, 8), AFTER_ASSET_COMMIT(Needs.NOTHING, 8),
    BEFORE_UPLOAD_CREATED(Needs.A_LARGE_ASSET, 2), AFTER_UPLOAD_CREATED(Needs.A_LARGE_ASSET, 2),
    BEFORE_PART(Needs.A_LARGE_ASSET, 4), AFTER_PART(Needs.A_LARGE_ASSET, 4),
    BEFORE_UPLOAD_COMPLETED(Needs.A_LARGE_ASSET, 2), AFTER_UPLOAD_COMPLETED(Needs.A_LARGE_ASSET, 2),
    BEFORE_MANIFEST_PUT(Needs.NOTHING, 5), AFTER_MANIFEST_PUT(Needs.NOTHING, 5),
    /** An end with its event in the outbox. */
    BEFORE_END_COMMIT(Needs.NOTHING, 5), AFTER_END_COMMIT(Needs.NOTHING, 5),
    /** The events' destination has taken an event, and it is not yet taken down that it has. */
    BEFORE_MARK_COMMIT(Needs.NOTHING, 5), AFTER_MARK_COMMIT(Needs.NOTHING, 5),
    /** Whatever else is written: leases that end or go on, progress of uploads, migrations. */
    BEFORE_OTHER_COMMIT(Needs.NOTHING, 3), AFTER_OTHER_COMMIT(Needs.NOTHING, 3);

    /** What must come in so that the point is passed soon. */
    enum Needs { NOTHING, A_REGISTRATION, A_LARGE_ASSET }

    final Needs needs;
    /** At the how manieth passing the process ends, at the most. */
    final int latest;

    CrashPoint(Needs needs, int latest) {
        this.needs = needs;
        this.latest = latest;
    }

    String words() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
