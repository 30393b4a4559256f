package io.culprit.triage.lint.rule;

import io.culprit.triage.conf.Directive;
import io.culprit.triage.conf.Setting;
import io.culprit.triage.conf.Settings;
import io.culprit.triage.lint.Flaw;
import io.culprit.triage.lint.Flaw.Level;
import io.culprit.triage.lint.Flaws;
import io.culprit.triage.lint.Pools;
import io.culprit.triage.lint.Rule;
import io.culprit.triage.lint.Setup;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Sockets that nobody listens on, or that the web server may not write to. */
public final class Sockets implements Rule {
    @Override
    public void check(Setup setup, Consumer<Flaw> found) {
        if (setup.pools().isEmpty()) {
            return;
        }
        List<String> listening = Pools.listening(setup);
        setup.nginx().passes((scope, pass) -> {
            if (!pass.name().equals("fastcgi_pass")) {
                return;
            }
            for (Directive server : Pools.servers(setup, pass)) {
                String address = Pools.normal(server.arg(0));
                boolean local = address.startsWith("/") || address.startsWith("127.0.0.1:");
                if (local && !address.contains("$") && !listening.contains(address)) {
                    missing(server, listening, found);
                }
            }
            Pools.of(setup, scope, pass).ifPresent(pool -> rights(setup, pool, found));
        });
    }

    private static void missing(Directive server, List<String> listening, Consumer<Flaw> found) {
        boolean one = listening.size() == 1;
        String right =
                one && listening.get(0).startsWith("/") ? "unix:" + listening.get(0) : one ? listening.get(0) : "";
        String message = "nobody listens on " + server.arg(0) + ": no pool among these files does";
        String proof = server.text() + "; the pools listen on "
                + (listening.isEmpty() ? "nothing" : String.join(", ", listening));
        String fix = "Name the address that the pool listens on (connect.socket-missing, connect.refused)";
        found.accept(
                right.isEmpty()
                        ? Flaws.of("socket.nobody", Level.ERROR, server, message, proof, fix)
                        : Flaws.of(
                                "socket.nobody",
                                Level.ERROR,
                                server,
                                message,
                                proof,
                                fix,
                                server.name() + " " + right + ";"));
    }

    private static void rights(Setup setup, Settings pool, Consumer<Flaw> found) {
        Optional<Setting> listen = pool.get("listen").filter(s -> s.value().startsWith("/"));
        if (listen.isEmpty()) {
            return;
        }
        String user = setup.nginx().roots().stream()
                .flatMap(root -> root.last("user").stream())
                .map(d -> d.arg(0))
                .findFirst()
                .orElse("");
        String mode = pool.get("listen.mode").map(Setting::value).orElse("0660");
        String owner = pool.get("listen.owner").map(Setting::value).orElse("");
        String group = pool.get("listen.group").map(Setting::value).orElse("");
        boolean everybody = mode.endsWith("6") || mode.endsWith("7");
        boolean known = !user.isEmpty() && !owner.isEmpty() && !group.isEmpty();
        if (known && !everybody && !user.equals(owner) && !user.equals(group)) {
            found.accept(Flaws.of(
                    "socket.denied",
                    Level.ERROR,
                    listen.get(),
                    "the web server runs as " + user + ", and the socket is for " + owner + ":" + group + " (" + mode
                            + ") only",
                    "user " + user + "; listen.owner = " + owner + ", listen.group = " + group + ", listen.mode = "
                            + mode,
                    "Set listen.owner or listen.group to " + user + " (connect.socket-denied)"));
        }
    }
}
