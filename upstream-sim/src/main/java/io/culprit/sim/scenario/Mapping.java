package io.culprit.sim.scenario;

import io.culprit.sim.script.Steps;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * A mapping of a scenario file: typed access by key, every problem noted with {@code file:line:column}, reading goes on
 * with the default. {@link #finish} reports the keys nobody asked for. Owned by one thread.
 */
public final class Mapping {
    private static final int MOST_CHARACTERS = 1 << 20;

    private final String file;
    private final List<String> problems;
    private final Node node;
    private final String path;
    private final Map<String, NodeTuple> entries = new LinkedHashMap<>();
    private final Set<String> asked = new LinkedHashSet<>();

    private Mapping(String file, List<String> problems, Node node, String path) {
        this.file = file;
        this.problems = problems;
        this.node = node;
        this.path = path;
        if (!(node instanceof MappingNode mapping)) {
            problem(node, (path.isEmpty() ? "the file" : "\"" + path + "\"") + " must be a mapping of keys to values");
            return;
        }
        for (NodeTuple tuple : mapping.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                problem(tuple.getKeyNode(), "a key must be a plain text");
            } else if (entries.putIfAbsent(key.getValue(), tuple) != null) {
                problem(key, "key \"" + key.getValue() + "\" stands here a second time");
            }
        }
    }

    /**
     * Reads a file.
     *
     * @throws IOException when it cannot be read or is no YAML; with the place where there is one
     */
    public static Mapping read(Path path, List<String> problems) throws IOException {
        String text;
        try {
            text = Files.readString(path);
        } catch (NoSuchFileException e) {
            throw new IOException(path + ": no such file", e);
        } catch (CharacterCodingException e) {
            throw new IOException(path + ": the file is not UTF-8 text", e);
        } catch (IOException e) {
            throw new IOException(path + ": cannot be read: " + e.getMessage(), e);
        }
        return parse(text, path.toString(), problems);
    }

    /** The same from text. */
    public static Mapping parse(String text, String name, List<String> problems) throws IOException {
        try {
            LoadSettings settings = LoadSettings.builder()
                    .setLabel(name)
                    .setCodePointLimit(MOST_CHARACTERS)
                    .build();
            Optional<Node> root = new Compose(settings).composeString(text);
            if (root.isEmpty()) {
                throw new IOException(name + ": the file is empty");
            }
            return new Mapping(name, problems, root.get(), "");
        } catch (MarkedYamlEngineException e) {
            String place = place(e.getProblemMark().or(e::getContextMark));
            throw new IOException("%s%s: not valid YAML: %s".formatted(name, place, e.getProblem()), e);
        } catch (YamlEngineException e) {
            throw new IOException(name + ": not valid YAML: " + e.getMessage(), e);
        } catch (StackOverflowError e) {
            throw new IOException(name + ": not valid YAML: nested too deeply", e);
        }
    }

    private static String place(Optional<Mark> mark) {
        return mark.map(m -> ":" + (m.getLine() + 1) + ":" + (m.getColumn() + 1))
                .orElse("");
    }

    private void problem(Node at, String message) {
        problems.add("%s%s: %s".formatted(file, place(at.getStartMark()), message));
    }

    /** Notes a problem with the value of a key, or with the mapping where the key is missing. */
    public void problem(String key, String message) {
        problem(value(key).orElse(node), message);
    }

    /** Whether the key is there. */
    public boolean has(String key) {
        asked.add(key);
        return entries.containsKey(key);
    }

    /** All keys in the order of the file; they count as asked for. */
    public List<String> keys() {
        asked.addAll(entries.keySet());
        return List.copyOf(entries.keySet());
    }

    private Optional<Node> value(String key) {
        asked.add(key);
        return Optional.ofNullable(entries.get(key)).map(NodeTuple::getValueNode);
    }

    /** The key with the path that leads to it. */
    public String name(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    /** The text of a scalar. */
    public Optional<String> text(String key) {
        Optional<Node> value = value(key);
        if (value.isPresent() && !(value.get() instanceof ScalarNode)) {
            problem(key, "\"" + name(key) + "\" must be a single value");
            return Optional.empty();
        }
        return value.map(v -> ((ScalarNode) v).getValue());
    }

    public String text(String key, String fallback) {
        return text(key).orElse(fallback);
    }

    /** A value read by {@code parser}, whose {@link IllegalArgumentException} becomes a problem. */
    public <T> T parsed(String key, T fallback, Function<String, T> parser) {
        Optional<String> text = text(key);
        if (text.isEmpty()) {
            return fallback;
        }
        try {
            return parser.apply(text.get());
        } catch (IllegalArgumentException e) {
            problem(key, "\"%s\": %s".formatted(name(key), e.getMessage()));
            return fallback;
        }
    }

    public Duration duration(String key, Duration fallback) {
        return parsed(key, fallback, t -> t.equals("0") ? Duration.ZERO : Steps.duration(t));
    }

    public long size(String key, long fallback) {
        return parsed(key, fallback, Steps::size);
    }

    public int integer(String key, int fallback, int least, int most) {
        return parsed(key, fallback, t -> {
            if (t.matches("[0-9]{1,9}") && Integer.parseInt(t) >= least && Integer.parseInt(t) <= most) {
                return Integer.parseInt(t);
            }
            throw new IllegalArgumentException(
                    "\"%s\": a whole number from %d to %d was expected".formatted(t, least, most));
        });
    }

    public <E extends Enum<E>> E choice(String key, E fallback, Class<E> type) {
        return parsed(key, fallback, t -> {
            List<String> names = new ArrayList<>();
            for (E each : type.getEnumConstants()) {
                String name = each.name().toLowerCase(Locale.ROOT);
                if (name.equals(t)) {
                    return each;
                }
                names.add(name);
            }
            throw new IllegalArgumentException("\"%s\": one of %s was expected".formatted(t, String.join(", ", names)));
        });
    }

    /** The mapping under a key; empty when the key is not there. */
    public Optional<Mapping> mapping(String key) {
        return value(key).map(v -> new Mapping(file, problems, v, name(key)));
    }

    /** The mappings of a list under a key; none when the key is not there. */
    public List<Mapping> list(String key) {
        Optional<Node> value = value(key);
        if (value.isEmpty()) {
            return List.of();
        }
        if (!(value.get() instanceof SequenceNode sequence)) {
            problem(key, "\"" + name(key) + "\" must be a list");
            return List.of();
        }
        List<Mapping> all = new ArrayList<>();
        for (Node each : sequence.getValue()) {
            all.add(new Mapping(file, problems, each, name(key) + "[" + all.size() + "]"));
        }
        return all;
    }

    /** Where a key's value begins, {@code file:line:column}; where the mapping does when the key is not there. */
    public String place(String key) {
        return file + place(value(key).orElse(node).getStartMark());
    }

    /** The value of a key written again as one line of YAML; empty when the key is not there. */
    public String flow(String key) {
        return value(key).map(Mapping::flow).orElse("");
    }

    private static String flow(Node node) {
        if (node instanceof MappingNode mapping) {
            return mapping.getValue().stream()
                    .map(tuple -> flow(tuple.getKeyNode()) + ": " + flow(tuple.getValueNode()))
                    .collect(java.util.stream.Collectors.joining(", ", "{ ", " }"));
        }
        if (node instanceof SequenceNode sequence) {
            return sequence.getValue().stream()
                    .map(Mapping::flow)
                    .collect(java.util.stream.Collectors.joining(", ", "[ ", " ]"));
        }
        String text = ((ScalarNode) node).getValue();
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /** Reports every key nobody asked for. */
    public void finish() {
        for (Map.Entry<String, NodeTuple> each : entries.entrySet()) {
            if (!asked.contains(each.getKey())) {
                problem(
                        each.getValue().getKeyNode(),
                        "unknown key \"%s\"; %s"
                                .formatted(
                                        name(each.getKey()),
                                        Nearest.of(each.getKey(), asked)
                                                .map(key -> "did you mean \"" + key + "\"?")
                                                .orElseGet(() -> String.join(", ", asked) + " were expected")));
            }
        }
    }
}
