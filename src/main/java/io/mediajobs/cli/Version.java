package io.mediajobs.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version of this program and of what it runs on. */
final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() throws IOException {
        Properties properties = new Properties();
        try (InputStream stream = Version.class.getResourceAsStream("version.properties")) {
            properties.load(stream);
        }
        return new String[] {"media-job-routes " + properties.getProperty("version") + " (Apache Camel "
                + properties.getProperty("camel.version") + ", Java " + System.getProperty("java.version") + ")"};
    }
}
