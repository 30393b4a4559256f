package io.culprit.upstream.channel;

import java.io.IOException;
import java.net.ConnectException;
import java.util.Locale;

/**
 * The kernel's errors as java.nio reports them. The JDK keeps no number, only {@code strerror}'s text, so the text is
 * what there is to read; the launcher sets a C locale so that it is English.
 */
public enum Errno {
    ECONNREFUSED(111, "connection refused"),
    ECONNRESET(104, "connection reset"),
    EPIPE(32, "broken pipe"),
    ETIMEDOUT(110, "connection timed out"),
    EHOSTUNREACH(113, "no route to host"),
    ENETUNREACH(101, "network is unreachable"),
    EACCES(13, "permission denied"),
    EPERM(1, "operation not permitted"),
    ENOENT(2, "no such file or directory"),
    EAGAIN(11, "resource temporarily unavailable"),
    EADDRNOTAVAIL(99, "cannot assign requested address"),
    EMFILE(24, "too many open files"),
    ENFILE(23, "too many open files in system"),
    UNKNOWN(0, "");

    private final int number;
    private final String text;

    Errno(int number, String text) {
        this.number = number;
        this.text = text;
    }

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

    /** Linux's number, 0 for an unknown error. */
    public int number() {
        return number;
    }

    /** The name for {@link io.culprit.failure.Failure#errno}; empty for an unknown error. */
    public String label() {
        return this == UNKNOWN ? "" : name();
    }
}
