package io.culprit.server.request;

import io.culprit.config.record.TelemetryConfig;
import io.culprit.failure.Trace;
import io.culprit.http.HeaderName;
import io.culprit.http.RequestHead;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** Begins or continues the trace of each request (W3C Trace Context). Immutable. */
public final class Tracing {
    private final boolean propagate;
    private final int samplePercent;

    /** As configured. */
    public Tracing(TelemetryConfig config) {
        propagate = config.propagate();
        samplePercent = config.otlp().isPresent() ? config.samplePercent() : 0;
    }

    /** Whether upstreams are told. */
    boolean propagates() {
        return propagate;
    }

    /** The trace this request belongs to. */
    Trace of(RequestHead head) {
        if (propagate && head.headers().has(HeaderName.TRACEPARENT)) {
            Optional<Trace> continued = Trace.continued(head.headers().first(HeaderName.TRACEPARENT));
            if (continued.isPresent()) {
                return continued.get();
            }
        }
        return Trace.begin(samplePercent > 0 && ThreadLocalRandom.current().nextInt(100) < samplePercent);
    }
}
