package io.culprit.sim.status;

import io.culprit.sim.pool.PoolFigures;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The pool's figures under the names, and in the order, that the text and the HTML page share. Stateless. */
final class PoolFields {
    private PoolFields() {}

    static Map<String, Object> of(PoolFigures p, long nowMillis) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("pool", p.pool());
        fields.put("process manager", p.pm().name().toLowerCase(Locale.ROOT));
        fields.put("start time", Times.date(p.startedMillis()));
        fields.put("start since", Times.since(p.startedMillis(), nowMillis));
        fields.put("accepted conn", p.acceptedConn());
        fields.put("listen queue", p.listenQueue());
        fields.put("max listen queue", p.maxListenQueue());
        fields.put("listen queue len", p.listenQueueLength());
        fields.put("idle processes", p.idle());
        fields.put("active processes", p.active());
        fields.put("total processes", p.total());
        fields.put("max active processes", p.maxActive());
        fields.put("max children reached", p.maxChildrenReached());
        fields.put("slow requests", p.slowRequests());
        return fields;
    }
}
