package io.mediajobs.demo.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

import io.mediajobs.demo.media.Content;
import io.mediajobs.demo.media.GeneratedBytes;
import io.mediajobs.demo.media.PaintedPicture;
import io.mediajobs.demo.media.JoinedBytes;
import io.mediajobs.demo.media.SampleMedia;

/**
 * What a completed job offers for download. Immutable; {@link Assets} makes the usual ones.
 *
 * @param role           {@code image}, {@code video}, {@code audio}, {@code thumbnail}, {@code preview}, {@code last-frame},
 *                       {@code subtitles-srt}, {@code subtitles-vtt}, {@code transcript}
 * @param extension      of its file name, without the dot
 * @param contentType    the Content-Type header of the CDN
 * @param width          pixels, 0 where it has none
 * @param height         pixels, 0 where it has none
 * @param content        makes the bytes from a text that is unlike any other asset's; must make the same ones every time
 * @param chunked        true when the CDN is not to tell the length; then there are no ranges either
 * @param bytesPerSecond the CDN's speed for one download, 0 for as fast as it goes
 * @param faults         by the number of the download request
 */
public record Asset(String role, String extension, String contentType, int width, int height,
                    Function<String, Content> content, boolean chunked, long bytesPerSecond, List<FaultAt> faults) {

    public Asset {
        Objects.requireNonNull(role, "role");
        faults = List.copyOf(faults);
    }

    private static Asset of(String role, String extension, String contentType, int width, int height,
                            Function<String, Content> content) {
        return new Asset(role, extension, contentType, width, height, content, false, 0, List.of());
    }

    static Asset picture(String role, String format, int width, int height) {
        String type = format.equals("png") ? "image/png" : "image/jpeg";
        return of(role, format, type, width, height,
                stamp -> new JoinedBytes(PaintedPicture.paint(format, width, height, stamp.split("/"))));
    }

    static Asset video() {
        return of("video", "mp4", "video/mp4", SampleMedia.VIDEO_WIDTH, SampleMedia.VIDEO_HEIGHT, SampleMedia::video);
    }

    static Asset audio() {
        return of("audio", "mp3", "audio/mpeg", 0, 0, SampleMedia::audio);
    }

    static Asset srt() {
        return of("subtitles-srt", "srt", "application/x-subrip", 0, 0, SampleMedia::srt);
    }

    static Asset vtt() {
        return of("subtitles-vtt", "vtt", "text/vtt", 0, 0, SampleMedia::vtt);
    }

    static Asset transcript() {
        return of("transcript", "txt", "text/plain; charset=utf-8", 0, 0, SampleMedia::transcript);
    }

    /** The same asset, but its bytes are {@link GeneratedBytes}: any length, nothing stored, and no real medium. */
    public Asset generated(long bytes, long seed) {
        var generated = new GeneratedBytes(bytes, seed);
        return new Asset(role, extension, contentType, width, height, stamp -> generated, chunked, bytesPerSecond, faults);
    }

    /** The same asset, its length not told. */
    public Asset ofUnknownLength() {
        return new Asset(role, extension, contentType, width, height, content, true, bytesPerSecond, faults);
    }

    /** The same asset, every download at this speed at most. */
    public Asset slowedTo(long bytesPerSecond) {
        return new Asset(role, extension, contentType, width, height, content, chunked, bytesPerSecond, faults);
    }

    /** The same asset with another Content-Type. */
    public Asset as(String contentType) {
        return new Asset(role, extension, contentType, width, height, content, chunked, bytesPerSecond, faults);
    }

    /** The same asset, misbehaving at one download request, counted from 1. */
    public Asset atRequest(int request, Misbehaviour fault) {
        return duringRequests(request, request, fault);
    }

    /** The same asset, misbehaving from one download request to another. */
    public Asset duringRequests(int from, int to, Misbehaviour fault) {
        var more = new ArrayList<>(faults);
        more.add(new FaultAt(from, to, fault));
        return new Asset(role, extension, contentType, width, height, content, chunked, bytesPerSecond, more);
    }
}
