package io.culprit.triage.doctor;

import io.culprit.failure.Cause;
import io.culprit.failure.Condition;
import io.culprit.triage.conf.Amount;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The machine: units, processes ended for memory, memory, disks, file descriptors. */
final class MachineCheck {
    private static final List<String> PLACES =
            List.of("/", "/var", "/var/log", "/var/lib", "/tmp", "/run", "/srv", "/home");
    private static final double FULL = 0.02;
    private static final double NEARLY = 0.08;

    private MachineCheck() {}

    /** Units of servers, PHP and databases that are not running. */
    static Step units() {
        Optional<String> text = Shell.run(
                "systemctl",
                "list-units",
                "--all",
                "--plain",
                "--no-legend",
                "--type=service",
                "nginx*",
                "apache2*",
                "haproxy*",
                "php*-fpm*",
                "mysql*",
                "mariadb*",
                "postgresql*",
                "redis*",
                "gunicorn*",
                "puma*",
                "tomcat*",
                "culprit*");
        if (text.isEmpty()) {
            return Step.unseen("units", "no systemd answers here (a container, or another service manager)");
        }
        List<String> bad = new ArrayList<>();
        List<String> good = new ArrayList<>();
        for (String line : text.get().split("\n")) {
            String[] w = line.strip().split("\\s+");
            if (w.length >= 4 && !w[1].equals("not-found")) {
                (w[2].equals("active") ? good : bad).add(w[0].replace(".service", "") + " " + w[2] + " (" + w[3] + ")");
            }
        }
        List<String> failed = bad.stream().filter(u -> u.contains("failed")).toList();
        if (!failed.isEmpty()) {
            String unit = failed.get(0).split(" ")[0];
            return Step.bad(
                            "units",
                            String.join(", ", failed),
                            Condition.UPSTREAM_EXITED,
                            "systemctl status " + unit + "; journalctl -u " + unit + " -n 50")
                    .details(good);
        }
        return Step.fine(
                "units",
                good.isEmpty()
                        ? "none that is known here"
                        : String.join(", ", good) + (bad.isEmpty() ? "" : "; stopped: " + String.join(", ", bad)));
    }

    /** Processes that the kernel ended, since the start of the machine and by control group. */
    static Step kills() {
        long machine =
                Shell.file("/proc/vmstat").map(t -> Shell.number(t, "oom_kill")).orElse(-1L);
        List<String> groups = new ArrayList<>();
        groups(Path.of("/sys/fs/cgroup"), 0, groups);
        if (machine < 0 && groups.isEmpty()) {
            return Step.unseen("killed for memory", "this kernel does not count them (/proc/vmstat)");
        }
        if (machine > 0 || !groups.isEmpty()) {
            return Step.warning(
                            "killed for memory",
                            Math.max(machine, groups.size()) + " processes since the machine started",
                            Condition.WORKER_OOM_KILLED,
                            "journalctl -k | grep -i 'killed process'; dmesg -T | grep -i 'killed process'")
                    .details(groups);
        }
        return Step.fine("killed for memory", "none since the machine started");
    }

