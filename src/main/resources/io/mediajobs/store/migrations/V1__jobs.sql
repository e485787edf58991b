-- One schema for SQLite and PostgreSQL; ${identity} is the only word that differs.
-- Times are milliseconds since 1970 by the database's own clock. JSON is text.

CREATE TABLE job (
    id              ${identity},
    provider        TEXT    NOT NULL,
    job_id          TEXT    NOT NULL,
    state           TEXT    NOT NULL,
    attempt         INTEGER NOT NULL DEFAULT 1,
    progress        INTEGER,
    -- when it was first seen to be that far
    progress_at     BIGINT,
    -- how far this attempt was seen to be and when, the first time in each ten per cent: PERCENT@MILLIS, with blanks
    progress_seen   TEXT,
    -- since when nothing moves although it should
    stalled_since   BIGINT,
    -- that was told once in this attempt, and is not told again
    stall_told      BOOLEAN NOT NULL DEFAULT FALSE,
    tags            TEXT    NOT NULL DEFAULT '{}',
    error_code      TEXT,
    error_message   TEXT,
    error_retryable BOOLEAN,
    registered_at   BIGINT  NOT NULL,
    next_poll_at    BIGINT,
    polls           BIGINT  NOT NULL DEFAULT 0,
    deadline_at     BIGINT,
    -- how long an attempt may take
    deadline_millis BIGINT,
    updated_at      BIGINT  NOT NULL,
    -- when it reached the terminal state that it is in
    finished_at     BIGINT,
    -- what went wrong in a row, by its kind: the provider does not know the job, gave no answer, one that cannot be used; and tries to archive
    unknown         INTEGER NOT NULL DEFAULT 0,
    unanswered      INTEGER NOT NULL DEFAULT 0,
    unusable        INTEGER NOT NULL DEFAULT 0,
    archive_failures INTEGER NOT NULL DEFAULT 0,
    manifest        TEXT,
    report          TEXT,
    -- the provider's ETag of the answer that the report was made of, while the job is worked on
    etag            TEXT,
    lease_token     TEXT,
    lease_until     BIGINT,
    -- the lease is held by a status call and not by the archive: what a provider's at-once counts
    polling         BOOLEAN NOT NULL DEFAULT FALSE,
    -- a webhook or an operator's call came while it was being worked on: what that brings may be older, so the job stays due
    woken           BOOLEAN NOT NULL DEFAULT FALSE,
    -- NULL where the provider's list may tell of it; 'once': its next ask is a call of its own, as after a webhook or where the list does not
    -- have it; 'always': the list says it has ended, so its single answer alone counts from now on
    singly          TEXT,
    -- id of the last change: a change whose commit was answered by silence finds out by it whether it arrived
    last_write      TEXT,
    UNIQUE (provider, job_id)
);

-- The row is the queue: what is due, oldest first. Finished jobs are not in it.
CREATE INDEX job_due ON job (provider, next_poll_at) WHERE next_poll_at IS NOT NULL;
-- who polls now, and whose lease ran out
CREATE INDEX job_leased ON job (provider, lease_until, polling) WHERE lease_until IS NOT NULL;
-- lists, newest first; the second one also for counts without reading the rows
CREATE INDEX job_state ON job (state, id);
CREATE INDEX job_state_provider ON job (state, provider, id);
CREATE INDEX job_provider ON job (provider, id);
-- those that somebody should look at, few among many
CREATE INDEX job_stalled ON job (provider, id) WHERE stalled_since IS NOT NULL;
-- what retention removes, longest finished first
CREATE INDEX job_finished ON job (finished_at) WHERE finished_at IS NOT NULL;

CREATE TABLE asset (
    job         BIGINT  NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    attempt     INTEGER NOT NULL,
    position    INTEGER NOT NULL,
    role        TEXT    NOT NULL,
    object_key  TEXT    NOT NULL,
    bytes       BIGINT  NOT NULL,
    sha256      TEXT    NOT NULL,
    content_type TEXT,
    source_url  TEXT,
    details     TEXT    NOT NULL DEFAULT '{}',
    PRIMARY KEY (job, attempt, position)
);

CREATE TABLE timeline (
    id     ${identity},
    job    BIGINT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    at     BIGINT NOT NULL,
    what   TEXT   NOT NULL,
    detail TEXT
);
CREATE INDEX timeline_job ON timeline (job, id);

CREATE TABLE outbox (
    id              ${identity},
    event_id        TEXT    NOT NULL UNIQUE,
    type            TEXT    NOT NULL,
    subject         TEXT    NOT NULL,
    payload         TEXT    NOT NULL,
    created_at      BIGINT  NOT NULL,
    attempts        INTEGER NOT NULL DEFAULT 0,
    -- attempts that failed although the destination takes others
    refusals        INTEGER NOT NULL DEFAULT 0,
    next_attempt_at BIGINT,
    published_at    BIGINT,
    -- refused for good: it has no next attempt until somebody publishes it again
    parked_at       BIGINT,
    last_error      TEXT
);
-- what is still to be published; published events have no next attempt
CREATE INDEX outbox_due ON outbox (next_attempt_at, id) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX outbox_subject ON outbox (subject, id) WHERE next_attempt_at IS NOT NULL;
-- what retention removes, and whether a job has events left
CREATE INDEX outbox_published ON outbox (published_at) WHERE published_at IS NOT NULL;
CREATE INDEX outbox_of ON outbox (subject);
CREATE INDEX outbox_parked ON outbox (id) WHERE parked_at IS NOT NULL;

