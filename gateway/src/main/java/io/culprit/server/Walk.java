package io.culprit.server;

import io.culprit.admission.Applicant;
import io.culprit.config.UpstreamConfig;
import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.http.MessageException;
import io.culprit.http.RequestHead;
import io.culprit.loop.IoLoop;
import io.culprit.loop.Spill;
import io.culprit.reply.ClientSink;
import io.culprit.reply.Relay;
import io.culprit.route.Route;
import io.culprit.upstream.ClientRequest;
import io.culprit.upstream.RequestBody;
import io.culprit.upstream.UpstreamCall;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request on its way through the phases: route, breaker, body, admission, upstream, reply, record. Everything runs
 * on the IO thread of the client's connection. However it goes, it ends in {@link Ending} exactly once.
 */
final class Walk implements Applicant, Relay.Owner, ClientSink.Owner {
    private static final Logger LOG = LoggerFactory.getLogger(Walk.class);

    private final Services services;
    private final ClientConnection client;
    private final RequestHead head;
    private final IoLoop loop;
    private final Ending ending;
    private final ClientSink sink;
    private Route<Target> route;
    private ClientRequest outgoing;
    private Optional<Runnable> afterBody = Optional.empty();
    private BodyIntake intake;
    private UpstreamCall call;
    private Relay relay;
    private Tenancy tenancy;
    private TotalClock total = TotalClock.NONE;
    private boolean upstreamDone;
    private Failure warning;

    Walk(Services services, ClientConnection client) {
        this.services = services;
        this.client = client;
        this.head = client.input().head();
        this.loop = client.loop();
        this.sink = client.sink(64 << 10, this);
        this.ending = new Ending(services, client, sink);
    }

    @Override
    public IoLoop loop() {
        return loop;
    }

    void begin() {
        guarded(this::route);
    }

    private void route() {
        byte[] normal;
        try {
            normal = Routing.normalPath(head);
            route = Routing.route(services.routes(), head, normal);
        } catch (MessageException e) {
            fail(e.failure());
            return;
        }
        ending.routed(route);
        UpstreamConfig upstream = route.target().upstream().config();
        Outset outset = new Outset(services, client, ending, this);
        Optional<ClientRequest> request = outset.request(route, normal);
        if (request.isEmpty()) {
            afterBody = outset.afterBody();
            if (afterBody.isPresent()) {
                takeBody(upstream);
            }
            return;
        }
        outgoing = request.get();
        tenancy = new Tenancy(route.target().admission());
        ending.entering(tenancy);
        total = TotalClock.start(loop, upstream.timeouts().total(), this::overdue);
        if (head.bodyLength() == 0) {
            enter();
        } else {
            takeBody(upstream);
        }
    }

    private void takeBody(UpstreamConfig upstream) {
        BodyLimit limit = BodyLimit.of(services.config().limits(), upstream);
        if (head.bodyLength() > limit.bytes()) {
            fail(limit.exceeded());
            return;
        }
        if (head.expectsContinue()) {
            sink.askForBody();
        }
        boolean whole = upstream.buffering().request()
                || afterBody.isPresent()
                || head.bodyLength() == RequestHead.CHUNKED && !outgoing.takesUnknownLength();
        long patience = services.config().limits().bodyTimeout().toNanos();
        BodySource source = new BodySource(loop, limit, patience, this::fail, client);
        if (whole) {
            BodyIntake.buffered(
                    this, source, loop, upstream.buffering(), services.config().tempDirectory());
        } else {
            BodyIntake.streamed(this, source, loop, head);
        }
    }

    void onIntake(BodyIntake newIntake) {
        intake = newIntake;
        ending.taking(newIntake);
    }

    /** The body can be sent. */
    void bodyWhole(RequestBody body, long length) {
        if (!ending.ended() && afterBody.isPresent()) {
            guarded(afterBody.get());
        } else if (!ending.ended()) {
            outgoing.body(body, length);
            guarded(this::enter);
        }
    }

