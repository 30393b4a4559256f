package io.culprit.server.request;

import io.culprit.admission.Admission;
import io.culprit.admission.Applicant;
import io.culprit.admission.Breaker;
import io.culprit.failure.Blame;
import io.culprit.failure.Failure;
import java.util.Optional;

/**
 * One request's rights at an upstream: the breaker's permission and the admission's ticket, each given back exactly
 * once, whatever happens in which order. Owned by one IO thread.
 */
final class Permit {
    private enum Ticket {
        NONE,
        QUEUED,
        HELD,
        RETURNED
    }

    private final Admission admission;
    private long startNanos;
    private boolean permission;
    private Ticket ticket = Ticket.NONE;
    private long queuedAtNanos;
    private long queueNanos = -1;

    Permit(Admission admission) {
        this.admission = admission;
    }

    Optional<Failure> askBreaker() {
        Optional<Breaker> breaker = admission.breaker();
        if (breaker.isEmpty()) {
            return Optional.empty();
        }
        startNanos = System.nanoTime();
        Optional<Failure> refusal = breaker.get().ask();
        permission = refusal.isEmpty();
        return refusal;
    }

    /** Admits at once, or queues; empty unless it is refused. */
    Optional<Failure> enter(Applicant applicant) {
        if (admission.tryEnter()) {
            ticket = Ticket.HELD;
            applicant.admitted();
            return Optional.empty();
        }
        queuedAtNanos = System.nanoTime();
        ticket = Ticket.QUEUED;
        Optional<Failure> refusal = admission.queue(applicant);
        if (refusal.isPresent()) {
            ticket = Ticket.NONE;
        }
        return refusal;
    }

    /** The ticket is ours. */
    void entered() {
        if (ticket == Ticket.QUEUED) {
            queueNanos = System.nanoTime() - queuedAtNanos;
        }
        ticket = Ticket.HELD;
    }

    /** Time spent in the queue, -1 when it was not needed. */
    long queueNanos() {
        return ticket == Ticket.QUEUED ? System.nanoTime() - queuedAtNanos : queueNanos;
    }

    /** Gives the ticket back, also one that was handed over too late to be used. */
    void leave() {
        if (ticket == Ticket.HELD || ticket == Ticket.QUEUED) {
            ticket = Ticket.RETURNED;
            admission.release();
        }
    }

    /** Leaves the queue or gives the ticket back, whichever applies. */
    void giveUp(Applicant applicant) {
        if (ticket == Ticket.QUEUED) {
            ticket = Ticket.RETURNED;
            queueNanos = System.nanoTime() - queuedAtNanos;
            admission.leave(applicant);
        } else {
            leave();
        }
    }

    /** Tells the breaker that the upstream answered; 502, 503 and 504 say that something behind it is broken. */
    void answered(int status) {
        report(status >= 502 && status <= 504);
    }

    void failed(Failure failure) {
        Blame blame = failure.cause().blame();
        if (blame == Blame.UPSTREAM || blame == Blame.NETWORK) {
            report(true);
        } else {
            abandoned();
        }
    }

    private void report(boolean failure) {
        if (permission) {
            permission = false;
            long nanos = System.nanoTime() - startNanos;
            admission.breaker().ifPresent(b -> {
                if (failure) {
                    b.failed(nanos);
                } else {
                    b.succeeded(nanos);
                }
            });
        }
    }

    /** The call says nothing about the upstream. */
    void abandoned() {
        if (permission) {
            permission = false;
            admission.breaker().ifPresent(Breaker::abandoned);
        }
    }
}
