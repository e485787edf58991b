package io.mediajobs.archive;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mediajobs.config.Settings;
import io.mediajobs.job.Job;
import io.mediajobs.store.ArchivedAsset;
import io.mediajobs.store.JobStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Reads what a job has in S3 once more, every byte, and says where it is not what its manifest says. In constant memory; as long as S3
 * takes to give it. Changes nothing.
 */
public final class ArchiveVerification {

    /** A manifest of 10,000 assets has about 5 MB. */
    private static final int LARGEST_MANIFEST = 64 << 20;
    /** Objects beside those of the manifest that are named; beyond that it is enough to know. */
    private static final int MOST_EXTRA = 100;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final S3Client s3;
    private final JobStore jobs;
    private final String bucket;

    /** @param s3 asks again after a failure that may pass */
    public ArchiveVerification(Settings settings, S3Client s3, JobStore jobs) {
        this.s3 = s3;
        this.jobs = jobs;
        this.bucket = settings.required("s3.bucket");
    }

    /**
     * Something that is not as it was.
     *
     * @param key      of the object
     * @param what     {@code missing}, {@code length}, {@code sha256}, {@code crc32c}, {@code unreadable}, {@code extra}; {@code not-listed} for an object that the
     *                 manifest should name, {@code not-archived} for one that it should not, {@code manifest} where it says another sum than was archived
     * @param expected null where there is nothing to expect
     * @param found    null where there is nothing
     */
    public record Drift(String key, String what, String expected, String found) {
    }

    /**
     * What came of it.
     *
     * @param manifest its key
     * @param objects  that were read to their end, with the manifest
     * @param bytes    that were read
     * @param drift    empty if all is as the manifest says
     */
    public record Result(String manifest, int objects, long bytes, List<Drift> drift) {
    }

    /** What an object should be. */
    private record Expected(String key, String bytes, String sha256, String crc32c) {

        private static Expected of(JsonNode asset) {
            return new Expected(asset.path("key").asText(), asset.path("bytes").asText(), asset.path("sha256").asText(),
                    asset.hasNonNull(AssetCheck.CRC32C) ? asset.path(AssetCheck.CRC32C).asText() : null);
        }

        private static Expected of(ArchivedAsset asset) {
            Object crc32c = asset.details().get(AssetCheck.CRC32C);
            return new Expected(asset.key(), String.valueOf(asset.bytes()), asset.sha256(), crc32c == null ? null : crc32c.toString());
        }
    }

    private static final class Reading {
        private int objects;
        private long bytes;
        private final List<Drift> drift = new ArrayList<>();
        private final Set<String> known = new LinkedHashSet<>();
    }

    /**
     * By the manifest, and the manifest by what the store knows was archived: a manifest that was changed together with an object would say that all is well.
     *
     * @param job that is archived
     * @throws S3UnavailableException if S3 does not answer
     * @throws S3DeniedException      if it refuses us
     */
    public Result verify(Job job) {
        Reading reading = new Reading();
        String key = job.manifest();
        reading.known.add(key);
        Map<String, ArchivedAsset> archived = new LinkedHashMap<>();
        jobs.assets(job).forEach(asset -> archived.put(asset.key(), asset));
        try {
            JsonNode manifest = manifest(key, reading);
            if (manifest != null) {
                checkSubject(job, manifest, key, reading);
                manifest.path("assets").forEach(asset -> check(Expected.of(asset), archived.remove(asset.path("key").asText()), reading));
                archived.values().forEach(asset -> reading.drift.add(new Drift(asset.key(), "not-listed", asset.sha256(), null)));
            }
            // those that the manifest does not name, which are all if it cannot be read
            archived.values().forEach(asset -> check(Expected.of(asset), reading));
            findExtra(key.substring(0, key.lastIndexOf('/') + 1), reading);
        } catch (SdkException e) {
            throw S3Failure.of("Reading the archive of job " + job.key(), e);
        }
        return new Result(key, reading.objects, reading.bytes, List.copyOf(reading.drift));
    }

