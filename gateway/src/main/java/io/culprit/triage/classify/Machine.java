package io.culprit.triage.classify;

import io.culprit.failure.Blame;
import io.culprit.failure.Cause;
import io.culprit.failure.Condition;
import io.culprit.failure.Diagnosis;
import io.culprit.triage.classify.text.Clock;
import io.culprit.triage.classify.text.Stamp;
import io.culprit.triage.classify.text.Times;
import io.culprit.triage.classify.text.Words;
import org.jspecify.annotations.Nullable;

/** What the kernel and systemd say of processes that ended and of resources that ran out. */
final class Machine implements LineReader {
    @Override
    public @Nullable Finding read(Line line) {
        String s = line.text();
        Stamp stamp = line.stamp();
        if (line.first() == '[') {
            int close = s.indexOf("] ");
            if (close > 2 && close < 40) {
                Stamp own = boot(s, close);
                if (own.exists() || line.tag().equals("kernel")) {
                    s = s.substring(close + 2);
                    stamp = stamp.exists() ? stamp : own;
                }
            }
        }
        Finding found = kernel(s);
        if (found == null) {
            found = line.tag().equals("kernel") ? Finding.noise(Program.KERNEL) : systemd(line, s);
        }
        return found == null ? null : found.at(stamp).host(line.host());
    }

    /** {@code [81220.104417] } or {@code [Thu Dec  7 00:05:15 2017] }. */
    private static Stamp boot(String s, int close) {
        Stamp wall = Times.asctime(s, 1);
        if (wall.exists()) {
            return wall.end() == close ? wall : Stamp.NONE;
        }
        long micros = Words.micros(s.substring(1, close).strip());
        return micros < 0 || s.lastIndexOf('.', close) < 0 ? Stamp.NONE : new Stamp(micros, Clock.BOOT, close + 1);
    }

    private static @Nullable Finding kernel(String s) {
        boolean killed =
                s.contains("Killed process ") && !s.startsWith("Killed process") || s.startsWith("Killed process ");
        if (killed || s.contains("Kill process ") && s.contains(" score ")) {
            String name = killed ? "Killed process " : "Kill process ";
            return kernel(Condition.WORKER_OOM_KILLED)
                    .worker(Words.numberAfter(s, name))
                    .script(Words.between(s.substring(s.indexOf(name)), "(", ")"))
                    .pool(s.contains("emory cgroup") ? "cgroup" : "");
        }
        if (s.startsWith("oom-kill:constraint=")) {
            return kernel(Condition.WORKER_OOM_KILLED)
                    .worker(Words.numberAfter(s, ",pid="))
                    .script(Words.between(s, ",task=", ","))
                    .pool(s.contains("CONSTRAINT_MEMCG") ? "cgroup" : "");
        }
        if (s.contains("]: segfault at ") || s.contains("] general protection ") || s.contains("] trap ")) {
            int open = s.indexOf('[');
            return kernel(Condition.WORKER_SEGFAULT)
                    .worker(Words.number(s, open + 1, Words.digitsEnd(s, open + 1)))
                    .script(library(s));
        }
        if (s.contains("ossible SYN flooding on port ")) {
            String port = s.substring(s.indexOf(" on port ") + 9);
            int end = port.indexOf(". ");
            return kernel(Cause.CONNECT_BACKLOG_FULL).upstream(end < 0 ? port : port.substring(0, end));
        }
        if (s.contains("nf_conntrack: table full") || s.contains("ip_conntrack: table full")) {
            return kernel(Condition.MACHINE_CONNTRACK_FULL);
        }
        if (s.contains("blocked for more than ") && s.contains("INFO: task ")) {
            return kernel(Condition.MACHINE_IO_HUNG);
        }
        if (s.contains("Remounting filesystem read-only") || s.contains("re-mounted") && s.contains("read-only")) {
            return kernel(Condition.MACHINE_DISK_FAILED);
        }
        if (s.contains("I/O error, dev ")
                || s.contains("EXT4-fs error (device")
                || s.contains("Buffer I/O error on dev")) {
            return kernel(Condition.MACHINE_DISK_FAILED);
        }
        if (s.contains("TCP: out of memory -- consider tuning tcp_mem")) {
            return kernel(Condition.MACHINE_TCP_MEMORY);
        }
        return s.contains("no space left") && s.contains("EXT4-fs") ? kernel(Condition.MACHINE_DISK_FULL) : null;
    }

