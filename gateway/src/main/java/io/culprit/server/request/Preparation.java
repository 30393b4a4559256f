package io.culprit.server.request;

import io.culprit.config.Limits.Underscores;
import io.culprit.config.route.RouteConfig;
import io.culprit.failure.Cause;
import io.culprit.failure.Evidence;
import io.culprit.failure.Failure;
import io.culprit.failure.Trace;
import io.culprit.http.MessageException;
import io.culprit.http.RequestHead;
import io.culprit.reply.OwnReply;
import io.culprit.reply.ReplyHead;
import io.culprit.route.Route;
import io.culprit.route.RouteTable;
import io.culprit.server.clients.ClientExchange;
import io.culprit.server.request.Prepared.Answered;
import io.culprit.server.request.Prepared.ToFile;
import io.culprit.server.request.Prepared.ToUpstream;
import io.culprit.server.routing.Destination;
import io.culprit.server.routing.PathReadings;
import io.culprit.server.routing.Routing;
import io.culprit.server.routing.Target;
import io.culprit.server.routing.TargetRewrite;
import io.culprit.site.Denied;
import io.culprit.site.Resolution;
import io.culprit.site.Script;
import io.culprit.site.Site;
import io.culprit.site.StaticFile;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * From a routed request to what is to be done for it: the request its upstream gets, in the upstream's protocol, a file, or an
 * answer. Owned by one IO thread.
 */
final class Preparation {
    private final Services services;
    private final ClientExchange client;
    private final RequestRecord record;
    private final RequestHead head;

    Preparation(Services services, ClientExchange client, RequestRecord record) {
        this.services = services;
        this.client = client;
        this.record = record;
        this.head = client.head();
    }

    /**
     * Routes it, asks whether the route lets it in, and makes what is to be done for it.
     *
     * @throws MessageException when the request is refused
     */
    Prepared prepare() throws MessageException {
        byte[] normal = Routing.normalPath(head);
        RouteTable<Destination> routes = services.routes(head, client.forwarded());
        Route<Destination> route = Routing.route(routes, head, normal);
        record.routed(route);
        Optional<Failure> refusal = refusal(routes, route);
        if (refusal.isPresent()) {
            throw new MessageException(refusal.get());
        }
        int underscored = head.headers().underscored();
        if (underscored > 0 && services.config().limits().underscores() == Underscores.DROP) {
            services.headersDropped().add(underscored);
        }
        if (Routing.lacksSlash(routes, head, normal)) {
            return new Answered(redirect(Routing.withSlash(
                    head, normal.length > 0 ? new String(normal, StandardCharsets.ISO_8859_1) : head.path())));
        }
        return of(route, normal);
    }

    private Optional<Failure> refusal(RouteTable<Destination> routes, Route<Destination> route) {
        int underscored = head.headers().underscored();
        if (underscored > 0 && services.config().limits().underscores() == Underscores.REFUSE) {
            return Optional.of(Failure.of(
                    Cause.CLIENT_BAD_REQUEST,
                    "a header with an underscore in its name, which limits.underscores refuses"));
        }
        byte[] address = client.forwarded().clientBytes(record.clientAddress());
        return route.target()
                .gate()
                .refusal(address, record.clientAddress(), record.startNanos())
                .or(() -> services.restricts() ? PathReadings.refusal(routes, head, route) : Optional.empty());
    }

    /**
     * @param normal the normalised path when it differs from the received one, else an empty array
     * @throws MessageException when the request is refused
     */
    private Prepared of(Route<Destination> route, byte[] normal) throws MessageException {
        if (route.config().action().isPresent()) {
            return new Answered(ActionReply.of(
                    route.config().action().get(), head, client.forwarded().https(head)));
        }
        if (MaxForwards.of(head) == 0) {
            return new Answered(MaxForwards.last());
        }
        Target target = route.target().target().orElseThrow();
        boolean keep = target.upstream().config().keepsConnections();
        Optional<Site> site = target.site();
        return site.isEmpty()
                ? new ToUpstream(proxied(route.config(), normal, keep))
                : resolved(new SiteRequest(site.get(), head, route.config(), normal), site.get(), keep);
    }

    /** The client is sent elsewhere, for good. */
    private static OwnReply redirect(String location) {
        return new OwnReply(new ReplyHead(301).with("Location", location), new byte[0], false);
    }

    private OutgoingRequest proxied(RouteConfig rules, byte[] normal, boolean keep) throws MessageException {
        return new OutgoingRequest(
                head,
                rules,
                TargetRewrite.target(head, rules, normal),
                client.forwarded(),
                record.requestId(),
                client.forwarded().clientBytes(record.clientAddress()),
                keep,
                trace(),
                services.config().limits().underscores() == Underscores.DROP,
                client.route(),
                client.upgrade());
    }

    private Prepared resolved(SiteRequest request, Site site, boolean keep) throws MessageException {
        Resolution found = request.resolve();
        if (found instanceof Script script) {
            return new ToUpstream(request.forScript(
                    script, client.cgiClient(record.clientAddress()), record.requestId(), keep, trace()));
        }
        if (found instanceof StaticFile file) {
            return file(site, file);
        }
        if (found instanceof Denied denied) {
            throw new MessageException(denied.failure());
        }
        return new Answered(redirect(request.location()));
    }

    private ToFile file(Site site, StaticFile file) throws MessageException {
        if (!head.method().equals("GET") && !head.method().equals("HEAD")) {
            throw new MessageException(
                    Failure.of(Cause.CLIENT_NOT_ALLOWED, "a static file takes GET and HEAD only, not " + head.method())
                            .with(new Evidence(Evidence.ALLOW, "GET, HEAD")));
        }
        return new ToFile(site, file);
    }

    /** What upstreams are told of the request's trace. */
    private Optional<Trace> trace() {
        return services.tracing().propagates() ? Optional.of(record.trace()) : Optional.empty();
    }
}
