package io.culprit.triage;

import io.culprit.triage.chain.Chains;
import io.culprit.triage.chain.Evidence;
import io.culprit.triage.chain.Link;
import io.culprit.triage.classify.LogClassifier;
import io.culprit.triage.classify.proxy.LogFormat;
import io.culprit.triage.read.Filter;
import io.culprit.triage.read.LogFile;
import io.culprit.triage.read.LogFiles;
import io.culprit.triage.read.Progress;
import io.culprit.triage.read.Reading;
import io.culprit.triage.tally.Tally;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads logs and says what broke. */
public final class Triage {
    private Triage() {}

    /**
     * What was found.
     *
     * @param files what was read
     * @param problems what could not be read, each with its file and why
     * @param evidence failures and events
     * @param links what lies behind the failures
     */
    public record Result(List<LogFile> files, List<String> problems, Evidence evidence, List<Link> links) {
        /** Whether anything failed, or anything happened that makes requests fail. */
        public boolean isFinding() {
            return new Verdict(this).isFinding();
        }

        /** All that was counted. */
        public Tally tally() {
            return evidence.tally();
        }
    }

    /**
     * Reads files and folders.
     *
     * @param arguments names; {@code -} is standard input
     * @param formats access logs' formats besides the known ones, as nginx's log_format has them
     * @param zone zone of times without one, empty for what the logs themselves tell
     * @throws IllegalArgumentException when a format is none
     */
    public static Result run(
            List<String> arguments, List<String> formats, Optional<ZoneId> zone, Filter filter, Progress progress)
            throws InterruptedException {
        LogFiles found = LogFiles.find(arguments);
        List<String> problems = new ArrayList<>(found.problems());
        List<LogFormat> known = new ArrayList<>();
        formats.forEach(f -> known.add(new LogFormat(f)));
        for (Path file : found.configurations()) {
            ConfiguredFormats.of(file, problems).forEach(f -> known.add(new LogFormat(f)));
        }
        Reading reading = new Reading(found.files(), new LogClassifier(known), zone, filter, progress);
        Tally tally = reading.run();
        problems.addAll(reading.problems());
        Evidence evidence = new Evidence(tally, reading.offset(), filter.isNone(), reading::where);
        return new Result(found.files(), List.copyOf(problems), evidence, Chains.find(evidence));
    }
}
