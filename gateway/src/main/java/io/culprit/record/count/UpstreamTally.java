package io.culprit.record.count;

import io.culprit.failure.Attempt;
import io.culprit.failure.Cause;
import io.culprit.failure.Outcome;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;

/** The attempts on one upstream by one IO thread. */
final class UpstreamTally {
    /** Servers that are told apart; more come from names that resolve to ever new addresses only. */
    private static final int MOST_PEERS = 1_000;

    private final Histogram[] steps = new Histogram[Step.values().length];
    private final AtomicLongArray retries = new AtomicLongArray(Cause.values().length);

    UpstreamTally() {
        for (int i = 0; i < steps.length; i++) {
            steps[i] = new Histogram();
        }
    }

    /**
     * Attempts that went well by server. Found by the name's identity first: a server has one, and nearly every request is for
     * one of few.
     */
    private final Map<String, Cell> well = new ConcurrentHashMap<>();

    private String lastPeer = "";
    private Cell lastCell = new Cell();

    @SuppressWarnings("ReferenceEquality")
    private void wentWell(String peer, int parity) {
        if (peer != lastPeer) {
            Cell cell = well.get(peer);
            if (cell == null) {
                String name = well.size() < MOST_PEERS ? peer : Series.OTHER;
                cell = well.computeIfAbsent(name, n -> new Cell());
            }
            lastPeer = peer;
            lastCell = cell;
        }
        lastCell.add(parity);
    }

    /** Attempts that went well, by server. */
    Map<String, Cell> well() {
        return well;
    }

    void count(Outcome o, int parity) {
        steps[Step.QUEUE.ordinal()].record(o.queueNanos());
        var attempts = o.attempts();
        for (int i = 0; i < attempts.size(); i++) {
            Attempt a = attempts.get(i);
            if (a.failure() == null && (i < attempts.size() - 1 || o.failure() == null)) {
                wentWell(a.peer(), parity);
            }
            if (!a.reused()) {
                steps[Step.CONNECT.ordinal()].record(a.connectNanos());
                steps[Step.TLS.ordinal()].record(a.tlsNanos());
            }
            steps[Step.SEND.ordinal()].record(a.sendNanos());
            steps[Step.HEAD.ordinal()].record(a.headNanos());
            steps[Step.BODY.ordinal()].record(a.bodyNanos());
            if (i < attempts.size() - 1 && a.failure() != null) {
                int cause = a.failure().cause().ordinal();
                retries.setRelease(cause, retries.getPlain(cause) + 1);
            }
        }
    }

    Histogram step(Step step) {
        return steps[step.ordinal()];
    }

    long retries(Cause reason) {
        return retries.getAcquire(reason.ordinal());
    }
}
