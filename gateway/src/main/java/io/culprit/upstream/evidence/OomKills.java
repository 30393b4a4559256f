package io.culprit.upstream.evidence;

import io.culprit.failure.Text;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether the kernel killed a process for want of memory in the last minutes. The counter in {@code /proc/vmstat} is
 * open to everybody and says that it happened; the kernel's log says to whom, where we may read it. Called by one thread
 * at a time.
 */
final class OomKills {
    /** How long a kill is worth mentioning. */
    static final Duration RECENT = Duration.ofMinutes(5);

    private static final List<String> LOGS = List.of("var/log/kern.log", "var/log/syslog", "var/log/messages");
    private static final int TAIL = 64 * 1024;
    private static final Pattern VICTIM = Pattern.compile(
            "(?:Out of memory|Memory cgroup out of memory): Kill(?:ed)? process (\\d+) \\(([^)]*)\\)(?:.*anon-rss:(\\d+)kB)?");

    private final Path root;
    private final LongSupplier nanoClock;
    private long known;
    private long lastNanos = Long.MIN_VALUE;
    private long lastCount;

    /**
     * @param root normally {@code /}
     * @param nanoClock normally {@link System#nanoTime}
     */
    OomKills(Path root, LongSupplier nanoClock) {
        this.root = root;
        this.nanoClock = nanoClock;
        this.known = counter().orElse(0L);
    }

    /** What there is to say; empty when nothing was killed, or when nobody tells us. */
    Optional<String> recent() {
        long now = nanoClock.getAsLong();
        long count = counter().orElse(known);
        if (count > known) {
            lastCount = count - known;
            lastNanos = now;
            known = count;
        }
        if (lastNanos == Long.MIN_VALUE || now - lastNanos > RECENT.toNanos()) {
            return Optional.empty();
        }
        return Optional.of("the kernel's OOM killer ended %s, noticed %s ago%s"
                .formatted(
                        lastCount == 1 ? "a process" : lastCount + " processes",
                        Text.duration(now - lastNanos),
                        victim().map(v -> ": " + v).orElse("")));
    }

    private Optional<Long> counter() {
        try {
            for (String line : Files.readAllLines(root.resolve("proc/vmstat"))) {
                if (line.startsWith("oom_kill ")) {
                    return Optional.of(
                            Long.parseLong(line.substring("oom_kill ".length()).trim()));
                }
            }
        } catch (IOException e) {
            return Optional.empty();
        }
        return Optional.empty();
    }

    private Optional<String> victim() {
        for (String each : LOGS) {
            Optional<String> last = lastVictim(root.resolve(each));
            if (last.isPresent()) {
                return last;
            }
        }
        return Optional.empty();
    }

    private static Optional<String> lastVictim(Path log) {
        if (!Files.isReadable(log)) {
            return Optional.empty();
        }
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            long start = Math.max(0, file.length() - TAIL);
            byte[] tail = new byte[(int) (file.length() - start)];
            file.seek(start);
            file.readFully(tail);
            return victimIn(new String(tail, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return Optional.empty(); // rotated under our hands
        }
    }

    /** The last victim named in a piece of the kernel's log. */
    static Optional<String> victimIn(String log) {
        Matcher matcher = VICTIM.matcher(log);
        Optional<String> last = Optional.empty();
        while (matcher.find()) {
            String memory = matcher.group(3) == null ? "" : ", " + Long.parseLong(matcher.group(3)) / 1024 + " MiB";
            last = Optional.of("process %s (%s%s)".formatted(matcher.group(1), matcher.group(2), memory));
        }
        return last;
    }
}
