package io.culprit.triage.classify.proxy;

import io.culprit.failure.Blame;
import io.culprit.failure.Cause;
import io.culprit.failure.Condition;
import io.culprit.failure.Diagnosis;
import io.culprit.triage.classify.Finding;
import io.culprit.triage.classify.Program;
import io.culprit.triage.classify.app.PhpMessage;
import io.culprit.triage.classify.text.Words;
import org.jspecify.annotations.Nullable;

/** What a message of nginx's error log proves: its words, its errno, and after "while" the phase it happened in. */
final class NginxMessage {
    private enum While {
        CONNECTING,
        HANDSHAKING,
        SENDING,
        READING_HEAD,
        READING_BODY,
        ELSE
    }

    private NginxMessage() {}

    /**
     * @param from the message's first character
     * @param to index behind its last
     * @param upstream the field of that name, possibly empty
     * @param warning whether the level is warn: such lines are no failures, save for one
     */
    static Finding judge(String text, int from, int to, String upstream, boolean warning) {
        if (text.startsWith("FastCGI sent in stderr", from)) {
            int quote = text.indexOf('"', from);
            int end = text.lastIndexOf("\" while ", to);
            String said = quote < 0 ? "" : text.substring(quote + 1, Math.max(quote + 1, end > quote ? end : to));
            return PhpMessage.judge(Program.NGINX_ERROR, said);
        }
        String message = text.substring(from, to);
        if (text.indexOf(" [emerg] ") == 19
                && !message.startsWith("bind() to")
                && !message.startsWith("host not found")) {
            return Finding.event(Program.NGINX_ERROR).is(Condition.CONFIG_INVALID);
        }
        if (message.startsWith("signal 1 (SIGHUP) received")) {
            return Finding.event(Program.NGINX_ERROR); // the configuration was read anew
        }
        if (warning) {
            return message.startsWith("upstream sent more data than specified in")
                    ? error().is(Cause.BODY_EXCESS)
                    : message.startsWith("upstream server temporarily disabled")
                            ? Finding.event(Program.NGINX_ERROR)
                            : Finding.noise(Program.NGINX_ERROR);
        }
        While phase = phase(message);
        Diagnosis byErrno = message.indexOf(" failed (") > 0 ? failedCall(message, phase) : null;
        if (byErrno != null) {
            return blamed(error().is(byErrno), message, byErrno);
        }
        Diagnosis cause = spoken(upstreamSaid(message, phase), upstream);
        if (cause != null) {
            return blamed(error().is(cause), message, cause);
        }
        return several(message, upstream);
    }

    /** What is wrong with a head depends on what the upstream speaks: CGI's has a Status instead of a status line. */
    private static @Nullable Diagnosis spoken(@Nullable Diagnosis cause, String upstream) {
        boolean head = cause == Cause.HEAD_BAD_HEADER || cause == Cause.HEAD_BAD_STATUS;
        return head && upstream.startsWith("fastcgi://") ? Cause.FASTCGI_BAD_HEAD : cause;
    }

    private static Finding error() {
        return Finding.error(Program.NGINX_ERROR);
    }

    private static Finding blamed(Finding found, String message, Diagnosis cause) {
        if (cause == Cause.CONNECT_SOCKET_DENIED
                || cause == Cause.TLS_NOT_TLS
                || cause == Cause.GATEWAY_NO_LOCAL_PORT && message.startsWith("bind(")
                || cause == Cause.FASTCGI_BAD_VERSION
                        && message.endsWith(": 72 while reading response header from upstream")
                || cause == Cause.DNS_NOT_FOUND && message.startsWith("host not found in upstream")) {
            return found.blame(Blame.CONFIG);
        }
        boolean placeholder = cause == Cause.PEERS_NONE_LIVE && message.startsWith("connect() to");
        return placeholder ? found.blame(Blame.GATEWAY) : found;
    }

    private static While phase(String message) {
        int at = message.lastIndexOf(" while ");
        if (at < 0) {
            return While.ELSE;
        }
        int word = at + 7;
        if (message.startsWith("connecting to upstream", word)) {
            return While.CONNECTING;
        }
        if (message.startsWith("SSL handshaking to upstream", word)) {
            return While.HANDSHAKING;
        }
        if (message.startsWith("sending request to upstream", word)) {
            return While.SENDING;
        }
        if (message.startsWith("reading response header", word)) {
            return While.READING_HEAD;
        }
        boolean body = message.startsWith("reading upstream", word) || message.startsWith("sending to client", word);
        return body ? While.READING_BODY : While.ELSE;
    }

