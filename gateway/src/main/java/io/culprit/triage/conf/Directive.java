package io.culprit.triage.conf;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A directive of a configuration, with the block behind it where it has one.
 *
 * @param name its name
 * @param args its arguments, quotes removed
 * @param block what stands in its braces, empty without
 * @param isBlock whether it has braces
 * @param file where it stands
 * @param line from 1
 */
public record Directive(String name, List<String> args, List<Directive> block, boolean isBlock, Path file, int line) {
    public Directive {
        block = Block.of(block);
    }

    /** An argument, from 0; empty where there is none of that number. */
    public String arg(int index) {
        return index >= 0 && index < args.size() ? args.get(index) : "";
    }

    /** The last argument, empty without any: a location's path, the name that a {@code geo} block sets. */
    public String lastArg() {
        return arg(args.size() - 1);
    }

    /** The directives of that name in its block. */
    public Stream<Directive> all(String wanted) {
        return named(wanted).stream();
    }

    /** The last directive of that name in its block: the one that holds. */
    public Optional<Directive> last(String wanted) {
        List<Directive> found = named(wanted);
        return found.isEmpty() ? Optional.empty() : Optional.of(found.get(found.size() - 1));
    }

    /** Whether its block has a directive of that name. */
    public boolean has(String wanted) {
        return !named(wanted).isEmpty();
    }

    private List<Directive> named(String wanted) {
        return ((Block) block).named(wanted);
    }

    /** Itself and all below, outer ones first. */
    public void walk(Consumer<Directive> visitor) {
        visitor.accept(this);
        block.forEach(d -> d.walk(visitor));
    }

    /** As it would be written, the block left out. */
    public String text() {
        return args.isEmpty() ? name : name + " " + String.join(" ", args);
    }

    /** {@code file:line}. */
    public String where() {
        return file + ":" + line;
    }
}
