-- One row for each start of a gateway; a run without end has crashed or still goes on.
CREATE TABLE IF NOT EXISTS runs (
    run VARCHAR(36) PRIMARY KEY,
    instance VARCHAR(255) NOT NULL,
    version VARCHAR(64) NOT NULL,
    started_millis BIGINT NOT NULL,
    seen_millis BIGINT NOT NULL,
    ended_millis BIGINT,
    clean BOOLEAN
);
-- Exact counts. kind is F for the end of a request, A for an attempt; cause is ok where all went well.
CREATE TABLE IF NOT EXISTS counts (
    at_minute BIGINT NOT NULL,
    run VARCHAR(36) NOT NULL,
    route VARCHAR(500) NOT NULL,
    upstream VARCHAR(255) NOT NULL,
    peer VARCHAR(255) NOT NULL,
    cause VARCHAR(64) NOT NULL,
    kind CHAR(1) NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (at_minute, run, route, upstream, peer, cause, kind)
);
-- Single requests that stand for many; outcome is the JSON of the access log.
CREATE TABLE IF NOT EXISTS examples (
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
);
CREATE INDEX IF NOT EXISTS examples_by_time ON examples (at_millis);
CREATE INDEX IF NOT EXISTS examples_by_cause ON examples (cause, at_millis);
CREATE INDEX IF NOT EXISTS examples_by_id ON examples (request_id);
-- What happened to upstreams, checks and gateways.
CREATE TABLE IF NOT EXISTS events (
    run VARCHAR(36) NOT NULL,
    number BIGINT NOT NULL,
    at_millis BIGINT NOT NULL,
    kind VARCHAR(32) NOT NULL,
    upstream VARCHAR(255) NOT NULL,
    subject VARCHAR(500) NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (run, number)
);
CREATE INDEX IF NOT EXISTS events_by_time ON events (at_millis);
