package io.culprit.upstream.channel;

import java.io.IOException;
import java.net.ConnectException;
import java.util.Locale;

/**
 * The kernel's errors as java.nio reports them. The JDK keeps no number, only {@code strerror}'s text, so the text is
 * what there is to read; the launcher sets a C locale so that it is English.
 */
public enum Errno {
    ECONNREFUSED("connection refused"),
    ECONNRESET("connection reset"),
    EPIPE("broken pipe"),
    ETIMEDOUT("connection timed out"),
    EHOSTUNREACH("no route to host"),
    ENETUNREACH("network is unreachable"),
    EACCES("permission denied"),
    EPERM("operation not permitted"),
    ENOENT("no such file or directory"),
    EAGAIN("resource temporarily unavailable"),
    EADDRNOTAVAIL("cannot assign requested address"),
    EMFILE("too many open files"),
    ENFILE("too many open files in system"),
    UNKNOWN("");

    private final String text;

    Errno(String text) {
        this.text = text;
    }

    /** The error behind an exception, {@link #UNKNOWN} when its text is none of the known ones. */
    public static Errno of(IOException e) {
        String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        if (message.contains(ENFILE.text)) {
            return ENFILE;
        }
        for (Errno errno : values()) {
            if (errno != UNKNOWN && message.contains(errno.text)) {
                return errno;
            }
        }
        return e instanceof ConnectException ? ECONNREFUSED : UNKNOWN;
    }

    /** The name for {@link io.culprit.failure.Failure#errno}; empty for an unknown error. */
    public String label() {
        return this == UNKNOWN ? "" : name();
    }
}
