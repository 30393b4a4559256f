package io.culprit.route;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A compressed tree over the bytes of paths. Finding the longest matching prefix costs the length of the path, however
 * many routes there are, and allocates nothing. Built once, then read by all threads.
 */
final class PrefixTree<T> {
    private byte[] label;
    private byte[] firsts = new byte[0];
    private PrefixTree<T>[] children = array(0);
    private @Nullable HostIndex<T> path;
    private @Nullable HostIndex<T> prefix;
    private @Nullable HostIndex<T> exact;

    PrefixTree() {
        this(new byte[0]);
    }

    private PrefixTree(byte[] label) {
        this.label = label;
    }

    @SuppressWarnings("unchecked")
    private static <T> PrefixTree<T>[] array(int size) {
        return (PrefixTree<T>[]) new PrefixTree<?>[size];
    }

    /** Adds a route of any kind but REGEX. */
    void add(Route<T> route) {
        PrefixTree<T> node = nodeFor(route.config().path().getBytes(StandardCharsets.ISO_8859_1), 0);
        switch (route.config().kind()) {
            case EXACT -> node.exact = with(node.exact, route);
            case PATH -> node.path = with(node.path, route);
            case PREFIX -> node.prefix = with(node.prefix, route);
            case REGEX -> throw new IllegalArgumentException("a regular expression is no prefix");
        }
    }

    private static <T> HostIndex<T> with(@Nullable HostIndex<T> index, Route<T> route) {
        HostIndex<T> grown = index == null ? new HostIndex<>() : index;
        grown.add(route);
        return grown;
    }

    void seal() {
        if (exact != null) {
            exact.seal();
        }
        if (path != null) {
            path.seal();
        }
        if (prefix != null) {
            prefix.seal();
        }
        for (PrefixTree<T> child : children) {
            child.seal();
        }
    }

    private PrefixTree<T> nodeFor(byte[] key, int at) {
        if (at == key.length) {
            return this;
        }
        int index = child(key[at]);
        if (index < 0) {
            PrefixTree<T> leaf = new PrefixTree<>(Arrays.copyOfRange(key, at, key.length));
            adopt(leaf);
            return leaf;
        }
        PrefixTree<T> child = children[index];
        int common = 0;
        while (common < child.label.length && at + common < key.length && child.label[common] == key[at + common]) {
            common++;
        }
        if (common < child.label.length) {
            PrefixTree<T> middle = new PrefixTree<>(Arrays.copyOf(child.label, common));
            child.label = Arrays.copyOfRange(child.label, common, child.label.length);
            middle.adopt(child);
            children[index] = middle;
            child = middle;
        }
        return child.nodeFor(key, at + common);
    }

    private void adopt(PrefixTree<T> child) {
        int n = children.length;
        int at = -Arrays.binarySearch(firsts, child.label[0]) - 1;
        PrefixTree<T>[] grown = array(n + 1);
        byte[] grownFirsts = new byte[n + 1];
        System.arraycopy(children, 0, grown, 0, at);
        System.arraycopy(firsts, 0, grownFirsts, 0, at);
        grown[at] = child;
        grownFirsts[at] = child.label[0];
        System.arraycopy(children, at, grown, at + 1, n - at);
        System.arraycopy(firsts, at, grownFirsts, at + 1, n - at);
        children = grown;
        firsts = grownFirsts;
    }

    private int child(byte first) {
        return Arrays.binarySearch(firsts, first);
    }

    /** The exact route of {@code bytes[at, end)} below this node, or null within this package. */
    @Nullable
    Route<T> exact(byte[] bytes, int at, int end, String host, String method) {
        PrefixTree<T> node = node(bytes, at, end);
        return node == null || node.exact == null ? null : node.exact.find(host, method);
    }

    /**
     * The route by path or prefix that {@code bytes[at, end)} lacks only the slash for at its end, or null within this package;
     * a route for the path as it is goes before it.
     */
    @Nullable
    Route<T> lackingSlash(byte[] bytes, int at, int end, String host, String method) {
        PrefixTree<T> node = this;
        while (at < end) {
            int index = node.child(bytes[at]);
            if (index < 0) {
                return null;
            }
            node = node.children[index];
            if (node.lacksOnlySlash(bytes, at, end)) {
                return node.ofSlash(host, method);
            }
            if (!node.matchesLabel(bytes, at, end)) {
                return null;
            }
            at += node.label.length;
        }
        if (found(node.path, host, method) != null || found(node.prefix, host, method) != null) {
            return null;
        }
        int index = node.child((byte) '/');
        return index < 0 || node.children[index].label.length > 1 ? null : node.children[index].ofSlash(host, method);
    }

    private boolean lacksOnlySlash(byte[] bytes, int at, int end) {
        int length = end - at;
        return label.length == length + 1 && label[length] == '/' && Arrays.equals(bytes, at, end, label, 0, length);
    }

    private @Nullable Route<T> ofSlash(String host, String method) {
        Route<T> route = found(path, host, method);
        return route != null ? route : found(prefix, host, method);
    }

    /** The node of exactly these bytes, or null. */
    private @Nullable PrefixTree<T> node(byte[] bytes, int at, int end) {
        PrefixTree<T> node = this;
        while (at < end) {
            int index = node.child(bytes[at]);
            if (index < 0) {
                return null;
            }
            node = node.children[index];
            if (!node.matchesLabel(bytes, at, end)) {
                return null;
            }
            at += node.label.length;
        }
        return node;
    }

    /** The route of the longest path or prefix of {@code bytes[at, end)} below this node, or null within this package. */
    @Nullable
    Route<T> longest(byte[] bytes, int at, int end, String host, String method) {
        if (at < end) {
            int index = child(bytes[at]);
            if (index >= 0 && children[index].matchesLabel(bytes, at, end)) {
                Route<T> deeper = children[index].longest(bytes, at + children[index].label.length, end, host, method);
                if (deeper != null) {
                    return deeper;
                }
            }
        }
        if (path != null && (at == end || bytes[at] == '/' || at > 0 && bytes[at - 1] == '/')) {
            Route<T> found = path.find(host, method);
            if (found != null) {
                return found;
            }
        }
        return found(prefix, host, method);
    }

    private static <T> @Nullable Route<T> found(@Nullable HostIndex<T> index, String host, String method) {
        return index == null ? null : index.find(host, method);
    }

    private boolean matchesLabel(byte[] path, int at, int end) {
        return end - at >= label.length && Arrays.equals(path, at, at + label.length, label, 0, label.length);
    }
}
