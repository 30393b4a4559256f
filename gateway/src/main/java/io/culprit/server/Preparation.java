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
final class Preparation implements SiteRequest.Answers, StaticReply.Owner {
    private final Services services;
    private final ClientConnection client;
    private final Completion completion;
    private final HttpExchange exchange;
    private final RequestHead head;
    private Optional<Runnable> afterBody = Optional.empty();

    Preparation(Services services, ClientConnection client, Completion completion, HttpExchange exchange) {
        this.services = services;
        this.client = client;
        this.completion = completion;
        this.exchange = exchange;
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
                    completion.requestId(),
                    client.forwarded().clientBytes(completion.client()),
                    keep,
                    trace()));
        }
        var siteRequest = new SiteRequest(site.get(), head, rules, normal);
        Optional<Script> script = siteRequest.go(this);
        if (script.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(siteRequest.request(
                    script.get(), client.cgiClient(head, completion.client()), completion.requestId(), keep, trace()));
        } catch (MessageException e) {
            exchange.fail(e.failure());
            return Optional.empty();
        }
    }

    /** What upstreams are told of the request's trace. */
    private Optional<Trace> trace() {
        return services.tracing().propagates() ? Optional.of(completion.trace()) : Optional.empty();
    }

    @Override
    public void serve(SiteServer from, StaticFile file) {
        boolean reads = head.method().equals("GET") || head.method().equals("HEAD");
        if (!reads) {
            exchange.fail(
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
        completion.abortBy(reply::abort);
        reply.start(from, file, head);
    }

    /** What is to be done once the request's body has been read, where no upstream wants it. */
    Optional<Runnable> afterBody() {
        return afterBody;
    }

    @Override
    public void served(int status, long bytes) {
        if (!completion.ended()) {
            completion.served(status, bytes);
        }
    }

    @Override
    public void clientGone(String how) {
        exchange.clientGone(how);
    }

    @Override
    public void redirect(String location) {
        completion.redirected(location);
    }

    @Override
    public void deny(Denied why) {
        exchange.fail(why.failure());
    }
}
