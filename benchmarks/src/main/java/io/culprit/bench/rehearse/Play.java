package io.culprit.bench.rehearse;

import io.culprit.sim.pool.Pool;
import io.culprit.sim.pool.PoolFigures;
import io.culprit.sim.pool.Signal;
import io.culprit.sim.pool.Worker;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Plays a rehearsal on its stage, in real time, and says what came of it. Used by one thread. */
final class Play {
    private static final Duration LONGEST = Duration.ofMinutes(3);
    private static final long WAIT_FOR_LOG_MILLIS = 300;

    private final Rehearsal play;
    private final Consumer<String> progress;
    private final List<Second> seconds = new ArrayList<>();
    private final Map<String, Long> highest = new LinkedHashMap<>();
    private final List<String> pendingNotes = new ArrayList<>();
    private int answersSeen;
    private int sentSeen;

    /**
     * @param progress told a line each second
     */
    Play(Rehearsal play, Consumer<String> progress) {
        this.play = play;
        this.progress = progress;
    }

    /**
     * @param directory an empty folder with a short path
     * @param gateway a gateway that runs already, empty to start one
     */
    Outcome play(Path directory, Optional<URI> gateway) throws IOException, InterruptedException {
        if (play.needs().equals("unprivileged") && Privileges.openEverything(directory)) {
            return Outcome.skipped(play, "permissions do not keep this user out; run it as another one");
        }
        PlayEnvironment stage = PlayEnvironment.open(play, directory, gateway);
        List<Answer> answers;
        boolean all;
        Map<String, Long> figures;
        try {
            Thread.sleep(WAIT_FOR_LOG_MILLIS); // the first workers have forked
            try (TimedClients clients = new TimedClients(stage.url())) {
                clients.warmUp();
                long start = clients.begin();
                run(stage, clients, start);
                all = clients.await(LONGEST);
                watch(stage, clients, System.nanoTime() - start);
                answers = clients.answers();
                if (answersSeen < answers.size() || !pendingNotes.isEmpty()) {
                    close(stage, clients); // the last second is over early
                }
            }
            Thread.sleep(WAIT_FOR_LOG_MILLIS);
            figures = highest(stage);
        } finally {
            stage.close();
        }
        Optional<Path> log = stage.accessLog();
        List<String> labels = log.isPresent() ? AccessLabels.read(log.get(), answers.size()) : labels(answers);
        return outcome(labels, answers, figures, stage.log(), all);
    }

    private static List<String> labels(List<Answer> answers) {
        return answers.stream().map(Answer::label).toList();
    }

    /** Does each action when it is due and looks at the pool once a second in between. */
    private void run(PlayEnvironment stage, TimedClients clients, long start) throws IOException, InterruptedException {
        ArrayDeque<Action> left = new ArrayDeque<>(play.timeline());
        long end = play.timeline().get(play.timeline().size() - 1).at().toNanos();
        List<String> happened = new ArrayList<>();
        while (!left.isEmpty()) {
            long now = System.nanoTime() - start;
            Action next = left.peekFirst();
            if (next.at().toNanos() <= now) {
                left.removeFirst();
                happened.add(next.shown());
                perform(next, stage, clients);
                continue;
            }
            watch(stage, clients, now);
            long wait = Math.min(next.at().toNanos() - now, 20_000_000L);
            Thread.sleep(Math.max(1, wait / 1_000_000));
            note(happened);
        }
        note(happened);
        while (System.nanoTime() - start < end || !clients.await(Duration.ofMillis(20))) {
            watch(stage, clients, System.nanoTime() - start);
            if (System.nanoTime() - start > LONGEST.toNanos()) {
                return;
            }
        }
    }

    private void note(List<String> happened) {
        pendingNotes.addAll(happened);
        happened.clear();
    }

    /** Closes every second that is over. */
    private void watch(PlayEnvironment stage, TimedClients clients, long nowNanos) {
        while (seconds.size() < nowNanos / 1_000_000_000L) {
            close(stage, clients);
        }
        figuresNow(stage);
    }

    private void close(PlayEnvironment stage, TimedClients clients) {
        List<Answer> answers = clients.answers();
        Map<String, Integer> counted = new HashMap<>();
        for (Answer each : answers.subList(answersSeen, answers.size())) {
            counted.merge(each.label(), 1, Integer::sum);
        }
        answersSeen = answers.size();
        int sent = clients.sent();
        boolean alive = stage.master().alive() || !stage.pool().workers().isEmpty();
        PoolFigures now = stage.pool().figures();
        var second = new Second(
                seconds.size(),
                List.copyOf(pendingNotes),
                sent - sentSeen,
                counted,
                alive ? now.active() : -1,
                now.idle(),
                now.memoryBytes());
        sentSeen = sent;
        pendingNotes.clear();
        seconds.add(second);
        progress.accept(second.line());
    }

