/**
 * The five providers as one HTTP server: status endpoints and their CDN as documented, jobs that live by a script, every
 * misbehaviour that a test needs, and a ledger of what was asked and served. Uses {@code media}; no production code.
 */
package io.mediajobs.demo.simulator;
