package io.mediajobs.live;

import io.mediajobs.config.KnownSecrets;
import io.mediajobs.config.Settings;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Properties;
import java.util.TreeSet;

/**
 * All that {@link RoutesCheck} goes by, as one hash: the route files, the settings without their secrets, which it does not look at, and the program
 * with its libraries. What was found good and then ran need not be looked at again by the next start, which saves it a tenth of its time.
 */
final class CheckedInputs {

    private CheckedInputs() {
    }

    /** @param files the routes folder as it is looked at */
    static String of(Settings settings, RouteFiles files) {
        MessageDigest digest = RouteFiles.sha256();
        add(digest, files.version());
        Properties all = settings.all();
        StringBuilder values = new StringBuilder();
        new TreeSet<>(all.stringPropertyNames()).forEach(key -> values.append(key).append('=').append(all.getProperty(key)).append('\n'));
        add(digest, KnownSecrets.hide(values.toString()));
        add(digest, System.getProperty("java.version"));
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            // not what is in it: a library that is replaced has another size or another time
            File library = Path.of(entry).toFile();
            add(digest, entry + ' ' + library.length() + ' ' + library.lastModified());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void add(MessageDigest digest, String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
    }
}
