package io.culprit.sim.script.steps;

import io.culprit.sim.pool.WorkerKilledException;
import io.culprit.sim.script.Php;
import io.culprit.sim.script.Step;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;

/** Uses the CPU, which is what {@code max_execution_time} counts; sleeping is free. */
public record BurnCpu(Duration duration) implements Step {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    @Override
    public void run(Php php) throws java.io.IOException {
        long limit = php.pool().config().maxExecutionTime().toNanos();
        long start = THREADS.getCurrentThreadCpuTime();
        while (true) {
            long used = THREADS.getCurrentThreadCpuTime() - start;
            if (php.worker().killed()) {
                throw new WorkerKilledException();
            }
            if (limit > 0 && php.cpuNanos() > limit) {
                long seconds = limit / 1_000_000_000L;
                php.fatal("Maximum execution time of %d second%s exceeded".formatted(seconds, seconds == 1 ? "" : "s"));
            }
            if (used >= duration.toNanos()) {
                return;
            }
        }
    }
}
