package io.mediajobs.servers;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * An S3 server with one bucket that sums up what it is given and throws it away, but for small objects. It checks CRC32C sums that come with
 * a body, in a header or behind it, and what S3 demands of parts; it checks no signatures.
 *
 * <p>What was thrown away can be read all the same where {@link #remembers} knows the bytes by their sum.
 */
public final class DiscardingS3 implements AutoCloseable {

    public static final String BUCKET = "media";

    private static final int KEPT = 1 << 20;
    private static final Pattern PART = Pattern.compile("<Part>.*?</Part>", Pattern.DOTALL);

    /** Which sums the server gives of what it has. */
    public enum Sums {
        /** CRC32C, and ETags that mean nothing, as S3 does under encryption with KMS */
        CRC32C,
        /** no checksum, but ETags that are MD5s, as older stores do; costs much more */
        MD5
    }

    public enum Call { CREATE, PART, COMPLETE, ABORT, LIST_PARTS, LIST_UPLOADS, LIST, HEAD_BUCKET, PUT, GET, HEAD }

    /** @param part its number; 0 where there is none */
    public record Asked(Call call, String key, int part) {
    }

    /** What happens instead of the right answer. */
    public interface Fault {

        void happens(PlainServer.Request request, Answer answer) throws IOException;
    }

    /**
     * An object, or a part of one.
     *
     * @param content null if it was thrown away
     */
    public record Stored(long bytes, int crc32c, String etag, byte[] content, String contentType) {
    }

    private record Upload(String key, String contentType, ConcurrentSkipListMap<Integer, Stored> parts) {
    }

    private final Sums sums;
    private final PlainServer server;
    private final Map<String, Stored> objects = new ConcurrentHashMap<>();
    private final Map<String, Upload> uploads = new ConcurrentHashMap<>();
    private final Map<String, RepeatedBytes> remembered = new ConcurrentHashMap<>();
    private final List<Asked> asked = Collections.synchronizedList(new ArrayList<>());
    private final AtomicLong received = new AtomicLong();
    private final AtomicLong names = new AtomicLong();
    private volatile Function<Asked, Fault> faults = any -> null;
    private volatile boolean writesDown = true;
    private volatile long smallestPart = 5 << 20;

    public DiscardingS3(Sums sums) {
        this.sums = sums;
        this.server = new PlainServer(this::answer);
    }

    public URI endpoint() {
        return server.address();
    }

    /** Objects by key. */
    public Map<String, Stored> objects() {
        return objects;
    }

    /** Keys of the uploads that are not finished. */
    public List<String> unfinished() {
        return uploads.values().stream().map(Upload::key).sorted().toList();
    }

    /** What it was asked so far, in order. */
    public List<Asked> asked() {
        synchronized (asked) {
            return List.copyOf(asked);
        }
    }

    /** Bytes of bodies of objects and parts that came so far, without chunk frames. */
    public long received() {
        return received.get();
    }

    /** As {@link PlainServer#delay}. */
    public void delay(long millis) {
        server.delay(millis);
    }

    /** Forgets everything. */
    public void clear() {
        objects.clear();
        uploads.clear();
        remembered.clear();
        asked.clear();
        received.set(0);
    }

    /** For measurements of many requests: what is asked is not written down from now on. */
    public DiscardingS3 withoutDiary() {
        writesDown = false;
        return this;
    }

    /** Takes smaller parts than S3 does, which are tested faster. */
    public DiscardingS3 withPartsFrom(long bytes) {
        smallestPart = bytes;
        return this;
    }

    /** @param what gives the fault of a request, or null for none; asked once a request */
    public void faults(Function<Asked, Fault> what) {
        faults = what;
    }

    /** Reading {@code key} gives these bytes, if what was written there has their sum. */
    public void remembers(String key, RepeatedBytes bytes) {
        remembered.put(key, bytes);
    }

    /** An answer that S3 gives where something is wrong. */
    public static Fault error(int status, String code) {
        return (request, answer) -> {
            PlainServer.drain(request.body());
            answer.send(status, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>" + code + "</Code><Message>a test wants it</Message></Error>",
                    "Content-Type: application/xml");
        };
    }

    private void answer(PlainServer.Request request, Answer answer) throws IOException {
        String[] path = request.path().split("/", 3);
        String key = path.length < 3 ? "" : path[2];
        Asked what = new Asked(call(request, key), key, Integer.parseInt(request.query().getOrDefault("partNumber", "0")));
        if (writesDown) {
            asked.add(what);
        }
        Fault fault = faults.apply(what);
        if (fault != null) {
            fault.happens(request, answer);
            return;
        }
        switch (what.call()) {
            case CREATE -> create(request, key, answer);
            case PART -> part(request, what, answer);
            case COMPLETE -> complete(request, key, answer);
            case ABORT -> abort(request, answer);
            case LIST_PARTS -> listParts(request, answer);
            case LIST_UPLOADS -> listUploads(request, answer);
            case LIST -> list(request, answer);
            case HEAD_BUCKET -> answer.send(200, "");
            case PUT -> put(request, key, answer);
            case GET, HEAD -> get(request, key, answer);
            default -> throw new IllegalStateException(what.toString());
        }
    }

    private static Call call(PlainServer.Request request, String key) {
        boolean upload = request.query().containsKey("uploadId");
        return switch (request.method()) {
            case "POST" -> upload ? Call.COMPLETE : Call.CREATE;
            case "PUT" -> upload ? Call.PART : Call.PUT;
            case "DELETE" -> Call.ABORT;
            case "HEAD" -> key.isEmpty() ? Call.HEAD_BUCKET : Call.HEAD;
            default -> upload ? Call.LIST_PARTS : request.query().containsKey("uploads") ? Call.LIST_UPLOADS : key.isEmpty() ? Call.LIST : Call.GET;
        };
    }

    private void create(PlainServer.Request request, String key, Answer answer) throws IOException {
        String name = "upload-" + names.incrementAndGet();
        uploads.put(name, new Upload(key, request.headers().get("content-type"), new ConcurrentSkipListMap<>()));
        answer.send(200, "<InitiateMultipartUploadResult><Bucket>" + BUCKET + "</Bucket><Key>" + key + "</Key><UploadId>" + name
                + "</UploadId></InitiateMultipartUploadResult>", "Content-Type: application/xml");
    }

    private void part(PlainServer.Request request, Asked what, Answer answer) throws IOException {
        Upload upload = uploads.get(request.query().get("uploadId"));
        if (upload == null) {
            error(404, "NoSuchUpload").happens(request, answer);
            return;
        }
        Stored part = read(request, answer);
        if (part != null) {
            upload.parts().put(what.part(), part);
            taken(part, answer);
        }
    }

    private void put(PlainServer.Request request, String key, Answer answer) throws IOException {
        Stored object = read(request, answer);
        if (object != null) {
            objects.put(key, object);
            taken(object, answer);
        }
    }

    private void taken(Stored stored, Answer answer) throws IOException {
        if (sums == Sums.CRC32C) {
            answer.send(200, "", "ETag: \"" + stored.etag() + "\"", "x-amz-checksum-crc32c: " + text(stored.crc32c()));
        } else {
            answer.send(200, "", "ETag: \"" + stored.etag() + "\"");
        }
    }

    /** Null if what came is not what was announced; then the answer says so. */
    private Stored read(PlainServer.Request request, Answer answer) throws IOException {
        boolean encoded = request.headers().getOrDefault("content-encoding", "").contains("aws-chunked");
        HttpInput.Decoded decoded = encoded ? HttpInput.awsChunked(request.body()) : null;
        InputStream body = encoded ? decoded : request.body();
        CRC32C crc32c = new CRC32C();
        MessageDigest md5 = sums == Sums.MD5 ? md5() : null;
        byte[] buffer = new byte[1 << 18];
        byte[] kept = new byte[0];
        long bytes = 0;
        for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
            crc32c.update(buffer, 0, read);
            if (md5 != null) {
                md5.update(buffer, 0, read);
            }
            if (bytes + read <= KEPT) {
                kept = Arrays.copyOf(kept, (int) bytes + read);
                System.arraycopy(buffer, 0, kept, (int) bytes, read);
            }
            bytes += read;
            received.addAndGet(read);
        }
        String length = request.headers().get(encoded ? "x-amz-decoded-content-length" : "content-length");
        if (length != null && Long.parseLong(length) != bytes) {
            error(400, "IncompleteBody").happens(request, answer);
            return null;
        }
        int sum = (int) crc32c.getValue();
        String said = encoded && decoded.trailers().containsKey("x-amz-checksum-crc32c") ? decoded.trailers().get("x-amz-checksum-crc32c")
                : request.headers().get("x-amz-checksum-crc32c");
        if (said != null && !said.equals(text(sum))) {
            error(400, "BadDigest").happens(request, answer);
            return null;
        }
        String etag = md5 == null ? "s%08x".formatted(sum) : HexFormat.of().formatHex(md5.digest());
        return new Stored(bytes, sum, etag, bytes <= KEPT ? kept : null, request.headers().get("content-type"));
    }

    private void complete(PlainServer.Request request, String key, Answer answer) throws IOException {
        String asked = new String(request.body().readAllBytes(), StandardCharsets.UTF_8);
        String name = request.query().get("uploadId");
        Upload upload = uploads.get(name);
        if (upload == null) {
            error(404, "NoSuchUpload").happens(request, answer);
            return;
        }
        long bytes = 0;
        int crc32c = 0;
        int number = 0;
        ByteArrayOutputStream kept = new ByteArrayOutputStream();
        MessageDigest md5s = md5();
        Matcher parts = PART.matcher(asked);
        int count = (int) parts.results().count();
        parts.reset();
        while (parts.find()) {
            Stored part = upload.parts().get(Integer.parseInt(tag(parts.group(), "PartNumber")));
            String etag = tag(parts.group(), "ETag");
            if (part == null || etag == null || !etag.replaceAll("&quot;|&#34;|\"", "").equals(part.etag())) {
                error(400, "InvalidPart").happens(request, answer);
                return;
            }
            if (++number < count && part.bytes() < smallestPart) {
                error(400, "EntityTooSmall").happens(request, answer);
                return;
            }
            crc32c = Crc32cJoin.join(crc32c, part.crc32c(), part.bytes());
            bytes += part.bytes();
            if (part.content() != null && bytes <= KEPT) {
                kept.writeBytes(part.content());
            }
            if (sums == Sums.MD5) {
                md5s.update(HexFormat.of().parseHex(part.etag()));
            }
        }
        String said = request.headers().get("x-amz-checksum-crc32c");
        if (said != null && !said.equals(text(crc32c))) {
            error(400, "BadDigest").happens(request, answer);
            return;
        }
        String etag = (sums == Sums.MD5 ? HexFormat.of().formatHex(md5s.digest()) : "s%08x".formatted(crc32c)) + "-" + count;
        objects.put(key, new Stored(bytes, crc32c, etag, kept.size() == bytes ? kept.toByteArray() : null, upload.contentType()));
        uploads.remove(name);
        answer.send(200, "<CompleteMultipartUploadResult><Bucket>" + BUCKET + "</Bucket><Key>" + key + "</Key><ETag>&quot;" + etag
                + "&quot;</ETag>" + (sums == Sums.CRC32C ? "<ChecksumCRC32C>" + text(crc32c) + "</ChecksumCRC32C>" : "") + "</CompleteMultipartUploadResult>", "Content-Type: application/xml");
    }

    private static String tag(String xml, String name) {
        Matcher found = Pattern.compile("<" + name + ">(.*?)</" + name + ">", Pattern.DOTALL).matcher(xml);
        return found.find() ? found.group(1) : null;
    }

    private void abort(PlainServer.Request request, Answer answer) throws IOException {
        if (uploads.remove(request.query().getOrDefault("uploadId", "")) == null) {
            error(404, "NoSuchUpload").happens(request, answer);
        } else {
            answer.send(204, "");
        }
    }

    private void listParts(PlainServer.Request request, Answer answer) throws IOException {
        Upload upload = uploads.get(request.query().get("uploadId"));
        if (upload == null) {
            error(404, "NoSuchUpload").happens(request, answer);
            return;
        }
        int after = Integer.parseInt(request.query().getOrDefault("part-number-marker", "0"));
        var page = upload.parts().tailMap(after, false).entrySet().stream().limit(1000).toList();
        StringBuilder list = new StringBuilder("<ListPartsResult>");
        page.forEach(part -> list.append("<Part><PartNumber>").append(part.getKey()).append("</PartNumber><ETag>&quot;").append(part.getValue().etag())
                .append("&quot;</ETag><Size>").append(part.getValue().bytes()).append("</Size></Part>"));
        int last = page.isEmpty() ? after : page.get(page.size() - 1).getKey();
        boolean more = upload.parts().higherKey(last) != null;
        answer.send(200, list + "<NextPartNumberMarker>" + last + "</NextPartNumberMarker><IsTruncated>" + more + "</IsTruncated></ListPartsResult>",
                "Content-Type: application/xml");
    }

    private void listUploads(PlainServer.Request request, Answer answer) throws IOException {
        String prefix = request.query().getOrDefault("prefix", "");
        StringBuilder list = new StringBuilder("<ListMultipartUploadsResult>");
        uploads.forEach((name, upload) -> {
            if (upload.key().startsWith(prefix)) {
                list.append("<Upload><Key>").append(upload.key()).append("</Key><UploadId>").append(name).append("</UploadId></Upload>");
            }
        });
        answer.send(200, list + "<IsTruncated>false</IsTruncated></ListMultipartUploadsResult>", "Content-Type: application/xml");
    }

    private void list(PlainServer.Request request, Answer answer) throws IOException {
        String prefix = request.query().getOrDefault("prefix", "");
        StringBuilder list = new StringBuilder("<ListBucketResult><Name>" + BUCKET + "</Name>");
        new TreeMap<>(objects).forEach((key, object) -> {
            if (key.startsWith(prefix)) {
                list.append("<Contents><Key>").append(key).append("</Key><Size>").append(object.bytes()).append("</Size></Contents>");
            }
        });
        answer.send(200, list + "<IsTruncated>false</IsTruncated></ListBucketResult>", "Content-Type: application/xml");
    }

    private void get(PlainServer.Request request, String key, Answer answer) throws IOException {
        Stored object = objects.get(key);
        if (object == null) {
            error(404, "NoSuchKey").happens(request, answer);
            return;
        }
        String[] headers = {"ETag: \"" + object.etag() + "\"", "Content-Type: " + object.contentType(), "Last-Modified: Sat, 21 Nov 2026 12:00:00 GMT",
                sums == Sums.CRC32C && "ENABLED".equalsIgnoreCase(request.headers().get("x-amz-checksum-mode"))
                        ? "x-amz-checksum-crc32c: " + text(object.crc32c()) : "Accept-Ranges: bytes"};
        RepeatedBytes bytes = remembered.get(key);
        if (object.content() != null) {
            answer.send(200, object.content(), headers);
        } else if (request.method().equals("HEAD")) {
            answer.send(200, new RepeatedBytes(object.bytes(), 0), 0, false, headers);
        } else if (bytes != null && bytes.length() == object.bytes() && bytes.crc32c() == object.crc32c()) {
            answer.send(200, bytes, 0, false, headers);
        } else {
            error(500, "ThrownAway").happens(request, answer);
        }
    }

    private static String text(int crc32c) {
        return Base64.getEncoder().encodeToString(ByteBuffer.allocate(Integer.BYTES).putInt(crc32c).array());
    }

    private static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has MD5", e);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
