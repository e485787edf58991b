package io.mediajobs.demo;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

import javax.imageio.ImageIO;

import io.mediajobs.demo.media.Content;
import io.mediajobs.demo.simulator.Asset;
import io.mediajobs.demo.simulator.Assets;
import io.mediajobs.demo.simulator.Download;
import io.mediajobs.demo.simulator.Misbehaviour;
import io.mediajobs.demo.simulator.ProviderSimulator;
import io.mediajobs.demo.simulator.SimulatedJob;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The CDN: real media, lengths, ranges, signed URLs, big files, broken downloads, and no key. */
class CdnTest {

    private static final long MEBIBYTE = 1 << 20;

    private final StandingClock clock = new StandingClock("2026-01-01T00:00:00Z");
    private ProviderSimulator simulator;

    @BeforeEach
    void start() {
        simulator = ProviderSimulator.builder().clock(clock).start();
    }

    @AfterEach
    void stop() {
        simulator.close();
    }

    @ParameterizedTest
    @CsvSource({
            "pictory-image,  image.png,         image/png,                 1280, 720",
            "pictory-video,  thumbnail.jpg,     image/jpeg,                720,  1280",
            "pictory-video,  last-frame.png,    image/png,                 720,  1280",
            "pictory-video,  preview.jpg,       image/jpeg,                720,  1280",
            "productai,      image-2.jpg,       image/jpeg,                1024, 1024",
            "stories,        image-3.jpg,       image/jpeg,                1024, 1024"})
    void picturesCanBeDecoded(String provider, String file, String type, int width, int height) throws Exception {
        HttpResponse<byte[]> answer = Client.get(url(simulator.job(provider, "j").completes(), file));

        BufferedImage picture = ImageIO.read(new ByteArrayInputStream(answer.body()));
        assertThat(answer.headers().firstValue("Content-Type")).hasValue(type);
        assertThat(picture.getWidth()).isEqualTo(width);
        assertThat(picture.getHeight()).isEqualTo(height);
    }

    @Test
    void filmAndSoundAreWhatTheySay() throws Exception {
        SimulatedJob job = simulator.job("pictory-render", "j").completes();

        HttpResponse<byte[]> film = Client.get(url(job, "video.mp4"));
        byte[] sound = Client.get(url(job, "audio.mp3")).body();

        assertThat(film.headers().firstValue("Content-Type")).hasValue("video/mp4");
        assertThat(boxes(film.body())).containsExactly("ftyp", "moov", "free", "mdat", "free");
        assertThat(new String(sound, 0, 3, StandardCharsets.US_ASCII)).isEqualTo("ID3");
        int tag = 10 + (sound[8] << 7 | sound[9]);
        assertThat(sound[tag] & 0xFF).as("an MPEG frame follows the tag").isEqualTo(0xFF);
        assertThat(sound[tag + 1] & 0xE0).isEqualTo(0xE0);
    }

    @Test
    void textsAreWhatTheySay() throws Exception {
        SimulatedJob job = simulator.job("pictory-render", "j").completes();

        assertThat(text(job, "subtitles-srt.srt")).startsWith("1\n00:00:00,000 --> 00:00:01,900\n");
        assertThat(text(job, "subtitles-vtt.vtt")).startsWith("WEBVTT\n\n00:00:00.000 --> ");
        assertThat(text(job, "transcript.txt")).contains("pictory-render/j/");
    }

    @Test
    void everyAssetIsUnlikeAnyOther() {
        var digests = new ArrayList<String>();
        for (String provider : List.of("pictory-image", "pictory-video", "pictory-render", "productai", "stories")) {
            for (String id : List.of("one", "two")) {
                SimulatedJob job = simulator.job(provider, provider + "-" + id).completes();
                job.assets().keySet().forEach(file -> digests.add(simulator.sha256(job, file)));
            }
        }

        assertThat(digests).hasSize(2 * (1 + 4 + 6 + 2 + 3)).doesNotHaveDuplicates();
    }

    @Test
    void headTellsWhatGetSends() throws Exception {
        SimulatedJob job = simulator.job("productai", "j").completes();
        String url = url(job, "image-1.jpg");

        HttpResponse<byte[]> head = Client.send(Client.request(url).method("HEAD", HttpRequest.BodyPublishers.noBody()));
        HttpResponse<byte[]> get = Client.get(url);

        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        for (String header : List.of("Content-Length", "Content-Type", "ETag", "Last-Modified", "Accept-Ranges")) {
            assertThat(head.headers().firstValue(header)).as(header).isPresent().isEqualTo(get.headers().firstValue(header));
        }
        assertThat(get.headers().firstValueAsLong("Content-Length")).hasValue(get.body().length);
    }

