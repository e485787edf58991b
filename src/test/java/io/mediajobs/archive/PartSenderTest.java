package io.mediajobs.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mediajobs.config.Settings;
import io.mediajobs.events.JobEvents;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobKey;
import io.mediajobs.job.JobState;
import io.mediajobs.store.Database;
import io.mediajobs.store.JobChange;
import io.mediajobs.store.JobStore;
import io.mediajobs.store.NewJob;
import io.mediajobs.store.Upload;
import io.mediajobs.store.UploadPart;
import io.mediajobs.store.Uploads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class PartSenderTest {

    private static final int SIZE = 2 * PartMemory.PIECE + 77;

    /** Reads each part's body three times, the first time not to its end, as when a part is signed, sent, and sent again. */
    private static final class Rereading implements S3Client {

        private final List<byte[]> bodies = new ArrayList<>();
        private final List<String> sums = new ArrayList<>();
        private int failsAt;

        @Override
        public UploadPartResponse uploadPart(UploadPartRequest part, RequestBody body) {
            try {
                body.contentStreamProvider().newStream().readNBytes(PartMemory.PIECE + 1);
                bodies.add(body.contentStreamProvider().newStream().readAllBytes());
                assertThat(body.contentStreamProvider().newStream().readAllBytes()).isEqualTo(bodies.get(bodies.size() - 1));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            sums.add(part.checksumCRC32C());
            assertThat(part.contentLength()).isEqualTo(bodies.get(bodies.size() - 1).length);
            if (part.partNumber() == failsAt) {
                throw SdkClientException.create("S3 is away");
            }
            return UploadPartResponse.builder().eTag("\"e\"").checksumCRC32C(part.checksumCRC32C()).build();
        }

        @Override
        public String serviceName() {
            return "s3";
        }

        @Override
        public void close() {
            // has nothing
        }
    }

    @TempDir
    Path folder;
    private final Rereading s3 = new Rereading();
    private final PartMemory memory = new PartMemory(10 * SIZE);
    private Database database;
    private PartSender sender;
    /** Each part is sent while it is handed over. */
    private Executor threads = Runnable::run;

    @BeforeEach
    void begin() {
        database = Database.open(folder.resolve("jobs.db"));
        JobStore jobs = new JobStore(database, new JobEvents("/test", Clock.systemUTC()));
        jobs.register(List.of(new NewJob(new JobKey("p", "j"), Map.of(), Duration.ofHours(1), Duration.ZERO)));
        Job job = jobs.apply(jobs.claim("p", new JobStore.Terms(1, Duration.ofMinutes(5))).get(0), JobChange.to(JobState.ARCHIVING).keepLease(), null);
        Uploads uploads = new Uploads(database);
        Upload upload = uploads.created(job, uploads.begin(job, 0, "b", "p/j/video.mp4", "video/mp4", SIZE, "https://h/v", null, null), "u");
        Settings settings = Settings.load(Path.of("").toAbsolutePath(), List.of(), Map.of(), new Properties(), Map.of("s3.bucket", "b"));
        sender = new PartSender(job, upload, new S3Multipart(settings, s3, s3), uploads, work -> threads.execute(work), memory, 2);
    }

    @AfterEach
    void end() {
        database.close();
    }

    private byte[] send(int seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        PartBuffer part = sender.buffer(SIZE);
        part.add(bytes, length);
        sender.send();
        return bytes;
    }

    private static String sum(byte[] bytes) {
        CRC32C sum = new CRC32C();
        sum.update(bytes, 0, bytes.length);
        return Crc32cSums.text(sum);
    }

    @Test
    void eachPartIsReadAgainWithItsOwnBytes() {
        List<byte[]> sent = List.of(send(1, SIZE), send(2, SIZE), send(3, 100));

        assertThat(sender.finish()).extracting(UploadPart::bytes).containsExactly((long) SIZE, (long) SIZE, 100L);
        assertThat(s3.bodies).hasSize(3);
        for (int number = 0; number < 3; number++) {
            assertThat(s3.bodies.get(number)).isEqualTo(sent.get(number));
            assertThat(s3.sums.get(number)).isEqualTo(sum(sent.get(number)));
        }
        // one after the other they lay in the same memory
        assertThat(memory.free()).isEqualTo(3 * PartMemory.PIECE);
    }

    @Test
    void whatFailsGivesItsMemoryBack() {
        s3.failsAt = 2;
        send(1, SIZE);
        send(2, SIZE);
        PartBuffer next = sender.buffer(SIZE);
        next.add(new byte[SIZE], SIZE);

        assertThatThrownBy(sender::send).isInstanceOf(SdkClientException.class);
        assertThat(memory.free()).isZero();
        sender.close();

        assertThat(memory.free()).isEqualTo(3 * PartMemory.PIECE);
    }

    /** Were it taken for one that is on its way, {@code close} would never return. */
    private void aPartThatNoThreadTakesIsNotWaitedFor(Executor full, String words) {
        send(1, SIZE);
        threads = full;

        assertThatThrownBy(() -> send(2, SIZE)).isInstanceOf(RuntimeException.class).hasMessageContaining(words);
        sender.close();

        assertThat(memory.free()).isEqualTo(3 * PartMemory.PIECE);
        assertThat(s3.bodies).hasSize(1);
    }

    @Test
    void withoutAThreadForItAPartFailsPlainly() {
        aPartThatNoThreadTakesIsNotWaitedFor(work -> {
            throw new OutOfMemoryError("unable to create native thread");
        }, "there was no thread for it");
    }

    @Test
    void atTheStopAPartFailsPlainly() {
        aPartThatNoThreadTakesIsNotWaitedFor(work -> {
            throw new RejectedExecutionException("shut down");
        }, "The program stops");
    }
}
