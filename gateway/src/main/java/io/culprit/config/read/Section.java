package io.culprit.config.read;

import io.culprit.config.Problem;
import io.culprit.config.record.AccessLogConfig;
import io.culprit.config.record.AlertConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * A mapping of the configuration being read: typed access with positions. Every problem is noted and reading goes on
 * with the default, so that one run finds all of them. {@link #close} reports the keys nobody asked for.
 */
final class Section implements AutoCloseable {
    /** What people look for, other gateways have, and this one will: no misspelling of another key. */
    private static final Set<String> NOT_YET = Set.of("http3", "cache");

    /** Keys that people look for at the wrong place, and where they belong. */
    private static final Map<String, String> ELSEWHERE = Map.ofEntries(
            Map.entry("tls", "an entry of listen, or of an upstream"),
            Map.entry("http2", "an entry of listen"),
            Map.entry("proxy_protocol", "an entry of listen"),
            Map.entry("pages", "the top of the file"),
            Map.entry("compression", "the top of the file"),
            Map.entry("gzip", "compression, at the top of the file"),
            Map.entry("drain", "the top of the file"),
            Map.entry("rate", "an entry of routes"),
            Map.entry("allow", "an entry of routes"),
            Map.entry("deny", "an entry of routes"),
            Map.entry("redirect", "an entry of routes"),
            Map.entry("respond", "an entry of routes"),
            Map.entry("response", "an entry of routes"));

    private final ReadContext context;
    private final Node node;
    private final String path;
    private final Map<String, NodeTuple> entries = new LinkedHashMap<>();
    private final Set<String> asked = new java.util.LinkedHashSet<>();

    Section(ReadContext context, Node node, String path) {
        this.context = context;
        this.node = node;
        this.path = path;
        if (node instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                if (tuple.getKeyNode() instanceof ScalarNode key) {
                    if (entries.putIfAbsent(key.getValue(), tuple) != null) {
                        problem(key, "key \"" + key.getValue() + "\" stands here a second time");
                    }
                } else {
                    problem(tuple.getKeyNode(), "a key must be a plain text");
                }
            }
        } else {
            problem(node, (path.isEmpty() ? "the file" : "\"" + path + "\"") + " must be a mapping of keys to values");
        }
    }

    ReadContext context() {
        return context;
    }

    Node node() {
        return node;
    }

    void problem(Node at, String message) {
        context.problem(at, message);
    }

    /** What cannot work on this machine, though it may on the one it is meant for. */
    void here(Node at, String message) {
        context.problem(at, message, Problem.Weight.HERE);
    }

    boolean has(String key) {
        asked.add(key);
        return entries.containsKey(key);
    }

    Optional<Node> value(String key) {
        asked.add(key);
        return Optional.ofNullable(entries.get(key)).map(NodeTuple::getValueNode);
    }

    /** Position to blame for a key: its value if present, else the section. */
    Node at(String key) {
        return value(key).orElse(node);
    }

    Map<String, Node> all() {
        Map<String, Node> all = new LinkedHashMap<>();
        entries.forEach((key, tuple) -> all.put(key, tuple.getValueNode()));
        asked.addAll(entries.keySet());
        return all;
    }

    Node keyNode(String key) {
        return Objects.requireNonNull(entries.get(key)).getKeyNode();
    }

    String name(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    Section section(String key) {
        return new Section(context, value(key).orElseGet(this::emptyMapping), name(key));
    }

    Section section(Node child, String childPath) {
        return new Section(context, child, childPath);
    }

    private Node emptyMapping() {
        return new MappingNode(
                org.snakeyaml.engine.v2.nodes.Tag.MAP, List.of(), org.snakeyaml.engine.v2.common.FlowStyle.BLOCK);
    }

    /** The scalar's text with {@code ${VAR}} filled in; empty when absent, null or not a scalar. */
    Optional<String> text(String key) {
        return value(key).flatMap(v -> text(v, name(key)));
    }

    /** The scalar's text as it stands, dollar signs and all. */
    Optional<String> literal(String key) {
        return value(key).flatMap(v -> {
            if (v instanceof ScalarNode scalar) {
                return Optional.of(scalar.getValue());
            }
            problem(v, "\"" + name(key) + "\" must be a single value");
            return Optional.empty();
        });
    }

    Optional<String> text(Node value, String what) {
        if (!(value instanceof ScalarNode scalar)) {
            problem(value, "\"" + what + "\" must be a single value");
            return Optional.empty();
        }
        return Optional.of(context.substitute(scalar));
    }

    String text(String key, String fallback) {
        return text(key).orElse(fallback);
    }

    private <T> T parsed(String key, T fallback, Function<String, Optional<T>> parser, String wanted) {
        return parsed(key, fallback, parser, text -> wanted);
    }

    private <T> T parsed(
            String key, T fallback, Function<String, Optional<T>> parser, Function<String, String> wanted) {
        Optional<String> text = text(key);
        if (text.isEmpty()) {
            return fallback;
        }
        Optional<T> value = parser.apply(text.get());
        if (value.isEmpty()) {
            problem(at(key), "\"%s\" is \"%s\"; %s".formatted(name(key), shown(text.get()), wanted.apply(text.get())));
        }
        return value.orElse(fallback);
    }

    static String shown(String text) {
        String line = text.replaceAll("\\p{Cntrl}", "?");
        return line.length() > 60 ? line.substring(0, 60) + "..." : line;
    }

    Duration duration(String key, Duration fallback) {
        return parsed(key, fallback, Units::duration, "a duration with its unit was expected, such as 500ms, 5s or 1m");
    }

    /** As {@link #duration}, but zero is refused. */
    Duration positiveDuration(String key, Duration fallback) {
        return parsed(
                key,
                fallback,
                t -> Units.duration(t).filter(d -> !d.isZero()),
                "a duration above zero with its unit was expected, such as 500ms, 5s or 1m");
    }

    long size(String key, long fallback) {
        return parsed(key, fallback, Units::size, "a size with its unit was expected, such as 512B, 16KiB or 1GiB");
    }

    int size(String key, int fallback, int least, int most) {
        return parsed(
                        key,
                        (long) fallback,
                        t -> Units.size(t).filter(s -> s >= least && s <= most),
                        text -> "a size with its unit from %dB to %dB was expected, such as 16KiB"
                                .formatted(least, most))
                .intValue();
    }

    int integer(String key, int fallback, int least, int most) {
        return parsed(
                key,
                fallback,
                t -> {
                    try {
                        int value = Integer.parseInt(t);
                        return value >= least && value <= most ? Optional.of(value) : Optional.empty();
                    } catch (NumberFormatException e) {
                        return Optional.empty();
                    }
                },
                text -> "a whole number from %d to %d was expected".formatted(least, most));
    }

    int percent(String key, int fallback) {
        return percent(key, fallback, 1);
    }

    /** A percentage that may be zero. */
    int share(String key, int fallback) {
        return percent(key, fallback, 0);
    }

    private int percent(String key, int fallback, int least) {
        return parsed(
                key,
                fallback,
                t -> t.matches("[0-9]{1,3}%")
                        ? Optional.of(Integer.parseInt(t.substring(0, t.length() - 1)))
                                .filter(v -> v >= least && v <= 100)
                        : Optional.empty(),
                "a percentage from " + least + "% to 100% was expected");
    }

    /** One of some words. */
    String oneOf(String key, String fallback, Set<String> allowed) {
        return parsed(
                key,
                fallback,
                t -> Optional.of(t).filter(allowed::contains),
                t -> "one of %s was expected%s"
                        .formatted(String.join(", ", allowed.stream().sorted().toList()), Suggestion.of(t, allowed)));
    }

    boolean flag(String key, boolean fallback) {
        return parsed(
                key,
                fallback,
                t -> t.equals("true") ? Optional.of(true) : t.equals("false") ? Optional.of(false) : Optional.empty(),
                "true or false was expected");
    }

    <E extends Enum<E>> E choice(String key, E fallback, Class<E> type) {
        E[] constants = type.getEnumConstants();
        List<String> names = Arrays.stream(constants)
                .map(c -> c.name().toLowerCase(Locale.ROOT).replace('_', hyphenated(type) ? '-' : '_'))
                .toList();
        return parsed(
                key,
                fallback,
                t -> Optional.of(names.indexOf(t)).filter(i -> i >= 0).map(i -> constants[i]),
                t -> "one of %s was expected%s".formatted(String.join(", ", names), Suggestion.of(t, names)));
    }

    /** nginx's words have underscores; those of logs and alerts are made of hyphens. */
    private static boolean hyphenated(Class<?> type) {
        return type == AccessLogConfig.Format.class || type == AlertConfig.Watch.class;
    }

    /** A list of values, or one value standing for a list of one. */
    <T> List<T> list(String key, BiFunction<Node, String, Optional<T>> reader) {
        Optional<Node> value = value(key);
        if (value.isEmpty()) {
            return List.of();
        }
        List<Node> items = value.get() instanceof SequenceNode sequence ? sequence.getValue() : List.of(value.get());
        List<T> out = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            reader.apply(items.get(i), name(key) + "[" + i + "]").ifPresent(out::add);
        }
        return List.copyOf(out);
    }

    List<String> texts(String key) {
        return list(key, this::text);
    }

    /** Says of each key that is right elsewhere but has no effect yet that it cannot be used. */
    void unsupported(String key, String instead) {
        if (has(key)) {
            problem(keyNode(key), "\"%s\" is not supported by this version%s".formatted(name(key), instead));
        }
    }

    @Override
    public void close() {
        for (Map.Entry<String, NodeTuple> entry : entries.entrySet()) {
            if (NOT_YET.contains(entry.getKey()) && !asked.contains(entry.getKey())) {
                problem(
                        entry.getValue().getKeyNode(),
                        "\"%s\" is not supported by this version".formatted(name(entry.getKey())));
            } else if (ELSEWHERE.containsKey(entry.getKey()) && !asked.contains(entry.getKey())) {
                problem(
                        entry.getValue().getKeyNode(),
                        "\"%s\" belongs to %s".formatted(name(entry.getKey()), ELSEWHERE.get(entry.getKey())));
            } else if (!asked.contains(entry.getKey())) {
                problem(
                        entry.getValue().getKeyNode(),
                        "unknown key \"" + shown(name(entry.getKey())) + "\"" + Suggestion.of(entry.getKey(), asked));
            }
        }
    }
}
