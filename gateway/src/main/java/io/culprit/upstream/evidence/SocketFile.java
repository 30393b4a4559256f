package io.culprit.upstream.evidence;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/**
 * The file of a unix-domain socket, as far as we may see it.
 *
 * @param state what is there
 * @param owner user and group, {@code www-data:www-data}, empty where nothing is
 * @param mode permissions in octal, {@code 0660}
 */
record SocketFile(State state, String owner, String mode) {
    enum State {
        SOCKET,
        NOT_A_SOCKET,
        MISSING,
        /** A directory on the way may not be searched. */
        HIDDEN
    }

    static SocketFile look(Path path) {
        try {
            PosixFileAttributes found =
                    Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return new SocketFile(
                    found.isOther() ? State.SOCKET : State.NOT_A_SOCKET,
                    found.owner().getName() + ":" + found.group().getName(),
                    octal(found.permissions()));
        } catch (java.nio.file.AccessDeniedException e) {
            return new SocketFile(State.HIDDEN, "", "");
        } catch (IOException e) {
            return new SocketFile(State.MISSING, "", "");
        }
    }

    private static String octal(Set<PosixFilePermission> permissions) {
        int mode = 0;
        for (PosixFilePermission each : permissions) {
            mode |= 1 << (PosixFilePermission.values().length - 1 - each.ordinal());
        }
        return "0" + Integer.toOctalString(mode);
    }

    /** "is a socket of www-data:www-data, mode 0660; we are www-data". */
    String line() {
        return switch (state) {
            case SOCKET ->
                "is a socket of %s, mode %s; we are %s".formatted(owner, mode, System.getProperty("user.name"));
            case NOT_A_SOCKET -> "is no socket but another file, of %s, mode %s".formatted(owner, mode);
            case MISSING -> "does not exist";
            case HIDDEN ->
                "cannot be seen by %s: a directory on the way is closed".formatted(System.getProperty("user.name"));
        };
    }
}
