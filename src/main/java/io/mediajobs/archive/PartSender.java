package io.mediajobs.archive;

import io.mediajobs.job.Job;
import io.mediajobs.store.Upload;
import io.mediajobs.store.UploadPart;
import io.mediajobs.store.Uploads;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.zip.CRC32C;

/**
 * Sends the parts of one upload while the next one is filled, and writes each down once S3 has it. It holds a set number of parts
 * in memory; all but one are on their way, so that a kill costs no more parts than that.
 */
final class PartSender implements AutoCloseable {

    private final Job job;
    private final Upload upload;
    private final S3Multipart s3;
    private final Uploads uploads;
    private final Executor threads;
    private final PartMemory memory;
    private final int parts;
    private final List<UploadPart> sent;
    private final Deque<FutureTask<UploadPart>> onTheirWay = new ArrayDeque<>();
    private PartBuffer filling;

    /** @param parts in memory at the same time: 1 sends and fills by turns */
    PartSender(Job job, Upload upload, S3Multipart s3, Uploads uploads, Executor threads, PartMemory memory, int parts) {
        this.job = job;
        this.upload = upload;
        this.s3 = s3;
        this.uploads = uploads;
        this.threads = threads;
        this.memory = memory;
        this.parts = parts;
        this.sent = new ArrayList<>(upload.parts());
    }

    /** A buffer for the next part, to be filled and sent; waits until there may be one. @param size bytes of the part */
    PartBuffer buffer(int size) {
        while (onTheirWay.size() >= parts) {
            await();
        }
        filling = new PartBuffer(memory, size);
        return filling;
    }

    /** Sends what the buffer has. Waits for an earlier part where too many are on their way. */
    void send() {
        while (onTheirWay.size() >= Math.max(1, parts - 1)) {
            await();
        }
        PartBuffer buffer = filling;
        filling = null;
        int number = sent.size() + onTheirWay.size() + 1;
        FutureTask<UploadPart> task = new FutureTask<>(() -> {
            // closed here, where nothing reads it any more, also if nobody waits for it
            try (buffer) {
                CRC32C crc32c = new CRC32C();
                buffer.showTo(crc32c::update);
                UploadPart part = s3.send(upload, number, buffer, Crc32cSums.text(crc32c));
                uploads.addPart(job, upload, part);
                return part;
            }
        });
        begin(task, buffer, number);
        // not before: what no thread has taken would be waited for for ever
        onTheirWay.add(task);
    }

    private void begin(FutureTask<UploadPart> task, PartBuffer buffer, int number) {
        try {
            threads.execute(task);
        } catch (RejectedExecutionException e) {
            buffer.close();
            throw stops(e);
        } catch (RuntimeException | Error e) {
            buffer.close();
            // The limit of the machine or of Java, and nothing that ends this process: another try may find a thread. Not as its cause: whoever reads the job's
            // error is told the root's message, which names no setting.
            throw new IllegalStateException("Part " + number + " of " + upload.key() + " was not sent, since there was no thread for it (" + e
                    + "). Let the process have more threads or memory, or make archive.at-once or archive.parts-at-once smaller.");
        }
    }

    private S3UnavailableException stops(Exception cause) {
        return new S3UnavailableException("The program stops; the transfer to " + upload.key() + " goes on with its next start.", cause);
    }

    /** Waits for all; the parts by number, with those that were there before. */
    List<UploadPart> finish() {
        while (!onTheirWay.isEmpty()) {
            await();
        }
        return List.copyOf(sent);
    }

    private void await() {
        FutureTask<UploadPart> first = onTheirWay.remove();
        try {
            sent.add(first.get());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            first.cancel(true);
            Thread.currentThread().interrupt();
            throw stops(e);
        }
    }

    /** Waits until nothing is on its way any more: what comes after an upload was taken back would lie there for ever. */
    @Override
    public void close() {
        if (filling != null) {
            filling.close();
        }
        while (!onTheirWay.isEmpty()) {
            try {
                await();
            } catch (RuntimeException e) {
                // the first failure is on its way to the route; that a later part failed too says nothing more
            }
        }
    }
}
