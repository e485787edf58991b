/** The command line: {@code media-job-routes run}, {@code track}, {@code jobs} and so on, with one plain sentence for what goes wrong. */
package io.mediajobs.cli;
