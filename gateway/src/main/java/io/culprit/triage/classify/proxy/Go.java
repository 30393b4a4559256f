package io.culprit.triage.classify.proxy;

import io.culprit.failure.Blame;
import io.culprit.failure.Cause;
import io.culprit.failure.Condition;
import io.culprit.failure.Diagnosis;
import io.culprit.triage.classify.Finding;
import io.culprit.triage.classify.text.Words;
import java.util.List;

/** What errors of Go's network library prove, which Caddy and Traefik write as they are. */
public final class Go {
    private Go() {}

    /** Empty where the message names no failure of an upstream. */
    public static List<Diagnosis> causes(String message) {
        boolean dial = message.contains("dial ");
        if (message.contains("no such host")) {
            return List.of(Cause.DNS_NOT_FOUND);
        }
        if (message.contains("server misbehaving")) {
            return List.of(Cause.DNS_FAILED);
        }
        if (message.contains("connection refused")) {
            return List.of(Cause.CONNECT_REFUSED);
        }
        if (message.contains("no such file or directory") && message.contains("unix")) {
            return List.of(Cause.CONNECT_SOCKET_MISSING);
        }
        if (message.contains("permission denied")) {
            return List.of(message.contains("unix") ? Cause.CONNECT_SOCKET_DENIED : Cause.CONNECT_DENIED);
        }
        if (message.contains("resource temporarily unavailable") && dial) {
            return List.of(Cause.CONNECT_BACKLOG_FULL);
        }
        if (Words.any(message, "no route to host", "network is unreachable", "host is unreachable")) {
            return List.of(Cause.CONNECT_UNREACHABLE);
        }
        if (message.contains("cannot assign requested address")) {
            return List.of(Cause.GATEWAY_NO_LOCAL_PORT);
        }
        if (message.contains("too many open files")) {
            return List.of(Cause.GATEWAY_FD_LIMIT);
        }
        if (dial && Words.any(message, "i/o timeout", "connection timed out", "deadline exceeded")) {
            return List.of(Cause.CONNECT_TIMEOUT);
        }
        List<Diagnosis> tls = tls(message);
        return tls.isEmpty() ? answer(message) : tls;
    }

    private static List<Diagnosis> tls(String message) {
        if (message.contains("TLS handshake timeout")) {
            return List.of(Cause.TLS_TIMEOUT);
        }
        if (message.contains("first record does not look like a TLS handshake")) {
            return List.of(Cause.TLS_NOT_TLS);
        }
        if (message.contains("certificate has expired or is not yet valid")) {
            return List.of(Cause.TLS_EXPIRED);
        }
        if (message.contains("certificate signed by unknown authority")) {
            return List.of(Cause.TLS_UNTRUSTED);
        }
        if (message.contains("x509: ")
                && Words.any(message, "certificate is valid for", "doesn't contain any IP SANs", "not valid for")) {
            return List.of(Cause.TLS_NAME_MISMATCH);
        }
        if (message.contains("tls: server selected unsupported protocol version")) {
            return List.of(Cause.TLS_REFUSED);
        }
        return message.contains("remote error: tls:") ? List.of(Cause.TLS_ALERT) : List.of();
    }

    private static List<Diagnosis> answer(String message) {
        if (message.contains("timeout awaiting response headers")) {
            return List.of(Cause.HEAD_TIMEOUT);
        }
        if (message.contains("malformed HTTP response")) {
            return List.of(Cause.HEAD_NOT_HTTP);
        }
        if (message.contains("malformed MIME header")) {
            return List.of(Cause.HEAD_BAD_HEADER);
        }
        if (message.contains("malformed HTTP status code")) {
            return List.of(Cause.HEAD_BAD_STATUS);
        }
        if (message.contains("server response headers exceeded")) {
            return List.of(Cause.HEAD_TOO_BIG);
        }
        if (message.contains("too many transfer encodings") || message.contains("unsupported transfer encoding")) {
            return List.of(Cause.HEAD_BAD_TRANSFER_CODING);
        }
        if (message.contains("connection reset by peer")) {
            return List.of(message.contains("write") ? Cause.SEND_RESET : Cause.HEAD_RESET);
        }
        if (message.contains("broken pipe")) {
            return List.of(Cause.SEND_BROKEN_PIPE);
        }
        if (message.contains("server closed idle connection")) {
            return List.of(Cause.HEAD_CLOSED_ON_REUSE);
        }
        if (message.contains("no upstreams available")) {
            return List.of(Cause.PEERS_NONE_LIVE);
        }
        if (message.contains("context canceled") || message.contains("client disconnected")) {
            return List.of(Cause.CLIENT_CLOSED);
        }
        if (message.contains("context deadline exceeded")) {
            return List.of(Cause.HEAD_TIMEOUT, Cause.CONNECT_TIMEOUT);
        }
        if (message.equals("EOF") || message.endsWith(": EOF") || message.endsWith("unexpected EOF")) {
            return List.of(Cause.HEAD_CLOSED);
        }
        return List.of();
    }

    public static Finding put(Finding found, String message) {
        List<Diagnosis> causes = causes(message);
        found.oneOf(causes.isEmpty() ? List.of(Condition.UNKNOWN) : causes);
        if (found.diagnoses().get(0) == Cause.CONNECT_REFUSED && message.contains("[::1]:")) {
            found.blame(Blame.CONFIG); // "localhost" became IPv6 while the application listens on 127.0.0.1
        }
        return found.upstream(peer(message));
    }

    /** {@code dial tcp 192.0.2.11:8080: connect: ...}, {@code dial unix /run/x.sock: ...}, {@code read tcp A->B: ...}. */
    private static String peer(String message) {
        String tcp = Words.between(message, "dial tcp ", ": ");
        if (!tcp.isEmpty()) {
            return tcp;
        }
        String unix = Words.between(message, "dial unix ", ": ");
        return unix.isEmpty() ? Words.between(message, "->", ": ") : "unix:" + unix;
    }
}
