package io.culprit.config;

import io.culprit.config.route.RouteConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What differs between two configurations, as an operator would say it.
 *
 * @param changed what a reload puts into force
 * @param atNextStart what waits for the next start
 * @param keys what was added, removed and changed in the files, key by key
 */
public record ConfigDiff(List<String> changed, List<String> atNextStart, List<String> keys) {
    /** No difference. */
    public static final ConfigDiff NONE = new ConfigDiff(List.of(), List.of(), List.of());

    /** From one to the other. */
    public static ConfigDiff of(GatewayConfig before, GatewayConfig after) {
        List<String> changed = new ArrayList<>();
        named("upstream", before.upstreams(), after.upstreams(), changed);
        named("route", byName(before.routes()), byName(after.routes()), changed);
        if (!order(before).equals(order(after))
                && order(before).size() == order(after).size()) {
            changed.add("order of routes");
        }
        named("listener", byAddress(before), byAddress(after), changed);
        key("dialect", before, after, GatewayConfig::dialect, changed);
        key("expose", before, after, GatewayConfig::expose, changed);
        key("pages", before, after, GatewayConfig::pages, changed);
        key("compression", before, after, GatewayConfig::compression, changed);
        key("trusted_proxies", before, after, GatewayConfig::trustedProxies, changed);
        key("limits", before, after, GatewayConfig::limits, changed);
        key("drain", before, after, GatewayConfig::drain, changed);
        key("access_log", before, after, GatewayConfig::accessLog, changed);
        key("error_log", before, after, GatewayConfig::errorLog, changed);
        key("alerts", before, after, GatewayConfig::alerts, changed);
        key("uptime", before, after, GatewayConfig::uptime, changed);
        List<String> later = new ArrayList<>();
        key("admin", before, after, GatewayConfig::admin, later);
        key("journal", before, after, GatewayConfig::journal, later);
        key("tracing and otlp", before, after, GatewayConfig::telemetry, later);
        key("resolver", before, after, GatewayConfig::resolver, later);
        key("temp_directory", before, after, GatewayConfig::tempDirectory, later);
        key("io_threads", before, after, GatewayConfig::ioThreads, later);
        return new ConfigDiff(
                List.copyOf(changed),
                List.copyOf(later),
                before.source().settings().difference(after.source().settings()));
    }

    /** The same, and what changed beside the file. */
    public ConfigDiff with(List<String> more) {
        return new ConfigDiff(Stream.concat(changed.stream(), more.stream()).toList(), atNextStart, keys);
    }

    private static Map<String, RouteConfig> byName(List<RouteConfig> routes) {
        return routes.stream().collect(Collectors.toMap(RouteConfig::name, Function.identity(), (a, b) -> a));
    }

    private static List<String> order(GatewayConfig config) {
        return config.routes().stream().map(RouteConfig::name).toList();
    }

    private static Map<String, ListenConfig> byAddress(GatewayConfig config) {
        return config.listen().stream()
                .collect(Collectors.toMap(l -> l.address().toString().replaceFirst("^/", ""), l -> l, (a, b) -> a));
    }

    private static <T> void named(String kind, Map<String, T> before, Map<String, T> after, List<String> into) {
        before.keySet().stream()
                .filter(name -> !after.containsKey(name))
                .sorted()
                .forEach(name -> into.add(kind + " " + name + " removed"));
        after.keySet().stream()
                .filter(name -> !before.containsKey(name))
                .sorted()
                .forEach(name -> into.add(kind + " " + name + " added"));
        after.entrySet().stream()
                .filter(each -> before.containsKey(each.getKey())
                        && !before.get(each.getKey()).equals(each.getValue()))
                .map(each -> kind + " " + each.getKey() + " changed")
                .sorted()
                .forEach(into::add);
    }

    private static void key(
            String key, GatewayConfig before, GatewayConfig after, Function<GatewayConfig, ?> part, List<String> into) {
        if (!Objects.equals(part.apply(before), part.apply(after))) {
            into.add(key);
        }
    }
}
