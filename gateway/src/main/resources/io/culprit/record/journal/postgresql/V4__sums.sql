-- Counts added up over ten minutes, an hour, six and a day (UTC), without their routes, for pages of long ranges. summed says which
-- of them were made; whoever writes counts into one of them, however late, says so in unsummed, and it is added up anew.
CREATE TABLE sums (
    width SMALLINT NOT NULL,
    at_minute BIGINT NOT NULL,
    run VARCHAR(36) NOT NULL,
    upstream VARCHAR(255) NOT NULL,
    peer VARCHAR(255) NOT NULL,
    cause VARCHAR(64) NOT NULL,
    kind CHAR(1) NOT NULL,
    first_minute BIGINT NOT NULL,
    last_minute BIGINT NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (width, at_minute, run, upstream, peer, cause, kind)
) PARTITION BY RANGE (at_minute);

CREATE TABLE summed (
    width SMALLINT NOT NULL,
    at_minute BIGINT NOT NULL,
    PRIMARY KEY (width, at_minute)
);

-- Ten minutes that were written since; nothing in which they lie stands. Whoever writes only adds: nobody waits for anybody here.
CREATE TABLE unsummed (
    at_minute BIGINT NOT NULL
);
CREATE INDEX unsummed_by_minute ON unsummed (at_minute);

-- Sums before counts before examples, as those who read and add up have them: whoever wants several waits for one at a time.
CREATE OR REPLACE FUNCTION journal_day(day BIGINT) RETURNS VOID LANGUAGE plpgsql AS $$
DECLARE
    suffix TEXT := to_char(to_timestamp(day * 86400) AT TIME ZONE 'UTC', 'YYYYMMDD');
BEGIN
    IF to_regclass('counts_' || suffix) IS NOT NULL AND to_regclass('examples_' || suffix) IS NOT NULL
        AND to_regclass('sums_' || suffix) IS NOT NULL THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(7166753116467884065);
    EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF sums FOR VALUES FROM (%s) TO (%s)',
        'sums_' || suffix, day * 1440, (day + 1) * 1440);
    EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF counts FOR VALUES FROM (%s) TO (%s)',
        'counts_' || suffix, day * 1440, (day + 1) * 1440);
    EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF examples FOR VALUES FROM (%s) TO (%s)',
        'examples_' || suffix, day * 86400000, (day + 1) * 86400000);
END $$;

SELECT journal_day(to_date(right(c.relname, 8), 'YYYYMMDD') - DATE '1970-01-01')
FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = 'counts'::regclass AND c.relname ~ '^counts_[0-9]{8}$';

-- Drops the days before this one; says how many tables went.
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
        WHERE i.inhparent IN ('counts'::regclass, 'sums'::regclass, 'examples'::regclass)
          AND c.relname ~ '^(counts|sums|examples)_[0-9]{8}$' AND right(c.relname, 8) < suffix
        ORDER BY position(left(c.relname, 1) IN 'sce'), c.relname
    LOOP
        EXECUTE format('DROP TABLE %I', part.relname);
        gone := gone + 1;
    END LOOP;
    DELETE FROM summed WHERE at_minute < day * 1440;
    DELETE FROM unsummed WHERE at_minute < day * 1440;
    RETURN gone;
END $$;

-- A day is locked by those who write its counts together, and by the one who adds them up alone: what is written meanwhile
-- would be in neither.
CREATE FUNCTION journal_unsum() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE
    slot BIGINT;
BEGIN
    FOR slot IN SELECT DISTINCT at_minute / 10 * 10 FROM changed LOOP
        PERFORM pg_advisory_xact_lock_shared(716675311, (slot / 1440)::INTEGER);
        IF EXISTS (SELECT 1 FROM summed WHERE width = 10 AND at_minute = slot)
            AND NOT EXISTS (SELECT 1 FROM unsummed WHERE at_minute = slot) THEN
            INSERT INTO unsummed VALUES (slot);
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER unsum_inserted AFTER INSERT ON counts
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION journal_unsum();
CREATE TRIGGER unsum_updated AFTER UPDATE ON counts
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION journal_unsum();
CREATE TRIGGER unsum_deleted AFTER DELETE ON counts
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION journal_unsum();

-- Takes back what was written since in a day, or adds up the newest stretch that is not yet, between two minutes (the second excluded); says
-- whether there was anything to do.
CREATE FUNCTION journal_sum(since BIGINT, until BIGINT) RETURNS BOOLEAN LANGUAGE plpgsql AS $$
DECLARE
    of SMALLINT; -- width of what is added up
    narrower SMALLINT := 1;
    slot BIGINT;
BEGIN
    IF NOT pg_try_advisory_xact_lock(716675310) THEN
        RETURN FALSE; -- another gateway does
    END IF;
    SELECT MIN(at_minute) / 1440 * 1440 INTO slot FROM unsummed;
    IF slot IS NOT NULL THEN
        PERFORM pg_advisory_xact_lock(716675311, (slot / 1440)::INTEGER);
        DELETE FROM summed s WHERE s.at_minute >= slot AND s.at_minute < slot + 1440 AND EXISTS
            (SELECT 1 FROM unsummed u WHERE u.at_minute >= s.at_minute AND u.at_minute < s.at_minute + s.width);
        DELETE FROM unsummed WHERE at_minute >= slot AND at_minute < slot + 1440;
        RETURN TRUE;
    END IF;
    FOREACH of IN ARRAY ARRAY[10, 60, 360, 1440]::SMALLINT[] LOOP
        SELECT s INTO slot FROM generate_series((since + of - 1) / of * of, until - of, of) s
        WHERE NOT EXISTS (SELECT 1 FROM summed WHERE width = of AND at_minute = s)
          AND (narrower = 1 OR (SELECT COUNT(*) FROM summed
            WHERE width = narrower AND at_minute >= s AND at_minute < s + of) = of / narrower)
        ORDER BY s DESC LIMIT 1;
        IF FOUND THEN
            PERFORM pg_advisory_xact_lock(716675311, (slot / 1440)::INTEGER);
            DELETE FROM sums WHERE width = of AND at_minute = slot;
            IF narrower = 1 THEN
                INSERT INTO sums SELECT of, slot, run, upstream, peer, cause, kind, MIN(at_minute), MAX(at_minute), SUM(n)
                FROM counts WHERE at_minute >= slot AND at_minute < slot + of
                GROUP BY run, upstream, peer, cause, kind;
            ELSE
                INSERT INTO sums
                SELECT of, slot, run, upstream, peer, cause, kind, MIN(first_minute), MAX(last_minute), SUM(n)
                FROM sums WHERE width = narrower AND at_minute >= slot AND at_minute < slot + of
                GROUP BY run, upstream, peer, cause, kind;
            END IF;
            INSERT INTO summed VALUES (of, slot);
            RETURN TRUE;
        END IF;
        narrower := of;
    END LOOP;
    RETURN FALSE;
END $$;
