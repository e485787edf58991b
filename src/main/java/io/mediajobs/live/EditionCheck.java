package io.mediajobs.live;

import io.mediajobs.config.ConfigurationException;
import io.mediajobs.config.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether an edition could be started with: everything that can be found out without building it. */
final class EditionCheck {

    private static final Pattern LINE_AND_COLUMN = Pattern.compile("line (\\d{1,9}), column (\\d{1,9})");
    private static final Pattern PROPERTY = Pattern.compile("\\s*([^#!\\s=:][^\\s=:]*)\\s*[=:]?.*");

    private final Settings atStart;
    private final Consumer<Settings> startChecks;
    private final Staging staging;

    /** @param startChecks what a start does with its settings first; throws {@link ConfigurationException} */
    EditionCheck(Settings atStart, Consumer<Settings> startChecks, Staging staging) {
        this.atStart = atStart;
        this.startChecks = startChecks;
        this.staging = staging;
    }

    /**
     * @return the settings of this edition
     * @throws RejectedException with everything that is wrong
     * @throws IOException       if the data folder takes no copy of it
     */
    Settings check(Edition edition) throws RejectedException, IOException {
        Path staged = staging.stage(edition.files());
        Settings settings;
        try {
            settings = atStart.again(edition.settings());
            Settings copied = settings.with("routes.folder", staged.toString());
            startChecks.accept(copied);
            atStart.requireSameOf(settings);
            List<Finding> findings = new RoutesCheck(copied).withoutWhatIsOff().findingsInFull();
            if (!findings.isEmpty()) {
                throw new RejectedException(findings.stream().map(finding -> rejection(finding, staged)).toList());
            }
        } catch (ConfigurationException e) {
            throw new RejectedException(List.of(ofSettings(edition, plain(e.getMessage(), staged))));
        }
        return settings;
    }

    private Rejection rejection(Finding finding, Path staged) {
        Rejection rejection = of(finding);
        return new Rejection(rejection.at(), rejection.file(), rejection.line(), rejection.column(), plain(rejection.message(), staged));
    }

    static Rejection of(Finding finding) {
        return new Rejection(Instant.now(), finding.file(), finding.line(), finding.column(), finding.sentence());
    }

    /** With the place that the sentence names. */
    static Rejection of(String file, String sentence) {
        Matcher place = LINE_AND_COLUMN.matcher(sentence);
        boolean known = place.find();
        return new Rejection(Instant.now(), file, known ? Integer.valueOf(place.group(1)) : null, known ? Integer.valueOf(place.group(2)) : null, sentence);
    }

    private String plain(String sentence, Path staged) {
        return sentence.replace(staged.toString(), atStart.copy().text("routes.folder")).replaceAll("\\s*\\R\\s*", " ");
    }

    /** With the file and line of the key that the sentence names first. */
    private static Rejection ofSettings(Edition edition, String sentence) {
        String file = null;
        Integer line = null;
        int first = Integer.MAX_VALUE;
        List<Map.Entry<Path, byte[]>> latestFirst = new ArrayList<>(edition.settings().entrySet());
        java.util.Collections.reverse(latestFirst);
        for (Map.Entry<Path, byte[]> properties : latestFirst) {
            String[] lines = new String(properties.getValue(), StandardCharsets.UTF_8).split("\\R", -1);
            for (int i = 0; i < lines.length; i++) {
                Matcher property = PROPERTY.matcher(lines[i]);
                int at = property.matches() ? position(sentence, property.group(1)) : -1;
                // of two lines with one key the later counts
                if (at >= 0 && (at < first || at == first && properties.getKey().getFileName().toString().equals(file))) {
                    first = at;
                    file = properties.getKey().getFileName().toString();
                    line = i + 1;
                }
            }
        }
        if (file == null) {
            file = latestFirst.stream().map(Map.Entry::getKey).filter(path -> sentence.contains(path.toString())).map(path -> path.getFileName().toString())
                    .findFirst().orElse(null);
        }
        return new Rejection(Instant.now(), file, line, null, sentence);
    }

    private static int position(String sentence, String key) {
        Matcher word = Pattern.compile("(?<![A-Za-z0-9.-])" + Pattern.quote(key) + "(?![A-Za-z0-9-]|\\.[A-Za-z0-9])").matcher(sentence);
        return word.find() ? word.start() : -1;
    }
}