    @ParameterizedTest
    @CsvSource({
            "bytes=0-0,        0,      1",
            "bytes=100-199,    100,    200",
            "bytes=65530-70001, 65530, 70002",
            "bytes=199990-,    199990, 200000",
            "bytes=-7,         199993, 200000",
            "bytes=199999-999999, 199999, 200000"})
    void ranges(String range, int from, int to) throws Exception {
        SimulatedJob job = simulator.job("pictory-video", "j").completes(Assets.generatedVideo(200_000, 3));
        byte[] whole = Client.get(url(job, "video.mp4")).body();

        HttpResponse<byte[]> part = Client.get(url(job, "video.mp4"), "Range", range);

        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(part.headers().firstValue("Content-Range")).hasValue("bytes " + from + "-" + (to - 1) + "/200000");
        assertThat(part.body()).isEqualTo(Arrays.copyOfRange(whole, from, to));
    }

    @Test
    void rangeThatIsOutsideIsRefused() throws Exception {
        SimulatedJob job = simulator.job("pictory-video", "j").completes(Assets.generatedVideo(1000, 3));

        HttpResponse<byte[]> answer = Client.get(url(job, "video.mp4"), "Range", "bytes=1000-");

        assertThat(answer.statusCode()).isEqualTo(416);
        assertThat(answer.headers().firstValue("Content-Range")).hasValue("bytes */1000");
    }

    @Test
    void rangeOfAnotherVersionIsTheWhole() throws Exception {
        SimulatedJob job = simulator.job("pictory-video", "j").completes(Assets.generatedVideo(1000, 3));
        String url = url(job, "video.mp4");
        String etag = Client.get(url).headers().firstValue("ETag").orElseThrow();

        assertThat(Client.get(url, "Range", "bytes=10-19", "If-Range", etag).statusCode()).isEqualTo(206);
        assertThat(Client.get(url, "Range", "bytes=10-19", "If-Range", "\"old\"").statusCode()).isEqualTo(200);
    }

    @Test
    void storiesAssetsNeedTheirSignature() throws Exception {
        simulator.provider("stories").signsFor(ofSeconds(60));
        SimulatedJob job = simulator.job("stories", "j").completes(Assets.images(1, 16, 16));
        String url = url(job, "image.jpg");

        assertThat(Client.get(url).statusCode()).isEqualTo(200);
        assertThat(Client.get(url.replaceAll("\\?.*", "")).statusCode()).as("no query").isEqualTo(403);
        assertThat(Client.get(url.replaceAll("Signature=..", "Signature=zz")).statusCode()).as("wrong").isEqualTo(403);
        assertThat(Client.get(url.replaceAll("Expires=\\d", "Expires=9")).statusCode()).as("longer").isEqualTo(403);
        clock.pass(ofSeconds(59));
        assertThat(Client.get(url).statusCode()).isEqualTo(200);
        clock.pass(ofSeconds(1));
        assertThat(Client.get(url).statusCode()).as("expired").isEqualTo(403);
        assertThat(Client.get(url(job, "image.jpg")).statusCode()).as("signed anew").isEqualTo(200);
    }

    @Test
    void noAssetBeforeTheEnd() throws Exception {
        SimulatedJob job = simulator.job("productai", "j").processingFor(ofSeconds(5)).completes(Assets.images(1, 16, 16));

        assertThat(Client.get(url(job, "image.jpg")).statusCode()).isEqualTo(404);
        clock.pass(ofSeconds(5));
        assertThat(Client.get(url(job, "image.jpg")).statusCode()).isEqualTo(200);
        assertThat(Client.get(simulator.url() + "/cdn/productai/j/other.jpg").statusCode()).isEqualTo(404);
        assertThat(Client.get(simulator.url() + "/cdn/nobody/j/image.jpg").statusCode()).isEqualTo(404);
    }

    @Test
    void bigFileOfKnownLength() throws Exception {
        SimulatedJob job = simulator.job("pictory-video", "j").completes(Assets.generatedVideo(32 * MEBIBYTE + 5, 42));

        HttpResponse<String> answer = digest(url(job, "video.mp4"));

        assertThat(answer.headers().firstValueAsLong("Content-Length")).hasValue(32 * MEBIBYTE + 5);
        assertThat(answer.body()).isEqualTo(simulator.sha256(job, "video.mp4"));
        Download download = simulator.ledger().downloads("pictory-video", "j").get(0);
        assertThat(download.bytes()).isEqualTo(32 * MEBIBYTE + 5);
        assertThat(download.sha256()).isEqualTo(answer.body());
        assertThat(download.complete()).isTrue();
    }

