package io.culprit.sim.status;

import io.culprit.sim.pool.PoolFigures;
import io.culprit.sim.pool.figures.WorkerFigures;
import java.util.List;

/** The five forms of the status page, in the order in which a query that names several is read. */
enum Format {
    HTML("html", "Content-type: text/html;charset=UTF-8"),
    XML("xml", "Content-type: text/xml;charset=UTF-8"),
    JSON("json", "Content-Type: application/json"),
    OPENMETRICS("openmetrics", "Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8"),
    TEXT("text", "Content-type: text/plain;charset=UTF-8");

    private final String key;
    private final String contentType;

    Format(String key, String contentType) {
        this.key = key;
        this.contentType = contentType;
    }

    static Format of(String query) {
        for (Format each : values()) {
            if (StatusPage.has(query, each.key)) {
                return each;
            }
        }
        return TEXT;
    }

    String contentType() {
        return contentType;
    }

    /**
     * @param workers empty unless {@code full} was asked for
     * @param nowMillis the time of the answer
     */
    String render(PoolFigures pool, List<WorkerFigures> workers, long nowMillis) {
        return switch (this) {
            case HTML -> HtmlPage.render(pool, workers, nowMillis);
            case XML -> XmlPage.render(pool, workers, nowMillis);
            case JSON -> JsonPage.render(pool, workers, nowMillis);
            case OPENMETRICS -> OpenMetricsPage.render(pool, nowMillis);
            case TEXT -> TextPage.render(pool, workers, nowMillis);
        };
    }
}
