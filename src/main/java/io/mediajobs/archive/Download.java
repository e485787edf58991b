package io.mediajobs.archive;

import io.mediajobs.job.Job;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The answer of an asset's host, its body not yet read. Routes branch on {@link #getStatus()} and {@link #isSinglePut()} and send
 * {@link #getBody()}; nothing else of the answer leaves it.
 */
public final class Download implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Download.class);

    private final AssetDownload.Wanted wanted;
    private final URI url;
    private final HttpGet request;
    private final CloseableHttpResponse response;
    private final long offset;
    private final long length;
    private final boolean usable;
    private final String version;
    private final CheckedStream body;
    private final Digests digests;
    private final String contentType;
    private final String key;
    private final long startedAt = System.nanoTime();

    /**
     * @param keys the key for a file extension
     * @param rest what was asked for; null for the whole
     */
    Download(AssetDownload.Wanted wanted, URI url, HttpGet request, CloseableHttpResponse response, UnaryOperator<String> keys, AssetTypes types,
             long multipartFrom, AssetDownload.Rest rest) throws IOException {
        this.wanted = wanted;
        this.url = url;
        this.request = request;
        this.response = response;
        HttpEntity entity = response.getEntity();
        long bodyLength = entity == null ? 0 : entity.getContentLength();
        ContentRange range = response.getCode() == 206 ? range() : null;
        boolean isRest = rest != null && range != null && range.isRestFrom(rest.from(), rest.total()) && SourceVersion.isSame(rest.version(), response)
                && (bodyLength < 0 || bodyLength == range.total() - rest.from());
        this.usable = response.getCode() == 206 ? isRest : response.getCode() != 416;
        this.offset = isRest ? rest.from() : 0;
        this.length = isRest ? range.total() : bodyLength;
        this.version = SourceVersion.of(response);
        boolean single = !isRest && length >= 0 && length < multipartFrom;
        this.digests = single ? new Digests(wanted.md5().test(length)) : null;
        this.body = entity == null ? null : new CheckedStream(entity.getContent(), offset, length < 0 ? -1 : length - offset, wanted.watch(),
                single ? digests : (buffer, at, count) -> { }, failure -> AssetUrl.harmless(failure, wanted.url(), url));
        if (isRest) {
            check(types);
            this.contentType = rest.contentType();
            this.key = rest.key();
        } else {
            Optional<String> said = MediaTypes.bare(getPlanned().asset().contentType());
            Optional<String> named = MediaTypes.ofPath(wanted.url());
            Optional<String> sent = sentType();
            Optional<String> declared = said.or(() -> sent).or(() -> named);
            String type = declared.orElse(MediaTypes.UNKNOWN);
            if (response.getCode() == 200) {
                check(types);
                check(said, named, sent);
                byte[] head = body == null ? new byte[0] : body.peek(AssetTypes.HEAD);
                checkEmpty(head.length, types);
                type = types.of(getPlanned(), declared, head);
            }
            this.contentType = AssetTypes.stored(type);
            // What names the file comes from the report where it can, so that a host that changes its mind does not change the key; and
            // from the reported URL and not where redirects led: that differs from host to host of a CDN.
            this.key = keys.apply(said.flatMap(MediaTypes::extension)
                    .or(() -> named.flatMap(MediaTypes::extension))
                    .or(() -> sent.flatMap(MediaTypes::extension))
                    .or(() -> MediaTypes.extension(contentType))
                    .orElse(MediaTypes.UNKNOWN_EXTENSION));
        }
    }

    private ContentRange range() {
        Header header = response.getFirstHeader("Content-Range");
        return header == null ? null : ContentRange.parse(header.getValue());
    }

    private Optional<String> sentType() {
        Header header = response.getFirstHeader("Content-Type");
        return header == null ? Optional.empty() : MediaTypes.bare(header.getValue());
    }

    private void check(AssetTypes types) {
        wanted.watch().size(length);
        checkEmpty(length, types);
        Header encoding = response.getFirstHeader("Content-Encoding");
        if (encoding != null && !encoding.getValue().isBlank() && !encoding.getValue().trim().equalsIgnoreCase("identity")) {
            throw new AssetUnavailableException("The host of " + getPlanned() + " sent it compressed although that was not asked for.");
        }
    }

    private void checkEmpty(long bytes, AssetTypes types) {
        if (bytes == 0 && !types.allowEmpty()) {
            throw new AssetUnavailableException("The host of " + getPlanned() + " sent an empty body (archive.allow-empty says whether that may be).");
        }
    }

    private void check(Optional<String> said, Optional<String> named, Optional<String> sent) {
        if (sent.isPresent() && MediaTypes.isPage(sent.get()) && !sent.equals(said) && !(said.isEmpty() && sent.equals(named))) {
            throw new AssetUnavailableException("The host of " + getPlanned() + " sent " + sent.get() + ", a page where a media file was expected.");
        }
    }

    public Job getJob() {
        return wanted.job();
    }

    public PlannedAsset getPlanned() {
        return wanted.planned();
    }

    /** HTTP status of the last host that was asked. */
    public int getStatus() {
        return response.getCode();
    }

    /** Key of the object in S3: clean, see {@link ArchiveKey}. */
    public String getKey() {
        return key;
    }

    /** Announced length of the whole asset in bytes; negative if the host announced none. */
    public long getLength() {
        return length;
    }

    /** Bare media type that the object in S3 gets, see {@link AssetTypes}; never null. */
    public String getContentType() {
        return contentType;
    }

    /** {@code attachment} for what is of no type of its own: a browser saves it instead of showing it; null for all others. */
    public String getContentDisposition() {
        return MediaTypes.disposition(contentType);
    }

    /** Bytes of the asset before the body: more than 0 where only the rest was asked for and came. */
    public long getOffset() {
        return offset;
    }

    /** The bytes from the offset on, once; null if the answer has none. */
    public CheckedStream getBody() {
        return body;
    }

    /** True if the whole asset comes, its length is known, and it is small enough for one PUT. */
    public boolean isSinglePut() {
        return digests != null;
    }

    /** False if this is a part that was not asked for, of another file than was asked for, or none at all. */
    boolean isUsable() {
        return usable;
    }

    /** How the host calls this version of the file, see {@link SourceVersion}; null if it does not. */
    String version() {
        return version;
    }

    TransferWatch watch() {
        return wanted.watch();
    }

    AssetDownload.Wanted wanted() {
        return wanted;
    }

    /**
     * What went to S3 in one PUT.
     *
     * @throws AssetUnavailableException if not the whole body was read
     */
    public Sent getSent() {
        if (!body.isComplete()) {
            throw new AssetUnavailableException("Of " + getPlanned() + " only " + body.count() + " of " + length + " bytes came.");
        }
        return new Sent(getJob(), getPlanned(), key, contentType, body.count(), digests.sha256(), digests.md5(), digests.crc32c(), null, startedAt);
    }

    /**
     * Gives the connection back if its body was read to the end, else cuts it off: what is left of a failed body may be endless, and
     * HttpClient would read it when it closes the answer.
     */
    @Override
    public void close() {
        try {
            if (body != null && length >= 0 && body.isComplete()) {
                body.read();
            }
        } catch (IOException | ArchiveException e) {
            LOG.debug("What {} sent behind the last byte is not read: {}", url.getHost(), e.toString());
        } finally {
            // whatever that read met: a connection that is not given back is one less for all assets of that host, until a restart
            cutOff();
        }
    }

    private void cutOff() {
        try {
            abort(request, response);
        } catch (IOException e) {
            LOG.debug("The connection to {} did not close: {}", url.getHost(), e.toString());
        }
    }

    /** Cuts the connection off, unless it was given back already. */
    static void abort(HttpGet request, CloseableHttpResponse response) throws IOException {
        request.cancel();
        response.close();
    }

    @Override
    public String toString() {
        return getPlanned() + " to " + key;
    }
}
