package io.culprit.record.journal;

import io.culprit.record.journal.store.Example;
import java.util.ArrayList;
import java.util.List;

/**
 * Which examples are wanted; an empty text and a zero stand for any.
 *
 * @param cause id of the cause
 * @param upstream name of the upstream
 * @param route name of the route
 * @param peer the server that failed
 * @param status status the client got
 * @param requestId id of one request, or its beginning
 * @param sinceMillis only those that began then or later
 * @param beforeMillis only those that began before
 * @param instance the gateway, of examples in the journal
 */
public record ExampleFilter(
        String cause,
        String upstream,
        String route,
        String peer,
        int status,
        String requestId,
        long sinceMillis,
        long beforeMillis,
        String instance) {
    /** Examples of a cause at an upstream, either of them possibly empty, whenever they began. */
    public static ExampleFilter of(String cause, String upstream) {
        return new ExampleFilter(cause, upstream, "", "", 0, "", 0, Long.MAX_VALUE, "");
    }

    /** Whether an example is wanted. */
    public boolean takes(Example example) {
        return any(cause, example.cause())
                && any(upstream, example.upstream())
                && any(route, example.route())
                && any(peer, example.peer())
                && (status == 0 || status == example.status())
                && example.requestId().startsWith(requestId)
                && example.epochMillis() >= sinceMillis
                && example.epochMillis() < beforeMillis;
    }

    private static boolean any(String wanted, String found) {
        return wanted.isEmpty() || wanted.equals(found);
    }

    /** The same as a condition on the table of examples; its values are appended to {@code parameters}. */
    String where(List<Object> parameters) {
        List<String> conditions = new ArrayList<>(List.of("at_millis >= ?", "at_millis < ?"));
        parameters.add(sinceMillis);
        parameters.add(beforeMillis);
        equal("cause", cause, conditions, parameters);
        equal("upstream", upstream, conditions, parameters);
        equal("route", route, conditions, parameters);
        equal("peer", peer, conditions, parameters);
        if (status != 0) {
            conditions.add("status = ?");
            parameters.add(status);
        }
        if (!requestId.isEmpty()) {
            conditions.add("request_id LIKE ?");
            parameters.add(requestId.replace("%", "").replace("_", "") + "%");
        }
        return String.join(" AND ", conditions) + JournalQueries.ofInstance(instance, parameters);
    }

    private static void equal(String column, String value, List<String> conditions, List<Object> parameters) {
        if (!value.isEmpty()) {
            conditions.add(column + " = ?");
            parameters.add(value);
        }
    }
}
