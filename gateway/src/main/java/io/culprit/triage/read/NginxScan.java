package io.culprit.triage.read;

import io.culprit.failure.Blame;
import io.culprit.triage.classify.Finding;
import io.culprit.triage.classify.Finding.Kind;
import io.culprit.triage.classify.LogClassifier;
import io.culprit.triage.classify.Program;
import io.culprit.triage.classify.text.Stamp;
import io.culprit.triage.classify.text.Times;
import io.culprit.triage.tally.Paths;
import io.culprit.triage.tally.Sum;
import io.culprit.triage.tally.Tally;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Counts lines of nginx's error log without making texts of them: an outage writes the same few messages millions of times. A
 * message that {@link LogClassifier} has judged once is known by its bytes from then on; what is not known, or not exactly of this
 * form, goes the usual way. The sums are the same either way. One thread.
 */
final class NginxScan implements Lines.Fast {
    private static final byte[] CLIENT = bytes(", client: ");
    private static final byte[] SERVER = bytes(", server: ");
    private static final byte[] REQUEST = bytes(", request: \"");
    private static final byte[] UPSTREAM = bytes(", upstream: \"");
    private static final byte[] AFTER = bytes(", ");
    private static final int TIME = 19;
    private static final int MOST_TEMPLATES = 24;
    private static final int RECENT = 1 << 14;
    private static final long SECOND = 1_000_000L;

    private @Nullable Tally tally;
    private long from;
    private long until;
    private final FileClock clock;
    private final List<Template> templates = new ArrayList<>();
    private final Names clients = new Names();
    private final Names paths = new Names();
    private final Names upstreams = new Names();
    private final Names methods = new Names();
    private final long[] recent = new long[RECENT];
    private long time0;
    private long time1;
    private int time2;
    private long second = Long.MIN_VALUE;

    /** A message that is known, and what was counted of it. */
    private static final class Template {
        final byte level;
        final byte[] message;
        final Finding finding;
        final long[] clients = new long[4_096];
        final long[] paths = new long[4_096];
        final long[] upstreams = new long[4_096];
        final long[] methods = new long[4_096];
        final Sum sum;

        Template(byte level, byte[] message, Finding finding) {
            this.level = level;
            this.message = message;
            this.finding = finding;
            sum = new Sum(finding);
        }
    }

