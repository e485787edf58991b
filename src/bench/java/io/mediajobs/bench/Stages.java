package io.mediajobs.bench;

import io.mediajobs.TestProgram;
import io.mediajobs.demo.simulator.Download;
import io.mediajobs.demo.simulator.Poll;
import io.mediajobs.demo.simulator.SimulatedJob;
import io.mediajobs.job.Job;
import io.mediajobs.job.JobKey;
import io.mediajobs.store.TimelineEntry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.spi.CamelEvent.ExchangeCompletedEvent;
import org.apache.camel.spi.CamelEvent.ExchangeCreatedEvent;
import org.apache.camel.spi.CamelEvent.ExchangeSendingEvent;
import org.apache.camel.spi.CamelEvent.ExchangeSentEvent;
import org.apache.camel.support.EventNotifierSupport;

/**
 * When each job came to each stage on its way from its end at the provider into the archive: seen at Camel's events, at the simulator and in the
 * timeline, so that the program itself is as it always is.
 */
final class Stages extends EventNotifierSupport {

    private static final Pattern JOB_ID = Pattern.compile("\"job_id\"\\s*:\\s*\"([^\"]+)\"");

    /** In their order; each stands for what has happened by then. */
    private enum Stage {
        ENDED("ended at the provider"), HOOK_CAME("webhook is here"), HOOK_KEPT("wake-up is on disk"), CLAIMED("claimed, about to be asked for"), ASKED("asked, at the provider"),
        ANSWERED("answer is here"), COMPLETED("outcome written"), ARCHIVE_BEGAN("taken by the archive"), DOWNLOADED("asset asked for, at its host"),
        ASSET_SENT("asset is in S3"), MANIFEST_SENT("manifest is in S3"), ARCHIVED("archived");

        private final String words;

        Stage(String words) {
            this.words = words;
        }
    }

    private record Moment(Stage stage, Instant at) {
    }

    private final Map<String, List<Moment>> moments = new ConcurrentHashMap<>();
    private final Map<String, String> hooks = new ConcurrentHashMap<>();

    Stages(TestProgram program) {
        program.program.context().getManagementStrategy().addEventNotifier(this);
        start();
    }

    @Override
    public boolean isEnabled(CamelEvent event) {
        // without the first of them Camel does not tell that something was sent
        return event instanceof ExchangeSendingEvent || event instanceof ExchangeSentEvent || event instanceof ExchangeCreatedEvent || event instanceof ExchangeCompletedEvent;
    }

    @Override
    public void notify(CamelEvent event) {
        Exchange exchange = ((CamelEvent.ExchangeEvent) event).getExchange();
        // its route is not known yet when it is created
        boolean isHook = exchange.getFromEndpoint() != null && exchange.getFromEndpoint().getEndpointUri().contains("/hooks");
        if (isHook && event instanceof ExchangeCreatedEvent) {
            byte[] body = exchange.getMessage().getBody(byte[].class);
            Matcher id = JOB_ID.matcher(body == null ? "" : new String(body, StandardCharsets.UTF_8));
            if (id.find()) {
                hooks.put(exchange.getExchangeId(), id.group(1));
                add(id.group(1), Stage.HOOK_CAME);
            }
        } else if (isHook && event instanceof ExchangeCompletedEvent) {
            String id = hooks.remove(exchange.getExchangeId());
            if (id != null) {
                add(id, Stage.HOOK_KEPT);
            }
        } else if (exchange.getVariable("job") instanceof Job job) {
            if (event instanceof ExchangeCreatedEvent && "archive-job".equals(exchange.getFromRouteId())) {
                add(job.jobId(), Stage.ARCHIVE_BEGAN);
            } else if (event instanceof ExchangeSendingEvent sending && sending.getEndpoint().getEndpointUri().startsWith("http")) {
                add(job.jobId(), Stage.CLAIMED);
            } else if (event instanceof ExchangeSentEvent sent) {
                String uri = sent.getEndpoint().getEndpointUri();
                if (uri.startsWith("aws2-s3:")) {
                    add(job.jobId(), exchange.getVariable("asset") != null && exchange.getVariable("sent") == null ? Stage.ASSET_SENT : Stage.MANIFEST_SENT);
                } else if (uri.startsWith("http")) {
                    add(job.jobId(), Stage.ANSWERED);
                }
            }
        }
    }

    private void add(String jobId, Stage stage) {
        List<Moment> ofJob = moments.computeIfAbsent(jobId, id -> new ArrayList<>());
        synchronized (ofJob) {
            ofJob.add(new Moment(stage, Instant.now()));
        }
    }

    /** One line a stage: from the one before, and from the job's end at the provider. */
    List<String> lines(TestProgram program, String provider, List<SimulatedJob> jobs) {
        Map<Stage, List<Double>> steps = new EnumMap<>(Stage.class);
        Map<Stage, List<Double>> sums = new EnumMap<>(Stage.class);
        for (SimulatedJob job : jobs) {
            Instant ended = job.createdAt().plus(job.script().processing());
            Instant before = ended;
            for (Map.Entry<Stage, Instant> stage : course(program, provider, job, ended).entrySet()) {
                steps.computeIfAbsent(stage.getKey(), any -> new ArrayList<>()).add(seconds(before, stage.getValue()));
                sums.computeIfAbsent(stage.getKey(), any -> new ArrayList<>()).add(seconds(ended, stage.getValue()));
                before = stage.getValue();
            }
        }
        List<String> lines = new ArrayList<>();
        lines.add(String.format(Locale.ROOT, "  %-32s %6s  %-28s %-28s", "stage", "jobs", "since the stage before", "since its end"));
        steps.forEach((stage, times) -> lines.add(String.format(Locale.ROOT, "  %-32s %6d  %-28s %-28s", stage.words, times.size(), DoneToStored.spread(times), DoneToStored.spread(sums.get(stage)))));
        return lines;
    }

    /** The last time that the job came to each stage before it was completed, or the first time after. */
    private Map<Stage, Instant> course(TestProgram program, String provider, SimulatedJob job, Instant ended) {
        Map<Stage, Instant> course = new EnumMap<>(Stage.class);
        List<TimelineEntry> timeline = program.jobs.timeline(program.job(new JobKey(provider, job.jobId())));
        Instant completed = at(timeline, "completed");
        List<Moment> seen = moments.getOrDefault(job.jobId(), List.of());
        synchronized (seen) {
            // the store counts whole milliseconds
            seen.stream().filter(moment -> moment.stage.compareTo(Stage.COMPLETED) < 0 && moment.at.isBefore(completed.plusMillis(1)))
                    .forEach(moment -> course.put(moment.stage, moment.at));
            seen.stream().filter(moment -> moment.stage.compareTo(Stage.COMPLETED) > 0).forEach(moment -> course.putIfAbsent(moment.stage, moment.at));
        }
        program.simulator.ledger().polls(provider, job.jobId()).stream().map(Poll::at).filter(at -> !at.isBefore(ended)).findFirst().ifPresent(at -> course.put(Stage.ASKED, at));
        program.simulator.ledger().downloads(provider, job.jobId()).stream().map(Download::at).findFirst().ifPresent(at -> course.put(Stage.DOWNLOADED, at));
        course.put(Stage.COMPLETED, completed);
        course.put(Stage.ARCHIVED, at(timeline, "archived"));
        return course;
    }

    private static Instant at(List<TimelineEntry> timeline, String what) {
        return timeline.stream().filter(entry -> entry.what().equals(what)).map(TimelineEntry::at).findFirst().orElseThrow();
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / 1e9;
    }
}
