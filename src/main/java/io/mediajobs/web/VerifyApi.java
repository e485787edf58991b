package io.mediajobs.web;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mediajobs.archive.ArchiveException;
import io.mediajobs.archive.ArchiveVerification;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobState;
import io.mediajobs.store.JobStore;
import java.util.concurrent.Semaphore;
import org.apache.camel.Exchange;

/** {@code POST /api/jobs/{provider}/{jobId}/verify}: whether S3 still has what the job's manifest says. */
public final class VerifyApi {

    /** At the same time: each reads as fast as S3 gives, and transfers need their share. */
    private static final int PLACES = 2;

    private final JobStore jobs;
    private final ArchiveVerification verification;
    private final Semaphore places = new Semaphore(PLACES);

    public VerifyApi(JobStore jobs, ArchiveVerification verification) {
        this.jobs = jobs;
        this.verification = verification;
    }

    /** The answer comes when every byte was read. */
    public void verify(Exchange exchange) {
        ApiCall.run(exchange, request -> {
            request.query();
            Job job = jobs.find(request.jobKey()).orElseThrow(() -> new ProblemException(404, "unknown-job", "No such job is followed."));
            if (job.state() != JobState.ARCHIVED) {
                throw new ProblemException(409, "conflict", "The job is " + job.state().word() + "; only an archived job has a manifest to go by.");
            }
            if (!places.tryAcquire()) {
                throw new ProblemException(429, "busy", "Two jobs are verified already; try again when they are done.");
            }
            try {
                return new ApiCall.Answer(200, json(job, verification.verify(job)));
            } catch (ArchiveException e) {
                throw new ProblemException(503, "s3-unavailable", e.getMessage());
            } finally {
                places.release();
            }
        });
    }

    private static ObjectNode json(Job job, ArchiveVerification.Result result) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("provider", job.provider()).put("jobId", job.jobId()).put("manifest", result.manifest()).put("verified", result.drift().isEmpty())
                .put("objects", result.objects()).put("bytes", result.bytes());
        ArrayNode drift = json.putArray("drift");
        for (ArchiveVerification.Drift each : result.drift()) {
            ObjectNode node = drift.addObject().put("key", each.key()).put("what", each.what());
            JobJson.put(node, "expected", each.expected());
            JobJson.put(node, "found", each.found());
        }
        return json;
    }
}
