package io.culprit.record.metrics;

import static io.culprit.record.metrics.Metric.Type.COUNTER;
import static io.culprit.record.metrics.Metric.Type.GAUGE;
import static io.culprit.record.metrics.Metric.Type.HISTOGRAM;

import java.util.List;

/**
 * Every metric of the gateway: its name, its labels and what it says. The one place a name is decided; METRICS.md is
 * made from it. Names follow Prometheus: seconds and bytes, {@code _total} on counters (added when they are written).
 * Values of labels come from the configuration, from the vocabulary or from a closed list, never from clients.
 */
public enum Metric {
    REQUESTS(
            COUNTER,
            "culprit_requests",
            "Requests that ended, by the status the client got; status is 1xx to 5xx, none where the client left before,"
                    + " other beyond 599",
            "route",
            "method",
            "status"),
    REQUEST_DURATION(
            HISTOGRAM,
            "culprit_request_duration_seconds",
            "From the head of the request complete to the end of the response",
            "route"),
    FAILURES(
            COUNTER,
            "culprit_failures",
            "Requests that ended with a cause, retries counted in: what clients noticed, client.closed and relayed 5xx"
                    + " included",
            "route",
            "upstream",
            "cause",
            "phase",
            "blame"),
    UPSTREAM_FAILURES(
            COUNTER,
            "culprit_upstream_failures",
            "Attempts that failed, repeated ones included: what upstreams did",
            "upstream",
            "peer",
            "cause",
            "phase",
            "blame"),
    UPSTREAM_PHASE_DURATION(
            HISTOGRAM,
            "culprit_upstream_phase_duration_seconds",
            "Duration of each phase of each attempt; connect and tls of fresh connections only",
            "upstream",
            "phase"),
    QUEUE_WAIT(HISTOGRAM, "culprit_upstream_queue_wait_seconds", "Time requests waited for capacity", "upstream"),
    RETRIES(
            COUNTER,
            "culprit_retries",
            "Attempts that were made again, by the cause of the first",
            "upstream",
            "cause"),
    CLIENT_CONNECTIONS(GAUGE, "culprit_client_connections", "Connections of clients that are open"),
    CLIENT_CONNECTIONS_MAX(
            GAUGE,
            "culprit_client_connections_max",
            "limits.connections, or what the limit of open files leaves room for"),
    CLIENT_CONNECTIONS_IDLE(
            GAUGE, "culprit_client_connections_idle", "Connections of clients that wait for their next request"),
    CLIENT_CONNECTIONS_CLOSED(
            COUNTER,
            "culprit_client_connections_closed_idle",
            "Idle connections closed early to make room for a new client"),
    CLIENT_ACCEPT_PAUSES(
            COUNTER,
            "culprit_client_accept_pauses",
            "Times no client was accepted because all connections were in use or memory was short"),
    MEMORY_HELD(GAUGE, "culprit_memory_held_bytes", "Memory held for clients and upstreams", "kind"),
    MEMORY_MAX(GAUGE, "culprit_memory_max_bytes", "Memory that may be held for clients and upstreams", "kind"),
    MEMORY_REFUSALS(
            COUNTER,
            "culprit_memory_refusals",
            "Requests that memory had no room for: refused with 503, or evicted with 408 while they were incomplete",
            "how"),
    TEMP_FILES(GAUGE, "culprit_temp_files", "Temporary files that hold bodies"),
    TEMP_FILES_MAX(GAUGE, "culprit_temp_files_max", "Temporary files that the limit of open files leaves room for"),
    HEADERS_DROPPED(
            COUNTER,
            "culprit_request_headers_dropped",
            "Request headers with underscores in their names that were not passed on (limits.underscores)"),
    UPSTREAM_CONNECTIONS(
            GAUGE,
            "culprit_upstream_connections",
            "Connections to the upstream, state active or idle",
            "upstream",
            "state"),
    UPSTREAM_CONNECTIONS_MAX(
            GAUGE, "culprit_upstream_connections_max", "max_connections, absent when unlimited", "upstream"),
    REQUESTS_ACTIVE(GAUGE, "culprit_upstream_requests_active", "Requests admitted to the upstream", "upstream"),
    QUEUE_DEPTH(GAUGE, "culprit_upstream_queue_depth", "Requests waiting for capacity", "upstream"),
    QUEUE_SIZE(GAUGE, "culprit_upstream_queue_size", "queue.size: requests that may wait", "upstream"),
    BREAKER_STATE(
            GAUGE,
            "culprit_upstream_breaker_state",
            "1 for the state the circuit breaker is in: closed, open or half_open",
            "upstream",
            "state"),
    PEER_STATE(
            GAUGE,
            "culprit_upstream_peer_state",
            "1 for the state the server is in: up, ejected, failing_check or down",
            "upstream",
            "peer",
            "state"),
    PEER_ACTIVE(GAUGE, "culprit_upstream_peer_requests_active", "Requests under way on the server", "upstream", "peer"),
    FPM_PROCESSES(
            GAUGE,
            "culprit_fpm_processes",
            "Workers of the PHP-FPM pool by state, active or idle, from its status page",
            "upstream",
            "peer",
            "state"),
    FPM_LISTEN_QUEUE(
            GAUGE,
            "culprit_fpm_listen_queue",
            "Connections waiting to be accepted; on a unix socket FPM always says 0",
            "upstream",
            "peer"),
    FPM_MAX_CHILDREN_REACHED(
            COUNTER,
            "culprit_fpm_max_children_reached",
            "How often the pool wanted more workers than it may have",
            "upstream",
            "peer"),
    FPM_SLOW_REQUESTS(
            COUNTER, "culprit_fpm_slow_requests", "Requests beyond request_slowlog_timeout", "upstream", "peer"),
    OUTAGE_SECONDS(GAUGE, "culprit_outage_seconds", "How long the upstream has been out, 0 when it is not", "upstream"),
    UPTIME_UP(GAUGE, "culprit_uptime_check_up", "1 while the check is good, 0 while it fails", "check"),
    UPTIME_DURATION(GAUGE, "culprit_uptime_check_duration_seconds", "How long the last check took", "check"),
    ALERT_DELIVERIES(
            COUNTER,
            "culprit_alert_deliveries",
            "Alerts by webhook and result: sent, retried or given_up",
            "webhook",
            "result"),
    LOG_LINES_DROPPED(
            COUNTER,
            "culprit_log_lines_dropped",
            "Lines the logs lost because the recording thread could not keep up or the file could not be written"),
    JOURNAL_UP(GAUGE, "culprit_journal_up", "1 while the journal's store can be written, 0 while it cannot"),
    JOURNAL_LAG(
            GAUGE,
            "culprit_journal_lag_seconds",
            "Age of the oldest count that is not in the store yet; below 2 in health"),
    JOURNAL_PENDING(GAUGE, "culprit_journal_pending_rows", "Counts and examples that wait for the store"),
    JOURNAL_WRITTEN(COUNTER, "culprit_journal_rows_written", "Rows the store has taken", "kind"),
    JOURNAL_DROPPED(
            COUNTER,
            "culprit_journal_dropped",
            "Examples and events lost because the store or the recording thread did not keep up; counts never are",
            "kind"),
    OTLP_EXPORTS(COUNTER, "culprit_otlp_exports", "Exports by signal and result: sent or failed", "signal", "result"),
    OTLP_SPANS_DROPPED(
            COUNTER,
            "culprit_otlp_spans_dropped",
            "Spans lost because the receiver did not keep up or did not take them"),
    CONFIG_IN_FORCE(
            GAUGE,
            "culprit_config_last_reload_successful",
            "1 when the configuration file is good, 0 when it has problems and the one before stays in force"),
    CONFIG_TIME(
            GAUGE,
            "culprit_config_last_reload_success_timestamp_seconds",
            "When the configuration in force was loaded"),
    CERTIFICATE_EXPIRY(
            GAUGE,
            "culprit_certificate_expiry_timestamp_seconds",
            "When each certificate of a listener, or of ours towards an upstream, ends",
            "listener",
            "name"),
    BUILD_INFO(GAUGE, "culprit_build_info", "Always 1; the labels say what is running", "version", "java");

    /** Kinds of metric. */
    public enum Type {
        COUNTER,
        GAUGE,
        HISTOGRAM
    }

    private final Type type;
    private final String id;
    private final String help;
    private final List<String> labels;

    Metric(Type type, String id, String help, String... labels) {
        this.type = type;
        this.id = id;
        this.help = help;
        this.labels = List.of(labels);
    }

    /** Its kind. */
    public Type type() {
        return type;
    }

    /** Its name without {@code _total}. */
    public String id() {
        return id;
    }

    /** The name of its samples: what a query has to say. */
    public String sampleName() {
        return type == COUNTER ? id + "_total" : id;
    }

    /** What it says, one sentence. */
    public String help() {
        return help;
    }

    /** Names of its labels, in order. */
    public List<String> labels() {
        return labels;
    }
}
