package io.culprit.triage.classify.proxy;

import io.culprit.failure.Blame;
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
 * Envoy's access log, as text and as JSON: {@code [START] "METHOD PATH PROTOCOL" STATUS FLAGS DETAILS ...}. The response flags say
 * what happened; an errno in the details is Linux's. {@code via_upstream} means that this hop only passed the answer on.
 */
public final class Envoy implements LineReader {
    private static final long SHORT_MICROS = 5_000;

    @Override
    public @Nullable Finding read(Line line) {
        String s = line.text();
        if (line.first() != '[' || s.length() < 40) {
            return null;
        }
        Stamp start = Times.iso(s, 1);
        if (!start.exists() || !s.startsWith("] \"", start.end())) {
            return null;
        }
        int quote = s.indexOf('"', start.end() + 3);
        if (quote < 0 || quote + 2 > s.length()) {
            return null;
        }
        String[] w = s.substring(quote + 2).split(" ", 12);
        int status = (int) Words.number(w[0]);
        if (w.length < 6 || status < 0 || !flags(w[1])) {
            return null;
        }
        boolean detailed = w[2].indexOf('_') > 0;
        long duration = duration(w, detailed ? 3 : 2);
        Finding found = judge(status, w[1], detailed ? w[2] : "", duration);
        return found.requestLine(s.substring(start.end() + 3, quote))
                .upstream(upstream(s, quote))
                .at(end(start, duration))
                .host(line.host());
    }

    /** Bytes in, bytes out, duration, behind details and, in some versions, a quoted or bare dash or two. */
    private static long duration(String[] w, int from) {
        int at = from;
        while (at < w.length && Words.number(w[at]) < 0) {
            at++;
        }
        long milliseconds = at + 2 < w.length ? Words.number(w[at + 2]) : -1;
        return milliseconds < 0 ? -1 : milliseconds * 1000;
    }

    /** The last quoted value that is an address. */
    private static String upstream(String s, int from) {
        int close = s.lastIndexOf('"');
        while (close > from) {
            int open = s.lastIndexOf('"', close - 1);
            if (open <= from) {
                return "";
            }
            String value = s.substring(open + 1, close);
            if (!value.isEmpty() && value.indexOf(' ') < 0) {
                return value.indexOf(':') > 0 ? value : "";
            }
            close = open;
        }
        return "";
    }

