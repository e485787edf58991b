package io.mediajobs.live;

/**
 * Something that is wrong with what operators edit.
 *
 * @param file     relative to the routes folder
 * @param sentence what is wrong and where
 */
public record Finding(String file, String sentence) {
}
