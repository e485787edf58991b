package io.mediajobs.cli;

import io.mediajobs.poll.ProviderTerms;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code provider new}: writes route, mapping and a sample, which pass {@code check} as they are. */
@Command(name = "new", description = {"Writes a new provider: its route, its mapping, and a sample answer to try it on.",
        "Nothing is overwritten. What the API says is then yours to fill in; the comments say where."})
final class ProviderNewCommand implements Callable<Integer> {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
    private static final int LONGEST_NAME = 60;

    @ParentCommand
    private ProviderCommand parent;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "NAME", description = "Its name, such as acme or acme-video: lower case, digits, hyphens.")
    private String name;

    @Option(names = "--url", required = true, paramLabel = "URL", description = "Where a job is asked for, without the job id, such as https://api.acme.example/v1/jobs.")
    private String url;

    @Option(names = "--auth", defaultValue = "bearer", paramLabel = "HOW",
            description = "How the key is sent: bearer, bare, key, basic, header:NAME, query:NAME or none. Default: ${DEFAULT-VALUE}.")
    private String auth;

    @Option(names = "--method", defaultValue = "GET", paramLabel = "METHOD", description = "GET or POST. Default: ${DEFAULT-VALUE}.")
    private String method;

    @Option(names = "--id", defaultValue = "path", paramLabel = "WHERE", description = "Where the job id goes: path, query:NAME or body:NAME. Default: ${DEFAULT-VALUE}.")
    private String id;

    @Option(names = "--header", paramLabel = "NAME=VALUE", description = "A further header of the call. May be repeated.")
    private Map<String, String> headers = new LinkedHashMap<>();

    @Option(names = "--every", defaultValue = "15s", paramLabel = "TIME", description = "Shortest time between two asks for a job. Default: ${DEFAULT-VALUE}.")
    private String every;

    @Option(names = "--first-after", defaultValue = "0s", paramLabel = "TIME", description = "Time from a registration to the first ask. Default: ${DEFAULT-VALUE}.")
    private String firstAfter;

    @Option(names = "--deadline", defaultValue = "2h", paramLabel = "TIME", description = "How long a job may take. Default: ${DEFAULT-VALUE}.")
    private String deadline;

    @Option(names = "--rate", defaultValue = "5/s", paramLabel = "RATE", description = "Status calls per time. Default: ${DEFAULT-VALUE}.")
    private String rate;

    @Option(names = "--at-once", defaultValue = "10", paramLabel = "N", description = "Status calls at the same time. Default: ${DEFAULT-VALUE}.")
    private String atOnce;

    @Override
    public Integer call() throws IOException {
        check();
        Path folder = parent.main().settings(parent.main().definitions()).path("routes.folder").resolve("providers");
        Map<Path, String> files = new LinkedHashMap<>();
        files.put(folder.resolve(name + ".camel.yaml"), route());
        files.put(folder.resolve(name + ".jq"), mapping());
        files.put(folder.resolve(name + ".samples/completed.json"), sample());
        files.put(folder.resolve(name + ".samples/completed.report.json"), report());
        for (Path file : files.keySet()) {
            if (Files.exists(file)) {
                throw new CommandException(ExitCode.FINDINGS, file + " is there already; nothing was written.");
            }
        }
        PrintWriter out = spec.commandLine().getOut();
        for (Map.Entry<Path, String> file : files.entrySet()) {
            Files.createDirectories(file.getKey().getParent());
            Files.writeString(file.getKey(), file.getValue(), StandardOpenOption.CREATE_NEW);
            out.println(file.getKey());
        }
        out.println();
        out.println("Next: save an answer of the API, make " + name + ".jq fit it, and try it with: media-job-routes provider test " + name + " answer.json");
        if (needsKey()) {
            out.println("The key is read from the environment variable " + variable() + " at the start.");
        }
        out.flush();
        return ExitCode.OK.number();
    }

    private void check() {
        require(NAME.matcher(name).matches() && name.length() <= LONGEST_NAME, "The name must be lower case letters and digits, with hyphens in between, such as acme-video.");
        URI address = URI.create("about:blank");
        try {
            address = URI.create(url);
        } catch (IllegalArgumentException e) {
            require(false, "--url is not an address.");
        }
        require(address.getHost() != null && ("https".equals(address.getScheme()) || "http".equals(address.getScheme())), "--url must begin with https:// or http:// and name a host.");
        require(address.getRawUserInfo() == null && address.getRawQuery() == null && address.getRawFragment() == null,
                "--url must have no user name, query or fragment; --auth, --id and --header say those.");
        require(auth.matches("bearer|bare|key|basic|none") || named(auth, "header") || named(auth, "query"), "--auth must be bearer, bare, key, basic, none, header:NAME or query:NAME.");
        require(method.matches("GET|POST"), "--method must be GET or POST.");
        require(id.equals("path") || named(id, "query") || named(id, "body"), "--id must be path, query:NAME or body:NAME.");
        require(!id.startsWith("body") || method.equals("POST"), "--id body:NAME needs --method POST.");
        headers.forEach((header, value) -> {
            require(PLAIN.matcher(header).matches() && !value.contains("\"") && value.chars().allMatch(c -> c >= ' '), "--header " + header + " is not a plain header.");
            require(!header.equalsIgnoreCase("authorization"), "--header authorization: use --auth; the key itself is never written into a file.");
        });
        try {
            ProviderTerms.parse(Map.of("every", every, "firstAfter", firstAfter, "deadline", deadline, "rate", rate, "atOnce", atOnce));
        } catch (ProviderTerms.WrongTermException e) {
            require(false, e.getMessage() + ".");
        }
    }

    private static boolean named(String text, String kind) {
        return text.startsWith(kind + ":") && PLAIN.matcher(text.substring(kind.length() + 1)).matches();
    }

    private void require(boolean good, String otherwise) {
        if (!good) {
            throw new ParameterException(spec.commandLine(), otherwise);
        }
    }

    private boolean needsKey() {
        return !auth.equals("none");
    }

    private String variable() {
        return name.toUpperCase(Locale.ROOT).replace('-', '_') + "_API_KEY";
    }

    private String route() {
        StringBuilder text = new StringBuilder();
        text.append("# Asks ").append(name).append(" how its jobs stand.\n#\n");
        text.append("# In:  jobs that are due (variable job). Out: direct:route-report with the variables that kamelet:read-report sets.\n");
        text.append("# Safe to change: everything but the id, which is the file's name, and the last step.\n");
        text.append("- route:\n    id: ").append(name).append("\n    description: Asks ").append(name).append(" how its jobs stand.\n");
        text.append("    from:\n      uri: kamelet:due-jobs\n      parameters:\n");
        parameter(text, 8, "provider", name);
        text.append("        # the shortest time between two asks for a job, time before the first one, and how long a job may take\n");
        parameter(text, 8, "every", every);
        parameter(text, 8, "firstAfter", firstAfter);
        parameter(text, 8, "deadline", deadline);
        text.append("        # status calls per time, and at the same time\n");
        parameter(text, 8, "rate", rate);
        parameter(text, 8, "atOnce", "\"" + atOnce + "\"");
        text.append("      steps:\n");
        header(text, "CamelHttpMethod", "constant", method);
        if (id.equals("path")) {
            header(text, "CamelHttpPath", "simple", "${variable.job.encodedId}");
        }
        String query = query();
        if (!query.isEmpty()) {
            header(text, "CamelHttpQuery", "simple", query);
        }
        switch (auth) {
            case "bearer" -> header(text, "Authorization", "constant", "Bearer {{env:" + variable() + "}}");
            case "key" -> header(text, "Authorization", "constant", "Key {{env:" + variable() + "}}");
            case "basic" -> {
                text.append("        # ").append(variable()).append(" holds user:password in base64\n");
                header(text, "Authorization", "constant", "Basic {{env:" + variable() + "}}");
            }
            case "bare" -> header(text, "Authorization", "constant", "{{env:" + variable() + "}}");
            default -> {
                if (auth.startsWith("header:")) {
                    header(text, auth.substring("header:".length()), "constant", "{{env:" + variable() + "}}");
                }
            }
        }
        header(text, "Accept", "constant", "application/json");
        headers.forEach((header, value) -> header(text, header, "constant", value));
        if (id.startsWith("body:")) {
            header(text, "Content-Type", "constant", "application/json");
            text.append("        - setBody:\n            simple: '{\"").append(id.substring("body:".length())).append("\": ${variable.job.quotedId}}'\n");
        }
        text.append("        - to:\n            id: ask-").append(name).append("\n            uri: \"").append(url).append("\"\n            parameters:\n");
        text.append("              throwExceptionOnFailure: \"false\"\n              disableStreamCache: \"true\"\n");
        text.append("        - to:\n            uri: kamelet:read-report\n            parameters:\n              mapping: ").append(name).append(".jq\n");
        text.append("        - to:\n            uri: direct:route-report\n");
        return text.toString();
    }

    private String query() {
        String ofId = id.startsWith("query:") ? id.substring("query:".length()) + "=${variable.job.encodedId}" : "";
        String ofKey = auth.startsWith("query:") ? auth.substring("query:".length()) + "={{env:" + variable() + "}}" : "";
        return ofId + (ofId.isEmpty() || ofKey.isEmpty() ? "" : "&") + ofKey;
    }

    private static void parameter(StringBuilder text, int indent, String name, String value) {
        text.append(" ".repeat(indent)).append(name).append(": ").append(value).append('\n');
    }

    private static void header(StringBuilder text, String name, String language, String value) {
        text.append("        - setHeader:\n            name: ").append(name).append("\n            ").append(language).append(": \"").append(value).append("\"\n");
    }

    private String mapping() {
        return """
                # %1$s: status of a job
                # in:  the answer of the status call
                # out: a report. Only status is required: pending, processing, completed, failed or not-found. Everything else may be absent:
                #      progress (0 to 100), error {code, message, retryable}, assets [{role, url, contentType, width, height, duration}],
                #      links, usage, createdAt, startedAt, completedAt (RFC 3339), attributes.
                # An unknown status word is passed on, so that it does not fit and a person looks at it.
                # try it: media-job-routes provider test %1$s answer.json

                ({"queued": "pending", "running": "processing", "succeeded": "completed", "failed": "failed"}) as $words
                | {
                    status: ($words[.status | tostring] // .status),
                    progress: .progress,
                    error: (if .error != null then {code: .error.code, message: .error.message} else null end),
                    assets: [.output // [] | .[] | {role: "video", url: .}],
                    createdAt: .created_at,
                    completedAt: .completed_at,
                    attributes: {model: .model}
                  }
                """.formatted(name);
    }

    private static String sample() {
        return """
                {
                  "id": "job-1",
                  "status": "succeeded",
                  "model": "example-1",
                  "output": ["https://cdn.example.com/job-1.mp4"],
                  "created_at": "2026-01-01T10:00:00Z",
                  "completed_at": "2026-01-01T10:01:00Z"
                }
                """;
    }

    private static String report() {
        return """
                {
                  "status": "completed",
                  "assets": [{"role": "video", "url": "https://cdn.example.com/job-1.mp4"}],
                  "createdAt": "2026-01-01T10:00:00Z",
                  "completedAt": "2026-01-01T10:01:00Z",
                  "attributes": {"model": "example-1"}
                }
                """;
    }
}
