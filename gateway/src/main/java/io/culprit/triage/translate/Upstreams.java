package io.culprit.triage.translate;

import io.culprit.triage.conf.Amount;
import io.culprit.triage.conf.Directive;
import io.culprit.triage.lint.Scope;
import io.culprit.triage.lint.Setup;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/** The upstreams that passes lead to; one for each target and set of timers, since those belong to upstreams here. */
final class Upstreams {
    private static final Set<String> ERRORS = Set.of(
            "error",
            "timeout",
            "invalid_header",
            "http_500",
            "http_502",
            "http_503",
            "http_504",
            "http_403",
            "http_404",
            "http_429",
            "off");

    private final Setup setup;
    private final BiConsumer<Directive, String> left;
    private final Map<String, String> byContent = new LinkedHashMap<>();
    private final Map<String, String> texts = new LinkedHashMap<>();

    Upstreams(Setup setup, BiConsumer<Directive, String> left) {
        this.setup = setup;
        this.left = left;
    }

    /** The YAML of all upstreams, below {@code upstreams:}. */
    String yaml() {
        StringBuilder all = new StringBuilder();
        texts.forEach(
                (name, text) -> all.append("  ").append(name).append(":\n").append(text));
        return all.toString();
    }

    boolean isEmpty() {
        return texts.isEmpty();
    }

    /** Name of the upstream for a pass, made where it is not there yet. Empty where there is no counterpart. */
    Optional<String> of(Scope scope, Directive pass, Optional<String> site) {
        String kind = pass.name().replace("_pass", "");
        String target = pass.arg(0);
        if (target.contains("$")) {
            left.accept(pass, "an upstream by a variable: name it, or write a route for each value");
            return Optional.empty();
        }
        if (!kind.equals("proxy") && !kind.equals("fastcgi")) {
            left.accept(pass, "only proxy_pass and fastcgi_pass have a counterpart");
            return Optional.empty();
        }
        boolean tls = target.startsWith("https://");
        String address = target.replaceFirst("^https?://", "");
        if (!address.startsWith("unix:")) {
            address = address.replaceFirst("/.*", "");
        }
        Optional<Directive> block = setup.nginx().upstream(address);
        StringBuilder text = new StringBuilder();
        if (kind.equals("fastcgi")) {
            text.append("    protocol: fastcgi\n");
        } else if (tls) {
            text.append("    protocol: https\n");
        }
        servers(block, address, tls, text);
        block.ifPresent(b -> block(b, kind, text));
        timeouts(scope, kind, text);
        nextUpstream(scope, kind, text);
        buffering(scope, kind, text);
        head(scope, kind, text);
        tls(scope, tls, text);
        site.ifPresent(text::append);
        String name = block.isPresent() ? address : name(address);
        return Optional.of(put(name.replaceAll("[^A-Za-z0-9_-]", "-"), text.toString()));
    }

    private String put(String wanted, String text) {
        String known = byContent.get(wanted + "\n" + text);
        if (known != null) {
            return known;
        }
        String name = wanted;
        for (int i = 2; texts.containsKey(name); i++) {
            name = wanted + "-" + i;
        }
        texts.put(name, text);
        byContent.put(wanted + "\n" + text, name);
        return name;
    }

    private static String name(String address) {
        String plain = address.startsWith("unix:")
                ? address.replaceFirst(":[^/]*$", "").replaceFirst(".*/", "").replaceFirst("\\.sock.*$", "")
                : address;
        String name = plain.replaceAll("[^A-Za-z0-9]+", "-").replaceAll("^-|-$", "");
        return name.matches("[0-9].*") ? "app-" + name : name.isEmpty() ? "app" : name;
    }

    private void servers(Optional<Directive> block, String address, boolean tls, StringBuilder text) {
        List<String> servers = new ArrayList<>();
        if (block.isEmpty()) {
            servers.add(Yaml.text(port(address, tls)));
        } else {
            block.get().all("server").forEach(s -> servers.add(server(s, tls)));
        }
        text.append("    servers: [ ").append(String.join(", ", servers)).append(" ]\n");
    }

    private static String port(String address, boolean tls) {
        if (address.startsWith("unix:")) {
            return address.replaceFirst(":$", "").replaceFirst("(\\.sock):.*", "$1");
        }
        boolean has = address.matches(".*:\\d+") && !address.endsWith("]");
        return has ? address : address + (tls ? ":443" : ":80");
    }

    private String server(Directive server, boolean tls) {
        StringBuilder more = new StringBuilder();
        for (String arg : server.args().subList(1, server.args().size())) {
            if (arg.startsWith("weight=")) {
                more.append(", weight: ").append(arg.substring(7));
            } else if (arg.equals("backup") || arg.equals("down")) {
                more.append(", ").append(arg).append(": true");
            } else if (arg.startsWith("max_conns=")) {
                more.append(", max_connections: ").append(arg.substring(10));
            } else if (!arg.startsWith("max_fails=") && !arg.startsWith("fail_timeout=")) {
                left.accept(server, arg + " has no counterpart");
            }
        }
        String address = Yaml.text(port(server.arg(0), tls));
        return more.isEmpty() ? address : "{ address: " + address + more + " }";
    }