    private static void groups(Path folder, int depth, List<String> found) {
        if (depth > 3) {
            return;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path each : entries) {
                if (each.getFileName().toString().equals("memory.events")) {
                    long kills = Shell.file(each.toString())
                            .map(t -> Shell.number(t, "oom_kill "))
                            .orElse(0L);
                    if (kills > 0 && found.size() < 10) {
                        found.add(folder + ": " + kills);
                    }
                } else if (Files.isDirectory(each)) {
                    groups(each, depth + 1, found);
                }
            }
        } catch (IOException e) {
            return; // a group that ended meanwhile
        }
    }

    /** Memory of the machine and of the control group this runs in. */
    static Step memory() {
        Optional<String> info = Shell.file("/proc/meminfo");
        if (info.isEmpty()) {
            return Step.unseen("memory", "no /proc here");
        }
        long total = Shell.number(info.get(), "MemTotal:") << 10;
        long available = Shell.number(info.get(), "MemAvailable:") << 10;
        long swap = Shell.number(info.get(), "SwapTotal:") - Shell.number(info.get(), "SwapFree:") << 10;
        String text = Amount.shown(available) + " of " + Amount.shown(total) + " can be had, "
                + Amount.shown(Math.max(0, swap)) + " swapped out";
        ControlGroup group = ControlGroup.of("self");
        if (group.limit() < total && group.used() >= 0) {
            long left = Math.max(0, group.limit() - group.used());
            text += "; the control group has " + Amount.shown(left) + " of " + Amount.shown(group.limit()) + " left";
            available = Math.min(available, left);
            total = group.limit();
        }
        double share = (double) available / Math.max(1, total);
        return share < FULL
                ? Step.bad("memory", text, Condition.WORKER_OOM_KILLED, "ps aux --sort=-rss | head")
                : share < NEARLY
                        ? Step.warning("memory", text, Condition.WORKER_OOM_KILLED, "ps aux --sort=-rss | head")
                        : Step.fine("memory", text);
    }

    /** Space and inodes. */
    static Step disks() {
        List<String> full = new ArrayList<>();
        List<String> shown = new ArrayList<>();
        Set<String> seen = new LinkedHashSet<>();
        for (String place : PLACES) {
            try {
                FileStore store = Files.getFileStore(Path.of(place));
                if (store.getTotalSpace() > 0 && seen.add(store.toString() + store.getTotalSpace())) {
                    double free = (double) store.getUsableSpace() / store.getTotalSpace();
                    String text = place + " " + Math.round(100 - free * 100) + " %";
                    (free < FULL ? full : shown).add(text);
                }
            } catch (IOException e) {
                continue; // not here
            }
        }
        Shell.run("df", "-Pi").ifPresent(text -> inodes(text, full));
        return full.isEmpty()
                ? Step.fine("disks", String.join(", ", shown) + " full")
                : Step.bad(
                        "disks",
                        "full: " + String.join(", ", full),
                        Condition.MACHINE_DISK_FULL,
                        "df -h; df -i; du -xh --max-depth=2 / | sort -h | tail");
    }

    private static void inodes(String text, List<String> full) {
        for (String line : text.split("\n")) {
            String[] w = line.strip().split("\\s+");
            if (w.length >= 6 && w[4].matches("(9[89]|100)%")) {
                full.add(w[5] + " inodes " + w[4]);
            }
        }
    }

    /** Descriptors of the servers, against their limits. */
    static Step descriptors(Processes processes) {
        List<String> close = new ArrayList<>();
        int looked = 0;
        for (Processes.Running each : processes.all()) {
            long limit = Shell.file("/proc/" + each.pid() + "/limits")
                    .map(t -> Shell.number(t, "Max open files"))
                    .orElse(-1L);
            long open = open(each.pid());
            looked += open >= 0 ? 1 : 0;
            if (limit > 0 && open > limit * 9 / 10) {
                close.add(each.kind() + " (" + each.pid() + ") " + open + " of " + limit);
            }
        }
        if (looked == 0 && !processes.all().isEmpty()) {
            return Step.unseen("file descriptors", "other users' processes may not be looked at: root would");
        }
        return close.isEmpty()
                ? Step.fine("file descriptors", looked + " processes looked at, none near its limit")
                : Step.bad(
                        "file descriptors",
                        String.join(", ", close),
                        Cause.GATEWAY_FD_LIMIT,
                        "cat /proc/PID/limits; ls /proc/PID/fd | wc -l");
    }

    private static long open(int pid) {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
            long count = 0;
            for (Path each : entries) {
                count += each == null ? 0 : 1;
            }
            return count;
        } catch (IOException e) {
            return -1;
        }
    }
}
