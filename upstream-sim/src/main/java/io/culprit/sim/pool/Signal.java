package io.culprit.sim.pool;

import java.util.Locale;
import java.util.Optional;

/** Signals a master or a worker can be sent, as commands. */
public enum Signal {
    HUP(1),
    INT(2),
    QUIT(3),
    ABRT(6),
    KILL(9),
    USR1(10),
    SEGV(11),
    USR2(12),
    TERM(15);

    private final int number;

    Signal(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    /** {@code SIGKILL}. */
    public String title() {
        return "SIG" + name();
    }

    /** By number, name with or without SIG, or what it does: reload, quit, term, kill, segfault, abort. */
    public static Optional<Signal> parse(String text) {
        String upper = text.toUpperCase(Locale.ROOT);
        String name = switch (upper) {
            case "RELOAD" -> "USR2";
            case "SEGFAULT" -> "SEGV";
            case "ABORT" -> "ABRT";
            case "STOP" -> "QUIT";
            default -> upper.startsWith("SIG") ? upper.substring(3) : upper;
        };
        for (Signal each : values()) {
            if (each.name().equals(name) || Integer.toString(each.number).equals(name)) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }
}
