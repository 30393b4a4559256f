package io.culprit.server.request;

import io.culprit.admission.Applicant;
import io.culprit.config.UpstreamConfig;
import io.culprit.dialect.Answer;
import io.culprit.failure.Blame;
import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.failure.Outcome;
import io.culprit.http.HeaderName;
import io.culprit.http.MessageException;
import io.culprit.http.RequestHead;
import io.culprit.http.Trailers;
import io.culprit.loop.IoLoop;
import io.culprit.loop.MemoryBudget;
import io.culprit.loop.Spill;
import io.culprit.loop.Trouble;
import io.culprit.reply.HeadChanges;
import io.culprit.reply.OwnReply;
import io.culprit.reply.Relay;
import io.culprit.route.Route;
import io.culprit.server.clients.ClientExchange;
import io.culprit.server.clients.ClientTrust;
import io.culprit.server.clients.ShortOfMemory;
import io.culprit.server.request.Prepared.Answered;
import io.culprit.server.request.Prepared.ToFile;
import io.culprit.server.request.Prepared.ToUpstream;
import io.culprit.server.request.body.BodyIntake;
import io.culprit.server.request.body.TrailedBody;
import io.culprit.server.routing.Destination;
import io.culprit.server.routing.Target;
import io.culprit.site.Site;
import io.culprit.site.StaticFile;
import io.culprit.upstream.UpstreamCall;
import io.culprit.upstream.UpstreamTunnel;
import io.culprit.upstream.request.ClientRequest;
import io.culprit.upstream.request.RequestBody;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request on its way through the phases: route, breaker, body, admission, upstream, reply, record. Everything runs
 * on the IO thread of the client's connection. However it goes, it ends in one {@link RequestRecord} exactly once.
 */
