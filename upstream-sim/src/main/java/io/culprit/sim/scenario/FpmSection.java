package io.culprit.sim.scenario;

import io.culprit.sim.pool.MasterConfig;
import io.culprit.sim.pool.PoolConfig;
import io.culprit.sim.pool.PoolConfig.MemoryConfig;
import io.culprit.sim.pool.PoolConfig.Pm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads {@code fpm}: FPM's own configuration in YAML, its keys without the prefixes {@code pm.} and {@code request_}. */
final class FpmSection {
    private static final int LARGEST_BACKLOG = 65_535;

    /** What Debian's kernel makes of FPM's default of -1: somaxconn. */
    private static final int DEFAULT_BACKLOG = 4096;

    private FpmSection() {}

    static MasterConfig read(Mapping fpm, Listens listens) {
        Duration control = fpm.duration("process_control_timeout", Duration.ZERO);
        int threshold = fpm.integer("emergency_restart_threshold", 0, 0, 1_000_000);
        Duration interval = fpm.duration("emergency_restart_interval", Duration.ofSeconds(60));
        List<PoolConfig> pools = new ArrayList<>();
        Optional<Mapping> section = fpm.mapping("pools");
        section.ifPresent(all -> {
            for (String name : all.keys()) {
                all.mapping(name).ifPresent(each -> pools.add(pool(name, each, listens)));
            }
        });
        if (pools.isEmpty()) {
            fpm.problem("pools", "\"fpm.pools\" names no pool");
        }
        fpm.finish();
        return new MasterConfig(control, threshold, interval, List.copyOf(pools));
    }

    private static PoolConfig pool(String name, Mapping pool, Listens listens) {
        Pm pm = pool.choice("pm", Pm.STATIC, Pm.class);
        int most = pool.integer("max_children", 5, 1, 10_000);
        int least = pool.integer("min_spare_servers", 1, 1, 10_000);
        int spare = pool.integer("max_spare_servers", Math.max(least, Math.min(3, most)), 1, 10_000);
        int start = pool.integer("start_servers", least + (spare - least) / 2, 1, 10_000);
        if (pm == Pm.DYNAMIC) {
            check(pool, most, least, spare, start);
        }
        String terminate = pool.text("request_terminate_timeout", "0");
        PoolConfig read = new PoolConfig(
                name,
                listen(name, pool, listens),
                pool.parsed("listen_mode", "0666", FpmSection::octal),
                pool.choice("protocol", PoolConfig.Protocol.FASTCGI, PoolConfig.Protocol.class),
                pm,
                most,
                start,
                least,
                spare,
                pool.duration("process_idle_timeout", Duration.ofSeconds(10)),
                pool.integer("max_requests", 0, 0, 1_000_000),
                pool.integer("backlog", DEFAULT_BACKLOG, 1, LARGEST_BACKLOG),
                terminate.equals("0") ? Duration.ZERO : seconds(pool, "request_terminate_timeout"),
                seconds(pool, "request_slowlog_timeout"),
                pool.text("slowlog", ""),
                pool.duration("max_execution_time", Duration.ZERO),
                pool.text("status_path", "/fpm-status"),
                pool.text("status_listen"),
                pool.text("ping_path", "/fpm-ping"),
                pool.text("ping_response", "pong"),
                memory(pool),
                pool.text("site", ""));
        pool.finish();
        return read;
    }

    private static String octal(String text) {
        if (!text.matches("0?[0-7]{3}")) {
            throw new IllegalArgumentException("\"" + text + "\": permissions were expected, such as 0660");
        }
        return text;
    }

    private static void check(Mapping pool, int most, int least, int spare, int start) {
        if (start < least || start > spare) {
            pool.problem(
                    "start_servers",
                    "start_servers(%d) must not be less than min_spare_servers(%d) and not greater than max_spare_servers(%d)"
                            .formatted(start, least, spare));
        }
        if (spare > most) {
            pool.problem(
                    "max_spare_servers",
                    "max_spare_servers(%d) must not be greater than max_children(%d)".formatted(spare, most));
        }
    }

    /** FPM counts these in whole seconds. */
    private static Duration seconds(Mapping pool, String key) {
        Duration value = pool.duration(key, Duration.ZERO);
        if (value.toMillis() % 1000 != 0) {
            pool.problem(key, "\"" + pool.name(key) + "\" must be whole seconds, as FPM counts them");
        }
        return value;
    }

    private static String listen(String name, Mapping pool, Listens listens) {
        String listen = pool.text("listen", "unix");
        if (listen.equals("unix") || listen.equals("tcp")) {
            return listens.address(name, listen.equals("tcp"));
        }
        if (!listen.startsWith("/") && !listen.matches("[0-9.]+:[0-9]{1,5}")) {
            pool.problem(
                    "listen",
                    "\"%s\" is \"%s\"; a path, an address with port, unix or tcp was expected"
                            .formatted(pool.name("listen"), listen));
        }
        return listen;
    }

    private static MemoryConfig memory(Mapping pool) {
        Optional<Mapping> section = pool.mapping("memory");
        if (section.isEmpty()) {
            return MemoryConfig.DEFAULT;
        }
        MemoryConfig read = new MemoryConfig(
                section.get().size("base", MemoryConfig.DEFAULT.base()),
                section.get().size("limit", MemoryConfig.DEFAULT.limit()),
                section.get().size("total", 0));
        section.get().finish();
        return read;
    }
}
