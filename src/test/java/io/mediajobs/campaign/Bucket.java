package io.mediajobs.campaign;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** The bucket as the folder it is. */
final class Bucket {

    /** Where the S3 server keeps the parts of an upload that is not complete, and what it keeps of such an upload besides. */
    private static final String UNFINISHED = ".mpus-";
    private static final String STUB = ".s3proxy-";

    private final Path folder;

    Bucket(Path folder) {
        this.folder = folder;
    }

    /** SHA-256 in hex; null if there is no such object. */
    String sha256(String key) {
        Path object = folder.resolve(key);
        if (!Files.isRegularFile(object)) {
            return null;
        }
        try (InputStream stream = Files.newInputStream(object)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            new DigestInputStream(stream, digest).transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    Path file(String key) {
        return folder.resolve(key);
    }

    /** Keys of all objects. */
    List<String> keys() {
        return walk().filter(key -> !key.startsWith(UNFINISHED) && !key.startsWith(STUB)).toList();
    }

    /** Uploads in parts that nobody has completed or aborted. */
    List<String> unfinishedUploads() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(path -> path.getFileName().toString()).filter(name -> name.startsWith(UNFINISHED)).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Stream<String> walk() {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).map(path -> folder.relativize(path).toString()).sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
