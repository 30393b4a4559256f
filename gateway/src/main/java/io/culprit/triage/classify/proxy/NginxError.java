package io.culprit.triage.classify.proxy;

import static io.culprit.failure.Cause.CONNECT_REFUSED;

import io.culprit.failure.Blame;
import io.culprit.failure.Cause;
import io.culprit.failure.Condition;
import io.culprit.triage.classify.Finding;
import io.culprit.triage.classify.Line;
import io.culprit.triage.classify.LineReader;
import io.culprit.triage.classify.Program;
import io.culprit.triage.classify.text.Stamp;
import io.culprit.triage.classify.text.Times;
import io.culprit.triage.classify.text.Words;
import org.jspecify.annotations.Nullable;

/**
 * nginx's error log: {@code 2026/11/26 22:42:45 [error] PID#TID: *CONNECTION MESSAGE, client: ..., upstream: "..."}. The fields
 * after the message keep their order and are looked for from the right, since the message may contain anything. A line is cut
 * at 2,048 bytes, so any of them may be missing.
 */
public final class NginxError implements LineReader {
    private static final int HEAD = 20;
    private static final String CLIENT = ", client: ";
    private static final String REQUEST = ", request: \"";
    private static final String UPSTREAM = ", upstream: \"";
    private static final String HOST = ", host: \"";

    /** Whether a line begins as this log's do. */
    public static boolean recognises(String text) {
        return text.length() > HEAD + 8
                && text.charAt(4) == '/'
                && text.charAt(7) == '/'
                && text.charAt(10) == ' '
                && text.charAt(13) == ':'
                && text.charAt(19) == ' '
                && text.charAt(20) == '[';
    }

    @Override
    public @Nullable Finding read(Line line) {
        String text = line.text();
        if (!recognises(text)) {
            return null;
        }
        Stamp stamp = Times.nginx(text, 0);
        int level = text.indexOf("] ", HEAD);
        if (!stamp.exists() || level < 0 || level > HEAD + 10) {
            return null;
        }
        int message = text.indexOf(": ", level);
        if (message < 0) {
            return null;
        }
        message += 2;
        long connection = -1;
        if (message < text.length() && text.charAt(message) == '*') {
            int space = text.indexOf(' ', message);
            if (space > 0) {
                connection = Words.number(text, message + 1, space);
                message = space + 1;
            }
        }
        Finding found = message(text, message, HEAD + 1);
        found.at(stamp).connection(connection).worker(Words.number(text, level + 2, Words.digitsEnd(text, level + 2)));
        return found.host(line.host());
    }

    /**
     * @param level index of the level's first character, -1 where it is unknown
     */
    public static Finding message(String text, int from, int level) {
        int client = text.indexOf(CLIENT, from);
        int end = client < 0 ? text.length() : client;
        if (client >= 0 && text.indexOf('"', from) < client && text.startsWith("FastCGI sent in stderr", from)) {
            end = Math.max(end, stderrEnd(text, from)); // the application's words may contain the field's name
            client = text.indexOf(CLIENT, end);
            end = client < 0 ? text.length() : client;
        }
        String upstream = field(text, UPSTREAM, end);
        Finding found = NginxMessage.judge(text, from, end, upstream, level >= 0 && text.startsWith("warn", level));
        if (client >= 0) {
            int comma = text.indexOf(',', client + CLIENT.length());
            found.client(text.substring(client + CLIENT.length(), comma < 0 ? text.length() : comma));
        }
        String request = field(text, REQUEST, end);
        if (!request.isEmpty()) {
            found.requestLine(request);
        }
        found.upstream(address(upstream)).spoken(upstream).site(field(text, HOST, end));
        blame(found, upstream);
        return found;
    }

    public static Finding withUpstream(Finding of, String url) {
        Finding found = new Finding(of.program(), of.kind()).oneOf(of.diagnoses());
        found.upstream(address(url)).spoken(url);
        blame(found, url);
        return found;
    }

    /** What the address of the upstream adds: plain HTTP to FPM's port is a mistake in proxy_pass. */
    private static void blame(Finding found, String upstream) {
        if (found.diagnoses().size() == 1
                && found.diagnoses().get(0) == Cause.HEAD_RESET
                && upstream.startsWith("http://")
                && found.upstream().endsWith(":9000")) {
            found.blame(Blame.CONFIG);
        }
        if (found.diagnoses().size() == 1
                && found.diagnoses().get(0) == CONNECT_REFUSED
                && found.upstream().startsWith("[::1]:")) {
            found.blame(Blame.CONFIG);
        }
    }

    private static int stderrEnd(String text, int from) {
        int end = text.lastIndexOf("\" while ");
        return end < from ? from : end;
    }

    private static String field(String text, String name, int from) {
        int at = text.lastIndexOf(name);
        if (at < from) {
            return "";
        }
        int start = at + name.length();
        int close = text.indexOf('"', start);
        if (close > 0 && !text.startsWith("\", ", close) && close + 1 < text.length()) {
            int right = text.indexOf("\", ", start); // a quote within the value
            close = right < 0 ? text.length() - 1 : right;
        }
        return text.substring(start, close < 0 ? text.length() : close);
    }

    /** {@code http://192.0.2.11:8080/x} to {@code 192.0.2.11:8080}, {@code fastcgi://unix:/run/x.sock:} to {@code unix:/run/x.sock}. */
    static String address(String url) {
        int scheme = url.indexOf("://");
        if (scheme < 0) {
            return url;
        }
        int start = scheme + 3;
        if (url.startsWith("unix:", start)) {
            int colon = url.indexOf(':', start + 5);
            return url.substring(start, colon < 0 ? url.length() : colon);
        }
        int slash = url.indexOf('/', start);
        return url.substring(start, slash < 0 ? url.length() : slash);
    }

    /** Whether a group's name and no server stands where the upstream's address should be. */
    static boolean isGroup(String address) {
        return !address.isEmpty() && address.indexOf(':') < 0;
    }

    static Finding unknown(Program program) {
        return Finding.error(program).is(Condition.UNKNOWN);
    }
}
