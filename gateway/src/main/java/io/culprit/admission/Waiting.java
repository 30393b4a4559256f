package io.culprit.admission;

import io.culprit.loop.Deadline;
import org.jspecify.annotations.Nullable;

/** One place in the queue. Linked and unlinked only under the {@link WaitingLine}'s lock. */
final class Waiting extends Deadline {
    enum State {
        QUEUED,
        HANDED,
        GONE
    }

    final Applicant applicant;
    private final Admission admission;
    State state = State.QUEUED;

    @Nullable
    Waiting ahead;

    @Nullable
    Waiting behind;

    Waiting(Applicant applicant, Admission admission) {
        this.applicant = applicant;
        this.admission = admission;
    }

    @Override
    protected void expired() {
        admission.timedOut(this);
    }
}
