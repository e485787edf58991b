package io.mediajobs.live;

import io.mediajobs.config.KnownSecrets;
import io.mediajobs.config.Settings;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.security.CodeSource;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import java.util.TreeSet;

/**
 * All that {@link RoutesCheck} goes by, as one hash: the route files, the settings, and the program with its libraries. What was found good and then
 * ran need not be looked at again by the next start, which saves it a tenth of its time.
 */
final class CheckedInputs {

    private CheckedInputs() {
    }

    /**
     * @param files the routes folder as it is looked at
     * @return null if it is not known what the program consists of, as when it runs from folders of classes
     */
    static String of(Settings settings, RouteFiles files) {
        List<File> program = List.of(System.getProperty("java.class.path").split(File.pathSeparator)).stream().map(File::new).toList();
        return isOneOf(program) ? of(settings, files, program) : null;
    }

    private static boolean isOneOf(List<File> program) {
        CodeSource source = CheckedInputs.class.getProtectionDomain().getCodeSource();
        return source != null && program.stream().filter(File::isFile).anyMatch(jar -> jar.toURI().toString().equals(source.getLocation().toString()));
    }

    static String of(Settings settings, RouteFiles files, List<File> program) {
        MessageDigest digest = RouteFiles.sha256();
        digest.update(files.hash());
        Properties all = settings.all();
        StringBuilder values = new StringBuilder();
        new TreeSet<>(all.stringPropertyNames()).forEach(key -> values.append(key).append('=').append(all.getProperty(key)).append('\n'));
        add(digest, KnownSecrets.hide(values.toString()));
        // a setting that comes from the environment counts as a secret and may yet be what a route refers to: two bytes tell of a change, and of nothing else
        digest.update(RouteFiles.sha256().digest(values.toString().getBytes(StandardCharsets.UTF_8)), 0, 2);
        add(digest, System.getProperty("java.version"));
        // not what is in them: a library that is replaced has another size or another time
        program.forEach(library -> add(digest, library.getPath() + ' ' + library.length() + ' ' + library.lastModified()));
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void add(MessageDigest digest, String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
    }
}
