package io.mediajobs.archive;

import io.mediajobs.config.ConfigurationException;
import io.mediajobs.config.Settings;
import io.mediajobs.job.Job;
import io.mediajobs.poll.AssetTerms;
import io.mediajobs.poll.OwnAnswers;
import io.mediajobs.store.Upload;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Variable;
import org.apache.camel.component.aws2.s3.AWS2S3Constants;
import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.CredentialsProvider;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.auth.BasicCredentialsProvider;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.CloseableHttpResponse;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.util.Timeout;

/**
 * Asks the hosts of assets for their bytes; which of them are asked, {@link AddressGuard} decides.
 *
 * <p>This is Apache HttpClient 5, which camel-http has inside, and not camel-http itself, because of what camel-http 4.18.0 does with
 * URLs and bodies that come from others:
 * <ul>
 * <li>it resolves <code>{{…}}</code> in {@code CamelHttpUri} as property placeholders (CVE-2026-78164) and {@code RAW(…)} in its query,
 * and writes a query anew, which breaks signatures;</li>
 * <li>when an exchange ends, it reads what is left of a body, however long; here a failed body is cut off;</li>
 * <li>it follows redirects with the request's headers (CVE-2026-85251); here each hop is a new request that is checked first.</li>
 * </ul>
 * A request has no header but what HTTP needs, and for the rest of a file its range: nothing of the status call, no Authorization, no cookies, no compression. The
 * one exception is an asset whose report says {@code "auth": "provider"}, see {@link AssetKey}.
 */
public final class AssetDownload implements AutoCloseable {

    static final int MOST_REDIRECTS = 5;
    private static final int PROXY_WANTS_ACCOUNT = 407;
    private static final int MOST_HEADERS = 200;
    private static final int LONGEST_HEADER = 64 * 1024;
    /** S3 user guide, "Uploading objects". */
    private static final long LARGEST_PUT = 5L << 30;

    private final ArchiveKey keys;
    private final TransferLimits limits;
    private final AddressGuard guard;
    private final UnaryOperator<String> setting;
    private final AssetTypes types;
    private final LongPredicate md5;
    private final long multipartFrom;
    private final long longestWait;
    private final CloseableHttpClient client;
    private final ScheduledThreadPoolExecutor cut = new ScheduledThreadPoolExecutor(1, work -> {
        Thread thread = new Thread(work, "asset-answers");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * @param settings {@code archive.connect-timeout}, {@code archive.idle-timeout}, {@code archive.at-once},
     *                 {@code archive.multipart-from}, {@code archive.proxy-user} and {@code archive.proxy-password}, and what {@link AssetTypes} reads
     * @param setting  value of a setting by its name, as it is now; empty if it has none
     * @param md5      whether the MD5 of an asset of so many bytes will be wanted
     * @throws ConfigurationException if S3 takes no such PUT
     */
    public AssetDownload(Settings settings, ArchiveKey keys, TransferLimits limits, AddressGuard guard, UnaryOperator<String> setting,
            LongPredicate md5) {
        // else each request would stay in memory until its time is over
        cut.setRemoveOnCancelPolicy(true);
        this.md5 = md5;
        this.keys = keys;
        this.limits = limits;
        this.guard = guard;
        this.setting = setting;
        this.types = new AssetTypes(settings);
        this.multipartFrom = settings.bytes("archive.multipart-from");
        if (multipartFrom > LARGEST_PUT) {
            throw new ConfigurationException("The setting archive.multipart-from is wrong: S3 takes at most 5GB in one PUT.");
        }
        Timeout connect = Timeout.of(settings.duration("archive.connect-timeout"));
        Timeout idle = Timeout.of(settings.duration("archive.idle-timeout"));
        this.longestWait = connect.toMilliseconds() + idle.toMilliseconds();
        int atOnce = settings.number("archive.at-once");
        HttpClientBuilder builder = HttpClients.custom();
        PoolingHttpClientConnectionManager connections = PoolingHttpClientConnectionManagerBuilder.create()
                .setMaxConnTotal(atOnce + 1)
                .setMaxConnPerRoute(atOnce + 1)
                .setPoolConcurrencyPolicy(PoolConcurrencyPolicy.LAX)
                .setDnsResolver(guard)
                .setConnectionFactory(OwnAnswers.configure(builder,
                        Http1Config.custom().setMaxHeaderCount(MOST_HEADERS).setMaxLineLength(LONGEST_HEADER).build()))
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(connect)
                        .setSocketTimeout(idle)
                        .setValidateAfterInactivity(1, TimeUnit.SECONDS)
                        .setTimeToLive(5, TimeUnit.MINUTES)
                        .build())
                .setDefaultTlsConfig(TlsConfig.custom().setHandshakeTimeout(connect).build())
                .setDefaultSocketConfig(SocketConfig.custom().setSoTimeout(idle).build())
                .build();
        this.client = builder
                .setConnectionManager(connections)
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setConnectionRequestTimeout(connect)
                        .setResponseTimeout(idle)
                        .setRedirectsEnabled(false)
                        .build())
                .setProxy(guard.proxy())
                .setDefaultCredentialsProvider(proxyAccount(settings, guard.proxy()))
                .setUserAgent("media-job-routes")
                .disableRedirectHandling()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableContentCompression()
                .disableConnectionState()
                .evictExpiredConnections()
                .build();
    }

