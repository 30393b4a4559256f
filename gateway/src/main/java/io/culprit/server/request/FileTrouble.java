package io.culprit.server.request;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.site.StaticFile;
import io.culprit.upstream.channel.Errno;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/** Why a file that a site has found cannot be served after all. Stateless. */
final class FileTrouble {
    private FileTrouble() {}

    static Failure of(StaticFile file, IOException e) {
        if (Errno.of(e) == Errno.EMFILE || Errno.of(e) == Errno.ENFILE) {
            return Failure.of(Cause.GATEWAY_FD_LIMIT, "opening \"%s\": too many open files".formatted(file.path()));
        }
        String why = e instanceof NoSuchFileException
                ? "has vanished"
                : e instanceof AccessDeniedException
                        ? "may not be read by the gateway"
                        : "cannot be read: " + e.getMessage();
        return Failure.of(Cause.STATIC_DENIED, "\"%s\" %s".formatted(file.path(), why));
    }
}
