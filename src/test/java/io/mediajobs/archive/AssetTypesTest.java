package io.mediajobs.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The short way to what nearly all assets are says what the long one says. */
class AssetTypesTest {

    private static byte[] head(String start, int length, int seed) {
        byte[] head = new byte[length];
        new Random(seed).nextBytes(head);
        byte[] begin = start.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(begin, 0, head, 0, begin.length);
        return head;
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u0089PNG\r\n\u001a\n", "\u00ff\u00d8\u00ff\u00e0", "\u00ff\u00d8\u00ff\u00db", "GIF87a", "GIF89a", "\0\0\0\u0018ftypisom",
            "\0\0\0\u0018ftypiso2", "\0\0\0\u0018ftypiso4", "\0\0\0\u0018ftypiso5", "\0\0\1\0ftypiso6", "\0\0\0\u0018ftypavc1", "\0\0\0\u0018ftypdash",
            "\0\0\0\u0018ftypmp41", "\0\0\0\u0018ftypmp42"})
    void theUsualBeginningsAreWhatTheyAreByAllPatterns(String start) {
        for (int seed = 0; seed < 20; seed++) {
            byte[] head = head(start, AssetTypes.HEAD, seed);
            assertThat(AssetTypes.usual(head)).isNotNull().isEqualTo(AssetTypes.byAllPatterns(head));
        }
        byte[] page = head(start + "<html><script>alert(1)</script>", AssetTypes.HEAD, 1);
        assertThat(AssetTypes.usual(page)).isEqualTo(AssetTypes.byAllPatterns(page));
        byte[] nothingElse = start.getBytes(StandardCharsets.ISO_8859_1);
        assertThat(AssetTypes.usual(nothingElse)).isEqualTo(AssetTypes.byAllPatterns(nothingElse));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\0\0", "<html>", "MZ\0\u0018ftypisom", "#!\0\u0018ftypisom", "\0\0\0\u0018ftyp", "\0\0\0\u0018ftypqt  ", "\0\0\0\u0018ftypheic", 
            "\0\0\0\u0018ftypM4A ", "GIF88a", "\u0089PNG\n"})
    void allElseGoesTheLongWay(String start) {
        assertThat(AssetTypes.usual(start.getBytes(StandardCharsets.ISO_8859_1))).isNull();
    }
}
