package io.mediajobs.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteLibraryTest {

    @TempDir
    Path folder;

    @Test
    void whatAKilledProcessLeftIsRemovedByTheNext() throws Exception {
        Path store = folder.resolve("jobs.db");
        Path first = SqliteLibrary.fresh(store);
        Files.writeString(first.resolve("sqlite-1-libsqlitejdbc.so"), "x");
        Files.writeString(first.resolve("sqlite-1-libsqlitejdbc.so.lck"), "");
        Path second = SqliteLibrary.fresh(store);
        assertThat(first).doesNotExist();
        assertThat(second).exists().isNotEqualTo(first);
        Files.delete(second);
        assertThat(SqliteLibrary.fresh(store)).as("one that is gone is no trouble").exists();
    }

    @Test
    void nothingElseIsRemoved() throws Exception {
        Path store = folder.resolve("jobs.db");
        Path precious = Files.createDirectory(folder.resolve("precious"));
        Files.writeString(precious.resolve("sqlite-notes"), "x");
        Files.writeString(folder.resolve("jobs.db.native"), precious.toString());
        assertThat(SqliteLibrary.fresh(store)).exists();
        assertThat(precious.resolve("sqlite-notes")).exists();
    }
}
