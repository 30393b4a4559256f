package io.culprit.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the configuration's files say, key by key in their order, so that two of them can be compared as an operator wrote them.
 * Immutable.
 *
 * @param values by path: {@code upstreams.app.timeouts.read}, {@code routes[/api].upstream}, {@code listen[127.0.0.1:80].tls.key}
 */
public record Settings(Map<String, Value> values) {
    /**
     * What stands at a key.
     *
     * @param shown the value, secrets masked
     * @param written as it was written, only compared
     */
    public record Value(String shown, String written) {
        /** The value as it may be seen. */
        @Override
        public String toString() {
            return shown;
        }
    }

    /** What is different in {@code next}: removed, added and changed keys, one each. */
    public List<String> difference(Settings next) {
        List<String> all = new ArrayList<>();
        values.forEach((key, value) -> {
            Value now = next.values.get(key);
            if (now == null) {
                all.add(key + " removed (was " + value.shown + ")");
            } else if (!now.written.equals(value.written)) {
                all.add(key + " changed from " + value.shown + " to " + now.shown);
            }
        });
        next.values.forEach((key, value) -> {
            if (!values.containsKey(key)) {
                all.add(key + " added: " + value.shown);
            }
        });
        return List.copyOf(all);
    }
}
