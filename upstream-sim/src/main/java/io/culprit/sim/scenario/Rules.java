package io.culprit.sim.scenario;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** The rules in force; the first that applies wins. Thread-safe. */
public final class Rules {
    private final Map<String, Rule> rules = new LinkedHashMap<>();

    /** Adds a rule, or replaces the one of the same name. */
    public synchronized void put(Rule rule) {
        rules.put(rule.name(), rule);
    }

    /** @return false when there was none */
    public synchronized boolean remove(String name) {
        return rules.remove(name) != null;
    }

    public synchronized void clear() {
        rules.clear();
    }

    public synchronized List<Rule> all() {
        return new ArrayList<>(rules.values());
    }

    /** Parameters for a request of this path, empty for an ordinary answer. */
    public Map<String, String> parametersFor(String path) {
        for (Rule rule : all()) {
            if (path.startsWith(rule.path()) && ThreadLocalRandom.current().nextDouble() < rule.share()) {
                return rule.parameters();
            }
        }
        return Map.of();
    }
}
