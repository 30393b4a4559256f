package io.culprit.config.read;

import io.culprit.config.Settings;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Lists the keys of a configuration's files with what stands there. Elements of a list are called by their name, address or match
 * where they have one, so that one that is inserted does not change all behind it.
 */
final class SettingsReader {
    private static final int DEEPEST = 30;
    private static final int LONGEST = 100;

    private final Map<String, Settings.Value> values = new LinkedHashMap<>();
    private final Set<String> elements = new HashSet<>();

    private SettingsReader() {}

    static Settings read(List<Yaml.Document> documents) {
        SettingsReader reader = new SettingsReader();
        documents.forEach(each -> reader.walk(each.root(), "", "", false, 0));
        return new Settings(Collections.unmodifiableMap(reader.values));
    }

    /**
     * @param secrets the path as {@link SecretMask} knows it
     */
    private void walk(Node node, String path, String secrets, boolean secret, int depth) {
        if (depth > DEEPEST) {
            return;
        }
        if (node instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                String key = text(tuple.getKeyNode());
                String below = secrets + "." + key.toLowerCase(Locale.ROOT);
                walk(
                        tuple.getValueNode(),
                        path.isEmpty() ? key : path + "." + key,
                        below,
                        secret || SecretMask.holdsSecret(below, key),
                        depth + 1);
            }
        } else if (node instanceof SequenceNode sequence
                && sequence.getValue().stream().anyMatch(each -> !(each instanceof ScalarNode))) {
            int number = 0;
            for (Node each : sequence.getValue()) {
                walk(
                        each,
                        unused(path + "[" + called(path, secrets, each, number++) + "]"),
                        secrets,
                        secret,
                        depth + 1);
            }
        } else {
            String written = node instanceof SequenceNode sequence
                    ? sequence.getValue().stream().map(SettingsReader::text).collect(Collectors.joining(", ", "[", "]"))
                    : text(node);
            String shown = secret ? SecretMask.MASK : SecretMask.withoutSecrets(written);
            values.put(
                    path,
                    new Settings.Value(
                            shown.length() > LONGEST ? shown.substring(0, LONGEST) + "..." : shown, written));
        }
    }

    /** Two elements may have the same name. */
    private String unused(String path) {
        String candidate = path;
        for (int again = 2; !elements.add(candidate); again++) {
            candidate = path + "#" + again;
        }
        return candidate;
    }

    private static String called(String list, String secrets, Node element, int number) {
        if (element instanceof ScalarNode) {
            return SecretMask.withoutSecrets(text(element));
        }
        if (element instanceof MappingNode mapping) {
            for (String name : List.of("name", "address", "match", "url", "certificate")) {
                for (NodeTuple tuple : mapping.getValue()) {
                    // A name that is itself a secret, such as a webhook's URL, is none to be called by.
                    if (text(tuple.getKeyNode()).equals(name) && !SecretMask.holdsSecret(secrets + "." + name, name)) {
                        return SecretMask.withoutSecrets(label(tuple.getValueNode()));
                    }
                }
            }
        }
        return list.equals("routes") ? "/" : Integer.toString(number); // a route without a match takes all
    }

    private static String label(Node node) {
        return node instanceof MappingNode mapping
                ? mapping.getValue().stream()
                        .map(tuple -> text(tuple.getValueNode()))
                        .collect(Collectors.joining(" "))
                : text(node);
    }

    private static String text(Node node) {
        return node instanceof ScalarNode scalar
                ? scalar.getValue()
                : node instanceof SequenceNode sequence
                        ? sequence.getValue().stream().map(SettingsReader::text).collect(Collectors.joining(", "))
                        : "{...}";
    }
}
