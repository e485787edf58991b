package io.mediajobs.store;

import com.zaxxer.hikari.HikariConfig;
import java.sql.SQLException;
import org.jdbi.v3.core.Handle;

/** Where SQLite and PostgreSQL differ. Everything else is the same SQL. */
interface Dialect {

    /** Claims the store for this process if only one may use it. */
    AutoCloseable own();

    /** The store is open and its schema up to date. */
    void settle();

    HikariConfig writer();

    HikariConfig reader();

    /** For the migrations: without the time-outs that everything else has. */
    HikariConfig migrator();

    /** The type of an id that counts up by itself, used in the migrations. */
    String identity();

    /** An expression: milliseconds since 1970 by the database's clock, at the moment of the statement. */
    String clock();

    /** The end of a SELECT whose row this transaction is about to change. */
    String lockRow();

    /** The end of a SELECT of rows to take, passing over those that another transaction is about to take. */
    String skipLocked();

    /**
     * Lets other transactions that add events wait until this one has ended, where a sequence would otherwise number events in another
     * order than they become visible in: whoever reads on from the last number it saw would miss one. Nothing else is locked after it.
     */
    void lockEvents(Handle handle);

    /**
     * Lets transactions that register jobs, and one that keeps webhooks of jobs it did not find, wait for each other's end: each must see what the
     * other has written.
     *
     * @param shared true for a registration, which does not wait for other ones
     * @return false if there is one writer at a time anyway, who has seen everything
     */
    boolean lockRegistrations(Handle handle, boolean shared);

    Trouble trouble(SQLException error);

    /** True if no other process can have leases in this store. */
    boolean hasSoleOwner();

    /** What to do about a store that cannot be opened; a sentence. */
    String advice();

    static Dialect of(StoreSettings settings) {
        return settings.isEmbedded() ? new SqliteDialect(settings.file()) : new PostgresDialect(settings);
    }
}
