/** What operators edit while the program runs: how files are watched, checked, built on trial, swapped in, and kept for the next start. */
package io.mediajobs.live;
