-- A session: when and where employers meet candidates. Dates and times are wall clock in time_zone.
CREATE TABLE sessions (
    id                    UUID NOT NULL PRIMARY KEY,
    version               BIGINT NOT NULL,
    organisation_id       UUID NOT NULL,
    branch_id             UUID,
    kind                  TEXT NOT NULL,
    state                 TEXT NOT NULL,
    title                 TEXT NOT NULL,
    date                  TEXT NOT NULL,
    starts                TEXT NOT NULL,
    ends                  TEXT NOT NULL,
    time_zone             TEXT NOT NULL,
    slot_minutes          BIGINT NOT NULL,
    breaks                JSONB NOT NULL,
    venue                 JSONB NOT NULL,
    weights               JSONB NOT NULL,
    arrival_minutes       BIGINT NOT NULL,
    coordinator_person_id UUID,
    published_timetable   BIGINT NOT NULL,
    cancelled_reason      TEXT NOT NULL,
    inputs                BIGINT NOT NULL,
    created_at            TIMESTAMPTZ NOT NULL
);
CREATE INDEX sessions_owner ON sessions (organisation_id, id);

-- Who takes part, on which side.
CREATE TABLE registrations (
    id              UUID NOT NULL PRIMARY KEY,
    session_id      UUID NOT NULL REFERENCES sessions (id),
    version         BIGINT NOT NULL,
    side            TEXT NOT NULL,
    code            TEXT NOT NULL,
    person_id       UUID NOT NULL,
    organisation_id UUID,
    standing        TEXT NOT NULL,
    ended_by        TEXT,
    arrives         TEXT,
    leaves          TEXT,
    meetings_max    BIGINT,
    parallel        BIGINT NOT NULL,
    position        TEXT NOT NULL,
    referent        TEXT NOT NULL
);
CREATE UNIQUE INDEX registrations_code ON registrations (session_id, side, code);
CREATE INDEX registrations_person ON registrations (person_id);

-- What each side says of a pair.
CREATE TABLE wishes (
    session_id   UUID NOT NULL REFERENCES sessions (id),
    candidate_id UUID NOT NULL REFERENCES registrations (id),
    employer_id  UUID NOT NULL REFERENCES registrations (id),
    rank         BIGINT NOT NULL,
    opinion      TEXT,
    recommended  BOOLEAN NOT NULL,
    must         BOOLEAN NOT NULL,
    must_not     BOOLEAN NOT NULL,
    PRIMARY KEY (candidate_id, employer_id)
);
CREATE INDEX wishes_session ON wishes (session_id, candidate_id, employer_id);

-- Dry runs, numbered within the session; sessions.published_timetable names the one that stands.
CREATE TABLE timetables (
    id         UUID NOT NULL PRIMARY KEY,
    session_id UUID NOT NULL REFERENCES sessions (id),
    number     BIGINT NOT NULL,
    version    BIGINT NOT NULL,
    seed       BIGINT NOT NULL,
    inputs     BIGINT NOT NULL,
    quality    JSONB NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX timetables_number ON timetables (session_id, number);

CREATE TABLE meetings (
    id           UUID NOT NULL PRIMARY KEY,
    timetable_id UUID NOT NULL REFERENCES timetables (id),
    version      BIGINT NOT NULL,
    candidate_id UUID NOT NULL REFERENCES registrations (id),
    employer_id  UUID NOT NULL REFERENCES registrations (id),
    slot         BIGINT NOT NULL,
    table_number BIGINT NOT NULL CHECK (table_number > 0),
    seat         BIGINT NOT NULL CHECK (seat > 0),
    state        TEXT NOT NULL,
    outcome      TEXT NOT NULL
);
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
    registration_id UUID NOT NULL REFERENCES registrations (id),
    kind            TEXT NOT NULL,
    revision        BIGINT NOT NULL,
    content         JSONB NOT NULL,
    cleared         TEXT,
    PRIMARY KEY (registration_id, kind)
);
