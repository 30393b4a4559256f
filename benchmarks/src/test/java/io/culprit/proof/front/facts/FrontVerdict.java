package io.culprit.proof.front.facts;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a client saw, in words that are the same each time: {@code nothing}; {@code 200 400} for the answers of HTTP/1.1 in
 * order, {@code 101 PING1} with what came through the tunnel, {@code torn} behind a body that is not whole; {@code ok},
 * {@code alert 40} or {@code refused} (by the client) for the handshake; {@code 1: 200, 3: RST 1, GOAWAY 1} for HTTP/2, where
 * {@code open} is an answer that has no end; more than a few streams are counted: {@code RST 7 x72}. {@code PING acks 10000} where
 * they are many. How a connection ended, when, and the code NO_ERROR are left out, but for scripts that wait for the end.
 */
final class FrontVerdict {
    private static final String NOTHING = "nothing";
    private static final int FEW_STREAMS = 20;
    private static final int FEW_ACKS = 100;
    private static final Pattern SILENCE = Pattern.compile(
            "no bytes|SETTINGS only|no frame at all|handshake ended by|0 NO_ERROR|while dripping|RENEGOTIATING");
    private static final Pattern END = Pattern.compile("(?:FIN|RST) at (\\d+\\.\\d)s");
    private static final Pattern MEASURED = Pattern.compile(String.join(
            "|",
            "handshake failed: (?<failed>\\w+)",
            "handshake ok(?: alpn=(?<alpn>[\\w/.]+))?(?<ok>)",
            "alert (?:fatal )?(?<alert>\\d+)",
            "(?<sealed>encrypted record)",
            "(?<flight>server flight received)",
            "HEADERS\\((?<head>\\d+)\\) :status (?<status>\\d+)(?<headEnd> ES)?",
            "DATA\\((?<data>\\d+)\\) \\d+b(?<dataEnd> ES)?",
            "RST_STREAM\\((?<reset>\\d+)\\) (?<code>\\w+)",
            "RST_STREAM (?<resets>\\d+) \\w+ x(?<resetTimes>\\d+)",
            "HEADERS :status (?<statuses>\\d+) x(?<times>\\d+)",
            "(?<ack>PING|SETTINGS) ack x(?<acks>\\d+)",
            "ServerHello (?:has no ALPN|names (?<named>\\S+))(?<hello>)",
            "echoed (?<echoed>\\d+)b",
            "(?<said>no renegotiation|KEYUPDATE|early data (?:accepted|rejected|not)|Reused|resumed=True|New(?=;))",
            "GOAWAY last=\\d+ (?<goaway>\\w+)",
            "(?<![\\w=:/.])(?<answer>[1-5]\\d\\d) [A-Z]\\w+",
            "(?:then )?\\d+b (?:raw )?b'(?<raw>[^']*)'",
            "(?<torn>TORN|UNFINISHED)"));

    private final List<String> words = new ArrayList<>();
    private final Map<Integer, List<String>> streams = new TreeMap<>();
    private final Set<Integer> open = new HashSet<>();
    private final List<String> goaways = new ArrayList<>();
    private final Map<String, Integer> counted = new TreeMap<>();
    private final Map<String, Integer> acks = new TreeMap<>();

    /**
     * Whether the connection had ended after so long.
     *
     * @param millis how long the client of a script waits for it
     */
    static String end(String column, int millis) {
        Matcher end = END.matcher(column);
        return end(end.find() && Double.parseDouble(end.group(1)) * 1_000 <= millis);
    }

    static String end(boolean ended) {
        return ended ? ", ended" : ", still open";
    }

