package io.mediajobs.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteLibraryTest {

    @TempDir
    Path home;
    private Path store;
    private final List<Path> made = new ArrayList<>();

    @BeforeEach
    void name() {
        store = home.resolve("jobs.db");
    }

    @AfterEach
    void remove() throws Exception {
        for (Path folder : made) {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    private Path folder() throws Exception {
        Path folder = SqliteLibrary.folder(store);
        if (!made.contains(folder)) {
            made.add(folder);
        }
        return folder;
    }

    @Test
    void itIsUnpackedOnce() throws Exception {
        Path first = SqliteLibrary.unpack(folder());
        FileTime when = FileTime.fromMillis(0);
        Files.setLastModifiedTime(first, when);
        Path second = SqliteLibrary.unpack(folder());
        assertThat(second).isEqualTo(first);
        assertThat(Files.getLastModifiedTime(second)).isEqualTo(when);
    }

    @Test
    void oneThatIsNotWholeIsUnpackedAgain() throws Exception {
        Path library = SqliteLibrary.unpack(folder());
        byte[] whole = Files.readAllBytes(library);
        byte[] other = whole.clone();
        other[other.length / 2]++;
        for (byte[] broken : List.of(new byte[10], other)) {
            Files.write(library, broken);
            assertThat(SqliteLibrary.unpack(folder())).hasBinaryContent(whole);
        }
    }

    @Test
    void whatAKilledProcessUnpackedInVainIsRemovedByTheNext() throws Exception {
        Path first = folder();
        Files.writeString(first.resolve("sqlite-1-libsqlitejdbc.so"), "x");
        Files.writeString(first.resolve("sqlite-1-libsqlitejdbc.so.lck"), "");
        assertThat(folder()).isEqualTo(first).isEmptyDirectory();
        Files.delete(first);
        made.remove(first);
        assertThat(folder()).as("one that is gone is no trouble").isNotEqualTo(first).isEmptyDirectory();
    }

    /** A library is a program: whoever could put one there would be this user. */
    @Test
    void aFolderThatOthersCanWriteToIsNotUsed() throws Exception {
        Path open = folder();
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(folder()).isNotEqualTo(open);
    }

    @Test
    void aNoteThatIsNoneIsNoTrouble() throws Exception {
        for (String note : List.of("\0\0\0", "", "media-job-routes-1", "/")) {
            Files.writeString(home.resolve("jobs.db.native"), note);
            assertThat(folder()).isEmptyDirectory();
        }
    }

    @Test
    void nothingElseIsTouched() throws Exception {
        Path precious = Files.createDirectory(home.resolve("precious"));
        Files.writeString(precious.resolve("sqlite-notes"), "x");
        Files.writeString(home.resolve("jobs.db.native"), precious.toString());
        assertThat(folder()).isNotEqualTo(precious);
        assertThat(precious.resolve("sqlite-notes")).exists();
    }
}
