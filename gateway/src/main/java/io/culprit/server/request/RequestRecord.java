package io.culprit.server.request;

import io.culprit.failure.Attempt;
import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.failure.Outcome;
import io.culprit.failure.Trace;
import io.culprit.http.HeaderName;
import io.culprit.http.RequestHead;
import io.culprit.loop.LoopMemory;
import io.culprit.route.Route;
import io.culprit.server.clients.ClientExchange;
import io.culprit.server.request.body.BodyIntake;
import io.culprit.server.routing.Destination;
import io.culprit.upstream.UpstreamCall;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one request from its head to its end, and the end's being recorded: exactly one {@link Outcome}. Owned by
 * one IO thread.
 */
final class RequestRecord {
    private final Services services;
    private final ClientExchange client;
    private final RequestHead head;
    private final long startNanos = System.nanoTime();
    private final String clientAddress;
    private final Trace trace;
    private final String requestId;
    private @Nullable Route<Destination> route;
    private @Nullable BodyIntake intake;
    private @Nullable UpstreamCall call;
    private @Nullable Permit permit;
    private String noRetry = "";
    private @Nullable Tunnel tunnel;
    private String tunnelEnd = "";
    private long endNanos;
    private boolean written;

    RequestRecord(Services services, ClientExchange client) {
        this.services = services;
        this.client = client;
        this.head = client.head();
        client.loop().memory().heap(LoopMemory.REQUEST_BYTES);
        this.clientAddress = client.forwarded().client(head);
        this.trace = services.tracing().of(head);
        this.requestId = RequestIds.of(head, client.forwarded().trusted(), trace);
    }

    /** When the request's head was complete, of {@link System#nanoTime}. */
    long startNanos() {
        return startNanos;
    }

    /** When its end was recorded, of {@link System#nanoTime}. */
    long endNanos() {
        return endNanos;
    }

    String requestId() {
        return requestId;
    }

    Trace trace() {
        return trace;
    }

    String clientAddress() {
        return clientAddress;
    }

    /** Where it goes, null until that is known. */
    @Nullable
    Route<Destination> route() {
        return route;
    }

    void routed(Route<Destination> newRoute) {
        route = newRoute;
    }

    void taking(BodyIntake newIntake) {
        intake = newIntake;
    }

    void entering(Permit newPermit) {
        permit = newPermit;
    }

    void calling(UpstreamCall newCall) {
        call = newCall;
    }

    void tunnelling(Tunnel newTunnel) {
        tunnel = newTunnel;
    }

    void tunnelEnd(Cause cause) {
        tunnelEnd = cause.id();
    }

    private long bytesFromClient() {
        return tunnel != null ? tunnel.bytesFromClient() : intake == null ? 0 : intake.received();
    }

    void noRetry(String why) {
        noRetry = why;
    }

    /** Peer of the last attempt, empty for none. */
    String lastPeer() {
        List<Attempt> attempts = attempts();
        return attempts.isEmpty() ? "" : attempts.get(attempts.size() - 1).peer();
    }

    private List<Attempt> attempts() {
        return call == null ? List.of() : call.attempts();
    }

    /**
     * Records the end, once.
     *
     * @param committed whether the status was sent to the client
     * @param failure null for none
     */
    void write(Outcome.Ending how, int status, boolean committed, @Nullable Failure failure) {
        if (written) {
            throw new IllegalStateException("request " + requestId + " ended twice");
        }
        written = true;
        endNanos = System.nanoTime();
        client.loop().memory().heap(-LoopMemory.REQUEST_BYTES);
        var headers = head.headers();
        services.recorder()
                .record(
                        client.loop().number(),
                        new Outcome(
                                how,
                                new Outcome.Request(
                                        requestId,
                                        trace,
                                        clientAddress,
                                        head.method(),
                                        head.target(),
                                        client.protocol(),
                                        client.stream(),
                                        head.host(),
                                        headers.first(HeaderName.REFERER),
                                        headers.first(HeaderName.USER_AGENT)),
                                new Outcome.Timing(
                                        client.loop().epochMillis(startNanos),
                                        startNanos,
                                        endNanos - startNanos,
                                        permit == null ? -1 : permit.queueNanos()),
                                new Outcome.Place(
                                        route == null ? "" : route.name(),
                                        route == null ? "" : route.config().upstream()),
                                new Outcome.Reply(status, client.written(), bytesFromClient(), committed, tunnelEnd),
                                attempts(),
                                failure,
                                noRetry));
    }
}
