package io.culprit.triage.lint;

import io.culprit.triage.conf.Directive;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * nginx's configurations of a setup, and what rules look up in them for each of their blocks: by name, since there may be thousands
 * of blocks.
 */
public final class NginxTree {
    private final List<Directive> roots = new ArrayList<>();
    private final List<Directive> maps = new ArrayList<>();
    private final Map<String, List<Directive>> tables = new HashMap<>();
    private final Map<String, Directive> upstreams = new HashMap<>();

    /** Adds a whole configuration. */
    void add(Directive root) {
        roots.add(root);
        root.walk(each -> {
            switch (each.name()) {
                case "map" -> {
                    maps.add(each);
                    table(each);
                }
                case "geo", "split_clients" -> table(each);
                case "upstream" -> upstreams.putIfAbsent(each.arg(0), each);
                default -> {} // found by its block
            }
        });
    }

    private void table(Directive each) {
        tables.computeIfAbsent(each.lastArg(), variable -> new ArrayList<>()).add(each);
    }

    /** The configurations, each a directive without a name. */
    public List<Directive> roots() {
        return roots;
    }

    /** Whether there is none. */
    public boolean isEmpty() {
        return roots.isEmpty();
    }

    /** The upstream block of that name. */
    public Optional<Directive> upstream(String name) {
        return Optional.ofNullable(upstreams.get(name));
    }

    /** All {@code map} blocks. */
    public List<Directive> maps() {
        return maps;
    }

    /** The {@code map} blocks that make this variable, which is named with its dollar sign. */
    public List<Directive> maps(String variable) {
        return tables(variable).stream()
                .filter(each -> each.name().equals("map"))
                .toList();
    }

    /** The {@code map}, {@code geo} and {@code split_clients} blocks that make this variable. */
    public List<Directive> tables(String variable) {
        return tables.getOrDefault(variable, List.of());
    }

    /** Calls back for each block that asks an upstream, with the directive that names it. */
    public void passes(BiConsumer<Scope, Directive> visitor) {
        roots.forEach(root -> passes(new Scope(root, null), visitor));
    }

    private static void passes(Scope scope, BiConsumer<Scope, Directive> visitor) {
        for (Directive each : scope.block().block()) {
            if (each.isBlock()) {
                passes(new Scope(each, scope), visitor);
            } else if (isPass(each)) {
                visitor.accept(scope, each);
            }
        }
    }

    /** Whether a directive hands requests to an upstream. */
    public static boolean isPass(Directive directive) {
        return directive.name().endsWith("_pass")
                && !directive.isBlock()
                && !directive.args().isEmpty();
    }

    /** Calls back for each block, outer ones first. */
    public void scopes(Consumer<Scope> visitor) {
        roots.forEach(root -> scopes(new Scope(root, null), visitor));
    }

    private static void scopes(Scope scope, Consumer<Scope> visitor) {
        visitor.accept(scope);
        scope.block().block().stream().filter(Directive::isBlock).forEach(d -> scopes(new Scope(d, scope), visitor));
    }
}
