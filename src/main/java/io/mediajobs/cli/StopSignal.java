package io.mediajobs.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Waits for SIGTERM or SIGINT (Ctrl-C). A second one ends the process at once.
 *
 * <p>A shutdown hook would do for the first signal, but the exit code would be 143 or 130, which service managers take for a failure, and
 * the JVM ignores every further signal while hooks run: nobody could cut short a stop that takes its time. {@code sun.misc.Signal} is the
 * JDK's supported way to both (module jdk.unsupported, JEP 260); it is reached by reflection because javac warns of it whatever one does.
 */
public final class StopSignal {

    private final CountDownLatch stop = new CountDownLatch(1);

    /** Listens from now on. */
    public static StopSignal listen() {
        StopSignal signal = new StopSignal();
        try {
            signal.handle("TERM", 143);
            signal.handle("INT", 130);
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            // a JVM without it, or run with -Xrs: it stops in the JVM's own way
            Runtime.getRuntime().addShutdownHook(new Thread(signal.stop::countDown, "stop"));
        }
        return signal;
    }

    private void handle(String name, int exitCode) throws ReflectiveOperationException {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> handler = Class.forName("sun.misc.SignalHandler");
        Object onSignal = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
            if (method.getDeclaringClass() == Object.class) {
                return method.invoke(this, arguments);
            }
            if (stop.getCount() == 0) {
                Runtime.getRuntime().halt(exitCode);
            }
            stop.countDown();
            return null;
        });
        try {
            signal.getMethod("handle", signal, handler).invoke(null, signal.getConstructor(String.class).newInstance(name), onSignal);
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException("signal " + name + " is taken", e.getCause());
        }
    }

    /** Returns when the process is asked to stop. */
    public void await() {
        try {
            stop.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns when the process is asked to stop, or after {@code time}. */
    public void await(Duration time) {
        try {
            stop.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the process was asked to stop. */
    public boolean isRaised() {
        return stop.getCount() == 0;
    }
}
