package io.culprit.record.log;

import io.culprit.failure.Outcome;

/** The combined format of Apache and nginx. */
final class CombinedLine implements LineFormat {
    private final Clock clock = new Clock(LogText.COMBINED);

    @Override
    public void append(Outcome o, Line line) {
        line.add(o.client()).add(" - - [").add(clock.at(o.epochMillis())).add("] \"");
        request(o, line);
        line.add("\" ")
                .add(o.status())
                .add(' ')
                .add(o.bytesToClient())
                .add(" \"")
                .orDash(o.referer())
                .add("\" \"")
                .orDash(o.userAgent())
                .add('"');
    }

    /** The request line, as far as the client could say it. */
    static void request(Outcome o, Line line) {
        line.escaped(o.method()).add(' ').escaped(o.target()).add(' ').add(o.protocol());
    }
}
