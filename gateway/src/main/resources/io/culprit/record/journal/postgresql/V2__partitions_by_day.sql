-- Counts and examples by day (UTC): what is older than the retention goes by dropping a day, not row by row.
ALTER TABLE counts RENAME TO counts_before;
ALTER TABLE counts_before RENAME CONSTRAINT counts_pkey TO counts_before_pkey;
ALTER TABLE examples RENAME TO examples_before;
ALTER TABLE examples_before RENAME CONSTRAINT examples_pkey TO examples_before_pkey;
DROP INDEX examples_by_time;
DROP INDEX examples_by_cause;
DROP INDEX examples_by_id;

CREATE TABLE counts (
    at_minute BIGINT NOT NULL,
    run VARCHAR(36) NOT NULL,
    route VARCHAR(500) NOT NULL,
    upstream VARCHAR(255) NOT NULL,
    peer VARCHAR(255) NOT NULL,
    cause VARCHAR(64) NOT NULL,
    kind CHAR(1) NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (at_minute, run, route, upstream, peer, cause, kind)
) PARTITION BY RANGE (at_minute);

CREATE TABLE examples (
    run VARCHAR(36) NOT NULL,
    request_id VARCHAR(128) NOT NULL,
    at_millis BIGINT NOT NULL,
    route VARCHAR(500) NOT NULL,
    upstream VARCHAR(255) NOT NULL,
    peer VARCHAR(255) NOT NULL,
    cause VARCHAR(64) NOT NULL,
    status INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    PRIMARY KEY (run, request_id, at_millis)
) PARTITION BY RANGE (at_millis);
CREATE INDEX examples_by_time ON examples (at_millis);
CREATE INDEX examples_by_cause ON examples (cause, at_millis);
CREATE INDEX examples_by_id ON examples (request_id);

-- Makes the tables of a day, days since the epoch, where there are none. Several gateways may ask at once.
CREATE FUNCTION journal_day(day BIGINT) RETURNS VOID LANGUAGE plpgsql AS $$
DECLARE
    suffix TEXT := to_char(to_timestamp(day * 86400) AT TIME ZONE 'UTC', 'YYYYMMDD');
BEGIN
    IF to_regclass('counts_' || suffix) IS NOT NULL AND to_regclass('examples_' || suffix) IS NOT NULL THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(7166753116467884065);
    EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF counts FOR VALUES FROM (%s) TO (%s)',
        'counts_' || suffix, day * 1440, (day + 1) * 1440);
    EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF examples FOR VALUES FROM (%s) TO (%s)',
        'examples_' || suffix, day * 86400000, (day + 1) * 86400000);
END $$;

-- Drops the days before this one; says how many tables went.
CREATE FUNCTION journal_forget(day BIGINT) RETURNS INTEGER LANGUAGE plpgsql AS $$
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
        WHERE i.inhparent IN ('counts'::regclass, 'examples'::regclass)
          AND c.relname ~ '^(counts|examples)_[0-9]{8}$' AND right(c.relname, 8) < suffix
    LOOP
        EXECUTE format('DROP TABLE %I', part.relname);
        gone := gone + 1;
    END LOOP;
    RETURN gone;
END $$;

SELECT journal_day(day) FROM (
    SELECT DISTINCT at_minute / 1440 AS day FROM counts_before
    UNION SELECT DISTINCT at_millis / 86400000 FROM examples_before) days;
INSERT INTO counts SELECT * FROM counts_before;
INSERT INTO examples SELECT * FROM examples_before;
DROP TABLE counts_before;
DROP TABLE examples_before;
DROP TABLE IF EXISTS journal_schema;
