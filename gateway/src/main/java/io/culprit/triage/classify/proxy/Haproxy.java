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
import org.jspecify.annotations.Nullable;

/**
 * HAProxy: {@code option httplog}, {@code option tcplog} and what it says of servers. A timer of -1 is a phase that was not
 * reached; the termination state's first two letters say who ended the session and in which phase (configuration manual,
 * section 8.5). The time is that of accept.
 */
public final class Haproxy implements LineReader {
    private static final List<Diagnosis> NO_CONNECTION =
            List.of(Cause.CONNECT_REFUSED, Cause.CONNECT_UNREACHABLE, Cause.TLS_CLOSED);
    private static final List<Diagnosis> NO_HEAD = List.of(Cause.HEAD_CLOSED, Cause.HEAD_RESET, Cause.HEAD_TRUNCATED);
    private static final List<Diagnosis> BAD_HEAD = List.of(
            Cause.HEAD_BAD_HEADER,
            Cause.HEAD_BAD_STATUS,
            Cause.HEAD_TOO_BIG,
            Cause.HEAD_NOT_HTTP,
            Cause.HEAD_BAD_LENGTH);
    private static final List<Diagnosis> CUT = List.of(Cause.BODY_TRUNCATED, Cause.BODY_RESET);

    @Override
    public @Nullable Finding read(Line line) {
        String s = line.text();
        Finding server = server(s);
        if (server != null) {
            return server.at(line.stamp()).host(line.host());
        }
        int open = s.indexOf(" [");
        if (open < 3 || open > 60 || s.lastIndexOf(' ', open - 1) >= 0) {
            return null;
        }
        String peer = s.substring(0, open);
        Stamp accepted = Times.common(s, open + 2);
        if (!accepted.exists() || !s.startsWith("] ", accepted.end())) {
            return null;
        }
        String[] w = s.substring(accepted.end() + 2).split(" ", 16);
        if (w.length < 6 || w[1].indexOf('/') < 0) {
            return null;
        }
        String[] timers = w[2].split("/");
        Finding found = timers.length == 5 ? http(s, w, timers) : timers.length == 3 ? tcp(w, timers) : null;
        if (found == null) {
            return null;
        }
        int colon = peer.lastIndexOf(':');
        Stamp end = new Stamp(accepted.micros() + Math.max(0, found.duration()), accepted.clock(), 0);
        return found.client(colon < 0 ? peer : peer.substring(0, colon)).at(end).host(line.host());
    }

    private static @Nullable Finding http(String s, String[] w, String[] timers) {
        if (w.length < 10 || w[7].length() < 4) {
            return null;
        }
        int status = w[3].equals("-1") ? -1 : (int) Words.number(w[3]);
        String flags = w[7].substring(0, 2);
        boolean noServer = w[1].endsWith("<NOSRV>");
        int quote = s.indexOf('"');
        String request = quote < 0
                ? ""
                : s.substring(quote + 1, Math.max(quote + 1, s.endsWith("\"") ? s.length() - 1 : s.length()));
        Finding found = Finding.request(Program.HAPROXY)
                .status(status)
                .pool(w[1].substring(0, w[1].indexOf('/')))
                .upstream(noServer ? "" : w[1])
                .requestLine(request)
                .duration(milliseconds(timers[4]));
        List<Diagnosis> causes = http(flags, status, noServer, timers);
        return causes.isEmpty() ? found : found.oneOf(causes);
    }

    private static List<Diagnosis> http(String flags, int status, boolean noServer, String[] timers) {
        return switch (flags) {
            case "SC" -> noServer ? List.of(Cause.PEERS_NONE_LIVE) : NO_CONNECTION;
            case "sC" -> List.of(Cause.CONNECT_TIMEOUT);
            case "SH" -> NO_HEAD;
            case "sH" -> List.of(Cause.HEAD_TIMEOUT);
            case "PH" -> BAD_HEAD;
            case "SD" -> status < 0 ? List.of(Cause.SEND_RESET, Cause.HEAD_RESET) : CUT;
            case "sD" -> List.of(Cause.BODY_TIMEOUT);
            case "sQ" -> List.of(Cause.QUEUE_TIMEOUT);
            case "PC" -> List.of(Cause.GATEWAY_NO_LOCAL_PORT, Cause.GATEWAY_FD_LIMIT);
            case "PD" -> List.of(Cause.BODY_BAD_CHUNK);
            case "RC" -> List.of(Cause.GATEWAY_FD_LIMIT, Cause.GATEWAY_NO_LOCAL_PORT, Cause.GATEWAY_MEMORY);
            case "CR", "CH", "CD", "CC", "CQ", "CT" -> List.of(Cause.CLIENT_CLOSED);
            case "cR", "cD", "cH", "cT" -> List.of(Cause.CLIENT_TIMEOUT);
            case "PR" -> List.of(status == 400 ? Cause.CLIENT_BAD_REQUEST : Condition.GATEWAY_DENIED);
            case "PT" -> List.of(Condition.GATEWAY_DENIED);
            case "LR" -> List.of();
            default -> status >= 500 && !timers[3].equals("-1") ? List.of(Cause.ORIGIN_ERROR) : List.of();
        };
    }