    private static CredentialsProvider proxyAccount(Settings settings, HttpHost proxy) {
        BasicCredentialsProvider accounts = new BasicCredentialsProvider();
        if (proxy != null && settings.has("archive.proxy-user")) {
            accounts.setCredentials(new AuthScope(proxy),
                    new UsernamePasswordCredentials(settings.required("archive.proxy-user"), settings.text("archive.proxy-password").toCharArray()));
        }
        return accounts;
    }

    /**
     * As {@link #open}, for a route: the answer is in the variable {@code download}, its status in {@code assetStatus}, and in {@code inOnePut} whether the
     * whole asset comes, and is small enough for one PUT.
     */
    public void begin(Exchange exchange, @Variable("job") Job job, @Variable("asset") PlannedAsset planned, @Variable("unfinished") Upload unfinished,
            @Variable("assetTerms") AssetTerms terms, @Variable("transfers") JobTransfers transfers) {
        Download download = open(job, planned, unfinished, terms, transfers);
        exchange.setVariable("download", download);
        exchange.setVariable("assetStatus", download.getStatus());
        exchange.setVariable("inOnePut", download.isSinglePut());
    }

    /** Makes the message one that {@code aws2-s3} stores the asset by: its key, length, type and disposition as headers, and its bytes. */
    public void prepare(Exchange exchange, @Variable("download") Download download) {
        Message put = exchange.getMessage();
        put.setHeader(AWS2S3Constants.KEY, download.getKey());
        put.setHeader(AWS2S3Constants.CONTENT_LENGTH, download.getLength());
        put.setHeader(AWS2S3Constants.CONTENT_TYPE, download.getContentType());
        // what a browser would run, or nobody knows, is for saving only
        put.setHeader(AWS2S3Constants.CONTENT_DISPOSITION, download.getContentDisposition());
        put.setBody(download.getBody());
    }

    /** @throws AssetUnavailableException as {@link Download#getSent} */
    public Sent sent(@Variable("download") Download download) {
        return download.getSent();
    }

    /**
     * Asks for the asset, or for the rest of it where an unfinished upload has its beginning, and follows redirects. The caller closes
     * what it gets.
     *
     * <p>Only what the host itself calls the rest of the very same file continues an upload; whatever else it answers, such as another
     * range, another length or version, or that there is no such range, makes this ask again for the whole.
     *
     * @param unfinished an upload with the beginning of this asset; null for none
     * @param terms      of the provider; null for none
     * @param transfers  it is one of
     * @return the last host's answer, whatever its status; a body that came with 200 or 206 looks like the asset or its rest
     * @throws AssetRefusedException     if the URL, or one that it redirects to, is not to be asked, or the asset is too large
     * @throws AssetUnavailableException if a host cannot be reached, or its answer is not usable
     */
    public Download open(Job job, PlannedAsset planned, Upload unfinished, AssetTerms terms, JobTransfers transfers) {
        AssetTerms known = terms == null ? AssetTerms.NONE : terms;
        Wanted wanted = new Wanted(job, planned, checked(planned, known), known, limits.watch(planned, transfers), md5);
        if (unfinished != null && unfinished.sourceVersion() != null && unfinished.partBytes() > 0) {
            Download rest = ask(wanted, Rest.of(unfinished, unfinished.partBytes()));
            if (rest.isUsable()) {
                return rest;
            }
            rest.close();
        }
        return ask(wanted, null);
    }

    private URI checked(PlannedAsset planned, AssetTerms terms) {
        try {
            return guard.check(planned.asset().url(), terms);
        } catch (AssetRefusedException e) {
            throw e.about("the URL of " + planned);
        }
    }

    private URI redirected(Wanted wanted, URI from, CloseableHttpResponse response) {
        Header location = response.getFirstHeader("Location");
        try {
            return guard.checkRedirect(from, location == null ? null : location.getValue(), wanted.terms());
        } catch (AssetRefusedException e) {
            throw e.about("the URL that the host " + from.getHost() + " of " + wanted.planned() + " redirects to");
        }
    }

    // looks the name up, which may be one that is not to be asked
    private CloseableHttpResponse send(Wanted wanted, URI url, HttpGet request) throws IOException {
        try {
            // the only call that leaves the body open; what it gives is always one of these
            return (CloseableHttpResponse) client.executeOpen(new HttpHost(url.getScheme(), url.getHost(), url.getPort()), request, null);
        } catch (AssetRefusedException e) {
            throw e.about(url.equals(wanted.url()) ? "the URL of " + wanted.planned() : "a URL that the host of " + wanted.planned() + " redirects to");
        }
    }

