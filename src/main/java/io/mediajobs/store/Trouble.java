package io.mediajobs.store;

/** What an error of the database means for whoever meets it. */
enum Trouble {

    /** An error of the statement or the data: to repeat it would not help. */
    NONE,
    /** Deadlock, serialization failure, busy: nothing was written, and a repetition at once will do. */
    CONFLICT,
    /** The connection broke; another one may work at once. Whether a commit on its way arrived is not known. */
    BROKEN,
    /** A statement was given up because it took too long: somebody else holds a row, or there is too much to search. The database answers others. */
    LATE,
    /** The database is away, or does not answer in time. */
    AWAY,
    /** Reading works, writing does not: disk full, read-only. */
    NO_WRITES
}
