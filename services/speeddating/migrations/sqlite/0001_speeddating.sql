-- A session: when and where employers meet candidates. Dates and times are wall clock in time_zone.
CREATE TABLE sessions (
    id                    BLOB NOT NULL PRIMARY KEY,
    version               INTEGER NOT NULL,
    organisation_id       BLOB NOT NULL,
    branch_id             BLOB,
    kind                  TEXT NOT NULL,
    state                 TEXT NOT NULL,
    title                 TEXT NOT NULL,
    date                  TEXT NOT NULL,
    starts                TEXT NOT NULL,
    ends                  TEXT NOT NULL,
    time_zone             TEXT NOT NULL,
    slot_minutes          INTEGER NOT NULL,
    breaks                TEXT NOT NULL,
    venue                 TEXT NOT NULL,
    weights               TEXT NOT NULL,
    arrival_minutes       INTEGER NOT NULL,
    coordinator_person_id BLOB,
    published_timetable   INTEGER NOT NULL,
    cancelled_reason      TEXT NOT NULL,
    inputs                INTEGER NOT NULL,
    created_at            TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_owner ON sessions (organisation_id, id);

-- Who takes part, on which side.
CREATE TABLE registrations (
    id              BLOB NOT NULL PRIMARY KEY,
    session_id      BLOB NOT NULL REFERENCES sessions (id),
    version         INTEGER NOT NULL,
    side            TEXT NOT NULL,
    code            TEXT NOT NULL,
    person_id       BLOB NOT NULL,
    organisation_id BLOB,
    standing        TEXT NOT NULL,
    ended_by        TEXT,
    arrives         TEXT,
    leaves          TEXT,
    meetings_max    INTEGER,
    parallel        INTEGER NOT NULL,
    position        TEXT NOT NULL,
    referent        TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX registrations_code ON registrations (session_id, side, code);
CREATE INDEX registrations_person ON registrations (person_id);

-- What each side says of a pair.
CREATE TABLE wishes (
    session_id   BLOB NOT NULL REFERENCES sessions (id),
    candidate_id BLOB NOT NULL REFERENCES registrations (id),
    employer_id  BLOB NOT NULL REFERENCES registrations (id),
    rank         INTEGER NOT NULL,
    opinion      TEXT,
    recommended  INTEGER NOT NULL,
    must         INTEGER NOT NULL,
    must_not     INTEGER NOT NULL,
    PRIMARY KEY (candidate_id, employer_id)
) STRICT;
CREATE INDEX wishes_session ON wishes (session_id, candidate_id, employer_id);

-- Dry runs, numbered within the session; sessions.published_timetable names the one that stands.
CREATE TABLE timetables (
    id         BLOB NOT NULL PRIMARY KEY,
    session_id BLOB NOT NULL REFERENCES sessions (id),
    number     INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    seed       INTEGER NOT NULL,
    inputs     INTEGER NOT NULL,
    quality    TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX timetables_number ON timetables (session_id, number);

CREATE TABLE meetings (
    id           BLOB NOT NULL PRIMARY KEY,
    timetable_id BLOB NOT NULL REFERENCES timetables (id),
    version      INTEGER NOT NULL,
    candidate_id BLOB NOT NULL REFERENCES registrations (id),
    employer_id  BLOB NOT NULL REFERENCES registrations (id),
    slot         INTEGER NOT NULL,
    table_number INTEGER NOT NULL CHECK (table_number > 0),
    seat         INTEGER NOT NULL CHECK (seat > 0),
    state        TEXT NOT NULL,
    outcome      TEXT NOT NULL
) STRICT;
CREATE INDEX meetings_timetable ON meetings (timetable_id);
-- Nobody is double-booked, whatever the code does: a candidate, a table and each recruiter of an employer have one
-- meeting in a slot, and a pair meets once. A slot below 0 is a meeting on its way to another slot, within one
-- transaction.
CREATE UNIQUE INDEX meetings_candidate ON meetings (timetable_id, candidate_id, slot) WHERE state <> 'cancelled';
CREATE UNIQUE INDEX meetings_table ON meetings (timetable_id, table_number, slot) WHERE state <> 'cancelled';
CREATE UNIQUE INDEX meetings_recruiter ON meetings (timetable_id, employer_id, slot, seat) WHERE state <> 'cancelled';
CREATE UNIQUE INDEX meetings_pair ON meetings (timetable_id, candidate_id, employer_id) WHERE state <> 'cancelled';

-- What people were last told, so that only what changed is told.
CREATE TABLE milestones (
    registration_id BLOB NOT NULL REFERENCES registrations (id),
    kind            TEXT NOT NULL,
    revision        INTEGER NOT NULL,
    content         TEXT NOT NULL,
    cleared         TEXT,
    PRIMARY KEY (registration_id, kind)
) STRICT;
