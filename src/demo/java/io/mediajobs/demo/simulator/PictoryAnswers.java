package io.mediajobs.demo.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Pictory: image, video and render jobs differ in what they return. */
final class PictoryAnswers implements Answers {

    private final String baseUrl;

    /** @param baseUrl the simulator's, for the share and embed pages */
    PictoryAnswers(String baseUrl) {
        this.baseUrl = baseUrl;
    }

    @Override
    public ObjectNode job(JobView job) {
        ObjectNode answer = Answers.object();
        boolean failed = job.moment().phase() == JobMoment.Phase.FAILED;
        answer.put("job_id", job.jobId()).put("success", !failed);
        ObjectNode data = answer.putObject("data");
        switch (job.moment().phase()) {
            case COMPLETED -> completed(job, data);
            case FAILED -> {
                var end = (JobEnd.Failed) job.script().end();
                data.put("status", job.word("failed")).put("error_code", end.code()).put("error_message", end.message());
            }
            default -> {
                data.put("status", job.word("in-progress"));
                if (job.provider().equals("pictory-render") && job.moment().phase() == JobMoment.Phase.PROCESSING) {
                    data.put("renderProgress", job.moment().progress());
                    data.put("renderProgressMessage", "Generating video");
                    data.put("renderState", "RUNNING");
                }
            }
        }
        return answer;
    }

    private void completed(JobView job, ObjectNode data) {
        switch (job.provider()) {
            case "pictory-video" -> video(job, data);
            case "pictory-render" -> render(job, data);
            default -> image(job, data);
        }
        data.put("status", job.word("completed"));
    }

    private static void image(JobView job, ObjectNode data) {
        size(job, "image", data);
        data.put("aiCreditsUsed", 2);
        putUrl(data, "url", job.url("image"));
    }

    private static void video(JobView job, ObjectNode data) {
        data.put("duration", "8s");
        putUrl(data, "thumbnailImageUrl", job.url("thumbnail"));
        putUrl(data, "lastFrameImageUrl", job.url("last-frame"));
        putUrl(data, "previewImageUrl", job.url("preview"));
        size(job, "video", data);
        data.put("aiCreditsUsed", 12.8);
        putUrl(data, "url", job.url("video"));
    }

    private void render(JobView job, ObjectNode data) {
        data.put("progress", 100);
        putUrl(data, "videoURL", job.url("video"));
        data.put("videoShareURL", baseUrl + "/pictory/share/" + job.jobId());
        data.put("videoEmbedURL", baseUrl + "/pictory/embed/" + job.jobId());
        putUrl(data, "audioURL", job.url("audio"));
        putUrl(data, "thumbnail", job.url("thumbnail"));
        putUrl(data, "srtFile", job.url("subtitles-srt"));
        putUrl(data, "txtFile", job.url("transcript"));
        putUrl(data, "vttFile", job.url("subtitles-vtt"));
        data.put("videoDuration", 8);
        data.put("encodingDuration", job.script().processing().toMillis() / 1000.0);
    }

    private static void size(JobView job, String role, ObjectNode data) {
        job.assets().stream().map(JobView.Link::asset).filter(asset -> asset.role().equals(role)).findFirst()
                .ifPresent(asset -> data.put("width", asset.width()).put("height", asset.height()));
    }

    private static void putUrl(ObjectNode data, String field, String url) {
        if (url != null) {
            data.put(field, url);
        }
    }

    @Override
    public ObjectNode notFound(String jobId) {
        ObjectNode answer = Answers.object();
        // `id` here, `job_id` everywhere else: so documented
        answer.put("id", jobId).put("success", false);
        answer.putObject("data").put("error_code", "5000").put("error_message", "JOB_NOT_FOUND");
        return answer;
    }

    @Override
    public ObjectNode error(int status) {
        return Answers.object().put("message", Answers.reason(status));
    }
}