    private static @Nullable Finding tcp(String[] w, String[] timers) {
        String flags = w[4];
        if (flags.length() != 2) {
            return null;
        }
        boolean noServer = w[1].endsWith("<NOSRV>");
        Finding found = Finding.request(Program.HAPROXY)
                .pool(w[1].substring(0, w[1].indexOf('/')))
                .upstream(noServer ? "" : w[1])
                .duration(milliseconds(timers[2]));
        boolean connected = !timers[1].equals("-1");
        return switch (flags) {
            case "SC" -> found.oneOf(noServer ? List.of(Cause.PEERS_NONE_LIVE) : NO_CONNECTION);
            case "sC" -> found.is(Cause.CONNECT_TIMEOUT);
            case "CC" -> found.oneOf(Cause.CONNECT_REFUSED, Cause.CLIENT_CLOSED);
            case "SD" -> found.is(connected ? Cause.BODY_RESET : Cause.CONNECT_REFUSED);
            case "sD" -> found.is(Cause.BODY_TIMEOUT);
            case "sQ" -> found.is(Cause.QUEUE_TIMEOUT);
            case "CD" -> found.is(Cause.CLIENT_CLOSED);
            case "cD" -> found.is(Cause.CLIENT_TIMEOUT);
            default -> found;
        };
    }

    /** {@code Server B/S is DOWN, reason: ...}, {@code backend B has no server available!} and their kin. */
    private static @Nullable Finding server(String s) {
        boolean own = s.startsWith("Server ")
                || s.startsWith("Backup Server ")
                || s.startsWith("backend ")
                || s.startsWith("Health check for ")
                || s.startsWith("[ALERT]")
                || s.startsWith("[WARNING]")
                || s.startsWith("[NOTICE]");
        if (!own) {
            return null;
        }
        int down = s.indexOf(" is DOWN");
        int name = Math.max(s.indexOf("Server "), s.indexOf("server "));
        if (name >= 0 && name + 7 < down) {
            String server = s.substring(name + 7, down);
            return Finding.event(Program.HAPROXY)
                    .oneOf(down(s))
                    .upstream(server)
                    .pool(server.substring(0, Math.max(0, server.indexOf('/'))));
        }
        if (s.contains("has no server available")) {
            String pool = Words.between(s, "ackend ", " has no").replace("'", "");
            return Finding.event(Program.HAPROXY).is(Cause.PEERS_NONE_LIVE).pool(pool);
        }
        boolean up = s.contains(" is UP, reason: ") || s.contains(" is UP (");
        return up
                ? Finding.event(Program.HAPROXY)
                        .is(Condition.UPSTREAM_UP)
                        .upstream(Words.between(s, "erver ", " is UP"))
                : null;
    }

    private static List<Diagnosis> down(String s) {
        if (s.contains("reason: Layer4 connection problem")) {
            boolean route = s.contains("No route") || s.contains("unreachable");
            return List.of(route ? Cause.CONNECT_UNREACHABLE : Cause.CONNECT_REFUSED);
        }
        if (s.contains("reason: Layer4 timeout")) {
            return List.of(Cause.CONNECT_TIMEOUT);
        }
        if (s.contains("reason: Layer6 timeout")) {
            return List.of(Cause.TLS_TIMEOUT);
        }
        if (s.contains("reason: Layer6")) {
            return List.of(Cause.TLS_ALERT, Cause.TLS_CLOSED, Cause.TLS_UNTRUSTED);
        }
        if (s.contains("reason: Layer7 timeout")) {
            return List.of(Cause.HEAD_TIMEOUT);
        }
        if (s.contains("reason: Layer7 wrong status")) {
            return List.of(Cause.ORIGIN_ERROR);
        }
        if (s.contains("reason: Layer7 invalid response")) {
            return List.of(Cause.HEAD_NOT_HTTP);
        }
        return List.of(s.contains("reason: Socket error") ? Cause.HEAD_RESET : Condition.UNKNOWN);
    }

    private static long milliseconds(String timer) {
        String plain = timer.startsWith("+") ? timer.substring(1) : timer;
        long value = Words.number(plain);
        return value < 0 ? -1 : value * 1000;
    }
}
