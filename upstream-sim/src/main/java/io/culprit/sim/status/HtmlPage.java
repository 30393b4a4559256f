package io.culprit.sim.status;

import io.culprit.sim.pool.PoolFigures;
import io.culprit.sim.pool.figures.WorkerFigures;
import java.util.List;

/** The status page as HTML. Stateless. */
final class HtmlPage {
    private static final String HEAD = "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\""
            + " \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd\">\n"
            + "<html xmlns=\"http://www.w3.org/1999/xhtml\" xml:lang=\"en\" lang=\"en\">\n"
            + "<head><title>PHP-FPM Status Page</title></head>\n<body>\n<table>\n";
    private static final List<String> COLUMNS = List.of(
            "pid",
            "state",
            "start time",
            "start since",
            "requests",
            "request duration",
            "request method",
            "request uri",
            "content length",
            "user",
            "script",
            "last request cpu",
            "last request memory");

    private HtmlPage() {}

    static String render(PoolFigures p, List<WorkerFigures> workers, long nowMillis) {
        var out = new StringBuilder(HEAD);
        PoolFields.of(p, nowMillis).forEach((name, value) -> line(out, name, XmlPage.escape(value.toString())));
        out.append("</table>\n");
        if (workers.isEmpty()) {
            return out.append("</body></html>").toString();
        }
        out.append("<table border=\"1\">\n<tr>");
        COLUMNS.forEach(name -> out.append("<th>").append(name).append("</th>"));
        out.append("</tr>\n");
        workers.forEach(w -> worker(out, w, nowMillis));
        return out.append("</table></body></html>").toString();
    }

    private static void worker(StringBuilder out, WorkerFigures w, long nowMillis) {
        out.append("<tr>");
        for (Object each : List.of(
                w.pid(),
                w.state(),
                Times.date(w.startedMillis()),
                Times.since(w.startedMillis(), nowMillis),
                w.requests(),
                w.durationMicros(),
                XmlPage.escape(w.method()),
                XmlPage.escape(w.uri()),
                w.contentLength(),
                XmlPage.escape(w.user()),
                XmlPage.escape(w.script()),
                Times.percent(w.cpuPercent()),
                w.memory())) {
            out.append("<td>").append(each).append("</td>");
        }
        out.append("</tr>\n");
    }

    private static void line(StringBuilder out, String name, Object value) {
        out.append("<tr><th>").append(name).append("</th><td>").append(value).append("</td></tr>\n");
    }
}
