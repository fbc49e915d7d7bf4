-- What providers say later of messages that they took, and what a day's SMS have cost. SQLite cannot change a CHECK: the
-- table is copied.
CREATE TABLE messages_next (
    id              BLOB NOT NULL PRIMARY KEY,
    delivery_id     BLOB NOT NULL REFERENCES deliveries (id),
    channel         TEXT NOT NULL CHECK (channel IN ('mail', 'sms')),
    attempt         INTEGER NOT NULL,
    person_id       BLOB NOT NULL,
    organisation_id BLOB,
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
    segments        INTEGER NOT NULL,
    group_key       TEXT NOT NULL,
    state           TEXT NOT NULL CHECK (state IN
                        ('intent', 'accepted', 'refused', 'unknown', 'delivered', 'failed_temporary',
                         'failed_permanent')),
    created_at      TEXT NOT NULL,
    receipt         TEXT NOT NULL DEFAULT '',
    receipt_at      TEXT,
    CONSTRAINT messages_of_delivery UNIQUE (delivery_id, channel)
) STRICT;
INSERT INTO messages_next (id, delivery_id, channel, attempt, person_id, organisation_id, recipient, subject, body, html, calendar,
    template, policy, language, provider, reference, segments, group_key, state, created_at)
SELECT id, delivery_id, channel, attempt, person_id, organisation_id, recipient, subject, body, html, calendar,
    template, policy, language, provider, reference, segments, group_key, state, created_at
FROM messages;
DROP TABLE messages;
ALTER TABLE messages_next RENAME TO messages;
CREATE INDEX messages_person ON messages (person_id, id);
CREATE INDEX messages_group ON messages (group_key, id);
CREATE INDEX messages_reference ON messages (reference);
-- Whose number it is that an SMS comes from.
CREATE INDEX messages_recipient ON messages (recipient) WHERE channel = 'sms';

-- SMS segments handed over by day (UTC): a counter, so that the budget is never a scan.
CREATE TABLE sms_days (
    day      TEXT NOT NULL PRIMARY KEY,
    segments INTEGER NOT NULL
) STRICT;

-- Ids under which a provider speaks of a message, where it does not repeat our reference.
CREATE TABLE provider_ids (
    provider   TEXT NOT NULL,
    id         TEXT NOT NULL,
    reference  TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (provider, id)
) STRICT;
CREATE INDEX provider_ids_age ON provider_ids (created_at);
