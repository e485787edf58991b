package io.mediajobs.campaign;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Properties;
import java.util.logging.Logger;

/**
 * Stands in front of the database's own driver and knows when a transaction is about to be committed and when it has been. What a
 * transaction is for it reads from its SQL. {@link DriverManager} finds it by a file on the class path, see {@link Launcher}.
 */
public final class CrashingDriver implements Driver {

    private enum Commit { REGISTRATION, CLAIM, ANSWER, ASSET, END, MARK, OTHER, NONE }

    static {
        try {
            DriverManager.registerDriver(new CrashingDriver());
        } catch (SQLException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The database's own driver; null if there is none. */
    private static Driver behind(String url) throws SQLException {
        for (Driver driver : DriverManager.drivers().toList()) {
            if (!(driver instanceof CrashingDriver) && driver.acceptsURL(url)) {
                return driver;
            }
        }
        return null;
    }

    @Override
    public Connection connect(String url, Properties info) throws SQLException {
        Driver driver = behind(url);
        Connection connection = driver == null ? null : driver.connect(url, info);
        return connection == null ? null : (Connection) Proxy.newProxyInstance(CrashingDriver.class.getClassLoader(),
                new Class<?>[] {Connection.class}, new Transactions(connection));
    }

    private static final class Transactions implements InvocationHandler {

        private final Connection connection;
        private Commit commit = Commit.NONE;

        Transactions(Connection connection) {
            this.connection = connection;
        }

        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
            Commit ending = Commit.NONE;
            switch (method.getName()) {
                case "prepareStatement" -> commit = of(commit, (String) arguments[0]);
                case "rollback" -> commit = Commit.NONE;
                case "commit" -> {
                    ending = commit;
                    commit = Commit.NONE;
                }
                default -> {
                    // what neither writes nor ends a transaction
                }
            }
            if (ending != Commit.NONE) {
                ProductToKill.passes(CrashPoint.valueOf("BEFORE_" + ending + "_COMMIT"));
            }
            Object result;
            try {
                result = method.invoke(connection, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
            if (ending != Commit.NONE) {
                ProductToKill.passes(CrashPoint.valueOf("AFTER_" + ending + "_COMMIT"));
            }
            return result;
        }

        /** What the transaction is for after this statement too: an event says more than the row it comes with. */
        private static Commit of(Commit before, String sql) {
            Commit now = sql.startsWith("INSERT INTO outbox") ? Commit.END
                    : sql.startsWith("UPDATE outbox SET published_at = ?") ? Commit.MARK
                    : sql.startsWith("INSERT INTO asset") ? Commit.ASSET
                    : sql.startsWith("INSERT INTO job") ? Commit.REGISTRATION
                    : sql.contains("UPDATE job SET lease_token = ?") ? Commit.CLAIM
                    : sql.startsWith("UPDATE job SET state") ? Commit.ANSWER
                    : sql.startsWith("WITH") || sql.startsWith("INSERT") || sql.startsWith("UPDATE") || sql.startsWith("DELETE") ? Commit.OTHER : Commit.NONE;
            boolean saysMore = before == Commit.NONE || before == Commit.OTHER && now != Commit.NONE || now == Commit.END;
            return saysMore ? now : before;
        }
    }

    @Override
    public boolean acceptsURL(String url) throws SQLException {
        return behind(url) != null;
    }

    @Override
    public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) throws SQLException {
        return behind(url).getPropertyInfo(url, info);
    }

    @Override
    public int getMajorVersion() {
        return 1;
    }

    @Override
    public int getMinorVersion() {
        return 0;
    }

    @Override
    public boolean jdbcCompliant() {
        return false;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("no log of its own");
    }
}
