package io.culprit.server;

import io.culprit.config.RouteConfig;
import io.culprit.failure.Cause;
import io.culprit.failure.Evidence;
import io.culprit.failure.Failure;
import io.culprit.failure.Trace;
import io.culprit.http.MessageException;
import io.culprit.http.RequestHead;
import io.culprit.route.Route;
import io.culprit.site.Denied;
import io.culprit.site.Script;
import io.culprit.site.StaticFile;
import io.culprit.upstream.ClientRequest;
import java.util.Optional;

/**
 * From a routed request to the one its upstream gets, in the upstream's protocol; or, for what a site can do by itself,
 * to the answer. Owned by one IO thread.
 */
final class Outset implements SiteVisit.Answers, StaticReply.Owner {
    private final Services services;
    private final ClientConnection client;
    private final Ending ending;
    private final Walk walk;
    private final RequestHead head;
    private Optional<Runnable> afterBody = Optional.empty();

    Outset(Services services, ClientConnection client, Ending ending, Walk walk) {
        this.services = services;
        this.client = client;
        this.ending = ending;
        this.walk = walk;
        this.head = client.input().head();
    }

    /**
     * @param normal the normalised path when it differs from the received one, else an empty array
     * @return empty when the request has been answered already, or will be without an upstream
     */
    Optional<ClientRequest> request(Route<Target> route, byte[] normal) {
        RouteConfig rules = route.config();
        boolean keep = route.target().upstream().config().keepsConnections();
        Optional<SiteServer> site = route.target().site();
        if (site.isEmpty()) {
            return Optional.of(new OutgoingRequest(
                    head,
                    rules,
                    TargetRewrite.target(head, rules, normal),
                    client.forwarded(),
                    ending.requestId(),
                    client.forwarded().clientBytes(ending.client()),
                    keep,
                    trace()));
        }
        var visit = new SiteVisit(site.get(), head, rules, normal);
        Optional<Script> script = visit.go(this);
        if (script.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(visit.request(
                    script.get(), client.cgiClient(head, ending.client()), ending.requestId(), keep, trace()));
        } catch (MessageException e) {
            walk.fail(e.failure());
            return Optional.empty();
        }
    }

    /** What upstreams are told of the request's trace. */
    private Optional<Trace> trace() {
        return services.tracing().propagates() ? Optional.of(ending.trace()) : Optional.empty();
    }

    @Override
    public void serve(SiteServer from, StaticFile file) {
        boolean reads = head.method().equals("GET") || head.method().equals("HEAD");
        if (!reads) {
            walk.fail(
                    Failure.of(Cause.CLIENT_NOT_ALLOWED, "a static file takes GET and HEAD only, not " + head.method())
                            .with(new Evidence(Evidence.ALLOW, "GET, HEAD")));
            return;
        }
        if (head.bodyLength() == 0) {
            start(from, file);
        } else {
            afterBody = Optional.of(() -> start(from, file));
        }
    }

    /** The client's leaving is noticed by a failing write, as nginx does: a half-closed client still reads its file. */
    private void start(SiteServer from, StaticFile file) {
        long stallNanos = services.config().limits().sendTimeout().toNanos();
        StaticReply reply = new StaticReply(client, this, stallNanos);
        ending.abortBy(reply::abort);
        reply.start(from, file, head);
    }

    /** What is to be done once the request's body has been read, where no upstream wants it. */
    Optional<Runnable> afterBody() {
        return afterBody;
    }

    @Override
    public void served(int status, long bytes) {
        if (!ending.ended()) {
            ending.served(status, bytes);
        }
    }

    @Override
    public void clientGone(String how) {
        walk.clientGone(how);
    }

    @Override
    public void redirect(String location) {
        ending.redirected(location);
    }

    @Override
    public void deny(Denied why) {
        walk.fail(why.failure());
    }
}
