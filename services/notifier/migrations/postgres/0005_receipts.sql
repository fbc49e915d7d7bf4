-- What providers say later of messages that they took, and what a day's SMS have cost.
ALTER TABLE messages DROP CONSTRAINT messages_state_check;
ALTER TABLE messages ADD CONSTRAINT messages_state_check CHECK (state IN
    ('intent', 'accepted', 'refused', 'unknown', 'delivered', 'failed_temporary', 'failed_permanent'));
ALTER TABLE messages ADD COLUMN receipt TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN receipt_at TIMESTAMPTZ;
CREATE INDEX messages_reference ON messages (reference);
-- Whose number it is that an SMS comes from.
CREATE INDEX messages_recipient ON messages (recipient) WHERE channel = 'sms';

-- SMS segments handed over by day (UTC): a counter, so that the budget is never a scan.
CREATE TABLE sms_days (
    day      TEXT NOT NULL PRIMARY KEY,
    segments BIGINT NOT NULL
);

-- Ids under which a provider speaks of a message, where it does not repeat our reference.
CREATE TABLE provider_ids (
    provider   TEXT NOT NULL,
    id         TEXT NOT NULL,
    reference  TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (provider, id)
);
CREATE INDEX provider_ids_age ON provider_ids (created_at);
