/** Archiving: what a completed job's assets are called in S3, how their bytes get there and are checked, and the manifest that is written last. */
package io.mediajobs.archive;
