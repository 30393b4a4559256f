package io.culprit.upstream;

import io.culprit.failure.Failure;
import io.culprit.http.ResponseHead;
import io.culprit.http.Trailers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Writes down what a listener is told. */
public final class Heard implements ResponseListener {
    private final StringBuilder seen = new StringBuilder();
    private final StringBuilder body = new StringBuilder();

    public volatile boolean over;
    public Failure failure;
    public String noRetry;
    public Failure warning;
    public UpstreamTunnel tunnel;
    public int discards;
    public int flushes;
    public boolean wants = true;
    public boolean keepsUp = true;
    public boolean committed;
    /** What taking a head, a body or a flush ends with. */
    public IOException trouble;

    public IOException flushTrouble;
    /** Runs with each flush. */
    public Runnable onFlush = () -> {};

    /** Heads, body and end in one line. */
    public String told() {
        return seen + "[" + body + "]"
                + (failure != null ? " " + failure.cause().id() : over ? " done" : "")
                + (warning != null ? " warning " + warning.cause().id() : "");
    }

    public int bodyLength() {
        return body.length();
    }

    /** The cause's id and what was seen. */
    public String why() {
        return failure.cause().id() + ": " + failure.detail();
    }

    private void check() throws IOException {
        if (trouble != null) {
            throw trouble;
        }
    }

    @Override
    public void interim(ResponseHead head) throws IOException {
        check();
        seen.append(head.status()).append(' ');
    }

    @Override
    public void head(ResponseHead head, long length) throws IOException {
        check();
        seen.append(head.status()).append(" of ").append(length).append(' ');
    }

    @Override
    public void switched(ResponseHead head, ByteBuffer early, UpstreamTunnel upstream) {
        seen.append(head.status()).append(" early ").append(early.remaining()).append(' ');
        tunnel = upstream;
    }

    @Override
    public void trailers(Trailers trailers) {
        seen.append("trailers ").append(trailers.fields().size()).append(' ');
    }

    @Override
    public void body(ByteBuffer data) throws IOException {
        check();
        body.append(StandardCharsets.ISO_8859_1.decode(data));
    }

    @Override
    public boolean wantsMore() {
        return wants;
    }

    @Override
    public boolean keepsUp() {
        return keepsUp;
    }

    @Override
    public void flush() throws IOException {
        flushes++;
        if (flushTrouble != null) {
            throw flushTrouble;
        }
        onFlush.run();
    }

    @Override
    public boolean committed() {
        return committed;
    }

    @Override
    public void discard() {
        discards++;
    }

    @Override
    public void complete(Failure why) {
        if (over) {
            throw new AssertionError("told twice");
        }
        warning = why;
        over = true;
    }

    @Override
    public void failed(Failure why, String reason) {
        if (over) {
            throw new AssertionError("told twice");
        }
        failure = why;
        noRetry = reason;
        over = true;
    }
}
