package io.culprit.triage.classify;

import io.culprit.failure.Cause;
import io.culprit.failure.Diagnosis;
import io.culprit.triage.classify.app.Databases;
import io.culprit.triage.classify.app.FpmAccess;
import io.culprit.triage.classify.app.Jvm;
import io.culprit.triage.classify.app.Node;
import io.culprit.triage.classify.app.PhpFpm;
import io.culprit.triage.classify.app.PostgreSql;
import io.culprit.triage.classify.app.PythonServers;
import io.culprit.triage.classify.app.Rails;
import io.culprit.triage.classify.app.RubyServers;
import io.culprit.triage.classify.app.SlowQueries;
import io.culprit.triage.classify.app.SpringBoot;
import io.culprit.triage.classify.app.Uwsgi;
import io.culprit.triage.classify.proxy.Apache;
import io.culprit.triage.classify.proxy.Aws;
import io.culprit.triage.classify.proxy.CommonLog;
import io.culprit.triage.classify.proxy.Envoy;
import io.culprit.triage.classify.proxy.Haproxy;
import io.culprit.triage.classify.proxy.Heroku;
import io.culprit.triage.classify.proxy.JsonLog;
import io.culprit.triage.classify.proxy.LogFormat;
import io.culprit.triage.classify.proxy.NginxError;
import io.culprit.triage.classify.proxy.Traefik;
import io.culprit.triage.classify.text.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Says what a log line proves. Each line is recognised by itself, so that lines of many programs may be mixed, behind any of the
 * prefixes that containers and syslog put before them. A cause that cannot be told from the line alone is told as several; a
 * line that is not known gives nothing. Never throws for any text; immutable, for any number of threads.
 */
public final class LogClassifier {
    /** A line may have come a long way; more prefixes than these have no meaning. */
    private static final int MOST_PREFIXES = 5;

    /** Longer lines are cut: nginx cuts its own at 2,048 bytes, PHP's stacks rarely have more than this. */
    static final int LONGEST = 65_536;

    private static final NginxError NGINX = new NginxError();
    private static final CommonLog COMMON = new CommonLog();

    /** Know a line by its beginning. */
    private final List<LineReader> anchored;

    /** Know a line by words anywhere in it, and are asked only when nothing more can be peeled off. */
    private static final List<LineReader> LOOSE = List.of(
            new Heroku(),
            new PythonServers(),
            new RubyServers(),
            new Rails(),
            new Machine(),
            new Traefik(),
            new Uwsgi(),
            new SlowQueries(),
            new PostgreSql(true),
            new Databases(),
            new Node(),
            new Jvm(),
            new Phrase());

    public LogClassifier() {
        this(List.of());
    }

    /**
     * @param formats access logs' formats to try before the usual ones
     */
    public LogClassifier(List<LogFormat> formats) {
        List<LineReader> all = new ArrayList<>(formats);
        all.addAll(List.of(
                NGINX,
                COMMON,
                new FpmAccess(),
                new PhpFpm(),
                new Apache(),
                new Haproxy(),
                new Envoy(),
                new PostgreSql(false),
                new SpringBoot(),
                new JsonLog(),
                new Aws()));
        anchored = List.copyOf(all);
    }

    /**
     * What a line says, empty when nobody here knows it. Records of several physical lines have them joined by line feeds.
     */
    public Optional<Finding> classify(String text) {
        if (NginxError.recognises(text)) { // by far the most frequent of all where something is wrong
            Finding found = NGINX.read(Line.of(text));
            if (found != null) {
                return Optional.of(named(found, text));
            }
        }
        Line line = Line.of(text.length() > LONGEST ? text.substring(0, LONGEST) : text);
        Line outer = null;
        for (int i = 0; ; i++) {
            Finding found = read(anchored, line);
            Line inner = found == null && i < MOST_PREFIXES ? Prefixes.peel(line) : null;
            if (found == null && inner == null) {
                found = read(LOOSE, line);
                // What looked like a tag may have been the first word of the message.
                found = found == null && outer != null ? read(LOOSE, outer) : found;
            }
            if (found != null) {
                return Optional.of(named(stamped(found, line), line.text()));
            }
            if (inner == null) {
                boolean syslog = !line.tag().isEmpty();
                return syslog
                        ? Optional.of(
                                Finding.noise(Program.SYSLOG).at(line.stamp()).host(line.host()))
                        : Optional.empty();
            }
            outer = line;
            line = inner;
        }
    }

    /** A finding of nginx's error log as it would be had its line named this upstream, e.g. {@code http://192.0.2.1:80/}. */
    public static Finding withUpstream(Finding of, String url) {
        return NginxError.withUpstream(of, url);
    }

    private static @Nullable Finding read(List<LineReader> readers, Line line) {
        for (LineReader reader : readers) {
            Finding found = reader.read(line);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /** The prefix's time where the line has none of its own, or none with a zone while the prefix has. */
    private static Finding stamped(Finding found, Line line) {
        boolean better = line.stamp().exists()
                && found.clock() != Clock.ZONED
                && (line.stamp().clock() == Clock.ZONED || found.clock() == Clock.NONE || found.clock() == Clock.BOOT);
        return better ? found.at(line.stamp()) : found;
    }

    /** Culprit's error log has nginx's form and names the cause at its end. */
    private static Finding named(Finding found, String text) {
        int at = found.program() == Program.NGINX_ERROR ? text.lastIndexOf(", cause: ") : -1;
        if (at < 0) {
            return found;
        }
        int start = at + 9;
        int end = text.indexOf(',', start);
        Optional<Cause> cause = Cause.byId(text.substring(start, end < 0 ? text.length() : end));
        return cause.isPresent() ? found.is((Diagnosis) cause.get()) : found;
    }
}
