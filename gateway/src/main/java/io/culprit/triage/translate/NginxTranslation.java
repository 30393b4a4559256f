package io.culprit.triage.translate;

import io.culprit.triage.conf.Amount;
import io.culprit.triage.conf.Directive;
import io.culprit.triage.lint.Edge;
import io.culprit.triage.lint.Scope;
import io.culprit.triage.lint.Setup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** A configuration of nginx as one of this gateway. */
public final class NginxTranslation {
    private final Setup setup = new Setup(Edge.NONE, 0);
    private final List<Left> left = new ArrayList<>();
    private final Map<String, String> rates = new LinkedHashMap<>();

    private NginxTranslation() {}

    /**
     * What came of it.
     *
     * @param yaml the configuration
     * @param left what was not taken over, each with file and line
     * @param problems what could not be read
     */
    public record Result(String yaml, List<Left> left, List<String> problems) {}

    /** Translates a file with all it includes. */
    public static Result of(Path file) {
        NginxTranslation translation = new NginxTranslation();
        translation.setup.add(file);
        if (translation.setup.nginx().isEmpty()) {
            List<String> problems = new ArrayList<>(translation.setup.problems());
            if (problems.isEmpty()) {
                problems.add(file + ": not a configuration of nginx");
            }
            return new Result("", List.of(), problems);
        }
        String yaml = translation.yaml(file);
        return new Result(yaml, List.copyOf(translation.left), List.copyOf(translation.setup.problems()));
    }

    private void left(Directive at, String why) {
        if (left.stream().noneMatch(l -> l.at().equals(at))) {
            left.add(new Left(at, why));
        }
    }

    private String yaml(Path file) {
        Directive root = setup.nginx().roots().get(0);
        Scope outer = new Scope(root, null);
        Directive http = root.last("http").orElse(root);
        Scope inside = http == root ? outer : new Scope(http, outer);
        http.all("limit_req_zone").forEach(this::zone);
        Upstreams upstreams = new Upstreams(setup, this::left);
        Routes routes = new Routes(upstreams, rates, this::left);
        Listeners listeners = new Listeners(this::left);
        for (Directive server : http.all("server").toList()) {
            Scope scope = new Scope(server, inside);
            Optional<String> out = Listeners.leftOut(server, http);
            if (out.isPresent()) {
                left(server, out.get());
                if (Listeners.rejects(server, http)) {
                    listeners.add(scope);
                }
                continue;
            }
            listeners.add(scope);
            routes.server(scope, Listeners.names(server, http), Listeners.scheme(server, http));
        }
        Listeners.mixed(http, this::left);
        setup.nginx().scopes(scope -> scope.block().block().forEach(d -> known(scope, d)));
        StringBuilder yaml = new StringBuilder();
        yaml.append("# Translated from ").append(file).append("; what could not be taken over stands at the end.\n\n");
        List<String> listens = listeners.yaml();
        yaml.append(listens.isEmpty() ? "listen: []\n" : "listen:\n");
        listens.forEach(l -> yaml.append("  - ").append(l).append('\n'));
        yaml.append('\n');
        trusted(inside, yaml);
        limits(inside, http, yaml);
        compression(inside, yaml);
        logs(inside, yaml);
        yaml.append("\nupstreams:").append(upstreams.isEmpty() ? " {}\n" : "\n" + upstreams.yaml());
        yaml.append("\nroutes:").append(routes.yaml().isEmpty() ? " []\n" : "\n" + routes.yaml());
        if (!left.isEmpty()) {
            yaml.append("\n# Not taken over:\n");
            left.forEach(
                    l -> yaml.append("#   ").append(l.text().replace('\n', ' ')).append('\n'));
        }
        return yaml.toString();
    }

    private void known(Scope scope, Directive d) {
        boolean within = List.of("types", "map", "geo", "upstream", "split_clients")
                .contains(scope.block().name());
        if (!within && !KnownDirectives.has(d.name())) {
            boolean refuses = d.name().equals("if")
                    && (d.has("deny") || d.all("return").anyMatch(r -> r.arg(0).matches("[34]..")));
            left(
                    d,
                    refuses
                            ? "has no counterpart: WHAT IT REFUSES IS LET IN here, unless allow, deny or a match is written by hand"
                            : "has no counterpart");
        }
    }

    private void zone(Directive zone) {
        String name = "";
        String rate = "";
        for (String arg : zone.args()) {
            name = arg.startsWith("zone=") ? arg.substring(5).replaceFirst(":.*", "") : name;
            rate = arg.startsWith("rate=") ? arg.substring(5).replace("r/", "/") : rate;
        }
        boolean byAddress =
                zone.arg(0).equals("$binary_remote_addr") || zone.arg(0).equals("$remote_addr");
        if (byAddress && rate.matches("\\d+/[sm]")) {
            rates.put(name, rate);
        } else {
            left(zone, "requests are counted by the client's network only");
        }
    }

