package io.culprit.config.read;

import io.culprit.config.FastCgiConfig;
import io.culprit.config.PeerAddress;
import io.culprit.config.TlsConfig;
import io.culprit.config.UpstreamConfig;
import io.culprit.config.UpstreamConfig.Balance;
import io.culprit.config.UpstreamConfig.Breaker;
import io.culprit.config.UpstreamConfig.Buffering;
import io.culprit.config.UpstreamConfig.Check;
import io.culprit.config.UpstreamConfig.Health;
import io.culprit.config.UpstreamConfig.KeepAlive;
import io.culprit.config.UpstreamConfig.NextUpstream;
import io.culprit.config.UpstreamConfig.Protocol;
import io.culprit.config.UpstreamConfig.ProxyProtocol;
import io.culprit.config.UpstreamConfig.Queue;
import io.culprit.config.UpstreamConfig.Server;
import io.culprit.config.UpstreamConfig.Timeouts;
import io.culprit.config.UpstreamTls;
import io.culprit.failure.RetryClass;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads one entry of {@code upstreams}. The defaults are nginx's where nginx has them. */
final class UpstreamReader {
    private static final Duration MINUTE = Duration.ofSeconds(60);
    private static final Set<String> STATUS_CLASSES =
            Set.of("http_500", "http_502", "http_503", "http_504", "http_403", "http_404", "http_429");

    private UpstreamReader() {}

    static UpstreamConfig read(Section section, String name) {
        try (section) {
            Protocol protocol = protocol(section);
            Optional<UpstreamTls> tls = tls(section);
            Optional<FastCgiConfig> fastcgi = fastcgi(section, protocol);
            ProxyProtocol preamble = section.choice("proxy_protocol", ProxyProtocol.OFF, ProxyProtocol.class);
            if (preamble != ProxyProtocol.OFF && protocol == Protocol.FASTCGI) {
                section.problem(
                        section.at("proxy_protocol"),
                        "\"%s\" is not for fastcgi: PHP-FPM takes no preamble, and is told the client's address in REMOTE_ADDR"
                                .formatted(section.name("proxy_protocol")));
            }
            List<Server> servers = section.list("servers", (node, path) -> server(section, node, path));
            if (!section.has("servers")) {
                section.problem(section.node(), "\"" + section.name("servers") + "\" is missing");
            } else if (servers.isEmpty()) {
                section.problem(section.at("servers"), "\"" + section.name("servers") + "\" names no usable server");
            }
            return new UpstreamConfig(
                    name,
                    protocol,
                    servers,
                    section.choice("balance", Balance.ROUND_ROBIN, Balance.class),
                    section.integer("max_connections", 0, 0, 1_000_000),
                    queue(section),
                    keepalive(section, protocol == Protocol.FASTCGI ? 0 : 32, preamble),
                    timeouts(section),
                    nextUpstream(section),
                    health(section),
                    breaker(section),
                    section.size("head_limit", 16 << 10, 128, 1 << 20),
                    section.integer("header_limit", 200, 1, 10_000),
                    buffering(section),
                    tls,
                    preamble,
                    fastcgi);
        }
    }

    private static Protocol protocol(Section section) {
        String protocol = section.text("protocol", "http");
        if (protocol.equals("h2c")) {
            section.problem(
                    section.at("protocol"),
                    "\"%s: h2c\" is not supported by this version; http, https and fastcgi are"
                            .formatted(section.name("protocol")));
            return Protocol.HTTP;
        }
        if (protocol.equals("https")) {
            return Protocol.HTTP;
        }
        return section.choice("protocol", Protocol.HTTP, Protocol.class);
    }

