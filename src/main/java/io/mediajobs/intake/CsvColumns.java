package io.mediajobs.intake;

import static io.mediajobs.intake.Result.Refused.UNREADABLE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Registrations as CSV (RFC 4180) under the header {@code provider,jobId,deadline,tag.NAME…}. Each line stands alone: no value
 * of a registration may hold a line break, and so a quote that is not closed spoils its own line only.
 */
final class CsvColumns {

    private static final List<String> NAMES = List.of("provider", "jobId", "deadline", "tag.NAME");
    private static final CSVFormat FORMAT = CSVFormat.RFC4180.builder().setIgnoreSurroundingSpaces(true).get();

    private final List<String> columns;

    private CsvColumns(List<String> columns) {
        this.columns = columns;
    }

    /** @throws RefusedException if it is not a header of registrations */
    static CsvColumns ofHeader(String line) throws RefusedException {
        List<String> columns = cells(line);
        for (String column : columns) {
            boolean tag = column.startsWith("tag.") && column.length() > "tag.".length();
            if (!tag && !NAMES.subList(0, 3).contains(column)) {
                throw RegistrationReader.unknownField(column, NAMES);
            }
            if (columns.indexOf(column) != columns.lastIndexOf(column)) {
                throw new RefusedException(UNREADABLE, "The header has the column " + Quoted.text(column) + " twice.", column);
            }
        }
        for (String required : List.of("provider", "jobId")) {
            if (!columns.contains(required)) {
                throw new RefusedException(UNREADABLE, "The header has no column " + required + ".", required);
            }
        }
        return new CsvColumns(columns);
    }

    /** @throws RefusedException if the line is not CSV or has another number of values than the header */
    Registration registration(String line) throws RefusedException {
        List<String> cells = cells(line);
        if (cells.size() != columns.size()) {
            throw new RefusedException(UNREADABLE, "The line has " + cells.size() + " values, the header has " + columns.size() + " columns.", null);
        }
        Map<String, String> values = new HashMap<>();
        Map<String, String> tags = new LinkedHashMap<>();
        for (int i = 0; i < cells.size(); i++) {
            String column = columns.get(i);
            String cell = cells.get(i).strip();
            if (cell.isEmpty()) {
                continue;
            }
            if (column.startsWith("tag.")) {
                tags.put(column.substring("tag.".length()), cell);
            } else {
                values.put(column, cell);
            }
        }
        return new Registration(values.get("provider"), values.get("jobId"), values.get("deadline"), tags);
    }

    private static List<String> cells(String line) throws RefusedException {
        try (CSVParser parser = CSVParser.parse(line, FORMAT)) {
            List<String> cells = new ArrayList<>();
            for (CSVRecord record : parser) {
                cells.addAll(Arrays.asList(record.values()));
            }
            return cells;
        } catch (IOException | UncheckedIOException | IllegalStateException e) {
            throw new RefusedException(UNREADABLE, "The line is not CSV: a quote is not closed or not doubled.", null);
        }
    }
}
