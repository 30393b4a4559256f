package io.culprit.config.read;

import io.culprit.config.AdminConfig;
import io.culprit.config.CompressionConfig;
import io.culprit.config.ConfigException;
import io.culprit.config.ConfigSource;
import io.culprit.config.DrainConfig;
import io.culprit.config.Fingerprint;
import io.culprit.config.GatewayConfig;
import io.culprit.config.GatewayConfig.Expose;
import io.culprit.config.GatewayConfig.Resolver;
import io.culprit.config.Limits;
import io.culprit.config.Limits.Underscores;
import io.culprit.config.ListenConfig;
import io.culprit.config.Network;
import io.culprit.config.Problem;
import io.culprit.config.Problem.Weight;
import io.culprit.config.UpstreamConfig;
import io.culprit.dialect.Dialect;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Reads a configuration file and all it includes, and finds every problem in one run. */
public final class ConfigLoader {
    private static final Pattern MEDIA_TYPE = Pattern.compile("[A-Za-z0-9.+-]+/([A-Za-z0-9.+-]+|\\*)");

    private static final long LEAST_MEMORY = 1 << 20;

    private final Path path;
    private final Map<String, String> environment;
    private final List<Problem> problems = new ArrayList<>();
    private final List<Yaml.Document> documents = new ArrayList<>();
    private final Map<String, UpstreamConfig> upstreams = new LinkedHashMap<>();
    private final List<RouteReader.Placed> routes = new ArrayList<>();

    private ConfigLoader(Path path, Map<String, String> environment) {
        this.path = path;
        this.environment = environment;
    }

    /**
     * @param environment for {@code ${VAR}}
     * @throws ConfigException with all problems, when there is at least one
     */
    public static GatewayConfig load(Path path, Map<String, String> environment) throws ConfigException {
        return new ConfigLoader(path, environment).load();
    }

    private GatewayConfig load() throws ConfigException {
        Optional<Yaml.Document> root = Yaml.read(path, path.toString(), problems);
        root.ifPresent(documents::add);
        if (root.isEmpty()) {
            if (problems.isEmpty()) {
                problems.add(new Problem(path.toString(), 0, 0, "the file is empty"));
            }
            throw new ConfigException(problems);
        }
        GatewayConfig config;
        try (Section top = new Section(context(path.toString()), root.get().root(), "")) {
            config = top(top);
            if (routes.isEmpty() && problems.stream().noneMatch(each -> each.weight() == Weight.ERROR)) {
                top.problem(top.node(), "no routes: the gateway would answer 404 to everything");
            }
        }
        RouteReader.check(routes, upstreams);
        problems.sort(Comparator.comparing((Problem p) -> !p.file().equals(path.toString()))
                .thenComparing(Problem::file)
                .thenComparing(Problem::line)
                .thenComparing(Problem::column));
        if (problems.stream().anyMatch(each -> each.weight() == Weight.ERROR)) {
            throw new ConfigException(problems);
        }
        return config.withWarnings(problems);
    }

    private ReadContext context(String file) {
        return new ReadContext(file, environment, problems);
    }

    private GatewayConfig top(Section top) {
        shared(top);
        include(top);
        List<ListenConfig> listen = top.list("listen", (node, name) -> ListenReader.listen(top.section(node, name)));
        Optional<AdminConfig> admin = admin(top);
        ListenReader.collisions(top, listen, admin);
        return new GatewayConfig(
                source(path, environment, documents),
                listen,
                admin,
                top.choice("dialect", Dialect.NGINX, Dialect.class),
                top.choice("expose", Expose.CAUSE, Expose.class),
                ErrorPagesReader.pages(top),
                compression(top),
                top.list("trusted_proxies", (node, name) -> network(top, node, name)),
                limits(top),
                LogReader.access(top),
                LogReader.error(top),
                RecordReader.journal(top),
                RecordReader.telemetry(top),
                AlertReader.alerts(top, upstreams.keySet()),
                AlertReader.uptime(top),
                resolver(top),
                directory(top),
                top.integer("io_threads", Runtime.getRuntime().availableProcessors(), 1, 256),
                java.util.Collections.unmodifiableMap(upstreams),
                routes.stream().map(RouteReader.Placed::route).toList(),
                drain(top),
                List.of());
    }

