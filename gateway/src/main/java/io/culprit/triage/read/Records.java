package io.culprit.triage.read;

import io.culprit.triage.classify.app.Node;
import io.culprit.triage.classify.app.PostgresRecord;
import io.culprit.triage.classify.app.PythonTrace;
import io.culprit.triage.classify.app.RailsRecord;
import io.culprit.triage.classify.app.SpringRecord;
import io.culprit.triage.classify.text.Tail;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Joins physical lines to records: stack traces, slow-log entries, errors of PHP that nginx quotes with their line feeds, parts of
 * a line that a container runtime has cut. A record is handed on when the next one begins. Belongs to one thread and one stream.
 */
final class Records {
    /** Takes records. */
    interface Sink {
        /**
         * @param text lines joined by line feeds, bytes as ISO 8859-1
         * @param line number of its first line, from 1 within the stream
         */
        void record(String text, long line);
    }

    private static final int MOST_LINES = 200;
    private static final int LONGEST = 65_536;
    private static final String STDERR = "FastCGI sent in stderr: \"";

    private final Sink sink;
    private final StringBuilder joined = new StringBuilder();
    private @Nullable String first;
    private String firstInner = "";
    private String source = "";
    private boolean cut;
    private boolean json;
    private long number;
    private int lines;
    private boolean quoted;
    private boolean trace;
    private boolean python;
    private boolean node;
    private boolean query;
    private boolean postgresql;
    private boolean csv;
    private final SpringRecord spring = new SpringRecord();
    private final RailsRecord rails = new RailsRecord();
    private final Map<String, Part> parts = new LinkedHashMap<>();

    /** What has come of a line that a container runtime cut, and where it began. */
    private record Part(String text, long line) {}

    Records(Sink sink) {
        this.sink = sink;
    }

    /** Takes the next line. */
    void line(String raw, long at) {
        String text = raw;
        char c = text.isEmpty() ? 0 : text.charAt(0);
        if (c >= '0' && c <= '9' && text.length() > 40 && text.charAt(10) == 'T') {
            text = whole(text, at);
            if (text == null) {
                return;
            }
        }
        begin(text, at);
    }

    private void begin(String line, long at) {
        Wrapping around = Wrapping.of(line);
        String text = around == null ? line : around.inner();
        if (more(text, around)) {
            return;
        }
        flush();
        char c = text.isEmpty() ? 0 : text.charAt(0);
        first = line;
        firstInner = text;
        source = around == null ? "" : around.source();
        json = around != null && around.escaped() != null;
        cut = around != null && around.isCut();
        number = at;
        lines = 1;
        quoted = text.length() > 60 && c >= '0' && c <= '9' && open(text);
        trace = text.startsWith(PythonTrace.BEGIN);
        python = trace;
        node = false;
        postgresql = c >= '0' && c <= '9' && PostgresRecord.isPlain(text);
        csv = c >= '0' && c <= '9' && PostgresRecord.isCsv(text) && opens(text);
        spring.begin(text);
        rails.begin(text);
        query = c == '#' && (text.startsWith("# Time: ") || text.startsWith("# User@Host: "));
    }

    /** Hands on what waits. */
    void flush() {
        if (first == null) {
            return;
        }
        String text = lines == 1 ? first : joined.toString();
        first = null;
        joined.setLength(0);
        if (!text.isEmpty()) {
            sink.record(text, number);
        }
    }

    /** The stream is at its end: hands on what waits, and the beginnings of lines whose rest never came. */
    void end() {
        List<Part> cut = List.copyOf(parts.values());
        parts.clear();
        cut.forEach(each -> begin(each.text(), each.line()));
        flush();
    }

    /** Takes a line only if it belongs to the record that waits. */
    boolean more(String line) {
        Wrapping around = Wrapping.of(line);
        return more(around == null ? line : around.inner(), around);
    }

