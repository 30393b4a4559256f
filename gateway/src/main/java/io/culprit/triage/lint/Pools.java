package io.culprit.triage.lint;

import io.culprit.triage.conf.Directive;
import io.culprit.triage.conf.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which pool of PHP-FPM a fastcgi_pass reaches. */
public final class Pools {
    private Pools() {}

    /** Addresses that a pass stands for: itself, or the servers of its upstream block. */
    public static List<Directive> servers(Setup setup, Directive pass) {
        String target = pass.arg(0).replaceFirst("^(https?|grpcs?)://", "").replaceFirst("/.*(?<!\\.sock)$", "");
        Optional<Directive> upstream = setup.nginx().upstream(target);
        return upstream.map(u -> u.all("server").toList()).orElse(List.of(pass));
    }

    /** The pool that listens where the pass asks. */
    public static Optional<Settings> of(Setup setup, Scope scope, Directive pass) {
        for (Directive server : servers(setup, pass)) {
            String address = normal(server.arg(0));
            for (Settings pool : setup.pools()) {
                if (pool.get("listen")
                        .map(s -> s.value().replace("$pool", s.section()))
                        .map(Pools::normal)
                        .filter(address::equals)
                        .isPresent()) {
                    return Optional.of(pool);
                }
            }
        }
        return Optional.empty();
    }

    /** {@code unix:/run/x.sock} and {@code /run/x.sock}, {@code 9000}, {@code 127.0.0.1:9000} and {@code localhost:9000} are the same. */
    public static String normal(String address) {
        String plain = address.replaceFirst("^unix:", "").replaceFirst(":$", "").replaceFirst("^/var/run/", "/run/");
        if (plain.startsWith("/")) {
            return plain;
        }
        if (plain.matches("\\d+")) {
            return "127.0.0.1:" + plain;
        }
        return plain.replaceFirst("^(localhost|0\\.0\\.0\\.0|\\[::1?]|\\*):", "127.0.0.1:");
    }

    /** All sockets and addresses that pools listen on. */
    public static List<String> listening(Setup setup) {
        List<String> all = new ArrayList<>();
        setup.pools()
                .forEach(p -> p.all().stream()
                        .filter(s -> s.name().equals("listen"))
                        .forEach(s -> all.add(normal(s.value().replace("$pool", s.section())))));
        return all;
    }
}
