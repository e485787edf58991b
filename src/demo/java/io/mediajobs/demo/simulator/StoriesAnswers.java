package io.mediajobs.demo.simulator;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Stories. Its documentation lists the fields and prints no example; of {@code result} it says only that it holds "signed
 * image URLs", so the shape here is the simulator's own: {@code result.scenes[].image_url}.
 */
final class StoriesAnswers implements Answers {

    private static final int SCENES = 3;
    private final AtomicLong requests = new AtomicLong();

    @Override
    public ObjectNode job(JobView job) {
        JobMoment moment = job.moment();
        ObjectNode answer = Answers.object();
        answer.put("job_id", job.jobId())
                .put("status", job.word(moment.phase().name().toLowerCase(Locale.ROOT)))
                .put("created_at", Answers.time(moment.createdAt()));
        if (moment.startedAt() != null) {
            answer.put("started_at", Answers.time(moment.startedAt()));
        }
        if (moment.endedAt() != null) {
            answer.put("completed_at", Answers.time(moment.endedAt()));
        }
        int scenes = job.script().end() instanceof JobEnd.Completed completed ? completed.assets().size() : SCENES;
        boolean completed = moment.phase() == JobMoment.Phase.COMPLETED;
        boolean failed = moment.phase() == JobMoment.Phase.FAILED;
        answer.put("scenes_completed", completed ? scenes : failed ? 0 : scenes * moment.progress() / 100);
        answer.put("scenes_total", scenes);
        if (completed) {
            result(job, answer.putObject("result"));
        }
        if (failed) {
            var end = (JobEnd.Failed) job.script().end();
            answer.putObject("error").put("code", end.code()).put("message", end.message());
        }
        return answer;
    }

    private static void result(JobView job, ObjectNode result) {
        result.put("id", job.jobId()).put("title", "A test story");
        ArrayNode scenes = result.putArray("scenes");
        List<JobView.Link> links = job.assets();
        for (int i = 0; i < links.size(); i++) {
            scenes.addObject().put("index", i + 1).put("text", "Scene " + (i + 1))
                    .put("image_url", links.get(i).url())
                    .put("width", links.get(i).asset().width()).put("height", links.get(i).asset().height());
        }
    }

    @Override
    public ObjectNode notFound(String jobId) {
        return envelope("not_found", "No job has the id " + jobId);
    }

    @Override
    public ObjectNode error(int status) {
        String reason = Answers.reason(status);
        return envelope(reason.toLowerCase(Locale.ROOT).replace(' ', '_'), reason);
    }

    private ObjectNode envelope(String error, String message) {
        ObjectNode answer = Answers.object();
        answer.put("error", error).put("message", message);
        answer.putObject("details");
        answer.put("request_id", "req_%08x".formatted(requests.incrementAndGet()));
        return answer;
    }
}
