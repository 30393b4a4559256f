package io.culprit.triage.classify.proxy;

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
 * Access logs that begin as NCSA's common format does: {@code IP - user [time] "request" status bytes}. What follows tells whose
 * it is: referrer and agent, {@code name=value} pairs of nginx's upstream variables, ingress-nginx's fields, Traefik's, Apache's
 * {@code %D}.
 */
public final class CommonLog implements LineReader {
    @Override
    public @Nullable Finding read(Line line) {
        String s = line.text();
        int open = s.indexOf(" [");
        if (open < 5 || open > 200 || s.length() < open + 22) {
            return null;
        }
        int dash = s.indexOf(" - ");
        if (dash < 1 || dash > open || line.first() == '<') {
            return null;
        }
        Stamp stamp = Times.common(s, open + 2);
        if (!stamp.exists()) {
            stamp = Times.iso(s, open + 2);
        }
        int close = stamp.exists() ? stamp.end() : -1;
        if (close < 0 || close + 2 >= s.length() || s.charAt(close) != ']' || s.charAt(close + 2) != '"') {
            return null;
        }
        int quote = endQuote(s, close + 3);
        if (quote < 0 || quote + 5 > s.length() || s.charAt(quote + 1) != ' ') {
            return null;
        }
        int statusEnd = Words.digitsEnd(s, quote + 2);
        if (statusEnd != quote + 5) {
            return null;
        }
        Access a = new Access();
        a.status = (int) Words.number(s, quote + 2, statusEnd);
        int client = s.lastIndexOf(' ', dash - 1) + 1; // Apache's vhost_combined has the virtual host before it
        a.client = s.substring(client, dash);
        a.site = client > 0 && s.indexOf(' ') == client - 1 ? s.substring(0, client - 1) : "";
        a.requestLine = s.substring(close + 3, quote);
        int at = statusEnd;
        if (at < s.length() && s.charAt(at) == ' ') {
            int end = Words.digitsEnd(s, at + 1);
            a.bytes = Words.number(s, at + 1, end);
            at = end == at + 1 ? Math.min(at + 2, s.length()) : end;
        }
        return rest(a, s, at).at(stamp).host(line.host());
    }

    /** The quote that ends a value: one that is not escaped, which Apache does with backslashes and nginx with {@code \x22}. */
    private static int endQuote(String s, int from) {
        int at = s.indexOf('"', from);
        while (at > from && s.charAt(at - 1) == '\\') {
            at = s.indexOf('"', at + 1);
        }
        return at;
    }

    private static Finding rest(Access a, String s, int from) {
        int at = from;
        if (s.startsWith(" \"", at)) {
            int referrer = endQuote(s, at + 2);
            int agent = referrer > 0 && s.startsWith(" \"", referrer + 1) ? endQuote(s, referrer + 3) : -1;
            at = agent > 0 ? agent + 1 : referrer > 0 ? referrer + 1 : s.length();
        }
        String tail = s.substring(Math.min(at, s.length()));
        if (tail.indexOf('=') > 0) {
            pairs(a, tail);
            return AccessJudge.judge(a);
        }
        if (a.status == 400 && (a.requestLine.equals("-") || a.requestLine.isEmpty())) {
            return AccessJudge.judge(a).is(Cause.CLIENT_BAD_REQUEST);
        }
        if (tail.isEmpty()) {
            return AccessJudge.judge(a);
        }
        return positional(a, tail.strip());
    }

    private static Finding positional(Access a, String tail) {
        String[] words = tail.split(" ", 4);
        if (words.length == 4 && tail.endsWith("ms") && tail.indexOf('"') > 0) {
            return traefik(a, tail);
        }
        if (words.length == 4 && words[2].startsWith("[") && words[2].endsWith("]")) {
            return ingress(a, words[1], words[3]);
        }
        a.apache = words.length == 1 && Words.number(words[0]) >= 0;
        if (a.apache) {
            a.program = Program.APACHE_ACCESS;
            a.requestTime = null;
            return AccessJudge.judge(a).duration(Words.number(words[0]));
        }
        return AccessJudge.judge(a);
    }