    private static boolean flags(String word) {
        if (word.equals("-")) {
            return true;
        }
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            if ((c < 'A' || c > 'Z') && c != ',') {
                return false;
            }
        }
        return !word.isEmpty();
    }

    static Stamp end(Stamp start, long duration) {
        return new Stamp(start.micros() + Math.max(0, duration), start.clock(), 0);
    }

    /** As JSON the names of the keys are free; two spellings are usual. */
    public static @Nullable Finding json(Map<String, String> json) {
        String code = json.getOrDefault("response_code", json.get("responseCode"));
        String flags = json.getOrDefault("response_flags", json.get("responseFlags"));
        if (code == null || flags == null) {
            return null;
        }
        long milliseconds = Words.number(json.getOrDefault("duration", "-"));
        long duration = milliseconds < 0 ? -1 : milliseconds * 1000;
        String details = json.getOrDefault("response_code_details", json.getOrDefault("responseCodeDetails", ""));
        Stamp start = Times.iso(json.getOrDefault("start_time", json.getOrDefault("startTime", "")), 0);
        String path = json.getOrDefault("path", json.getOrDefault("requestPath", ""));
        String method = json.getOrDefault("method", json.getOrDefault("requestMethod", ""));
        return judge((int) Words.number(code), flags, details, duration)
                .request(method, path)
                .upstream(dash(json.getOrDefault("upstream_host", "")))
                .site(dash(json.getOrDefault("authority", "")))
                .client(dash(json.getOrDefault("downstream_remote_address", "")))
                .at(start.exists() ? end(start, duration) : start);
    }

    private static String dash(String value) {
        return value.equals("-") ? "" : value;
    }

    private static Finding judge(int status, String flags, String details, long duration) {
        Finding found = Finding.request(Program.ENVOY).status(status).duration(duration);
        List<Diagnosis> causes = causes(status, flags, details, duration);
        if (causes.isEmpty()) {
            return found;
        }
        found.oneOf(causes);
        return flags.contains("NC") ? found.blame(Blame.CONFIG) : found; // the route names a cluster that is not there
    }

    private static List<Diagnosis> causes(int status, String flags, String details, long duration) {
        String word = "," + flags + ",";
        if (word.contains(",UF,")) {
            return connection(details);
        }
        if (word.contains(",UH,")) {
            return List.of(Cause.PEERS_NONE_LIVE);
        }
        if (word.contains(",UO,")) {
            return List.of(Cause.POOL_FULL);
        }
        if (word.contains(",NR,") || word.contains(",NC,")) {
            return List.of(Cause.ROUTE_NONE);
        }
        if (word.contains(",UT,")) {
            return List.of(Cause.HEAD_TIMEOUT, Cause.DEADLINE_EXCEEDED);
        }
        if (word.contains(",SI,") || word.contains(",DT,")) {
            return List.of(word.contains(",SI,") ? Cause.BODY_TIMEOUT : Cause.DEADLINE_EXCEEDED);
        }
        if (word.contains(",UC,") || word.contains(",UR,") || word.contains(",LR,")) {
            return closed(status, duration);
        }
        if (word.contains(",UPE,")) {
            return status < 500
                    ? List.of(Cause.BODY_BAD_CHUNK, Cause.BODY_TRUNCATED)
                    : List.of(Cause.HEAD_BAD_TRANSFER_CODING, Cause.HEAD_BAD_HEADER, Cause.HEAD_NOT_HTTP);
        }
        if (word.contains(",DC,") || word.contains(",DR,")) {
            return List.of(Cause.CLIENT_CLOSED);
        }
        if (word.contains(",DPE,")) {
            return List.of(
                    details.contains("headers_too_large") || status == 431
                            ? Cause.CLIENT_HEAD_TOO_BIG
                            : Cause.CLIENT_BAD_REQUEST);
        }
        if (word.contains(",RL,") || word.contains(",RLSE,")) {
            return List.of(Condition.GATEWAY_RATE_LIMITED);
        }
        if (word.contains(",UAEX,") || word.contains(",RBAC,")) {
            return List.of(Condition.GATEWAY_DENIED);
        }
        if (word.contains(",DF,")) {
            return List.of(Cause.DNS_NOT_FOUND, Cause.DNS_FAILED);
        }
        boolean relayed = details.isEmpty() || details.startsWith("via_upstream");
        return status >= 500 ? List.of(relayed ? Cause.ORIGIN_ERROR : Condition.UNKNOWN) : List.of();
    }

    private static List<Diagnosis> closed(int status, long duration) {
        if (status < 500) {
            return List.of(Cause.BODY_TRUNCATED, Cause.BODY_RESET);
        }
        boolean atOnce = duration >= 0 && duration <= SHORT_MICROS;
        return atOnce
                ? List.of(Cause.HEAD_CLOSED, Cause.HEAD_CLOSED_ON_REUSE, Cause.HEAD_RESET)
                : List.of(Cause.HEAD_CLOSED, Cause.HEAD_RESET);
    }

    private static List<Diagnosis> connection(String details) {
        if (details.contains("TLS_error") || details.contains("TLS error")) {
            return List.of(
                    details.contains("CERTIFICATE_VERIFY_FAILED")
                            ? Cause.TLS_UNTRUSTED
                            : details.contains("WRONG_VERSION_NUMBER")
                                    ? Cause.TLS_NOT_TLS
                                    : details.contains("ALERT") ? Cause.TLS_ALERT : Cause.TLS_REFUSED);
        }
        int errno = (int) Words.numberAfter(details.replace(' ', '_'), "delayed_connect_error:_");
        return switch (errno) {
            case 111 -> List.of(Cause.CONNECT_REFUSED);
            case 110 -> List.of(Cause.CONNECT_KERNEL_TIMEOUT);
            case 113, 101 -> List.of(Cause.CONNECT_UNREACHABLE);
            default ->
                details.contains("timeout")
                        ? List.of(Cause.CONNECT_TIMEOUT)
                        : List.of(Cause.CONNECT_REFUSED, Cause.CONNECT_TIMEOUT, Cause.CONNECT_UNREACHABLE);
        };
    }
}
