package io.mediajobs.demo;

import static io.mediajobs.job.JobState.ARCHIVED;
import static io.mediajobs.job.JobState.BLOCKED;
import static io.mediajobs.job.JobState.EXPIRED;
import static io.mediajobs.job.JobState.FAILED;
import static io.mediajobs.job.JobState.LOST;
import static java.time.Duration.ofSeconds;

import io.mediajobs.demo.simulator.Asset;
import io.mediajobs.demo.simulator.Assets;
import io.mediajobs.demo.simulator.Misbehaviour;
import io.mediajobs.demo.simulator.ProviderSimulator;
import io.mediajobs.demo.simulator.SimulatedJob;
import io.mediajobs.job.JobState;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The lives that the demo shows: five at each of the five providers. Times are the providers', before they are compressed. */
final class DemoJobs {

    private static final long FILM_BYTES = 96L << 20;

    /** @param life what the provider does with the job; @param deadline in real time, null for the provider's own */
    private record Plan(String provider, JobState expected, String deadline, String story, Consumer<SimulatedJob> life) {
    }

    /** One of each provider after the other, so that a few already show some variety. */
    private static final List<Plan> PLANS = List.of(
            plan("pictory-image", ARCHIVED, "an image", job -> lives(job, 10, 40)),
            plan("pictory-video", ARCHIVED, "a video with stills", job -> lives(job, 15, 90)),
            plan("pictory-render", ARCHIVED, "a film of 96 MB", job -> lives(job, 20, 80).completes(Assets.generatedVideo(FILM_BYTES, 7), Assets.audio(),
                    Assets.ofRole("subtitles-srt"))),
            plan("productai", ARCHIVED, "two images", job -> lives(job, 5, 30)),
            plan("stories", ARCHIVED, "three images, URLs signed", job -> lives(job, 10, 70)),

            plan("pictory-image", FAILED, "refused by the provider's filter", job -> lives(job, 10, 30).fails("5001", "The prompt violates the content policy.")),
            plan("pictory-video", ARCHIVED, "two answers are 503", job -> lives(job, 10, 60).duringPolls(2, 3, Misbehaviour.status(503))),
            plan("pictory-render", ARCHIVED, "video, sound, subtitles", job -> lives(job, 30, 60)),
            plan("productai", ARCHIVED, "429: all of productai wait", job -> lives(job, 5, 50).atPoll(3, Misbehaviour.throttled(ofSeconds(3)))),
            plan("stories", ARCHIVED, "402, then paid", job -> lives(job, 10, 60).atPoll(2, Misbehaviour.status(402))),

            plan("pictory-image", LOST, "unknown to the provider", SimulatedJob::isUnknown),
            plan("pictory-video", EXPIRED, "12s", "never ends", job -> lives(job, 10, 0).neverEnds()),
            plan("pictory-render", ARCHIVED, "connections reset, answers cut", job -> lives(job, 10, 60).atPoll(2, Misbehaviour.reset())
                    .atPoll(4, Misbehaviour.cutBody())),
            plan("productai", FAILED, "fails", job -> lives(job, 10, 20).fails("generation_failed", "The image could not be generated.")),
            plan("stories", FAILED, "451: legal reasons", job -> lives(job, 10, 0).neverEnds().fromPoll(2, Misbehaviour.status(451))),

            plan("pictory-image", ARCHIVED, "not visible at first", job -> lives(job, 10, 50).visibleFromPoll(3)),
            plan("pictory-video", FAILED, "fails late", job -> lives(job, 10, 100).fails("5003", "Not enough GPU memory.")),
            plan("pictory-render", BLOCKED, "a status nobody knows", job -> lives(job, 10, 0).neverEnds().fromPoll(3, Misbehaviour.unknownStatus("paused-by-moon"))),
            plan("productai", ARCHIVED, "downloads without a length", job -> lives(job, 5, 60).completes(unknownLength(Assets.images(4)))),
            plan("stories", ARCHIVED, "a URL that has expired", job -> lives(job, 10, 50).completes(Assets.ofRole("image").atRequest(1, Misbehaviour.status(403)),
                    Assets.ofRole("image"))),

            plan("pictory-image", ARCHIVED, "a web page instead of JSON", job -> lives(job, 10, 60).atPoll(3, Misbehaviour.html())),
            plan("pictory-video", ARCHIVED, "a slow download", job -> lives(job, 10, 50).completes(Assets.generatedVideo(6L << 20, 3).slowedTo(2L << 20),
                    Assets.ofRole("thumbnail"))),
            plan("pictory-render", ARCHIVED, "a download breaks off", job -> lives(job, 10, 50).completes(
                    Assets.video().atRequest(1, Misbehaviour.cutConnection()), Assets.ofRole("transcript"))),
            plan("productai", ARCHIVED, "in the queue for long", job -> lives(job, 80, 20)),
            plan("stories", BLOCKED, "422: needs a person", job -> lives(job, 10, 0).neverEnds().fromPoll(2, Misbehaviour.status(422))));

    private DemoJobs() {
    }

    private static Plan plan(String provider, JobState expected, String story, Consumer<SimulatedJob> life) {
        return new Plan(provider, expected, null, story, life);
    }

    private static Plan plan(String provider, JobState expected, String deadline, String story, Consumer<SimulatedJob> life) {
        return new Plan(provider, expected, deadline, story, life);
    }

    private static SimulatedJob lives(SimulatedJob job, int queuedSeconds, int processingSeconds) {
        return job.queuedFor(ofSeconds(queuedSeconds)).processingFor(ofSeconds(processingSeconds)).completes();
    }

    private static Asset[] unknownLength(Asset[] assets) {
        Asset[] without = new Asset[assets.length];
        for (int i = 0; i < assets.length; i++) {
            without[i] = assets[i].ofUnknownLength();
        }
        return without;
    }

    /** How many different lives there are. */
    static int usual() {
        return PLANS.size();
    }

    /** Makes them known to the simulator; from now on they live. Beyond {@link #usual} the lives repeat. */
    static List<DemoJob> create(ProviderSimulator simulator, int count) {
        List<DemoJob> jobs = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Plan plan = PLANS.get(i % PLANS.size());
            SimulatedJob job = simulator.job(plan.provider(), String.format("%s-%02d", kind(plan.provider()), i / 5 + 1));
            plan.life().accept(job);
            jobs.add(new DemoJob(job, plan.deadline(), plan.expected(), plan.story()));
        }
        return jobs;
    }

    private static String kind(String provider) {
        return switch (provider) {
            case "pictory-image" -> "image";
            case "pictory-video" -> "video";
            case "pictory-render" -> "render";
            case "productai" -> "product";
            default -> "story";
        };
    }
}
