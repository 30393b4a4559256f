package io.culprit.sim.pool;

import java.util.ArrayDeque;

/**
 * {@code emergency_restart_threshold}: whether too many workers crashed within {@code emergency_restart_interval} (facts:
 * php-fpm, process manager). Owned by the master's thread.
 */
final class EmergencyRestart {
    private final MasterConfig config;
    private final ArrayDeque<Long> faults = new ArrayDeque<>();

    EmergencyRestart(MasterConfig config) {
        this.config = config;
    }

    /** Counts this end of a worker; true when it is the one too many, and counting begins anew. */
    boolean causedBy(Exit exit) {
        if (config.emergencyRestartThreshold() == 0 || exit.signal() != Signal.SEGV.number()) {
            return false;
        }
        long now = System.nanoTime();
        long interval = config.emergencyRestartInterval().toNanos();
        faults.addLast(now);
        while (now - faults.peekFirst() > interval) {
            faults.removeFirst();
        }
        if (faults.size() < config.emergencyRestartThreshold()) {
            return false;
        }
        faults.clear();
        return true;
    }

    /** What the log says then. */
    String line() {
        return "failed processes threshold (%d in %d sec) is reached, initiating reload"
                .formatted(
                        config.emergencyRestartThreshold(),
                        config.emergencyRestartInterval().toSeconds());
    }
}
