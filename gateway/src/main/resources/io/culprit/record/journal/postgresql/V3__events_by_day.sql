-- Events by day (UTC) too, and what each gateway last said of itself.
ALTER TABLE events RENAME TO events_before;
ALTER TABLE events_before RENAME CONSTRAINT events_pkey TO events_before_pkey;
DROP INDEX events_by_time;

CREATE TABLE events (
    run VARCHAR(36) NOT NULL,
    number BIGINT NOT NULL,
    at_millis BIGINT NOT NULL,
    kind VARCHAR(32) NOT NULL,
    upstream VARCHAR(255) NOT NULL,
    subject VARCHAR(500) NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (run, number, at_millis)
) PARTITION BY RANGE (at_millis);
CREATE INDEX events_by_time ON events (at_millis);

-- One row for each gateway and view of its dashboard; body is the view's JSON.
CREATE TABLE views (
    instance VARCHAR(255) NOT NULL,
    name VARCHAR(32) NOT NULL,
    at_millis BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (instance, name)
);

CREATE OR REPLACE FUNCTION journal_day(day BIGINT) RETURNS VOID LANGUAGE plpgsql AS $$
DECLARE
    suffix TEXT := to_char(to_timestamp(day * 86400) AT TIME ZONE 'UTC', 'YYYYMMDD');
BEGIN
    IF to_regclass('counts_' || suffix) IS NOT NULL AND to_regclass('examples_' || suffix) IS NOT NULL
        AND to_regclass('events_' || suffix) IS NOT NULL THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(7166753116467884065);
    EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF counts FOR VALUES FROM (%s) TO (%s)',
        'counts_' || suffix, day * 1440, (day + 1) * 1440);
    EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF examples FOR VALUES FROM (%s) TO (%s)',
        'examples_' || suffix, day * 86400000, (day + 1) * 86400000);
    EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF events FOR VALUES FROM (%s) TO (%s)',
        'events_' || suffix, day * 86400000, (day + 1) * 86400000);
END $$;

CREATE OR REPLACE FUNCTION journal_forget(day BIGINT) RETURNS INTEGER LANGUAGE plpgsql AS $$
DECLARE
    suffix TEXT := to_char(to_timestamp(day * 86400) AT TIME ZONE 'UTC', 'YYYYMMDD');
    part RECORD;
    gone INTEGER := 0;
BEGIN
    IF NOT pg_try_advisory_xact_lock(7166753116467884065) THEN
        RETURN 0;
    END IF;
    FOR part IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent IN ('counts'::regclass, 'examples'::regclass, 'events'::regclass)
          AND c.relname ~ '^(counts|examples|events)_[0-9]{8}$' AND right(c.relname, 8) < suffix
    LOOP
        EXECUTE format('DROP TABLE %I', part.relname);
        gone := gone + 1;
    END LOOP;
    RETURN gone;
END $$;

SELECT journal_day(day) FROM (SELECT DISTINCT at_millis / 86400000 AS day FROM events_before) days;
INSERT INTO events SELECT * FROM events_before;
DROP TABLE events_before;