    /** A restart begins to count anew; the play remembers the highest it saw. */
    private void figuresNow(PlayEnvironment stage) {
        PoolFigures now = stage.pool().figures();
        Map<String, Long> figures = new LinkedHashMap<>();
        figures.put("max_children_reached", (long) now.maxChildrenReached());
        figures.put("slow_requests", (long) now.slowRequests());
        figures.put("oom_kills", (long) now.oomKills());
        figures.put("total_processes", (long) now.total());
        figures.put("max_active", (long) now.maxActive());
        figures.put("accepted_conn", now.acceptedConn());
        figures.forEach((name, value) -> highest.merge(name, value, Math::max));
    }

    private Map<String, Long> highest(PlayEnvironment stage) {
        figuresNow(stage);
        return highest;
    }

    private void perform(Action action, PlayEnvironment stage, TimedClients clients) throws IOException {
        if (action instanceof Action.Send send) {
            clients.send(send);
        } else if (action instanceof Action.ToMaster master) {
            stage.master().signal(master.signal());
        } else if (action instanceof Action.ToWorker worker) {
            signal(stage.pool(), worker);
        } else if (action instanceof Action.Start) {
            stage.startFpm();
        } else if (action instanceof Action.Deploy deploy) {
            stage.php().deploy(deploy.scripts());
        } else if (action instanceof Action.Permit permit) {
            Files.setPosixFilePermissions(
                    Path.of(stage.pool().config().listen()), PosixFilePermissions.fromString(symbolic(permit.mode())));
        }
    }

    private static void signal(Pool pool, Action.ToWorker action) {
        boolean busy = action.which().equals("busy");
        List<Worker> chosen = pool.workers().stream()
                .filter(w -> action.which().equals("all")
                        || busy == w.report().state().equals("Running"))
                .sorted(Comparator.comparingInt(Worker::pid))
                .limit(action.which().equals("all") ? Long.MAX_VALUE : 1)
                .toList();
        for (Worker each : chosen) {
            if (action.signal() == Signal.QUIT) {
                each.quit();
            } else {
                each.kill(action.signal());
            }
        }
    }

    private static String symbolic(String octal) {
        int mode = Integer.parseInt(octal, 8);
        var out = new StringBuilder();
        for (int bit = 8; bit >= 0; bit--) {
            out.append((mode & 1 << bit) != 0 ? "rwx".charAt(2 - bit % 3) : '-');
        }
        return out.toString();
    }

    private Outcome outcome(
            List<String> labels, List<Answer> answers, Map<String, Long> figures, List<String> log, boolean all) {
        Map<String, Long> counted = new TreeMap<>();
        labels.forEach(label -> counted.merge(label, 1L, Long::sum));
        Map<String, Long> findings = new LinkedHashMap<>();
        answers.stream().map(Answer::finding).filter(f -> !f.isEmpty()).forEach(f -> findings.merge(f, 1L, Long::sum));
        List<String> differences = new ArrayList<>();
        if (!all) {
            differences.add("some requests had no answer after " + LONGEST.toSeconds() + " s");
        }
        compare("answer", play.answers(), counted, differences);
        counted.keySet().stream()
                .filter(label -> !play.answers().containsKey(label))
                .forEach(label ->
                        differences.add("answer %s: %d came, none was expected".formatted(label, counted.get(label))));
        compare("figure", play.figures(), figures, differences);
        Map<String, Long> lines = new LinkedHashMap<>();
        play.log()
                .keySet()
                .forEach(text -> lines.put(
                        text, log.stream().filter(line -> line.contains(text)).count()));
        compare("log line", play.log(), lines, differences);
        return new Outcome(play, List.copyOf(seconds), counted, findings, figures, log, differences, "");
    }

    private static void compare(
            String what, Map<String, Range> expected, Map<String, Long> found, List<String> differences) {
        expected.forEach((name, range) -> {
            long count = found.getOrDefault(name, 0L);
            if (!range.holds(count)) {
                differences.add("%s %s: %d, expected %s".formatted(what, name, count, range));
            }
        });
    }
}
