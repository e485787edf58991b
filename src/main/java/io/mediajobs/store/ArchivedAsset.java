package io.mediajobs.store;

import java.util.Map;

/**
 * An asset that is complete and verified in S3.
 *
 * @param position    its place in the provider's answer, from 0
 * @param role        such as {@code video}
 * @param key         key of the object
 * @param bytes       length
 * @param sha256      of the bytes, hex
 * @param contentType as stored; null if unknown
 * @param sourceUrl   where it came from, without query; null if unknown
 * @param details     width, height, duration and what else the manifest tells; never null
 */
public record ArchivedAsset(int position, String role, String key, long bytes, String sha256, String contentType,
                            String sourceUrl, Map<String, Object> details) {
}
