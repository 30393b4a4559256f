package io.culprit.server;

import io.culprit.http.HeaderBlock;
import io.culprit.http.RequestHead;
import io.culprit.loop.Deadline;
import io.culprit.reply.HttpDate;
import io.culprit.site.StaticFile;
import io.undertow.server.ExchangeCompletionListener.NextListener;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.Protocols;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One static file on its way to the client by Undertow's resource handling: conditions, ranges, sendfile. Undertow runs
 * it on a worker thread; begin and end are on the connection's IO thread, which owns everything else here.
 */
final class StaticReply {
    private static final Logger LOG = LoggerFactory.getLogger(StaticReply.class);

    /** What Undertow's handler looks at; it has seen none of the request's headers. */
    private static final Set<HttpString> CONDITIONS = Set.of(
            Headers.IF_MATCH,
            Headers.IF_NONE_MATCH,
            Headers.IF_MODIFIED_SINCE,
            Headers.IF_UNMODIFIED_SINCE,
            Headers.IF_RANGE,
            Headers.RANGE);

    private static final long NUDGE_NANOS = 100_000_000L;

    private final ClientConnection client;
    private HttpServerExchange exchange;
    private final Owner owner;
    private final long stallNanos;
    private long sentBefore;
    private boolean aborting;
    private final Deadline stall = new Deadline() {
        @Override
        protected void expired() {
            lookForProgress();
        }
    };

    /** Whose reply it is; called on the IO thread. */
    interface Owner {
        void served(int status, long bytes);

        /** The client left or stopped reading. */
        void clientGone(String how);
    }

    /**
     * @param stallNanos how long the client may take no byte
     */
    StaticReply(ClientConnection client, Owner owner, long stallNanos) {
        this.client = client;
        this.owner = owner;
        this.stallNanos = stallNanos;
    }

    void start(SiteServer site, StaticFile file, RequestHead head) {
        client.hand(given -> {
            exchange = given;
            answer(site, file, head);
        });
    }

    private void answer(SiteServer site, StaticFile file, RequestHead head) {
        exchange.setProtocol(head.minor() == 1 ? Protocols.HTTP_1_1 : Protocols.HTTP_1_0);
        exchange.setRequestMethod(head.method().equals("HEAD") ? Methods.HEAD : Methods.GET);
        exchange.setRequestPath("/" + file.path());
        exchange.setRelativePath("/" + file.path());
        Optional<String> etag = site.etag(file.path());
        etag.ifPresent(tag -> exchange.getResponseHeaders().put(Headers.ETAG, tag)); // a 304 needs it too
        conditions(head.headers(), etag);
        exchange.getResponseHeaders().put(Headers.SERVER, "culprit").put(Headers.DATE, HttpDate.now());
        exchange.addExchangeCompleteListener((ended, next) -> client.loop().execute(() -> finished(next)));
        client.loop().deadlines().arm(stall, stallNanos);
        exchange.dispatch(site.files());
    }

    /** An entity tag goes before a date (RFC 9110 section 13.2.2), and {@code *} stands for whatever is there. */
    private void conditions(HeaderBlock headers, Optional<String> etag) {
        HeaderMap passed = exchange.getRequestHeaders();
        for (int i = 0; i < headers.count(); i++) {
            HttpString name = new HttpString(headers.nameText(i));
            if (CONDITIONS.contains(name)) {
                boolean any = name.equals(Headers.IF_NONE_MATCH)
                        && headers.valueText(i).equals("*");
                passed.add(name, any ? etag.orElse("*") : headers.valueText(i));
            }
        }
        if (passed.contains(Headers.IF_NONE_MATCH)) {
            passed.remove(Headers.IF_MODIFIED_SINCE);
        }
        if (passed.contains(Headers.IF_MATCH)) {
            passed.remove(Headers.IF_UNMODIFIED_SINCE);
        }
    }

    private void lookForProgress() {
        if (aborting) {
            client.socket()
                    .wakeupWrites(); // below the server's conduits, which would not pass it on once they are closed
            client.loop().deadlines().arm(stall, NUDGE_NANOS);
            return;
        }
        long sent = exchange.getResponseBytesSent();
        if (sent == sentBefore) {
            owner.clientGone("the client took no byte of the file for limits.send_timeout");
        } else {
            sentBefore = sent;
            client.loop().deadlines().arm(stall, stallNanos);
        }
    }

    /**
     * Ends a reply nobody takes any more. Closing the connection here would leave the server waiting for a socket that
     * never becomes writable again, with the file open: instead its next write fails, and it closes both.
     */
    void abort() {
        exchange.setPersistent(false);
        try {
            client.socket().truncateWrites();
        } catch (IOException e) {
            LOG.debug("the client's connection was closed already", e);
        }
        aborting = true;
        lookForProgress(); // again and again: the worker thread may be about to wait for the socket only now
    }

    private void finished(NextListener next) {
        client.loop().deadlines().remove(stall);
        long due = exchange.getResponseContentLength();
        boolean bodiless = exchange.getRequestMethod().equals(Methods.HEAD) || exchange.getStatusCode() == 304;
        if (!bodiless && exchange.getResponseBytesSent() < due) {
            owner.clientGone(
                    "the client left after %d of %d bytes of the file".formatted(exchange.getResponseBytesSent(), due));
        } else {
            owner.served(exchange.getStatusCode(), exchange.getResponseBytesSent());
        }
        boolean alive = exchange.isPersistent();
        next.proceed();
        client.takeBack(alive);
    }
}
