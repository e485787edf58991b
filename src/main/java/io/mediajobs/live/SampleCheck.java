package io.mediajobs.live;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mediajobs.report.MappingException;
import io.mediajobs.report.Mappings;
import io.mediajobs.report.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Whether mappings make of the sample answers beside them what is expected. */
final class SampleCheck {

    private static final ObjectMapper JSON = new ObjectMapper();

    private SampleCheck() {
    }

    static List<Finding> wrong(Path routes, Mappings mappings) throws IOException {
        List<Finding> findings = new ArrayList<>();
        for (Sample sample : Sample.in(routes.resolve("providers"))) {
            String sentence = wrong(sample, mappings);
            if (!sentence.isEmpty()) {
                findings.add(new Finding(routes.relativize(sample.file()).toString(), sentence));
            }
        }
        return findings;
    }

    private static String wrong(Sample sample, Mappings mappings) throws IOException {
        if (!Files.exists(sample.expected())) {
            return "The expected report is missing: " + sample.expected().getFileName() + ". `provider test " + sample.mapping() + "` shows what the mapping makes.";
        }
        try {
            JsonNode expected = JSON.readTree(Files.readString(sample.expected()));
            String difference = Sample.difference(expected, sample.outcome(mappings.get(sample.mapping())));
            return difference.isEmpty() ? "" : "What " + sample.mapping() + ".jq makes of this answer is not what is expected: " + difference + ".";
        } catch (JsonProcessingException e) {
            return sample.expected().getFileName() + " is not JSON (line " + e.getLocation().getLineNr() + ").";
        } catch (MappingException e) {
            return "There is no mapping for this sample: " + e.getMessage() + (e.getMessage().endsWith("?") ? "" : ".");
        }
    }
}
