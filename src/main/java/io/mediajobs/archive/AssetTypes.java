package io.mediajobs.archive;

import io.mediajobs.config.ConfigurationException;
import io.mediajobs.config.Settings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.tika.metadata.Metadata;
import org.apache.tika.mime.MimeTypes;

/**
 * Decides what an asset is, going by what its report, its host and its name say, and by its first bytes: an error page called
 * {@code video.mp4} is none, and what a browser would run is not offered to one.
 */
final class AssetTypes {

    /** Bytes from the beginning that are looked at. */
    static final int HEAD = 4096;

    /** What a browser runs or renders with scripts: never stored under its own type. */
    private static final Set<String> ACTIVE = Set.of("text/html", "application/x-shockwave-flash", "multipart/related", "message/rfc822");
    /** The MIME Sniffing standard (mimesniff.spec.whatwg.org): whatever ends in +xml is XML to a browser, which runs a script in it; and what it takes for a script. */
    private static final Pattern XML_OR_SCRIPT = Pattern.compile(".*[+]xml|(text|application)/(xml|xsl)|(text|application)/(x-)?((java|ecma|live)script|jscript).*");
    /** Programs: no allowed type makes one welcome under another name. */
    private static final Set<String> PROGRAMS = Set.of("application/x-msdownload", "application/x-elf", "application/x-executable", "application/x-sharedlib",
            "application/x-sh", "application/x-mach-o-executable", "application/x-mach-o", "application/x-dosexec", "application/java-vm", "application/java-archive");
    /** What Tika calls otherwise than hosts do. */
    private static final Map<String, String> USUAL = Map.of("application/ogg", "audio/ogg", "audio/x-flac", "audio/flac", "audio/vnd.wave", "audio/wav",
            "application/x-matroska", "video/x-matroska", "image/x-ms-bmp", "image/bmp");
    private static final Set<String> MP4_BRANDS = Set.of("isom", "iso2", "iso4", "iso5", "iso6", "avc1", "dash", "mp41", "mp42");
    /** Fewer bytes may look like text by chance. */
    private static final int ENOUGH_FOR_TEXT = 32;
    private static final Pattern PATTERN = Pattern.compile("[a-z0-9!#$&^_.+-]+/(\\*|[a-z0-9!#$&^_.+-]+)");

    private final List<String> allowed;
    private final boolean emptyAllowed;

    /**
     * @param settings {@code archive.content-types} and {@code archive.allow-empty}
     * @throws ConfigurationException if one of them is wrong
     */
    AssetTypes(Settings settings) {
        this.emptyAllowed = settings.flag("archive.allow-empty");
        this.allowed = Arrays.stream(settings.text("archive.content-types").split(",")).map(type -> type.strip().toLowerCase(Locale.ROOT))
                .filter(type -> !type.isEmpty()).toList();
        for (String type : allowed) {
            if (!PATTERN.matcher(type).matches()) {
                throw new ConfigurationException("The setting archive.content-types is wrong: '" + type + "' is no type such as video/mp4 or video/*.");
            }
        }
    }

    /** Whether an asset may have no bytes at all. */
    boolean allowEmpty() {
        return emptyAllowed;
    }

    /**
     * @param planned  the asset, for what is said about it
     * @param declared what it should be, by report, host or name; empty if nobody says
     * @param head     its first bytes, {@link #HEAD} or all it has
     * @return what it is
     * @throws AssetUnavailableException if it is something else instead, such as a page that says what is wrong
     * @throws AssetRefusedException     with the code {@code asset-type-refused}, if it is of none of the allowed types
     */
    String of(PlannedAsset planned, Optional<String> declared, byte[] head) {
        String found = found(head);
        boolean isPage = found.equals("text/html") && declared.filter(type -> type.equals("text/html") || type.equals("application/xhtml+xml")).isEmpty();
        boolean isMessage = isTextual(found) && declared.filter(type -> MediaTypes.isMedia(type) && !type.equals("image/svg+xml")).isPresent();
        if (isPage || isMessage) {
            throw new AssetUnavailableException("The host of " + planned + " sent " + found + " where " + declared.orElse("a file")
                    + " was expected: a page or a message instead of the file.");
        }
        String type = PROGRAMS.contains(found) ? found : weighed(declared, found);
        if (!isAllowed(type)) {
            throw new AssetRefusedException(AssetRefusedException.TYPE_REFUSED, "The host of " + planned + " sent " + type
                    + ", which is none of archive.content-types.");
        }
        return type;
    }

