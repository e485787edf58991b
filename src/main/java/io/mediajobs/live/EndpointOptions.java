package io.mediajobs.live;

import io.mediajobs.config.NearestName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.camel.CamelContext;
import org.apache.camel.Component;
import org.apache.camel.NoSuchBeanException;
import org.apache.camel.model.RouteTemplateDefinition;
import org.apache.camel.model.RouteTemplateParameterDefinition;
import org.apache.camel.spi.EndpointUriFactory;
import org.apache.camel.spi.PropertyConfigurerGetter;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.util.TimeUtils;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Whether the parameters of an endpoint are options that it has, and their values of the right kind, by what each component says of
 * itself. http sends an option that it does not know as part of the query: what is nearly one of its own is told.
 */
final class EndpointOptions {

    private final CamelContext context;
    private final String file;
    private final boolean template;
    private final Map<String, RouteTemplateDefinition> kamelets;
    private final List<Finding> findings = new ArrayList<>();
    private final IdentityHashMap<Node, Boolean> seen = new IdentityHashMap<>();

    private EndpointOptions(CamelContext context, String file, boolean template, Map<String, RouteTemplateDefinition> kamelets) {
        this.context = context;
        this.file = file;
        this.template = template;
        this.kamelets = kamelets;
    }

    /**
     * @param template whether the file is a kamelet, whose placeholders stand for its parameters
     * @param kamelets by name
     */
    static List<Finding> wrong(CamelContext context, String file, YamlText text, boolean template, Map<String, RouteTemplateDefinition> kamelets) {
        EndpointOptions options = new EndpointOptions(context, file, template, kamelets);
        options.visit(text.root());
        return options.findings;
    }

    private void visit(Node node) {
        if (seen.put(node, true) != null) {
            return;
        }
        if (node instanceof SequenceNode list) {
            list.getValue().forEach(this::visit);
        } else if (node instanceof MappingNode map) {
            Node uri = YamlText.value(map, "uri");
            if (uri != null) {
                endpoint(uri, YamlText.value(map, "parameters"));
            }
            map.getValue().forEach(entry -> visit(entry.getValueNode()));
        }
    }

    private void endpoint(Node uri, Node parameters) {
        String address = resolved(YamlText.text(uri));
        int colon = address == null ? -1 : address.indexOf(':');
        if (colon <= 0) {
            return;
        }
        String scheme = address.substring(0, colon);
        if (scheme.equals("kamelet")) {
            kamelet(uri, address.substring(colon + 1).replaceFirst("^//", "").replaceFirst("[?/].*", ""), parameters);
            return;
        }
        if (parameters == null) {
            return;
        }
        EndpointUriFactory factory = context.getCamelContextExtension().getEndpointUriFactory(scheme);
        if (factory == null) {
            return;
        }
        Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        names.addAll(factory.propertyNames());
        Map<String, String> prefixes = factory.multiValuePrefixes() == null ? Map.of() : factory.multiValuePrefixes();
        for (NodeTuple entry : YamlText.entries(parameters)) {
            String name = YamlText.text(entry.getKeyNode());
            if (prefixes.values().stream().anyMatch(name::startsWith) || name.startsWith("bridgeErrorHandler")) {
                continue;
            }
            if (names.contains(name)) {
                value(scheme, name, entry.getValueNode());
            } else if (!factory.isLenientProperties()) {
                add(entry.getKeyNode(), "The component " + scheme + " has no option " + name + NearestName.ending(name, names));
            } else {
                NearestName.of(name, names).filter(near -> near.length() > 5)
                        .ifPresent(near -> add(entry.getKeyNode(), "The component " + scheme + " has no option " + name + " and would send it as part of the query; did you mean "
                                + near + "?"));
            }
        }
    }

    private void kamelet(Node uri, String name, Node parameters) {
        if (name.equals("source") || name.equals("sink")) {
            return;
        }
        RouteTemplateDefinition kamelet = kamelets.get(name);
        if (kamelet == null) {
            add(uri, "There is no kamelet " + name + NearestName.ending(name, kamelets.keySet()));
            return;
        }
        Map<String, RouteTemplateParameterDefinition> known = new TreeMap<>();
        kamelet.getTemplateParameters().forEach(parameter -> known.put(parameter.getName(), parameter));
        Set<String> given = new TreeSet<>();
        for (NodeTuple entry : YamlText.entries(parameters)) {
            String parameter = YamlText.text(entry.getKeyNode());
            given.add(parameter);
            if (!known.containsKey(parameter)) {
                add(entry.getKeyNode(), "The kamelet " + name + " has no parameter " + parameter + NearestName.ending(parameter, known.keySet()));
            }
        }
        if (YamlText.text(uri).contains("?")) {
            return;
        }
        known.values().stream().filter(parameter -> parameter.getDefaultValue() == null && Boolean.TRUE.equals(parameter.getRequired()) && !given.contains(parameter.getName()))
                .forEach(parameter -> add(uri, "The kamelet " + name + " needs the parameter " + parameter.getName() + "."));
    }

    private void value(String scheme, String name, Node node) {
        String value = resolved(YamlText.text(node));
        if (value == null || value.isEmpty() || value.startsWith("#") || value.startsWith("RAW(")) {
            return;
        }
        Component component;
        try {
            component = context.getComponent(scheme, true, false);
        } catch (RuntimeException e) {
            // what cannot be made here says so when the routes are built
            return;
        }
        if (!(component instanceof DefaultComponent known) || !(known.getEndpointPropertyConfigurer() instanceof PropertyConfigurerGetter getter)) {
            return;
        }
        Class<?> type = getter.getOptionType(name, true);
        String wanted = type == null ? null : wrong(type, value);
        if (wanted != null) {
            add(node, "The option " + name + " of " + scheme + " is '" + YamlText.text(node) + "'; it must be " + wanted + ".");
        }
    }

    /** @return what the value should be; null if it is that */
    private static String wrong(Class<?> type, String value) {
        if (type == boolean.class || type == Boolean.class) {
            return value.matches("(?i)true|false") ? null : "true or false";
        }
        if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
            try {
                TimeUtils.toMilliSeconds(value);
                return null;
            } catch (RuntimeException e) {
                return "a number";
            }
        }
        if (type.isEnum()) {
            String plain = value.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
            boolean known = Arrays.stream(type.getEnumConstants()).anyMatch(constant -> ((Enum<?>) constant).name().replace("_", "").toLowerCase(Locale.ROOT).equals(plain));
            return known ? null : "one of " + String.join(", ", Arrays.stream(type.getEnumConstants()).map(Object::toString).toList());
        }
        return null;
    }

    /** With settings in place of their names; null where that is not known yet. */
    private String resolved(String text) {
        if (template && text.contains("{{")) {
            return null;
        }
        try {
            return context.resolvePropertyPlaceholders(text);
        } catch (NoSuchBeanException | IllegalArgumentException e) {
            // told where the address is looked at
            return null;
        }
    }

    private void add(Node node, String sentence) {
        YamlText.Place place = YamlText.place(node);
        findings.add(new Finding(file, place.line(), place.column(), sentence));
    }
}
