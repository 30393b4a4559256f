package io.culprit.triage.translate;

import io.culprit.triage.conf.Amount;
import io.culprit.triage.conf.Directive;
import io.culprit.triage.lint.Edge;
import io.culprit.triage.lint.Scope;
import io.culprit.triage.lint.Setup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** A configuration of nginx as one of this gateway. */
public final class NginxTranslation {
    /** What needs no counterpart: this gateway does it anyhow, or it is about nginx's own processes. */
    private static final Set<String> NEEDLESS = Set.of(
            "user",
            "worker_processes",
            "pid",
            "events",
            "worker_connections",
            "multi_accept",
            "use",
            "sendfile",
            "tcp_nopush",
            "tcp_nodelay",
            "types_hash_max_size",
            "types_hash_bucket_size",
            "server_names_hash_bucket_size",
            "server_names_hash_max_size",
            "default_type",
            "types",
            "server_tokens",
            "ssl_session_cache",
            "ssl_session_timeout",
            "ssl_session_tickets",
            "ssl_prefer_server_ciphers",
            "ssl_ecdh_curve",
            "ssl_dhparam",
            "proxy_http_version",
            "proxy_redirect",
            "proxy_buffers",
            "proxy_busy_buffers_size",
            "fastcgi_buffers",
            "fastcgi_busy_buffers_size",
            "gzip_vary",
            "gzip_proxied",
            "gzip_disable",
            "gzip_buffers",
            "gzip_http_version",
            "log_not_found",
            "http",
            "server",
            "location",
            "upstream",
            "listen",
            "server_name",
            "root",
            "index",
            "try_files",
            "return",
            "error_log",
            "access_log",
            "log_format",
            "client_max_body_size",
            "keepalive_timeout",
            "keepalive_requests",
            "client_header_timeout",
            "client_body_timeout",
            "send_timeout",
            "large_client_header_buffers",
            "client_header_buffer_size",
            "client_body_buffer_size",
            "gzip",
            "gzip_types",
            "gzip_min_length",
            "gzip_comp_level",
            "set_real_ip_from",
            "real_ip_header",
            "real_ip_recursive",
            "limit_req_zone",
            "limit_req",
            "limit_req_status",
            "ssl_certificate",
            "ssl_certificate_key",
            "ssl_protocols",
            "ssl",
            "http2",
            "proxy_pass",
            "fastcgi_pass",
            "fastcgi_param",
            "fastcgi_index",
            "fastcgi_split_path_info",
            "proxy_set_header",
            "add_header",
            "allow",
            "deny",
            "internal",
            "resolver",
            "proxy_connect_timeout",
            "proxy_send_timeout",
            "proxy_read_timeout",
            "fastcgi_connect_timeout",
            "fastcgi_send_timeout",
            "fastcgi_read_timeout",
            "proxy_next_upstream",
            "proxy_next_upstream_tries",
            "proxy_next_upstream_timeout",
            "fastcgi_next_upstream",
            "proxy_buffering",
            "proxy_request_buffering",
            "fastcgi_buffering",
            "fastcgi_request_buffering",
            "proxy_buffer_size",
            "fastcgi_buffer_size",
            "proxy_ssl_verify",
            "proxy_ssl_trusted_certificate",
            "proxy_ssl_name",
            "proxy_ssl_server_name",
            "proxy_ssl_certificate",
            "proxy_ssl_certificate_key",
            "worker_rlimit_nofile",
            "load_module",
            "expires",
            "alias",
            "disable_symlinks",
            "charset",
            "error_page",
            "ssl_ciphers",
            "ssl_trusted_certificate",
            "ssl_stapling",
            "ssl_stapling_verify",
            "client_body_temp_path",
            "proxy_temp_path",
            "fastcgi_temp_path",
            "uwsgi_temp_path",
            "scgi_temp_path",
            "daemon",
            "master_process",
            "worker_shutdown_timeout",
            "env",
            "thread_pool",
            "aio",
            "directio",
            "open_file_cache",
            "open_file_cache_valid",
            "open_file_cache_min_uses",
            "open_file_cache_errors",
            "reset_timedout_connection",
            "server_name_in_redirect",
            "port_in_redirect",
            "absolute_redirect",
            "merge_slashes",
            "underscores_in_headers",
            "ignore_invalid_headers",
            "variables_hash_max_size",
            "variables_hash_bucket_size",
            "map_hash_bucket_size",
            "ssl_buffer_size",
            "limit_req_log_level");

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
        Directive root = setup.nginx().get(0);
        Scope outer = new Scope(root, null);
        Directive http = root.last("http").orElse(root);
        Scope inside = http == root ? outer : new Scope(http, outer);
        http.all("limit_req_zone").forEach(this::zone);
        Upstreams upstreams = new Upstreams(setup, this::left);
        Routes routes = new Routes(upstreams, rates, this::left);
        Map<String, Set<String>> listens = new LinkedHashMap<>();
        for (Directive server : http.all("server").toList()) {
            Scope scope = new Scope(server, inside);
            listen(scope, listens);
            routes.server(scope, names(server), scheme(server, http));
        }
        setup.scopes(scope -> scope.block().block().forEach(d -> known(scope, d)));
        StringBuilder yaml = new StringBuilder();
        yaml.append("# Translated from ").append(file).append("; what could not be taken over stands at the end.\n\n");
        yaml.append("listen:\n");
        listeners(listens).forEach(l -> yaml.append("  - ").append(l).append('\n'));
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
        if (!within && !NEEDLESS.contains(d.name())) {
            left(d, "has no counterpart");
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

    private static List<String> names(Directive server) {
        List<String> names = new ArrayList<>();
        boolean all =
                server.all("listen").anyMatch(l -> l.args().contains("default_server")) || !server.has("server_name");
        server.all("server_name").flatMap(d -> d.args().stream()).forEach(n -> {
            if (!n.equals("_") && !n.isEmpty() && !n.startsWith("~") && !n.equals("localhost")) {
                names.add(n.startsWith(".") ? "*" + n : n);
            }
        });
        return all ? List.of() : names;
    }

    /** Empty where no other server of the same name is reached by the other scheme. */
    private static String scheme(Directive server, Directive http) {
        String own = scheme(server);
        boolean twice = http.all("server")
                .anyMatch(other -> other != server
                        && !scheme(other).equals(own)
                        && (names(other).equals(names(server))
                                || names(other).stream().anyMatch(names(server)::contains)));
        return twice ? own : "";
    }

    private static String scheme(Directive server) {
        List<Directive> listens = server.all("listen").toList();
        boolean on = server.last("ssl").filter(s -> s.arg(0).equals("on")).isPresent();
        long secure =
                listens.stream().filter(l -> on || l.args().contains("ssl")).count();
        return secure == 0 ? "http" : secure == listens.size() ? "https" : "";
    }

    private void listen(Scope server, Map<String, Set<String>> listens) {
        List<Directive> all = server.block().all("listen").toList();
        server.block()
                .all("server_name")
                .flatMap(d -> d.args().stream())
                .filter(n -> n.startsWith("~"))
                .forEach(n -> server.block()
                        .last("server_name")
                        .ifPresent(d -> left(d, "names by a regular expression have no counterpart")));
        if (all.isEmpty()) {
            listens.computeIfAbsent("0.0.0.0:80", a -> new LinkedHashSet<>());
        }
        for (Directive each : all) {
            String address = address(each.arg(0));
            if (address.isEmpty()) {
                left(each, "only TCP addresses can be listened on");
                continue;
            }
            Set<String> options = listens.computeIfAbsent(address, a -> new LinkedHashSet<>());
            if (each.args().contains("ssl")
                    || server.block()
                            .last("ssl")
                            .filter(s -> s.arg(0).equals("on"))
                            .isPresent()) {
                String certificate =
                        server.find("ssl_certificate").map(d -> d.arg(0)).orElse("");
                String key =
                        server.find("ssl_certificate_key").map(d -> d.arg(0)).orElse("");
                options.add("{ certificate: " + Yaml.text(certificate) + ", key: " + Yaml.text(key) + " }");
            }
            if (each.args().contains("proxy_protocol")) {
                options.add("proxy_protocol");
            }
        }
    }

    private static String address(String listen) {
        if (listen.startsWith("unix:")) {
            return "";
        }
        if (listen.matches("\\d+")) {
            return "0.0.0.0:" + listen;
        }
        String star = listen.replaceFirst("^\\*:", "0.0.0.0:");
        return star.matches(".*:\\d+") && !star.endsWith("]") ? star : star + ":80";
    }

    /** An address for all of IPv6 takes IPv4 too, so that both of a port become one. */
    private static List<String> listeners(Map<String, Set<String>> listens) {
        List<String> all = new ArrayList<>();
        listens.forEach((address, options) -> {
            String port = address.substring(address.lastIndexOf(':'));
            boolean doubled = address.equals("0.0.0.0" + port) && listens.containsKey("[::]" + port);
            if (doubled) {
                return;
            }
            List<String> certificates =
                    options.stream().filter(o -> o.startsWith("{")).toList();
            StringBuilder text = new StringBuilder("{ address: ").append(Yaml.text(address));
            if (certificates.size() == 1) {
                text.append(", tls: ").append(certificates.get(0));
            } else if (!certificates.isEmpty()) {
                text.append(", tls: { certificates: [ ")
                        .append(String.join(", ", certificates))
                        .append(" ] }");
            }
            text.append(options.contains("proxy_protocol") ? ", proxy_protocol: true" : "")
                    .append(" }");
            all.add(text.toString());
        });
        return all.isEmpty() ? List.of("{ address: 0.0.0.0:80 }") : all;
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