    /** {@link #aim} is to be called next. */
    NginxScan(FileClock clock) {
        this.clock = clock;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public int line(byte[] b, int from, int end) {
        // Time, level and the numbers of process, thread and connection take more than this.
        if (end - from < 64
                || b[from + 4] != '/'
                || b[from + 7] != '/'
                || b[from + TIME] != ' '
                || b[from + 20] != '[') {
            return -1;
        }
        int hash = from + 26;
        while (hash < from + 40 && b[hash] != '#') {
            hash++;
        }
        if (b[hash] != '#' || b[hash + 1] == '0') {
            return -1; // thread 0 writes this gateway's own log, which names the cause itself
        }
        int star = hash + 2;
        while (star < from + 52 && b[star] != '*') {
            star++;
        }
        if (b[star] != '*') {
            return -1;
        }
        long connection = 0;
        int message = star + 1;
        while (message < end && b[message] >= '0' && b[message] <= '9') {
            connection = connection * 10 + b[message++] - '0';
        }
        message++;
        Template template = template(b, from + 21, message, end);
        return template == null
                ? -1
                : fields(template, b, from, hash, connection, message + template.message.length, end);
    }

    /** The one that was met last stands first. */
    private @Nullable Template template(byte[] b, int level, int message, int end) {
        for (int i = 0; i < templates.size(); i++) {
            Template each = templates.get(i);
            if (each.level == b[level] && Bytes.at(b, message, end, each.message)) {
                if (i > 0) {
                    templates.set(i, templates.get(i - 1));
                    templates.set(i - 1, each);
                }
                return each;
            }
        }
        return null;
    }

    private int fields(Template template, byte[] b, int from, int hash, long connection, int client, int end) {
        int clientEnd = Bytes.find(b, client, end, (byte) ',');
        if (clientEnd < 0 || !Bytes.at(b, clientEnd, end, SERVER)) {
            return -1;
        }
        int serverEnd = Bytes.find(b, clientEnd + SERVER.length, end, (byte) ',');
        if (serverEnd < 0 || !Bytes.at(b, serverEnd, end, REQUEST)) {
            return -1;
        }
        int request = serverEnd + REQUEST.length;
        int requestEnd = Bytes.find(b, request, end, (byte) '"');
        if (requestEnd < 0 || !Bytes.at(b, requestEnd + 1, end, UPSTREAM)) {
            return -1;
        }
        int method = Bytes.find(b, request, requestEnd, (byte) ' ');
        int targetEnd = requestEnd - 9; // " HTTP/1.1"
        if (method < 0 || targetEnd <= method || b[targetEnd] != ' ' || b[targetEnd + 1] != 'H') {
            return -1;
        }
        int upstream = requestEnd + 1 + UPSTREAM.length;
        int upstreamEnd = Bytes.find(b, upstream, end, (byte) '"');
        if (upstreamEnd < 0) {
            return -1;
        }
        int feed = Bytes.find(b, upstreamEnd, end, (byte) '\n');
        boolean whole = feed == upstreamEnd + 1 || Bytes.at(b, upstreamEnd + 1, end, AFTER);
        if (feed < 0 || !whole || feed - from > Lines.LONGEST) {
            return -1;
        }
        long micros = time(b, from);
        if (micros == Long.MIN_VALUE || micros < this.from || micros >= until || template.sum.isEarlier(micros)) {
            return -1; // of another window, or one of the first lines, which are kept as proof
        }
        return count(
                        template,
                        b,
                        method,
                        request,
                        targetEnd,
                        client,
                        clientEnd,
                        upstream,
                        upstreamEnd,
                        hash,
                        connection,
                        micros)
                ? feed + 1
                : -1;
    }

    private boolean count(
            Template template,
            byte[] b,
            int method,
            int request,
            int targetEnd,
            int client,
            int clientEnd,
            int upstream,
            int upstreamEnd,
            int hash,
            long connection,
            long micros) {
        int query = Bytes.find(b, method + 1, targetEnd, (byte) '?');
        int pathEnd = query < 0 ? targetEnd : query;
        int path;
        if (query > 0 && b[query - 1] == 'p') { // admin-ajax.php is counted with its action
            byte[] name =
                    bytes(Paths.of(new String(b, method + 1, targetEnd - method - 1, StandardCharsets.ISO_8859_1)));
            path = paths.id(name, 0, name.length);
        } else {
            path = paths.id(b, method + 1, pathEnd);
        }
        int c = clients.id(b, client, clientEnd);
        int u = upstreams.id(b, upstream, upstreamEnd);
        int m = methods.id(b, request, method);
        if (path < 0 || c < 0 || u < 0 || m < 0) {
            flush();
            return false; // this line the usual way, the next one here again
        }
        template.paths[path]++;
        template.clients[c]++;
        template.upstreams[u]++;
        template.methods[m]++;
        template.sum.add(micros, isAnother(b, hash, connection, method + 1, targetEnd, micros));
        return true;
    }

    private boolean isAnother(byte[] b, int hash, long connection, int target, int targetEnd, long micros) {
        long key = connection * 0x9E3779B97F4A7C15L
                ^ Bytes.hash(b, target, targetEnd)
                ^ (long) b[hash - 1] << 56
                ^ (long) b[hash - 2] << 48;
        key ^= micros / (60 * SECOND);
        int slot = (int) (key >>> 40) & RECENT - 1;
        boolean another = recent[slot] != key;
        recent[slot] = key;
        return another;
    }

    /** The same second as the line before, most often. */
    private long time(byte[] b, int from) {
        long t0 = Bytes.eight(b, from);
        long t1 = Bytes.eight(b, from + 8);
        int t2 = b[from + 16] << 16 | b[from + 17] << 8 | b[from + 18];
        if (t0 != time0 || t1 != time1 || t2 != time2 || second == Long.MIN_VALUE) {
            Stamp stamp = Times.nginx(new String(b, from, TIME, StandardCharsets.ISO_8859_1), 0);
            second = stamp.exists() ? clock.micros(stamp.clock(), stamp.micros()) : Long.MIN_VALUE;
            time0 = t0;
            time1 = t1;
            time2 = t2;
        }
        return second;
    }

    /**
     * Counts into another tally from now on; what was counted so far is in the one before.
     *
     * @param first microseconds since the epoch from which lines belong to it
     * @param behind and from which they do not any more
     */
    void aim(Tally next, long first, long behind) {
        if (tally != null) {
            flush();
        }
        templates.clear(); // they know the groups of the tally before
        tally = next;
        from = first;
        until = behind;
    }

    /** Forgets which requests the lines before were about: what follows is another part of a log. */
    void turnPage() {
        java.util.Arrays.fill(recent, 0);
    }

    /** Remembers a message whose verdict depends on nothing else in its line but the upstream's address. */
    void learn(String text, Finding f) {
        boolean usual = f.program() == Program.NGINX_ERROR
                && f.kind() == Kind.ERROR
                && f.connection() >= 0
                && !f.diagnoses().isEmpty();
        if (!usual
                || templates.size() >= MOST_TEMPLATES
                || text.indexOf('\n') >= 0
                || text.contains(", cause: ")
                || f.id().equals("unknown")) {
            return;
        }
        int star = text.indexOf('*');
        int message = text.indexOf(' ', star) + 1;
        int end = text.indexOf(", client: ", message);
        if (star < 0 || end < 0 || text.indexOf('"', message) < end) {
            return;
        }
        byte[] known = bytes(text.substring(message, end + CLIENT.length));
        if (templates.stream()
                .noneMatch(t -> java.util.Arrays.equals(t.message, known) && t.level == text.charAt(21))) {
            Template template = new Template((byte) text.charAt(21), known, f);
            tally().add(template.sum); // from now on it knows its group, and with it the lines that are kept
            templates.add(template);
        }
    }

    /** Which it counts into, once it was {@link #aim}ed. */
    private Tally tally() {
        return Objects.requireNonNull(tally);
    }

    /** Puts into the tally what was counted here; also when a table of names is full. */
    void flush() {
        for (Template each : templates) {
            for (int id = 0; id < upstreams.size(); id++) {
                long count = each.upstreams[id];
                if (count > 0) {
                    // The address may change whose fault it is.
                    Finding judged = LogClassifier.withUpstream(each.finding, upstreams.name(id));
                    each.sum.upstream(
                            judged.upstream(),
                            judged.blame() == Blame.NONE ? each.finding.blame() : judged.blame(),
                            judged.isHttp(),
                            count);
                    each.upstreams[id] = 0;
                }
            }
            move(each.clients, clients, each.sum::client);
            move(each.paths, paths, each.sum::path);
            move(each.methods, methods, each.sum::method);
            tally().add(each.sum);
        }
        clients.clear();
        paths.clear();
        upstreams.clear();
        methods.clear();
    }

    private static void move(long[] counts, Names names, java.util.function.ObjLongConsumer<String> to) {
        for (int id = 0; id < names.size(); id++) {
            if (counts[id] > 0) {
                to.accept(names.name(id), counts[id]);
                counts[id] = 0;
            }
        }
    }
}
