package io.culprit.triage.lint;

import io.culprit.triage.conf.Directive;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A block of nginx's configuration with the blocks around it: what is not set within holds from outside.
 *
 * @param block the block
 * @param outer the one around it, null for the outermost
 */
public record Scope(Directive block, @Nullable Scope outer) {
    /** The directive that holds here. */
    public Optional<Directive> find(String name) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            Optional<Directive> found = scope.block.last(name);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /** The nearest block of that name around, itself included. */
    public Optional<Directive> around(String name) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            if (scope.block.name().equals(name)) {
                return Optional.of(scope.block);
            }
        }
        return Optional.empty();
    }
}
