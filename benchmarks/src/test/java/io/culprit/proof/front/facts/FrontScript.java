package io.culprit.proof.front.facts;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One row of {@code front-scripts.tsv}, whose head says the language: what a client does on a listener, step by step.
 *
 * @param id the row of front-cases.tsv that it replays
 * @param cause what Culprit names, empty for what is no failure and where nobody looks
 */
record FrontScript(String id, String listener, List<Step> steps, String cause) {
    /** Played some at a time, and what is played alone. */
    static final String SCRIPTS = "front-scripts.tsv";

    static final String FLOODS = "front-floods.tsv";
    static final String RESETS = "front-resets.tsv";

    private static final Pattern HEX = Pattern.compile("hex:([0-9a-f]*)(?:\\*([0-9]+))?");

    /** About as many bytes has a ClientHello. */
    private static final int HELLO = 350;

    /** A part of a step; a quoted one is never a command. */
    record Word(String text, boolean quoted) {
        boolean isBare(String other) {
            return !quoted && text.equals(other);
        }

        /** The bytes it stands for. */
        byte[] bytes() {
            Matcher hex = HEX.matcher(text);
            if (quoted || !hex.matches()) {
                return text.getBytes(StandardCharsets.ISO_8859_1);
            }
            int times = hex.group(2) == null ? 1 : Integer.parseInt(hex.group(2));
            return HexFormat.of().parseHex(hex.group(1).repeat(times));
        }

        boolean isHex() {
            return !quoted && HEX.matcher(text).matches();
        }

        /** Of {@code key=value}. */
        String key() {
            return text.substring(0, text.indexOf('='));
        }

        String value() {
            return text.substring(text.indexOf('=') + 1);
        }
    }

    /** A command and its words, or bytes without a command. */
    record Step(List<Word> words) {
        /** Its first word, empty where it is bytes. */
        String verb() {
            Word first = words.get(0);
            return first.quoted() || first.isHex() ? "" : first.text();
        }

        List<Word> rest() {
            return verb().isEmpty() ? words : words.subList(1, words.size());
        }

        String text(int index) {
            return words.get(index).text();
        }

        int number(int index) {
            return Integer.decode(text(index));
        }

        /** The same for a stream, where it has the word {@code +} for its number. */
        Step at(int stream) {
            return new Step(words.stream()
                    .map(each -> each.isBare("+") ? new Word(Integer.toString(stream), false) : each)
                    .toList());
        }

        /** Of {@code 300ms}. */
        int millis(int index) {
            return Integer.parseInt(text(index).replace("ms", ""));
        }

        /** The words from an index on as bytes. */
        byte[] bytes(int from) {
            return join(words.subList(from, words.size()));
        }

        byte[] bytes() {
            return join(rest());
        }

        private static byte[] join(List<Word> pieces) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            pieces.forEach(each -> all.writeBytes(each.bytes()));
            return all.toByteArray();
        }
    }

    static FrontScript of(String id, String listener, String script) {
        return new FrontScript(id, listener, steps(words(script, Map.of())), "");
    }

    /** One that sends this to the listener for plain HTTP and waits long for an answer. */
    static FrontScript sending(String id, String text) {
        Step patience = new Step(List.of(new Word("patience", false), new Word("15000ms", false)));
        return new FrontScript(id, "plain", List.of(patience, new Step(List.of(new Word(text, true)))), "");
    }

    /** How long its client is there, where the end of the connection is what counts. */
    Optional<Integer> until() {
        return steps.stream()
                .filter(each -> each.verb().equals("until"))
                .map(each -> each.millis(1) + drips())
                .findFirst();
    }

    private int drips() {
        return steps.stream()
                .filter(each -> each.verb().equals("drip"))
                .mapToInt(each -> each.millis(1) * (each.words().get(2).isBare("hello") ? HELLO : each.bytes(2).length))
                .sum();
    }

    /** About how long it takes. */
    int waits() {
        return steps.stream()
                        .filter(each -> List.of("until", "patience", "pause").contains(each.verb()))
                        .mapToInt(each -> each.millis(1))
                        .sum()
                + drips();
    }

    /** All rows of a fixture; rows that begin with @ are names for words, those of {@link #SCRIPTS} are known everywhere. */
    static List<FrontScript> all(String file) throws IOException {
        Map<String, List<Word>> names = new HashMap<>();
        List<FrontScript> scripts = read(SCRIPTS, names);
        return file.equals(SCRIPTS) ? scripts : read(file, names);
    }

    private static List<FrontScript> read(String file, Map<String, List<Word>> names) throws IOException {
        String text;
        try (var in = FrontScript.class.getResourceAsStream(file)) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        List<FrontScript> scripts = new ArrayList<>();
        for (String line : text.lines().toList()) {
            String[] row = line.split("\t", -1);
            if (line.startsWith("#") || row[0].equals("id")) {
                continue;
            }
            if (row.length != 3 && row.length != 4) {
                throw new IllegalArgumentException("three or four columns were expected: " + line);
            }
            List<Word> words = words(row[2], names);
            if (row[0].startsWith("@")) {
                names.put(row[0], words);
            } else {
                scripts.add(new FrontScript(row[0], row[1], steps(words), row.length == 4 ? row[3] : ""));
            }
        }
        return scripts;
    }

    private static List<Step> steps(List<Word> words) {
        List<Step> steps = new ArrayList<>();
        List<Word> step = new ArrayList<>();
        for (Word each : words) {
            if (each.isBare(";")) {
                if (step.isEmpty()) {
                    throw new IllegalArgumentException("an empty step in " + words);
                }
                steps.add(new Step(List.copyOf(step)));
                step.clear();
            } else {
                step.add(each);
            }
        }
        if (!step.isEmpty()) {
            steps.add(new Step(List.copyOf(step)));
        }
        return steps;
    }

    private static List<Word> words(String text, Map<String, List<Word>> names) {
        List<Word> words = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            if (text.charAt(at) == ' ') {
                at++;
                continue;
            }
            boolean quoted = text.charAt(at) == '"';
            StringBuilder word = new StringBuilder();
            while (at < text.length() && text.charAt(at) != ' ') {
                at = text.charAt(at) == '"' ? quoted(text, at + 1, word) : plain(text, at, word);
            }
            if (!quoted && word.charAt(0) == '@') {
                List<Word> named = names.get(word.toString());
                if (named == null) {
                    throw new IllegalArgumentException(word + " is not known before: " + text);
                }
                words.addAll(named);
            } else {
                words.add(new Word(word.toString(), quoted));
            }
        }
        return words;
    }

    private static int plain(String text, int at, StringBuilder word) {
        word.append(text.charAt(at));
        return at + 1;
    }

    /** Text up to the closing quote, as often as {@code *N} behind it says. */
    private static int quoted(String text, int from, StringBuilder word) {
        StringBuilder inside = new StringBuilder();
        int at = from;
        for (; text.charAt(at) != '"'; at++) {
            if (text.charAt(at) != '\\') {
                inside.append(text.charAt(at));
                continue;
            }
            at++;
            switch (text.charAt(at)) {
                case 'r' -> inside.append('\r');
                case 'n' -> inside.append('\n');
                case '0' -> inside.append('\0');
                default -> inside.append(text.charAt(at));
            }
        }
        at++;
        int end = at;
        if (at < text.length() && text.charAt(at) == '*') {
            end++;
            while (end < text.length() && Character.isDigit(text.charAt(end))) {
                end++;
            }
        }
        word.append(inside.toString().repeat(end > at ? Integer.parseInt(text.substring(at + 1, end)) : 1));
        return end;
    }
}
