package io.mediajobs.archive;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The media types of assets and the file extensions that go with them: a small table, so that the same type always gets the same extension. */
final class MediaTypes {

    static final String UNKNOWN = "application/octet-stream";
    static final String UNKNOWN_EXTENSION = "bin";

    /** RFC 9110, 8.3.1: type "/" subtype. */
    private static final Pattern TYPE = Pattern.compile("[a-z0-9!#$&^_.+-]{1,127}/[a-z0-9!#$&^_.+-]{1,127}");

    /** Extension by type. Where several types have one extension, the first is the type of that extension. */
    private static final Map<String, String> EXTENSIONS = new LinkedHashMap<>();
    private static final Map<String, String> TYPES = new LinkedHashMap<>();

    static {
        String[][] table = {
            {"video/mp4", "mp4"}, {"video/x-m4v", "m4v"}, {"video/quicktime", "mov"}, {"video/webm", "webm"}, {"video/x-matroska", "mkv"},
            {"video/mpeg", "mpg"}, {"video/x-msvideo", "avi"}, {"video/mp2t", "ts"}, {"application/mp4", "mp4"},
            {"image/png", "png"}, {"image/jpeg", "jpg"}, {"image/jpg", "jpg"}, {"image/webp", "webp"}, {"image/gif", "gif"}, {"image/avif", "avif"},
            {"image/heic", "heic"}, {"image/tiff", "tiff"}, {"image/bmp", "bmp"}, {"image/svg+xml", "svg"},
            {"audio/mpeg", "mp3"}, {"audio/mp3", "mp3"}, {"audio/wav", "wav"}, {"audio/x-wav", "wav"}, {"audio/wave", "wav"}, {"audio/vnd.wave", "wav"},
            {"audio/mp4", "m4a"}, {"audio/x-m4a", "m4a"}, {"audio/aac", "aac"}, {"audio/ogg", "ogg"}, {"audio/opus", "opus"}, {"audio/flac", "flac"},
            {"audio/webm", "weba"},
            {"text/vtt", "vtt"}, {"application/x-subrip", "srt"}, {"text/srt", "srt"}, {"application/srt", "srt"}, {"text/plain", "txt"},
            {"text/csv", "csv"}, {"text/html", "html"}, {"application/json", "json"}, {"application/xml", "xml"}, {"text/xml", "xml"},
            {"application/pdf", "pdf"}, {"application/zip", "zip"}, {"application/gzip", "gz"},
        };
        for (String[] row : table) {
            EXTENSIONS.put(row[0], row[1]);
            TYPES.putIfAbsent(row[1], row[0]);
        }
        TYPES.put("jpeg", "image/jpeg");
        TYPES.put("tif", "image/tiff");
        TYPES.put("htm", "text/html");
    }

    private MediaTypes() {
    }

    /**
     * @param header a Content-Type, with or without parameters; null for none
     * @return the bare media type in lower case; empty if there is none, it is not one, or it says no more than "bytes"
     */
    static Optional<String> bare(String header) {
        if (header == null) {
            return Optional.empty();
        }
        int parameters = header.indexOf(';');
        String type = (parameters < 0 ? header : header.substring(0, parameters)).trim().toLowerCase(Locale.ROOT);
        boolean saysNothing = type.equals(UNKNOWN) || type.equals("binary/octet-stream") || type.equals("application/x-download")
                || type.equals("application/force-download");
        return saysNothing || !TYPE.matcher(type).matches() ? Optional.empty() : Optional.of(type);
    }

    /** @param type a bare media type; empty if the table does not have it */
    static Optional<String> extension(String type) {
        return Optional.ofNullable(EXTENSIONS.get(type));
    }

    /** The media type that the path's extension stands for; empty if it has none that the table knows. */
    static Optional<String> ofPath(URI url) {
        String path = url.getRawPath();
        int dot = path == null ? -1 : path.lastIndexOf('.');
        return dot < 0 || path.indexOf('/', dot) >= 0 ? Optional.empty()
                : Optional.ofNullable(TYPES.get(path.substring(dot + 1).toLowerCase(Locale.ROOT)));
    }

    /** The Content-Disposition of an object: {@code attachment} for bytes without a type, null for all others. */
    static String disposition(String type) {
        return type.equals(UNKNOWN) ? "attachment" : null;
    }

    /** True for pictures, films and sounds. */
    static boolean isMedia(String type) {
        return type.startsWith("video/") || type.startsWith("image/") || type.startsWith("audio/") || type.equals("application/mp4");
    }

    /** True for what a host sends instead of a file when something is wrong: a web page, or an error as JSON or XML. */
    static boolean isPage(String type) {
        return type.equals("text/html") || type.equals("application/xhtml+xml") || type.equals("application/json") || type.endsWith("+json")
                || type.equals("application/xml") || type.equals("text/xml");
    }
}
