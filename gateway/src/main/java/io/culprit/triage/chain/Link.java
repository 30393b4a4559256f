package io.culprit.triage.chain;

import io.culprit.failure.Blame;
import io.culprit.failure.Diagnosis;
import io.culprit.triage.tally.Exhibit;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Failures and what is behind them.
 *
 * @param effects what ended requests
 * @param roots what was behind, the nearest first, the root last; empty where the failures explain themselves
 * @param requests how many requests it is about
 * @param blame who has to act
 * @param because one sentence, with figures
 * @param proof lines that it rests on
 * @param notProven what these lines do not tell
 * @param notThis explanations that suggest themselves and are wrong
 * @param fix what to change
 */
public record Link(
        List<Diagnosis> effects,
        List<Diagnosis> roots,
        long requests,
        Blame blame,
        String because,
        List<Exhibit> proof,
        String notProven,
        List<String> notThis,
        Fix fix)
        implements Serializable {

    /** The last of the roots, or the effect where there are none. */
    public Diagnosis root() {
        return roots.isEmpty() ? effects.get(0) : roots.get(roots.size() - 1);
    }

    static Builder of(Diagnosis... effects) {
        return new Builder(List.of(effects));
    }

    /** Puts a link together. */
    static final class Builder {
        private final List<Diagnosis> effects;
        private final List<Diagnosis> roots = new ArrayList<>();
        private final List<Exhibit> proof = new ArrayList<>();
        private final List<String> notThis = new ArrayList<>();
        private long requests;
        private @Nullable Blame blame;
        private String because = "";
        private String notProven = "";
        private Fix fix = Fix.NONE;

        private Builder(List<Diagnosis> effects) {
            this.effects = effects;
        }

        static Builder of(List<Diagnosis> effects) {
            return new Builder(effects);
        }

        Builder root(Diagnosis root) {
            roots.add(root);
            return this;
        }

        Builder requests(long count) {
            requests = count;
            return this;
        }

        Builder blame(Blame value) {
            blame = value;
            return this;
        }

        Builder because(String sentence, Object... figures) {
            because = sentence.formatted(figures);
            return this;
        }

        Builder and(String sentence, Object... figures) {
            because += sentence.formatted(figures);
            return this;
        }

        Builder proof(List<Exhibit> lines) {
            proof.addAll(lines);
            return this;
        }

        Builder proof(Exhibit line) {
            proof.add(line);
            return this;
        }

        Builder notProven(String text) {
            notProven = text;
            return this;
        }

        Builder notThis(String text, Object... figures) {
            notThis.add(text.formatted(figures));
            return this;
        }

        Builder fix(Fix value) {
            fix = value;
            return this;
        }

        Link build() {
            Diagnosis last = roots.isEmpty() ? effects.get(0) : roots.get(roots.size() - 1);
            return new Link(
                    effects,
                    List.copyOf(roots),
                    requests,
                    blame == null ? last.blame() : blame,
                    because,
                    List.copyOf(proof),
                    notProven,
                    List.copyOf(notThis),
                    fix);
        }
    }
}
