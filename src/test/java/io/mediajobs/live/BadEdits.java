package io.mediajobs.live;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.ArrayList;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Edits that must not run, each with what the program is to say about it. */
final class BadEdits {

    private static final String STORIES = "providers/stories.camel.yaml";
    private static final String STORIES_JQ = "providers/stories.jq";
    private static final String SETTINGS = "application.properties";
    private static final String TRIVIAL = "# In: calls. Out: nothing.\n- route:\n    id: %s\n    description: Does nothing.\n    from:\n      uri: %s\n      steps:\n"
            + "        - log:\n            message: nothing\n";

    /**
     * @param files content by name; null to delete the file
     * @param told  regular expression of what is found in the sentence
     * @param line  that the rejection names; -1 for the last one; null if it need not name one
     */
    record Edit(String name, Map<String, UnaryOperator<byte[]>> files, String told, Integer line) {
    }

    private final List<Edit> all = new ArrayList<>();

    static List<Edit> all() {
        BadEdits edits = new BadEdits();
        edits.yaml();
        edits.references();
        edits.numbers();
        edits.mappings();
        edits.shared();
        edits.settings();
        return edits.all;
    }

    /** Those of which the checks once knew nothing, and threw what nobody caught. */
    static List<Edit> thrown() {
        return all().stream().filter(edit -> List.of("brackets without end", "a component whose library is not there", "an interval beyond all measure")
                .contains(edit.name())).toList();
    }

    private void yaml() {
        bad("tab as indentation", STORIES, text -> text.replace("      steps:", "\t  steps:"), "(?i)tab|token|indent|character", null);
        bad("half written", STORIES, text -> text.substring(0, text.indexOf("constant: \"{{provider.stories.auth") + 20), ".+", null);
        bad("empty", STORIES, text -> "", "(?i)no route|empty", null);
        bad("nothing but comments", STORIES, text -> "# nothing\n", "(?i)no route|empty", null);
        bad("plain text", STORIES, text -> "hello\n", ".+", null);
        bad("conflict markers", STORIES, text -> "<<<<<<< HEAD\n" + text + "=======\n" + text + ">>>>>>> other\n", ".+", null);
        bad("unknown step", STORIES, text -> text.replaceFirst("- setHeader:", "- setHeadr:"), "setHeadr", null);
        bad("unknown option of a step", STORIES, text -> text.replaceFirst("name: CamelHttpMethod", "nam: CamelHttpMethod"), "nam", null);
        bad("steps that are no list", STORIES, text -> text.replace("steps:", "steps: none #"), ".+", null);
        bad("twice the same key", STORIES, text -> text.replace("    description:", "    id: stories\n    description:"), "stands here a second time", null);
        bad("alias bomb", STORIES, text -> "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
                + "e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e]\n", ".+", null);
        bad("brackets without end", STORIES, text -> "[".repeat(20_000), "nested deeper than 200", 1);
        all.add(new Edit("not UTF-8", Map.of(STORIES, content -> new String(content, StandardCharsets.UTF_8).replace("Asks", "Fr\u00e4gt")
                .getBytes(StandardCharsets.ISO_8859_1)), "UTF-8", null));
        bad("a zero byte", STORIES, text -> text.replace("Asks", "As\0ks"), ".+", null);
        bad("an id that is not the file's", STORIES, text -> text.replace("id: stories", "id: story"), "id is story", null);
        bad("no id", STORIES, text -> text.replaceFirst(" +id: stories\n", ""), "no id", null);
        bad("two routes in a file", STORIES, text -> text + text.substring(text.indexOf("- route:")).replace("id: stories", "id: stories-2"), "2 routes", null);
        added("the same id in another folder", "other/stories.camel.yaml", String.format(TRIVIAL, "stories", "direct:other-stories"), "also that of");
        added("a file that is not loaded", "providers/other.yaml", "- route: {}\n", "not loaded");
    }

    private void references() {
        bad("unknown component", STORIES, text -> text.replace("uri: \"{{provider.stories.url}}", "uri: \"htp:{{provider.stories.url}}"), "component htp", null);
        bad("a component whose library is not there", STORIES, text -> text.replace("uri: \"{{provider.stories.url}}", "uri: \"lacking:{{provider.stories.url}}"),
                "component lacking cannot be used: The class org.example.Missing", null);
        bad("unknown option of an endpoint", "begin-archive.camel.yaml", text -> text.replace("blockWhenFull:", "blockWhenFul:"), "blockWhenFul.*blockWhenFull", null);
        bad("an option with a wrong value", "archive-job.camel.yaml", text -> text.replace("concurrentConsumers: \"{{archive.jobs-at-once}}\"", "concurrentConsumers: many"), "many|concurrentConsumers", null);
        bad("missing setting", STORIES, text -> text.replace("{{provider.stories.url}}", "{{provider.stories.uri}}"), "provider.stories.uri", null);
        bad("a variable that is not set", STORIES, text -> text.replace("\"{{provider.stories.authorization}}\"", "\"Bearer {{env:NO_SUCH_VARIABLE}}\""),
                "environment variable NO_SUCH_VARIABLE is not set", null);
        bad("direct to nowhere", STORIES, text -> text.replace("direct:route-report", "direct:route-raport"), "direct:route-raport", null);
        bad("missing bean", "fail-job.camel.yaml", text -> text.replace("ref: outcomes", "ref: outcome"), "outcome", null);
        bad("missing method", "fail-job.camel.yaml", text -> text.replace("method: fail", "method: fial"), "fial", null);
        bad("bad simple", "route-report.camel.yaml", text -> text.replace("${variable.status} == 'failed'", "${variable.status == 'failed'"), "(?i)simple", null);
        bad("missing language", STORIES, text -> text.replaceFirst("constant: GET", "language: {language: nolanguage, expression: GET}"), "nolanguage", null);
        bad("missing kamelet", STORIES, text -> text.replace("kamelet:read-report", "kamelet:read-raport"), "read-raport", null);
        bad("missing parameter of a kamelet", STORIES, text -> text.replace("mapping: stories.jq", "maping: stories.jq"), "mapping", null);
        bad("deleted target", "block-job.camel.yaml", null, "direct:block-job", null);
        added("two begin with the same name", "fail-job-too.camel.yaml", String.format(TRIVIAL, "fail-job-too", "direct:fail-job"), "(?i)direct:/*fail-job");
        added("bad cron", "cron.camel.yaml", String.format(TRIVIAL, "cron", "\"quartz:cron?cron=0/5+*+*+nonsense+*+?\""), "(?i)cron|illegal|nonsense|invalid");
        added("an expression of cron that is too short", "cron.camel.yaml", String.format(TRIVIAL, "cron", "\"quartz:cron?cron=0/5+*\""), "(?i)cron|unexpected|expression");
    }

