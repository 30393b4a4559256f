package io.culprit.triage.doctor;

import io.culprit.failure.Condition;
import io.culprit.failure.Diagnosis;
import io.culprit.triage.Triage;
import io.culprit.triage.Verdict;
import io.culprit.triage.chain.Chains;
import io.culprit.triage.chain.Evidence;
import io.culprit.triage.chain.Link;
import io.culprit.triage.classify.LogClassifier;
import io.culprit.triage.read.Filter;
import io.culprit.triage.read.LogFile;
import io.culprit.triage.read.LogFiles;
import io.culprit.triage.read.Progress;
import io.culprit.triage.read.Reading;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The ends of this machine's logs, of the last quarter of an hour, through triage. */
final class RecentLogs {
    private static final long MICROS = 15L * 60 * 1_000_000;
    private static final long TAIL = 8 << 20;
    private static final List<String> FILES = List.of(
            "/var/log/nginx/*.log",
            "/var/log/apache2/*.log",
            "/var/log/haproxy.log",
            "/var/log/php*-fpm*.log",
            "/var/log/php*-fpm/*.log",
            "/var/log/kern.log",
            "/var/log/syslog",
            "/var/log/mysql/*.log");

    private RecentLogs() {}

    static Step look() throws InterruptedException {
        List<String> names = new ArrayList<>();
        List<String> unseen = new ArrayList<>();
        for (String pattern : FILES) {
            find(pattern, names, unseen);
        }
        if (names.isEmpty()) {
            return Step.unseen(
                    "recent logs",
                    unseen.isEmpty()
                            ? "none at the usual places"
                            : "no right to read " + String.join(", ", unseen) + ": root or group adm would");
        }
        LogFiles files = LogFiles.find(names);
        long now = System.currentTimeMillis() * 1000;
        Filter filter = new Filter(now - MICROS, Long.MAX_VALUE, "", "");
        List<LogFile> open = files.files();
        Reading reading = new Reading(
                open, new LogClassifier(), Optional.of(java.time.ZoneId.systemDefault()), filter, Progress.NONE, TAIL);
        var tally = reading.run();
        Evidence evidence = new Evidence(tally, reading.offset(), false, reading::where);
        Triage.Result result = new Triage.Result(open, reading.problems(), evidence, Chains.find(evidence));
        Verdict verdict = new Verdict(result);
        List<String> details = new ArrayList<>(
                unseen.stream().map(u -> "no right to read " + u).toList());
        if (!result.isFinding()) {
            return Step.fine("recent logs", names.size() + " files, nothing in the last 15 minutes")
                    .details(details);
        }
        Diagnosis what = verdict.link()
                .map(Link::root)
                .or(() -> evidence.failed().stream().findFirst().map(f -> f.diagnosis()))
                .orElse(Condition.UNKNOWN);
        return Step.bad(
                        "recent logs",
                        verdict.sentence(),
                        what,
                        "culprit triage " + String.join(" ", names) + " --since 15m")
                .details(details);
    }

    private static void find(String pattern, List<String> names, List<String> unseen) {
        Path path = Path.of(pattern);
        Path folder = Objects.requireNonNull(path.getParent());
        if (folder.toString().contains("*")) {
            try (DirectoryStream<Path> parents = Files.newDirectoryStream(
                    folder.getParent(), folder.getFileName().toString())) {
                parents.forEach(p -> find(p.resolve(path.getFileName()).toString(), names, unseen));
            } catch (IOException e) {
                unseen.add(folder.toString());
            }
            return;
        }
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (DirectoryStream<Path> entries =
                Files.newDirectoryStream(folder, path.getFileName().toString())) {
            for (Path each : entries) {
                if (!Files.isRegularFile(each)) {
                    continue;
                }
                (Files.isReadable(each) ? names : unseen).add(each.toString());
            }
        } catch (IOException e) {
            unseen.add(folder.toString());
        }
    }
}
