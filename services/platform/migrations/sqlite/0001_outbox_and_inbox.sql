-- Events that this service has yet to hand to the bus, in the order of their commits.
CREATE TABLE outbox (
    position    INTEGER PRIMARY KEY AUTOINCREMENT,
    id          BLOB NOT NULL UNIQUE,
    routing_key TEXT NOT NULL,
    body        BLOB NOT NULL,
    occurred_at TEXT NOT NULL
) STRICT;

-- Events that this service has received: kept after they were applied, so that a copy does nothing.
CREATE TABLE inbox (
    id          BLOB NOT NULL PRIMARY KEY,
    routing_key TEXT NOT NULL,
    body        BLOB NOT NULL,
    occurred_at TEXT NOT NULL,
    received_at TEXT NOT NULL,
    handled_at  TEXT,
    attempts    INTEGER NOT NULL DEFAULT 0,
    next_at     TEXT NOT NULL
) STRICT;
CREATE INDEX inbox_waiting ON inbox (next_at, id) WHERE handled_at IS NULL;
CREATE INDEX inbox_handled ON inbox (handled_at) WHERE handled_at IS NOT NULL;

-- What could not be applied, with the reason, until a person replays or drops it.
CREATE TABLE dead_letters (
    id          BLOB NOT NULL PRIMARY KEY,
    routing_key TEXT NOT NULL,
    body        BLOB NOT NULL,
    occurred_at TEXT NOT NULL,
    reason      TEXT NOT NULL,
    attempts    INTEGER NOT NULL,
    died_at     TEXT NOT NULL
) STRICT;

-- Replies to creating requests, so that a repeated request has the same reply.
CREATE TABLE requests (
    key         BLOB NOT NULL PRIMARY KEY,
    fingerprint BLOB NOT NULL,
    reply       BLOB NOT NULL,
    replied_at  TEXT NOT NULL
) STRICT;
CREATE INDEX requests_age ON requests (replied_at);
