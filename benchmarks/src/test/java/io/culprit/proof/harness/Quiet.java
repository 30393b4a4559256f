package io.culprit.proof.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.culprit.admission.Admission;
import io.culprit.failure.Outcome;
import io.culprit.loop.IoLoop;
import io.culprit.record.count.Counters;
import io.culprit.upstream.Upstream;

/** What a gateway must look like when nobody asks it for anything any longer. */
public final class Quiet {
    private Quiet() {}

    /** Waits until nothing is held for anybody: places, connections, buffers. */
    public static void await(TestGateway gateway) {
        for (Admission admission : gateway.gateway().admissions().values()) {
            TestGateway.await("all tickets are back", () -> admission.inUse() == 0 && admission.waiting() == 0);
        }
        for (Upstream upstream : gateway.gateway().upstreams().values()) {
            TestGateway.await(
                    "only idle connections are open", () -> upstream.budget().open() == upstream.idleConnections());
            upstream.peers().group().primaries().forEach(peer -> assertEquals(0, peer.active(), peer.name()));
        }
        for (IoLoop loop : gateway.gateway().loops()) {
            TestGateway.await("all buffers are back", () -> loop.lent() == 0);
        }
    }

    /** Every request ended in one way. */
    public static void countersAddUp(Counters counters) {
        assertEquals(
                counters.requests(),
                counters.ended(Outcome.Ending.DELIVERED)
                        + counters.ended(Outcome.Ending.FAILED)
                        + counters.ended(Outcome.Ending.CLIENT_GONE));
    }
}
