package io.culprit.record.log;

import io.culprit.failure.Outcome;

/** Combined, plus what nginx's {@code $upstream_*} variables would hold. */
final class NginxUpstreamLine implements LineFormat {
    private final CombinedLine combined = new CombinedLine();

    @Override
    public void append(Outcome o, Line line) {
        combined.append(o, line);
        line.add(" rt=").seconds(o.durationNanos()).add(" uaddr=\"");
        Attempts.list(o, line, Attempts::peer);
        line.add("\" ustatus=\"");
        Attempts.list(o, line, (a, out) -> Attempts.status(o, a, out));
        line.add("\" uct=\"");
        Attempts.list(o, line, Attempts::connectTime);
        line.add("\" uht=\"");
        Attempts.list(o, line, Attempts::headerTime);
        line.add("\" urt=\"");
        Attempts.list(o, line, Attempts::responseTime);
        line.add("\" cause=")
                .add(o.failure() == null ? "-" : o.failure().cause().id())
                .add(" id=")
                .escaped(o.requestId());
    }
}
