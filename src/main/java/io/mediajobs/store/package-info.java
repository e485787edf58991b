/** The job store: jobs, assets, timeline, outbox and providers in SQLite or PostgreSQL, each outcome in one transaction, fenced by its lease. */
package io.mediajobs.store;
