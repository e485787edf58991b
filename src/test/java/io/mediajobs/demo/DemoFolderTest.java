package io.mediajobs.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mediajobs.config.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo deletes only what a demo made. */
class DemoFolderTest {

    @TempDir
    private Path parent;

    @Test
    void anEarlierDemosFilesGoAndOthersStay() throws IOException {
        Path folder = parent.resolve("demo");
        DemoFolder.fresh(folder).close();
        Files.createDirectories(folder.resolve("s3/media/x"));
        Files.writeString(folder.resolve("s3/media/x/image.png"), "old");
        Files.writeString(folder.resolve("my-notes.txt"), "mine");
        try (DemoFolder again = DemoFolder.fresh(folder)) {
            assertThat(again.s3()).doesNotExist();
            assertThat(folder.resolve("my-notes.txt")).hasContent("mine");
        }
    }

    @Test
    void aFolderThatIsNotItsOwnIsLeftAlone() throws IOException {
        Path folder = Files.createDirectories(parent.resolve("holiday"));
        Files.createDirectories(folder.resolve("data"));
        assertThatThrownBy(() -> DemoFolder.fresh(folder)).isInstanceOf(ConfigurationException.class).hasMessageContaining("was not made by the demo");
        assertThat(folder.resolve("data")).exists();
        assertThat(folder).isDirectoryNotContaining("glob:**/.media*");
    }

    @Test
    void whatALinkPointsToStays() throws IOException {
        Path folder = parent.resolve("demo");
        DemoFolder.fresh(folder).close();
        Path outside = Files.createDirectories(parent.resolve("outside"));
        Files.writeString(outside.resolve("keep"), "keep");
        Files.createSymbolicLink(folder.resolve("s3"), outside);
        DemoFolder.fresh(folder).close();
        assertThat(folder.resolve("s3")).doesNotExist();
        assertThat(outside.resolve("keep")).exists();
    }

    @Test
    void twoDemosDoNotShareAFolder() {
        Path folder = parent.resolve("demo");
        try (DemoFolder first = DemoFolder.fresh(folder)) {
            assertThat(first.data()).exists();
            assertThatThrownBy(() -> DemoFolder.fresh(folder)).isInstanceOf(ConfigurationException.class).hasMessageContaining("Another demo");
        }
    }
}
