-- Refusals of addresses that a person lifted, with who and when.
CREATE TABLE lifted_suppressions (
    id           BLOB NOT NULL PRIMARY KEY,
    channel      TEXT NOT NULL CHECK (channel IN ('mail', 'sms')),
    person_id    BLOB NOT NULL,
    reason       TEXT NOT NULL,
    created_at   TEXT NOT NULL,
    lifted_at    TEXT NOT NULL,
    lifted_by    TEXT NOT NULL
) STRICT;
CREATE INDEX suppressions_order ON suppressions (created_at, person_id, channel);
