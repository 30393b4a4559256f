package io.culprit.triage.lint.rule;

import io.culprit.triage.conf.Amount;
import io.culprit.triage.conf.Directive;
import io.culprit.triage.conf.Setting;
import io.culprit.triage.conf.Settings;
import io.culprit.triage.lint.App;
import io.culprit.triage.lint.Flaw;
import io.culprit.triage.lint.Flaw.Level;
import io.culprit.triage.lint.Flaws;
import io.culprit.triage.lint.Pools;
import io.culprit.triage.lint.Rule;
import io.culprit.triage.lint.Setup;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Kept connections: whoever is in front has to let go first, else a request meets a connection that ends as it comes (random 502s).
 * Those to PHP-FPM hold a worker each.
 */
public final class KeptConnections implements Rule {
    private static final double NGINX_UPSTREAM = 60;
    private static final double NGINX_CLIENT = 75;
    private static final double GUNICORN = 2;
    private static final double APACHE = 5;

    @Override
    public void check(Setup setup, Consumer<Flaw> found) {
        setup.nginx().passes((scope, pass) -> {
            String name = pass.arg(0).replaceFirst("^https?://", "").replaceFirst("/.*", "");
            Optional<Directive> upstream = setup.nginx().upstream(name);
            Optional<Directive> kept = upstream.flatMap(u -> u.last("keepalive"));
            if (kept.isEmpty()) {
                return;
            }
            if (pass.name().equals("fastcgi_pass")) {
                abovePool(setup, Pools.of(setup, scope, pass), kept.get(), found);
            }
            if (pass.name().equals("proxy_pass")) {
                order(setup, upstream.get(), kept.get(), found);
                boolean spoken = scope.find("proxy_http_version")
                        .filter(d -> d.arg(0).equals("1.1") || d.arg(0).equals("2"))
                        .isPresent();
                boolean upgrade = scope.block()
                        .all("proxy_set_header")
                        .anyMatch(d -> d.arg(0).equalsIgnoreCase("upgrade"));
                if (!spoken) {
                    found.accept(Flaws.of(
                            "keepalive.http-1.0",
                            Level.WARNING,
                            pass,
                            "connections to " + name
                                    + " are not kept, although its upstream block says so: nginx speaks HTTP/1.0 to it",
                            kept.get().text() + " (" + kept.get().where() + "), and no proxy_http_version 1.1 here",
                            upgrade
                                    ? "Add: proxy_http_version 1.1; and for the upgrade proxy_set_header Connection \"upgrade\";"
                                    : "Add: proxy_http_version 1.1; proxy_set_header Connection \"\";"));
                }
            }
        });
        edge(setup, found);
    }

    private static void abovePool(Setup setup, Optional<Settings> pool, Directive kept, Consumer<Flaw> found) {
        Optional<Setting> children = pool.flatMap(p -> p.get("pm.max_children"));
        long connections = Amount.bytes(kept.arg(0)).orElse(0) * processes(setup);
        if (children.isPresent()
                && connections > Amount.bytes(children.get().value()).orElse(Long.MAX_VALUE)) {
            found.accept(
                    Flaws.of(
                            "keepalive.above-pool",
                            Level.ERROR,
                            kept,
                            "kept connections hold up to " + connections + " workers of PHP-FPM, and the pool has "
                                    + children.get().value() + ": idle connections starve it",
                            kept.text() + " for each worker of nginx; "
                                    + children.get().name() + " = "
                                    + children.get().value() + " ("
                                    + children.get().where() + ")",
                            "Take keepalive out, or keep fewer than the pool has workers (connect.backlog-full, head.timeout)"));
        }
    }

    private static long processes(Setup setup) {
        return setup.nginx().roots().stream()
                .flatMap(root -> root.last("worker_processes").stream())
                .mapToLong(d -> d.arg(0).equals("auto")
                        ? Runtime.getRuntime()
                                .availableProcessors() // one for each core, of this machine as far as we know
                        : Amount.bytes(d.arg(0)).orElse(1))
                .findFirst()
                .orElse(1);
    }

    private static void order(Setup setup, Directive upstream, Directive kept, Consumer<Flaw> found) {
        double nginx = upstream.last("keepalive_timeout")
                .map(d -> Amount.seconds(d.arg(0), 1).orElse(NGINX_UPSTREAM))
                .orElse(NGINX_UPSTREAM);
        for (Settings each : setup.gunicorn()) {
            Optional<Setting> own = each.get("keepalive");
            double behind =
                    own.map(s -> Amount.seconds(s.value(), 1).orElse(GUNICORN)).orElse(GUNICORN);
            if (behind <= nginx) {
                report("gunicorn keepalive", behind, nginx, kept, own, found);
            }
        }
        App app = setup.app();
        if (app != App.NONE
                && app.idle() <= nginx
                && (app != App.GUNICORN || setup.gunicorn().isEmpty())) {
            report(app.key(), app.idle(), nginx, kept, Optional.empty(), found);
        }
        for (Settings each : setup.apache()) {
            Optional<Setting> own = each.get("KeepAliveTimeout");
            double behind =
                    own.map(s -> Amount.seconds(s.value(), 1).orElse(APACHE)).orElse(APACHE);
            if (behind <= nginx) {
                report("apache KeepAliveTimeout", behind, nginx, kept, own, found);
            }
        }
    }