    /** The type that an object in S3 gets: its own, unless a browser would run it. */
    static String stored(String type) {
        return isActive(type) ? MediaTypes.UNKNOWN : type;
    }

    private static boolean isActive(String type) {
        return ACTIVE.contains(type) || XML_OR_SCRIPT.matcher(type).matches();
    }

    /** Bytes say more than words where they say something, but formats of sound and film share their beginnings: then words count. */
    private static String weighed(Optional<String> declared, String found) {
        if (declared.isEmpty() || declared.get().equals(found)) {
            return found;
        }
        boolean bytesSayMore = !found.equals(MediaTypes.UNKNOWN) && !isTextual(found) && !(isFilmOrSound(declared.get()) && isFilmOrSound(found))
                && (MediaTypes.isMedia(found) || MediaTypes.isMedia(declared.get()));
        return bytesSayMore || found.equals("image/svg+xml") ? found : declared.get();
    }

    private static boolean isFilmOrSound(String type) {
        return MediaTypes.isMedia(type) && !type.startsWith("image/");
    }

    private static boolean isTextual(String type) {
        return type.startsWith("text/") || type.equals("application/x-subrip") || XML_OR_SCRIPT.matcher(type).matches() || MediaTypes.isPage(type);
    }

    private boolean isAllowed(String type) {
        return allowed.stream().anyMatch(each -> each.equals(type) || each.endsWith("/*") && type.startsWith(each.substring(0, each.length() - 1)));
    }

    private static String found(byte[] head) {
        String usual = usual(head);
        return usual == null ? byAllPatterns(head) : usual;
    }

    // only what has an unmistakable beginning: Tika knows a thousand formats, and some by two bytes
    static String byAllPatterns(byte[] head) {
        String detected = head.length == 0 ? MediaTypes.UNKNOWN : Known.TYPES.of(head);
        String type = USUAL.getOrDefault(detected, detected);
        if (type.equals("video/quicktime") && head.length >= 12 && !new String(head, 8, 4, StandardCharsets.ISO_8859_1).equals("qt  ")) {
            // ISO/IEC 14496-12: the major brand; Tika knows few of those of MP4
            return "video/mp4";
        }
        if (type.startsWith("text/") && head.length < ENOUGH_FOR_TEXT && !isUtf8(head)) {
            return MediaTypes.UNKNOWN;
        }
        return PROGRAMS.contains(type) || isActive(type) || MediaTypes.extension(type).isPresent() ? type : MediaTypes.UNKNOWN;
    }

    /**
     * What nearly all assets begin with, by the signatures of WHATWG's MIME Sniffing standard; null for all else. Tika would say the same, but
     * tries a thousand patterns, and took a third of the processor time of a small asset.
     */
    static String usual(byte[] head) {
        String start = new String(head, 0, Math.min(head.length, 12), StandardCharsets.ISO_8859_1);
        if (start.startsWith("\u0089PNG\r\n\u001a\n")) {
            return "image/png";
        }
        if (start.startsWith("\u00ff\u00d8\u00ff")) {
            return "image/jpeg";
        }
        if (start.startsWith("GIF87a") || start.startsWith("GIF89a")) {
            return "image/gif";
        }
        // ISO/IEC 14496-12: a box of less than 64 KB that names the major brand
        boolean isMp4 = start.length() == 12 && start.startsWith("\0\0") && start.startsWith("ftyp", 4) && MP4_BRANDS.contains(start.substring(8));
        return isMp4 ? "video/mp4" : null;
    }

    private static boolean isUtf8(byte[] head) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(head));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    /** Tika's table of first bytes takes some time to read: only when there is an asset. */
    private static final class Known {

        static final Known TYPES = new Known();
        private final MimeTypes table = MimeTypes.getDefaultMimeTypes();

        private String of(byte[] head) {
            try {
                return table.detect(new ByteArrayInputStream(head), new Metadata()).getBaseType().toString();
            } catch (IOException e) {
                throw new IllegalStateException("an array can be read", e);
            }
        }
    }
}
