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
 * {@code open} is an answer that has no end. How a connection ended, when, and the code NO_ERROR are left out.
 */
final class FrontVerdict {
    private static final String NOTHING = "nothing";
    private static final Pattern SILENCE =
            Pattern.compile("no bytes|SETTINGS only|no frame at all|handshake ended by|0 NO_ERROR");
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
            "GOAWAY last=\\d+ (?<goaway>\\w+)",
            "(?<![\\w=:/.])(?<answer>[1-5]\\d\\d) [A-Z]\\w+",
            "(?:then )?\\d+b (?:raw )?b'(?<raw>[^']*)'",
            "(?<torn>TORN|UNFINISHED)"));

    private final List<String> words = new ArrayList<>();
    private final Map<Integer, List<String>> streams = new TreeMap<>();
    private final Set<Integer> open = new HashSet<>();
    private final List<String> goaways = new ArrayList<>();

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
        streams.forEach((stream, said) ->
                parts.add(stream + ": " + String.join(" ", said) + (open.contains(stream) ? " open" : "")));
        parts.addAll(goaways);
        return parts.isEmpty() ? NOTHING : String.join(", ", parts);
    }
}
