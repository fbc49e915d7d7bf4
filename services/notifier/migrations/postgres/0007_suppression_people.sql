-- Whom a refused address concerns: families share one, and one person has a file in each of two branches. Each of them is
-- shown it, and whoever may see one of them may lift it.
CREATE TABLE suppression_people (
    channel      TEXT NOT NULL,
    address_hash BYTEA NOT NULL,
    person_id    UUID NOT NULL,
    PRIMARY KEY (channel, address_hash, person_id),
    FOREIGN KEY (channel, address_hash) REFERENCES suppressions (channel, address_hash) ON DELETE CASCADE
);
CREATE INDEX suppression_people_person ON suppression_people (person_id);
INSERT INTO suppression_people (channel, address_hash, person_id) SELECT channel, address_hash, person_id FROM suppressions;

-- By whose message it became known; none once they were erased, since a STOP stays obeyed.
ALTER TABLE suppressions ALTER COLUMN person_id DROP NOT NULL;
