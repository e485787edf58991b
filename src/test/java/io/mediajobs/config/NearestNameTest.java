package io.mediajobs.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestNameTest {

    private static final List<String> KNOWN = List.of("pictory-image", "pictory-video", "stories");

    @Test
    void aTypoHasItsName() {
        assertThat(NearestName.of("pictory-vidoe", KNOWN)).contains("pictory-video");
        assertThat(NearestName.of("Stories", KNOWN)).contains("stories");
        assertThat(NearestName.hint("storys", KNOWN)).isEqualTo("; did you mean stories?");
    }

    @Test
    void somethingElseHasNone() {
        assertThat(NearestName.of("productai", KNOWN)).isEmpty();
        assertThat(NearestName.of("x".repeat(100_000), KNOWN)).isEmpty();
        assertThat(NearestName.of("stories", List.of())).isEmpty();
        assertThat(NearestName.hint("productai", KNOWN)).isEmpty();
    }
}
