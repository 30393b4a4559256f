package io.culprit.triage.classify.proxy;

import io.culprit.failure.Cause;
import io.culprit.failure.Condition;
import io.culprit.failure.Diagnosis;
import io.culprit.triage.classify.Finding;
import io.culprit.triage.classify.Line;
import io.culprit.triage.classify.LineReader;
import io.culprit.triage.classify.Program;
import io.culprit.triage.classify.text.Stamp;
import io.culprit.triage.classify.text.Times;
import io.culprit.triage.classify.text.Words;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Traefik: JSON access log, and the reason that it writes at level debug only. The status of the origin is 502 also where nothing
 * answered; the sizes of Traefik's own answers tell. Durations are nanoseconds.
 */
public final class Traefik implements LineReader {
    private static final String CAUSED = "caused by: ";

    @Override
    public @Nullable Finding read(Line line) {
        String s = line.text();
        int at = s.indexOf(CAUSED);
        boolean reason = s.contains("Bad Gateway error=");
        if (s.startsWith("DBG ") && !reason || s.startsWith("time=\"") && s.contains("oxy/forward")) {
            return roundTrip(line, s);
        }
        boolean two = at > 0 && s.contains("level=debug");
        int three = two ? -1 : s.indexOf("Bad Gateway error=");
        if (!two && three < 0) {
            return null;
        }
        String message = two ? s.substring(at + CAUSED.length()) : s.substring(three + 18);
        int quote = two ? message.lastIndexOf('"') : -1;
        Finding found = Finding.error(Program.TRAEFIK);
        put(found, quote > 0 ? message.substring(0, quote) : message);
        Stamp stamp = s.startsWith("time=\"") ? Times.iso(s, 6) : line.stamp();
        return found.at(stamp).host(line.host());
    }

    /** Version 1 tells of each round trip; a 502 of 11 bytes is its own text. */
    private static Finding roundTrip(Line line, String s) {
        Stamp stamp = s.startsWith("time=\"") ? Times.iso(s, 6) : line.stamp();
        boolean own = s.contains("Round trip: ") && s.contains("code: 502, Length: 11");
        return own
                ? Finding.error(Program.TRAEFIK)
                        .oneOf(own(502))
                        .upstream(NginxError.address(Words.between(s, "Round trip: ", ",")))
                        .at(stamp)
                : Finding.noise(Program.TRAEFIK).at(stamp);
    }

    /** Traefik keeps connections and says of one that ended only EOF. */
    private static void put(Finding found, String message) {
        Go.put(found, message);
        if (found.diagnoses().get(0) == Cause.HEAD_CLOSED) {
            found.oneOf(Cause.HEAD_CLOSED, Cause.HEAD_CLOSED_ON_REUSE);
        }
    }

    public static @Nullable Finding json(Map<String, String> json) {
        if (!json.containsKey("DownstreamStatus")) {
            String message = json.getOrDefault("message", json.getOrDefault("msg", ""));
            boolean reason = message.contains("Bad Gateway") && json.containsKey("error");
            if (!reason) {
                return null;
            }
            Finding found = Finding.error(Program.TRAEFIK);
            put(found, json.getOrDefault("error", ""));
            return found.at(Times.iso(json.getOrDefault("time", ""), 0));
        }
        int status = (int) Words.number(json.get("DownstreamStatus"));
        long nanos = Words.number(json.getOrDefault("Duration", "-"));
        Stamp start = Times.iso(json.getOrDefault("StartUTC", json.getOrDefault("time", "")), 0);
        Finding found = Finding.request(Program.TRAEFIK)
                .status(status)
                .duration(nanos < 0 ? -1 : nanos / 1000)
                .client(json.getOrDefault("ClientHost", ""))
                .site(json.getOrDefault("RequestHost", ""))
                .pool(json.getOrDefault("ServiceName", ""))
                .upstream(json.getOrDefault("ServiceAddr", ""))
                .request(json.getOrDefault("RequestMethod", ""), json.getOrDefault("RequestPath", ""));
        found.at(start.exists() ? Envoy.end(start, found.duration()) : start);
        if (status == 499) {
            return found.is(Cause.CLIENT_CLOSED);
        }
        if (status < 500) {
            return found;
        }
        long origin = Words.number(json.getOrDefault("OriginStatus", "0"));
        if (origin == 0) {
            return found.is(status == 503 ? Cause.PEERS_NONE_LIVE : Condition.UNKNOWN);
        }
        long size = Words.number(json.getOrDefault("OriginContentSize", "-"));
        boolean own = status == 502 && size == 11 || status == 504 && size == 15;
        return own ? found.oneOf(own(status)) : found.is(Cause.ORIGIN_ERROR);
    }

    /** What Traefik's own text may stand for. */
    static List<Diagnosis> own(int status) {
        return switch (status) {
            case 502 -> List.of(Cause.CONNECT_REFUSED, Cause.HEAD_CLOSED, Cause.HEAD_RESET, Cause.ORIGIN_ERROR);
            case 504 -> List.of(Cause.HEAD_TIMEOUT, Cause.CONNECT_TIMEOUT);
            default -> List.of(Cause.PEERS_NONE_LIVE);
        };
    }
}
