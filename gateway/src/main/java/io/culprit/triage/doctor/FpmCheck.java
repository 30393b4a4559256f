package io.culprit.triage.doctor;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.culprit.failure.Cause;
import io.culprit.failure.Condition;
import io.culprit.failure.Diagnosis;
import io.culprit.triage.probe.FastCgiProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** PHP-FPM from outside: its socket's file, its accept queue, its ping and its status page. */
final class FpmCheck {
    private static final int TIMEOUT_MILLIS = 700;

    private FpmCheck() {}

    /** The socket's file: whether it is there, and whether the web server may write to it. */
    static Optional<Step> socketFile(String address, Processes processes) {
        if (!address.startsWith("unix:")) {
            return Optional.empty();
        }
        String name = "socket " + address.substring(5);
        Path file = Path.of(address.substring(5));
        if (!Files.exists(file)) {
            boolean hidden = file.getParent() != null
                    && Files.isDirectory(file.getParent())
                    && !Files.isExecutable(file.getParent());
            return Optional.of(
                    hidden
                            ? Step.unseen(name, "its folder may not be looked into: root would")
                            : Step.bad(
                                    name,
                                    "there is no such file",
                                    Cause.CONNECT_SOCKET_MISSING,
                                    "ls -l " + file.getParent() + "; systemctl status 'php*-fpm'"));
        }
        try {
            PosixFileAttributes attributes = Files.readAttributes(file, PosixFileAttributes.class);
            String shown = "%s:%s %s"
                    .formatted(
                            attributes.owner().getName(),
                            attributes.group().getName(),
                            PosixFilePermissions.toString(attributes.permissions()));
            return Optional.of(rights(name, shown, attributes, processes));
        } catch (IOException e) {
            return Optional.of(Step.unseen(name, String.valueOf(e.getMessage())));
        }
    }

    private static Step rights(String name, String shown, PosixFileAttributes attributes, Processes processes) {
        Optional<Processes.Running> web = processes.servers().stream()
                .filter(p -> !p.isMaster() && p.user() > 0)
                .findFirst();
        if (web.isEmpty()) {
            return Step.fine(name, shown);
        }
        String user = Shell.run("getent", "passwd", Integer.toString(web.get().user()))
                .map(l -> l.split(":")[0])
                .orElse("?");
        String groups = Shell.run("id", "-nG", user).orElse("").strip();
        Set<PosixFilePermission> rights = attributes.permissions();
        boolean allowed = rights.contains(PosixFilePermission.OTHERS_WRITE)
                || attributes.owner().getName().equals(user) && rights.contains(PosixFilePermission.OWNER_WRITE)
                || List.of(groups.split(" ")).contains(attributes.group().getName())
                        && rights.contains(PosixFilePermission.GROUP_WRITE);
        return allowed
                ? Step.fine(name, shown + ", and " + web.get().kind() + " (" + user + ") may write to it")
                : Step.bad(
                        name,
                        shown + ": " + web.get().kind() + " runs as " + user + " and may not write to it",
                        Cause.CONNECT_SOCKET_DENIED,
                        "grep -rn '^listen\\.' /etc/php/*/fpm/pool.d/");
    }

    /** Its accept queue. */
    static Step queue(String address, Listening listening) {
        String name = "accept queue " + address;
        if (!listening.isSeen()) {
            return Step.unseen(name, "ss is not installed (Debian: iproute2)");
        }
        Optional<Listening.Queue> queue = listening.of(address);
        if (queue.isEmpty()) {
            return address.startsWith("unix:")
                            || address.startsWith("127.")
                            || address.startsWith("localhost")
                            || address.startsWith("[::1]")
                    ? Step.bad(
                            name,
                            "nobody listens",
                            Cause.CONNECT_REFUSED,
                            "systemctl status 'php*-fpm'; ss -lxp; ss -ltnp")
                    : Step.unseen(name, "it is on another machine");
        }
        Listening.Queue q = queue.get();
        String text =
                q.waiting() + " waiting, room for " + q.most() + (q.program().isEmpty() ? "" : ", by " + q.program());
        if (q.most() > 0 && q.waiting() >= q.most()) {
            return Step.bad(
                    name,
                    text + ": it is full",
                    Cause.CONNECT_BACKLOG_FULL,
                    "grep max_children /var/log/php*-fpm.log | tail");
        }
        return q.waiting() > 0
                ? Step.warning(
                        name,
                        text + ": all workers are busy",
                        Condition.POOL_MAX_CHILDREN,
                        "grep max_children /var/log/php*-fpm.log | tail")
                : Step.fine(name, text);
    }

