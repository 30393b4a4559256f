package io.culprit.triage.classify.proxy;

import io.culprit.failure.Blame;
import io.culprit.failure.Cause;
import io.culprit.failure.Condition;
import io.culprit.failure.Diagnosis;
import io.culprit.triage.classify.Finding;
import io.culprit.triage.classify.text.Words;
import java.util.List;

/**
 * What a status means in nginx's access log, given what its upstream variables say. {@code $upstream_status} is 502 or 504 also
 * when nginx made it: the upstream itself answered only where a header time stands. A 502 at once without a connect time is a
 * connection that failed; with one, a connection that ended before a head.
 */
public final class AccessJudge {
    private static final List<Diagnosis> ADDRESS =
            List.of(Cause.CONNECT_REFUSED, Cause.CONNECT_UNREACHABLE, Cause.CONNECT_DENIED);
    private static final List<Diagnosis> SOCKET =
            List.of(Cause.CONNECT_BACKLOG_FULL, Cause.CONNECT_SOCKET_MISSING, Cause.CONNECT_REFUSED);
    private static final List<Diagnosis> ENDED = List.of(Cause.HEAD_CLOSED, Cause.HEAD_RESET);
    private static final List<Diagnosis> STALE =
            List.of(Cause.HEAD_CLOSED_ON_REUSE, Cause.HEAD_CLOSED, Cause.HEAD_RESET);
    private static final List<Diagnosis> NAME =
            List.of(Cause.DNS_NOT_FOUND, Cause.DNS_FAILED, Cause.DNS_TIMEOUT, Condition.CONFIG_NO_RESOLVER);
    private static final List<Diagnosis> NO_PEER = List.of(Cause.PEERS_NONE_LIVE, Cause.POOL_FULL);
    private static final List<Diagnosis> LATE = List.of(Cause.HEAD_TIMEOUT, Cause.CONNECT_TIMEOUT);
    private static final List<Diagnosis> AT_ONCE = List.of(Cause.CONNECT_REFUSED, Cause.HEAD_CLOSED);

    /** Bytes of nginx's own error pages, which grow by this much for browsers that would replace short ones. */
    private static final int PADDING = 402;

    /** {@code /1.9.9} and {@code /1.22.10}. */
    private static final int SHORTEST_VERSION = 6;

    private static final int LONGEST_VERSION = 8;

    /** A connection that nothing was asked on yet ends within this time. */
    private static final long STALE_MICROS = 10_000;

    private AccessJudge() {}

    public static Finding judge(Access a) {
        Finding found = Finding.request(a.program)
                .status(a.status)
                .client(a.client)
                .site(a.site)
                .requestLine(a.requestLine)
                .duration(Words.micros(a.requestTime == null ? "" : a.requestTime));
        if (a.knowsUpstream()) {
            String address = Access.last(a.upstreamAddress);
            found.upstream(address.equals("-") ? "" : address);
            found.tries(a.upstreamStatus == null ? -1 : Access.entries(a.upstreamStatus));
            found.phases(
                    a.connectTime != null && Access.last(a.connectTime).equals("-"),
                    a.headerTime != null && Access.last(a.headerTime).equals("-"));
        }
        List<Diagnosis> causes = causes(a, found);
        if (causes.isEmpty()) {
            return found;
        }
        found.oneOf(causes);
        // No address to connect from: proxy_bind names one that this machine does not have.
        return causes.get(0) == Cause.GATEWAY_NO_LOCAL_PORT ? found.blame(Blame.CONFIG) : found;
    }

    private static List<Diagnosis> causes(Access a, Finding found) {
        int status = a.status;
        if (status == 499) {
            return List.of(Cause.CLIENT_CLOSED);
        }
        if (status == 9) {
            return List.of(Cause.HEAD_NOT_HTTP);
        }
        if (status == 494 || status == 431) {
            return List.of(Cause.CLIENT_HEAD_TOO_BIG);
        }
        if (status == 413) {
            return List.of(Cause.CLIENT_BODY_TOO_BIG);
        }
        if (status == 408) {
            return List.of(Cause.CLIENT_TIMEOUT);
        }
        if (status == 497) {
            return List.of(Cause.CLIENT_TLS_PLAIN_HTTP);
        }
        if (status < 500 || status > 599) {
            return List.of();
        }
        return a.knowsUpstream() ? withUpstream(a, found) : plain(a);
    }