    private static void trusted(Scope http, StringBuilder yaml) {
        List<String> networks = http.block()
                .all("set_real_ip_from")
                .map(d -> d.arg(0))
                .filter(a -> !a.startsWith("unix"))
                .toList();
        if (!networks.isEmpty()) {
            yaml.append("trusted_proxies: ").append(Yaml.list(networks)).append('\n');
        }
    }

    private void limits(Scope http, Directive block, StringBuilder yaml) {
        List<String> parts = new ArrayList<>();
        long[] body = {
            http.find("client_max_body_size")
                    .map(d -> Amount.bytes(d.arg(0)).orElse(1 << 20))
                    .orElse(1L << 20)
        };
        List<Directive> inner = new ArrayList<>();
        block.walk(d -> {
            if (d.name().equals("client_max_body_size")) {
                inner.add(d);
            }
        });
        for (Directive each : inner) {
            OptionalLong bytes = Amount.bytes(each.arg(0));
            if (bytes.isPresent() && (bytes.getAsLong() > body[0] || bytes.getAsLong() == 0)) {
                body[0] = bytes.getAsLong() == 0 ? Long.MAX_VALUE : bytes.getAsLong();
                left(each, "one limit holds for all routes: the largest was taken");
            }
        }
        parts.add("body: " + (body[0] == Long.MAX_VALUE ? "1TiB" : Yaml.bytes(body[0])));
        duration(http, "client_header_timeout", "head_timeout", parts);
        duration(http, "client_body_timeout", "body_timeout", parts);
        duration(http, "send_timeout", "send_timeout", parts);
        duration(http, "keepalive_timeout", "idle", parts);
        http.find("large_client_header_buffers").ifPresent(d -> {
            long size = Amount.bytes(d.arg(1)).orElse(8 << 10);
            long count = Amount.bytes(d.arg(0)).orElse(4);
            parts.add("uri: " + Yaml.bytes(size));
            parts.add("head: " + Yaml.bytes(size * count));
        });
        yaml.append("limits: { ").append(String.join(", ", parts)).append(" }\n");
    }

    private static void duration(Scope scope, String name, String ours, List<String> parts) {
        scope.find(name)
                .flatMap(d -> Amount.seconds(d.arg(0), 1).stream().boxed().findFirst())
                .filter(s -> s > 0)
                .ifPresent(s -> parts.add(ours + ": " + Yaml.seconds(s)));
    }

    private static void compression(Scope http, StringBuilder yaml) {
        if (http.find("gzip").filter(d -> d.arg(0).equals("on")).isEmpty()) {
            return;
        }
        List<String> types = new ArrayList<>(List.of("text/html"));
        http.find("gzip_types")
                .ifPresent(d -> d.args().stream()
                        .filter(t -> !t.equals("*") && !types.contains(t))
                        .forEach(types::add));
        long least = http.find("gzip_min_length")
                .map(d -> Amount.bytes(d.arg(0)).orElse(20))
                .orElse(20L);
        String level = http.find("gzip_comp_level").map(d -> d.arg(0)).orElse("1");
        yaml.append("compression: { types: ")
                .append(Yaml.list(types))
                .append(", min: ")
                .append(Yaml.bytes(least))
                .append(", level: ")
                .append(level)
                .append(" }\n");
    }

    private void logs(Scope http, StringBuilder yaml) {
        Optional<Directive> access = http.find("access_log");
        if (access.isPresent() && access.get().arg(0).equals("off")) {
            yaml.append("access_log: { format: off }\n");
        } else if (access.isPresent()) {
            yaml.append("access_log: { path: ")
                    .append(Yaml.text(access.get().arg(0)))
                    .append(", format: combined }\n");
            if (!access.get().arg(1).isEmpty() && !access.get().arg(1).equals("combined")) {
                left(access.get(), "its format became combined; format: nginx-upstream has the upstream's variables");
            }
        }
        http.find("error_log").filter(d -> d.arg(0).startsWith("/")).ifPresent(d -> {
            String level = Set.of("info", "warn", "error", "crit").contains(d.arg(1)) ? d.arg(1) : "error";
            yaml.append("error_log: { path: ")
                    .append(Yaml.text(d.arg(0)))
                    .append(", level: ")
                    .append(level)
                    .append(" }\n");
        });
    }
}
