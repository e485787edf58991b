package io.mediajobs.live;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** The text of a route file as a tree that knows where everything stands, which Camel's own reader forgets. */
final class YamlText {

    /** Bytes. The largest shipped file has 5,000. */
    static final int LARGEST = 512 * 1024;
    private static final int MOST_NODES = 50_000;
    /** Whoever reads a tree goes down into it on his stack, which ends somewhere. The deepest shipped file has about 20 levels. */
    private static final int DEEPEST = 200;

    /** @param line from 1; @param column from 1 */
    record Place(int line, int column) {
    }

    /** A file that must not be read any further. */
    static final class UnreadableException extends Exception {
        private final transient Finding finding;

        private UnreadableException(Finding finding) {
            super(finding.sentence());
            this.finding = finding;
        }

        Finding finding() {
            return finding;
        }
    }

    private final Node root;

    private YamlText(Node root) {
        this.root = root;
    }

    /**
     * @param file for the finding
     * @throws UnreadableException if this is no YAML, or YAML that says one thing twice, or that grows beyond measure when it is read
     */
    static YamlText of(String file, String text) throws UnreadableException {
        if (text.length() > LARGEST) {
            throw new UnreadableException(new Finding(file, "This file is larger than " + LARGEST / 1024 + " KB; no route is."));
        }
        try {
            LoadSettings settings = LoadSettings.builder().setUseMarks(true).setLabel(file).build();
            requireShallow(file, settings, text);
            Optional<Node> root = new Compose(settings).composeString(text);
            if (root.isEmpty()) {
                throw new UnreadableException(new Finding(file, "This file is empty."));
            }
            if (size(root.get(), new IdentityHashMap<>()) > MOST_NODES) {
                throw new UnreadableException(new Finding(file, "This file has aliases that unfold to more than " + MOST_NODES + " entries; write out what you mean."));
            }
            requireUniqueKeys(file, root.get(), new IdentityHashMap<>());
            return new YamlText(root.get());
        } catch (MarkedYamlEngineException e) {
            Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
            throw new UnreadableException(new Finding(file, mark.map(at -> at.getLine() + 1).orElse(null), mark.map(at -> at.getColumn() + 1).orElse(null),
                    "This is not YAML: " + problem(e) + "."));
        } catch (YamlEngineException e) {
            String problem = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new UnreadableException(new Finding(file, problem.contains("aliases") ? "This file has too many aliases; write out what you mean."
                    : "This is not YAML: " + problem + "."));
        }
    }

    /** Counted while it is read piece by piece, before anybody makes a tree of it. */
    private static void requireShallow(String file, LoadSettings settings, String text) throws UnreadableException {
        int depth = 0;
        for (Event event : new Parse(settings).parseString(text)) {
            if (event instanceof CollectionStartEvent) {
                depth++;
            } else if (event instanceof CollectionEndEvent) {
                depth--;
            }
            if (depth > DEEPEST) {
                Optional<Mark> mark = event.getStartMark();
                throw new UnreadableException(new Finding(file, mark.map(at -> at.getLine() + 1).orElse(null), mark.map(at -> at.getColumn() + 1).orElse(null),
                        "This file is nested deeper than " + DEEPEST + " levels; no route is."));
            }
        }
    }

    private static String problem(MarkedYamlEngineException e) {
        String problem = String.valueOf(e.getProblem()).strip();
        return problem.contains("TAB") ? "a tab stands where only blanks may indent" : problem;
    }

    private static long size(Node node, IdentityHashMap<Node, Long> known) {
        Long before = known.get(node);
        if (before != null) {
            return before;
        }
        // an alias of what it stands in has no end
        known.put(node, (long) MOST_NODES + 1);
        long size = 1;
        if (node instanceof SequenceNode list) {
            for (Node element : list.getValue()) {
                size = Math.min(MOST_NODES + 1L, size + size(element, known));
            }
        } else if (node instanceof MappingNode map) {
            for (NodeTuple entry : map.getValue()) {
                size = Math.min(MOST_NODES + 1L, size + 1 + size(entry.getValueNode(), known));
            }
        }
        known.put(node, size);
        return size;
    }

