package io.culprit.triage.chain;

import io.culprit.failure.Blame;
import io.culprit.failure.Condition;
import io.culprit.triage.tally.Failed;
import io.culprit.triage.tally.Happening;
import io.culprit.triage.tally.Paths;
import io.culprit.triage.tally.Top;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What holds the workers of a full pool: one path or one function that most slow scripts stand in, or a database that all of them
 * wait for. The path with most failures is no answer: where one pool serves all paths, that is most often a victim.
 */
final class Holder {
    /** Of the slow scripts, so many have to agree. */
    private static final double MOST = 0.6;

    /** Nothing is known of what held them. */
    static final Holder NOTHING = new Holder(List.of(), "", "", false, -1);

    private final List<Happening> slow;
    private final String path;
    private final String frame;
    private final boolean database;
    private final long slowest;

    private Holder(List<Happening> slow, String path, String frame, boolean database, long slowest) {
        this.slow = slow;
        this.path = path;
        this.frame = frame;
        this.database = database;
        this.slowest = slowest;
    }

    static Holder find(Evidence e, List<Failed> failures) {
        List<Happening> slow = new ArrayList<>(e.events(Condition.POOL_SLOW));
        Map<String, Integer> frames = new HashMap<>();
        Map<String, Integer> paths = new HashMap<>();
        int traced = 0;
        int waiting = 0;
        long slowest = -1;
        for (Happening each : slow) {
            if (each.duration() < 0) { // a record of the slow log: it has frames, and no request
                traced++;
                waiting += each.upstream().equals("database") ? 1 : 0;
                frames.merge(each.script(), 1, Integer::sum);
            } else {
                paths.merge(Paths.of(each.target()), 1, Integer::sum);
            }
            slowest = Math.max(slowest, each.duration());
        }
        boolean database = traced > 0 && waiting >= traced * MOST;
        List<Happening> queries = e.events(Condition.DB_SLOW);
        database |= traced == 0 && !queries.isEmpty(); // the database's own word, where no frame says otherwise
        if (slow.isEmpty()) {
            slow.addAll(queries);
        }
        String frame = database ? "" : agreed(frames);
        String path = agreed(paths);
        if (path.isEmpty() && slow.isEmpty()) {
            path = busiest(e);
        }
        return new Holder(slow, path, frame, database, slowest);
    }

    private static String agreed(Map<String, Integer> counts) {
        int all = counts.values().stream().mapToInt(Integer::intValue).sum();
        return counts.entrySet().stream()
                .filter(each -> all > 0 && each.getValue() >= all * MOST)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("");
    }

    /** The path that took most of the workers' time, by FPM's own access log. */
    private static String busiest(Evidence e) {
        List<Top.Entry> all = e.tally().work().first(20);
        long sum = all.stream().mapToLong(Top.Entry::count).sum();
        boolean one = all.size() > 1 && all.get(0).count() >= sum * MOST;
        boolean front = one && all.get(0).name().endsWith("/index.php"); // all pages of a site go through it
        return one && !front ? all.get(0).name() : "";
    }

    boolean isFound() {
        return database || !path.isEmpty() || !frame.isEmpty();
    }

    void describe(Evidence e, Link.Builder link) {
        if (!isFound()) {
            return;
        }
        if (!slow.isEmpty()) {
            if (slow.get(0).what() == Condition.POOL_SLOW) {
                link.root(Condition.POOL_SLOW);
            }
            link.proof(slow.get(0).exhibit());
            slow.stream().filter(h -> h.duration() < 0).limit(1).forEach(h -> link.proof(h.exhibit()));
        }
        if (database) {
            database(link);
        } else if (path.endsWith("/wp-cron.php") || frame.contains("wp-cron")) {
            cron(link);
        } else {
            path(link);
        }
    }

    private void database(Link.Builder link) {
        link.root(Condition.DB_SLOW)
                .and(
                        slow.get(0).what() == Condition.DB_SLOW
                                ? ", and the database was at work on queries that it calls slow itself"
                                : ", and the scripts in them waited for the database, whichever script it was")
                .notProven("what the database waited for: look at its process list while it lasts")
                .notThis("No single script or plugin is slow: all of them wait in a query")
                .notThis("More workers bring more waiting connections, and \"Too many connections\" sooner")
                .fix(Fix.of(
                                "Find the lock or the slow query (SHOW FULL PROCESSLIST; pg_stat_activity), then have at least as many"
                                        + " connections as workers")
                        .change("my.cnf", "max_connections = 151", "max_connections = workers of all pools + 20"));
    }

    private void cron(Link.Builder link) {
        link.and(", held by /wp-cron.php, which every visit starts")
                .blame(Blame.CONFIG)
                .notProven("which of its jobs takes so long, where the slow log does not name it")
                .notThis("More workers would run wp-cron too")
                .notThis("The 499 of /wp-cron.php are no visitors who gave up: WordPress does not wait for that answer")
                .fix(Fix.of("Run wp-cron from the system's cron instead of from visits")
                        .change("wp-config.php", "", "define('DISABLE_WP_CRON', true);")
                        .change("crontab", "", "* * * * * www-data wp --path=/var/www/html cron event run --due-now"));
    }

    private void path(Link.Builder link) {
        String what = frame.isEmpty() ? path : frame + (path.isEmpty() ? "" : " (" + path + ")");
        link.and(
                        ", held by %s%s",
                        what, slowest > 0 ? ", which took more than %.1f s each time".formatted(slowest / 1e6) : "")
                .notProven("why it is slow: its frames in the slow log tell where, not why")
                .notThis("The paths with most failures are victims: they wait for workers that something else holds")
                .fix(Fix.of(
                                "Take this work out of the request (a queue, cron), or give it a pool of its own with few workers")
                        .change(
                                "nginx: http and server",
                                "",
                                "limit_req_zone $server_name zone=heavy:1m rate=10r/m;\nlocation = "
                                        + (path.isEmpty() ? "/the-path" : path.replaceAll("\\?.*", ""))
                                        + " { limit_req zone=heavy burst=2; ... }")
                        .change(
                                "pool.d/www.conf",
                                "request_terminate_timeout = 0",
                                "request_terminate_timeout = 65s   ; just above fastcgi_read_timeout"));
    }
}
