package io.culprit.triage.lint;

import io.culprit.triage.conf.Directive;
import io.culprit.triage.conf.Setting;
import io.culprit.triage.lint.Flaw.Edit;
import io.culprit.triage.lint.Flaw.Level;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/** Puts flaws together. */
public final class Flaws {
    /** What nginx takes in an argument between quotes, or behind a backslash, only. */
    private static final Pattern QUOTED = Pattern.compile("[\\s;{}\"'\\\\#]");

    private Flaws() {}

    /** About a directive of nginx. */
    public static Flaw of(String id, Level level, Directive at, String message, String proof, String fix) {
        return new Flaw(id, level, at.file(), at.line(), message, proof, fix, Optional.empty());
    }

    /** About a directive of nginx, with the text that should stand in its place. */
    public static Flaw of(
            String id, Level level, Directive at, String message, String proof, String fix, String instead) {
        if (at.args().stream()
                .anyMatch(arg -> arg.isEmpty() || QUOTED.matcher(arg).find())) {
            return of(id, level, at, message, proof, fix); // its quotes and escapes are gone
        }
        return new Flaw(
                id,
                level,
                at.file(),
                at.line(),
                message,
                proof,
                fix,
                Optional.of(new Edit(at.file(), at.line(), instead)));
    }

    /** About a value of another file. */
    public static Flaw of(String id, Level level, Setting at, String message, String proof, String fix) {
        return new Flaw(id, level, at.file(), at.line(), message, proof, fix, Optional.empty());
    }

    /** About a value of another file, with the text that should stand in its place. */
    public static Flaw of(
            String id, Level level, Setting at, String message, String proof, String fix, String instead) {
        return new Flaw(
                id,
                level,
                at.file(),
                at.line(),
                message,
                proof,
                fix,
                Optional.of(new Edit(at.file(), at.line(), instead)));
    }

    /** About a whole file. */
    public static Flaw of(String id, Level level, Path file, String message, String proof, String fix) {
        return new Flaw(id, level, file, 1, message, proof, fix, Optional.empty());
    }
}