    /** {@code CALL() ... failed (ERRNO: TEXT)}. */
    private static @Nullable Diagnosis failedCall(String message, While phase) {
        int open = message.indexOf(" failed (") + 9;
        int end = Words.digitsEnd(message, open);
        if (end == open) {
            return sslCall(message, phase);
        }
        int errno = (int) Words.number(message, open, end);
        if (errno == 24 || errno == 23) {
            return Cause.GATEWAY_FD_LIMIT;
        }
        if (errno == 28 || errno == 122) {
            return Cause.GATEWAY_TEMP_DISK_FULL;
        }
        if (message.startsWith("bind() to")) {
            return errno == 98 ? Condition.UPSTREAM_PORT_IN_USE : Condition.CONFIG_INVALID;
        }
        return switch (phase) {
            case CONNECTING -> connecting(message, errno);
            case HANDSHAKING -> errno == 110 ? Cause.TLS_TIMEOUT : Cause.TLS_CLOSED;
            case SENDING ->
                switch (errno) {
                    case 32 -> Cause.SEND_BROKEN_PIPE;
                    case 104 -> Cause.SEND_RESET;
                    case 110 -> Cause.SEND_TIMEOUT;
                    default -> null;
                };
            case READING_HEAD -> errno == 104 ? Cause.HEAD_RESET : errno == 110 ? Cause.HEAD_KERNEL_TIMEOUT : null;
            case READING_BODY -> errno == 104 ? Cause.BODY_RESET : errno == 110 ? Cause.BODY_TIMEOUT : null;
            case ELSE -> null;
        };
    }

    private static @Nullable Diagnosis connecting(String message, int errno) {
        boolean unix = message.startsWith("connect() to unix:");
        return switch (errno) {
            case 111 -> Cause.CONNECT_REFUSED;
            case 2 -> Cause.CONNECT_SOCKET_MISSING;
            case 11 -> Cause.CONNECT_BACKLOG_FULL;
            case 13 -> unix ? Cause.CONNECT_SOCKET_DENIED : Cause.CONNECT_DENIED;
            case 1 -> Cause.CONNECT_DENIED;
            case 22 -> message.startsWith("connect() to 0.0.0.1:") ? Cause.PEERS_NONE_LIVE : null;
            case 99 -> Cause.GATEWAY_NO_LOCAL_PORT;
            case 101, 113, 112, 100 -> Cause.CONNECT_UNREACHABLE;
            case 110 -> Cause.CONNECT_KERNEL_TIMEOUT;
            default -> null;
        };
    }

    private static @Nullable Diagnosis sslCall(String message, While phase) {
        if (phase != While.HANDSHAKING && phase != While.ELSE) {
            return null;
        }
        if (message.contains("wrong version number") || message.contains("packet length too long")) {
            return phase == While.HANDSHAKING ? Cause.TLS_NOT_TLS : Cause.CLIENT_TLS_BAD_RECORD;
        }
        if (phase == While.HANDSHAKING) {
            return message.contains("certificate verify failed")
                    ? Cause.TLS_UNTRUSTED
                    : message.contains("alert") ? Cause.TLS_ALERT : Cause.TLS_REFUSED;
        }
        boolean ofClient = message.contains("while SSL handshaking");
        return ofClient ? Cause.CLIENT_TLS_BAD_RECORD : null;
    }

    /** Messages that name a fault of the upstream or of nginx without an errno in front. */
    private static @Nullable Diagnosis upstreamSaid(String message, While phase) {
        char c = message.isEmpty() ? 0 : message.charAt(0);
        if (c == 'u' && message.startsWith("upstream timed out")) {
            return switch (phase) {
                case CONNECTING -> Cause.CONNECT_TIMEOUT;
                case HANDSHAKING -> Cause.TLS_TIMEOUT;
                case SENDING -> Cause.SEND_TIMEOUT;
                case READING_HEAD -> Cause.HEAD_TIMEOUT;
                case READING_BODY -> Cause.BODY_TIMEOUT;
                case ELSE -> null;
            };
        }
        if (c == 'u' && message.startsWith("upstream prematurely closed")) {
            boolean head = phase == While.READING_HEAD;
            return message.startsWith("upstream prematurely closed FastCGI stdout")
                    ? Cause.FASTCGI_NO_HEAD
                    : head ? Cause.HEAD_CLOSED : phase == While.SENDING ? Cause.SEND_RESET : Cause.BODY_TRUNCATED;
        }
        if (c == 'u' && message.startsWith("upstream SSL certificate")) {
            return message.startsWith("upstream SSL certificate does not match")
                    ? Cause.TLS_NAME_MISMATCH
                    : message.contains("(10:") || message.contains("(9:") ? Cause.TLS_EXPIRED : Cause.TLS_UNTRUSTED;
        }
        if (c == 'u' && message.startsWith("upstream sent ")) {
            return sent(message);
        }
        if (c == 'p' && message.startsWith("peer closed connection in SSL handshake")) {
            return phase == While.HANDSHAKING ? Cause.TLS_CLOSED : Cause.CLIENT_TLS_CLOSED;
        }
        return gateway(message);
    }

