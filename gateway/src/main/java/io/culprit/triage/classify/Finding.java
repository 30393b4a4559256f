package io.culprit.triage.classify;

import io.culprit.failure.Blame;
import io.culprit.failure.Diagnosis;
import io.culprit.triage.classify.text.Clock;
import io.culprit.triage.classify.text.Stamp;
import java.util.List;

/**
 * What one line says. Text fields are empty and numbers are -1 where the line does not say; nothing is guessed. Immutable for
 * whoever gets it; the classes of this package fill it in.
 */
public final class Finding {
    /** What a line is about. */
    public enum Kind {
        /** The end of a request, good or bad: an access log. */
        REQUEST,
        /** Something that went wrong for a request, which may have ended well after all: an error log. */
        ERROR,
        /** Something that happened to a process, a pool or a machine. */
        EVENT,
        /** What an upstream did for one request, from its own log: FPM's access log. */
        WORK,
        /** A known line that says nothing of failures. */
        NOISE
    }

    private final Program program;
    private final Kind kind;
    private List<Diagnosis> diagnoses = List.of();
    private Blame blame = Blame.NONE;
    private long micros;
    private Clock clock = Clock.NONE;
    private int status = -1;
    private int tries = -1;
    private int worker = -1;
    private long connection = -1;
    private long duration = -1;
    private long setting = -1;
    private boolean fastcgi;
    private boolean http;
    private boolean unconnected;
    private boolean headless;
    private String method = "";
    private String target = "";
    private String upstream = "";
    private String client = "";
    private String site = "";
    private String pool = "";
    private String script = "";
    private String host = "";

    public Finding(Program program, Kind kind) {
        this.program = program;
        this.kind = kind;
    }

    public static Finding error(Program program) {
        return new Finding(program, Kind.ERROR);
    }

    public static Finding event(Program program) {
        return new Finding(program, Kind.EVENT);
    }

    public static Finding request(Program program) {
        return new Finding(program, Kind.REQUEST);
    }

    public static Finding noise(Program program) {
        return new Finding(program, Kind.NOISE);
    }

    /** One cause, whose usual blame holds. */
    public Finding is(Diagnosis diagnosis) {
        diagnoses = List.of(diagnosis);
        blame = diagnosis.blame();
        return this;
    }

    /** One of several that this line cannot tell apart, the likeliest first; its blame holds. */
    public Finding oneOf(Diagnosis first, Diagnosis... others) {
        Diagnosis[] all = new Diagnosis[others.length + 1];
        all[0] = first;
        System.arraycopy(others, 0, all, 1, others.length);
        return oneOf(List.of(all));
    }

    public Finding oneOf(List<Diagnosis> all) {
        diagnoses = all;
        blame = all.isEmpty() ? Blame.NONE : all.get(0).blame();
        return this;
    }

    public Finding blame(Blame other) {
        blame = other;
        return this;
    }

    public Finding at(Stamp stamp) {
        micros = stamp.micros();
        clock = stamp.clock();
        return this;
    }

    public Finding status(int value) {
        status = value;
        return this;
    }

    public Finding tries(int value) {
        tries = value;
        return this;
    }

    public Finding worker(long pid) {
        worker = pid > Integer.MAX_VALUE ? -1 : (int) pid;
        return this;
    }

    public Finding connection(long number) {
        connection = number;
        return this;
    }

    public Finding duration(long microseconds) {
        duration = microseconds;
        return this;
    }

    public Finding setting(long value) {
        setting = value;
        return this;
    }

    public Finding phases(boolean noConnection, boolean noHead) {
        unconnected = noConnection;
        headless = noHead;
        return this;
    }

    /** A request line: method, target and protocol, as far as there are any. */
    public Finding requestLine(String line) {
        int space = line.indexOf(' ');
        if (space < 0) {
            target = line;
            return this;
        }
        int last = line.lastIndexOf(' ');
        method = line.substring(0, space);
        target = last > space && line.startsWith("HTTP/", last + 1)
                ? line.substring(space + 1, last)
                : line.substring(space + 1);
        return this;
    }

    public Finding request(String verb, String path) {
        method = verb;
        target = path;
        return this;
    }

    public Finding upstream(String value) {
        upstream = value;
        return this;
    }

    /** What the upstream speaks, by the scheme of its URL. */
    public Finding spoken(String url) {
        fastcgi = url.startsWith("fastcgi://");
        http = url.startsWith("http");
        return this;
    }

    public Finding client(String value) {
        client = value;
        return this;
    }

    public Finding site(String value) {
        site = value;
        return this;
    }

    public Finding pool(String value) {
        pool = value;
        return this;
    }

    public Finding script(String value) {
        script = value;
        return this;
    }

    public Finding host(String value) {
        host = value;
        return this;
    }

    /** What wrote the line. */
    public Program program() {
        return program;
    }

    /** What it is about. */
    public Kind kind() {
        return kind;
    }

    /** What it proves: one cause, several that it cannot tell apart (the likeliest first), or none. */
    public List<Diagnosis> diagnoses() {
        return diagnoses;
    }

    /** Who has to act; {@link Blame#NONE} where nothing failed. */
    public Blame blame() {
        return blame;
    }

    /** The line's time in microseconds; see {@link #clock()}. */
    public long micros() {
        return micros;
    }

    /** What {@link #micros()} counts from. */
    public Clock clock() {
        return clock;
    }

    /** Status the client got, -1 where the line does not say. */
    public int status() {
        return status;
    }

    /** Attempts at an upstream, -1 where the line does not say. */
    public int tries() {
        return tries;
    }

    /** Process id of the worker or victim the line is about. */
    public int worker() {
        return worker;
    }

    /** nginx's number of the client's connection; it starts anew with the process. */
    public long connection() {
        return connection;
    }

    /** Microseconds that the request took. */
    public long duration() {
        return duration;
    }

    /** A number of the configuration that the line names, e.g. {@code pm.max_children}. */
    public long setting() {
        return setting;
    }

    /** Whether the line says that the upstream speaks FastCGI. */
    public boolean isFastCgi() {
        return fastcgi;
    }

    /** Whether the line says that the upstream speaks HTTP. */
    public boolean isHttp() {
        return http;
    }

    /** Whether the line says that no connection to the upstream was made. */
    public boolean unconnected() {
        return unconnected;
    }

    /** Whether the line says that no response head came from the upstream. */
    public boolean headless() {
        return headless;
    }

    public String method() {
        return method;
    }

    /** The request's target with its query, as it was logged. */
    public String target() {
        return target;
    }

    /** Address or name of the upstream, without a scheme and a path. */
    public String upstream() {
        return upstream;
    }

    public String client() {
        return client;
    }

    /** The request's Host. */
    public String site() {
        return site;
    }

    /** Name of the FPM pool, unit or backend. */
    public String pool() {
        return pool;
    }

    /** Script or source line that the line names. */
    public String script() {
        return script;
    }

    /** The machine, container or pod that wrote the line, from its prefix. */
    public String host() {
        return host;
    }

    /** The ids of {@link #diagnoses()}, joined by {@code |}; {@code none} where there are none. */
    public String id() {
        if (diagnoses.isEmpty()) {
            return "none";
        }
        if (diagnoses.size() == 1) {
            return diagnoses.get(0).id();
        }
        StringBuilder ids = new StringBuilder();
        for (Diagnosis each : diagnoses) {
            ids.append(ids.length() == 0 ? "" : "|").append(each.id());
        }
        return ids.toString();
    }
}