    private boolean more(String text, @Nullable Wrapping around) {
        boolean belongs = first != null
                && lines < MOST_LINES
                && joined.length() < LONGEST
                && goesWith(around)
                && (cut || continues(text, text.isEmpty() ? 0 : text.charAt(0), around == null));
        if (belongs) {
            join(text, around);
            cut = around != null && around.isCut();
        }
        return belongs;
    }

    /** The same source; or nothing before it, as journalctl prints the further lines of a message. */
    private boolean goesWith(@Nullable Wrapping around) {
        return around == null ? !json : source.equals(around.source());
    }

    private void join(String text, @Nullable Wrapping around) {
        if (lines++ == 1) {
            joined.append(first);
        }
        if (around != null && around.escaped() != null) {
            String whole = Wrapping.spliced(joined.toString(), around, cut); // stays a line of JSON
            joined.setLength(0);
            joined.append(whole);
        } else {
            joined.append('\n').append(text);
        }
    }

    /** Whether a line as it stands in its file looks as only lines within a record do. */
    static boolean isTail(String line) {
        Wrapping around = Wrapping.of(line);
        String text = around == null ? line : around.inner();
        return Tail.is(text, around == null);
    }

    /** CRI: {@code TIME stream P part}, to be joined with what follows on that stream. Null while a line is not whole. */
    private @Nullable String whole(String text, long at) {
        int space = text.indexOf(' ');
        if (space < 0 || !text.startsWith(" stderr ", space) && !text.startsWith(" stdout ", space)) {
            return text;
        }
        int flag = space + 8;
        if (text.length() < flag + 2 || text.charAt(flag + 1) != ' ') {
            return text;
        }
        String stream = text.substring(space + 1, space + 7);
        Part before = parts.remove(stream);
        String all = before == null
                ? text.substring(0, flag) + "F " + text.substring(flag + 2)
                : before.text() + text.substring(flag + 2);
        if (text.charAt(flag) == 'P' && all.length() < LONGEST) {
            parts.put(stream, new Part(all, before == null ? at : before.line()));
            return null;
        }
        return before == null ? text : all;
    }

    /** Whether a text in quotes begins or ends here that goes on in other lines. */
    private static boolean opens(String text) {
        return (text.chars().filter(c -> c == '"').count() & 1) == 1;
    }

    private static boolean open(String text) {
        int at = text.indexOf(STDERR);
        return at >= 0 && text.indexOf("\" while ", at) < 0;
    }

    private boolean continues(String text, char c, boolean bare) {
        if (quoted) {
            if (text.contains("\" while ")) {
                quoted = false;
            }
            return true;
        }
        if (query) {
            return ofQuery(text, c);
        }
        if (csv) {
            csv = !opens(text);
            return true;
        }
        if (spring.continues(text) || rails.continues(text)) {
            return true;
        }
        if (python && !trace && PythonTrace.isBetween(text)) {
            return true;
        }
        if (node && (text.isEmpty() || text.startsWith("Node.js v"))) {
            return true; // the version stands below what ended the process
        }
        node |= c == ' ' && Node.isFrame(text);
        boolean usual = Tail.is(text, bare) || postgresql && (c == '\t' || PostgresRecord.continues(firstInner, text));
        if (!usual && c == 'T' && text.startsWith(PythonTrace.BEGIN)) {
            trace = true;
            python = true;
            return true;
        }
        if (!usual && trace) {
            trace = false;
            return PythonTrace.isException(text);
        }
        return usual;
    }

    /** The slow log of MySQL: comments, settings, and the query up to its semicolon. */
    private boolean ofQuery(String text, char c) {
        if (c == '#') {
            boolean next =
                    text.startsWith("# Time: ") || text.startsWith("# User@Host: ") && firstInner.startsWith("# User");
            query = !next;
            return !next;
        }
        boolean setting = text.startsWith("SET timestamp=") || text.startsWith("use ");
        query = setting || !text.endsWith(";");
        return true;
    }
}
