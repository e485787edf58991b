package io.mediajobs.demo.simulator;

import java.util.List;
import java.util.stream.IntStream;

/** The assets that jobs usually have. */
public final class Assets {

    private Assets() {
    }

    /** Pictures of 1024x1024, JPG, each with the job's id painted into it. */
    public static Asset[] images(int count) {
        return images(count, 1024, 1024);
    }

    /** Small ones are cheap: thousands of jobs can have one each. */
    public static Asset[] images(int count, int width, int height) {
        return IntStream.range(0, count).mapToObj(i -> Asset.picture("image", "jpg", width, height)).toArray(Asset[]::new);
    }

    public static Asset png(int width, int height) {
        return Asset.picture("image", "png", width, height);
    }

    /** MP4 of 720x1280 and 8 s. */
    public static Asset video() {
        return Asset.video();
    }

    /** MP3 of 8 s. */
    public static Asset audio() {
        return Asset.audio();
    }

    /** A video of any length that is made as it is sent; see {@link Asset#generated}. */
    public static Asset generatedVideo(long bytes, long seed) {
        return Asset.video().generated(bytes, seed);
    }

    /** What a job of this provider returns when its script names nothing. */
    public static List<Asset> usual(String provider) {
        return switch (provider) {
            case "pictory-image" -> List.of(png(1280, 720));
            case "pictory-video" -> List.of(video(), Asset.picture("thumbnail", "jpg", 720, 1280),
                    Asset.picture("last-frame", "png", 720, 1280), Asset.picture("preview", "jpg", 720, 1280));
            case "pictory-render" -> List.of(video(), audio(), Asset.picture("thumbnail", "jpg", 720, 1280), Asset.srt(),
                    Asset.transcript(), Asset.vtt());
            case "productai" -> List.of(images(2));
            case "stories" -> List.of(images(3));
            default -> throw new IllegalArgumentException("No usual assets for " + provider);
        };
    }

    /** An asset of this role as {@link #usual} has it. */
    public static Asset ofRole(String role) {
        return switch (role) {
            case "image" -> Asset.picture("image", "jpg", 1024, 1024);
            case "video" -> Asset.video();
            case "audio" -> Asset.audio();
            case "thumbnail", "preview" -> Asset.picture(role, "jpg", 720, 1280);
            case "last-frame" -> Asset.picture(role, "png", 720, 1280);
            case "subtitles-srt" -> Asset.srt();
            case "subtitles-vtt" -> Asset.vtt();
            case "transcript" -> Asset.transcript();
            default -> throw new IllegalArgumentException("No asset has the role " + role);
        };
    }
}
