package io.culprit.server.request;

import io.culprit.reply.OwnReply;
import io.culprit.site.Site;
import io.culprit.site.StaticFile;
import io.culprit.upstream.request.ClientRequest;

/** What is to be done for a request that has its route. Immutable. */
sealed interface Prepared {
    /** An upstream is asked. */
    record ToUpstream(ClientRequest request) implements Prepared {}

    /** A file of a site is sent, once the request's body has been read. */
    record ToFile(Site site, StaticFile file) implements Prepared {}

    /** The gateway has the answer. */
    record Answered(OwnReply reply) implements Prepared {}
}
