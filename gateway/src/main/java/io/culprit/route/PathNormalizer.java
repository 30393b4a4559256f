package io.culprit.route;

import io.culprit.http.Grammar;
import java.util.Arrays;
import java.util.Optional;

/**
 * The path that routes are matched against: percent-encoding decoded, {@code //} merged and dot segments resolved, as
 * nginx does, so that {@code /public/../admin} and {@code /%61dmin} cannot slip past a route. What goes upstream stays
 * as the client sent it.
 */
public final class PathNormalizer {
    private PathNormalizer() {}

    /** True when {@code path[start, end)} is already normal, which nearly every path is. */
    public static boolean isNormal(byte[] path, int start, int end) {
        for (int i = start; i < end; i++) {
            byte c = path[i];
            if (c == '%') {
                return false;
            }
            if (c == '/' && i + 1 < end && (path[i + 1] == '/' || path[i + 1] == '.')) {
                return false;
            }
        }
        return true;
    }

    /** The normal form; empty when the path leaves the root, has a broken escape or an encoded NUL. */
    public static Optional<byte[]> normalize(byte[] path, int start, int end) {
        byte[] out = new byte[end - start];
        int length = 0;
        for (int i = start; i < end; i++) {
            byte c = path[i];
            if (c == '%') {
                if (i + 2 >= end) {
                    return Optional.empty();
                }
                int high = Grammar.hex(path[i + 1]);
                int low = Grammar.hex(path[i + 2]);
                if (high < 0 || low < 0 || high == 0 && low == 0) {
                    return Optional.empty();
                }
                c = (byte) (high << 4 | low);
                i += 2;
            }
            out[length++] = c;
        }
        return resolve(out, length);
    }

    /** Decoded once, one character per byte; what is no escape stays as it is. */
    public static String decoded(String path) {
        if (path.indexOf('%') < 0) {
            return path;
        }
        var out = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            int high = i + 2 < path.length() && path.charAt(i) == '%' ? Character.digit(path.charAt(i + 1), 16) : -1;
            int low = high < 0 ? -1 : Character.digit(path.charAt(i + 2), 16);
            if (low < 0) {
                out.append(path.charAt(i));
            } else {
                out.append((char) (high << 4 | low));
                i += 2;
            }
        }
        return out.toString();
    }

    private static Optional<byte[]> resolve(byte[] in, int end) {
        byte[] out = new byte[end + 1];
        int length = 0;
        int at = 0;
        while (at < end) {
            int segment = at + 1;
            int stop = segment;
            while (stop < end && in[stop] != '/') {
                stop++;
            }
            int size = stop - segment;
            boolean last = stop == end;
            if (size == 2 && in[segment] == '.' && in[segment + 1] == '.') {
                if (length == 0) {
                    return Optional.empty();
                }
                while (out[--length] != '/') {
                    // back to the slash before the segment
                }
                if (last) {
                    out[length++] = '/';
                }
            } else if (size == 1 && in[segment] == '.' || size == 0) {
                if (last) {
                    out[length++] = '/';
                }
            } else {
                System.arraycopy(in, at, out, length, stop - at);
                length += stop - at;
            }
            at = stop;
        }
        return Optional.of(length == 0 ? new byte[] {'/'} : Arrays.copyOf(out, length));
    }
}
