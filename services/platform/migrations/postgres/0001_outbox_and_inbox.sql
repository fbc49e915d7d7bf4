-- Events that this service has yet to hand to the bus, in the order of their commits.
CREATE TABLE outbox (
    position    BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id          UUID NOT NULL UNIQUE,
    routing_key TEXT NOT NULL,
    body        BYTEA NOT NULL,
    occurred_at TIMESTAMPTZ NOT NULL
);

-- Events that this service has received: kept after they were applied, so that a copy does nothing.
CREATE TABLE inbox (
    id          UUID PRIMARY KEY,
    routing_key TEXT NOT NULL,
    body        BYTEA NOT NULL,
    occurred_at TIMESTAMPTZ NOT NULL,
    received_at TIMESTAMPTZ NOT NULL,
    handled_at  TIMESTAMPTZ,
    attempts    BIGINT NOT NULL DEFAULT 0,
    next_at     TIMESTAMPTZ NOT NULL
);
CREATE INDEX inbox_waiting ON inbox (next_at, id) WHERE handled_at IS NULL;
CREATE INDEX inbox_handled ON inbox (handled_at) WHERE handled_at IS NOT NULL;

-- What could not be applied, with the reason, until a person replays or drops it.
CREATE TABLE dead_letters (
    id          UUID PRIMARY KEY,
    routing_key TEXT NOT NULL,
    body        BYTEA NOT NULL,
    occurred_at TIMESTAMPTZ NOT NULL,
    reason      TEXT NOT NULL,
    attempts    BIGINT NOT NULL,
    died_at     TIMESTAMPTZ NOT NULL
);

-- Replies to creating requests, so that a repeated request has the same reply.
CREATE TABLE requests (
    key         UUID PRIMARY KEY,
    fingerprint BYTEA NOT NULL,
    reply       BYTEA NOT NULL,
    replied_at  TIMESTAMPTZ NOT NULL
);
CREATE INDEX requests_age ON requests (replied_at);
