-- What the scheduler asked to hand over. `refused` lists the channels whose provider said no for good, "sms,mail".
CREATE TABLE deliveries (
    id           UUID NOT NULL PRIMARY KEY,
    person_id    UUID NOT NULL,
    policy       TEXT NOT NULL,
    template     TEXT NOT NULL,
    route        TEXT NOT NULL,
    useful_until TIMESTAMPTZ NOT NULL,
    on_unknown   TEXT NOT NULL CHECK (on_unknown IN ('at_least_once', 'at_most_once')),
    due_at       TIMESTAMPTZ NOT NULL,
    group_key    TEXT NOT NULL,
    subject      TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('waiting', 'working', 'settled')),
    next_at      TIMESTAMPTZ NOT NULL,
    lease_owner  UUID,
    lease_until  TIMESTAMPTZ,
    attempts     BIGINT NOT NULL,
    setbacks     BIGINT NOT NULL,
    refused      TEXT NOT NULL,
    uncertain    BOOLEAN NOT NULL,
    outcome      TEXT CHECK (outcome IN ('sent', 'suppressed', 'failed')),
    reason       TEXT NOT NULL,
    channel      TEXT NOT NULL,
    settled_at   TIMESTAMPTZ,
    received_at  TIMESTAMPTZ NOT NULL,
    CHECK ((state = 'working') = (lease_owner IS NOT NULL AND lease_until IS NOT NULL)),
    CHECK ((state = 'settled') = (outcome IS NOT NULL AND settled_at IS NOT NULL))
) WITH (fillfactor = 80);
CREATE INDEX deliveries_next ON deliveries (next_at) WHERE state = 'waiting';
CREATE INDEX deliveries_lease ON deliveries (lease_until) WHERE state = 'working';
CREATE INDEX deliveries_person ON deliveries (person_id) WHERE state <> 'settled';

-- Each call of a provider, written before it: a row that stays an intent is ambiguous, not "to do".
CREATE TABLE attempts (
    delivery_id UUID NOT NULL REFERENCES deliveries (id),
    number      BIGINT NOT NULL,
    channel     TEXT NOT NULL CHECK (channel IN ('mail', 'sms')),
    provider    TEXT NOT NULL,
    reference   TEXT NOT NULL,
    state       TEXT NOT NULL
                CHECK (state IN ('intent', 'accepted', 'refused_temporary', 'refused_permanent', 'unknown')),
    detail      TEXT NOT NULL,
    started_at  TIMESTAMPTZ NOT NULL,
    ended_at    TIMESTAMPTZ,
    PRIMARY KEY (delivery_id, number)
) WITH (fillfactor = 80);
CREATE INDEX attempts_unknown ON attempts (delivery_id) WHERE state = 'unknown';

-- What was rendered for a delivery and a channel; a further attempt on the channel replaces it. Forgotten on erasure.
CREATE TABLE messages (
    id              UUID NOT NULL PRIMARY KEY,
    delivery_id     UUID NOT NULL REFERENCES deliveries (id),
    channel         TEXT NOT NULL CHECK (channel IN ('mail', 'sms')),
    attempt         BIGINT NOT NULL,
    person_id       UUID NOT NULL,
    organisation_id UUID,
    recipient       TEXT NOT NULL,
    subject         TEXT NOT NULL,
    body            TEXT NOT NULL,
    html            TEXT NOT NULL,
    calendar        TEXT NOT NULL,
    template        TEXT NOT NULL,
    policy          TEXT NOT NULL,
    language        TEXT NOT NULL,
    provider        TEXT NOT NULL,
    reference       TEXT NOT NULL,
    segments        BIGINT NOT NULL,
    group_key       TEXT NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('intent', 'accepted', 'refused', 'unknown')),
    created_at      TIMESTAMPTZ NOT NULL,
    CONSTRAINT messages_of_delivery UNIQUE (delivery_id, channel)
);
CREATE INDEX messages_person ON messages (person_id, id);
CREATE INDEX messages_group ON messages (group_key, id);

-- The local provider: what it accepted, once per reference.
CREATE TABLE mailbox (
    reference   TEXT NOT NULL PRIMARY KEY,
    delivery_id UUID NOT NULL,
    channel     TEXT NOT NULL CHECK (channel IN ('mail', 'sms')),
    received_at TIMESTAMPTZ NOT NULL
);

-- Links in messages: only the hash of the token is kept.
CREATE TABLE links (
    token_hash  BYTEA NOT NULL PRIMARY KEY,
    delivery_id UUID NOT NULL REFERENCES deliveries (id),
    person_id   UUID NOT NULL,
    subject     TEXT NOT NULL,
    group_key   TEXT NOT NULL,
    created_at  TIMESTAMPTZ NOT NULL,
    expires_at  TIMESTAMPTZ NOT NULL
);
CREATE INDEX links_person ON links (person_id);
CREATE INDEX links_expiry ON links (expires_at);

-- Addresses that a provider refused for good, by hash.
CREATE TABLE suppressions (
    channel      TEXT NOT NULL CHECK (channel IN ('mail', 'sms')),
    address_hash BYTEA NOT NULL,
    person_id    UUID NOT NULL,
    reason       TEXT NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (channel, address_hash)
);
CREATE INDEX suppressions_person ON suppressions (person_id);
