/** The demo: the product between simulated providers and an S3 server of its own, and a check of what came of it. */
package io.mediajobs.demo;
