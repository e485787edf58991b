package io.mediajobs.demo.media;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Eight seconds of film, sound, subtitles and transcript, each with a text in it (the job's id) that makes it unlike any other. */
public final class SampleMedia {

    /** Seconds that film, sound and subtitles last. */
    public static final int SECONDS = 8;
    /** Pixels of the film. */
    public static final int VIDEO_WIDTH = 720;
    /** Pixels of the film. */
    public static final int VIDEO_HEIGHT = 1280;

    private static final byte[] VIDEO = resource("video.mp4");
    private static final byte[] AUDIO = resource("audio.mp3");
    private static final String[] LINES = {"A test pattern,", "made for the job", "and nothing else.", "The end."};

    private SampleMedia() {
    }

    /** MP4, H.264 and AAC. The stamp is a {@code free} box at the end, which players skip. */
    public static Content video(String stamp) {
        byte[] text = stamp.getBytes(StandardCharsets.UTF_8);
        ByteBuffer box = ByteBuffer.allocate(8 + text.length);
        box.putInt(8 + text.length).put("free".getBytes(StandardCharsets.US_ASCII)).put(text);
        return new JoinedBytes(VIDEO, box.array());
    }

    /** MP3. The stamp is the title in an ID3v2.3 tag. */
    public static Content audio(String stamp) {
        byte[] text = stamp.getBytes(StandardCharsets.ISO_8859_1);
        int frame = 10 + 1 + text.length;
        ByteBuffer tag = ByteBuffer.allocate(10 + frame);
        tag.put(new byte[] {'I', 'D', '3', 3, 0, 0});
        // the tag's size has seven bits a byte
        tag.put((byte) (frame >> 21 & 0x7F)).put((byte) (frame >> 14 & 0x7F)).put((byte) (frame >> 7 & 0x7F))
                .put((byte) (frame & 0x7F));
        tag.put("TIT2".getBytes(StandardCharsets.US_ASCII)).putInt(1 + text.length).putShort((short) 0).put((byte) 0).put(text);
        return new JoinedBytes(tag.array(), AUDIO);
    }

    /** SubRip. */
    public static Content srt(String stamp) {
        var text = new StringBuilder();
        for (int i = 0; i < LINES.length; i++) {
            text.append(i + 1).append('\n')
                    .append("00:00:0%d,000 --> 00:00:0%d,900\n".formatted(i * 2, i * 2 + 1))
                    .append(line(i, stamp)).append("\n\n");
        }
        return text(text);
    }

    /** WebVTT. */
    public static Content vtt(String stamp) {
        var text = new StringBuilder("WEBVTT\n\n");
        for (int i = 0; i < LINES.length; i++) {
            text.append("00:00:0%d.000 --> 00:00:0%d.900\n".formatted(i * 2, i * 2 + 1))
                    .append(line(i, stamp)).append("\n\n");
        }
        return text(text);
    }

    /** Plain text, UTF-8. */
    public static Content transcript(String stamp) {
        var text = new StringBuilder();
        for (int i = 0; i < LINES.length; i++) {
            text.append(line(i, stamp)).append('\n');
        }
        return text(text);
    }

    private static String line(int index, String stamp) {
        return index == 1 ? LINES[index] + " " + stamp : LINES[index];
    }

    private static Content text(CharSequence text) {
        return new JoinedBytes(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] resource(String name) {
        String path = "/io/mediajobs/demo/media/" + name;
        try (InputStream in = SampleMedia.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalStateException("The demo jar lacks " + path);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