    private static void report(
            String who, double behind, double nginx, Directive kept, Optional<Setting> own, Consumer<Flaw> found) {
        String message = who + " lets go of idle connections after " + Amount.shown(behind) + ", before nginx does ("
                + Amount.shown(nginx) + "): random 502s for requests that may not be repeated";
        String proof = kept.text() + "; " + who + " " + Amount.shown(behind)
                + own.map(s -> " (" + s.where() + ")").orElse(" (default)");
        String how = Arrays.stream(App.values())
                .filter(app -> app.key().equals(who))
                .map(app -> ", such as " + app.set(nginx + 5))
                .findFirst()
                .orElse("");
        String fix = "Let what is behind keep connections longer: above " + Amount.shown(nginx) + how
                + " (head.closed-on-reuse)";
        found.accept(
                own.isPresent() && who.startsWith("gunicorn")
                        ? Flaws.of(
                                "keepalive.order",
                                Level.WARNING,
                                own.get(),
                                message,
                                proof,
                                fix,
                                "keepalive = %.0f".formatted(nginx + 5))
                        : Flaws.of("keepalive.order", Level.WARNING, kept, message, proof, fix));
    }

    /** What is in front keeps connections too. */
    private static void edge(Setup setup, Consumer<Flaw> found) {
        if (setup.edge().idle() < 0) {
            return;
        }
        double idle = setup.edge().idle();
        if (setup.nginx().isEmpty()) {
            direct(setup, idle, found);
        }
        setup.nginx().scopes(scope -> {
            boolean http = scope.block().name().equals("http");
            boolean server =
                    scope.block().name().equals("server") && scope.block().has("keepalive_timeout");
            Optional<Directive> own = scope.block().last("keepalive_timeout");
            double seconds = own.map(d -> Amount.seconds(d.arg(0), 1).orElse(NGINX_CLIENT))
                    .orElse(NGINX_CLIENT);
            if ((http || server) && seconds > 0 && seconds <= idle) { // 0 says Connection: close with each answer
                Directive at = own.orElse(scope.block());
                String message = "nginx lets go of idle connections after " + Amount.shown(seconds) + ", before "
                        + setup.edge().id() + " does (" + Amount.shown(idle) + "): random 502s at the edge";
                String proof = own.map(Directive::text).orElse("keepalive_timeout 75s (default)");
                String fix = "Set keepalive_timeout above " + Amount.shown(idle);
                found.accept(
                        own.isPresent()
                                ? Flaws.of(
                                        "keepalive.order",
                                        Level.WARNING,
                                        at,
                                        message,
                                        proof,
                                        fix,
                                        "keepalive_timeout %.0fs;".formatted(idle + 15))
                                : Flaws.of("keepalive.order", Level.WARNING, at, message, proof, fix));
            }
        });
    }

    /** The edge asks the application itself, or HAProxy. */
    private static void direct(Setup setup, double idle, Consumer<Flaw> found) {
        for (Settings each : setup.haproxy()) {
            each.get("timeout http-keep-alive").ifPresent(own -> {
                double kept = Amount.seconds(own.value(), 0.001).orElse(0);
                if (kept > 0 && kept <= idle) {
                    found.accept(Flaws.of(
                            "keepalive.order",
                            Level.WARNING,
                            own,
                            "HAProxy lets go of idle connections after " + Amount.shown(kept) + ", before "
                                    + setup.edge().id() + " does (" + Amount.shown(idle)
                                    + "): random 502s at the edge",
                            own.name() + " " + own.value() + " (" + own.where() + ")",
                            "Set timeout http-keep-alive above " + Amount.shown(idle) + " (head.closed-on-reuse)"));
                }
            });
        }
        for (Settings each : setup.gunicorn()) {
            Optional<Setting> own = each.get("keepalive");
            double behind =
                    own.map(s -> Amount.seconds(s.value(), 1).orElse(GUNICORN)).orElse(GUNICORN);
            if (behind <= idle && !each.all().isEmpty()) {
                found.accept(Flaws.of(
                        "keepalive.order",
                        Level.WARNING,
                        own.orElse(each.all().get(0)),
                        "gunicorn lets go of idle connections after " + Amount.shown(behind) + ", before "
                                + setup.edge().id() + " does (" + Amount.shown(idle) + "): random 502s at the edge",
                        "gunicorn keepalive " + Amount.shown(behind)
                                + own.map(s -> " (" + s.where() + ")").orElse(" (default)"),
                        "Set " + App.GUNICORN.set(idle + 15) + " (head.closed-on-reuse)"));
            }
        }
    }
}
