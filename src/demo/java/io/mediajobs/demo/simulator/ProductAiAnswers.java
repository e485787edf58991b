package io.mediajobs.demo.simulator;

import java.util.Locale;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** ProductAI: job, list and webhook. Its documentation prints no HTTP error body; the simulator's has its job error's shape. */
final class ProductAiAnswers implements Answers {

    private static final String MODEL = "nanobanana2";
    private static final int TOKENS_AN_IMAGE = 5;

    @Override
    public ObjectNode job(JobView job) {
        JobMoment moment = job.moment();
        ObjectNode answer = Answers.object();
        answer.put("job_id", job.jobId()).put("status", job.word(word(moment)));
        if (moment.phase() != JobMoment.Phase.FAILED) {
            answer.put("progress", moment.progress());
        }
        answer.put("created_at", Answers.time(moment.createdAt()));
        if (moment.startedAt() != null) {
            answer.put("started_at", Answers.time(moment.startedAt()));
        }
        switch (moment.phase()) {
            case COMPLETED -> {
                answer.put("completed_at", Answers.time(moment.endedAt()));
                model(job.script(), answer);
                images(job, answer);
            }
            case FAILED -> {
                answer.put("failed_at", Answers.time(moment.endedAt()));
                error(job, answer);
            }
            default -> model(job.script(), answer);
        }
        return answer;
    }

    /** The entry of a job in the list. */
    ObjectNode listEntry(JobView job) {
        JobMoment moment = job.moment();
        ObjectNode entry = Answers.object();
        entry.put("job_id", job.jobId()).put("status", word(moment));
        model(job.script(), entry);
        entry.put("created_at", Answers.time(moment.createdAt()));
        if (moment.phase() == JobMoment.Phase.COMPLETED) {
            entry.put("completed_at", Answers.time(moment.endedAt()));
        }
        return entry;
    }

    /** What is posted when the job has ended. Only the completed one is printed in the documentation. */
    ObjectNode webhook(JobView job) {
        String word = word(job.moment());
        ObjectNode event = Answers.object();
        event.put("event", "job." + word).put("job_id", job.jobId()).put("status", word);
        if (job.moment().phase() == JobMoment.Phase.COMPLETED) {
            images(job, event);
            event.put("completed_at", Answers.time(job.moment().endedAt()));
        } else {
            error(job, event);
            event.put("failed_at", Answers.time(job.moment().endedAt()));
        }
        return event;
    }

    /** The provider's word for a phase, which is also what the list filters by. */
    static String word(JobMoment moment) {
        return moment.phase().name().toLowerCase(Locale.ROOT);
    }

    private static void model(JobScript script, ObjectNode answer) {
        int images = script.end() instanceof JobEnd.Completed completed ? completed.assets().size() : 1;
        answer.put("model", MODEL).put("num_images", images);
    }

    private static void images(JobView job, ObjectNode answer) {
        ArrayNode images = answer.putArray("images");
        for (JobView.Link link : job.assets()) {
            images.addObject().put("url", link.url())
                    .put("width", link.asset().width()).put("height", link.asset().height());
        }
        answer.put("tokens_used", TOKENS_AN_IMAGE * job.assets().size());
    }

    private static void error(JobView job, ObjectNode answer) {
        var end = (JobEnd.Failed) job.script().end();
        answer.putObject("error").put("code", end.code()).put("message", end.message());
    }

    @Override
    public ObjectNode notFound(String jobId) {
        ObjectNode answer = Answers.object();
        answer.putObject("error").put("code", "job_not_found").put("message", "No job has the id " + jobId);
        return answer;
    }

    @Override
    public ObjectNode error(int status) {
        ObjectNode answer = Answers.object();
        String reason = Answers.reason(status);
        answer.putObject("error").put("code", reason.toLowerCase(Locale.ROOT).replace(' ', '_')).put("message", reason);
        return answer;
    }
}
