package io.culprit.triage.read;

import io.culprit.triage.classify.Finding;
import io.culprit.triage.classify.LogClassifier;
import io.culprit.triage.classify.Program;
import io.culprit.triage.classify.text.Clock;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A look at the beginning and the end of each file: which zone its times are of, and how new the newest is. */
final class Prescan {
    private static final int BYTES = 32 * 1024;
    private static final long MINUTE = 60_000_000L;

    private final LogClassifier classifier;
    private final Map<Long, Integer> offsets = new HashMap<>();
    private long newest = Long.MIN_VALUE;

    private Prescan(LogClassifier classifier) {
        this.classifier = classifier;
    }

    /**
     * The clock for all files: logs that are read together come from the same machine more often than not.
     *
     * @param zone zone of times without one, empty for what the logs themselves tell
     */
    static FileClock look(List<LogFile> files, LogClassifier classifier, Optional<ZoneId> zone) {
        Prescan scan = new Prescan(classifier);
        long changed = Long.MIN_VALUE;
        for (LogFile file : files) {
            if (file.isStream()) {
                continue;
            }
            try {
                scan.file(file);
                changed = Math.max(changed, file.source().changedMillis() * 1000);
            } catch (IOException | RuntimeException e) {
                continue; // whoever reads the whole file says why it cannot be read
            }
        }
        long now = System.currentTimeMillis() * 1000;
        long newest = scan.newest != Long.MIN_VALUE ? scan.newest : changed != Long.MIN_VALUE ? changed : now;
        long offset = zone.or(() -> scan.offset().isPresent() ? Optional.empty() : Optional.of(ZoneId.systemDefault()))
                .map(z -> z.getRules()
                                .getOffset(Instant.ofEpochMilli(newest / 1000))
                                .getTotalSeconds()
                        * 1_000_000L)
                .orElseGet(() -> scan.offset().orElse(0L));
        return new FileClock(offset, newest);
    }

    private void file(LogFile file) throws IOException {
        if (file.splits()) {
            part(file, 0);
            if (file.size() > 2L * BYTES) {
                part(file, file.size() - BYTES);
            }
            return;
        }
        try (InputStream in = file.open()) {
            byte[] head = in.readNBytes(BYTES);
            text(head, head.length);
        }
    }

    private void part(LogFile file, long from) throws IOException {
        try (InputStream in = file.source().open(from)) {
            byte[] bytes = in.readNBytes(BYTES);
            text(bytes, bytes.length);
        }
    }

    private void text(byte[] bytes, int length) {
        for (String line : new String(bytes, 0, length, StandardCharsets.ISO_8859_1).split("\n")) {
            Optional<Finding> found = classifier.classify(line);
            if (found.isPresent()) {
                look(found.get(), line);
            }
        }
    }

    private void look(Finding f, String line) {
        if (f.clock() != Clock.ZONED && f.clock() != Clock.LOCAL) {
            return;
        }
        newest = Math.max(newest, f.micros());
        boolean serversZone = f.clock() == Clock.ZONED
                && (f.program() == Program.NGINX_ACCESS
                        || f.program() == Program.APACHE_ACCESS
                        || f.program() == Program.PHP_FPM_ACCESS);
        if (serversZone) {
            offset(line).ifPresent(o -> offsets.merge(o, 1, Integer::sum));
        }
    }

    /** The zone that an access log writes: {@code +0200]} or {@code +02:00]}. */
    private static Optional<Long> offset(String line) {
        int close = line.indexOf("] \"");
        int at = Math.max(line.lastIndexOf('+', close), line.lastIndexOf('-', close));
        if (close < 0 || at < 0 || close - at > 6 || close - at < 5) {
            return Optional.empty();
        }
        String digits = line.substring(at + 1, close).replace(":", "");
        if (digits.length() != 4 || !digits.chars().allMatch(Character::isDigit)) {
            return Optional.empty();
        }
        int number = Integer.parseInt(digits);
        long minutes = number / 100 * 60L + number % 100;
        return Optional.of((line.charAt(at) == '-' ? -minutes : minutes) * MINUTE);
    }

    private Optional<Long> offset() {
        return offsets.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey);
    }
}
