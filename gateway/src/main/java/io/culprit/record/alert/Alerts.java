package io.culprit.record.alert;

import io.culprit.config.record.AlertConfig;
import io.culprit.config.record.AlertConfig.Rule;
import io.culprit.config.record.AlertConfig.Watch;
import io.culprit.failure.Cause;
import io.culprit.failure.Event;
import io.culprit.failure.Text;
import io.culprit.record.alert.Alert.Status;
import io.culprit.record.watch.Failing;
import io.culprit.record.watch.RecentCounts;
import io.culprit.record.watch.Unobserved;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Which rules fire: each trouble is told once when it begins and once when it ends, however often it is noticed. Events
 * and ticks come on the watch's thread; any thread may read {@link #firing}.
 */
public final class Alerts implements Event.Sink {
    /** A share must stay below its bound for this long before the alert is over, so that it does not flap. */
    private static final long CALM_MILLIS = 30_000;

    private volatile List<Rule> rules;
    private final Collection<String> upstreams;
    private final RecentCounts pulse;
    private final Unobserved unobserved;
    private final Consumer<Alert> told;
    private final Map<String, Firing> firing = new ConcurrentSkipListMap<>();

    private record Firing(Alert alert, long lastMillis) {}

    /**
     * @param upstreams names of all upstreams
     * @param unobserved times that no trouble is said to have lasted through
     * @param told who sends alerts on; must not block
     */
    public Alerts(
            AlertConfig config,
            Collection<String> upstreams,
            RecentCounts pulse,
            Unobserved unobserved,
            Consumer<Alert> told) {
        this.unobserved = unobserved;
        this.rules = config.rules();
        this.upstreams = upstreams;
        this.pulse = pulse;
        this.told = told;
    }

    /**
     * Other rules from now on. Alerts of rules that are no longer there end; those of rules that stay go on. Any thread may
     * call.
     */
    public void rules(List<Rule> next) {
        rules = next;
        end(
                alert -> next.stream()
                        .noneMatch(rule -> rule.name().equals(alert.rule()) && rule.watches(alert.upstream())),
                "the rule was taken out of the configuration");
    }

    /** An upstream is no longer there: what fired for it ends. Any thread may call. */
    public void forget(String upstream) {
        end(alert -> alert.upstream().equals(upstream), "upstream " + upstream + " was taken out of the configuration");
    }

    private void end(Predicate<Alert> which, String why) {
        long now = System.currentTimeMillis();
        for (Firing each : firing.values()) {
            Alert alert = each.alert();
            if (which.test(alert)) {
                resolve(new Alert(alert.rule(), Status.FIRING, alert.upstream(), alert.subject(), now, now, why));
            }
        }
    }

    /** The alerts that fire now. */
    public List<Alert> firing() {
        return firing.values().stream().map(Firing::alert).toList();
    }

    @Override
    public void happened(Event event) {
        happened(event, true);
    }

    /** What began in an earlier run goes on: nobody is told again, but its end will be. Any thread may call. */
    public void resume(Event begun) {
        happened(begun, false);
    }

    private void happened(Event event, boolean tell) {
        switch (event.kind()) {
            case PEER_EJECTED -> begins(Watch.PEER_EJECTED, event, "server %s of upstream %s is out of use: %s", tell);
            case CHECK_FAILED ->
                begins(Watch.PEER_EJECTED, event, "server %s of upstream %s fails its check: %s", tell);
            case PEER_RETURNED, CHECK_RECOVERED ->
                ends(Watch.PEER_EJECTED, event, "server %s of upstream %s is used again: %s");
            case BREAKER_OPENED ->
                begins(Watch.BREAKER_OPENED, event, "circuit breaker of upstream %s%s opened: %s", tell);
            case BREAKER_CLOSED -> ends(Watch.BREAKER_OPENED, event, "circuit breaker of upstream %s%s closed: %s");
            case OUTAGE_STARTED -> begins(Watch.OUTAGE, event, "upstream %s is out%s: %s", tell);
            case OUTAGE_ENDED -> ends(Watch.OUTAGE, event, "upstream %s is back%s: %s");
            case UPTIME_FAILED -> begins(Watch.UPTIME, event, "check %s fails%s: %s", tell);
            case UPTIME_RECOVERED -> ends(Watch.UPTIME, event, "check %s is good again%s: %s");
            case CLIENTS_LIMITED -> begins(Watch.CLIENTS, event, "%s%s: %s", tell);
            case CLIENTS_UNLIMITED -> ends(Watch.CLIENTS, event, "%s%s: %s");
            case CERTIFICATE_EXPIRES -> begins(Watch.CERTIFICATE, event, "%s%s: %s", tell);
            case CERTIFICATE_RENEWED -> ends(Watch.CERTIFICATE, event, "%s%s: %s");
            case BREAKER_HALF_OPEN,
                    GATEWAY_STARTED,
                    GATEWAY_STOPPED,
                    GATEWAY_CRASHED,
                    CONFIG_RELOADED,
                    CONFIG_REFUSED -> {}
        }
    }

