package io.culprit.route;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A compressed tree over the bytes of paths. Finding the longest matching prefix costs the length of the path, however
 * many routes there are, and allocates nothing. Built once, then read by all threads.
 */
final class PrefixTree<T> {
    private byte[] label;
    private byte[] firsts = new byte[0];
    private PrefixTree<T>[] children = array(0);
    private HostIndex<T> prefix;
    private HostIndex<T> exact;

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

    void add(String path, boolean whole, Route<T> route) {
        PrefixTree<T> node = nodeFor(path.getBytes(StandardCharsets.ISO_8859_1), 0);
        if (whole) {
            node.exact = node.exact == null ? new HostIndex<>() : node.exact;
            node.exact.add(route);
        } else {
            node.prefix = node.prefix == null ? new HostIndex<>() : node.prefix;
            node.prefix.add(route);
        }
    }

    void seal() {
        if (exact != null) {
            exact.seal();
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

    /** The exact route of {@code path[at, end)} below this node, or null within this package. */
    Route<T> exact(byte[] path, int at, int end, String host, String method) {
        PrefixTree<T> node = this;
        while (at < end) {
            int index = node.child(path[at]);
            if (index < 0) {
                return null;
            }
            node = node.children[index];
            if (!node.matchesLabel(path, at, end)) {
                return null;
            }
            at += node.label.length;
        }
        return node.exact == null ? null : node.exact.find(host, method);
    }

    /** The route of the longest prefix of {@code path[at, end)} below this node, or null within this package. */
    Route<T> longest(byte[] path, int at, int end, String host, String method) {
        if (at < end) {
            int index = child(path[at]);
            if (index >= 0 && children[index].matchesLabel(path, at, end)) {
                Route<T> deeper = children[index].longest(path, at + children[index].label.length, end, host, method);
                if (deeper != null) {
                    return deeper;
                }
            }
        }
        return prefix == null ? null : prefix.find(host, method);
    }

    private boolean matchesLabel(byte[] path, int at, int end) {
        return end - at >= label.length && Arrays.equals(path, at, at + label.length, label, 0, label.length);
    }
}
