package io.culprit.server;

import io.culprit.admission.Applicant;
import io.culprit.config.Limits.Underscores;
import io.culprit.config.UpstreamConfig;
import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.files.FileReply;
import io.culprit.http.HeaderName;
import io.culprit.http.MessageException;
import io.culprit.http.RequestHead;
import io.culprit.loop.IoLoop;
import io.culprit.loop.MemoryBudget;
import io.culprit.loop.Spill;
import io.culprit.loop.Trouble;
import io.culprit.reply.ClientSink;
import io.culprit.reply.Relay;
import io.culprit.route.Route;
import io.culprit.site.OpenFile;
import io.culprit.site.Site;
import io.culprit.site.StaticFile;
import io.culprit.upstream.ClientRequest;
import io.culprit.upstream.RequestBody;
import io.culprit.upstream.UpstreamCall;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request on its way through the phases: route, breaker, body, admission, upstream, reply, record. Everything runs
 * on the IO thread of the client's connection. However it goes, it ends in {@link Completion} exactly once.
 */
final class HttpExchange implements Applicant, Relay.Owner, ClientSink.Owner {
    private static final Logger LOG = LoggerFactory.getLogger(HttpExchange.class);

    private final Services services;
    private final ClientConnection client;
    private final RequestHead head;
    private final IoLoop loop;
    private final Completion completion;
    private final ClientSink sink;
    private Route<Target> route;
    private ClientRequest outgoing;
    private Optional<Runnable> afterBody = Optional.empty();
    private BodyIntake intake;
    private UpstreamCall call;
    private Relay relay;
    private FileReply file;
    private Permit permit;
    private TotalClock total = TotalClock.NONE;
    private boolean upstreamDone;
    private Failure warning;

    HttpExchange(Services services, ClientConnection client) {
        this.services = services;
        this.client = client;
        this.head = client.input().head();
        this.loop = client.loop();
        this.sink = client.sink(64 << 10, this);
        this.completion = new Completion(services, client, sink);
    }

    @Override
    public IoLoop loop() {
        return loop;
    }

    void begin() {
        if (services.stopping().get()) {
            fail(stoppingFailure());
        } else if (loop.memory().budget().reached(MemoryBudget.Level.EXHAUSTED)) {
            loop.memory().budget().refused();
            fail(ShortOfMemory.failure(client.memory(), loop, "a further request"));
        } else {
            guarded(this::route);
        }
    }

    /** What a request is told that the end of the gateway has ended. */
    static Failure stoppingFailure() {
        return Failure.of(Cause.GATEWAY_STOPPING, "the gateway was told to stop before this request was answered");
    }

    /** The gateway stops: a response whose rest only the client has to take goes on, all else ends now. */
    void stop() {
        client.endsHere();
        if (!completion.ended() && file == null && !upstreamDone) {
            fail(stoppingFailure());
        }
    }

    /** Ends now, and has its outcome when this returns. */
    void terminate() {
        if (!completion.ended()) {
            fail(stoppingFailure());
        }
        completion.sendNow();
    }

    /** Something nobody foresaw happened to it. */
    void broken(Throwable trouble) {
        Trouble.endIfOutOfMemory(trouble);
        LOG.error("request {} failed inside the gateway: {}", completion.requestId(), Trouble.line(trouble));
        fail(Failure.of(Cause.GATEWAY_INTERNAL, trouble.toString()));
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
        completion.routed(route);
        if (head.headers().underscored() > 0 && services.config().limits().underscores() == Underscores.DROP) {
            services.headersDropped().add(head.headers().underscored());
        }
        if (Routing.lacksSlash(services.routes(), head, normal)) {
            completion.redirected(Routing.withSlash(
                    head, normal.length > 0 ? new String(normal, StandardCharsets.ISO_8859_1) : head.path()));
            return;
        }
        UpstreamConfig upstream = route.target().upstream().config();
        Preparation preparation = new Preparation(services, client, completion, this);
        Optional<ClientRequest> request = preparation.request(route, normal);
        if (request.isEmpty()) {
            afterBody = preparation.afterBody();
            if (afterBody.isPresent()) {
                takeBody(upstream);
            }
            return;
        }
        outgoing = request.get();
        permit = new Permit(route.target().admission());
        completion.entering(permit);
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
        if (client.memory().reached(MemoryBudget.Level.NO_BODIES)
                && !client.input().holdsBody()) {
            loop.memory().budget().refused();
            fail(ShortOfMemory.failure(client.memory(), loop, "a request body"));
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
            BodyIntake.buffered(this, source, loop, client.memory(), upstream.buffering(), services.files());
        } else {
            BodyIntake.streamed(this, source, loop, head);
        }
    }

