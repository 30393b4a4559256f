package io.culprit.triage.conf;

import java.util.AbstractList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Spliterator;
import java.util.stream.Collectors;

/**
 * What stands in the braces of a directive, found by name without looking through all of it: each rule asks each location for what holds
 * there, which its server may have to answer with thousands of locations. Immutable.
 */
final class Block extends AbstractList<Directive> {
    /** Below that there is nothing to be gained. */
    private static final int SMALL = 8;

    private final List<Directive> directives;
    private final Map<String, List<Directive>> named;

    private Block(List<Directive> directives) {
        this.directives = List.copyOf(directives);
        this.named = directives.size() < SMALL
                ? Map.of()
                : directives.stream()
                        .collect(Collectors.groupingBy(Directive::name, HashMap::new, Collectors.toList()));
    }

    static Block of(List<Directive> directives) {
        return directives instanceof Block block ? block : new Block(directives);
    }

    /** Those of a name, in their order. */
    List<Directive> named(String name) {
        return directives.size() < SMALL
                ? directives.stream().filter(each -> each.name().equals(name)).toList()
                : named.getOrDefault(name, List.of());
    }

    @Override
    public Directive get(int index) {
        return directives.get(index);
    }

    @Override
    public Iterator<Directive> iterator() {
        return directives.iterator();
    }

    @Override
    public Spliterator<Directive> spliterator() {
        return directives.spliterator();
    }

    @Override
    public int size() {
        return directives.size();
    }
}
