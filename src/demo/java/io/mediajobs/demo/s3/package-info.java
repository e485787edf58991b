/** An S3-compatible server inside the process, for the demo and the tests: buckets are plain folders. Uses no other package. */
package io.mediajobs.demo.s3;