public final class HttpExchange
        implements Applicant, Relay.Owner, Tunnel.Owner, BodyIntake.Owner, ClientExchange.Events {
    private static final Logger LOG = LoggerFactory.getLogger(HttpExchange.class);

    private final Services services;
    private final ClientExchange client;
    private final RequestHead head;
    private final IoLoop loop;
    private final RequestRecord record;
    private @Nullable Prepared prepared;
    private @Nullable BodyIntake intake;
    private @Nullable UpstreamCall call;
    private @Nullable Relay relay;
    private @Nullable StaticResponse file;
    private @Nullable LocalReply local;
    private @Nullable Tunnel tunnel;
    private @Nullable ContentCoding coding;
    private @Nullable Permit permit;
    private TotalClock total = TotalClock.NONE;
    private boolean upstreamDone;
    private boolean ended;
    private @Nullable Failure warning;

    /** The request whose head the exchange has; {@link #begin} is to be called next. */
    public HttpExchange(Services services, ClientExchange client) {
        this.services = services;
        this.client = client;
        this.head = client.head();
        this.loop = client.loop();
        this.record = new RequestRecord(services, client);
    }

    @Override
    public IoLoop loop() {
        return loop;
    }

    /** Starts it on its way. */
    public void begin() {
        if (services.lifecycle().stopping()) {
            fail(stoppingFailure());
        } else if (loop.memory().budget().reached(MemoryBudget.Level.EXHAUSTED)) {
            loop.memory().budget().refused();
            fail(ShortOfMemory.failure(client.memory(), loop, "a further request"));
        } else {
            Optional<Failure> refusal = client.tls().flatMap(tls -> ClientTrust.refusal(tls, head));
            if (refusal.isPresent()) {
                fail(refusal.get());
            } else {
                guarded(this::prepare);
            }
        }
    }

    /** What a request is told that the end of the gateway has ended. */
    public static Failure stoppingFailure() {
        return Failure.of(Cause.GATEWAY_STOPPING, "the gateway was told to stop before this request was answered");
    }

    /** A response whose rest only the client has to take goes on, all else ends now. */
    @Override
    public void stop() {
        if (!ended && file == null && !upstreamDone) {
            fail(stoppingFailure());
        }
    }

    @Override
    public void terminate() {
        if (!ended) {
            fail(stoppingFailure());
        }
        if (local != null && !local.given()) {
            local.give();
        }
        replied();
    }

    @Override
    public void broken(Throwable trouble) {
        Trouble.endIfOutOfMemory(trouble);
        LOG.error("request {} failed inside the gateway: {}", record.requestId(), Trouble.line(trouble));
        fail(Failure.of(Cause.GATEWAY_INTERNAL, trouble.toString()));
    }

    private void prepare() {
        try {
            prepared = new Preparation(services, client, record).prepare();
        } catch (MessageException e) {
            fail(e.failure());
            return;
        }
        if (prepared instanceof Answered own) {
            answered(own.reply());
            return;
        }
        if (prepared instanceof ToUpstream) {
            permit = new Permit(target().admission());
            record.entering(permit);
            total = TotalClock.start(
                    loop, target().upstream().config().timeouts().total(), this::overdue);
        }
        if (head.bodyLength() == 0) {
            bodyTaken();
        } else {
            BodyIntake.begin(
                    this,
                    client,
                    services.config().limits(),
                    target().upstream().config(),
                    prepared instanceof ToUpstream going
                            && (head.bodyLength() != RequestHead.CHUNKED
                                    || going.request().takesUnknownLength()),
                    services.files());
        }
    }

    /** Where it goes, once that is known. */
    private Route<Destination> routed() {
        return Objects.requireNonNull(record.route());
    }

    /** Its place at the upstream, which only a request to one has. */
    private Permit permit() {
        return Objects.requireNonNull(permit);
    }

    private Relay relay() {
        return Objects.requireNonNull(relay);
    }

    private Target target() {
        return routed().target().target().orElseThrow();
    }

    private HeadChanges changes() {
        Route<Destination> route = record.route();
        return route == null ? HeadChanges.NONE : route.target().changes();
    }

    @Override
    public void taking(BodyIntake newIntake) {
        intake = newIntake;
        record.taking(newIntake);
    }

    @Override
    public void bodyWhole(RequestBody body, long length) {
        if (ended) {
            return;
        }
        if (prepared instanceof ToUpstream going) {
            going.request().body(body, length);
            if (length != ClientRequest.UNKNOWN && going.request().takesUnknownLength()) {
                Trailers trailers = trailers();
                if (!trailers.isEmpty()) {
                    going.request().body(new TrailedBody(body, length, trailers), ClientRequest.UNKNOWN);
                }
            }
        }
        guarded(this::bodyTaken);
    }

    /**
     * What follows the request's body and was announced: servers that know no trailers fail for them. Not what the route takes
     * away or says itself.
     */
    @Override
    public Trailers trailers() {
        return client.requestTrailers()
                .without(name -> !head.headers().lists(HeaderName.TRAILER, name)
                        || routed().config().removeHeaders().stream().anyMatch(name::equalsIgnoreCase)
                        || routed().config().setHeaders().keySet().stream().anyMatch(name::equalsIgnoreCase));
    }

    private void bodyTaken() {
        if (prepared instanceof ToFile found) {
            serve(found.site(), found.file());
        } else {
            client.watch();
            permit().enter(this).ifPresent(this::fail);
        }
    }

    private void serve(Site site, StaticFile found) {
        try {
            file = new StaticResponse(client, coded(), site, found, changes());
            file.start();
            fileDrained();
        } catch (IOException e) {
            fail(StaticResponse.trouble(found, e));
        }
    }

    private ContentCoding coded() {
        coding = new ContentCoding(client, services.config().compression(), this::drained);
        return coding;
    }

    private void fileDrained() {
        StaticResponse sent = Objects.requireNonNull(file);
        boolean left;
        try {
            left = sent.proceed();
        } catch (IOException e) {
            fail(Failure.of(Cause.BODY_TRUNCATED, "the file could not be read: " + e.getMessage()));
            return;
        }
        if (left && !ended) {
            delivered(sent.status(), null);
        }
    }

    @Override
    public void fileBroken(String why) {
        fail(Failure.of(Cause.BODY_TRUNCATED, why));
    }

    /** An exception in a callback must end the request, not leave it hanging. */
    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            broken(e);
        }
    }

    @Override
    public void admitted() {
        if (ended) {
            permit().leave();
            return;
        }
        permit().entered();
        guarded(this::call);
    }

    private void call() {
        Optional<Failure> open = permit().askBreaker();
        if (open.isPresent()) {
            fail(open.get());
            return;
        }
        UpstreamConfig.Buffering buffering = target().upstream().config().buffering();
        client.limits(buffering.memory(), buffering.response() ? buffering.disk() : 0);
        long most = buffering.memory() + IoLoop.BUFFER_SIZE;
        Spill held = new Spill(loop, client.memory(), most, 0, services.files());
        relay = new Relay(this, coded().response(), head.method().equals("HEAD"), changes(), buffering, held);
        call = new UpstreamCall(
                target().upstream(), loop, ((ToUpstream) Objects.requireNonNull(prepared)).request(), relay);
        record.calling(call);
        call.start(intake == null && permit().queueNanos() < 0 ? record.startNanos() : System.nanoTime());
    }

    @Override
    public void refused(Failure failure) {
        fail(failure);
    }

    @Override
    public void relayed(@Nullable Failure newWarning) {
        upstreamDone = true;
        warning = newWarning;
        total.stop();
        if (intake != null) {
            intake.pause();
        }
        permit().answered(relay().status());
        permit().leave();
        if (client.idle()) {
            relayedWhole();
        }
    }

    @Override
    public void switched(UpstreamTunnel upstream, ByteBuffer early) {
        total.stop();
        permit().answered(relay().status());
        tunnel = new Tunnel(
                client,
                upstream,
                loop,
                target().upstream().config().timeouts().tunnel().toNanos(),
                this);
        record.tunnelling(tunnel);
        tunnel.start(early);
    }

    @Override
    public void tunnelEnded(Failure end, boolean clean) {
        if (ended) {
            return;
        }
        ended = true;
        permit().leave();
        record.tunnelEnd(end.cause());
        boolean closed = end.cause() == Cause.TUNNEL_CLIENT_CLOSED || end.cause() == Cause.TUNNEL_UPSTREAM_CLOSED;
        Outcome.Ending how = closed && clean
                ? Outcome.Ending.DELIVERED
                : end.cause().blame() == Blame.CLIENT ? Outcome.Ending.CLIENT_GONE : Outcome.Ending.FAILED;
        record.write(how, relay().status(), true, closed && clean ? null : end);
        release();
        if (clean) {
            client.finished(record.endNanos());
        } else {
            client.tear();
        }
    }

    private void relayedWhole() {
        // A client that broke the connection under the last write is reported as gone in a moment.
        if (!ended && !client.broken()) {
            Failure noted = warning;
            if (noted == null && relay().status() >= 500) {
                noted = Objects.requireNonNull(call).originError();
            }
            delivered(relay().status(), noted);
        }
    }

    /** The response went out whole. */
    private void delivered(int status, @Nullable Failure noted) {
        ended = true;
        record.write(Outcome.Ending.DELIVERED, status, true, noted);
        release();
        client.finished(record.endNanos());
    }

    @Override
    public void upstreamFailed(Failure failure, String noRetry) {
        record.noRetry(noRetry);
        fail(failure);
    }

    private void overdue(Failure failure) {
        record.noRetry("timeouts.total is over");
        fail(failure);
    }

    /** Ends it with a failure: by a reply that says so, or where a part of another was sent already, visibly torn. */
    @Override
    public void fail(Failure failure) {
        if (ended) {
            return;
        }
        if (tunnel != null) {
            tunnel.end(failure);
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
        if (committedStatus() > 0) {
            ended = true;
            record.write(Outcome.Ending.FAILED, committedStatus(), true, failure);
            client.tear();
            release();
        } else {
            if (relay != null) {
                relay.discard();
            }
            reply(LocalReply.of(failure, services, client, record));
        }
    }

    /** Status of a response whose head has left, else 0. */
    private int committedStatus() {
        if (file != null) {
            return file.status();
        }
        return relay != null && relay.committed() ? relay.status() : 0;
    }

    private void answered(OwnReply reply) {
        reply(new LocalReply(client, reply, Outcome.Ending.DELIVERED, null));
    }

    private void reply(LocalReply own) {
        own.changed(changes());
        ended = true;
        local = own;
        own.sendSoon(this::replied);
    }

    /** A reply of our own has left, or never will. */
    private void replied() {
        if (local != null && local.over()) {
            record.write(local.ending(), local.status(), true, local.failure());
            release();
            client.finished(record.endNanos());
        }
    }

    /** The client is no longer there: stop everything that was done for it. */
    @Override
    public void clientGone(String how) {
        if (ended) {
            return;
        }
        if (tunnel != null) {
            tunnel.clientGone(how);
            return;
        }
        ended = true;
        total.stop();
        Failure failure = Failure.of(Cause.CLIENT_CLOSED, how);
        if (call != null) {
            call.cancel(failure);
        }
        if (permit != null) {
            permit.abandoned();
            permit.giveUp(this);
        }
        int status = committedStatus();
        if (relay != null) {
            relay.discard();
        }
        Answer answer =
                services.dialects().answer(failure.cause(), services.config().dialect());
        record.write(Outcome.Ending.CLIENT_GONE, status > 0 ? status : answer.status(), status > 0, failure);
        client.tear();
        release();
    }

    private void release() {
        if (coding != null) {
            coding.release();
        }
        if (file != null) {
            file.release();
        }
        if (intake != null) {
            intake.release();
        }
    }

    @Override
    public void drained() {
        if (ended) {
            if (local != null && local.given()) {
                replied();
            }
        } else if (tunnel != null) {
            guarded(tunnel::drained);
        } else if (file != null) {
            guarded(this::fileDrained);
        } else if (upstreamDone) {
            if (client.idle()) {
                guarded(this::relayedWhole);
            }
        } else if (call != null) {
            call.resume();
        }
    }

    @Override
    public void gone(String how) {
        clientGone(how);
        replied();
    }

    @Override
    public void stalled(String why) {
        clientGone(why);
        if (local != null && local.over()) {
            record.write(local.ending(), local.status(), true, local.failure());
            client.tear(); // nothing may follow what it got of it
            release();
        }
    }
}
