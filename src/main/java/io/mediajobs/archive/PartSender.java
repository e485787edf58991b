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
import java.util.zip.CRC32C;

/**
 * Sends the parts of one upload while the next one is filled, and writes each down once S3 has it. It holds a set number of buffers;
 * all but one are on their way, so that a kill costs no more parts than that.
 */
final class PartSender implements AutoCloseable {

    private record OnItsWay(FutureTask<UploadPart> part, byte[] buffer) {
    }

    private final Job job;
    private final Upload upload;
    private final S3Multipart s3;
    private final Uploads uploads;
    private final Executor threads;
    private final int buffers;
    private final List<UploadPart> sent;
    private final Deque<OnItsWay> onTheirWay = new ArrayDeque<>();
    private byte[] free;

    /** @param buffers parts in memory at the same time: 1 sends and fills by turns */
    PartSender(Job job, Upload upload, S3Multipart s3, Uploads uploads, Executor threads, int buffers) {
        this.job = job;
        this.upload = upload;
        this.s3 = s3;
        this.uploads = uploads;
        this.threads = threads;
        this.buffers = buffers;
        this.sent = new ArrayList<>(upload.parts());
    }

    /** A buffer for the next part; waits until there is one. */
    byte[] buffer(int size) {
        while (onTheirWay.size() >= buffers) {
            await();
        }
        byte[] buffer = free != null && free.length == size ? free : null;
        free = null;
        return buffer == null ? new byte[size] : buffer;
    }

    /** Sends a part; its buffer is the sender's from now on. Waits for an earlier one where too many are on their way. */
    void send(byte[] buffer, int length) {
        while (onTheirWay.size() >= Math.max(1, buffers - 1)) {
            await();
        }
        int number = sent.size() + onTheirWay.size() + 1;
        FutureTask<UploadPart> task = new FutureTask<>(() -> {
            CRC32C crc32c = new CRC32C();
            crc32c.update(buffer, 0, length);
            UploadPart part = s3.send(upload, number, buffer, length, Crc32cSums.text(crc32c));
            uploads.addPart(job, upload, part);
            return part;
        });
        onTheirWay.add(new OnItsWay(task, buffer));
        threads.execute(task);
    }

    /** Waits for all; the parts by number, with those that were there before. */
    List<UploadPart> finish() {
        while (!onTheirWay.isEmpty()) {
            await();
        }
        return List.copyOf(sent);
    }

    private void await() {
        OnItsWay first = onTheirWay.remove();
        try {
            sent.add(first.part().get());
            free = first.buffer();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            first.part().cancel(true);
            Thread.currentThread().interrupt();
            throw new S3UnavailableException("The program stops; the transfer to " + upload.key() + " goes on with its next start.", e);
        }
    }

    /** Waits until nothing is on its way any more: what comes after an upload was taken back would lie there for ever. */
    @Override
    public void close() {
        while (!onTheirWay.isEmpty()) {
            try {
                await();
            } catch (RuntimeException e) {
                // the first failure is on its way to the route; that a later part failed too says nothing more
            }
        }
    }
}