    /** The verdict of a {@code *_client} column of front-cases.tsv; none where nothing was or could be measured. */
    static Optional<String> measured(String column) {
        if (column.equals("-") || column.contains("we reset")) {
            return Optional.empty();
        }
        String text = column.replaceAll("\"[^\"]*\"", ""); // the texts of error pages
        FrontVerdict verdict = new FrontVerdict();
        Matcher found = MEASURED.matcher(text);
        while (found.find()) {
            if (found.group("failed") != null) {
                if (!text.contains("alert ")) {
                    verdict.word("refused");
                }
            } else if (found.group("ok") != null) {
                verdict.handshake(found.group("alpn"));
            } else if (found.group("alert") != null) {
                verdict.alert(Integer.parseInt(found.group("alert")));
            } else if (found.group("sealed") != null) {
                verdict.word("sealed");
            } else if (found.group("flight") != null) {
                verdict.word("flight");
            } else if (found.group("head") != null) {
                int stream = Integer.parseInt(found.group("head"));
                verdict.status(stream, found.group("status"), found.group("headEnd") != null);
            } else if (found.group("data") != null) {
                verdict.data(Integer.parseInt(found.group("data")), found.group("dataEnd") != null);
            } else if (found.group("reset") != null) {
                verdict.reset(Integer.parseInt(found.group("reset")), Long.decode(found.group("code")));
            } else if (found.group("resets") != null) {
                verdict.many("RST " + found.group("resets"), Integer.parseInt(found.group("resetTimes")));
            } else if (found.group("statuses") != null) {
                verdict.many(found.group("statuses"), Integer.parseInt(found.group("times")));
            } else if (found.group("acks") != null) {
                verdict.acks(found.group("ack"), Integer.parseInt(found.group("acks")));
            } else if (found.group("hello") != null) {
                verdict.handshake(found.group("named"));
            } else if (found.group("echoed") != null) {
                verdict.word("echoed " + found.group("echoed"));
            } else if (found.group("said") != null) {
                verdict.word(found.group("said").replace("resumed=True", "Reused"));
            } else if (found.group("goaway") != null) {
                verdict.goaway(Long.decode(found.group("goaway")));
            } else if (found.group("answer") != null) {
                verdict.word(found.group("answer"));
            } else if (found.group("raw") != null) {
                verdict.word(
                        text.contains("raw b'") || found.group("raw").contains("\\x") ? "raw" : found.group("raw"));
            } else {
                verdict.word("torn");
            }
        }
        String said = verdict.toString();
        if (said.equals(NOTHING) && !SILENCE.matcher(text).find()) {
            throw new IllegalArgumentException("no verdict can be read from: " + column);
        }
        return Optional.of(said);
    }

    /** From here on only frames count; a handshake before them went well. */
    void framesBegin() {
        words.removeIf(each -> each.startsWith("ok"));
    }

    void word(String word) {
        words.add(word);
    }

    /** @param protocol what ALPN agreed upon, null or empty for nothing */
    void handshake(String protocol) {
        words.add(protocol == null || protocol.isEmpty() ? "ok" : "ok " + protocol);
    }

    void alert(int number) {
        words.add("alert " + number);
    }

    void status(int stream, String status, boolean ends) {
        said(stream, status);
        open.add(stream);
        data(stream, ends);
    }

    void data(int stream, boolean ends) {
        if (ends) {
            open.remove(stream);
        }
    }

    void reset(int stream, long code) {
        open.remove(stream);
        if (code != 0) {
            said(stream, "RST " + named(code));
        }
    }

    void goaway(long code) {
        if (code != 0 && !goaways.contains("GOAWAY " + named(code))) {
            goaways.add("GOAWAY " + named(code));
        }
    }

    /** That many streams ended so. */
    private void many(String what, int times) {
        counted.merge(what, times, Integer::sum);
    }

    void acks(String frame, int more) {
        acks.merge(frame, more, Integer::sum);
    }

    private void said(int stream, String what) {
        List<String> all = streams.computeIfAbsent(stream, s -> new ArrayList<>());
        if (all.isEmpty() || !all.get(all.size() - 1).equals(what)) {
            all.add(what);
        }
    }

    private static String named(long code) {
        return code < 14 ? Long.toString(code) : "0x" + Long.toHexString(code);
    }

    boolean answered(int stream) {
        return streams.containsKey(stream) && !open.contains(stream);
    }

    boolean begun(int stream) {
        return streams.containsKey(stream);
    }

    boolean givenUp() {
        return !goaways.isEmpty();
    }

    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        if (!words.isEmpty()) {
            parts.add(String.join(" ", words));
        }
        Map<String, Integer> counts = new TreeMap<>(counted);
        streams.forEach((stream, said) -> {
            String all = String.join(" ", said) + (open.contains(stream) ? " open" : "");
            if (streams.size() > FEW_STREAMS) {
                counts.merge(all, 1, Integer::sum);
            } else {
                parts.add(stream + ": " + all);
            }
        });
        counts.forEach((what, times) -> parts.add(what + " x" + times));
        acks.forEach((frame, times) -> {
            if (times > FEW_ACKS && goaways.isEmpty()) { // how many came before it is a race
                parts.add(frame + " acks " + times);
            }
        });
        parts.addAll(goaways);
        return parts.isEmpty() ? NOTHING : String.join(", ", parts);
    }
}
