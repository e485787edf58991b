package io.mediajobs.archive;

import io.mediajobs.config.ConfigurationException;
import io.mediajobs.config.Settings;
import io.mediajobs.job.Job;
import io.mediajobs.report.ReportAsset;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The keys of a job's objects in S3. The same job always has the same keys, so a repeat overwrites itself, and no two jobs share one:
 * {@code {provider}}, {@code {jobId}} and {@code {file}} are whole segments of the template, and cleaning a segment is injective.
 *
 * <p>A segment is made of {@code [A-Za-z0-9._-]}, begins with no dot and is at most {@value #LONGEST_SEGMENT} characters long. What
 * was changed to be so ends in {@code __} and 20 hex digits of the SHA-256 of the original; an original that already looks like
 * that gets them too. S3 keys are case-sensitive, and so are these: a store that is not (a folder on some systems) must not be used.
 *
 * <p>Cleaning is also the mitigation of CVE-2026-95664: camel-aws2-s3 evaluates a key with <code>${…}</code> as Simple.
 */
public final class ArchiveKey {

    /** Name of the manifest, which no asset can have. */
    public static final String MANIFEST = "manifest.json";

    static final int LONGEST_SEGMENT = 200;
    /** UTF-8 bytes, which are characters here. S3 user guide, "Naming Amazon S3 objects". */
    static final int LONGEST_KEY = 1024;
    private static final int HASH = 20;

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^{}]*)}");
    private static final Pattern LITERAL = Pattern.compile("[A-Za-z0-9._-]*");
    private static final Pattern CLEAN = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0," + (LONGEST_SEGMENT - 1) + "}");
    private static final Pattern HASHED = Pattern.compile(".*__[0-9a-f]{" + HASH + "}");

    private final List<String> segments;

    private ArchiveKey(List<String> segments) {
        this.segments = segments;
    }

    /** @throws ConfigurationException if {@code archive.key} is not a template */
    public static ArchiveKey of(Settings settings) {
        return of(settings.required("archive.key"));
    }

    /**
     * @param template such as {@code {provider}/{jobId}/{file}}
     * @throws ConfigurationException with a sentence that names {@code archive.key}
     */
    public static ArchiveKey of(String template) {
        List<String> segments = List.of(template.split("/", -1));
        int longest = segments.size() - 1;
        Set<String> whole = new HashSet<>();
        for (String segment : segments) {
            if (segment.isEmpty() || segment.startsWith(".")) {
                throw wrong(template, "a part between two slashes is empty or begins with a dot");
            }
            Matcher placeholder = PLACEHOLDER.matcher(segment);
            int length = placeholder.replaceAll("").length();
            placeholder.reset();
            while (placeholder.find()) {
                String name = placeholder.group(1);
                switch (name) {
                    case "provider", "jobId", "file" -> {
                        if (!segment.equals("{" + name + "}") || !whole.add(name)) {
                            throw wrong(template, "{" + name + "} must stand once and alone between two slashes, or keys of different jobs could be the same");
                        }
                        length += LONGEST_SEGMENT;
                    }
                    case "yyyy" -> length += 4;
                    case "MM", "dd" -> length += 2;
                    default -> {
                        if (!name.startsWith("tag.") || name.length() == 4) {
                            throw wrong(template, "{" + name + "} is unknown; there are {provider}, {jobId}, {file}, {yyyy}, {MM}, {dd} and {tag.NAME}");
                        }
                        length += LONGEST_SEGMENT;
                    }
                }
            }
            if (!LITERAL.matcher(PLACEHOLDER.matcher(segment).replaceAll("")).matches()) {
                throw wrong(template, "beside placeholders only letters, digits, '.', '_', '-' and '/' may stand in it");
            }
            longest += length;
        }
        if (whole.size() < 3 || !segments.get(segments.size() - 1).equals("{file}")) {
            throw wrong(template, "it must have {provider} and {jobId}, and end in /{file}");
        }
        if (longest > LONGEST_KEY) {
            throw wrong(template, "its keys could become longer than the 1,024 bytes that S3 allows");
        }
        return new ArchiveKey(segments);
    }

    /** What all keys begin with: empty, or some parts that are the same for every job, and a slash. */
    String prefix() {
        return segments.stream().takeWhile(segment -> segment.indexOf('{') < 0).map(segment -> segment + "/").collect(Collectors.joining());
    }

    private static ConfigurationException wrong(String template, String why) {
        return new ConfigurationException("The setting archive.key is wrong: '" + template + "': " + why + ".");
    }

    /** Key of the job's file with this name. */
    public String of(Job job, String file) {
        OffsetDateTime registered = job.registeredAt().atOffset(ZoneOffset.UTC);
        Function<String, String> value = name -> switch (name) {
            case "provider" -> clean(job.provider());
            case "jobId" -> clean(job.jobId());
            case "file" -> clean(file);
            case "yyyy" -> String.format(Locale.ROOT, "%04d", registered.getYear());
            case "MM" -> String.format(Locale.ROOT, "%02d", registered.getMonthValue());
            case "dd" -> String.format(Locale.ROOT, "%02d", registered.getDayOfMonth());
            default -> clean(job.tags().getOrDefault(name.substring(4), "_"));
        };
        List<String> parts = new ArrayList<>(segments.size());
        for (String segment : segments) {
            parts.add(PLACEHOLDER.matcher(segment).replaceAll(found -> Matcher.quoteReplacement(value.apply(found.group(1)))));
        }
        return String.join("/", parts);
    }

    /** Key of the job's manifest. */
    public String manifest(Job job) {
        return of(job, MANIFEST);
    }

    /**
     * The file names of a report's assets without extension, in their order: the role, and {@code -1}, {@code -2} … behind it where
     * it occurs several times. No two are the same, and none is {@code manifest}, whatever the roles are.
     */
    static List<String> stems(List<ReportAsset> assets) {
        Map<String, Integer> occurs = new HashMap<>();
        assets.forEach(asset -> occurs.merge(asset.role(), 1, Integer::sum));
        Set<String> taken = new HashSet<>(Set.of("manifest"));
        // a role that occurs once keeps its name, also where the third of another role would come to the same
        occurs.forEach((role, times) -> {
            if (times == 1) {
                taken.add(role);
            }
        });
        Map<String, Integer> last = new HashMap<>();
        List<String> stems = new ArrayList<>(assets.size());
        for (ReportAsset asset : assets) {
            String role = asset.role();
            if (occurs.get(role) == 1 && !role.equals("manifest")) {
                stems.add(role);
                continue;
            }
            int number = last.getOrDefault(role, 0) + 1;
            while (!taken.add(role + "-" + number)) {
                number++;
            }
            last.put(role, number);
            stems.add(role + "-" + number);
        }
        return stems;
    }

    /** One segment of a key: see the class comment. */
    static String clean(String text) {
        if (CLEAN.matcher(text).matches() && !HASHED.matcher(text).matches()) {
            return text;
        }
        StringBuilder cleaned = new StringBuilder();
        int room = LONGEST_SEGMENT - HASH - 2;
        for (int at = 0; at < text.length() && cleaned.length() < room; at += Character.charCount(text.codePointAt(at))) {
            char c = text.charAt(at);
            boolean allowed = c < 0x80 && (Character.isLetterOrDigit(c) || c == '_' || c == '-' || (c == '.' && cleaned.length() > 0));
            cleaned.append(allowed ? c : '_');
        }
        return cleaned + "__" + hash(text);
    }

    private static String hash(String text) {
        try {
            // the chars themselves: as UTF-8 or UTF-16 bytes, all lone surrogates would become the same replacement
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            text.chars().forEach(c -> {
                digest.update((byte) (c >> 8));
                digest.update((byte) c);
            });
            return HexFormat.of().formatHex(digest.digest()).substring(0, HASH);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
