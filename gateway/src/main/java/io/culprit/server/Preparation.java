package io.culprit.server;

import io.culprit.config.Limits.Underscores;
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
import io.culprit.site.Site;
import io.culprit.site.StaticFile;
import io.culprit.upstream.ClientRequest;
import java.util.Optional;

/**
 * From a routed request to the one its upstream gets, in the upstream's protocol; or, for what a site can do by itself,
 * to the answer. Owned by one IO thread.
 */
final class Preparation implements SiteRequest.Answers {
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
        Optional<Site> site = route.target().site();
        try {
            return site.isEmpty()
                    ? Optional.of(proxied(rules, normal, keep))
                    : scripted(new SiteRequest(site.get(), head, rules, normal), keep);
        } catch (MessageException e) {
            exchange.fail(e.failure());
            return Optional.empty();
        }
    }

    private OutgoingRequest proxied(RouteConfig rules, byte[] normal, boolean keep) throws MessageException {
        return new OutgoingRequest(
                head,
                rules,
                TargetRewrite.target(head, rules, normal),
                client.forwarded(),
                completion.requestId(),
                client.forwarded().clientBytes(completion.client()),
                keep,
                trace(),
                services.config().limits().underscores() == Underscores.DROP);
    }

    private Optional<ClientRequest> scripted(SiteRequest siteRequest, boolean keep) throws MessageException {
        Optional<Script> script = siteRequest.go(this);
        if (script.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(siteRequest.request(
                script.get(), client.cgiClient(head, completion.client()), completion.requestId(), keep, trace()));
    }

    /** What upstreams are told of the request's trace. */
    private Optional<Trace> trace() {
        return services.tracing().propagates() ? Optional.of(completion.trace()) : Optional.empty();
    }

    @Override
    public void serve(Site from, StaticFile file) {
        boolean reads = head.method().equals("GET") || head.method().equals("HEAD");
        if (!reads) {
            exchange.fail(
                    Failure.of(Cause.CLIENT_NOT_ALLOWED, "a static file takes GET and HEAD only, not " + head.method())
                            .with(new Evidence(Evidence.ALLOW, "GET, HEAD")));
            return;
        }
        if (head.bodyLength() == 0) {
            exchange.serve(from, file);
        } else {
            afterBody = Optional.of(() -> exchange.serve(from, file));
        }
    }

    /** What is to be done once the request's body has been read, where no upstream wants it. */
    Optional<Runnable> afterBody() {
        return afterBody;
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
