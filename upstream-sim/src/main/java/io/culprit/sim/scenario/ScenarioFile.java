package io.culprit.sim.scenario;

import io.culprit.sim.fault.Faults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
 * Reads the rules of a scenario file:
 *
 * <pre>
 * rules:
 *   - { name: flaky, path: /api/, share: 20%, fault: reset, at: head }
 * </pre>
 */
public final class ScenarioFile {
    private final String name;
    private final List<String> problems = new ArrayList<>();

    private ScenarioFile(String name) {
        this.name = name;
    }

    /**
     * @throws IOException with one line {@code file:line:column: problem} for each problem
     */
    public static List<Rule> read(Path path) throws IOException {
        return new ScenarioFile(path.toString()).parse(Files.readString(path));
    }

    private List<Rule> parse(String text) throws IOException {
        List<Rule> rules = new ArrayList<>();
        try {
            Optional<Node> root =
                    new Compose(LoadSettings.builder().setLabel(name).build()).composeString(text);
            if (root.isEmpty()) {
                throw new IOException(name + ": the file is empty");
            }
            mapping(root.get(), "the file").forEach((key, value) -> {
                if (!key.equals("rules")) {
                    problem(value, "unknown key \"" + key + "\"; \"rules\" was expected");
                } else if (value instanceof SequenceNode sequence) {
                    sequence.getValue().forEach(each -> rules.add(rule(each, rules.size() + 1)));
                } else {
                    problem(value, "\"rules\" must be a list");
                }
            });
        } catch (MarkedYamlEngineException e) {
            Optional<Mark> mark = e.getProblemMark();
            throw new IOException(
                    "%s:%d:%d: not valid YAML: %s"
                            .formatted(
                                    name,
                                    mark.map(m -> m.getLine() + 1).orElse(0),
                                    mark.map(m -> m.getColumn() + 1).orElse(0),
                                    e.getProblem()),
                    e);
        } catch (YamlEngineException e) {
            throw new IOException(name + ": not valid YAML: " + e.getMessage(), e);
        }
        if (!problems.isEmpty()) {
            throw new IOException(String.join("\n", problems));
        }
        return rules;
    }

    private Rule rule(Node node, int number) {
        Map<String, String> parameters = new LinkedHashMap<>();
        String ruleName = "rule-" + number;
        String path = "/";
        double share = 1;
        for (Map.Entry<String, Node> each : mapping(node, "a rule").entrySet()) {
            if (!(each.getValue() instanceof ScalarNode scalar)) {
                problem(each.getValue(), "\"" + each.getKey() + "\" must be a single value");
                continue;
            }
            String value = scalar.getValue();
            switch (each.getKey()) {
                case "name" -> ruleName = value;
                case "path" -> path = value;
                case "share" -> share = share(scalar);
                case "fault" -> {
                    if (Faults.byName(value).isEmpty()) {
                        problem(scalar, "there is no fault \"" + value + "\"; culprit sim --help lists them");
                    }
                    parameters.put("fault", value);
                }
                default -> parameters.put(each.getKey(), value);
            }
        }
        return new Rule(ruleName, path, share, Map.copyOf(parameters));
    }

    private double share(ScalarNode node) {
        if (node.getValue().matches("[0-9]{1,3}(\\.[0-9]+)?%")) {
            double percent = Double.parseDouble(
                    node.getValue().substring(0, node.getValue().length() - 1));
            if (percent <= 100) {
                return percent / 100;
            }
        }
        problem(node, "\"share\" is \"" + node.getValue() + "\"; a percentage was expected, such as 20%");
        return 0;
    }

    private Map<String, Node> mapping(Node node, String what) {
        Map<String, Node> out = new LinkedHashMap<>();
        if (node instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                if (tuple.getKeyNode() instanceof ScalarNode key
                        && out.put(key.getValue(), tuple.getValueNode()) == null) {
                    continue;
                }
                problem(tuple.getKeyNode(), "this key stands here a second time or is no plain text");
            }
        } else {
            problem(node, what + " must be a mapping");
        }
        return out;
    }

    private void problem(Node node, String message) {
        Optional<Mark> mark = node.getStartMark();
        problems.add("%s:%d:%d: %s"
                .formatted(
                        name,
                        mark.map(m -> m.getLine() + 1).orElse(0),
                        mark.map(m -> m.getColumn() + 1).orElse(0),
                        message));
    }
}
