package io.culprit.triage.conf;

import java.util.Map;

/**
 * How many arguments the blocks of nginx take; a configuration with others does not start there (nginx 1.22: {@code invalid number
 * of arguments in "location" directive}). Blocks that are not named here may have any.
 */
final class BlockArguments {
    private record Count(int least, int most) {}

    private static final Map<String, Count> COUNTS = Map.ofEntries(
            Map.entry("events", new Count(0, 0)),
            Map.entry("geo", new Count(1, 2)),
            Map.entry("http", new Count(0, 0)),
            Map.entry("if", new Count(1, Integer.MAX_VALUE)),
            Map.entry("limit_except", new Count(1, Integer.MAX_VALUE)),
            Map.entry("location", new Count(1, 2)),
            Map.entry("map", new Count(2, 2)),
            Map.entry("server", new Count(0, 0)),
            Map.entry("split_clients", new Count(2, 2)),
            Map.entry("types", new Count(0, 0)),
            Map.entry("upstream", new Count(1, 1)));

    private BlockArguments() {}

    static boolean fit(String block, int arguments) {
        Count count = COUNTS.get(block);
        return count == null || arguments >= count.least && arguments <= count.most;
    }
}
