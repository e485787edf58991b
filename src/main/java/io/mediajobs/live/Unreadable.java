package io.mediajobs.live;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Instant;

/** Says in a sentence why a file or folder cannot be read or written; the words of Java are mostly only its name. */
final class Unreadable {

    private Unreadable() {
    }

    /** @param folder the routes folder; {@code file} may be it, be in it, or be a properties file */
    static Rejection rejection(Path folder, Path file, IOException failure) {
        String name = file.equals(folder) ? folder.toString() : file.startsWith(folder) ? folder.relativize(file).toString().replace('\\', '/')
                : file.getFileName().toString();
        return new Rejection(Instant.now(), name, null, null, "This cannot be read (" + reason(failure) + "); what it held before is what counts.");
    }

    static String reason(IOException failure) {
        String file = failure instanceof FileSystemException about && about.getFile() != null ? about.getFile() + ": " : "";
        if (failure instanceof AccessDeniedException) {
            return file + "the user of this program has no permission";
        }
        if (failure instanceof NoSuchFileException) {
            return file + "it is not there";
        }
        if (failure instanceof NotDirectoryException) {
            return file + "it is no folder";
        }
        if (failure instanceof FileSystemLoopException) {
            return file + "it is a link that leads back to where it stands";
        }
        if (failure instanceof FileSystemException about && about.getReason() != null) {
            return file + about.getReason();
        }
        return file + (failure instanceof FileSystemException || failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage());
    }
}
