package io.mediajobs.cli;

import java.io.Console;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What is known of the terminal that a person looks at. */
public final class Terminal {

    /** The size of a terminal that does not tell. */
    public static final Terminal USUAL = new Terminal(80, 24);
    private static final Path DEVICE = Path.of("/dev/tty");

    private final int columns;
    private final int rows;

    private Terminal(int columns, int rows) {
        this.columns = columns;
        this.rows = rows;
    }

    public int columns() {
        return columns;
    }

    public int rows() {
        return rows;
    }

    /**
     * Whether a person reads at a terminal that understands colours and cursor movements, and has not asked for plain text.
     *
     * @see <a href="https://no-color.org">NO_COLOR</a>
     */
    public static boolean isThere(Map<String, String> environment) {
        String kind = environment.getOrDefault("TERM", System.getProperty("os.name").startsWith("Windows") ? "windows" : "dumb");
        return hasConsole() && !kind.equals("dumb") && environment.getOrDefault("NO_COLOR", "").isEmpty();
    }

    /** Whether standard output is written in a character set that has this character. */
    static boolean shows(char character) {
        // from Java 18 on, and before
        String name = System.getProperty("stdout.encoding", System.getProperty("sun.stdout.encoding", Charset.defaultCharset().name()));
        return Charset.isSupported(name) && Charset.forName(name).newEncoder().canEncode(character);
    }

    private static boolean hasConsole() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            // from Java 22 on there is a console even where there is no terminal; this method says which
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (IllegalAccessException | InvocationTargetException e) {
            return false;
        }
    }

    /** The size now, since windows are resized. Java has no call for it, {@code stty} is wherever {@code /dev/tty} is. */
    public static Terminal now() {
        if (!Files.exists(DEVICE)) {
            return USUAL;
        }
        try {
            Process process = new ProcessBuilder("stty", "size").redirectInput(DEVICE.toFile()).redirectErrorStream(true).start();
            String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            process.waitFor(1, TimeUnit.SECONDS);
            String[] size = answer.split(" ");
            int rows = Integer.parseInt(size[0]);
            int columns = Integer.parseInt(size[1]);
            return rows > 0 && columns > 0 ? new Terminal(columns, rows) : USUAL;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return USUAL;
        } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
            return USUAL;
        }
    }
}
