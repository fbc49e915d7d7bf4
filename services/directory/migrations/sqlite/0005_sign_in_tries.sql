-- Tries are counted from the first on, not from the last: what was there counts for a day at most, and goes.
DROP TABLE sign_in_tries;
CREATE TABLE sign_in_tries (
    key       BLOB NOT NULL PRIMARY KEY,
    tries     INTEGER NOT NULL,
    since     TEXT NOT NULL,
    closed_to TEXT NOT NULL
) STRICT;
CREATE INDEX sign_in_tries_age ON sign_in_tries (since);
