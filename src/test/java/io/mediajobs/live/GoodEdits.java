package io.mediajobs.live;

import io.mediajobs.job.JobKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.locks.LockSupport;

/** Edits that are to take effect, each with how that shows. */
final class GoodEdits {

    private static final String STORIES = "providers/stories.camel.yaml";
    private static final String STORIES_JQ = "providers/stories.jq";
    private static final String SETTINGS = "application.properties";

    private final LiveEditsIT campaign;
    private int count;

    GoodEdits(LiveEditsIT campaign) {
        this.campaign = campaign;
    }

    /** @return how many there were */
    int run() throws IOException {
        waysToSave();
        providers();
        shared();
        settings();
        return count;
    }

    private void good(String name, LiveEditsIT.Change change, java.util.function.BooleanSupplier effect) throws IOException {
        count++;
        campaign.good(name, change, effect);
    }

    private static String withHeader(String route, String header) {
        return route.replaceFirst("      steps:\n", "      steps:\n        - setHeader:\n            name: " + header + "\n            constant: \"1\"\n");
    }

    private void waysToSave() throws IOException {
        EditedProgram program = campaign.program();
        String plain = program.read(STORIES);
        good("renamed onto the file", edited -> edited.save(STORIES, withHeader(plain, "X-One")), () -> campaign.asksWith("stories", "x-one"));
        good("back to what it was", edited -> edited.save(STORIES, plain), () -> !campaign.asksWith("stories", "x-one"));
        good("written in place", edited -> Files.writeString(edited.file(STORIES), withHeader(plain, "X-Two")), () -> campaign.asksWith("stories", "x-two"));
        good("written in two halves", edited -> {
            String whole = withHeader(plain, "X-Three");
            Files.writeString(edited.file(STORIES), whole.substring(0, whole.length() / 2));
            LockSupport.parkNanos(20_000_000);
            Files.writeString(edited.file(STORIES), whole);
        }, () -> campaign.asksWith("stories", "x-three"));
        good("50 saves in a row, half of them broken", edited -> {
            for (int i = 1; i <= 50; i++) {
                Files.writeString(edited.file(STORIES), i % 2 == 1 ? "- route: {" : withHeader(plain, "X-Save-" + i));
                LockSupport.parkNanos(10_000_000);
            }
        }, () -> campaign.asksWith("stories", "x-save-50"));
        good("with the line ends of Windows", edited -> edited.save(STORIES, withHeader(plain, "X-Four").replace("\n", "\r\n")), () -> campaign.asksWith("stories", "x-four"));
        good("deleted and made again", edited -> {
            Files.delete(edited.file(STORIES));
            edited.save(STORIES, withHeader(plain, "X-Five"));
        }, () -> campaign.asksWith("stories", "x-five"));
        good("moved to another folder", edited -> {
            Path target = edited.file("providers/more/stories.camel.yaml");
            Files.createDirectories(target.getParent());
            Files.move(edited.file(STORIES), target);
        }, () -> "providers/more/stories.camel.yaml".equals(file("stories")));
        good("and back", edited -> Files.move(edited.file("providers/more/stories.camel.yaml"), edited.file(STORIES)), () -> STORIES.equals(file("stories")));
        good("the whole folder, as git checkout does it", edited -> {
            try (var files = Files.walk(edited.routes)) {
                for (Path each : files.filter(Files::isRegularFile).toList()) {
                    String text = Files.readString(each);
                    Files.delete(each);
                    Files.writeString(each, each.endsWith("stories.camel.yaml") ? withHeader(plain, "X-Six") : each.toString().endsWith(".yaml") ? text + "# checked out\n" : text);
                }
            }
        }, () -> campaign.asksWith("stories", "x-six"));
    }

    private String file(String route) {
        var entry = campaign.program().route(route);
        return entry == null ? null : entry.path("file").asText();
    }

    private String state(String route) {
        var entry = campaign.program().route(route);
        return entry == null ? "none" : entry.path("state").asText();
    }

