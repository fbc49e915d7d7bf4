-- Tries are counted from the first on, not from the last: what was there counts for a day at most, and goes.
DROP TABLE sign_in_tries;
CREATE TABLE sign_in_tries (
    key       BYTEA PRIMARY KEY,
    tries     BIGINT NOT NULL,
    since     TIMESTAMPTZ NOT NULL,
    closed_to TIMESTAMPTZ NOT NULL
);
CREATE INDEX sign_in_tries_age ON sign_in_tries (since);
