package io.mediajobs.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class MappingsTest {

    @TempDir
    private Path folder;
    private Mappings mappings;

    @BeforeEach
    void aFolderWithOneMapping() throws IOException {
        Files.writeString(folder.resolve("acme.jq"), "{status: \"pending\"}");
        mappings = new Mappings(folder);
    }

    @Test
    void findsAFileWithAndWithoutItsEnding() throws Exception {
        assertThat(mappings.get("acme.jq")).isSameAs(mappings.get("acme"));
        assertThat(mappings.get("acme").name()).isEqualTo("acme.jq");
    }

    @Test
    void compilesAnEditedFileAnew() throws Exception {
        Mapping before = mappings.get("acme");
        edit("acme.jq", "{status: \"failed\"}");
        assertThat(mappings.get("acme")).isNotSameAs(before);
        assertThat(status("acme")).isEqualTo("failed");
    }

    @Test
    void aBrokenEditLeavesTheLastGoodVersionInUseAndSaysWhy() throws Exception {
        assertThat(status("acme")).isEqualTo("pending");
        edit("acme.jq", "{status: \"fai");
        assertThat(status("acme")).isEqualTo("pending");
        assertThat(mappings.rejection("acme")).hasValueSatisfying(why -> assertThat(why.message()).startsWith("acme.jq is not a jq program: "));
        assertThatThrownBy(() -> mappings.check("acme")).isInstanceOf(MappingException.class);
        edit("acme.jq", "{status: \"failed\"}");
        assertThat(status("acme")).isEqualTo("failed");
        assertThat(mappings.rejection("acme")).isEmpty();
    }

    @Test
    void aBrokenEditIsToldOnceWithItsPlaceAndTheNextGoodOneToo() throws Exception {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(Mappings.class);
        log.start();
        logger.addAppender(log);
        try {
            mappings.get("acme");
            edit("acme.jq", "{\n  status: }");
            assertThat(mappings.rejections()).hasEntrySatisfying("acme.jq", why -> {
                assertThat(why.line()).isEqualTo(2);
                assertThat(why.column()).isEqualTo(11);
                assertThat(why.at()).isCloseTo(Instant.now(), within(1, ChronoUnit.MINUTES));
            });
            mappings.get("acme");
            mappings.get("acme");
            edit("acme.jq", "{status: \"failed\"}");
            mappings.get("acme");
            mappings.get("acme");
            assertThat(mappings.rejections()).isEmpty();
        } finally {
            logger.detachAppender(log);
        }
        assertThat(log.list).extracting(ILoggingEvent::getLevel).containsExactly(Level.WARN, Level.INFO);
        assertThat(log.list.get(0).getFormattedMessage()).contains("acme.jq", "line 2", "stays in use");
        assertThat(log.list.get(1).getFormattedMessage()).matches("The mapping acme.jq was edited; version [0-9a-f]{12} is in use now");
    }

    @Test
    void aFileThatNeverWasGoodIsAnError() throws Exception {
        Files.writeString(folder.resolve("new.jq"), "{");
        assertThatThrownBy(() -> mappings.get("new")).hasMessageStartingWith("new.jq is not a jq program: ");
        Files.write(folder.resolve("latin.jq"), "{a: \"é\"}".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> mappings.get("latin")).hasMessage("latin.jq is not UTF-8 text");
    }

    @Test
    void aMissingFileIsNamedWithItsNearestNeighbour() throws Exception {
        assertThatThrownBy(() -> mappings.get("acne")).hasMessage("there is no mapping acne.jq in " + folder + "; did you mean acme.jq?");
        assertThatThrownBy(() -> mappings.get("something-else")).hasMessage("there is no mapping something-else.jq in " + folder);
        mappings.get("acme");
        Files.delete(folder.resolve("acme.jq"));
        assertThatThrownBy(() -> mappings.get("acme")).hasMessageStartingWith("there is no mapping acme.jq");
        assertThatThrownBy(() -> new Mappings(folder.resolve("none")).get("acme")).hasMessageStartingWith("there is no mapping acme.jq");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "../acme", "../../etc/passwd", "/etc/passwd", "a/acme", "a\\acme", ".acme", "acme\0", "acme%2e", "acme jq", "{{env:HOME}}"})
    void onlyPlainNamesAreTaken(String name) {
        assertThatThrownBy(() -> mappings.get(name)).isInstanceOf(MappingException.class).hasMessageContaining("is not the plain name of a mapping");
    }

    private String status(String name) throws MappingException {
        return mappings.get(name).apply(Fixtures.JSON.createObjectNode()).get("status").textValue();
    }

    /** As editors and deployments do it: a new file renamed onto the old one. */
    private void edit(String file, String content) throws IOException {
        Path next = Files.writeString(folder.resolve(file + ".tmp"), content);
        Files.move(next, folder.resolve(file), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
