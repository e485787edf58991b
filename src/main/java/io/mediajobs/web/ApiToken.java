package io.mediajobs.web;

import io.mediajobs.config.ConfigurationException;
import io.mediajobs.config.KnownSecrets;
import io.mediajobs.config.OwnerOnly;
import io.mediajobs.config.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one bearer token of the HTTP API: from {@code http.token}, or else made once and kept in the data folder. */
public final class ApiToken {

    private static final Logger LOG = LoggerFactory.getLogger(ApiToken.class);
    private static final String FILE = "api-token";
    /** A chosen token that could be guessed within years at 1,000 tries a second is none. */
    private static final int SHORTEST = 20;

    private final String value;
    private final byte[] digest;

    private ApiToken(String value) {
        KnownSecrets.add(value);
        this.value = value;
        this.digest = sha256(value);
    }

    /**
     * @return the token of {@code http.token}; if that is empty the one in {@code api-token} in the data folder, which is made
     *         with 256 random bits, readable by its owner only, if it is not there
     * @throws ConfigurationException if the token is too short or its file can be neither read nor made
     */
    public static ApiToken of(Settings settings) {
        String chosen = settings.text("http.token");
        if (!chosen.isEmpty()) {
            return new ApiToken(checked(chosen, "http.token"));
        }
        Path file = settings.path("data.folder").resolve(FILE);
        try {
            if (!Files.exists(file)) {
                create(file);
            }
            ApiToken token = new ApiToken(checked(Files.readString(file).trim(), "The file " + file));
            LOG.info("The API token is in {}. Set http.token to choose one.", file.toAbsolutePath());
            return token;
        } catch (IOException e) {
            throw new ConfigurationException("The API token's file " + file + " can be neither read nor written: " + reason(e)
                    + ". Make data.folder writable for this user, or set http.token.", e);
        }
    }

    private static String reason(IOException e) {
        return e instanceof FileSystemException known && known.getReason() != null ? known.getReason() : e.getClass().getSimpleName();
    }

    private static String checked(String token, String where) {
        if (token.length() < SHORTEST || !token.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw new ConfigurationException(where + " must hold a token of at least " + SHORTEST + " printable characters without blanks,"
                    + " for example the output of: openssl rand -hex 32");
        }
        return token;
    }

    private static void create(Path file) throws IOException {
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        OwnerOnly.folder(file.toAbsolutePath().getParent());
        try (var channel = Files.newByteChannel(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OwnerOnly.attribute(file))) {
            channel.write(StandardCharsets.US_ASCII.encode(token + "\n"));
        } catch (FileAlreadyExistsException e) {
            LOG.debug("another process made {} first", file);
        }
    }

    /** The secret itself: for a client's {@code Authorization} header, never to be logged. */
    public String value() {
        return value;
    }

    /** Takes the same time whatever was offered, its length included. */
    boolean matches(String offered) {
        return MessageDigest.isEqual(digest, sha256(offered));
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "ApiToken";
    }
}