    private void numbers() {
        bad("an interval in no unit there is", STORIES, text -> text.replace("\"{{provider.stories.every}}\"", "5parsecs"), "every", null);
        bad("an interval of zero", STORIES, text -> text.replace("\"{{provider.stories.every}}\"", "0s"), "zero", null);
        bad("an interval beyond all measure", STORIES, text -> text.replaceFirst("(?m)^( +)provider: stories$", "$0\n$1stalledAfter: 99999999999999d"),
                "stalledAfter.*too long", null);
        bad("no calls at the same time", STORIES, text -> text.replace("\"{{provider.stories.at-once}}\"", "\"-1\""), "atOnce", null);
        bad("a rate that is none", STORIES, text -> text.replace("\"{{provider.stories.rate}}\"", "fast"), "rate", null);
    }

    private void mappings() {
        bad("broken jq", STORIES_JQ, text -> "{\n  status: }", "stories.jq is not a jq program", 2);
        bad("a jq function that is not there", STORIES_JQ, text -> "{status: nofunction}", "nofunction", null);
        bad("an empty mapping", STORIES_JQ, text -> "", "empty", null);
        bad("deleted mapping", STORIES_JQ, null, "stories.jq", null);
        bad("a mapping that is not there", STORIES, text -> text.replace("mapping: stories.jq", "mapping: story.jq"), "story.jq", null);
        all.add(new Edit("a good route together with a broken mapping", Map.of(STORIES, text(text -> text + "# good\n"), STORIES_JQ, text(text -> "{")), "stories.jq", null));
    }

    private void shared() {
        bad("broken kamelet", "kamelets/due-jobs.kamelet.yaml", text -> text.replace("from:", "frm:"), ".+", null);
        bad("deleted kamelet", "kamelets/due-jobs.kamelet.yaml", null, "due-jobs", null);
        bad("unknown component in a kamelet", "kamelets/due-jobs.kamelet.yaml", text -> text.replace("uri: quartz:", "uri: quarz:"), "quarz", null);
        bad("missing bean in a kamelet", "kamelets/read-report.kamelet.yaml", text -> text.replace("ref: answers", "ref: answer"), "answer", null);
        bad("an exception that is not there", "handle-trouble.camel.yaml", text -> text.replace("java.io.IOException", "java.io.OIException"), "OIException", null);
        bad("a number that is none", "asset-retries.camel.yaml", text -> text.replace("maximumRedeliveries: 3", "maximumRedeliveries: three"), "three", null);
    }

    private void settings() {
        setting("unknown key", "events.urii=x", "events.urii.*events.uri", -1);
        setting("bad number", "http.port=eighty", "http.port", -1);
        setting("bad duration", "poll.lease=soon", "poll.lease", -1);
        setting("bad duration that only a route uses", "poll.backoff=soon", "poll.backoff", -1);
        setting("bad provider's interval", "provider.stories.every=often", "every", null);
        setting("an address without scheme", "provider.stories.url=api.stories.example", "provider.stories.url", -1);
        setting("not true, not false", "provider.stories.enabled=maybe", "provider.stories.enabled", -1);
        setting("broken escape", "events.source=\\u12zz", "(?i)cannot be read", null);
        setting("a provider without its key", "provider.stories.key=", "provider.stories.key", -1);
    }

    private void bad(String name, String file, UnaryOperator<String> edit, String told, Integer line) {
        Map<String, UnaryOperator<byte[]>> files = new LinkedHashMap<>();
        files.put(file, edit == null ? null : text(edit));
        all.add(new Edit(name, files, told, line));
    }

    private void added(String name, String file, String content, String told) {
        bad(name, file, text -> content, told, null);
    }

    private void setting(String name, String line, String told, Integer at) {
        bad(name, SETTINGS, text -> text + line + "\n", told, at);
    }

    private static UnaryOperator<byte[]> text(UnaryOperator<String> edit) {
        return content -> edit.apply(new String(content, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
    }
}