    /** {@code protocol: https} asks for it, {@code tls} says how. */
    private static Optional<UpstreamTls> tls(Section parent) {
        boolean https = parent.text("protocol", "http").equals("https");
        if (parent.has("tls") && !https) {
            parent.problem(
                    parent.keyNode("tls"),
                    "\"%s\" needs \"%s: https\"".formatted(parent.name("tls"), parent.name("protocol")));
        }
        if (!https) {
            return Optional.empty();
        }
        try (Section section = parent.section("tls")) {
            Optional<Path> ca = section.text("ca").map(Path::of);
            ca.ifPresent(file -> ListenReader.checkCa(section, file));
            Optional<TlsConfig.Certificate> own = section.has("certificate") || section.has("key")
                    ? ListenReader.certificate(section)
                    : Optional.empty();
            return Optional.of(new UpstreamTls(
                    section.flag("verify", true),
                    ca,
                    section.text("name"),
                    own,
                    section.oneOf("min_version", "1.2", Set.of("1.2", "1.3"))));
        }
    }

    private static Optional<FastCgiConfig> fastcgi(Section section, Protocol protocol) {
        if (protocol == Protocol.FASTCGI && !section.has("fastcgi")) {
            section.problem(
                    section.node(),
                    "\"%s\" is missing, such as { root: /var/www/html }".formatted(section.name("fastcgi")));
            return Optional.empty();
        }
        if (protocol == Protocol.FASTCGI) {
            return Optional.of(FastCgiReader.read(section.section("fastcgi")));
        }
        if (section.has("fastcgi")) {
            section.problem(
                    section.keyNode("fastcgi"),
                    "\"%s\" needs \"%s: fastcgi\"".formatted(section.name("fastcgi"), section.name("protocol")));
        }
        return Optional.empty();
    }

    private static Optional<Server> server(Section parent, Node node, String path) {
        if (!(node instanceof MappingNode)) {
            return parent.text(node, path)
                    .flatMap(text -> address(parent, node, path, text))
                    .map(address -> new Server(address, 1, false, false, 0));
        }
        try (Section section = parent.section(node, path)) {
            Optional<String> text = section.text("address");
            if (text.isEmpty()) {
                section.problem(node, "\"" + section.name("address") + "\" is missing");
            }
            int weight = section.integer("weight", 1, 1, 65_535);
            boolean backup = section.flag("backup", false);
            boolean down = section.flag("down", false);
            int most = section.integer("max_connections", 0, 0, 1_000_000);
            return text.flatMap(t -> address(parent, section.at("address"), section.name("address"), t))
                    .map(address -> new Server(address, weight, backup, down, most));
        }
    }

    private static Optional<PeerAddress> address(Section section, Node node, String path, String text) {
        return address(section, node, path, text, "host:port, [v6]:port, srv:_service._tcp.name or unix:/path");
    }

    /** An address that {@code shapes} describes to whoever wrote something else. */
    static Optional<PeerAddress> address(Section section, Node node, String path, String text, String shapes) {
        Optional<PeerAddress> address = PeerAddress.parse(text);
        if (address.isEmpty()) {
            section.problem(node, "\"%s\" is \"%s\"; %s was expected".formatted(path, Section.shown(text), shapes));
        }
        return address;
    }

    private static Queue queue(Section parent) {
        try (Section section = parent.section("queue")) {
            return new Queue(
                    section.integer("size", 0, 0, 1_000_000),
                    section.positiveDuration("timeout", Duration.ofSeconds(5)));
        }
    }

    /** A kept connection pins a PHP-FPM worker: none is kept unless that is asked for (facts: F01, F02). */
    private static KeepAlive keepalive(Section parent, int usual, ProxyProtocol preamble) {
        try (Section section = parent.section("keepalive")) {
            boolean none = preamble != ProxyProtocol.OFF;
            int connections = section.integer("connections", none ? 0 : usual, 0, 100_000);
            if (none && connections > 0) {
                section.problem(
                        section.at("connections"),
                        "\"%s\" must be 0 beside proxy_protocol: a kept connection would go on in its first client's name"
                                .formatted(section.name("connections")));
            }
            return new KeepAlive(
                    connections,
                    section.positiveDuration("idle", MINUTE),
                    section.integer("requests", 1000, 1, Integer.MAX_VALUE),
                    section.positiveDuration("age", Duration.ofHours(1)));
        }
    }

