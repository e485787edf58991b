/** Polling: which job is asked for next, what an answer means for it, and when it is asked again. */
package io.mediajobs.poll;
