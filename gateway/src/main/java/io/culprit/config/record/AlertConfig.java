package io.culprit.config.record;

import io.culprit.failure.Cause;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who is told of what.
 *
 * @param webhooks where alerts are sent
 * @param rules when
 */
public record AlertConfig(List<Webhook> webhooks, List<Rule> rules) {
    /** No alerts. */
    public static final AlertConfig NONE = new AlertConfig(List.of(), List.of());

    /**
     * @param name for logs and metrics
     * @param url receiver of the POST
     * @param format body of the POST
     * @param headers sent along, for credentials
     */
    public record Webhook(String name, URI url, Format format, Map<String, String> headers) {}

    /** What a webhook's body looks like. */
    public enum Format {
        /** Culprit's own fields. */
        JSON,
        /** Slack's incoming webhooks, also understood by Mattermost and Rocket.Chat. */
        SLACK
    }

    /** What a rule watches. */
    public enum Watch {
        /** The share of requests that fail, over a window. */
        FAILURES,
        /** A server is taken out of use. */
        PEER_EJECTED,
        /** A circuit breaker opens. */
        BREAKER_OPENED,
        /** Most requests of an upstream fail. */
        OUTAGE,
        /** A check of {@code uptime} fails. */
        UPTIME,
        /** Clients wait to be accepted: all their connections are in use, or memory is short. */
        CLIENTS,
        /** A listener's certificate ends within 14 days. */
        CERTIFICATE
    }

    /**
     * @param name what the alert is called
     * @param on what it watches
     * @param sharePercent {@code failures}: share of the upstream's requests that fires it, 1 to 100
     * @param window {@code failures}: over how long
     * @param minimum {@code failures}: fewest failures within the window
     * @param causes {@code failures}: which causes count, empty for all that are not the client's fault
     * @param upstreams which upstreams it watches, empty for all
     */
    public record Rule(
            String name,
            Watch on,
            int sharePercent,
            Duration window,
            int minimum,
            Set<Cause> causes,
            Set<String> upstreams) {
        /** Whether it watches this upstream. */
        public boolean watches(String upstream) {
            return upstreams.isEmpty() || upstreams.contains(upstream);
        }
    }
}
