-- What each gateway last said of itself: one row for each gateway and view of its dashboard; body is the view's JSON.
CREATE TABLE IF NOT EXISTS views (
    instance VARCHAR(255) NOT NULL,
    name VARCHAR(32) NOT NULL,
    at_millis BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (instance, name)
);
