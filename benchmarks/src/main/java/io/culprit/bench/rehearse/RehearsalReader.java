package io.culprit.bench.rehearse;

import io.culprit.sim.pool.Signal;
import io.culprit.sim.scenario.Listens;
import io.culprit.sim.scenario.Mapping;
import io.culprit.sim.scenario.ScenarioFile;
import io.culprit.sim.script.Scripts;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads scenario files for a rehearsal; a file with {@code variants} holds several plays. */
final class RehearsalReader {
    private static final Set<String> FIGURES = Set.of(
            "max_children_reached", "slow_requests", "oom_kills", "total_processes", "max_active", "accepted_conn");

    private final Mapping root;
    private final Path path;
    private final Listens listens;

    private RehearsalReader(Mapping root, Path path, Listens listens) {
        this.root = root;
        this.path = path;
        this.listens = listens;
    }

    /**
     * @param listens where pools listen that do not say so
     * @throws IOException with one line {@code file:line:column: problem} for each problem
     */
    static List<Rehearsal> read(Path path, Listens listens) throws IOException {
        List<String> problems = new ArrayList<>();
        Mapping root = Mapping.read(path, problems);
        List<Rehearsal> plays = new RehearsalReader(root, path, listens).plays();
        root.finish();
        if (!problems.isEmpty()) {
            // what variants have in common is read for each of them
            throw new IOException(String.join("\n", new LinkedHashSet<>(problems)));
        }
        return plays;
    }

    private List<Rehearsal> plays() {
        String name = path.getFileName().toString().replaceAll("\\.yaml$", "");
        List<Mapping> variants = root.list("variants");
        if (variants.isEmpty()) {
            return play(root, name).map(List::of).orElse(List.of());
        }
        List<Rehearsal> plays = new ArrayList<>();
        for (Mapping each : variants) {
            play(each, name + ": " + each.text("name", "variant " + (plays.size() + 1)))
                    .ifPresent(plays::add);
            each.finish();
        }
        for (String key : List.of("fpm", "scripts", "gateway", "servers", "timeline", "expect", "describe", "needs")) {
            root.has(key);
        }
        return plays;
    }

    /** A variant's own section counts instead of the file's. */
    private Mapping owner(Mapping variant, String key) {
        return variant.has(key) ? variant : root;
    }

    private Optional<Rehearsal> play(Mapping variant, String name) {
        Mapping simulated = owner(variant, "fpm");
        ScenarioFile sim = ScenarioFile.from(simulated, listens);
        if (sim.fpm().isEmpty()) {
            simulated.problem("fpm", "\"fpm\" is missing: a rehearsal needs a simulated FPM");
            return Optional.empty();
        }
        Mapping expecting = owner(variant, "expect");
        Optional<Mapping> expect = expecting.mapping("expect");
        if (expect.isEmpty()) {
            expecting.problem("expect", "\"expect\" is missing: a rehearsal says what should come out");
        }
        Map<String, Range> answers = expect.map(e -> counts(e, "answers")).orElse(Map.of());
        Map<String, Range> figures = expect.map(e -> counts(e, "figures")).orElse(Map.of());
        expect.flatMap(e -> e.mapping("figures"))
                .ifPresent(section -> section.keys().stream()
                        .filter(key -> !FIGURES.contains(key))
                        .forEach(key -> section.problem(
                                key,
                                "there is no figure \"%s\"; known are %s"
                                        .formatted(key, new java.util.TreeSet<>(FIGURES)))));
        Map<String, Range> log = expect.map(e -> counts(e, "log")).orElse(Map.of());
        expect.ifPresent(Mapping::finish);
        return Optional.of(new Rehearsal(
                path.toString(),
                name,
                root.text("describe", ""),
                owner(variant, "needs").parsed("needs", "", RehearsalReader::needs),
                sim.fpm().get(),
                ScenarioFile.scripts(owner(variant, "scripts")),
                owner(variant, "gateway").flow("gateway"),
                owner(variant, "gateway").place("gateway"),
                owner(variant, "servers").flow("servers"),
                timeline(owner(variant, "timeline")),
                answers,
                figures,
                log));
    }

    private static String needs(String text) {
        if (!text.equals("unprivileged")) {
            throw new IllegalArgumentException("\"" + text + "\": unprivileged was expected");
        }
        return text;
    }

    private static Map<String, Range> counts(Mapping expect, String key) {
        Map<String, Range> counts = new LinkedHashMap<>();
        expect.mapping(key)
                .ifPresent(section -> section.keys()
                        .forEach(name -> counts.put(name, section.parsed(name, new Range(0, 0), Range::parse))));
        return counts;
    }

    private static List<Action> timeline(Mapping owner) {
        List<Action> actions = new ArrayList<>();
        List<Mapping> entries = owner.list("timeline");
        for (Mapping each : entries) {
            action(each).ifPresent(actions::add);
            each.finish();
        }
        if (entries.isEmpty()) {
            owner.problem("timeline", "\"timeline\" is missing or empty: nothing would happen");
        }
        actions.sort(Comparator.comparing(Action::at));
        return List.copyOf(actions);
    }

    private static Optional<Action> action(Mapping entry) {
        Duration at = entry.duration("at", Duration.ZERO);
        if (entry.has("send")) {
            return Optional.of(new Action.Send(
                    at,
                    entry.integer("send", 1, 1, 100_000),
                    entry.duration("over", Duration.ZERO),
                    entry.text("method", "GET"),
                    entry.parsed("path", "/", RehearsalReader::path),
                    (int) Math.min(entry.size("body", 0), 1 << 30),
                    entry.has("patience") ? Optional.of(entry.duration("patience", Duration.ZERO)) : Optional.empty()));
        }
        if (entry.has("signal")) {
            return Optional.of(new Action.ToMaster(at, entry.parsed("signal", Signal.TERM, RehearsalReader::signal)));
        }
        if (entry.has("kill")) {
            String which = entry.parsed("kill", "busy", RehearsalReader::which);
            return Optional.of(
                    new Action.ToWorker(at, which, entry.parsed("with", Signal.KILL, RehearsalReader::signal)));
        }
        if (entry.has("start")) {
            return Optional.of(new Action.Start(at));
        }
        if (entry.has("scripts")) {
            Scripts scripts = ScenarioFile.scripts(entry);
            String names = entry.mapping("scripts")
                    .map(s -> String.join(", ", s.keys()))
                    .orElse("");
            return Optional.of(new Action.Deploy(at, scripts, names));
        }
        if (entry.has("chmod")) {
            return Optional.of(new Action.Permit(at, entry.text("chmod", "0666")));
        }
        entry.problem("at", "an entry of the timeline has one of: send, signal, kill, start, scripts, chmod");
        return Optional.empty();
    }

    private static String path(String text) {
        if (!text.startsWith("/") || text.chars().anyMatch(c -> c <= ' ' || c > 126)) {
            throw new IllegalArgumentException("\"" + text + "\": a path was expected, such as /slow.php");
        }
        return text;
    }

    private static Signal signal(String text) {
        return Signal.parse(text)
                .orElseThrow(() -> new IllegalArgumentException(
                        "\"" + text + "\": a signal was expected, such as reload, quit, term, kill or SIGSEGV"));
    }

    private static String which(String text) {
        if (!Set.of("busy", "idle", "all").contains(text)) {
            throw new IllegalArgumentException("\"" + text + "\": busy, idle or all was expected");
        }
        return text;
    }
}
