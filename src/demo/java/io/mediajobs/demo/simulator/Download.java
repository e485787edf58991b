package io.mediajobs.demo.simulator;

import java.time.Instant;
import java.util.SortedSet;

/**
 * One request to the CDN, written when its answer has ended.
 *
 * @param at            when it arrived
 * @param method        GET or HEAD
 * @param path          path without the query
 * @param provider      whose job, null for a path that is no asset
 * @param jobId         which job, null likewise
 * @param role          which asset, null likewise
 * @param number        of the GET requests for this asset, from 1; 0 for HEAD and for what is no asset
 * @param range         the Range header, or null
 * @param status        HTTP status that was answered, 0 for none
 * @param bytes         bytes of the body that were handed to the connection
 * @param sha256        SHA-256 in hex of the bytes that were sent, null when there were none
 * @param complete      whether all that the answer promised was handed to the connection
 * @param authorization whether the request carried an Authorization header, which no CDN may get
 * @param headers       names of the request's headers in lower case
 */
public record Download(Instant at, String method, String path, String provider, String jobId, String role, int number,
                       String range, int status, long bytes, String sha256, boolean complete, boolean authorization,
                       SortedSet<String> headers) {
}