    private void begins(Watch on, Event event, String sentence, boolean tell) {
        for (Rule rule : rules) {
            if (rule.on() == on && rule.watches(event.upstream())) {
                fire(alert(rule, event, sentence, event.epochMillis()), tell);
            }
        }
    }

    private void ends(Watch on, Event event, String sentence) {
        for (Rule rule : rules) {
            if (rule.on() == on && rule.watches(event.upstream())) {
                resolve(alert(rule, event, sentence, event.epochMillis()));
            }
        }
    }

    private static Alert alert(Rule rule, Event event, String sentence, long atMillis) {
        return new Alert(
                rule.name(),
                Status.FIRING,
                event.upstream(),
                event.subject(),
                atMillis,
                atMillis,
                sentence.formatted(
                        event.subject(),
                        event.upstream().equals(event.subject()) ? "" : event.upstream(),
                        event.detail()));
    }

    private void fire(Alert alert, boolean tell) {
        Firing before = firing.get(alert.key());
        firing.put(alert.key(), new Firing(before == null ? alert : before.alert(), alert.atMillis()));
        if (before == null && tell) {
            told.accept(alert);
        }
    }

    private void resolve(Alert end) {
        Firing before = firing.remove(end.key());
        if (before != null) {
            long sinceMillis = before.alert().sinceMillis();
            String lasted =
                    Text.duration(TimeUnit.MILLISECONDS.toNanos(unobserved.observed(sinceMillis, end.atMillis())));
            told.accept(new Alert(
                    end.rule(),
                    Status.RESOLVED,
                    end.upstream(),
                    end.subject(),
                    sinceMillis,
                    end.atMillis(),
                    end.summary() + " (after " + lasted + ")"));
        }
    }

    /** Looks at the shares; twice a second, on the watch's thread. */
    public void tick(long nowMillis) {
        for (Rule rule : rules) {
            if (rule.on() != Watch.FAILURES) {
                continue;
            }
            for (String upstream : upstreams) {
                if (rule.watches(upstream)) {
                    share(rule, upstream, nowMillis);
                }
            }
        }
    }

    private void share(Rule rule, String upstream, long nowMillis) {
        Map<String, Long> lately = pulse.lately(upstream, rule.window().toSeconds(), nowMillis);
        List<Map.Entry<String, Long>> counted = new ArrayList<>();
        long all = 0;
        long failed = 0;
        for (Map.Entry<String, Long> each : lately.entrySet()) {
            all += each.getValue();
            if (counts(rule, each.getKey())) {
                failed += each.getValue();
                counted.add(each);
            }
        }
        boolean over = failed >= rule.minimum() && failed * 100 >= all * rule.sharePercent();
        counted.sort(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()));
        String what = counted.stream()
                .limit(3)
                .map(each -> each.getKey() + " " + each.getValue())
                .reduce((a, b) -> a + ", " + b)
                .orElse("none");
        String window = Text.duration(rule.window().toNanos());
        Alert alert = new Alert(
                rule.name(),
                Status.FIRING,
                upstream,
                upstream,
                nowMillis,
                nowMillis,
                "%d of %d requests to upstream %s failed within %s (%s)"
                        .formatted(failed, all, upstream, window, what));
        Firing before = firing.get(alert.key());
        if (over) {
            fire(alert, true);
        } else if (before != null && nowMillis - before.lastMillis() > CALM_MILLIS) {
            resolve(alert);
        }
    }

    private static boolean counts(Rule rule, String cause) {
        return rule.causes().isEmpty()
                ? Failing.is(cause)
                : Cause.byId(cause).filter(rule.causes()::contains).isPresent();
    }
}
