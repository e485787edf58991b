package io.mediajobs.archive;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.concurrent.Callable;
import javax.net.ServerSocketFactory;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * Certificates of hosts in {@code src/test/resources/tls}, made with the JDK's keytool: {@code good} and {@code expired} are for
 * {@code good.example}, {@code other} is for {@code other.example}; all three are issued by the authority in {@code trusted}.
 * {@code unknown} is for {@code good.example} and issued by itself. All but {@code expired}, whose time was January 2020, are valid for
 * a hundred years.
 */
final class TestCertificates {

    private static final char[] PASSWORD = "changeit".toCharArray();

    private TestCertificates() {
    }

    /** Sockets that show the certificate of that name. */
    static ServerSocketFactory sockets(String name) {
        try (InputStream file = TestCertificates.class.getResourceAsStream("/tls/" + name + ".p12")) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(file, PASSWORD);
            KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(keys, PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), null, null);
            return context.getServerSocketFactory();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Makes a client that takes the authority for a real one, as an operator does who gives the JVM a trust store. */
    static <T> T trusted(Callable<T> client) throws Exception {
        System.setProperty("javax.net.ssl.trustStore", Path.of("src/test/resources/tls/trusted.p12").toAbsolutePath().toString());
        System.setProperty("javax.net.ssl.trustStorePassword", new String(PASSWORD));
        try {
            return client.call();
        } finally {
            System.clearProperty("javax.net.ssl.trustStore");
            System.clearProperty("javax.net.ssl.trustStorePassword");
        }
    }
}
