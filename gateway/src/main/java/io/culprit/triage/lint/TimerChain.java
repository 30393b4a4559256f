package io.culprit.triage.lint;

import io.culprit.triage.conf.Amount;
import io.culprit.triage.conf.Directive;
import io.culprit.triage.conf.Setting;
import io.culprit.triage.conf.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * The timers from the edge to the script, outer ones first. Each should be longer than the ones behind it: then whoever gives up
 * first is nearest to the trouble.
 *
 * @param name which way through the configurations
 * @param timers outermost first
 */
public record TimerChain(String name, List<Timer> timers) {
    /**
     * One timer.
     *
     * @param owner whose, e.g. nginx
     * @param setting its name
     * @param seconds what it is set to; 0 for none
     * @param set whether somebody set it, or it is the default
     * @param file where it stands, null for a default
     * @param line from 1
     */
    public record Timer(
            String owner,
            String setting,
            double seconds,
            boolean set,
            @Nullable Path file,
            int line) {
        /** As a person writes it. */
        public String text() {
            String value = seconds == 0 ? "none" : Amount.shown(seconds);
            return owner + " " + setting + " " + value + (set ? "" : " (default)");
        }
    }

    private static final double NGINX_DEFAULT = 60;
    private static final double PHP_DEFAULT = 30;

    /** All chains of a setup. */
    public static List<TimerChain> of(Setup setup) {
        List<TimerChain> chains = new ArrayList<>();
        setup.nginx().passes((scope, pass) -> {
            String kind = pass.name().substring(0, pass.name().length() - "_pass".length());
            if (!List.of("proxy", "fastcgi", "uwsgi", "scgi", "grpc").contains(kind)) {
                return;
            }
            List<Timer> timers = new ArrayList<>(edge(setup.edge()));
            timers.add(nginx(scope, kind + "_read_timeout"));
            if (kind.equals("fastcgi")) {
                timers.addAll(php(setup, scope, pass));
            } else {
                timers.addAll(application(setup));
            }
            String name = pass.arg(0) + " (" + pass.where() + ")";
            if (chains.stream().noneMatch(c -> c.timers.equals(timers))) {
                chains.add(new TimerChain(name, List.copyOf(timers)));
            }
        });
        for (Settings each : setup.haproxy()) {
            List<Timer> timers = new ArrayList<>(edge(setup.edge()));
            each.get("timeout server").ifPresent(s -> timers.add(timer("haproxy", "timeout server", s, 0.001)));
            timers.addAll(application(setup));
            if (timers.size() > 1) {
                chains.add(new TimerChain("haproxy (" + each.file() + ")", List.copyOf(timers)));
            }
        }
        for (Settings each : setup.apache()) {
            Optional<Setting> own = each.get("ProxyTimeout").or(() -> each.get("Timeout"));
            boolean proxies = each.get("ProxyPass").isPresent()
                    || each.get("SetHandler")
                            .filter(s -> s.value().contains("proxy:"))
                            .isPresent();
            if (own.isPresent() && proxies) {
                List<Timer> timers = new ArrayList<>(edge(setup.edge()));
                timers.add(timer("apache", own.get().name(), own.get(), 1));
                timers.addAll(
                        setup.pools().isEmpty()
                                ? application(setup)
                                : pool(setup, setup.pools().get(0)));
                chains.add(new TimerChain("apache (" + each.file() + ")", List.copyOf(timers)));
            }
        }
        return chains;
    }

    private static List<Timer> edge(Edge edge) {
        return edge == Edge.NONE ? List.of() : List.of(new Timer(edge.id(), "read", edge.read(), false, null, 0));
    }

    private static Timer nginx(Scope scope, String setting) {
        Optional<Directive> found = scope.find(setting);
        OptionalDouble seconds = found.map(d -> Amount.seconds(d.arg(0), 1)).orElse(OptionalDouble.empty());
        return seconds.isPresent()
                ? new Timer(
                        "nginx",
                        setting,
                        seconds.getAsDouble(),
                        true,
                        found.get().file(),
                        found.get().line())
                : new Timer("nginx", setting, NGINX_DEFAULT, false, null, 0);
    }

    private static Timer timer(String owner, String name, Setting setting, double unit) {
        double seconds = Amount.seconds(setting.value(), unit).orElse(0);
        return new Timer(owner, name, seconds, true, setting.file(), setting.line());
    }

    private static List<Timer> php(Setup setup, Scope scope, Directive pass) {
        Optional<Settings> pool = Pools.of(setup, scope, pass);
        if (pool.isEmpty() && setup.pools().size() == 1) {
            pool = Optional.of(setup.pools().get(0));
        }
        return pool.map(p -> pool(setup, p)).orElse(List.of());
    }

    private static List<Timer> pool(Setup setup, Settings pool) {
        List<Timer> timers = new ArrayList<>();
        Optional<Setting> terminate = pool.get("request_terminate_timeout");
        timers.add(
                terminate.isPresent()
                        ? timer("php-fpm", "request_terminate_timeout", terminate.get(), 1)
                        : new Timer("php-fpm", "request_terminate_timeout", 0, false, null, 0));
        Optional<Setting> limit = pool.get("php_admin_value[max_execution_time]")
                .or(() -> pool.get("php_value[max_execution_time]"))
                .or(() -> setup.php().stream()
                        .flatMap(s -> s.get("max_execution_time").stream())
                        .findFirst());
        timers.add(
                limit.isPresent()
                        ? timer("php", "max_execution_time", limit.get(), 1)
                        : new Timer("php", "max_execution_time", PHP_DEFAULT, false, null, 0));
        return timers;
    }

    private static List<Timer> application(Setup setup) {
        return setup.gunicorn().stream()
                .map(s -> s.get("timeout")
                        .map(t -> timer("gunicorn", "timeout", t, 1))
                        .orElse(new Timer("gunicorn", "timeout", 30, false, null, 0)))
                .toList();
    }

    /** All on one line. */
    public String text() {
        return String.join(" -> ", timers.stream().map(Timer::text).toList());
    }
}
