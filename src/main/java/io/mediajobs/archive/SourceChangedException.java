package io.mediajobs.archive;

/** What came of an asset so far is of no use: its host has another file by now, or cannot give the rest of one. */
final class SourceChangedException extends AssetUnavailableException {

    SourceChangedException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
