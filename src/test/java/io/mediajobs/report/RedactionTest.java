package io.mediajobs.report;

import io.mediajobs.job.JobError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(20)
class RedactionTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
            "https://h.example/a.png | https://h.example/a.png",
            "https://h.example/a.png?sig=SECRET | https://h.example/a.png",
            "HTTPS://h.example/a.png#SECRET | HTTPS://h.example/a.png",
            "https://h.example?SECRET | https://h.example",
            "s3.[redacted]=SECRET and more | s3.[redacted]=[redacted] and more",
            "https://user:SECRET@h.example:8443/a | https://h.example:8443/a",
            "https://SECRET@SECRET@h.example/a?b@c | https://h.example/a",
            "https://h.example/a@b | https://h.example/a@b",
            "https://h.example:8443/a@b | https://h.example:8443/a@b",
            "https://{{host}}:{{port}}/a@b | https://{{host}}:{{port}}/a@b",
            "https://[2001:db8::1]:443/a@b | https://[2001:db8::1]:443/a@b",
            "https://ann:SECRET/SECRET@h.example/a | https://h.example/a",
            "https://ann:SECRET/+=@h.example/a?SECRET | https://h.example/a",
            "see https://ann:SECRET/SECRET?SECRET@h.example/a | see https://[redacted]",
            "https%3A%2F%2Fann%3ASECRET%40h.example%2Fa@b | https%3A%2F%2Fh.example%2Fa@b",
            "see https://h.example/a?SECRET and http://i.example/b?SECRET, please | see https://h.example/a and http://i.example/b please",
            "{\"u\":\"https://h.example/a?SECRET\",\"v\":1} | {\"u\":\"https://h.example/a\",\"v\":1}",
            "{\"u\":\"https:\\/\\/u:SECRET@h.example\\/a?SECRET\"} | {\"u\":\"https:\\/\\/h.example\\/a\"}",
            "{\"u\":\"https://h.example/a\\u003fSECRET\"} | {\"u\":\"https://h.example/a\"}",
            "to=https%3A%2F%2Fh.example%2Fa%3Fsig%3DSECRET | to=https%3A%2F%2Fh.example%2Fa",
            "to=https%253A%252F%252Fh.example%252Fa%253Fsig%253DSECRET | to=https%253A%252F%252Fh.example%252Fa",
            "<a href=\"https://h.example/a?SECRET\">x</a> | <a href=\"https://h.example/a\">x</a>",
            "s3://bucket/key?SECRET wss://h.example/?SECRET | s3://bucket/key wss://h.example/",
            "/a.png?X-Amz-Signature=SECRET&X-Amz-Expires=60 | /a.png?X-Amz-Signature=[redacted]&X-Amz-Expires=60",
            "{{provider.acme.url}}/v1?api_key=SECRET&sslKeystorePassword=SECRET&n=1 | {{provider.acme.url}}/v1?api_key=[redacted]&sslKeystorePassword=[redacted]&n=1",
            "aws2-s3:media?accessKey=SECRET&secretKey=RAW(SECRET)&s3.secret-key=SECRET | aws2-s3:media?accessKey=[redacted]&secretKey=[redacted]&s3.secret-key=[redacted]",
            "{{url}}?token={{env:ACME_TOKEN}} | {{url}}?token={{env:ACME_TOKEN}}",
            "Authorization: Bearer SECRET.SECRET-SECRET | Authorization: Bearer [redacted]",
            "no URL, 50% of a:b and ? | no URL, 50% of a:b and ?",
    })
    void takesSecretsOutOfText(String text, String expected) {
        assertThat(Redaction.text(text)).isEqualTo(expected);
        assertThat(Redaction.text(expected)).as("twice").isEqualTo(expected);
    }

    @Test
    void aUrlOnItsOwnIsNotEndedByABlank() {
        assertThat(Redaction.url("https://h.example/a b.png?sig=SECRET SECRET")).isEqualTo("https://h.example/a b.png");
        assertThat(Redaction.url("/relative?SECRET")).isEqualTo("/relative");
        assertThat(Redaction.url(null)).isNull();
    }

    @Test
    void megabytesOfTextTakeNoLongerThanReadingThem() {
        String base64 = "QUJDabc0123+".repeat(700_000);
        assertThat(Redaction.text(base64)).isEqualTo(base64);
        assertThat(Redaction.text(base64 + ":")).isEqualTo(base64 + ":");
        String slashes = "http://".repeat(500_000);
        assertThat(Redaction.text(slashes)).isNotEmpty();
        String at = "https://" + "@".repeat(1_000_000);
        assertThat(Redaction.text(at)).isEqualTo("https://");
        assertThat(Redaction.text("a-".repeat(1_000_000) + "=")).isNotEmpty();
        assertThat(Redaction.text("sig=".repeat(500_000))).doesNotContain("sig=sig");
    }

    @Test
    void aReportCannotHoldASecretButInAnAssetsUrl() {
        Map<String, Object> deep = Map.of("list", List.of(Map.of("https://k.example/?SECRET", "https://h.example/?SECRET")));
        ReportAsset asset = new ReportAsset("image", "https://h.example/a?SECRET", "https://h.example/a?SECRET", null, null, new BigDecimal("1.50"), "provider");
        Report report = new Report(Status.FAILED, 5, new JobError("c", "at https://h.example/?SECRET", null), List.of(asset),
                Map.of("share", "https://h.example/s?SECRET", "https://h.example/n?SECRET", "https://h.example/n"), Map.of("invoice", "https://h.example/i?SECRET"),
                Instant.EPOCH, null, null, Map.of("deep", deep));
        assertThat(report.toString()).doesNotContain("SECRET");
        assertThat(report.toJson().toString()).doesNotContain("SECRET").contains("\"duration\":1.5", "\"auth\":\"provider\"");
        assertThat(report.attributes().toString()).doesNotContain("SECRET");
        assertThat(report.assets().get(0).url()).endsWith("?SECRET");
    }

    @Test
    void collectionsKeepTheirOrderAndCannotBeChanged() {
        Map<String, Object> attributes = new LinkedHashMap<>();
        for (String name : List.of("z", "y", "a", "m")) {
            attributes.put(name, new ArrayList<>(List.of(name)));
        }
        Report report = new Report(Status.PENDING, null, null, null, null, null, null, null, null, attributes);
        attributes.clear();
        assertThat(report.attributes().keySet()).containsExactly("z", "y", "a", "m");
        assertThatThrownBy(() -> ((List<?>) report.attributes().get("z")).clear()).isInstanceOf(UnsupportedOperationException.class);
        assertThat(report.assets()).isEmpty();
        assertThat(report.links()).isEmpty();
        assertThat(report.usage()).isEmpty();
    }

    @Test
    void aStoredReportIsReadBack() throws UnfitReportException {
        Report report = new Report(Status.NOT_FOUND, 100, new JobError("c", "m", true),
                List.of(new ReportAsset("video", "https://h.example/a", "video/mp4", 1, 2, new BigDecimal("8"), null)),
                Map.of("share", "https://h.example/s"), Map.of("credits", 12.8), Instant.parse("2026-01-02T03:04:05.678Z"), null, null,
                Map.of("n", 1, "list", List.of("a", 2)));
        assertThat(ReportSchema.read(report.toJson())).isEqualTo(report);
        assertThat(report.toJson().get("status").textValue()).isEqualTo("not-found");
    }

    @Test
    void nullsMeanAbsentAtAnyDepth() throws Exception {
        Report report = ReportSchema.read(Fixtures.JSON.readTree("""
                {"status": "pending", "progress": null, "error": null, "assets": null, "links": {"share": null}, "usage": null,
                 "createdAt": null, "attributes": {"a": null, "b": {"c": null, "d": [1, null]}}}"""));
        assertThat(report.toJson()).isEqualTo(Fixtures.JSON.readTree("""
                {"status": "pending", "attributes": {"b": {"d": [1, null]}}}"""));
    }
}