    private static List<Diagnosis> withUpstream(Access a, Finding found) {
        String address = a.upstreamAddress == null ? "?" : Access.last(a.upstreamAddress);
        String answered = a.upstreamStatus == null ? "" : Access.last(a.upstreamStatus);
        if (address.isEmpty() && answered.equals("-")) {
            return List.of(Cause.GATEWAY_NO_LOCAL_PORT);
        }
        if (address.equals("-") || a.upstreamAddress == null && answered.equals("-")) {
            return alone(a);
        }
        if (NginxError.isGroup(address) && !address.equals("?") && !address.startsWith("unix")) {
            return NO_PEER;
        }
        boolean timesKnown = a.headerTime != null;
        if (timesKnown && !found.headless()) {
            return List.of(Cause.ORIGIN_ERROR);
        }
        if (a.status == 504) {
            return a.connectTime == null
                    ? LATE
                    : List.of(found.unconnected() ? Cause.CONNECT_TIMEOUT : Cause.HEAD_TIMEOUT);
        }
        if (a.status != 502) {
            return List.of(timesKnown ? Condition.UNKNOWN : Cause.ORIGIN_ERROR);
        }
        if (a.connectTime == null ? atOnce(a) : found.unconnected()) {
            return address.startsWith("unix:") ? SOCKET : ADDRESS;
        }
        boolean post = found.method().equals("POST") || found.method().equals("PATCH");
        boolean stale = post && found.duration() >= 0 && found.duration() < STALE_MICROS;
        return stale ? STALE : a.connectTime == null ? List.of(Condition.UNKNOWN) : ENDED;
    }

    private static boolean atOnce(Access a) {
        long time = Words.micros(a.requestTime == null ? "" : a.requestTime);
        return time >= 0 && time < STALE_MICROS;
    }

    /** nginx answered without asking any upstream. */
    private static List<Diagnosis> alone(Access a) {
        return switch (a.status) {
            case 503 -> List.of(Condition.GATEWAY_RATE_LIMITED);
            case 502 -> NAME;
            default -> List.of(Condition.UNKNOWN);
        };
    }

    /** ingress-nginx writes neither connect nor header time; all its fields are lists or dashes. */
    static List<Diagnosis> ingress(Access a) {
        if (a.status < 500) {
            return List.of();
        }
        if (Access.last(a.upstreamAddress).equals("-")) {
            return List.of(a.status == 503 ? Cause.PEERS_NONE_LIVE : Condition.UNKNOWN);
        }
        if (a.status == 504) {
            return LATE;
        }
        boolean headers = !Access.last(a.responseTime).equals("-") && a.status != 502;
        return headers ? List.of(Cause.ORIGIN_ERROR) : AT_ONCE;
    }

    /** A status, a number of bytes, and nothing of an upstream. */
    private static List<Diagnosis> plain(Access a) {
        if (a.status == 504) {
            return LATE;
        }
        if (a.apache || a.bytes < 0) {
            return List.of(Condition.UNKNOWN);
        }
        return List.of(
                !isOwnPage(a.status, a.bytes) && a.bytes > 0 && a.bytes < 100 ? Cause.ORIGIN_ERROR : Condition.UNKNOWN);
    }

    /** nginx's own error page: with its version in the footer or without ({@code server_tokens off}), padded or not. */
    static boolean isOwnPage(int status, long bytes) {
        int bare = switch (status) {
            case 502 -> 150;
            case 503 -> 190;
            case 504 -> 160;
            case 500 -> 170;
            default -> -1;
        };
        long size = bytes >= PADDING + 100 ? bytes - PADDING : bytes;
        return bare > 0 && (size == bare || size >= bare + SHORTEST_VERSION && size <= bare + LONGEST_VERSION);
    }
}
