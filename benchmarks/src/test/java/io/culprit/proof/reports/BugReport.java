package io.culprit.proof.reports;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A row of {@code bug-reports.tsv}, whose head says what stands in it.
 *
 * @param client what is sent
 * @param upstream what is answered, as written; {@link ScriptedServer} plays it
 * @param status what the client must get
 * @param seen what the upstream must have got
 * @param answer what the client's bytes must hold
 */
record BugReport(String id, String report, byte[] client, String upstream, String status, String seen, String answer) {
    private static final Pattern TIMES = Pattern.compile("\\{x(\\d+):([^}]*)}");
    private static final Pattern ESCAPE = Pattern.compile("\\\\(x[0-9a-fA-F]{2}|[rnt0\\\\])");

    static List<BugReport> all() throws IOException {
        List<BugReport> found = new ArrayList<>();
        try (InputStream in =
                Objects.requireNonNull(BugReport.class.getResourceAsStream("bug-reports.tsv"), "bug-reports.tsv")) {
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                if (!line.startsWith("#") && !line.startsWith("id\t")) {
                    String[] cells = line.split("\t", -1);
                    found.add(
                            new BugReport(cells[0], cells[1], bytes(cells[2]), cells[3], cells[4], cells[5], cells[6]));
                }
            }
        }
        return found;
    }

    /** The bytes that a cell stands for. */
    static byte[] bytes(String cell) {
        String text = TIMES.matcher(cell)
                .replaceAll(m -> Matcher.quoteReplacement(m.group(2).repeat(Integer.parseInt(m.group(1)))));
        return ESCAPE.matcher(text)
                .replaceAll(m -> Matcher.quoteReplacement(
                        switch (m.group(1).charAt(0)) {
                            case 'r' -> "\r";
                            case 'n' -> "\n";
                            case 't' -> "\t";
                            case '0' -> "\0";
                            case 'x' -> "" + (char) Integer.parseInt(m.group(1).substring(1), 16);
                            default -> "\\";
                        }))
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Whether the request must not reach the upstream. */
    boolean staysAway() {
        return upstream.equals("-");
    }

    /** What of a cell's demands these bytes do not meet. */
    static List<String> missed(String demands, byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        List<String> missed = new ArrayList<>();
        for (String each : demands.isEmpty() ? new String[0] : demands.split(" && ")) {
            boolean negated = each.startsWith("!");
            String wanted = new String(bytes(negated ? each.substring(1) : each), StandardCharsets.ISO_8859_1);
            if (text.contains(wanted) == negated) {
                missed.add(each);
            }
        }
        return missed;
    }

    @Override
    public String toString() {
        return id + " " + report;
    }
}
