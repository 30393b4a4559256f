-- What each gateway last said of itself; written where the journal is shared, which a file never is, and empty here.
CREATE TABLE IF NOT EXISTS views (
    instance VARCHAR(255) NOT NULL,
    name VARCHAR(32) NOT NULL,
    at_millis BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (instance, name)
);