    private JsonNode manifest(String key, Reading reading) {
        try (ResponseInputStream<GetObjectResponse> object = open(key)) {
            byte[] bytes = object.readNBytes(LARGEST_MANIFEST + 1);
            if (bytes.length > LARGEST_MANIFEST) {
                object.abort();
            }
            JsonNode manifest = bytes.length > LARGEST_MANIFEST ? null : JSON.readTree(new String(bytes, StandardCharsets.UTF_8));
            reading.objects++;
            reading.bytes += bytes.length;
            if (manifest != null && manifest.path("assets").isArray()) {
                return manifest;
            }
            reading.drift.add(new Drift(key, "unreadable", "a manifest", "something else"));
        } catch (JsonProcessingException e) {
            reading.drift.add(new Drift(key, "unreadable", "a manifest", "what is not JSON"));
        } catch (IOException e) {
            throw new S3UnavailableException("Reading " + key + " from S3 broke off: " + e, e);
        } catch (S3Exception e) {
            missing(key, null, e, reading);
        }
        return null;
    }

    private static void checkSubject(Job job, JsonNode manifest, String key, Reading reading) {
        String found = manifest.path("provider").asText() + "/" + manifest.path("jobId").asText();
        if (!found.equals(job.key().toString())) {
            reading.drift.add(new Drift(key, "unreadable", "the manifest of " + job.key(), "that of another job"));
        }
    }

    private void check(Expected said, ArchivedAsset archived, Reading reading) {
        if (archived == null) {
            // nothing of this job: it is not read
            reading.drift.add(new Drift(said.key, "not-archived", null, said.sha256));
            return;
        }
        compare(said.key, "manifest", archived.sha256(), said.sha256, reading);
        check(said, reading);
    }

    private void check(Expected expected, Reading reading) {
        String key = expected.key;
        reading.known.add(key);
        MessageDigest sha256 = Digests.digest("SHA-256");
        CRC32C crc32c = new CRC32C();
        long bytes = 0;
        try (ResponseInputStream<GetObjectResponse> object = open(key)) {
            byte[] buffer = new byte[1 << 16];
            for (int read = object.read(buffer); read >= 0; read = object.read(buffer)) {
                sha256.update(buffer, 0, read);
                crc32c.update(buffer, 0, read);
                bytes += read;
            }
        } catch (IOException e) {
            reading.drift.add(new Drift(key, "unreadable", expected.bytes + " bytes", bytes + " bytes, then the connection broke"));
            return;
        } catch (S3Exception e) {
            missing(key, expected.sha256, e, reading);
            return;
        }
        reading.objects++;
        reading.bytes += bytes;
        compare(key, "length", expected.bytes, String.valueOf(bytes), reading);
        compare(key, "sha256", expected.sha256, Digests.hex(sha256), reading);
        if (expected.crc32c != null) {
            compare(key, AssetCheck.CRC32C, expected.crc32c, Crc32cSums.text(crc32c), reading);
        }
    }

    private static void compare(String key, String what, String expected, String found, Reading reading) {
        if (!expected.equals(found)) {
            reading.drift.add(new Drift(key, what, expected, found));
        }
    }

    private static void missing(String key, String expected, S3Exception failure, Reading reading) {
        if (failure.statusCode() != 404 || S3Failure.isAboutBucket(failure)) {
            throw failure;
        }
        reading.drift.add(new Drift(key, "missing", expected, null));
    }

    private void findExtra(String folder, Reading reading) {
        int extra = 0;
        for (var object : s3.listObjectsV2Paginator(list -> list.bucket(bucket).prefix(folder)).contents()) {
            if (!reading.known.contains(object.key()) && ++extra <= MOST_EXTRA) {
                reading.drift.add(new Drift(object.key(), "extra", null, object.size() + " bytes"));
            }
        }
    }

    private ResponseInputStream<GetObjectResponse> open(String key) {
        return s3.getObject(get -> get.bucket(bucket).key(key));
    }
}
