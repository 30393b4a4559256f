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
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Access logs of AWS's application load balancer and of its classic one. The status of the target is {@code -} (classic: 0) where
 * the load balancer answered itself; times of -1 are phases that were not reached. The time is the end; field 22 the beginning.
 */
public final class Aws implements LineReader {
    private static final List<String> TYPES = List.of("http", "https", "h2", "grpcs", "ws", "wss");
    private static final int CREATED = 21;
    private static final int ACTIONS = 22;

    @Override
    public @Nullable Finding read(Line line) {
        String s = line.text();
        int space = s.indexOf(' ');
        if (space < 2 || space > 40) {
            return null;
        }
        boolean alb = TYPES.contains(s.substring(0, space));
        Stamp end = Times.iso(s, alb ? space + 1 : 0);
        if (!end.exists() || end.end() >= s.length() || s.charAt(end.end()) != ' ') {
            return null;
        }
        List<String> w = split(alb ? s.substring(space + 1) : s);
        if (w.size() < 12 || !hasPort(w.get(2)) || w.get(7).length() != 3 || Words.number(w.get(7)) < 0) {
            return null;
        }
        Finding found = Finding.request(alb ? Program.AWS_ALB : Program.AWS_CLB)
                .status((int) Words.number(w.get(7)))
                .client(w.get(2).substring(0, w.get(2).lastIndexOf(':')))
                .upstream(w.get(3).equals("-") ? "" : w.get(3))
                .requestLine(w.get(11))
                .phases(w.get(4).equals("-1"), w.get(6).equals("-1"))
                .at(end)
                .host(line.host());
        path(found);
        if (alb && w.size() > CREATED - 1) {
            Stamp created = Times.iso(w.get(CREATED - 1), 0);
            if (created.exists()) {
                found.duration(Math.max(0, end.micros() - created.micros()));
            }
        }
        List<Diagnosis> causes = causes(w, found, alb);
        return causes.isEmpty() ? found : found.oneOf(causes);
    }

    private static boolean hasPort(String address) {
        int colon = address.lastIndexOf(':');
        return colon > 0 && Words.number(address, colon + 1, address.length()) >= 0;
    }

    /** The request line has a whole URL. */
    private static void path(Finding found) {
        String url = found.target();
        int scheme = url.indexOf("://");
        int slash = scheme < 0 ? -1 : url.indexOf('/', scheme + 3);
        if (slash > 0) {
            int colon = url.indexOf(':', scheme + 3);
            found.site(url.substring(scheme + 3, colon > 0 && colon < slash ? colon : slash));
            found.request(found.method(), url.substring(slash));
        }
    }

    private static List<Diagnosis> causes(List<String> w, Finding found, boolean alb) {
        int status = found.status();
        if (status == 460) {
            return List.of(Cause.CLIENT_CLOSED);
        }
        if (status == 561) {
            return List.of(Condition.GATEWAY_AUTH_FAILED);
        }
        if (status == 463 || status == 400 && w.get(8).equals("-")) {
            return List.of(Cause.CLIENT_BAD_REQUEST);
        }
        if (status < 500) {
            return List.of();
        }
        if (alb && w.size() > ACTIONS - 1 && w.get(ACTIONS - 1).contains("fixed-response")) {
            return List.of(Condition.GATEWAY_FIXED_RESPONSE);
        }
        boolean own = w.get(8).equals("-") || w.get(8).equals("0");
        if (!own) {
            return List.of(Cause.ORIGIN_ERROR);
        }
        if (!alb) {
            return status == 504
                    ? List.of(Cause.HEAD_TIMEOUT, Cause.CONNECT_TIMEOUT)
                    : List.of(status == 503 ? Cause.PEERS_NONE_LIVE : Cause.HEAD_CLOSED);
        }
        return switch (status) {
            case 503 -> List.of(found.upstream().isEmpty() ? Cause.PEERS_NONE_LIVE : Condition.UNKNOWN);
            case 504 -> List.of(found.unconnected() ? Cause.CONNECT_TIMEOUT : Cause.HEAD_TIMEOUT);
            case 502 ->
                found.unconnected()
                        ? List.of(Cause.CONNECT_REFUSED, Cause.HEAD_CLOSED, Cause.TLS_CLOSED)
                        : w.get(5).startsWith("0.00")
                                ? List.of(Cause.HEAD_CLOSED_ON_REUSE, Cause.HEAD_CLOSED, Cause.HEAD_RESET)
                                : List.of(Cause.HEAD_CLOSED, Cause.HEAD_RESET);
            default -> List.of(Condition.UNKNOWN);
        };
    }

    /** Words and quoted texts; the first is the time. */
    private static List<String> split(String s) {
        List<String> words = new ArrayList<>(32);
        int at = 0;
        while (at < s.length() && words.size() < 32) {
            int end;
            if (s.charAt(at) == '"') {
                end = s.indexOf('"', at + 1);
                end = end < 0 ? s.length() : end;
                words.add(s.substring(at + 1, end));
                at = end + 2;
            } else {
                end = s.indexOf(' ', at);
                end = end < 0 ? s.length() : end;
                words.add(s.substring(at, end));
                at = end + 1;
            }
        }
        return words;
    }
}
