-- Refusals of addresses that a person lifted, with who and when.
CREATE TABLE lifted_suppressions (
    id           UUID NOT NULL PRIMARY KEY,
    channel      TEXT NOT NULL CHECK (channel IN ('mail', 'sms')),
    person_id    UUID NOT NULL,
    reason       TEXT NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL,
    lifted_at    TIMESTAMPTZ NOT NULL,
    lifted_by    TEXT NOT NULL
);
CREATE INDEX suppressions_order ON suppressions (created_at, person_id, channel);
