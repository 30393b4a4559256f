package io.culprit.triage.chain;

import io.culprit.failure.Cause;
import io.culprit.failure.Condition;
import io.culprit.failure.Diagnosis;
import io.culprit.triage.classify.Finding.Kind;
import io.culprit.triage.classify.Program;
import io.culprit.triage.classify.text.Words;
import io.culprit.triage.tally.Exhibit;
import io.culprit.triage.tally.Failed;
import io.culprit.triage.tally.Group;
import io.culprit.triage.tally.Happening;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The application's database refused it, or its own pool of connections was empty: its own errors in the same seconds, timeouts of those
 * who waited for a connection, nobody listening where it could not start. Rests on what the application says of its database, or a
 * database that turns clients away; what the database and the kernel say of that time is behind it.
 */
final class DatabaseDown implements Chain {
    private static final List<Condition> SAID =
            List.of(Condition.DB_UNAVAILABLE, Condition.DB_POOL_EXHAUSTED, Condition.PHP_DB_DOWN);
    private static final Set<Diagnosis> OWN =
            Set.of(Cause.ORIGIN_ERROR, Condition.DB_UNAVAILABLE, Condition.DB_POOL_EXHAUSTED, Condition.PHP_DB_DOWN);
    private static final Set<Cause> WAITED = Set.of(Cause.HEAD_TIMEOUT, Cause.DEADLINE_EXCEEDED);
    private static final Set<Cause> NOT_STARTED = Set.of(Cause.CONNECT_REFUSED, Cause.CONNECT_SOCKET_MISSING);

    /** Anybody may try a password; and a cache is no database. */
    private static final String[] NO_OUTAGE = {"Access denied for user", "password authentication failed"};

    private static final String[] CACHE = {
        "OOM command not allowed",
        "max number of clients reached",
        "Background saving error",
        "MISCONF Redis",
        "User requested shutdown",
        "Received SIGTERM scheduling shutdown",
        "Write error saving DB on disk"
    };

    /** An error is logged in the second of its answer; clocks of two machines may differ by one more. */
    private static final long NEAR = 2;

    /** Pools wait for a connection for half a minute (HikariCP) or less, and who gives up sooner is a timeout. */
    private static final long WAIT = 30;

    /** Of the failures, so many have to lie near such a line. */
    private static final double MOST = 0.5;

    @Override
    public Optional<Link> find(Evidence e) {
        List<Group> said = e.tally().groups(Kind.ERROR).stream()
                .filter(g -> SAID.contains(g.diagnosis()))
                .toList();
        List<Happening> events = SAID.stream()
                .flatMap(each -> e.events(each).stream())
                .filter(h -> h.isTimed()
                        && !(h.program() == Program.DATABASE
                                && Words.any(h.exhibit().text(), NO_OUTAGE)))
                .toList();
        if (said.isEmpty() && events.isEmpty()) {
            return Optional.empty();
        }
        boolean stopped = events.stream().anyMatch(h -> h.program() != Program.DATABASE);
        // Of PHP's workers those who wait are told by their pool, which is full then.
        boolean waited = stopped || said.stream().anyMatch(g -> g.diagnosis() != Condition.PHP_DB_DOWN);
        List<Diagnosis> effects = new ArrayList<>();
        List<Exhibit> proof = new ArrayList<>();
        long covered = 0;
        long all = 0;
        for (Failed each : e.failed()) {
            Diagnosis what = each.diagnosis();
            boolean fits =
                    OWN.contains(what) || waited && WAITED.contains(what) || stopped && NOT_STARTED.contains(what);
            if (!fits || each.requests() == 0) {
                continue;
            }
            long near = near(each, said, events, OWN.contains(what) ? NEAR : WAIT);
            all += each.requests();
            covered += near;
            if (near > 0) {
                effects.add(what);
                each.exhibits().stream().limit(1).forEach(proof::add);
            }
        }
        if (covered == 0 || covered < all * MOST) {
            return Optional.empty();
        }
        Diagnosis what = said.isEmpty() ? events.get(0).what() : said.get(0).diagnosis();
        Exhibit line = said.isEmpty()
                ? events.get(0).exhibit()
                : said.get(0).exhibits().get(0);
        Optional<Happening> behind = behind(e, said, events)
                .filter(h -> h.what() != Condition.DB_SLOW || what == Condition.DB_POOL_EXHAUSTED);
        Link.Builder link = Link.Builder.of(effects).requests(covered);
        if (!effects.equals(List.of(what))) {
            link.root(what);
        }
        boolean open = said.stream().anyMatch(Group::isOpen) && said.size() == 1;
        boolean turnedAway = said.isEmpty() && !stopped;
        link.because("%s in those seconds", turnedAway ? "the database turned clients away" : sentence(what, open))
                .proof(line);
        behind.ifPresent(h -> link.root(h.what())
                .and("; behind it at %s: %s", e.time(h.micros()), happened(h))
                .proof(h.exhibit()));
        link.proof(proof.stream().filter(each -> !each.equals(line)).toList());
        return Optional.of(told(e, link, what, line, behind).build());
    }