    /** {@code [] ADDRESSES LENGTHS TIMES STATUSES ID}, each a list, behind length, time and service. */
    private static Finding ingress(Access a, String time, String rest) {
        int open = rest.indexOf("] ");
        String[] fields =
                rest.substring(open < 0 ? 0 : open + 2).replace(", ", ",").split(" ");
        if (fields.length < 4) {
            return AccessJudge.judge(a);
        }
        a.requestTime = time;
        a.upstreamAddress = fields[0].replace(",", ", ");
        a.responseTime = fields[2].replace(",", ", ");
        a.upstreamStatus = fields[3].replace(",", ", ");
        Finding found = AccessJudge.judge(a);
        return found.oneOf(AccessJudge.ingress(a));
    }

    /** {@code COUNT "router" "url" NNms}. */
    private static Finding traefik(Access a, String tail) {
        a.program = Program.TRAEFIK;
        int url = tail.lastIndexOf("\" \"");
        int end = tail.lastIndexOf('"');
        String address = url > 0 && end > url + 3 ? tail.substring(url + 3, end) : "";
        Finding found = AccessJudge.judge(a);
        int space = tail.lastIndexOf(' ');
        found.upstream(NginxError.address(address))
                .duration(Words.scaled(tail.substring(space + 1, tail.length() - 2), 1e3));
        if (a.status < 500) {
            return found;
        }
        if (address.isEmpty() || address.equals("-")) {
            return found.is(a.status == 503 ? Cause.PEERS_NONE_LIVE : Condition.UNKNOWN);
        }
        boolean own = a.bytes == 11 || a.bytes == 15 || a.bytes == 20;
        return own ? found.oneOf(Traefik.own(a.status)) : found.is(Cause.ORIGIN_ERROR);
    }

    /** {@code rt=0.000 uct="-" us="502"}; the names are free, these are the usual ones. */
    private static void pairs(Access a, String tail) {
        int at = 0;
        while (at < tail.length()) {
            int equals = tail.indexOf('=', at);
            if (equals < 0) {
                return;
            }
            int start = tail.lastIndexOf(' ', equals) + 1;
            String value;
            if (tail.startsWith("\"", equals + 1)) {
                int end = tail.indexOf('"', equals + 2);
                if (end < 0) {
                    return;
                }
                value = tail.substring(equals + 2, end);
                at = end + 1;
            } else {
                int end = tail.indexOf(' ', equals);
                at = end < 0 ? tail.length() : end;
                value = tail.substring(equals + 1, at);
                // Without quotes the members of a list are words of their own.
                while (value.endsWith(",") && at + 1 < tail.length()) {
                    int next = tail.indexOf(' ', at + 1);
                    next = next < 0 ? tail.length() : next;
                    value = value + tail.substring(at, next);
                    at = next;
                }
            }
            name(a, tail.substring(start, equals), value);
        }
    }

    /** Puts a value where it belongs, by the field's usual names. */
    public static void name(Access a, String name, String value) {
        switch (name) {
            case "rt", "request_time", "req_time" -> a.requestTime = value;
            case "uct", "upstream_connect_time", "connect_time" -> a.connectTime = value;
            case "uht", "upstream_header_time", "header_time" -> a.headerTime = value;
            case "urt", "upstream_response_time", "response_time" -> a.responseTime = value;
            case "us", "upstream_status", "ustatus" -> a.upstreamStatus = value;
            case "ua", "upstream_addr", "upstream", "uaddr" -> a.upstreamAddress = value;
            case "host", "http_host", "vhost", "server_name" -> a.site = value;
            default -> {
                // a name that nobody but its owner knows
            }
        }
    }
}
