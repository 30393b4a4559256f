package io.culprit.triage.classify.proxy;

import io.culprit.failure.Blame;
import io.culprit.failure.Cause;
import io.culprit.failure.Condition;
import io.culprit.failure.Diagnosis;
import io.culprit.triage.classify.Finding;
import io.culprit.triage.classify.Line;
import io.culprit.triage.classify.LineReader;
import io.culprit.triage.classify.Program;
import io.culprit.triage.classify.app.PhpMessage;
import io.culprit.triage.classify.text.Stamp;
import io.culprit.triage.classify.text.Times;
import io.culprit.triage.classify.text.Words;
import org.jspecify.annotations.Nullable;

/**
 * Apache's error log: {@code [Thu Nov 26 22:46:24.913399 2026] [module:level] [pid N:tid N] (errno)text: [client IP:PORT]
 * AHnnnnn: ...}. The number in brackets, the system's or APR's, is the proof; many lines are only the companions of the one
 * before them.
 */
public final class Apache implements LineReader {
    private static final int TIMEUP = 70007;
    private static final int END_OF_FILE = 70014;
    private static final int INCOMPLETE = 70008;
    private static final int INTERNAL = 20014;

    @Override
    public @Nullable Finding read(Line line) {
        String s = line.text();
        if (line.first() != '[') {
            return null;
        }
        Stamp stamp = Times.asctime(s, 1);
        if (!stamp.exists() || !s.startsWith("] [", stamp.end())) {
            return null;
        }
        Finding found = message(s, stamp.end() + 2);
        int client = s.indexOf("[client ");
        if (client >= 0) {
            int end = s.indexOf(']', client);
            String address = end < 0 ? "" : s.substring(client + 8, end);
            int colon = address.lastIndexOf(':');
            found.client(colon > 0 ? address.substring(0, colon) : address);
        }
        return found.at(stamp).host(line.host());
    }

    private static Finding message(String s, int from) {
        int code = code(s, from);
        int errno = errno(s, from);
        String peer = peer(s);
        Finding found = switch (code) {
            case 957 -> error(connect(errno, false)).upstream(peer);
            case 2454 -> error(connect(errno, true)).upstream("unix:" + Words.between(s, "domain socket ", " ("));
            case 940 -> error(Cause.PEERS_NONE_LIVE).upstream(peer);
            case 1102 -> error(head(errno)).upstream(tail(s));
            case 1075 -> error(errno == TIMEUP ? Cause.HEAD_TIMEOUT : errno == 104 ? Cause.HEAD_RESET : head(errno));
            case 10404 -> error(errno == TIMEUP ? Cause.HEAD_TIMEOUT : Cause.HEAD_TRUNCATED);
            case 10124 -> error(Cause.HEAD_TOO_BIG);
            case 2429, 10125 -> error(Cause.HEAD_BAD_HEADER);
            // Follows the line that says why, where the head stopped; stands alone where a line of it is none.
            case 1106 -> Finding.error(Program.APACHE_ERROR).oneOf(Cause.HEAD_BAD_HEADER, Cause.HEAD_TRUNCATED);
            case 1110 ->
                error(errno == 104 ? Cause.BODY_RESET : errno == TIMEUP ? Cause.BODY_TIMEOUT : Cause.BODY_TRUNCATED);
            case 898 -> returned(s);
            case 1067 -> Finding.error(Program.APACHE_ERROR).oneOf(Cause.HEAD_RESET, Cause.FASTCGI_TRUNCATED);
            case 1070 -> error(Cause.FASTCGI_BAD_HEAD);
            case 1068, 1069 -> error(Cause.FASTCGI_BAD_RECORD);
            case 1114, 1079, 1084, 896, 10101, 1095, 1097 -> error(Condition.UNKNOWN);
            case 484, 161, 326, 288 -> Finding.event(Program.APACHE_ERROR).is(Condition.GATEWAY_WORKERS_EXHAUSTED);
            case 1071 -> PhpMessage.judge(Program.APACHE_ERROR, s.substring(from));
            case 124, 125, 1072 -> error(Condition.CONFIG_REDIRECT_LOOP);
            case 1630, 1797 -> error(Cause.ROUTE_DENIED);
            case 72 -> Finding.event(Program.APACHE_ERROR).is(Condition.UPSTREAM_PORT_IN_USE);
            case 959 -> Finding.event(Program.APACHE_ERROR);
            default -> old(s, from);
        };
        boolean config = code == 2454 && errno == 13;
        return config ? found.blame(Blame.CONFIG) : found;
    }