    /**
     * Goes on with a body that broke off. The caller closes what it gets.
     *
     * @param before what broke off, closed
     * @param upload with the version of the asset
     * @param from   bytes of the asset that came
     * @return the answer, not always with the rest
     */
    Download reopen(Download before, Upload upload, long from) {
        return ask(before.wanted(), Rest.of(upload, from));
    }

    /** An asset that is fetched now. @param url as the provider reported it, checked @param md5 whether its MD5 will be wanted, by its length */
    record Wanted(Job job, PlannedAsset planned, URI url, AssetTerms terms, TransferWatch watch, LongPredicate md5) {
    }

    /**
     * What is asked for where a beginning is there.
     *
     * @param total length of the whole; null if unknown
     */
    record Rest(long from, Long total, String version, String key, String contentType) {

        private static Rest of(Upload upload, long from) {
            return new Rest(from, upload.sourceBytes(), upload.sourceVersion(), upload.key(), upload.contentType());
        }
    }

    private Download ask(Wanted wanted, Rest rest) {
        PlannedAsset planned = wanted.planned();
        URI url = wanted.url();
        AssetKey key = planned.asset().auth() == null ? null : AssetKey.of(wanted, setting);
        if (key != null && !key.isFor(url)) {
            throw new AssetRefusedException(AssetRefusedException.URL_BLOCKED, "The bytes of " + planned + " need the provider's key, which goes to "
                    + key.origin() + " alone (" + wanted.terms().keyUrl() + "), and the asset is not there.");
        }
        for (int hop = 0; hop <= MOST_REDIRECTS; hop++) {
            wanted.watch().time();
            HttpGet request = request(url, rest);
            if (key != null && key.isFor(url)) {
                request.setHeader(key.header(), key.value());
            }
            CloseableHttpResponse response = null;
            boolean kept = false;
            // HttpClient's own time-out is for one read: a host that sends its headers byte by byte would never come to an end
            Future<?> cutOff = cut.schedule(request::cancel, longestWait, TimeUnit.MILLISECONDS);
            try {
                response = send(wanted, url, request);
                cutOff.cancel(false);
                if (response.getCode() == PROXY_WANTS_ACCOUNT && guard.proxy() != null) {
                    throw new AssetUnavailableException("The proxy " + guard.proxy() + " (archive.proxy) lets nobody through without its account: see archive.proxy-user and"
                            + " archive.proxy-password. It was asked for " + planned + ".");
                }
                if (isRedirect(response.getCode())) {
                    url = redirected(wanted, url, response);
                    continue;
                }
                Download download = new Download(wanted, url, request, response, extension -> key(wanted, extension), types, multipartFrom, rest);
                kept = true;
                return download;
            } catch (SSLHandshakeException | SSLPeerUnverifiedException e) {
                // the outermost says no more than that some check failed
                throw new AssetUnavailableException("The host " + url.getHost() + " of " + planned + " did not prove by TLS who it is: " + S3Failure.root(e), e);
            } catch (IOException e) {
                throw new AssetUnavailableException("The host " + url.getHost() + " of " + planned + (response == null ? " did not answer" + through() + ": " : " broke off: ")
                        + AssetUrl.withoutQuery(e, wanted.url(), url), AssetUrl.harmless(e, wanted.url(), url));
            } finally {
                cutOff.cancel(false);
                if (!kept && response != null) {
                    discard(request, response);
                }
            }
        }
        throw new AssetRefusedException(AssetRefusedException.URL_BLOCKED, "The host of " + planned + " redirects more than " + MOST_REDIRECTS + " times.");
    }

    private String through() {
        return guard.proxy() == null ? "" : " through the proxy " + guard.proxy() + " (archive.proxy)";
    }

    private String key(Wanted wanted, String extension) {
        return keys.of(wanted.job(), wanted.planned().stem() + "." + extension);
    }

    /** Closes what {@link #open} gave; null is nothing to close. */
    public void end(@Variable("download") Download download) {
        if (download != null) {
            download.close();
        }
    }

    private static HttpGet request(URI url, Rest rest) {
        HttpGet request = new HttpGet(url);
        request.setHeader("Accept", "*/*");
        request.setHeader("Accept-Encoding", "identity");
        if (rest != null) {
            request.setHeader("Range", "bytes=" + rest.from() + "-");
            request.setHeader("If-Range", rest.version());
        }
        return request;
    }

    private static boolean isRedirect(int status) {
        return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    }

    private static void discard(HttpGet request, CloseableHttpResponse response) {
        try {
            Download.abort(request, response);
        } catch (IOException e) {
            // the connection is gone, which is what was wanted
        }
    }

    @Override
    public void close() {
        cut.shutdownNow();
        client.close(CloseMode.IMMEDIATE);
    }
}
