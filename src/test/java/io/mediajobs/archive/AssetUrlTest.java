package io.mediajobs.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class AssetUrlTest {

    @ParameterizedTest
    @ValueSource(strings = {"https://cdn.example.com/a.mp4", "http://127.0.0.1:8080/a", "https://cdn.example.com", "https://cdn.example.com?x=1",
            "https://b.s3.amazonaws.com/a%2Fb/c+d.mp4?X-Amz-Signature=a%2Bb%3D&X-Amz-Date=20260101T000000Z&e=;:@,!*'()~", "https://[2001:db8::1]:443/a"})
    void goesOutByteForByte(String url) {
        assertThat(AssetUrl.parse(url)).hasToString(url);
    }

    @ParameterizedTest
    @CsvSource({
        "https://h/my video.mp4,                https://h/my%20video.mp4",
        "https://h/{{s3.secret-key}}?${env:A},  https://h/%7B%7Bs3.secret-key%7D%7D?$%7Benv:A%7D",
        "https://h/é?q=100%,                    https://h/%C3%A9?q=100%25",
        "https://h/a#fragment,                  https://h/a",
        "HTTPS://H.example/a|b[1]?c[2]=d,       https://H.example/a%7Cb%5B1%5D?c[2]=d"})
    void whatNoUrlMayHoldIsEncoded(String url, String encoded) {
        assertThat(AssetUrl.parse(url)).hasToString(encoded);
    }

    @ParameterizedTest
    @NullAndEmptySource
    @ValueSource(strings = {"/a.mp4", "a.mp4", "//h/a", "file:///etc/passwd", "jar:http://h/a!/b", "data:text/plain,x", "ftp://h/a", "gopher://h/", "s3://b/k", "javascript:alert(1)",
            "http:/h/a", "http:h", "http://", "http:///a", "http://?x", "http://user:secret-query@h/a", "http://h@evil/a", "http://h\\@evil/a", "http:\\\\h\\a", "http://h/a\\b",
            "http://h/a\r\nHost: evil", "http://h/\0", " http://h/a", "http://h:0/a", "http://h:65536/a", "http://h:x/a", "http://h%2eevil/a", "http://[fe80::1%25eth0]/a",
            "http://１２７.0.0.1/", "http://h_x/a", "http://-h/a", "http://[::1/a", "http://h h/a"})
    void isRefused(String url) {
        assertThatThrownBy(() -> AssetUrl.parse(url)).isInstanceOfSatisfying(AssetRefusedException.class, refused -> {
            assertThat(refused.code()).isEqualTo("url-invalid");
            assertThat(refused.getMessage()).doesNotContain("secret-query");
            assertThat(refused.getCause()).isNull();
        });
    }

    @Test
    void longerThan64KibIsRefused() {
        assertThat(AssetUrl.parse("https://h/" + "a".repeat(65_526))).isNotNull();
        assertThatThrownBy(() -> AssetUrl.parse("https://h/" + "a".repeat(65_527))).isInstanceOf(AssetRefusedException.class);
    }

    @Test
    void whatAHostSendsBackOfAQueryIsNotTold() {
        URI url = URI.create("https://cdn.example/a?exp=170000~hmac=HMACSECRET77&sig=abc%2Fdef%2Bghi&n=12345");
        assertThat(AssetUrl.withoutQuery(new IOException("Invalid header: <exp=170000~hmac=HMACSECRET77> or abc/def+ghi, abc%2Fdef%2Bghi, 12345"), url))
                .isEqualTo("java.io.IOException: Invalid header: <exp=…> or …, …, 12345");
        assertThat(AssetUrl.withoutQuery(new IOException(), url)).isEqualTo("java.io.IOException");
        assertThat(AssetUrl.withoutQuery(new SocketTimeoutException("Read timed out"), URI.create("https://h/?Timeout=1&java.net=1"))).isEqualTo("java.net.SocketTimeoutException: Read timed out");
        IOException told = new IOException("reset");
        assertThat(AssetUrl.harmless(told, url)).isSameAs(told);
        assertThat(AssetUrl.harmless(new IOException("HMACSECRET77", told), url)).hasMessage("java.io.IOException: …").hasNoCause();
    }

    /** However much of it there is. */
    @Test
    @Timeout(20)
    void halfOfAValueIsNotToldEither() {
        String query = IntStream.range(0, 9_000).mapToObj("%06d"::formatted).collect(Collectors.joining("&"));
        URI url = URI.create("https://h/?" + query + "&sig=" + "S".repeat(200));
        for (int before = 3_700; before < 4_100; before += 7) {
            assertThat(AssetUrl.withoutQuery(new IOException("x ".repeat(before / 2) + "S".repeat(200)), url)).doesNotContain("SSSSSS").hasSizeLessThan(500);
        }
    }

    /** Whoever throws it. */
    @Test
    void whatIsThrownAboutAnAssetHasNoSecret() {
        assertThat(new AssetUnavailableException("The host of https://ann:kanarie@h.example/a?v=kanarie is away.")).hasMessage("The host of https://h.example/a is away.");
    }

    @ParameterizedTest
    @CsvSource({
        "/b?x=%2F,           https://h:8443/b?x=%2F",
        "b,                  https://h:8443/a/b",
        "../b,               https://h:8443/b",
        "?b,                 https://h:8443/a/v.mp4?b",
        "//other/b,          https://other/b",
        "https://other/b,    https://other/b"})
    void redirectLeadsTo(String location, String url) {
        assertThat(AssetUrl.redirected(URI.create("https://h:8443/a/v.mp4?sig=1"), location)).hasToString(url);
    }

    @ParameterizedTest
    @NullAndEmptySource
    @ValueSource(strings = {"http://h/a", "file:///etc/passwd", "//user@h/", "\\\\evil\\a", "https://h/\ta"})
    void redirectIsRefused(String location) {
        assertThatThrownBy(() -> AssetUrl.redirected(URI.create("https://h/a"), location)).isInstanceOf(AssetRefusedException.class);
    }
}
