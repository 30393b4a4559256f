package io.culprit.record.journal.store;

/** Where the two databases differ; everything else is the SQL both understand. */
enum StoreDialect {
    H2(
            "MERGE INTO counts (at_minute, run, route, upstream, peer, cause, kind, n)"
                    + " KEY (at_minute, run, route, upstream, peer, cause, kind) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            "MERGE INTO examples (run, request_id, at_millis, route, upstream, peer, cause, status, outcome)"
                    + " KEY (run, request_id, at_millis) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            "MERGE INTO events (run, number, at_millis, kind, upstream, subject, detail)"
                    + " KEY (run, number) VALUES (?, ?, ?, ?, ?, ?, ?)"),
    POSTGRESQL(
            "INSERT INTO counts (at_minute, run, route, upstream, peer, cause, kind, n) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
                    + " ON CONFLICT (at_minute, run, route, upstream, peer, cause, kind) DO UPDATE SET n = EXCLUDED.n",
            "INSERT INTO examples (run, request_id, at_millis, route, upstream, peer, cause, status, outcome)"
                    + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (run, request_id, at_millis) DO NOTHING",
            "INSERT INTO events (run, number, at_millis, kind, upstream, subject, detail) VALUES (?, ?, ?, ?, ?, ?, ?)"
                    + " ON CONFLICT (run, number) DO NOTHING");

    /** Sets a count to its total; may be repeated. */
    final String putCount;

    /** Adds an example; may be repeated. */
    final String putExample;

    /** Adds an event; may be repeated. */
    final String putEvent;

    StoreDialect(String putCount, String putExample, String putEvent) {
        this.putCount = putCount;
        this.putExample = putExample;
        this.putEvent = putEvent;
    }
}