    private void block(Directive block, String kind, StringBuilder text) {
        String fails = "";
        String time = "";
        for (Directive d : block.block()) {
            switch (d.name()) {
                case "server" -> {
                    for (String arg : d.args()) {
                        fails = arg.startsWith("max_fails=") ? arg.substring(10) : fails;
                        time = arg.startsWith("fail_timeout=") ? arg.substring(13) : time;
                    }
                }
                case "least_conn" -> text.append("    balance: least_connections\n");
                case "ip_hash" -> text.append("    balance: ip_hash\n");
                case "random" -> text.append("    balance: random_two\n");
                case "keepalive", "keepalive_timeout", "keepalive_requests", "keepalive_time", "zone" -> {
                    // together below
                }
                default -> left.accept(d, "has no counterpart");
            }
        }
        if (!fails.isEmpty() || !time.isEmpty()) {
            text.append("    health: { ");
            text.append(fails.isEmpty() ? "" : "max_fails: " + fails + (time.isEmpty() ? "" : ", "));
            text.append(
                    time.isEmpty()
                            ? ""
                            : "fail_timeout: "
                                    + Yaml.seconds(Amount.seconds(time, 1).orElse(10)));
            text.append(" }\n");
        }
        keepalive(block, kind, text);
    }

    private static void keepalive(Directive block, String kind, StringBuilder text) {
        Optional<Directive> kept = block.last("keepalive");
        if (kept.isEmpty()) {
            text.append(kind.equals("fastcgi") ? "" : "    keepalive: { connections: 0 }\n");
            return;
        }
        text.append("    keepalive: { connections: ").append(kept.get().arg(0));
        block.last("keepalive_timeout")
                .ifPresent(d -> text.append(", idle: ")
                        .append(Yaml.seconds(Amount.seconds(d.arg(0), 1).orElse(60))));
        block.last("keepalive_requests")
                .ifPresent(d -> text.append(", requests: ").append(d.arg(0)));
        text.append(" }\n");
    }

    private static void timeouts(Scope scope, String kind, StringBuilder text) {
        List<String> all = new ArrayList<>();
        for (String each : List.of("connect", "send", "read")) {
            scope.find(kind + "_" + each + "_timeout")
                    .flatMap(d -> Amount.seconds(d.arg(0), 1).stream().boxed().findFirst())
                    .ifPresent(s -> all.add(each + ": " + Yaml.seconds(s)));
        }
        if (!all.isEmpty()) {
            text.append("    timeouts: { ").append(String.join(", ", all)).append(" }\n");
        }
    }

    private void nextUpstream(Scope scope, String kind, StringBuilder text) {
        Optional<Directive> next = scope.find(kind + "_next_upstream");
        Optional<Directive> tries = scope.find(kind + "_next_upstream_tries");
        Optional<Directive> time = scope.find(kind + "_next_upstream_timeout");
        if (next.isEmpty() && tries.isEmpty() && time.isEmpty()) {
            return;
        }
        List<String> parts = new ArrayList<>();
        next.ifPresent(d -> {
            List<String> on = d.args().stream()
                    .filter(a -> ERRORS.contains(a) && !a.equals("off"))
                    .toList();
            parts.add("on: [" + String.join(", ", on) + "]");
            if (d.args().contains("non_idempotent")) {
                parts.add("non_idempotent: true");
            }
        });
        tries.ifPresent(d -> parts.add("tries: " + d.arg(0)));
        time.ifPresent(d ->
                parts.add("timeout: " + Yaml.seconds(Amount.seconds(d.arg(0), 1).orElse(0))));
        text.append("    next_upstream: { ").append(String.join(", ", parts)).append(" }\n");
    }

    private static void buffering(Scope scope, String kind, StringBuilder text) {
        List<String> parts = new ArrayList<>();
        scope.find(kind + "_request_buffering")
                .filter(d -> d.arg(0).equals("off"))
                .ifPresent(d -> parts.add("request: false"));
        scope.find(kind + "_buffering")
                .filter(d -> d.arg(0).equals("off"))
                .ifPresent(d -> parts.add("response: false"));
        if (!parts.isEmpty()) {
            text.append("    buffering: { ").append(String.join(", ", parts)).append(" }\n");
        }
    }

    private static void head(Scope scope, String kind, StringBuilder text) {
        scope.find(kind + "_buffer_size")
                .flatMap(d -> Amount.bytes(d.arg(0)).stream().boxed().findFirst())
                .ifPresent(b ->
                        text.append("    head_limit: ").append(Yaml.bytes(b)).append('\n'));
    }

    private void tls(Scope scope, boolean tls, StringBuilder text) {
        if (!tls) {
            return;
        }
        List<String> parts = new ArrayList<>();
        boolean verify = scope.find("proxy_ssl_verify")
                .filter(d -> d.arg(0).equals("on"))
                .isPresent();
        parts.add("verify: " + verify);
        scope.find("proxy_ssl_trusted_certificate").ifPresent(d -> parts.add("ca: " + Yaml.text(d.arg(0))));
        scope.find("proxy_ssl_name")
                .filter(d -> !d.arg(0).contains("$"))
                .ifPresent(d -> parts.add("name: " + Yaml.text(d.arg(0))));
        scope.find("proxy_ssl_certificate").ifPresent(d -> parts.add("certificate: " + Yaml.text(d.arg(0))));
        scope.find("proxy_ssl_certificate_key").ifPresent(d -> parts.add("key: " + Yaml.text(d.arg(0))));
        text.append("    tls: { ").append(String.join(", ", parts)).append(" }\n");
    }
}
