/** What others can watch: figures of the store, metrics for Prometheus, health checks. */
package io.mediajobs.observe;