    private static String sentence(Diagnosis what, boolean open) {
        if (open) {
            return "the application got no connection to its database, for its pool was empty or the database not to be reached";
        }
        return what == Condition.DB_POOL_EXHAUSTED
                ? "all connections of the application's pool to its database were in use"
                : "the application could not reach its database or lost it";
    }

    private static String happened(Happening of) {
        if (of.what() == Condition.DB_SLOW) {
            return "the database was at work on " + (of.script().isEmpty() ? "a slow query" : of.script());
        }
        return of.what() == Condition.UPSTREAM_RESTART
                ? "the database was stopped on order"
                : AppError.lower(of.what().summary());
    }

    private static Link.Builder told(
            Evidence e, Link.Builder link, Diagnosis what, Exhibit line, Optional<Happening> behind) {
        boolean database = e.tally().programs().containsKey(Program.DATABASE);
        boolean many = Words.any(
                line.text(), "oo many connections", "too many clients", "remaining connection slots are reserved");
        String why = behind.isPresent()
                ? ""
                : database
                        ? "; nor why: the database's log has no reason"
                        : "; nor why: read the database's own log too";
        link.notProven("that each of these requests met one of these lines: they share the time, not an id" + why)
                .notThis("A longer timeout of the proxy only lets more of them wait");
        if (what == Condition.DB_POOL_EXHAUSTED) {
            link.notThis("The database need not be down: its clients hold what there is");
        }
        Fix fix = Fix.of(
                many
                        ? "Keep the sum of all pools below the database's max_connections, or raise it as far as its memory allows"
                        : behind.map(h -> h.what().remedy()).orElse(what.remedy()));
        if (what == Condition.DB_POOL_EXHAUSTED && line.text().contains("HikariPool")) {
            fix = fix.change("application.properties", "", "spring.datasource.hikari.leak-detection-threshold=20000");
        } else if (what == Condition.DB_POOL_EXHAUSTED && line.text().contains("ActiveRecord")) {
            fix = fix.change(
                    "config/database.yml",
                    "pool: 5",
                    "pool: <%= ENV[\"RAILS_MAX_THREADS\"] %>   # as many as Puma's threads");
        }
        return link.fix(fix);
    }

    /** Requests that ended within so many seconds of a line about the database. */
    private static long near(Failed failed, List<Group> said, List<Happening> events, long seconds) {
        long sum = 0;
        for (var each : failed.bySecond().entrySet()) {
            long from = each.getKey() - seconds;
            long to = each.getKey() + seconds;
            boolean near = said.stream().anyMatch(g -> g.timeline().between(from, to) > 0)
                    || events.stream().anyMatch(h -> h.second() >= from && h.second() <= to);
            sum += near ? each.getValue() : 0;
        }
        return sum;
    }

    /** What the database, or the kernel of it, says of itself in that time: the latest before it began to fail, or while it did. */
    private static Optional<Happening> behind(Evidence e, List<Group> said, List<Happening> events) {
        long from = Stream.concat(
                        said.stream().map(Group::first), events.stream().map(Happening::micros))
                .mapToLong(Long::longValue)
                .min()
                .orElse(Long.MAX_VALUE);
        long to = Stream.concat(said.stream().map(Group::last), events.stream().map(Happening::micros))
                .mapToLong(Long::longValue)
                .max()
                .orElse(Long.MIN_VALUE);
        List<Happening> own = new ArrayList<>();
        e.events(Condition.WORKER_OOM_KILLED).stream()
                .filter(h -> h.script().matches("mysqld|mariadbd|postgres|postmaster"))
                .forEach(own::add);
        for (Condition each : List.of(
                Condition.MACHINE_DISK_FULL,
                Condition.DEPENDENCY_FAILED,
                Condition.UPSTREAM_RESTART,
                Condition.DB_SLOW)) {
            e.events(each).stream()
                    .filter(h -> h.program() == Program.DATABASE
                            && !Words.any(h.exhibit().text(), CACHE))
                    .forEach(own::add);
        }
        long slack = WAIT * 1_000_000L;
        List<Happening> near = own.stream()
                .filter(Happening::isTimed)
                .filter(h -> h.micros() >= from - slack && h.micros() - Math.max(0, h.duration()) <= to)
                .toList();
        Comparator<Happening> byTime = Comparator.comparingLong(Happening::micros);
        return near.stream()
                .filter(h -> h.micros() <= from)
                .max(byTime)
                .or(() -> near.stream().min(byTime));
    }
}