    /** Answers with a file of a site. */
    void serve(Site site, StaticFile found) {
        try {
            OpenFile opened = site.open(
                    found,
                    head.headers().lists(HeaderName.ACCEPT_ENCODING, "gzip"),
                    head.headers().lists(HeaderName.ACCEPT_ENCODING, "br"));
            file = new FileReply(loop, sink, opened, head, closesAfterResponse());
            completion.serving(file);
            file.start();
            fileDrained();
        } catch (IOException e) {
            fail(FileTrouble.of(found, e));
        }
    }

    private void fileDrained() {
        try {
            file.proceed();
        } catch (IOException e) {
            fail(Failure.of(Cause.BODY_TRUNCATED, "the file could not be read: " + e.getMessage()));
            return;
        }
        if (file.complete() && sink.idle() && !sink.broken() && !completion.ended()) {
            completion.delivered(file.status(), null, false);
        }
    }

    @Override
    public void fileBroken(String why) {
        fail(Failure.of(Cause.BODY_TRUNCATED, why));
    }

    void onIntake(BodyIntake newIntake) {
        intake = newIntake;
        completion.taking(newIntake);
    }

    /** The body can be sent. */
    void bodyWhole(RequestBody body, long length) {
        if (!completion.ended() && afterBody.isPresent()) {
            guarded(afterBody.get());
        } else if (!completion.ended()) {
            outgoing.body(body, length);
            guarded(this::enter);
        }
    }

    /** An exception in a callback must end the request, not leave it hanging. */
    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            broken(e);
        }
    }

    private void enter() {
        client.watch();
        Optional<Failure> refusal = permit.enter(this);
        refusal.ifPresent(this::fail);
    }

    @Override
    public void admitted() {
        if (completion.ended()) {
            permit.leave();
            return;
        }
        permit.entered();
        guarded(this::call);
    }

    private void call() {
        Optional<Failure> open = permit.askBreaker();
        if (open.isPresent()) {
            fail(open.get());
            return;
        }
        UpstreamConfig.Buffering buffering = route.target().upstream().config().buffering();
        sink.limits(buffering.memory(), buffering.response() ? buffering.disk() : 0);
        long most = buffering.memory() + IoLoop.BUFFER_SIZE;
        Spill held = new Spill(loop, client.memory(), most, 0, services.files());
        relay = new Relay(this, sink, head, buffering, held);
        call = new UpstreamCall(route.target().upstream(), loop, outgoing, relay);
        completion.calling(call);
        call.start(intake == null && permit.queueNanos() < 0 ? completion.startNanos() : System.nanoTime());
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
        permit.answered(relay.status());
        permit.leave();
        if (sink.idle()) {
            delivered();
        }
    }

    private void delivered() {
        // A client that broke the connection under the last write is reported as gone in a moment.
        if (!completion.ended() && !sink.broken()) {
            Failure noted = warning;
            if (noted == null && relay.status() >= 500) {
                noted = call.originError();
            }
            completion.delivered(relay.status(), noted, relay.endsWithConnection());
        }
    }

    @Override
    public void upstreamFailed(Failure failure, String noRetry) {
        completion.noRetry(noRetry);
        if (relay.committed()) {
            if (!completion.ended()) {
                total.stop();
                permit.failed(failure);
                permit.leave();
                completion.torn(relay.status(), failure, relay.endsWithConnection());
            }
        } else {
            fail(failure);
        }
    }

    private void overdue(Failure failure) {
        completion.noRetry("timeouts.total is over");
        fail(failure);
    }

    /** Answers with a failure; nothing was sent yet. */
    void fail(Failure failure) {
        if (completion.ended()) {
            return;
        }
        total.stop();
        if (call != null) {
            call.cancel(failure);
        }
        if (permit != null) {
            permit.failed(failure);
            permit.giveUp(this);
        }
        if (relay != null && relay.committed()) {
            completion.torn(relay.status(), failure, relay.endsWithConnection());
        } else if (file != null) {
            completion.torn(file.status(), failure, false);
        } else {
            if (relay != null) {
                relay.discard();
            }
            completion.failed(failure);
        }
    }

    /** The client is no longer there: stop everything that was done for it. */
    void clientGone(String how) {
        if (completion.ended()) {
            return;
        }
        total.stop();
        Failure failure = Failure.of(Cause.CLIENT_CLOSED, how);
        if (call != null) {
            call.cancel(failure);
        }
        if (permit != null) {
            permit.abandoned();
            permit.giveUp(this);
        }
        int committedStatus = file != null ? file.status() : relay != null && relay.committed() ? relay.status() : 0;
        if (relay != null) {
            relay.discard();
        }
        completion.clientGone(committedStatus, failure);
    }

    @Override
    public void drained() {
        if (completion.ended()) {
            completion.drained();
        } else if (file != null) {
            guarded(this::fileDrained);
        } else if (upstreamDone) {
            guarded(this::delivered);
        } else if (call != null) {
            call.resume();
        }
    }

    @Override
    public void clientBroken() {
        clientGone("the client reset the connection");
        completion.replied();
    }

    @Override
    public void clientStalled() {
        clientGone("the client took no byte of the response for limits.send_timeout");
        completion.stalled();
    }
}
