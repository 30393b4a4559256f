package io.culprit.config;

import io.culprit.config.record.AccessLogConfig;
import io.culprit.config.record.AlertConfig;
import io.culprit.config.record.ErrorLogConfig;
import io.culprit.config.record.JournalConfig;
import io.culprit.config.record.TelemetryConfig;
import io.culprit.config.record.UptimeConfig;
import io.culprit.config.route.RouteConfig;
import io.culprit.dialect.Dialect;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The whole configuration, checked and immutable. The contract of the file is in {@code conf/culprit.yaml}.
 *
 * @param source the files it was read from
 * @param listen addresses for clients, at least one
 * @param admin listener for operators, empty for none
 * @param dialect whose statuses and log lines failures are answered with
 * @param expose how much a failure reply tells the client
 * @param pages the operator's own pages for failures
 * @param compression which answers are compressed, empty for none
 * @param trustedProxies networks whose forwarded headers and request ids are believed
 * @param limits limits of a client's request
 * @param accessLog one line per request
 * @param errorLog one line per failure
 * @param journal where counts and examples are kept, empty for nowhere
 * @param telemetry traces, and what is exported by OTLP
 * @param alerts who is told of what
 * @param uptime URLs checked from inside
 * @param resolver name servers
 * @param tempDirectory where bodies that do not fit memory go
 * @param ioThreads number of IO threads, one per core by default
 * @param upstreams by name, in the order of the file
 * @param routes in the order of the file
 * @param drain how the gateway ends
 * @param warnings what can be used and should be looked at
 */
public record GatewayConfig(
        ConfigSource source,
        List<ListenConfig> listen,
        Optional<AdminConfig> admin,
        Dialect dialect,
        Expose expose,
        ErrorPages pages,
        Optional<CompressionConfig> compression,
        List<Network> trustedProxies,
        Limits limits,
        AccessLogConfig accessLog,
        ErrorLogConfig errorLog,
        Optional<JournalConfig> journal,
        TelemetryConfig telemetry,
        AlertConfig alerts,
        List<UptimeConfig> uptime,
        Resolver resolver,
        Path tempDirectory,
        int ioThreads,
        Map<String, UpstreamConfig> upstreams,
        List<RouteConfig> routes,
        DrainConfig drain,
        List<Problem> warnings) {
    public GatewayConfig withWarnings(List<Problem> found) {
        return new GatewayConfig(
                source,
                listen,
                admin,
                dialect,
                expose,
                pages,
                compression,
                trustedProxies,
                limits,
                accessLog,
                errorLog,
                journal,
                telemetry,
                alerts,
                uptime,
                resolver,
                tempDirectory,
                ioThreads,
                upstreams,
                routes,
                drain,
                List.copyOf(found));
    }

    /** The routes that a request by this scheme may take: of equals, one that asks for the scheme goes first. */
    public List<RouteConfig> routes(String scheme) {
        return Stream.concat(
                        routes.stream().filter(r -> r.scheme().equals(scheme)),
                        routes.stream().filter(r -> r.scheme().isEmpty()))
                .toList();
    }

    /** What this gateway is called where several are looked at together: the journal's {@code instance}, else the host. */
    public String instance() {
        return journal.map(JournalConfig::instance).orElseGet(JournalConfig::hostName);
    }

    /** How much a failure reply says about its cause. */
    public enum Expose {
        /** Nothing but the status. */
        NONE,
        /** Cause and request id. */
        CAUSE,
        /** Also peer, details and evidence: for staging. */
        FULL
    }

    /**
     * @param addresses name servers, empty: those of the system
     * @param timeout how long a look-up may take in all
     * @param maxTtl answers are asked again after this at the latest
     */
    public record Resolver(List<InetSocketAddress> addresses, Duration timeout, Duration maxTtl) {}
}