    /** Ping, then status. */
    static List<Step> ask(String address, FpmPool pool) {
        List<Step> steps = new ArrayList<>();
        if (!pool.ping().isEmpty()) {
            steps.add(timed(() -> ping(address, pool.ping())));
        }
        if (pool.status().isEmpty()) {
            steps.add(Step.unseen(
                    "status of pool " + pool.name(),
                    "pm.status_path is not set in " + pool.file()
                            + ": with it, busy workers and the queue could be seen"));
            if (pool.ping().isEmpty()) {
                steps.add(timed(() -> ping(address, "/ping")));
            }
        } else {
            steps.add(timed(() -> status(address, pool)));
        }
        return steps;
    }

    static Step timed(java.util.function.Supplier<Step> look) {
        long start = System.nanoTime();
        Step step = look.get();
        return step.took((System.nanoTime() - start) / 1_000_000L);
    }

    private static Step ping(String address, String path) {
        String name = "FPM answers on " + address;
        try {
            String answer = FastCgiProbe.ask(address, path, "", TIMEOUT_MILLIS);
            String last = answer.strip().lines().reduce((a, b) -> b).orElse("");
            return Step.fine(name, "\"" + (last.length() > 40 ? last.substring(0, 40) : last) + "\"");
        } catch (IOException | RuntimeException e) {
            return failed(name, e);
        }
    }

    private static Step failed(String name, Exception e) {
        String text = String.valueOf(e.getMessage());
        Diagnosis cause = text.contains("No such file")
                ? Cause.CONNECT_SOCKET_MISSING
                : text.contains("Permission denied")
                        ? Cause.CONNECT_SOCKET_DENIED
                        : text.contains("refused")
                                ? Cause.CONNECT_REFUSED
                                : text.contains("temporarily unavailable")
                                        ? Cause.CONNECT_BACKLOG_FULL
                                        : text.contains("not FastCGI")
                                                ? Cause.FASTCGI_BAD_VERSION
                                                : text.contains("no answer within")
                                                        ? Cause.HEAD_TIMEOUT
                                                        : Cause.HEAD_CLOSED;
        if (cause == Cause.CONNECT_SOCKET_DENIED && !"root".equals(System.getProperty("user.name"))) {
            return Step.unseen(name, "this user may not ask it; root, or the web server's user, would");
        }
        return Step.bad(
                name,
                text,
                cause,
                cause == Cause.HEAD_TIMEOUT ? "tail -40 /var/log/php*-fpm.slow.log" : "systemctl status 'php*-fpm'");
    }

    private static Step status(String address, FpmPool pool) {
        String name = "status of pool " + pool.name();
        try {
            String answer = FastCgiProbe.ask(address, pool.status(), "json", TIMEOUT_MILLIS);
            int body = answer.indexOf('{');
            if (body < 0) {
                return Step.unseen(
                        name,
                        pool.status() + " gives no status: "
                                + answer.strip().lines().findFirst().orElse(""));
            }
            Map<String, String> values = values(answer.substring(body));
            long active = number(values, "active processes");
            long idle = number(values, "idle processes");
            long queue = number(values, "listen queue");
            long reached = number(values, "max children reached");
            String text =
                    "%d busy, %d idle, %d waiting, most busy so far %d of %d, max_children reached %d times, pm %s"
                            .formatted(
                                    active,
                                    idle,
                                    queue,
                                    number(values, "max active processes"),
                                    pool.children(),
                                    reached,
                                    values.getOrDefault("process manager", pool.mode()));
            if (idle == 0 && queue > 0) {
                return Step.bad(
                        name,
                        text + ": no worker is free and requests wait",
                        Condition.POOL_MAX_CHILDREN,
                        "tail -40 /var/log/php*-fpm.slow.log");
            }
            return reached > 0
                    ? Step.warning(
                            name, text, Condition.POOL_MAX_CHILDREN, "grep max_children /var/log/php*-fpm.log | tail")
                    : Step.fine(name, text);
        } catch (IOException | RuntimeException e) {
            return failed(name, e);
        }
    }

    private static long number(Map<String, String> values, String name) {
        String value = values.getOrDefault(name, "");
        return value.matches("\\d{1,18}") ? Long.parseLong(value) : -1;
    }

    private static Map<String, String> values(String json) throws IOException {
        Map<String, String> values = new LinkedHashMap<>();
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token.isScalarValue() && parser.currentName() != null) {
                    values.putIfAbsent(parser.currentName(), parser.getText());
                }
            }
        }
        return values;
    }
}
