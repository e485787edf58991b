package io.mediajobs.live;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.quartz.CronExpression;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** What Camel would run and nobody should: jobs that fall through a choice, secrets in a file, checks that are switched off, timers without a pause. */
final class Dangers {

    private static final Pattern SENSITIVE = Pattern.compile("(?i)authorization|cookie|.*(api[-_.]?key|password|passwd|secret|access[-_.]?key|token).*");
    private static final Pattern SENSITIVE_QUERY = Pattern.compile("(?i)[?&]([^=&#]*(?:api[-_.]?key|password|passwd|secret|access[-_.]?key|token|sig|signature))=([^&{$#]+)");
    private static final Pattern USER_INFO = Pattern.compile("(?i)[a-z][a-z0-9+.-]*://[^/?#@\\s{]+:[^/?#@\\s{]+@.*");
    private static final Pattern BEAN_PLACEHOLDER = Pattern.compile("\\{\\{\\??bean:");
    private static final Pattern PROXY = Pattern.compile("(?i)platform-http:(//)?/*proxy.*", Pattern.DOTALL);
    private static final String PROXIES = "platform-http:proxy would let any caller reach any host through us. Begin the route with a path of its own.";
    private static final Pattern NO_TIME = Pattern.compile("(?i)-?0+(ms|s|m|h|d)?");
    private static final Set<String> INTERVALS = Set.of("trigger.repeatinterval", "period", "delay", "polldelay");
    private static final Set<String> LITERALS = Set.of("constant", "simple");

    private final String file;
    private final List<Finding> findings = new ArrayList<>();
    private final IdentityHashMap<Node, Boolean> seen = new IdentityHashMap<>();

    private Dangers(String file) {
        this.file = file;
    }

    static List<Finding> in(String file, YamlText text) {
        Dangers dangers = new Dangers(file);
        dangers.visit("", text.root());
        return dangers.findings;
    }

    /** What is wrong with an address once its placeholders are known; null for nothing that is not seen without that. */
    static String behindPlaceholders(String written, String address) {
        return PROXY.matcher(address).matches() && !PROXY.matcher(written).matches() ? PROXIES : null;
    }

    private void visit(String key, Node node) {
        if (seen.put(node, true) != null) {
            return;
        }
        if (node instanceof SequenceNode list) {
            list.getValue().forEach(element -> visit(key, element));
        } else if (node instanceof MappingNode map) {
            header(map);
            for (NodeTuple entry : map.getValue()) {
                String name = YamlText.text(entry.getKeyNode());
                Node value = entry.getValueNode();
                if (name.equals("choice") && YamlText.value(value, "otherwise") == null) {
                    add(entry.getKeyNode(), "This choice has no otherwise: what no branch is for would be lost without a word. Add an otherwise.");
                }
                if (name.equals("parameters")) {
                    parameters(value, key.equals("from"));
                }
                visit(name, value);
            }
        } else {
            text(node, YamlText.text(node));
        }
    }

    private void header(MappingNode map) {
        Node named = YamlText.value(map, "name");
        String name = named == null ? "" : YamlText.text(named);
        if (!SENSITIVE.matcher(name).matches()) {
            return;
        }
        literal(map, name);
        if (YamlText.value(map, "expression") instanceof MappingNode expression) {
            // the longer way to say the same
            literal(expression, name);
        }
    }

    private void literal(MappingNode map, String name) {
        for (String language : LITERALS) {
            Node value = YamlText.value(map, language);
            Node expression = value instanceof MappingNode ? YamlText.value(value, "expression") : value;
            if (expression != null && isLiteral(YamlText.text(expression))) {
                add(expression, "The value of " + name + " is written out here. A secret is referred to, as in {{env:ACME_API_KEY}}.");
            }
        }
    }

    private void parameters(Node parameters, boolean source) {
        for (NodeTuple entry : YamlText.entries(parameters)) {
            String name = YamlText.text(entry.getKeyNode());
            String value = YamlText.text(entry.getValueNode());
            // hookSecrets holds names of settings
            if (!name.equals("hookSecrets") && SENSITIVE.matcher(name).matches() && isLiteral(value) && !value.matches("(?i)true|false|\\d+")) {
                add(entry.getValueNode(), "The value of " + name + " is written out here. A secret is referred to, as in {{env:ACME_API_KEY}}.");
            }
            if (name.matches("(?i)trustAll(Certificates)?") && value.equalsIgnoreCase("true")) {
                add(entry.getKeyNode(), name + " would take any server for the right one, and tell it our key. Leave it out; give the JVM the right trust store.");
            }
            if (source && INTERVALS.contains(name.toLowerCase(Locale.ROOT)) && NO_TIME.matcher(value).matches()) {
                add(entry.getValueNode(), name + " is " + value + ": the timer would fire without a pause.");
            }
            if (source && name.equals("cron") && !value.contains("{{") && !CronExpression.isValidExpression(value.replace('+', ' '))) {
                add(entry.getValueNode(), "'" + value + "' is not a Quartz cron expression: seconds minutes hours day-of-month month day-of-week.");
            }
        }
    }

    private void text(Node node, String text) {
        if (BEAN_PLACEHOLDER.matcher(text).find()) {
            add(node, "{{bean:…}} would call code from a placeholder; name a setting or {{env:…}} instead.");
        }
        if (PROXY.matcher(text).matches()) {
            add(node, PROXIES);
        }
        Matcher query = SENSITIVE_QUERY.matcher(text);
        if (query.find() && (text.contains(":") || text.contains("{{"))) {
            add(node, "The value of " + query.group(1) + " is written out in this address. A secret is referred to, as in {{env:ACME_API_KEY}}.");
        }
        if (USER_INFO.matcher(text).matches()) {
            add(node, "This address holds a user name and a password. Refer to them by settings, as in {{env:ACME_PASSWORD}}.");
        }
        if (text.toLowerCase(Locale.ROOT).matches("(?s).*[?&]trustall(certificates)?=true.*")) {
            add(node, "trustAllCertificates would take any server for the right one, and tell it our key. Leave it out; give the JVM the right trust store.");
        }
    }

    private static boolean isLiteral(String text) {
        return !text.isBlank() && !text.contains("{{") && !text.contains("${");
    }

    private void add(Node node, String sentence) {
        YamlText.Place place = YamlText.place(node);
        findings.add(new Finding(file, place.line(), place.column(), sentence));
    }
}
