package io.culprit.bench.load.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The lines that make each program behave as a cell does, in words the program accepts. Stateless. */
public final class SettingLines {
    private SettingLines() {}

    /** By program. */
    public static Map<String, String> of(Plan plan, Settings s) {
        Map<String, String> lines = new LinkedHashMap<>();
        lines.put("Culprit", "upstreams:\n  app:\n" + culprit(s).indent(4).stripTrailing());
        lines.put("nginx", nginx(s));
        lines.put("HAProxy", haproxy(s));
        lines.put("PHP-FPM", fpm(plan, s));
        return lines;
    }

    /** The keys of one upstream. */
    public static String culprit(Settings s) {
        return """
                max_connections: %d
                queue: %s
                timeouts: { read: %s }
                next_upstream: { on: [%s], tries: %d }
                """.formatted(
                s.maxConnections(),
                s.queueSize() == 0
                        ? "{ size: 0 }"
                        : "{ size: %d, timeout: %s }".formatted(s.queueSize(), Settings.exact(s.queueTimeout())),
                Settings.exact(s.read()),
                s.tries() > 1 ? "error, timeout" : "error",
                s.tries());
    }

    private static String nginx(Settings s) {
        String limit = s.maxConnections() == 0 ? "" : " max_conns=" + s.maxConnections();
        String queue = s.queueSize() == 0 ? "" : "# nginx has no queue: what exceeds max_conns is refused at once\n";
        return """
                %supstream app { zone app 64k; server 127.0.0.1:9000%s; }
                # in the location; for PHP-FPM the same with fastcgi_ instead of proxy_
                proxy_read_timeout %s;
                proxy_next_upstream_tries %d;
                """.formatted(queue, limit, Settings.exact(s.read()), s.tries());
    }

    private static String haproxy(Settings s) {
        List<String> lines = new ArrayList<>();
        lines.add("timeout server " + Settings.exact(s.read()));
        if (s.maxConnections() == 0) {
            lines.add("server app 127.0.0.1:9000");
        } else if (s.queueSize() == 0) {
            lines.add("# HAProxy cannot refuse at once: one request may wait, for a millisecond");
            lines.add("timeout queue 1ms");
            lines.add("server app 127.0.0.1:9000 maxconn %d maxqueue 1".formatted(s.maxConnections()));
        } else {
            lines.add("timeout queue " + Settings.exact(s.queueTimeout()));
            lines.add("server app 127.0.0.1:9000 maxconn %d maxqueue %d".formatted(s.maxConnections(), s.queueSize()));
        }
        if (s.tries() > 1) {
            lines.add("retries " + (s.tries() - 1));
            lines.add("retry-on conn-failure empty-response response-timeout");
        } else {
            lines.add("retries 0");
        }
        return String.join("\n", lines) + "\n";
    }

    private static String fpm(Plan plan, Settings s) {
        long seconds = Math.max(1, (s.read().toMillis() + 999) / 1000);
        return """
                ; as tested; more only if memory and database bear it
                pm.max_children = %d
                ; ends what nobody waits for any more
                request_terminate_timeout = %ds
                """.formatted(plan.workers(), seconds);
    }
}
