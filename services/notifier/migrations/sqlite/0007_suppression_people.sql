-- By whose message an address became known as refused; none once they were erased, since a STOP stays obeyed. SQLite cannot
-- take a NOT NULL away: the table is copied.
CREATE TABLE suppressions_next (
    channel      TEXT NOT NULL CHECK (channel IN ('mail', 'sms')),
    address_hash BLOB NOT NULL,
    person_id    BLOB,
    reason       TEXT NOT NULL,
    created_at   TEXT NOT NULL,
    PRIMARY KEY (channel, address_hash)
) STRICT;
INSERT INTO suppressions_next (channel, address_hash, person_id, reason, created_at)
SELECT channel, address_hash, person_id, reason, created_at FROM suppressions;
DROP TABLE suppressions;
ALTER TABLE suppressions_next RENAME TO suppressions;
CREATE INDEX suppressions_person ON suppressions (person_id);
CREATE INDEX suppressions_order ON suppressions (created_at, person_id, channel);

-- Whom a refused address concerns: families share one, and one person has a file in each of two branches. Each of them is
-- shown it, and whoever may see one of them may lift it.
CREATE TABLE suppression_people (
    channel      TEXT NOT NULL,
    address_hash BLOB NOT NULL,
    person_id    BLOB NOT NULL,
    PRIMARY KEY (channel, address_hash, person_id),
    FOREIGN KEY (channel, address_hash) REFERENCES suppressions (channel, address_hash) ON DELETE CASCADE
) STRICT;
CREATE INDEX suppression_people_person ON suppression_people (person_id);
INSERT INTO suppression_people (channel, address_hash, person_id) SELECT channel, address_hash, person_id FROM suppressions;
