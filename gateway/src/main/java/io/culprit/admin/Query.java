package io.culprit.admin;

import io.culprit.record.journal.ExampleFilter;
import io.undertow.server.HttpServerExchange;
import java.util.Deque;

/** Parameters of a request's query, checked. */
final class Query {
    /** A year, by minutes: how far back anything is asked for. */
    static final long MOST_MINUTES = 366L * 24 * 60;

    /** Stands for all gateways where nothing would mean this one. */
    static final String ALL = "*";

    private final HttpServerExchange exchange;

    Query(HttpServerExchange exchange) {
        this.exchange = exchange;
    }

    /** A parameter that cannot be used; the message names it. */
    static final class BadQueryException extends Exception {
        private static final long serialVersionUID = 1L;

        BadQueryException(String message) {
            super(message);
        }
    }

    /** A text, empty when it is absent. */
    String text(String name) {
        Deque<String> values = exchange.getQueryParameters().get(name);
        return values == null || values.isEmpty() ? "" : values.peekFirst();
    }

    /** One gateway of those that share the journal; empty for all of them, which {@code *} says too. */
    String instance() {
        String text = text("instance");
        return text.equals(ALL) ? "" : text.replace('\0', '\ufffd'); // which no database keeps
    }

    /**
     * Which examples are asked for.
     *
     * @param nowMillis where the last minutes end; of {@code minutes} and {@code since} the later holds
     * @param latestMillis nothing that began later
     */
    ExampleFilter examples(long nowMillis, long latestMillis) throws BadQueryException {
        long minutes = number("minutes", 0, 0, MOST_MINUTES);
        return new ExampleFilter(
                text("cause"),
                text("upstream"),
                text("route"),
                text("peer"),
                (int) number("status", 0, 0, 999),
                text("request_id"),
                Math.max(number("since", 0, 0, Long.MAX_VALUE), minutes == 0 ? 0 : nowMillis - minutes * 60_000),
                Math.min(number("before", Long.MAX_VALUE, 0, Long.MAX_VALUE), latestMillis),
                instance());
    }

    /** A whole number within bounds. */
    long number(String name, long fallback, long least, long most) throws BadQueryException {
        String text = text(name);
        if (text.isEmpty()) {
            return fallback;
        }
        try {
            long number = Long.parseLong(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // the message below says what was expected
        }
        throw new BadQueryException("\"%s\" must be a number from %d to %d".formatted(name, least, most));
    }
}
