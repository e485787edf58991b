package io.mediajobs.cli;

import io.mediajobs.config.Settings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Where the HTTP API of the running program is, and the token it takes, by the same settings that the program reads. */
public final class ApiAddress {

    private static final String TOKEN_FILE = "api-token";

    private ApiAddress() {
    }

    /** Base URL with a slash at the end; the page is there, too. */
    public static URI of(Settings settings) {
        String host = settings.required("http.host");
        if (host.equals("0.0.0.0") || host.equals("::") || host.equals("[::]")) {
            host = "127.0.0.1";
        }
        if (host.indexOf(':') >= 0 && !host.startsWith("[")) {
            host = "[" + host + "]";
        }
        return URI.create("http://" + host + ":" + settings.number("http.port") + "/");
    }

    /** Where somebody finds the token; not the token. */
    public static String tokenPlace(Settings settings) {
        return settings.has("http.token") ? "http.token" : tokenFile(settings).toString();
    }

    private static Path tokenFile(Settings settings) {
        return settings.path("data.folder").resolve(TOKEN_FILE);
    }

    /** @throws CommandException if there is none: the program makes it when it starts for the first time */
    static String token(Settings settings) {
        if (settings.has("http.token")) {
            return settings.required("http.token");
        }
        Path file = tokenFile(settings);
        try {
            return Files.readString(file).strip();
        } catch (NoSuchFileException e) {
            throw new CommandException(ExitCode.NOT_RUNNING, "There is no API token yet: " + file + " is made when the program starts. Start it with"
                    + " media-job-routes run, or set data.folder or http.token to those of the running program.", e);
        } catch (IOException e) {
            throw new CommandException(ExitCode.NOT_RUNNING, "The API token in " + file + " cannot be read (" + e.getClass().getSimpleName()
                    + "). It is readable by the user that runs the program; use that user, or set http.token.", e);
        }
    }
}
