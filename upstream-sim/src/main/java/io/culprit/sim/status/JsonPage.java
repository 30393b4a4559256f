package io.culprit.sim.status;

import io.culprit.sim.pool.PoolFigures;
import io.culprit.sim.pool.figures.WorkerFigures;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The status page as JSON, with PHP's escaped slashes. Written by hand: byte for byte means also without a space. */
final class JsonPage {
    private JsonPage() {}

    static String render(PoolFigures p, List<WorkerFigures> workers, long nowMillis) {
        String pool =
                ("{\"pool\":\"%s\",\"process manager\":\"%s\",\"start time\":%d,\"start since\":%d,\"accepted conn\":%d,"
                                + "\"listen queue\":%d,\"max listen queue\":%d,\"listen queue len\":%d,\"idle processes\":%d,"
                                + "\"active processes\":%d,\"total processes\":%d,\"max active processes\":%d,"
                                + "\"max children reached\":%d,\"slow requests\":%d")
                        .formatted(
                                escape(p.pool()),
                                p.pm().name().toLowerCase(Locale.ROOT),
                                Times.seconds(p.startedMillis()),
                                Times.since(p.startedMillis(), nowMillis),
                                p.acceptedConn(),
                                p.listenQueue(),
                                p.maxListenQueue(),
                                p.listenQueueLength(),
                                p.idle(),
                                p.active(),
                                p.total(),
                                p.maxActive(),
                                p.maxChildrenReached(),
                                p.slowRequests());
        if (workers.isEmpty()) {
            return pool + "}";
        }
        return workers.stream()
                .map(w -> worker(w, nowMillis))
                .collect(Collectors.joining(",", pool + ", \"processes\":[", "]}"));
    }

    private static String worker(WorkerFigures w, long nowMillis) {
        return ("{\"pid\":%d,\"state\":\"%s\",\"start time\":%d,\"start since\":%d,\"requests\":%d,\"request duration\":%d,"
                        + "\"request method\":\"%s\",\"request uri\":\"%s\",\"content length\":%d,\"user\":\"%s\","
                        + "\"script\":\"%s\",\"last request cpu\":%s,\"last request memory\":%d}")
                .formatted(
                        w.pid(),
                        w.state(),
                        Times.seconds(w.startedMillis()),
                        Times.since(w.startedMillis(), nowMillis),
                        w.requests(),
                        w.durationMicros(),
                        escape(w.method()),
                        escape(w.uri()),
                        w.contentLength(),
                        escape(w.user()),
                        escape(w.script()),
                        Times.percent(w.cpuPercent()),
                        w.memory());
    }

    private static String escape(String text) {
        var out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\', '/' -> out.append('\\').append(c);
                default -> {
                    if (c < ' ' || c > 126) {
                        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        return out.toString();
    }
}