    /** {@code ... in opcache.so[7f...+1000]}: what crashed. */
    private static String library(String s) {
        int at = s.lastIndexOf(" in ");
        int end = at < 0 ? -1 : s.indexOf('[', at);
        return end < 0 ? "" : s.substring(at + 4, end);
    }

    private static Finding kernel(Diagnosis what) {
        return Finding.event(Program.KERNEL).is(what);
    }

    private static @Nullable Finding systemd(Line line, String s) {
        int colon = s.indexOf(": ");
        String unit = colon > 0 && unit(s.substring(0, colon)) ? s.substring(0, colon) : "";
        if (unit.isEmpty() && !line.tag().equals("systemd")) {
            return null;
        }
        Finding event = Finding.event(Program.SYSTEMD).pool(unit);
        if (unit.isEmpty()) {
            return manager(event, s);
        }
        String m = s.substring(colon + 2);
        if (m.startsWith("Main process exited") || m.startsWith("main process exited")) {
            return exited(event, m);
        }
        if (m.contains("killed by the OOM killer") || m.contains("result 'oom-kill'")) {
            return event.is(Condition.WORKER_OOM_KILLED);
        }
        if (m.startsWith("Start request repeated too quickly") || m.contains("result 'start-limit-hit'")) {
            return event.is(Condition.UPSTREAM_START_LIMIT);
        }
        if (m.contains("operation timed out") || m.contains("result 'timeout'")) {
            return event.is(Condition.UPSTREAM_START_FAILED);
        }
        if (m.startsWith("Watchdog timeout")) {
            return event.is(Condition.WORKER_TIMEOUT);
        }
        if (m.contains("timed out. Killing.")) {
            return event.is(Condition.UPSTREAM_KILLED);
        }
        if (m.startsWith("Scheduled restart job")) {
            return event.is(Condition.UPSTREAM_RESTART).blame(Blame.UPSTREAM);
        }
        boolean failed = m.startsWith("Failed with result 'exit-code'") || m.startsWith("Control process exited");
        return failed
                ? event.is(Condition.UPSTREAM_START_FAILED)
                : Finding.noise(Program.SYSTEMD).pool(unit);
    }

    private static Finding exited(Finding event, String m) {
        if (m.contains("code=killed")) {
            boolean order = m.contains("status=15") || m.contains("status=1/");
            return event.is(order ? Condition.UPSTREAM_RESTART : Condition.UPSTREAM_KILLED);
        }
        if (m.contains("code=dumped")) {
            return event.is(Condition.WORKER_SEGFAULT);
        }
        long status = Words.numberAfter(m, "status=");
        return event.is(
                status == 78 || status == 127 || status == 126 || status >= 200
                        ? Condition.UPSTREAM_CONFIG_ERROR
                        : Condition.UPSTREAM_EXITED);
    }

    /** Lines of the manager itself, which name the unit at their end: {@code Stopped php8.2-fpm.service - The PHP ...}. */
    private static Finding manager(Finding event, String s) {
        int space = s.indexOf(' ');
        int end = s.indexOf(' ', space + 1);
        String unit = space < 0 ? "" : s.substring(space + 1, end < 0 ? s.length() : end);
        event.pool(unit.endsWith(".service") ? unit : "");
        boolean service =
                unit.endsWith(".service") || s.contains("FastCGI") || s.contains("nginx") || s.contains("Apache");
        if (!service) {
            return Finding.noise(Program.SYSTEMD);
        }
        if (s.startsWith("Stopping ") || s.startsWith("Reloading ")) {
            return event.is(Condition.UPSTREAM_RESTART);
        }
        if (s.startsWith("Failed to start ")) {
            return event.is(Condition.UPSTREAM_START_FAILED);
        }
        return s.startsWith("Started ")
                ? event.is(Condition.UPSTREAM_UP)
                : Finding.noise(Program.SYSTEMD).pool(event.pool());
    }

    private static boolean unit(String name) {
        return name.indexOf(' ') < 0
                && (name.endsWith(".service") || name.endsWith(".socket") || name.endsWith(".scope"));
    }
}