    /** An exception in a callback must end the request, not leave it hanging. */
    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            LOG.error("request {} failed inside the gateway", ending.requestId(), e);
            fail(Failure.of(Cause.GATEWAY_INTERNAL, e.toString()));
        }
    }

    private void enter() {
        client.watch();
        Optional<Failure> refusal = tenancy.enter(this);
        refusal.ifPresent(this::fail);
    }

    @Override
    public void admitted() {
        if (ending.ended()) {
            tenancy.leave();
            return;
        }
        tenancy.entered();
        guarded(this::call);
    }

    private void call() {
        Optional<Failure> open = tenancy.askBreaker();
        if (open.isPresent()) {
            fail(open.get());
            return;
        }
        UpstreamConfig.Buffering buffering = route.target().upstream().config().buffering();
        sink.limits(buffering.memory(), buffering.response() ? buffering.disk() : 0);
        long most = buffering.memory() + IoLoop.BUFFER_SIZE;
        Spill held = new Spill(loop, most, 0, services.config().tempDirectory());
        relay = new Relay(this, sink, head, buffering, held);
        call = new UpstreamCall(route.target().upstream(), loop, outgoing, relay);
        ending.calling(call);
        call.start(intake == null && tenancy.queueNanos() < 0 ? ending.startNanos() : System.nanoTime());
    }

    @Override
    public void refused(Failure failure) {
        fail(failure);
    }

    @Override
    public boolean closesAfterResponse() {
        if (!client.input().whole()) {
            client.endsHere(); // what is said now must hold even if the rest of the body still comes
        }
        return !client.persistent();
    }

    @Override
    public void relayed(Failure newWarning) {
        upstreamDone = true;
        warning = newWarning;
        total.stop();
        if (intake != null) {
            intake.pause();
        }
        tenancy.answered(relay.status());
        tenancy.leave();
        if (sink.idle()) {
            delivered();
        }
    }

    private void delivered() {
        // A client that broke the connection under the last write is reported as gone in a moment.
        if (!ending.ended() && !sink.broken()) {
            Failure noted = warning;
            if (noted == null && relay.status() >= 500) {
                noted = call.originError();
            }
            ending.delivered(relay.status(), noted, relay.endsWithConnection());
        }
    }

    @Override
    public void upstreamFailed(Failure failure, String noRetry) {
        ending.noRetry(noRetry);
        if (relay.committed()) {
            if (!ending.ended()) {
                total.stop();
                tenancy.failed(failure);
                tenancy.leave();
                ending.torn(relay.status(), failure, relay.endsWithConnection());
            }
        } else {
            fail(failure);
        }
    }

    private void overdue(Failure failure) {
        ending.noRetry("timeouts.total is over");
        fail(failure);
    }

    /** Answers with a failure; nothing was sent yet. */
    void fail(Failure failure) {
        if (ending.ended()) {
            return;
        }
        total.stop();
        if (call != null) {
            call.cancel(failure);
        }
        if (tenancy != null) {
            tenancy.failed(failure);
            tenancy.giveUp(this);
        }
        if (relay != null && relay.committed()) {
            ending.torn(relay.status(), failure, relay.endsWithConnection());
        } else {
            if (relay != null) {
                relay.discard();
            }
            ending.failed(failure);
        }
    }

    /** The client is no longer there: stop everything that was done for it. */
    void clientGone(String how) {
        if (ending.ended()) {
            return;
        }
        total.stop();
        Failure failure = Failure.of(Cause.CLIENT_CLOSED, how);
        if (call != null) {
            call.cancel(failure);
        }
        if (tenancy != null) {
            tenancy.abandoned();
            tenancy.giveUp(this);
        }
        int committedStatus = relay != null && relay.committed() ? relay.status() : 0;
        if (relay != null) {
            relay.discard();
        }
        ending.clientGone(committedStatus, failure);
    }

    @Override
    public void drained() {
        if (ending.ended()) {
            ending.drained();
        } else if (upstreamDone) {
            guarded(this::delivered);
        } else if (call != null) {
            call.resume();
        }
    }

    @Override
    public void clientBroken() {
        clientGone("the client reset the connection");
        ending.replied();
    }

    @Override
    public void clientStalled() {
        clientGone("the client took no byte of the response for limits.send_timeout");
        ending.stalled();
    }
}
