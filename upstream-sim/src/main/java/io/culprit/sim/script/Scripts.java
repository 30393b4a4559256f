package io.culprit.sim.script;

import io.culprit.sim.protocol.ScriptRequest;
import io.culprit.sim.script.steps.Echo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The site's scripts: those the scenario declares, and any other path whose query names steps. {@code /index.php} exists
 * always. Immutable.
 */
public final class Scripts {
    private static final String INDEX = "/index.php";

    private final Map<String, List<Step>> declared;

    public Scripts(Map<String, List<Step>> declared) {
        this.declared = Map.copyOf(declared);
    }

    /** No declared scripts: steps come by query only. */
    public static Scripts byQuery() {
        return new Scripts(Map.of());
    }

    /**
     * @return empty when there is no such file
     * @throws IllegalArgumentException when a step of the query makes no sense
     */
    Optional<List<Step>> find(ScriptRequest request) {
        List<Step> asked = new ArrayList<>();
        for (Map.Entry<String, String> each : request.query().entrySet()) {
            try {
                Steps.parse(each.getKey(), each.getValue()).ifPresent(asked::add);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(each.getKey() + ": " + e.getMessage(), e);
            }
        }
        List<Step> steps = declared(request);
        if (steps == null) {
            boolean exists = !asked.isEmpty() || request.scriptName().equals(INDEX);
            return exists ? Optional.of(asked.isEmpty() ? greeting(request) : asked) : Optional.empty();
        }
        List<Step> all = new ArrayList<>(steps);
        all.addAll(asked);
        return Optional.of(all);
    }

    /** FPM goes by SCRIPT_FILENAME alone; we do not know its root, so a script is found by the end of that path too. */
    private @Nullable List<Step> declared(ScriptRequest request) {
        List<Step> steps = declared.get(request.scriptName());
        if (steps == null && request.scriptName().equals(request.scriptFile())) {
            for (Map.Entry<String, List<Step>> each : declared.entrySet()) {
                if (request.scriptFile().endsWith(each.getKey())) {
                    return each.getValue();
                }
            }
        }
        return steps;
    }

    private static List<Step> greeting(ScriptRequest request) {
        return List.of(new Echo(request.method() + " " + request.uri() + "\n"));
    }

    /** These with others over them: what a deployment changes while requests run. */
    public Scripts with(Scripts others) {
        Map<String, List<Step>> all = new LinkedHashMap<>(declared);
        all.putAll(others.declared);
        return new Scripts(all);
    }
}
