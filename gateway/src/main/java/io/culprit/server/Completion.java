package io.culprit.server;

import io.culprit.config.GatewayConfig;
import io.culprit.dialect.Answer;
import io.culprit.failure.Attempt;
import io.culprit.failure.Failure;
import io.culprit.failure.Outcome;
import io.culprit.failure.Trace;
import io.culprit.files.FileReply;
import io.culprit.http.HeaderName;
import io.culprit.http.RequestHead;
import io.culprit.loop.LoopMemory;
import io.culprit.reply.Ascii;
import io.culprit.reply.ClientSink;
import io.culprit.reply.FailureReply;
import io.culprit.reply.HttpDate;
import io.culprit.route.Route;
import io.culprit.upstream.UpstreamCall;
import java.util.List;

/**
 * The end of one request: exactly one {@link Outcome}, and the connection either ready for the next request or closed
 * in the way the client deserves. Owned by one IO thread.
 */
final class Completion {
    private final Services services;
    private final ClientConnection client;
    private final ClientSink sink;
    private final RequestHead head;
    private final long startNanos = System.nanoTime();
    private long endNanos;
    private final String clientAddress;
    private final Trace trace;
    private final String requestId;
    private Route<Target> route;
    private BodyIntake intake;
    private UpstreamCall call;
    private FileReply file;
    private Permit permit;
    private String noRetry = "";
    private boolean ended;
    private Reply reply;
    private byte[] unsent;
    private boolean released;

    /** A reply of our own on its way out; recorded once it has left. */
    private record Reply(Outcome.Ending ending, int status, Failure failure) {}

    Completion(Services services, ClientConnection client, ClientSink sink) {
        this.services = services;
        this.client = client;
        this.sink = sink;
        this.head = client.input().head();
        client.loop().memory().heap(LoopMemory.REQUEST_BYTES);
        this.clientAddress = client.forwarded().client(head);
        this.trace = services.tracing().of(head);
        this.requestId = RequestIds.of(head, client.forwarded().trusted(), trace);
    }

    /** When the request's head was complete, of {@link System#nanoTime}. */
    long startNanos() {
        return startNanos;
    }

    String requestId() {
        return requestId;
    }

    Trace trace() {
        return trace;
    }

    String client() {
        return clientAddress;
    }

    void routed(Route<Target> newRoute) {
        route = newRoute;
    }

    void taking(BodyIntake newIntake) {
        intake = newIntake;
    }

    void entering(Permit newPermit) {
        permit = newPermit;
    }

    void serving(FileReply newFile) {
        file = newFile;
    }

    void calling(UpstreamCall newCall) {
        call = newCall;
    }

    void noRetry(String why) {
        noRetry = why;
    }

    boolean ended() {
        return ended;
    }

    /** The response went out whole. */
    void delivered(int status, Failure warning, boolean endsWithConnection) {
        ended = true;
        record(Outcome.Ending.DELIVERED, status, true, warning);
        if (endsWithConnection) {
            client.endsHere();
        }
        complete();
    }

    /**
     * The response broke off after its head was sent: the client must see that it did.
     *
     * @param closeWouldLookWhole the body ends with the connection, so that only a reset tells
     */
    void torn(int status, Failure failure, boolean closeWouldLookWhole) {
        ended = true;
        record(Outcome.Ending.FAILED, status, true, failure);
        if (closeWouldLookWhole) {
            client.resetOnClose();
        }
        sink.abort();
        release();
        client.abandoned();
    }

    void clientGone(int committedStatus, Failure failure) {
        ended = true;
        Answer answer =
                services.dialects().answer(failure.cause(), services.config().dialect());
        record(
                Outcome.Ending.CLIENT_GONE,
                committedStatus > 0 ? committedStatus : answer.status(),
                committedStatus > 0,
                failure);
        sink.abort();
        release();
        client.abandoned();
    }

    /** Answers with a failure page. */
    void failed(Failure failure) {
        ended = true;
        GatewayConfig config = services.config();
        Answer answer = services.dialects().answer(failure.cause(), config.dialect());
        int status = answer.status() == 0 ? 500 : answer.status();
        if (!client.input().whole()) {
            client.endsHere();
        }
        byte[] bytes = FailureReply.encode(new FailureReply.Spec(
                failure,
                status,
                requestId,
                config.expose(),
                head.headers().first(HeaderName.ACCEPT),
                head.method().equals("HEAD"),
                !client.persistent(),
                head.minor() == 0 && client.persistent(),
                1,
                lastPeer()));
        reply(new Reply(Outcome.Ending.FAILED, status, failure), bytes);
    }

    /** Sends the client elsewhere, for good. */
    void redirected(String location) {
        ended = true;
        var bytes = new StringBuilder("HTTP/1.1 301 Moved Permanently\r\nServer: culprit\r\nDate: ")
                .append(HttpDate.now())
                .append("\r\nContent-Length: 0\r\nLocation: ")
                .append(location)
                .append(client.persistent() ? "\r\n\r\n" : "\r\nConnection: close\r\n\r\n");
        reply(new Reply(Outcome.Ending.DELIVERED, 301, null), Ascii.bytes(bytes.toString()));
    }

    /**
     * Not at once: replies leave in a burst when the loop has dealt with all it was woken for. Where many requests fail at
     * the same time, whoever reads the answers is woken once and not by each; that saves a fifth of the CPU time.
     */
    private void reply(Reply own, byte[] bytes) {
        reply = own;
        unsent = bytes;
        sink.unstage();
        client.loop().execute(this::send);
    }

    /** Sends a reply that waits for its turn; one that has not left then is recorded all the same. */
    void sendNow() {
        send();
        replied();
    }

    private void send() {
        if (reply == null || unsent == null) {
            return; // the client was found to be gone meanwhile, or it was sent already
        }
        byte[] bytes = unsent;
        unsent = null;
        sink.limits(bytes.length, 0);
        sink.send(bytes);
        if (sink.idle()) {
            replied();
        }
    }

    /** The client has taken all that was sent so far. */
    void drained() {
        if (unsent == null) {
            replied();
        }
    }

    /** The client takes no more of a reply of our own: nothing may follow what it got of it. */
    void stalled() {
        if (reply != null) {
            sink.abort();
            replied();
        }
    }

    /** The reply has left, or never will. */
    void replied() {
        if (reply == null) {
            return;
        }
        Reply sent = reply;
        reply = null;
        record(sent.ending(), sent.status(), true, sent.failure());
        complete();
    }

    private void complete() {
        release();
        if (sink.broken()) {
            client.abandoned();
            client.close();
        } else {
            client.answered(endNanos);
        }
    }

    private void release() {
        if (!released) {
            released = true;
            client.loop().memory().heap(-LoopMemory.REQUEST_BYTES);
        }
        sink.release();
        if (file != null) {
            file.release();
        }
        if (intake != null) {
            intake.release();
        }
    }

    private String lastPeer() {
        List<Attempt> attempts = attempts();
        return attempts.isEmpty() ? "" : attempts.get(attempts.size() - 1).peer();
    }

    private List<Attempt> attempts() {
        return call == null ? List.of() : call.attempts();
    }

    private void record(Outcome.Ending how, int status, boolean committed, Failure failure) {
        endNanos = System.nanoTime();
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
                                        head.minor() == 1 ? "HTTP/1.1" : "HTTP/1.0",
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
                                        route == null
                                                ? ""
                                                : route.target().upstream().name()),
                                new Outcome.Reply(
                                        status, sink.written(), intake == null ? 0 : intake.received(), committed),
                                attempts(),
                                failure,
                                noRetry));
    }
}