    @Test
    void bigFileOfUnknownLength() throws Exception {
        SimulatedJob job = simulator.job("pictory-video", "j")
                .completes(Assets.generatedVideo(8 * MEBIBYTE + 1, 42).ofUnknownLength());

        HttpResponse<String> answer = digest(url(job, "video.mp4"));

        assertThat(answer.headers().firstValue("Content-Length")).isEmpty();
        assertThat(answer.headers().firstValue("Transfer-Encoding")).hasValue("chunked");
        assertThat(answer.body()).isEqualTo(simulator.sha256(job, "video.mp4"));
        assertThat(simulator.size(job, "video.mp4")).isEqualTo(8 * MEBIBYTE + 1);
    }

    @Test
    void downloadsBreakAndCanBeTakenUpAgain() throws Exception {
        Asset video = Assets.generatedVideo(3 * MEBIBYTE, 9).atRequest(1, Misbehaviour.status(503))
                .atRequest(2, Misbehaviour.reset()).atRequest(3, Misbehaviour.cutConnection())
                .atRequest(4, Misbehaviour.redirect("http://127.0.0.1:1/"));
        SimulatedJob job = simulator.job("pictory-video", "j").completes(video);
        String url = url(job, "video.mp4");

        assertThat(Client.get(url).statusCode()).isEqualTo(503);
        assertThatIOException().isThrownBy(() -> Client.raw(url, "none")).withMessageContaining("reset");
        assertThatIOException().isThrownBy(() -> Client.get(url));
        assertThat(Client.get(url).statusCode()).isEqualTo(302);
        assertThat(Client.get(url, "Range", "bytes=1048576-").body()).hasSize((int) (2 * MEBIBYTE));

        await().atMost(ofSeconds(10)).until(() -> simulator.ledger().downloads("pictory-video", "j").size() == 5);
        List<Download> downloads = simulator.ledger().downloads("pictory-video", "j");
        assertThat(downloads).extracting(Download::status).containsExactlyInAnyOrder(503, 0, 200, 302, 206);
        Download cut = downloads.stream().filter(each -> each.number() == 3).findFirst().orElseThrow();
        assertThat(cut.complete()).isFalse();
        assertThat(cut.bytes()).isEqualTo(3 * MEBIBYTE / 2);
    }

    @Test
    void slowDownload() throws Exception {
        SimulatedJob job = simulator.job("pictory-video", "j").completes(Assets.generatedVideo(100_000, 1).slowedTo(200_000));
        long start = System.nanoTime();

        byte[] bytes = Client.get(url(job, "video.mp4")).body();

        assertThat(bytes).hasSize(100_000);
        assertThat(System.nanoTime() - start).isGreaterThan(ofSeconds(1).toNanos() / 3);
    }

    @Test
    void aKeyAtTheCdnIsWrittenDown() throws Exception {
        SimulatedJob job = simulator.job("productai", "j").completes(Assets.images(1, 16, 16));

        Client.get(url(job, "image.jpg"));
        assertThat(simulator.ledger().leakedKeys()).isEmpty();
        Client.get(url(job, "image.jpg"), "Authorization", "Bearer oops");
        Client.get(simulator.url() + "/cdn/elsewhere", "Authorization", "Bearer oops");

        assertThat(simulator.ledger().leakedKeys()).extracting(Download::path)
                .containsExactly("/cdn/productai/j/image.jpg", "/cdn/elsewhere");
    }

    private String url(SimulatedJob job, String file) {
        return simulator.assetUrl(job, file);
    }

    private String text(SimulatedJob job, String file) throws Exception {
        return new String(Client.get(url(job, file)).body(), StandardCharsets.UTF_8);
    }

    /** The body's SHA-256 in hex, read without keeping it. */
    private static HttpResponse<String> digest(String url) throws IOException, InterruptedException {
        var digest = Content.newSha256();
        return Client.send(Client.request(url), info -> HttpResponse.BodySubscribers.mapping(
                HttpResponse.BodySubscribers.ofByteArrayConsumer(part -> part.ifPresent(digest::update)),
                done -> HexFormat.of().formatHex(digest.digest())));
    }

    private static List<String> boxes(byte[] mp4) {
        var names = new ArrayList<String>();
        for (int at = 0; at < mp4.length; at += ByteBuffer.wrap(mp4, at, 4).getInt()) {
            names.add(new String(mp4, at + 4, 4, StandardCharsets.US_ASCII));
        }
        return names;
    }
}
