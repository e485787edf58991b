/** What a job is: its key, its state, its error. Plain data that every other package may use; uses none of them. */
package io.mediajobs.job;
