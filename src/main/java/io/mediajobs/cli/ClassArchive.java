package io.mediajobs.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.management.JMException;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The archive of loaded classes that makes later starts quicker. The start script names the file, and has Java take down what is
 * loaded; a run that has worked and is asked to stop writes it, never one that failed: its archive would hold half of the classes.
 */
final class ClassArchive {

    /** A system property of the start script's: the file to write. */
    static final String FILE = "mediajobs.class-archive";

    private static final Logger LOG = LoggerFactory.getLogger(ClassArchive.class);

    private ClassArchive() {
    }

    /** Writes it, if the script asks for one. That it cannot be written keeps nobody from anything: the next run tries again. */
    static void write() {
        String file = System.getProperty(FILE, "");
        if (file.isEmpty() || Files.exists(Path.of(file))) {
            return;
        }
        PrintStream out = System.out;
        // Java tells of it there, where a script reads what the command says
        System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
        try {
            // in quotes: Java puts the words together and splits them again at blanks
            ManagementFactory.getPlatformMBeanServer().invoke(new ObjectName("com.sun.management:type=DiagnosticCommand"), "vmCds",
                    new Object[] {new String[] {"dynamic_dump", '"' + file + '"'}}, new String[] {String[].class.getName()});
            LOG.info("Classes are archived in {}: the next start takes less time", file);
        } catch (JMException | RuntimeException e) {
            LOG.info("Classes are not archived in {}, which would make the next start quicker: {}", file, e.toString());
        } finally {
            System.setOut(out);
        }
    }
}
