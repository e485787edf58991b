/** Measurements: programs that print figures beside those of a baseline in the same run. None of them is a test. */
package io.mediajobs.bench;