    private static void requireUniqueKeys(String file, Node node, IdentityHashMap<Node, Boolean> seen) throws UnreadableException {
        if (seen.put(node, true) != null) {
            return;
        }
        if (node instanceof SequenceNode list) {
            for (Node element : list.getValue()) {
                requireUniqueKeys(file, element, seen);
            }
        } else if (node instanceof MappingNode map) {
            Set<String> keys = new HashSet<>();
            for (NodeTuple entry : map.getValue()) {
                if (!keys.add(text(entry.getKeyNode()))) {
                    Place place = place(entry.getKeyNode());
                    throw new UnreadableException(new Finding(file, place.line, place.column, "The key " + text(entry.getKeyNode())
                            + " stands here a second time; only one of them would count."));
                }
                requireUniqueKeys(file, entry.getValueNode(), seen);
            }
        }
    }

    Node root() {
        return root;
    }

    /** Where something begins. */
    static Place place(Node node) {
        return node.getStartMark().map(mark -> new Place(mark.getLine() + 1, mark.getColumn() + 1)).orElse(new Place(1, 1));
    }

    /** What stands there, if it is a single value; otherwise nothing. */
    static String text(Node node) {
        return node instanceof ScalarNode scalar ? scalar.getValue() : "";
    }

    /** The value of a key; null if there is none. */
    static Node value(Node node, String key) {
        if (node instanceof MappingNode map) {
            for (NodeTuple entry : map.getValue()) {
                if (text(entry.getKeyNode()).equals(key)) {
                    return entry.getValueNode();
                }
            }
        }
        return null;
    }

    static List<NodeTuple> entries(Node node) {
        return node instanceof MappingNode map ? map.getValue() : List.of();
    }

    /**
     * Where the value at this JSON pointer begins, or, for a value in a map, its key.
     *
     * @param pointer as in RFC 6901; what of it is not there is left off
     */
    Place at(String pointer) {
        Node node = root;
        Node named = root;
        for (String part : pointer.split("/")) {
            if (part.isEmpty()) {
                continue;
            }
            String name = part.replace("~1", "/").replace("~0", "~");
            Node next = null;
            if (node instanceof SequenceNode list && name.matches("\\d{1,6}") && Integer.parseInt(name) < list.getValue().size()) {
                next = list.getValue().get(Integer.parseInt(name));
                named = next;
            } else if (node instanceof MappingNode map) {
                for (NodeTuple entry : map.getValue()) {
                    if (text(entry.getKeyNode()).equals(name)) {
                        next = entry.getValueNode();
                        named = entry.getKeyNode();
                    }
                }
            }
            if (next == null) {
                break;
            }
            node = next;
        }
        return place(named);
    }

    /** The same as JSON, for its schema. */
    JsonNode json() {
        return json(root);
    }

    private static JsonNode json(Node node) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        if (node instanceof SequenceNode list) {
            ArrayNode array = nodes.arrayNode();
            list.getValue().forEach(element -> array.add(json(element)));
            return array;
        }
        if (node instanceof MappingNode map) {
            ObjectNode object = nodes.objectNode();
            map.getValue().forEach(entry -> object.set(text(entry.getKeyNode()), json(entry.getValueNode())));
            return object;
        }
        String text = text(node);
        Map<Tag, JsonNode> simple = Map.of(Tag.NULL, nodes.nullNode(), Tag.BOOL, nodes.booleanNode(Boolean.parseBoolean(text)));
        if (node.getTag().equals(Tag.INT) && text.matches("-?\\d{1,18}")) {
            return nodes.numberNode(Long.parseLong(text));
        }
        if (node.getTag().equals(Tag.FLOAT) && text.matches("-?\\d+\\.\\d+")) {
            return nodes.numberNode(Double.parseDouble(text));
        }
        return simple.getOrDefault(node.getTag(), nodes.textNode(text));
    }
}
