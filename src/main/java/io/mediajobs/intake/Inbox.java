package io.mediajobs.intake;

import io.mediajobs.poll.Providers;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileFilter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes in files of registrations, {@code .jsonl} or {@code .csv}, a line at a time and in constant memory. What cannot be taken is
 * put aside line by line. A file that was taken in half may be taken in again: what is followed already stays as it is.
 */
public final class Inbox implements GenericFileFilter<File> {

    private static final Logger LOG = LoggerFactory.getLogger(Inbox.class);
    private static final int BATCH_LINES = 500;
    private static final int BATCH_BYTES = 1024 * 1024;

    private final Registrar registrar;
    private final Providers providers;
    private final RegistrationReader reader = new RegistrationReader();
    private final Set<String> passedOver = ConcurrentHashMap.newKeySet();

    public Inbox(Registrar registrar, Providers providers) {
        this.registrar = registrar;
        this.providers = providers;
    }

    /**
     * Whether a file may be taken: not while no provider is there, since every line would be refused; and only what is a file itself,
     * since what a link points to may not be meant for whoever can read {@code rejected/}.
     */
    @Override
    public boolean accept(GenericFile<File> file) {
        Path path = file.getFile().toPath();
        if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            return !providers.all().isEmpty();
        }
        if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) && passedOver.add(path.toString())) {
            LOG.warn("{} in the inbox is not a file but a link or something else, and is not taken.", Quoted.text(file.getFileNameOnly()));
        }
        return false;
    }

    /**
     * Takes in one file. It stays where it is; the route moves it. Refused lines go to {@code rejected/} beside it.
     *
     * @throws IOException      if it cannot be read, or {@code rejected/} cannot be written
     * @throws RuntimeException if the store does not answer
     */
    public void take(File file) throws IOException {
        boolean csv = file.getName().toLowerCase(Locale.ROOT).endsWith(".csv");
        try (RawLines lines = new RawLines(file.toPath()); Rejects rejects = new Rejects(file.toPath().resolveSibling("rejected"), file.getName())) {
            Intake intake = new Intake(rejects);
            if (csv) {
                takeCsv(lines, intake);
            } else {
                for (RawLines.Line line = lines.next(); line != null; line = lines.next()) {
                    intake.add(line, reader::read);
                }
            }
            intake.flush();
            Path rejected = rejects.finish();
            LOG.info("Inbox: {}: {} new, {} already followed, {} refused{}", Quoted.text(file.getName()), intake.created, intake.known, rejects.count(),
                    rejected == null ? "" : "; the reasons are in " + Quoted.text("rejected/" + rejected.getFileName() + ".reasons"));
        }
    }

    private void takeCsv(RawLines lines, Intake intake) throws IOException {
        RawLines.Line header = lines.next();
        while (header != null && header.isBlank()) {
            header = lines.next();
        }
        if (header == null) {
            return;
        }
        CsvColumns columns;
        try {
            columns = CsvColumns.ofHeader(header.text());
        } catch (RefusedException e) {
            Result.Refused why = new Result.Refused(e.refused().code(), e.refused().sentence() + " No line of the file was taken.", e.refused().field());
            intake.rejects.add(header, why);
            for (RawLines.Line line = lines.next(); line != null; line = lines.next()) {
                intake.rejects.keep(line);
            }
            return;
        }
        intake.rejects.header(header);
        for (RawLines.Line line = lines.next(); line != null; line = lines.next()) {
            intake.add(line, columns::registration);
        }
    }

    /**
     * Where a file goes that was taken in.
     *
     * @param path of the file
     * @return a free name in {@code done/} beside it, relative to where it is
     */
    public String doneName(String path) {
        Path file = Path.of(path);
        return "done/" + FreeName.in(file.resolveSibling("done"), file.getFileName().toString()).getFileName();
    }

    private interface LineParser {
        Registration parse(String text) throws RefusedException;
    }

    /** A line and what it says, or why it says nothing. */
    private record Parsed(RawLines.Line line, Registration registration, Result.Refused refused) {
    }

    private final class Intake {
        private final Rejects rejects;
        private final List<Parsed> batch = new ArrayList<>();
        private int bytes;
        private long created;
        private long known;

        Intake(Rejects rejects) {
            this.rejects = rejects;
        }

        void add(RawLines.Line line, LineParser parser) throws IOException {
            if (line.isBlank()) {
                return;
            }
            try {
                batch.add(new Parsed(line, parser.parse(line.text()), null));
            } catch (RefusedException e) {
                batch.add(new Parsed(line, null, e.refused()));
            }
            bytes += line.bytes().length;
            if (batch.size() >= BATCH_LINES || bytes >= BATCH_BYTES) {
                flush();
            }
        }

        void flush() throws IOException {
            Iterator<Result> results = registrar.register(batch.stream().map(Parsed::registration).filter(Objects::nonNull).toList()).iterator();
            for (Parsed parsed : batch) {
                Result result = parsed.refused != null ? parsed.refused : results.next();
                if (result instanceof Result.Refused refused) {
                    rejects.add(parsed.line, refused);
                } else if (result instanceof Result.Created) {
                    created++;
                } else {
                    known++;
                }
            }
            batch.clear();
            bytes = 0;
        }
    }
}
