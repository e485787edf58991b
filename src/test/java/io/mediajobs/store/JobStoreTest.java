package io.mediajobs.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The embedded store. */
class JobStoreTest extends JobStoreContract {

    @Override
    StoreSettings settings() {
        return StoreSettings.embedded(folder.resolve("jobs.db"));
    }

    @Test
    void aSecondProcessIsRefused() {
        assertThatThrownBy(() -> Database.open(folder.resolve("jobs.db"))).isInstanceOf(StoreException.class).hasMessageContaining("in use by another process");
    }

    @Test
    void aDamagedFileIsRefusedAndKept() throws IOException {
        Path damaged = folder.resolve("damaged.db");
        Files.writeString(damaged, "this is no database, but somebody's precious bytes".repeat(100), StandardCharsets.UTF_8);
        byte[] before = Files.readAllBytes(damaged);
        assertThatThrownBy(() -> Database.open(damaged)).isInstanceOf(StoreException.class).hasMessageContaining(damaged.toString());
        assertThat(Files.readAllBytes(damaged)).isEqualTo(before);
    }

    @Test
    void aFolderThatCannotBeWrittenIsNamed() throws IOException {
        Path file = folder.resolve("file");
        Files.writeString(file, "");
        assertThatThrownBy(() -> Database.open(file.resolve("jobs.db"))).isInstanceOf(StoreException.class).hasMessageContaining("not writable");
    }
}
