package io.culprit.server.request;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.files.FileReply;
import io.culprit.http.HeaderBlock;
import io.culprit.http.HeaderName;
import io.culprit.reply.HeadChanges;
import io.culprit.server.clients.ClientExchange;
import io.culprit.site.OpenFile;
import io.culprit.site.Site;
import io.culprit.site.StaticFile;
import io.culprit.upstream.channel.Errno;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/** A file of a site on its way to the client, coded where that is wanted. Owned by one IO thread. */
final class StaticResponse {
    private final ClientExchange client;
    private final ContentCoding coding;
    private final FileReply reply;

    /**
     * Opens the file.
     *
     * @param changes what the route changes in heads
     * @throws IOException when it cannot be opened
     */
    StaticResponse(ClientExchange client, ContentCoding coding, Site site, StaticFile found, HeadChanges changes)
            throws IOException {
        HeaderBlock headers = client.head().headers();
        OpenFile opened = site.open(
                found,
                headers.lists(HeaderName.ACCEPT_ENCODING, "gzip"),
                headers.lists(HeaderName.ACCEPT_ENCODING, "br"));
        this.client = client;
        this.coding = coding;
        this.reply = new FileReply(client.loop(), coding.response(), opened, client.head(), changes);
    }

    /** @throws IOException when the file cannot be read */
    void start() throws IOException {
        reply.start();
    }

    /**
     * Goes on once the client has taken what came before.
     *
     * @return whether all of it has left
     * @throws IOException when the file cannot be read
     */
    boolean proceed() throws IOException {
        coding.resume();
        reply.proceed();
        if (reply.complete()) {
            coding.endFile();
        }
        return reply.complete() && coding.idle() && !client.broken();
    }

    /** The status, 0 before its head was sent. */
    int status() {
        return reply.status();
    }

    void release() {
        reply.release();
    }

    /** Why a file that a site has found cannot be served after all. */
    static Failure trouble(StaticFile file, IOException e) {
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
