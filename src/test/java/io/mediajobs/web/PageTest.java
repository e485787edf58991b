package io.mediajobs.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What keeps a provider's words from becoming a script, where no browser is at hand; the CSP forbids the same to the browser. */
class PageTest {

    private static final Path PAGE = Path.of("src/main/resources/io/mediajobs/web/page");

    @Test
    void wordsOfOthersAreOnlyEverText() throws Exception {
        assertThat(Files.readString(PAGE.resolve("app.js"))).doesNotContain("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(",
                "srcdoc", "localStorage", "document.cookie").contains("url.protocol === 'https:' || url.protocol === 'http:'");
    }

    @Test
    void thePageNeedsNobodyElseAndHasNoInlineCode() throws Exception {
        String html = Files.readString(PAGE.resolve("index.html"));
        assertThat(html).doesNotContainPattern("<script(?! src=\"/app.js\")").doesNotContain("<style").doesNotContainPattern("\\son[a-z]+=")
                .doesNotContain("style=");
        for (String file : new String[] {"index.html", "app.js", "style.css"}) {
            assertThat(Files.readString(PAGE.resolve(file))).as(file).doesNotContainPattern("https?://").doesNotContainPattern("url\\(|@import");
        }
    }
}
