-- The last revision of each milestone; cleared ones stay as tombstones.
CREATE TABLE milestones (
    subject         TEXT NOT NULL,
    kind            TEXT NOT NULL,
    revision        BIGINT NOT NULL,
    generation      BIGINT NOT NULL,
    state           TEXT NOT NULL,
    grouping        TEXT NOT NULL,
    organisation_id UUID NOT NULL,
    ends_at         TIMESTAMPTZ,
    body            JSONB NOT NULL,
    recorded_at     TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (subject, kind)
);

-- The ledger: one row for each reminder ever promised. Nothing is deleted.
CREATE TABLE reminders (
    id              UUID NOT NULL PRIMARY KEY,
    policy          TEXT NOT NULL,
    subject         TEXT NOT NULL,
    kind            TEXT NOT NULL,
    generation      BIGINT NOT NULL,
    occurrence      TEXT NOT NULL,
    recipient       UUID NOT NULL,
    route           TEXT NOT NULL,
    role            TEXT NOT NULL,
    template        TEXT NOT NULL,
    occasion        TEXT NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('planned', 'queued', 'sent', 'suppressed', 'failed')),
    reason          TEXT NOT NULL,
    intended_at     TIMESTAMPTZ NOT NULL,
    due_at          TIMESTAMPTZ NOT NULL,
    useful_until    TIMESTAMPTZ NOT NULL,
    digest          BOOLEAN NOT NULL,
    released        BOOLEAN NOT NULL,
    uncertain       BOOLEAN NOT NULL,
    told_before     JSONB,
    delivery_id     UUID,
    channel         TEXT NOT NULL,
    grouping        TEXT NOT NULL,
    organisation_id UUID NOT NULL,
    created_at      TIMESTAMPTZ NOT NULL,
    settled_at      TIMESTAMPTZ
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
CREATE UNIQUE INDEX reminders_identity
    ON reminders (subject, kind, recipient, policy, occurrence, generation, route);
-- What the claim looks at: small, however long the ledger.
CREATE INDEX reminders_due ON reminders (due_at, id) WHERE state = 'planned';
CREATE INDEX reminders_of_delivery ON reminders (delivery_id) WHERE delivery_id IS NOT NULL;
CREATE INDEX reminders_of_person ON reminders (recipient, due_at, id);
CREATE INDEX reminders_of_group ON reminders (grouping, due_at, id);
-- No index begins with the state: SQLite would take it for the claim. This one also answers the counts by state.
CREATE INDEX reminders_order ON reminders (due_at, id, state);

-- One message to one person, carrying one or more reminders.
CREATE TABLE deliveries (
    id           UUID NOT NULL PRIMARY KEY,
    recipient    UUID NOT NULL,
    policy       TEXT NOT NULL,
    subject      TEXT NOT NULL,
    grouping     TEXT NOT NULL,
    template     TEXT NOT NULL,
    route        TEXT NOT NULL,
    on_unknown   TEXT NOT NULL,
    due_at       TIMESTAMPTZ NOT NULL,
    useful_until TIMESTAMPTZ NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL,
    settled_at   TIMESTAMPTZ,
    outcome      TEXT,
    reason       TEXT NOT NULL,
    attempts     BIGINT NOT NULL
);

-- The verdict of each attempt, so that a second ask is answered alike. What was to be told is forgotten once settled.
CREATE TABLE releases (
    delivery_id UUID NOT NULL REFERENCES deliveries (id),
    attempt     BIGINT NOT NULL,
    verdict     TEXT NOT NULL CHECK (verdict IN ('granted', 'refused', 'deferred')),
    reason      TEXT NOT NULL,
    until_at    TIMESTAMPTZ,
    items       JSONB,
    asked_at    TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (delivery_id, attempt)
);

-- Small facts about the service itself: under which policies the ledger was planned.
CREATE TABLE marks (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);
INSERT INTO marks (name, value) VALUES ('digests', ''), ('policies', '');