    private static Timeouts timeouts(Section parent) {
        try (Section section = parent.section("timeouts")) {
            Duration read = section.positiveDuration("read", MINUTE);
            return new Timeouts(
                    section.positiveDuration("connect", MINUTE),
                    section.positiveDuration("send", MINUTE),
                    section.positiveDuration("head", read),
                    section.positiveDuration("body", read),
                    section.duration("total", Duration.ZERO),
                    section.positiveDuration("tunnel", Duration.ofHours(1)));
        }
    }

    private static NextUpstream nextUpstream(Section parent) {
        try (Section section = parent.section("next_upstream")) {
            Set<RetryClass> on = EnumSet.noneOf(RetryClass.class);
            Set<Integer> statuses = new TreeSet<>();
            Set<String> known = new TreeSet<>(STATUS_CLASSES);
            known.addAll(List.of("error", "timeout", "invalid_header", "off"));
            for (String each : section.texts("on")) {
                if (STATUS_CLASSES.contains(each)) {
                    statuses.add(Integer.parseInt(each.substring(5)));
                } else if (!known.contains(each)) {
                    section.problem(
                            section.at("on"),
                            "\"%s\" knows no \"%s\"; %s were expected%s"
                                    .formatted(
                                            section.name("on"),
                                            Section.shown(each),
                                            String.join(", ", known),
                                            Suggestion.of(each, known)));
                } else if (!each.equals("off")) {
                    on.add(RetryClass.valueOf(each.toUpperCase(Locale.ROOT)));
                }
            }
            if (!section.has("on")) {
                on = EnumSet.of(RetryClass.ERROR, RetryClass.TIMEOUT);
            }
            return new NextUpstream(
                    on,
                    statuses,
                    section.integer("tries", 0, 0, 1000),
                    section.duration("timeout", Duration.ZERO),
                    section.flag("non_idempotent", false));
        }
    }

    private static Health health(Section parent) {
        try (Section section = parent.section("health")) {
            Optional<Check> check = Optional.empty();
            if (section.has("check")) {
                try (Section inner = section.section("check")) {
                    String path = inner.text("path", "/");
                    if (!path.startsWith("/") || path.chars().anyMatch(c -> c <= ' ' || c >= 127)) {
                        inner.problem(
                                inner.at("path"), "\"" + inner.name("path") + "\" must be a path, such as /health");
                    }
                    check = Optional.of(new Check(path, inner.positiveDuration("every", Duration.ofSeconds(5))));
                }
            }
            return new Health(
                    section.integer("max_fails", 1, 0, 1_000_000),
                    section.positiveDuration("fail_timeout", Duration.ofSeconds(10)),
                    check);
        }
    }

    private static Optional<Breaker> breaker(Section parent) {
        if (!parent.has("circuit_breaker")) {
            return Optional.empty();
        }
        try (Section section = parent.section("circuit_breaker")) {
            int window = section.integer("window", 100, 1, 100_000);
            return Optional.of(new Breaker(
                    section.percent("failure_rate", 50),
                    window,
                    section.integer("minimum_calls", Math.min(20, window), 1, window),
                    section.positiveDuration("wait", Duration.ofSeconds(10)),
                    section.integer("half_open_calls", 5, 1, 10_000)));
        }
    }

    private static Buffering buffering(Section parent) {
        try (Section section = parent.section("buffering")) {
            long memory = section.size("memory", 64L << 10);
            long hold = section.size("hold", 0L);
            if (hold > memory) {
                section.problem(
                        section.at("hold"),
                        "\"%s\" exceeds \"%s\": held bytes must fit memory"
                                .formatted(section.name("hold"), section.name("memory")));
            }
            return new Buffering(
                    section.flag("request", true),
                    section.flag("response", true),
                    memory,
                    section.size("disk", 1L << 30),
                    hold);
        }
    }
}
