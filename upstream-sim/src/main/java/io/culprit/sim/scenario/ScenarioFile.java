package io.culprit.sim.scenario;

import io.culprit.sim.fault.Faults;
import io.culprit.sim.pool.MasterConfig;
import io.culprit.sim.script.Scripts;
import io.culprit.sim.script.Step;
import io.culprit.sim.script.Steps;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a scenario file says to the simulator: faults for a share of the HTTP requests, FPM's pools, the site's scripts.
 * Its other keys belong to whoever plays the scenario.
 *
 * <pre>
 * rules:
 *   - { name: flaky, path: /api/, share: 20%, fault: reset, at: head }
 * fpm:
 *   pools: { www: { pm: static, max_children: 5, listen: /tmp/www.sock } }
 * scripts:
 *   /slow.php: [ sleep: 2s, out: 10k ]
 * </pre>
 *
 * @param rules faults of the HTTP upstream
 * @param fpm the simulated FPM, empty when the file has none
 * @param fpmLog where its log goes, {@code -} for standard error
 * @param scripts scripts of its site
 */
public record ScenarioFile(List<Rule> rules, Optional<MasterConfig> fpm, String fpmLog, Scripts scripts) {
    private static final List<String> OTHERS =
            List.of("describe", "gateway", "timeline", "expect", "variants", "needs");

    /**
     * Reads a whole file; keys of a rehearsal are left alone.
     *
     * @param listens where pools listen that do not say so
     * @throws IOException with one line {@code file:line:column: problem} for each problem
     */
    public static ScenarioFile read(Path path, Listens listens) throws IOException {
        List<String> problems = new ArrayList<>();
        Mapping root = Mapping.read(path, problems);
        ScenarioFile read = from(root, listens);
        OTHERS.forEach(root::has);
        root.finish();
        if (!problems.isEmpty()) {
            throw new IOException(String.join("\n", problems));
        }
        return read;
    }

    /** Reads the simulator's keys of a file; problems are noted with it. */
    public static ScenarioFile from(Mapping root, Listens listens) {
        List<Rule> rules = new ArrayList<>();
        root.list("rules").forEach(each -> rules.add(rule(each, rules.size() + 1)));
        Optional<Mapping> fpm = root.mapping("fpm");
        String log = fpm.map(section -> section.text("log", "-")).orElse("-");
        return new ScenarioFile(
                List.copyOf(rules), fpm.map(section -> FpmSection.read(section, listens)), log, scripts(root));
    }

    private static Rule rule(Mapping rule, int number) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String key : rule.keys()) {
            if (!Set.of("name", "path", "share").contains(key)) {
                rule.text(key).ifPresent(value -> parameters.put(key, value));
            }
        }
        String fault = parameters.getOrDefault("fault", "none");
        if (Faults.byName(fault).isEmpty()) {
            rule.problem("fault", "there is no fault \"" + fault + "\"; culprit sim --help lists them");
        }
        return new Rule(
                rule.text("name", "rule-" + number),
                rule.text("path", "/"),
                rule.parsed("share", 1.0, ScenarioFile::share),
                Map.copyOf(parameters));
    }

    private static double share(String text) {
        if (text.matches("[0-9]{1,3}(\\.[0-9]+)?%")) {
            double percent = Double.parseDouble(text.substring(0, text.length() - 1));
            if (percent <= 100) {
                return percent / 100;
            }
        }
        throw new IllegalArgumentException("\"" + text + "\": a percentage was expected, such as 20%");
    }

    /** Reads scripts under {@code scripts}; none when the key is not there. */
    public static Scripts scripts(Mapping root) {
        Map<String, List<Step>> scripts = new LinkedHashMap<>();
        Optional<Mapping> section = root.mapping("scripts");
        if (section.isPresent()) {
            for (String path : section.get().keys()) {
                if (!path.startsWith("/")) {
                    section.get().problem(path, "\"" + path + "\" is no path, such as /slow.php");
                }
                scripts.put(path, steps(section.get().list(path)));
            }
        }
        return new Scripts(scripts);
    }

    private static List<Step> steps(List<Mapping> written) {
        List<Step> steps = new ArrayList<>();
        for (Mapping each : written) {
            for (String name : each.keys()) {
                Optional<Step> step = each.parsed(name, Optional.<Step>empty(), value -> {
                    Optional<Step> parsed = Steps.parse(name, value);
                    if (parsed.isEmpty()) {
                        throw new IllegalArgumentException("there is no step \"" + name + "\"; known are "
                                + String.join(", ", Steps.help().keySet()));
                    }
                    return parsed;
                });
                step.ifPresent(steps::add);
            }
        }
        return List.copyOf(steps);
    }
}
