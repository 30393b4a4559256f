package io.culprit.bench.rehearse;

import io.culprit.sim.pool.Signal;
import io.culprit.sim.script.Scripts;
import java.time.Duration;
import java.util.Optional;

/** One entry of a timeline. */
sealed interface Action {
    /** When it happens, from the start of the play. */
    Duration at();

    /** What a person reads when it happens. */
    String shown();

    /**
     * Requests.
     *
     * @param count how many
     * @param over spread evenly over this time, zero for all at once
     * @param bodyBytes size of the request's body, 0 for none
     * @param patience how long the client waits, empty for as long as it takes
     */
    record Send(
            Duration at,
            int count,
            Duration over,
            String method,
            String path,
            int bodyBytes,
            Optional<Duration> patience)
            implements Action {
        @Override
        public String shown() {
            return "send %d x %s %s%s"
                    .formatted(count, method, path, over.isZero() ? "" : " over " + over.toMillis() / 1000.0 + " s");
        }
    }

    /** A signal to FPM's master. */
    record ToMaster(Duration at, Signal signal) implements Action {
        @Override
        public String shown() {
            return signal.title() + " to the master";
        }
    }

    /**
     * A signal to one worker.
     *
     * @param which {@code busy}, {@code idle} or {@code all}
     */
    record ToWorker(Duration at, String which, Signal signal) implements Action {
        @Override
        public String shown() {
            return signal.title() + " to " + (which.equals("all") ? "all workers" : "a worker that is " + which);
        }
    }

    /** FPM is started again, after it ended. */
    record Start(Duration at) implements Action {
        @Override
        public String shown() {
            return "start FPM again";
        }
    }

    /** Scripts are replaced while requests run. */
    record Deploy(Duration at, Scripts scripts, String names) implements Action {
        @Override
        public String shown() {
            return "deploy " + names;
        }
    }

    /** The socket's file gets other permissions. */
    record Permit(Duration at, String mode) implements Action {
        @Override
        public String shown() {
            return "chmod " + mode + " of the socket";
        }
    }
}
