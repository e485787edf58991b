package io.mediajobs.intake;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** A name in a folder that nothing has yet: {@code jobs.csv}, {@code jobs-2.csv}, {@code jobs-3.csv} … */
final class FreeName {

    private FreeName() {
    }

    static Path in(Path folder, String name) {
        int dot = name.lastIndexOf('.');
        String stem = dot > 0 ? name.substring(0, dot) : name;
        String ending = dot > 0 ? name.substring(dot) : "";
        Path free = folder.resolve(name);
        for (int i = 2; Files.exists(free, LinkOption.NOFOLLOW_LINKS); i++) {
            free = folder.resolve(stem + "-" + i + ending);
        }
        return free;
    }
}