CREATE TABLE provider (
    name         TEXT    PRIMARY KEY,
    pause_reason TEXT,
    paused_until BIGINT,
    -- in a row: asks without a useful answer, which open the circuit, and answers that could not be used, which do not
    failures     INTEGER NOT NULL DEFAULT 0,
    unusable     INTEGER NOT NULL DEFAULT 0,
    incident     INTEGER NOT NULL DEFAULT 0,
    -- the event that was told and that 'recovered' has to follow, also if an operator has paused the provider or ended the pause since
    told         TEXT,
    told_incident INTEGER NOT NULL DEFAULT 0,
    -- no request before that moment, whatever the pause: what a Retry-After said
    not_before   BIGINT  NOT NULL DEFAULT 0,
    -- microseconds: the first moment at which a request may go out that no request has got yet
    next_turn    BIGINT  NOT NULL DEFAULT 0,
    last_error   TEXT,
    updated_at   BIGINT  NOT NULL
);

-- One row for each provider that has a list of its jobs: one node at a time goes through its pages, in a round.
CREATE TABLE list_round (
    provider      TEXT    PRIMARY KEY,
    lease_token   TEXT,
    lease_until   BIGINT  NOT NULL DEFAULT 0,
    began_at      BIGINT  NOT NULL DEFAULT 0,
    -- a page is being asked for: it takes one of the places of the provider's at-once
    asking        BOOLEAN NOT NULL DEFAULT FALSE,
    -- the round is for jobs that are due: while it lasts they are not asked for singly
    for_due       BOOLEAN NOT NULL DEFAULT FALSE,
    -- when a round last began that goes to the end, for jobs that nobody registered
    discovered_at BIGINT  NOT NULL DEFAULT 0,
    -- rounds in a row that failed or did not pay, and until when the list is left alone for it
    failures      INTEGER NOT NULL DEFAULT 0,
    rests_until   BIGINT  NOT NULL DEFAULT 0,
    -- it only did not pay: rounds for jobs that nobody registered go on
    still_discovers BOOLEAN NOT NULL DEFAULT FALSE,
    last_error    TEXT
);

-- Routes that an operator has paused, on all nodes and over restarts. A route that is away keeps its row: it is paused when it comes back.
CREATE TABLE paused_route (
    route     TEXT   PRIMARY KEY,
    paused_at BIGINT NOT NULL
);

-- How long jobs of each kind take, learned from those that completed; weights by size as JSON, for rests by ten per cent of progress.
CREATE TABLE usual_duration (
    provider TEXT NOT NULL,
    model    TEXT NOT NULL,
    totals   TEXT NOT NULL,
    rests    TEXT NOT NULL,
    -- the provider says when a job ended
    ends_told BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (provider, model)
);

-- Webhooks that came lately: one that comes again changes nothing.
CREATE TABLE hook (
    id      TEXT   PRIMARY KEY,
    came_at BIGINT NOT NULL
);
CREATE INDEX hook_came ON hook (came_at);

-- Jobs that a webhook has named and nobody has registered.
CREATE TABLE early_hook (
    provider TEXT   NOT NULL,
    job_id   TEXT   NOT NULL,
    came_at  BIGINT NOT NULL,
    PRIMARY KEY (provider, job_id)
);
CREATE INDEX early_hook_of ON early_hook (provider, came_at);
CREATE INDEX early_hook_came ON early_hook (came_at);

-- one row, written to find out whether a store that took no writes takes them again, and by nodes that share the store, as a sign that
-- time passed as usual
CREATE TABLE pulse (
    id INTEGER PRIMARY KEY,
    at BIGINT NOT NULL
);

-- Uploads in parts that were begun in S3 and are not known to have ended: a later try goes on with them, and what nobody needs is taken
-- back. Without reference to job: what lies unfinished in S3 outlives a job that is removed.
CREATE TABLE upload (
    id             TEXT    PRIMARY KEY,
    job            BIGINT  NOT NULL,
    attempt        INTEGER NOT NULL,
    position       INTEGER NOT NULL,
    bucket         TEXT    NOT NULL,
    object_key     TEXT    NOT NULL,
    content_type   TEXT    NOT NULL,
    part_size      BIGINT  NOT NULL,
    -- which bytes they are: URL without query, length, and ETag or time of the host
    source_url     TEXT    NOT NULL,
    source_bytes   BIGINT,
    source_version TEXT,
    -- S3's name for it; NULL from before S3 is asked for one until its answer is written down
    upload_id      TEXT,
    -- length and hash of the whole, once all parts are in S3; the hash is NULL where no one process saw all bytes
    bytes          BIGINT,
    sha256         TEXT,
    needed         BOOLEAN NOT NULL,
    started_at     BIGINT  NOT NULL,
    updated_at     BIGINT  NOT NULL
);
CREATE INDEX upload_job ON upload (job, attempt, position);
CREATE INDEX upload_updated ON upload (updated_at);

CREATE TABLE upload_part (
    upload TEXT    NOT NULL REFERENCES upload (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    bytes  BIGINT  NOT NULL,
    etag   TEXT    NOT NULL,
    -- NULL where S3 named the CRC32C of what it took
    md5    TEXT,
    crc32c TEXT    NOT NULL,
    PRIMARY KEY (upload, number)
);