    private void providers() throws IOException {
        EditedProgram program = campaign.program();
        good("a new provider", edited -> {
            edited.save("providers/acme.jq", edited.read("providers/productai.jq"));
            edited.save("providers/acme.camel.yaml", edited.read("providers/productai.camel.yaml").replace("id: productai", "id: acme").replace("provider: productai", "provider: acme")
                    .replace("mapping: productai.jq", "mapping: acme.jq").replace("ask-productai", "ask-acme"));
        }, () -> "started".equals(state("acme")));
        program.running.simulator.job("productai", "acme-job").neverEnds();
        good("which follows jobs", edited -> edited.running.follow("acme", "acme-job"), () -> program.running.simulator.ledger().pollCount("productai", "acme-job") > 1);
        good("and is removed, its job stays", edited -> {
            Files.delete(edited.file("providers/acme.camel.yaml"));
            Files.delete(edited.file("providers/acme.jq"));
        }, () -> "none".equals(state("acme")) && !program.running.job(new JobKey("acme", "acme-job")).state().isTerminal());
        good("a provider switched off", edited -> edited.save(SETTINGS, edited.read(SETTINGS) + "provider.productai.enabled=false\n"), () -> "none".equals(state("productai")));
        good("and on again", edited -> edited.replace(SETTINGS, "provider.productai.enabled=false\n", ""), () -> "started".equals(state("productai")));
        String mapping = program.read(STORIES_JQ);
        good("a mapping alone", edited -> edited.save(STORIES_JQ, "(" + mapping + ") | .progress = 11"), () -> progress("stories") == 11);
        good("a mapping together with its route", edited -> {
            edited.save(STORIES_JQ, "(" + mapping + ") | .progress = 22");
            edited.save(STORIES, withHeader(edited.read(STORIES), "X-Seven"));
        }, () -> progress("stories") == 22 && campaign.asksWith("stories", "x-seven"));
        good("the mapping back", edited -> edited.save(STORIES_JQ, mapping + "\n# mended\n"), () -> progress("stories") != 22);
    }

    private int progress(String provider) {
        Integer progress = campaign.program().running.job(new JobKey(provider, provider + "-0")).progress();
        return progress == null ? 0 : progress;
    }

    private void shared() throws IOException {
        good("a kamelet, for all who use it", edited -> edited.replace("kamelets/due-jobs.kamelet.yaml", "              - setBody:\n",
                "              - setHeader:\n                  name: X-Kamelet\n                  constant: \"1\"\n              - setBody:\n"),
                () -> campaign.asksWith("stories", "x-kamelet") && campaign.asksWith("pictory-video", "x-kamelet") && campaign.asksWith("productai", "x-kamelet"));
        good("a renamed route", edited -> {
            edited.save("remove-old.camel.yaml", edited.read("remove-finished.camel.yaml").replace("id: remove-finished", "id: remove-old"));
            Files.delete(edited.file("remove-finished.camel.yaml"));
        }, () -> "none".equals(state("remove-finished")) && "started".equals(state("remove-old")));
        good("a renamed target and its callers", edited -> {
            edited.save("plan-next.camel.yaml", edited.read("reschedule-job.camel.yaml").replace("id: reschedule-job", "id: plan-next").replace("direct:reschedule-job", "direct:plan-next"));
            edited.replace("route-report.camel.yaml", "direct:reschedule-job", "direct:plan-next");
            edited.replace("take-page.camel.yaml", "direct:reschedule-job", "direct:plan-next");
            Files.delete(edited.file("reschedule-job.camel.yaml"));
        }, () -> "none".equals(state("reschedule-job")) && "started".equals(state("plan-next")));
        touched("the archive's queue", "archive-job.camel.yaml");
        touched("a call of the API", "http-api/list-routes.camel.yaml");
        touched("the error handling of all routes", "handle-trouble.camel.yaml");
        touched("the error handling of some routes", "asset-retries.camel.yaml");
        touched("the publishing of events", "publish-events.camel.yaml");
        touched("the inbox", "inbox.camel.yaml");
    }

    private void touched(String name, String file) throws IOException {
        String version = campaign.program().version();
        good(name, edited -> edited.save(file, edited.read(file) + "# touched\n"), () -> !campaign.program().version().equals(version));
    }

    private void settings() throws IOException {
        good("another interval", edited -> edited.replace(SETTINGS, "provider.stories.every=1s", "provider.stories.every=300ms"), () -> gap("stories") < 700);
        good("a setting that needs a restart is named", edited -> edited.save(SETTINGS, edited.read(SETTINGS) + "http.max-body=17MB\n"),
                () -> campaign.program().api().path("needsRestart").toString().equals("[\"http.max-body\"]"));
        good("and no more", edited -> edited.replace(SETTINGS, "http.max-body=17MB\n", ""), () -> campaign.program().api().path("needsRestart").isEmpty());
        String version = campaign.program().version();
        good("a setting of many routes", edited -> edited.save(SETTINGS, edited.read(SETTINGS) + "circuit.pause=31s\n"), () -> !campaign.program().version().equals(version));
    }

    private long gap(String provider) {
        var polls = campaign.program().running.simulator.ledger().polls(provider, provider + "-0");
        return java.time.Duration.between(polls.get(polls.size() - 2).at(), polls.get(polls.size() - 1).at()).toMillis();
    }
}
