package io.mediajobs.store;

import io.mediajobs.config.ConfigurationException;
import io.mediajobs.config.Settings;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Where the job store is and how it is reached. The URL alone says which kind it is.
 *
 * @param url              {@code jdbc:sqlite:<file>} or {@code jdbc:postgresql://host/database}
 * @param user             empty for what the URL or the server's defaults say; PostgreSQL only
 * @param password         as for {@code user}
 * @param connections      connections of this process at the most; PostgreSQL only
 * @param statementTimeout after which a statement is given up; PostgreSQL only
 */
public record StoreSettings(String url, String user, String password, int connections, Duration statementTimeout) {

    static final String SQLITE = "jdbc:sqlite:";
    static final String POSTGRESQL = "jdbc:postgresql:";

    public StoreSettings {
        if (!url.startsWith(SQLITE) && !url.startsWith(POSTGRESQL)) {
            throw new ConfigurationException("The setting store.url is wrong: it begins neither with " + SQLITE + " nor with " + POSTGRESQL + ".");
        }
        if (connections < 2) {
            throw new ConfigurationException("The setting store.connections is wrong: " + connections + " is less than 2; one writes, one reads.");
        }
        if (statementTimeout.toSeconds() < 1) {
            throw new ConfigurationException("The setting store.statement-timeout is wrong: it is less than 1s.");
        }
    }

    /** @throws ConfigurationException if a setting is wrong */
    public static StoreSettings of(Settings settings) {
        String url = settings.expanded("store.url");
        if (url.startsWith(SQLITE)) {
            url = SQLITE + settings.home().resolve(url.substring(SQLITE.length())).normalize();
        }
        return new StoreSettings(url, settings.text("store.user"), settings.text("store.password"), settings.number("store.connections"),
                settings.duration("store.statement-timeout"));
    }

    /** The embedded store in {@code file}. */
    public static StoreSettings embedded(Path file) {
        return new StoreSettings(SQLITE + file, "", "", 10, Duration.ofSeconds(10));
    }

    public boolean isEmbedded() {
        return url.startsWith(SQLITE);
    }

    /** The embedded store's file; only if {@link #isEmbedded()}. */
    public Path file() {
        return Path.of(url.substring(SQLITE.length()));
    }

    /** For people: the file, or the URL without user, password and options. */
    public String place() {
        return isEmbedded() ? file().toString() : url.replaceFirst("\\?.*$", "").replaceFirst("//[^/]*@", "//");
    }

    /** Without the password. */
    @Override
    public String toString() {
        return place();
    }
}
