package io.culprit.server;

import io.culprit.config.DrainConfig;
import io.culprit.failure.Text;
import io.culprit.server.request.Lifecycle;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets what runs come to its end: readiness says no, after {@code drain.delay} no client is accepted, connections close that have been
 * idle for {@code drain.idle}, running requests and tunnels finish within {@code drain.timeout}. Used once, by the thread that ends the
 * gateway; it is cut short as soon as the gateway is to stop at once.
 */
final class Drain {
    private static final Logger LOG = LoggerFactory.getLogger(Drain.class);

    /** How often connections are asked whether they are done. */
    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final DrainConfig config;
    private final Frontend frontend;
    private final Lifecycle lifecycle;

    Drain(DrainConfig config, Frontend frontend, Lifecycle lifecycle) {
        this.config = config;
        this.frontend = frontend;
        this.lifecycle = lifecycle;
    }

    /** All of it; returns how many connections were not done. */
    int withDelay() throws InterruptedException {
        lifecycle.leave();
        pause(config.delay().toNanos(), () -> false);
        return finish();
    }

    /** Without the delay: load balancers have nothing to notice. */
    int now() throws InterruptedException {
        lifecycle.leave();
        return finish();
    }

    private int finish() throws InterruptedException {
        lifecycle.drain();
        frontend.stopAccepting();
        long end = System.nanoTime() + config.timeout().toNanos();
        long quiet = config.idle().toNanos();
        do {
            // Again and again: some were accepted only now, or had just said something.
            frontend.drain(System.nanoTime() - quiet);
            pause(Math.min(STEP_NANOS, end - System.nanoTime()), () -> frontend.connections() == 0);
        } while (frontend.connections() > 0 && !lifecycle.stopping() && System.nanoTime() - end < 0);
        int left = frontend.connections();
        if (left == 0) {
            LOG.info("all requests and tunnels have ended, none was cut");
        } else {
            int running = frontend.running();
            LOG.warn(
                    "{} with {} were not done {}, and are cut",
                    Text.count(left, "connection"),
                    running == 1 ? "one request or tunnel" : running + " requests and tunnels",
                    lifecycle.stopping()
                            ? "when the gateway was told to end at once"
                            : "within drain.timeout of "
                                    + Text.duration(config.timeout().toNanos()));
        }
        return left;
    }

    private void pause(long nanos, BooleanSupplier done) throws InterruptedException {
        long end = System.nanoTime() + nanos;
        while (!lifecycle.stopping() && System.nanoTime() - end < 0 && !done.getAsBoolean()) {
            Thread.sleep(5);
        }
    }
}
