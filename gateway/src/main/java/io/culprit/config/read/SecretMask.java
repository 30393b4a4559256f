package io.culprit.config.read;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Takes secrets out of a configuration's text before it is shown: values of keys that hold credentials, headers of
 * webhooks and exports, the URLs of webhooks (whoever knows one may post) and what a URL has before its {@code @}.
 */
final class SecretMask {
    static final String MASK = "***";
    private static final Pattern KEY = Pattern.compile(
            ".*(token|passw|secret|authorization|api[-_]?key|cookie|session|credential|private|signature).*|.*[-_]?(pass|pwd|auth)");
    private static final Pattern URL_PASSWORD = Pattern.compile("(?i)(password=)[^&;\"'\\s]*");
    private static final Pattern QUERY = Pattern.compile("([?&;][^=&;\\s\"']+=)[^&;\\s\"']*");
    private static final Pattern URL_USER = Pattern.compile("://[^/@\\s\"']*@");

    /** A variable without a default shows where the secret is, not what it is. */
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{[^:}]*(:-)?}");

    private record Range(int from, int to) {}

    private final String text;
    private final List<Range> ranges = new ArrayList<>();

    private SecretMask(String text) {
        this.text = text;
    }

    static String of(String text, Node root) {
        SecretMask mask = new SecretMask(text);
        mask.walk(root, "", false, 0);
        return withoutCredentials(mask.masked());
    }

    /** The same without the values of a URL's query, among which tokens are. */
    static String withoutSecrets(String text) {
        String masked = withoutCredentials(text);
        int url = masked.indexOf("://");
        return url < 0
                ? masked
                : masked.substring(0, url)
                        + QUERY.matcher(masked.substring(url)).replaceAll("$1" + MASK);
    }

    /** The text without what a URL in it has before its {@code @}, and without passwords among its parameters. */
    static String withoutCredentials(String text) {
        return URL_USER.matcher(URL_PASSWORD.matcher(text).replaceAll("$1" + MASK))
                .replaceAll("://" + MASK + "@");
    }

    /** Aliases make a graph of the tree, which the depth bounds. */
    private void walk(Node node, String path, boolean secret, int depth) {
        if (depth > 30) {
            return;
        }
        if (node instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                String key = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "";
                String below = path + "." + key.toLowerCase(Locale.ROOT);
                walk(tuple.getValueNode(), below, secret || holdsSecret(below, key), depth + 1);
            }
        } else if (node instanceof SequenceNode sequence) {
            sequence.getValue().forEach(each -> walk(each, path, secret, depth + 1));
        } else if (secret
                && node instanceof ScalarNode scalar
                && !VARIABLE.matcher(scalar.getValue()).matches()) {
            hide(node);
        }
    }

    /**
     * Whether what stands at a key is a secret.
     *
     * @param path of the key in lower case, with a dot before each name
     */
    static boolean holdsSecret(String path, String key) {
        return KEY.matcher(key.toLowerCase(Locale.ROOT)).matches()
                || path.endsWith(".webhooks.url")
                || path.endsWith(".webhooks.headers")
                || path.endsWith(".otlp.headers");
    }

    private void hide(Node node) {
        node.getStartMark()
                .ifPresent(start -> node.getEndMark()
                        .ifPresent(end -> ranges.add(new Range(
                                text.offsetByCodePoints(0, start.getIndex()),
                                text.offsetByCodePoints(0, end.getIndex())))));
    }

    private String masked() {
        ranges.sort((a, b) -> Integer.compare(b.from(), a.from()));
        StringBuilder out = new StringBuilder(text);
        int before = Integer.MAX_VALUE;
        for (Range range : ranges) {
            if (range.from() < before) { // an alias leads to the same place twice
                out.replace(range.from(), range.to(), MASK);
                before = range.from();
            }
        }
        return out.toString();
    }
}