    private static @Nullable Diagnosis sent(String message) {
        String what = message.substring(14);
        if (what.startsWith("invalid header")) {
            return Cause.HEAD_BAD_HEADER;
        }
        if (what.startsWith("too big header")) {
            return Cause.HEAD_TOO_BIG;
        }
        if (what.startsWith("duplicate header line")) {
            return what.contains("ransfer-") ? Cause.HEAD_BAD_TRANSFER_CODING : Cause.HEAD_BAD_LENGTH;
        }
        if (what.startsWith("\"Content-Length\" and")) {
            return Cause.HEAD_CONFLICTING_FRAMING;
        }
        if (what.startsWith("invalid \"Content-Length\"")) {
            return Cause.HEAD_BAD_LENGTH;
        }
        if (what.startsWith("unknown \"Transfer-Encoding\"")) {
            return Cause.HEAD_BAD_TRANSFER_CODING;
        }
        if (what.startsWith("invalid chunked response")) {
            return Cause.BODY_BAD_CHUNK;
        }
        if (what.startsWith("unsupported FastCGI protocol version")) {
            return Cause.FASTCGI_BAD_VERSION;
        }
        if (what.startsWith("invalid FastCGI record type")) {
            return Cause.FASTCGI_BAD_RECORD;
        }
        if (what.startsWith("unexpected FastCGI request id")) {
            return Cause.FASTCGI_BAD_ID;
        }
        boolean status = what.startsWith("invalid status") || what.startsWith("no valid uwsgi header");
        return status ? Cause.HEAD_BAD_STATUS : null;
    }

    private static @Nullable Diagnosis gateway(String message) {
        if (message.contains(" could not be resolved (")) {
            return message.contains("(3: ")
                    ? Cause.DNS_NOT_FOUND
                    : message.contains("(110: ") ? Cause.DNS_TIMEOUT : Cause.DNS_FAILED;
        }
        if (message.startsWith("no resolver defined to resolve")) {
            return Condition.CONFIG_NO_RESOLVER;
        }
        if (message.startsWith("host not found in upstream")) {
            return Cause.DNS_NOT_FOUND;
        }
        if (message.contains("worker_connections are not enough")) {
            return Condition.GATEWAY_WORKER_CONNECTIONS;
        }
        if (message.startsWith("limiting ")) {
            return Condition.GATEWAY_RATE_LIMITED;
        }
        if (message.startsWith("worker process ") && message.contains(" exited on signal ")) {
            return Condition.GATEWAY_WORKER_CRASHED;
        }
        if (message.startsWith("access forbidden by rule")) {
            return Cause.ROUTE_DENIED;
        }
        if (message.startsWith("client intended to send too large body")) {
            return Cause.CLIENT_BODY_TOO_BIG;
        }
        if (message.startsWith("client sent too long URI")) {
            return Cause.CLIENT_URI_TOO_LONG;
        }
        if (message.startsWith("client sent too long header") || message.startsWith("client sent too large header")) {
            return Cause.CLIENT_HEAD_TOO_BIG;
        }
        if (message.startsWith("client sent plain HTTP request to HTTPS port")) {
            return Cause.CLIENT_TLS_PLAIN_HTTP;
        }
        if (message.startsWith("client sent ")) {
            return Cause.CLIENT_BAD_REQUEST;
        }
        if (message.startsWith("client timed out")) {
            return Cause.CLIENT_TIMEOUT;
        }
        if (message.contains("client prematurely closed")
                || message.startsWith("client closed")
                || message.contains("client has closed")
                || message.contains("client canceled stream")) {
            return Cause.CLIENT_CLOSED;
        }
        if (message.startsWith("rewrite or internal redirection cycle")) {
            return Condition.CONFIG_REDIRECT_LOOP;
        }
        return message.startsWith("auth request unexpected status") ? Condition.GATEWAY_AUTH_REQUEST_FAILED : null;
    }

    /** Messages that stand for several causes, and those that say nothing. */
    private static Finding several(String message, String upstream) {
        if (message.startsWith("no live upstreams")) {
            return error().oneOf(Cause.PEERS_NONE_LIVE, Cause.POOL_FULL);
        }
        if (message.startsWith("upstream sent no valid HTTP/1.0 header")) {
            return error().oneOf(Cause.HEAD_NOT_HTTP, Cause.HEAD_BAD_VERSION);
        }
        if (message.startsWith("upstream sent unexpected FastCGI record")) {
            return error().oneOf(
                            Cause.FASTCGI_OVERLOADED,
                            Cause.FASTCGI_CANT_MULTIPLEX,
                            Cause.FASTCGI_UNKNOWN_ROLE,
                            Cause.FASTCGI_NO_HEAD);
        }
        if (message.contains(" failed (SSL:") || message.contains("SSL_")) {
            return error().oneOf(Cause.CLIENT_TLS_BAD_RECORD, Cause.CLIENT_TLS_CLOSED, Cause.CLIENT_TLS_ALERT);
        }
        return upstream.isEmpty() ? Finding.noise(Program.NGINX_ERROR) : NginxError.unknown(Program.NGINX_ERROR);
    }
}