    /** Before 2.4 the messages had no numbers. */
    private static Finding old(String s, int from) {
        if (s.indexOf("PHP Fatal error", from) > 0 || s.indexOf("PHP Parse error", from) > 0) {
            return PhpMessage.judge(Program.APACHE_ERROR, s.substring(from));
        }
        if (s.indexOf("proxy:", from) > 0 && s.indexOf("attempt to connect to", from) > 0) {
            return error(connect(errno(s, from), false)).upstream(peer(s));
        }
        if (s.indexOf("server reached MaxClients", from) > 0) {
            return Finding.event(Program.APACHE_ERROR).is(Condition.GATEWAY_WORKERS_EXHAUSTED);
        }
        boolean crash = s.indexOf("exit signal Segmentation fault", from) > 0;
        return crash
                ? Finding.event(Program.APACHE_ERROR)
                        .is(Condition.WORKER_SEGFAULT)
                        .worker(Words.numberAfter(s, "child pid "))
                : Finding.noise(Program.APACHE_ERROR);
    }

    private static Finding error(Diagnosis what) {
        return Finding.error(Program.APACHE_ERROR).is(what);
    }

    private static Diagnosis connect(int errno, boolean unix) {
        return switch (errno) {
            case 111 -> Cause.CONNECT_REFUSED;
            case TIMEUP -> Cause.CONNECT_TIMEOUT;
            case 110 -> Cause.CONNECT_KERNEL_TIMEOUT;
            case 101, 113 -> Cause.CONNECT_UNREACHABLE;
            case 2 -> Cause.CONNECT_SOCKET_MISSING;
            case 11 -> Cause.CONNECT_BACKLOG_FULL;
            case 13 -> unix ? Cause.CONNECT_SOCKET_DENIED : Cause.CONNECT_DENIED;
            case 1 -> Cause.CONNECT_DENIED;
            case 99 -> Cause.GATEWAY_NO_LOCAL_PORT;
            case 24 -> Cause.GATEWAY_FD_LIMIT;
            default -> Condition.UNKNOWN;
        };
    }

    private static Diagnosis head(int errno) {
        return switch (errno) {
            case INTERNAL, END_OF_FILE, INCOMPLETE -> Cause.HEAD_CLOSED;
            case 104 -> Cause.HEAD_RESET;
            case TIMEUP -> Cause.HEAD_TIMEOUT;
            case 110 -> Cause.HEAD_KERNEL_TIMEOUT;
            default -> Condition.UNKNOWN;
        };
    }

    private static Finding returned(String s) {
        String target = s.contains(" returned by ") ? s.substring(s.indexOf(" returned by ") + 13) : "";
        Finding found = Finding.error(Program.APACHE_ERROR);
        if (s.contains("DNS lookup failure for")) {
            found.is(Cause.DNS_NOT_FOUND);
        } else if (s.contains("SSL Handshake")) {
            found.oneOf(
                    Cause.TLS_CLOSED,
                    Cause.TLS_UNTRUSTED,
                    Cause.TLS_EXPIRED,
                    Cause.TLS_NAME_MISMATCH,
                    Cause.TLS_NOT_TLS);
        } else {
            found.is(Condition.UNKNOWN);
        }
        return found.request("", target);
    }

    private static int code(String s, int from) {
        for (int at = s.indexOf("AH", from); at >= 0; at = s.indexOf("AH", at + 1)) {
            int end = Words.digitsEnd(s, at + 2);
            if (end == at + 7 && end < s.length() && s.charAt(end) == ':') {
                return (int) Words.number(s, at + 2, end);
            }
        }
        return -1;
    }

    /** {@code (111)Connection refused: }; {@code (EAI 2)} is none. */
    private static int errno(String s, int from) {
        for (int at = s.indexOf(" (", from); at >= 0; at = s.indexOf(" (", at + 1)) {
            int end = Words.digitsEnd(s, at + 2);
            if (end > at + 2 && end < s.length() && s.charAt(end) == ')') {
                return (int) Math.min(Integer.MAX_VALUE, Words.number(s, at + 2, end));
            }
        }
        return -1;
    }

    private static String peer(String s) {
        String tried = Words.between(s, "attempt to connect to ", " (");
        return tried.isEmpty() ? Words.between(s, "for (", ")") : tried;
    }

    private static String tail(String s) {
        int at = s.indexOf("remote server ");
        return at < 0 ? "" : s.substring(at + 14).strip();
    }
}
