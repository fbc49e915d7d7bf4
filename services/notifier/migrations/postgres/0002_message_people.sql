-- Whose names stand in a message to somebody else; erasure forgets its text.
CREATE TABLE message_people (
    delivery_id UUID NOT NULL REFERENCES deliveries (id),
    channel     TEXT NOT NULL CHECK (channel IN ('mail', 'sms')),
    person_id   UUID NOT NULL,
    PRIMARY KEY (delivery_id, channel, person_id)
);
CREATE INDEX message_people_person ON message_people (person_id);

-- Who was erased within the last day: a name that the directory gave before that is not written any more.
CREATE TABLE erasures (
    person_id UUID PRIMARY KEY,
    erased_at TIMESTAMPTZ NOT NULL
);