    private static Optional<CompressionConfig> compression(Section top) {
        if (!top.has("compression")) {
            return Optional.empty();
        }
        try (Section section = top.section("compression")) {
            List<String> types = section.has("types") ? section.texts("types") : CompressionConfig.USUAL;
            for (String each : types) {
                if (!MEDIA_TYPE.matcher(each).matches()) {
                    section.problem(
                            section.at("types"),
                            "\"%s\" has \"%s\"; a media type was expected, such as text/html or text/*"
                                    .formatted(section.name("types"), Section.shown(each)));
                }
            }
            Set<String> lower =
                    types.stream().map(each -> each.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
            return Optional.of(
                    new CompressionConfig(lower, section.size("min", 1024), section.integer("level", 4, 1, 9)));
        }
    }

    /** {@code drain: 30s} is short for {@code drain: { timeout: 30s }}. */
    private static DrainConfig drain(Section top) {
        Duration usual = Duration.ofSeconds(30);
        Duration quiet = Duration.ofSeconds(1);
        if (top.value("drain").filter(ScalarNode.class::isInstance).isPresent()) {
            return new DrainConfig(Duration.ZERO, quiet, top.duration("drain", usual));
        }
        try (Section section = top.section("drain")) {
            DrainConfig read = new DrainConfig(
                    section.duration("delay", Duration.ZERO),
                    section.duration("idle", quiet),
                    section.duration("timeout", usual));
            if (section.has("idle") && read.idle().compareTo(read.timeout()) > 0) {
                section.problem(
                        section.keyNode("idle"), "\"drain.idle\" is longer than drain.timeout, which ends everything");
            }
            return read;
        }
    }

    private void shared(Section file) {
        if (file.has("upstreams")) {
            Section section = file.section("upstreams");
            section.all().forEach((name, node) -> {
                UpstreamConfig read = UpstreamReader.read(section.section(node, "upstreams." + name), name);
                if (upstreams.putIfAbsent(name, read) != null) {
                    section.problem(section.keyNode(name), "upstream \"" + name + "\" is defined a second time");
                }
            });
        }
        routes.addAll(file.list("routes", (node, name) -> RouteReader.read(file.section(node, name))));
    }

    private void include(Section top) {
        for (String pattern : top.texts("include")) {
            if (pattern.indexOf('\0') >= 0 || Path.of(pattern).getFileName() == null) {
                top.problem(
                        top.at("include"),
                        "\"" + Section.shown(pattern) + "\" is a folder; files were expected, such as conf.d/*.yaml");
                continue;
            }
            Path directory = Optional.ofNullable(
                            path.toAbsolutePath().resolveSibling(pattern).getParent())
                    .orElse(path);
            List<Path> found = new ArrayList<>();
            try (DirectoryStream<Path> files = Files.newDirectoryStream(
                    directory, Path.of(pattern).getFileName().toString())) {
                files.forEach(found::add);
            } catch (IOException | java.util.regex.PatternSyntaxException e) {
                top.problem(
                        top.at("include"), "\"" + Section.shown(pattern) + "\" cannot be listed: " + e.getMessage());
                continue;
            }
            boolean literal = pattern.chars().noneMatch(c -> "*?[{".indexOf(c) >= 0);
            if (found.isEmpty() && literal) {
                top.problem(top.at("include"), "\"" + Section.shown(pattern) + "\" does not exist");
            }
            found.sort(Comparator.naturalOrder());
            for (Path each : found) {
                String name = each.toString();
                Yaml.read(each, name, problems).ifPresent(document -> {
                    documents.add(document);
                    try (Section section = new Section(context(name), document.root(), "")) {
                        shared(section);
                    }
                });
            }
        }
    }

    private Optional<AdminConfig> admin(Section top) {
        if (!top.has("admin")) {
            return Optional.empty();
        }
        try (Section section = top.section("admin")) {
            Optional<InetSocketAddress> address = ListenReader.address(section, "address", "127.0.0.1:9502");
            String token = section.text("token", "");
            if (address.isPresent() && !address.get().getAddress().isLoopbackAddress() && token.isEmpty()) {
                section.problem(
                        section.at("address"), "\"admin.address\" is not loopback: \"admin.token\" must then be set");
            }
            return address.map(a -> new AdminConfig(a, token));
        }
    }

    private Optional<Network> network(Section top, Node node, String name) {
        Optional<String> text = top.text(node, name);
        Optional<Network> network = text.flatMap(Network::parse);
        if (text.isPresent() && network.isEmpty()) {
            top.problem(
                    node,
                    "\"%s\" is \"%s\"; a network was expected, such as 10.0.0.0/8 or ::1"
                            .formatted(name, Section.shown(text.get())));
        }
        return network;
    }

    private Limits limits(Section top) {
        try (Section section = top.section("limits")) {
            int connections = section.integer("connections", 0, 0, 10_000_000);
            HereCheck.descriptors(section, "connections", connections);
            return new Limits(
                    section.size("head", 32 << 10, 256, 1 << 20),
                    section.integer("headers", 100, 1, 10_000),
                    section.size("uri", 8 << 10, 16, 1 << 20),
                    section.size("body", 1L << 30),
                    section.positiveDuration("head_timeout", Duration.ofSeconds(60)),
                    section.positiveDuration("body_timeout", Duration.ofSeconds(60)),
                    section.positiveDuration("send_timeout", Duration.ofSeconds(60)),
                    section.positiveDuration("idle", Duration.ofSeconds(75)),
                    section.duration("client_timeout", Duration.ZERO),
                    connections,
                    memory(section),
                    section.percent("client_share", 25),
                    section.choice("underscores", Underscores.DROP, Underscores.class));
        }
    }

    private static long memory(Section section) {
        long memory = section.size("memory", 0L);
        if (memory > 0 && memory < LEAST_MEMORY) {
            section.problem(
                    section.at("memory"),
                    "\"" + section.name("memory") + "\" must be 1MiB at least, or 0 to derive it");
        }
        return memory;
    }

    private Resolver resolver(Section top) {
        try (Section section = top.section("resolver")) {
            List<InetSocketAddress> addresses = section.list("addresses", (node, name) -> {
                Optional<String> text = section.text(node, name);
                Optional<InetSocketAddress> address = text.flatMap(
                        t -> ListenReader.socketAddress(t).or(() -> ListenReader.socketAddress(t + ":53")));
                if (text.isPresent() && address.isEmpty()) {
                    section.problem(node, "\"" + name + "\" must be an address, such as 10.0.0.2 or 10.0.0.2:53");
                }
                return address;
            });
            return new Resolver(
                    addresses,
                    section.positiveDuration("timeout", Duration.ofSeconds(5)),
                    section.positiveDuration("max_ttl", Duration.ofSeconds(60)));
        }
    }

    private Path directory(Section top) {
        Path directory = Path.of(top.text("temp_directory", System.getProperty("java.io.tmpdir")));
        if (!Files.isDirectory(directory) || !Files.isWritable(directory)) {
            top.problem(top.at("temp_directory"), "\"temp_directory\" " + directory + " is not a writable directory");
        }
        return directory;
    }

    private static ConfigSource source(Path path, Map<String, String> environment, List<Yaml.Document> documents) {
        return new ConfigSource(
                documents.stream()
                        .map(d -> new ConfigSource.File(d.name(), SecretMask.of(d.text(), d.root())))
                        .toList(),
                SettingsReader.read(documents),
                new Fingerprint(documents.stream()
                        .map(d -> Map.entry(d.name(), d.text()))
                        .toList()),
                Instant.now(),
                () -> present(path, environment));
    }

    private static ConfigSource.Present present(Path path, Map<String, String> environment) {
        try {
            return new ConfigSource.Present(
                    load(path, environment).source().fingerprint().hex(), List.of());
        } catch (ConfigException e) {
            return new ConfigSource.Present("", e.problems());
        }
    }
}
