package io.culprit.bench.peers.usage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the kernel counts for a process and its descendants ({@code proc(5)}). Stateless. */
public final class ProcFs {
    /** USER_HZ is 100 on every Linux there is. */
    private static final long TICK_MICROS = 10_000;

    private ProcFs() {}

    /** The process and all that descend from it. */
    static List<Long> tree(long pid) {
        List<Long> all = new ArrayList<>(List.of(pid));
        ProcessHandle.of(pid).ifPresent(p -> p.descendants().forEach(d -> all.add(d.pid())));
        return all;
    }

    /** CPU time of the tree so far, user and kernel, in microseconds. */
    public static long cpuMicros(long pid) throws IOException {
        long ticks = 0;
        for (long each : tree(pid)) {
            String stat = Files.readString(Path.of("/proc/" + each + "/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            ticks += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        }
        return ticks * TICK_MICROS;
    }

    /** Memory of the tree, in bytes; what processes share is counted once (Pss). */
    public static long rss(long pid) throws IOException {
        long kib = 0;
        for (long each : tree(pid)) {
            kib += Files.readAllLines(Path.of("/proc/" + each + "/smaps_rollup")).stream()
                    .filter(line -> line.startsWith("Pss:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .sum();
        }
        return kib << 10;
    }
}
