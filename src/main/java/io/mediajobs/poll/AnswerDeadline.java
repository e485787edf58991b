package io.mediajobs.poll;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;

/**
 * Ends every HTTP request of Camel's whose answer is not there as a whole in time. HttpClient's own time-outs are for one read each: a server that
 * sends its answer byte by byte would hold a place of its provider for days. It also has each request get its own answer, see {@link OwnAnswers}.
 */
public final class AnswerDeadline implements HttpClientConfigurer, AutoCloseable {

    private final Duration deadline;
    private final ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(1, work -> {
        Thread thread = new Thread(work, "answer-deadline");
        thread.setDaemon(true);
        return thread;
    });

    /** @param deadline from the request's turn to go out to the last byte of its answer's body */
    public AnswerDeadline(Duration deadline) {
        this.deadline = deadline;
        // else each request would stay in memory until its time is over
        clock.setRemoveOnCancelPolicy(true);
    }

    @Override
    public void configureHttpClient(HttpClientBuilder client) {
        client.addExecInterceptorFirst("answer-deadline", this::execute);
        OwnAnswers.configure(client);
    }

    private ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain) throws IOException, HttpException {
        Cut cut = new Cut(scope);
        boolean bodyFollows = false;
        try {
            ClassicHttpResponse response = chain.proceed(request, scope);
            HttpEntity body = response.getEntity();
            if (body != null) {
                response.setEntity(new TimedBody(body, cut));
                bodyFollows = true;
            }
            return response;
        } catch (IOException e) {
            throw cut.explain(e);
        } finally {
            if (!bodyFollows) {
                cut.cancel();
            }
        }
    }

    /** What ends one request when its time is over. */
    private final class Cut implements Runnable {

        private final ExecChain.Scope scope;
        private final Future<?> scheduled;
        private volatile boolean done;

        private Cut(ExecChain.Scope scope) {
            this.scope = scope;
            this.scheduled = clock.schedule(this, deadline.toMillis(), TimeUnit.MILLISECONDS);
        }

        @Override
        public void run() {
            done = true;
            // whoever reads from it gets an exception; nothing if the connection has been given back
            scope.execRuntime.discardEndpoint();
        }

        private void cancel() {
            scheduled.cancel(false);
        }

        private IOException explain(IOException failure) {
            if (!done) {
                return failure;
            }
            IOException explained = new SocketTimeoutException("the answer was not there as a whole within " + deadline.toMillis() + " ms (poll.answer-deadline)");
            explained.initCause(failure);
            return explained;
        }
    }

    private static final class TimedBody extends HttpEntityWrapper {

        private final Cut cut;

        private TimedBody(HttpEntity body, Cut cut) {
            super(body);
            this.cut = cut;
        }

        @Override
        public InputStream getContent() throws IOException {
            InputStream content = super.getContent();
            return content == null ? null : new TimedStream(content, cut);
        }

        @Override
        public void close() throws IOException {
            // what is left of a body is read to keep the connection, which may take as long
            try {
                super.close();
            } finally {
                cut.cancel();
            }
        }
    }

    private static final class TimedStream extends FilterInputStream {

        private final Cut cut;

        private TimedStream(InputStream content, Cut cut) {
            super(content);
            this.cut = cut;
        }

        @Override
        public int read() throws IOException {
            try {
                return ended(super.read());
            } catch (IOException e) {
                throw cut.explain(e);
            }
        }

        @Override
        public int read(byte[] target, int from, int most) throws IOException {
            try {
                return ended(super.read(target, from, most));
            } catch (IOException e) {
                throw cut.explain(e);
            }
        }

        private int ended(int read) {
            if (read < 0) {
                cut.cancel();
            }
            return read;
        }

        @Override
        public void close() throws IOException {
            try {
                super.close();
            } catch (IOException e) {
                throw cut.explain(e);
            } finally {
                cut.cancel();
            }
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
