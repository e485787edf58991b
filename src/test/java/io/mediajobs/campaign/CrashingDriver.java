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
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.logging.Logger;

/**
 * Stands in front of the database's own driver and knows when a transaction is about to be committed and when it has been. What a
 * transaction is for it reads from its SQL.
 */
final class CrashingDriver implements Driver {

    private enum Commit { REGISTRATION, CLAIM, ANSWER, ASSET, END, MARK, OTHER, NONE }

    private final Driver driver;

    private CrashingDriver(Driver driver) {
        this.driver = driver;
    }

    /** Puts one in front of every driver of this process. */
    static void install() throws SQLException {
        List<Driver> drivers = Collections.list(DriverManager.getDrivers());
        for (Driver driver : drivers) {
            DriverManager.deregisterDriver(driver);
            DriverManager.registerDriver(new CrashingDriver(driver));
        }
    }

    @Override
    public Connection connect(String url, Properties info) throws SQLException {
        Connection connection = driver.connect(url, info);
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
        return driver.acceptsURL(url);
    }

    @Override
    public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) throws SQLException {
        return driver.getPropertyInfo(url, info);
    }

    @Override
    public int getMajorVersion() {
        return driver.getMajorVersion();
    }

    @Override
    public int getMinorVersion() {
        return driver.getMinorVersion();
    }

    @Override
    public boolean jdbcCompliant() {
        return driver.jdbcCompliant();
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        return driver.getParentLogger();
    }
}
