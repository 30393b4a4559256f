package io.culprit.triage.classify.proxy;

import io.culprit.failure.Cause;
import io.culprit.failure.Condition;
import io.culprit.failure.Diagnosis;
import io.culprit.triage.classify.Finding;
import io.culprit.triage.classify.Line;
import io.culprit.triage.classify.LineReader;
import io.culprit.triage.classify.Program;
import io.culprit.triage.classify.app.Rails;
import io.culprit.triage.classify.text.FlatJson;
import io.culprit.triage.classify.text.Stamp;
import io.culprit.triage.classify.text.Times;
import io.culprit.triage.classify.text.Words;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Logs of one JSON object a line: Caddy, Envoy, Traefik, Cloudflare's Logpush, Culprit's own, and nginx's by escape=json. */
public final class JsonLog implements LineReader {
    @Override
    public @Nullable Finding read(Line line) {
        if (line.first() != '{'
                || line.text().indexOf("\"stream\"") > 0 && line.text().indexOf("\"log\"") > 0
                || line.text().indexOf("\"__REALTIME_TIMESTAMP\"") > 0) {
            return null;
        }
        Map<String, String> json = FlatJson.read(line.text());
        if (json == null) {
            return null;
        }
        Finding found = caddy(json);
        found = found == null ? Traefik.json(json) : found;
        found = found == null ? Envoy.json(json) : found;
        found = found == null ? cloudflare(json) : found;
        found = found == null ? culprit(json) : found;
        found = found == null && json.containsKey("controller") && json.containsKey("action")
                ? Rails.lograge(json)
                : found;
        found = found == null ? nginx(json) : found;
        return found == null ? null : found.host(line.host());
    }

    private static @Nullable Finding caddy(Map<String, String> json) {
        String logger = json.getOrDefault("logger", "");
        if (!logger.startsWith("http.") && !json.containsKey("err_trace")) {
            return null;
        }
        Stamp stamp = Times.epoch(json.getOrDefault("ts", ""));
        if (!stamp.exists()) {
            stamp = Times.iso(json.getOrDefault("ts", ""), 0);
        }
        boolean access = logger.startsWith("http.log.access");
        Finding found = access ? Finding.request(Program.CADDY) : Finding.error(Program.CADDY);
        String client = json.getOrDefault("request.remote_ip", json.getOrDefault("request.remote_addr", ""));
        found.at(stamp)
                .status((int) Words.number(json.getOrDefault("status", "-")))
                .duration(Words.micros(json.getOrDefault("duration", "-")))
                .client(client)
                .site(json.getOrDefault("request.host", ""))
                .request(json.getOrDefault("request.method", ""), json.getOrDefault("request.uri", ""));
        if (access) {
            return found.status() >= 500 ? found.is(Condition.UNKNOWN) : found;
        }
        if (!json.getOrDefault("level", "error").equals("error")) {
            return Finding.noise(Program.CADDY).at(stamp);
        }
        if (json.getOrDefault("msg", "").equals("aborting with incomplete response")) {
            return found.is(Cause.BODY_TRUNCATED);
        }
        return Go.put(found, json.getOrDefault("msg", ""));
    }

    private static @Nullable Finding cloudflare(Map<String, String> json) {
        String edge = json.get("EdgeResponseStatus");
        if (edge == null) {
            return null;
        }
        int status = (int) Words.number(edge);
        String end = json.getOrDefault("EdgeEndTimestamp", "");
        Stamp stamp = Times.iso(end, 0);
        Finding found = Finding.request(Program.CLOUDFLARE)
                .status(status)
                .at(stamp.exists() ? stamp : Times.epoch(end))
                .client(json.getOrDefault("ClientIP", ""))
                .site(json.getOrDefault("ClientRequestHost", ""))
                .upstream(json.getOrDefault("OriginIP", ""))
                .request(json.getOrDefault("ClientRequestMethod", ""), json.getOrDefault("ClientRequestURI", ""));
        if (status < 500) {
            return found;
        }
        long origin = Words.number(json.getOrDefault("OriginResponseStatus", "0"));
        return found.oneOf(origin > 0 && status < 520 ? List.of(Cause.ORIGIN_ERROR) : edge(status));
    }

    /** Cloudflare's own statuses, from its documentation of 5xx errors. */
    static List<Diagnosis> edge(int status) {
        return switch (status) {
            case 520 -> List.of(Cause.HEAD_CLOSED, Cause.HEAD_RESET, Cause.HEAD_NOT_HTTP, Cause.HEAD_TOO_BIG);
            case 521 -> List.of(Cause.CONNECT_REFUSED);
            case 522 -> List.of(Cause.CONNECT_TIMEOUT);
            case 523 -> List.of(Cause.CONNECT_UNREACHABLE);
            case 524 -> List.of(Cause.HEAD_TIMEOUT);
            case 525 -> List.of(Cause.TLS_ALERT, Cause.TLS_CLOSED, Cause.TLS_NOT_TLS);
            case 526 -> List.of(Cause.TLS_UNTRUSTED, Cause.TLS_EXPIRED, Cause.TLS_NAME_MISMATCH);
            case 530 -> List.of(Cause.DNS_NOT_FOUND);
            default -> List.of(Condition.UNKNOWN);
        };
    }

    private static @Nullable Finding culprit(Map<String, String> json) {
        if (!json.containsKey("ending") && !json.containsKey("attempts.0.peer")) {
            return null;
        }
        String cause = json.getOrDefault("failure.cause", json.getOrDefault("cause", ""));
        Optional<Diagnosis> known = Diagnosis.byId(cause);
        String peer = "";
        for (int i = 0; json.containsKey("attempts." + i + ".peer"); i++) {
            peer = json.getOrDefault("attempts." + i + ".peer", "");
        }
        Finding found = Finding.request(Program.CULPRIT)
                .status((int) Words.number(json.getOrDefault("status", "-")))
                .at(Times.iso(json.getOrDefault("time", ""), 0))
                .client(json.getOrDefault("client", ""))
                .site(json.getOrDefault("host", ""))
                .pool(json.getOrDefault("upstream", ""))
                .upstream(peer)
                .request(json.getOrDefault("method", ""), json.getOrDefault("target", ""));
        return known.isPresent() ? found.is(known.get()) : found;
    }

    /** The names are free: those that most people use. */
    private static @Nullable Finding nginx(Map<String, String> json) {
        String status = json.get("status");
        if (status == null || Words.number(status) < 0) {
            return null;
        }
        Access a = new Access();
        a.status = (int) Words.number(status);
        a.requestLine = json.getOrDefault(
                "request",
                (json.getOrDefault("request_method", json.getOrDefault("method", "")) + " "
                                + json.getOrDefault("request_uri", json.getOrDefault("uri", "")))
                        .strip());
        a.client = json.getOrDefault("remote_addr", json.getOrDefault("client", ""));
        a.bytes = Words.number(json.getOrDefault("body_bytes_sent", json.getOrDefault("bytes_sent", "-")));
        json.forEach((name, value) -> CommonLog.name(a, name, value));
        Stamp stamp = Stamp.NONE;
        for (String name : List.of("time", "time_iso8601", "@timestamp", "timestamp", "time_local", "msec", "ts")) {
            String value = json.get(name);
            if (value != null && !stamp.exists()) {
                stamp = Times.iso(value, 0);
                stamp = stamp.exists() ? stamp : Times.common(value, 0);
                stamp = stamp.exists() ? stamp : Times.epoch(value);
            }
        }
        return AccessJudge.judge(a).at(stamp);
    }
}
