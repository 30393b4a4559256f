package io.culprit.record.alert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.config.record.AlertConfig;
import io.culprit.config.record.AlertConfig.Rule;
import io.culprit.config.record.AlertConfig.Watch;
import io.culprit.failure.Cause;
import io.culprit.failure.Event;
import io.culprit.record.Outcomes;
import io.culprit.record.alert.Alert.Status;
import io.culprit.record.count.Counters;
import io.culprit.record.watch.RecentCounts;
import io.culprit.record.watch.Unobserved;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AlertsTest {
    private static final Rule EJECTED =
            new Rule("ejected", Watch.PEER_EJECTED, 5, Duration.ofMinutes(1), 1, Set.of(), Set.of());

    private final List<Alert> told = new ArrayList<>();

    private Alerts alerts(RecentCounts pulse, Rule rule) {
        return new Alerts(
                new AlertConfig(List.of(), List.of(rule)), List.of("app", "other"), pulse, new Unobserved(), told::add);
    }

    private static Event event(Event.Kind kind, long at) {
        return new Event(kind, at, "app", "10.0.0.7:80", "why");
    }

    @Test
    void oneTroubleIsToldOnceAndItsEndOnce() {
        Alerts alerts = alerts(new RecentCounts(), EJECTED);
        for (int i = 0; i < 100; i++) {
            alerts.happened(event(Event.Kind.PEER_EJECTED, 1000 + i));
        }
        alerts.happened(event(Event.Kind.PEER_RETURNED, 61_000));
        alerts.happened(event(Event.Kind.PEER_RETURNED, 62_000));
        assertEquals(
                List.of(Status.FIRING, Status.RESOLVED),
                told.stream().map(Alert::status).toList());
        assertEquals(told.get(0).key(), told.get(1).key());
        assertTrue(
                told.get(1).summary().endsWith("(after 60.00 s)"), told.get(1).summary());
    }

    @Test
    void aShareOfOneCauseFiresAndCalmsDown() {
        Rule rule = new Rule(
                "resets", Watch.FAILURES, 50, Duration.ofSeconds(10), 5, Set.of(Cause.HEAD_RESET), Set.of("app"));
        Counters counters = new Counters(1);
        RecentCounts pulse = new RecentCounts();
        Alerts alerts = alerts(pulse, rule);
        long now = 1_000_000_000L;
        for (int second = 0; second < 90; second++) {
            now += 1000;
            for (int i = 0; i < 4; i++) {
                counters.count(0, second < 10 ? Outcomes.failed(Cause.HEAD_RESET, now) : Outcomes.well(now));
                counters.count(0, Outcomes.failed(Cause.CLIENT_CLOSED, now));
            }
            pulse.tick(counters.series(), now);
            alerts.tick(now);
        }
        assertEquals(
                List.of(Status.FIRING, Status.RESOLVED),
                told.stream().map(Alert::status).toList());
        assertTrue(told.get(0).summary().contains("head.reset"), told.get(0).summary());
        assertEquals(List.of(), alerts.firing());
    }

    @Test
    void aRuleForOtherUpstreamsStaysQuiet() {
        Rule other = new Rule("x", Watch.PEER_EJECTED, 5, Duration.ofMinutes(1), 1, Set.of(), Set.of("other"));
        alerts(new RecentCounts(), other).happened(event(Event.Kind.PEER_EJECTED, 1));
        assertEquals(List.of(), told);
    }

    /** A gateway that was restarted tells no trouble twice, but its end. */
    @Test
    void whatAnEarlierRunToldIsNotToldAgainButItsEndIs() {
        Alerts alerts = alerts(new RecentCounts(), EJECTED);
        alerts.resume(event(Event.Kind.PEER_EJECTED, 1000));
        assertEquals(List.of(), told);
        assertEquals(1, alerts.firing().size());
        alerts.happened(event(Event.Kind.PEER_EJECTED, 2000));
        alerts.happened(event(Event.Kind.PEER_RETURNED, 61_000));
        assertEquals(List.of(Status.RESOLVED), told.stream().map(Alert::status).toList());
    }
}
