-- Searches for a timetable, each with how far it is. seen_at is its heartbeat: one that is silent was interrupted.
CREATE TABLE timetable_jobs (
    id             BLOB NOT NULL PRIMARY KEY,
    session_id     BLOB NOT NULL REFERENCES sessions (id),
    state          TEXT NOT NULL,
    seed           INTEGER NOT NULL,
    seconds        INTEGER NOT NULL,
    elapsed_ms     INTEGER NOT NULL,
    answered       INTEGER NOT NULL,
    value          INTEGER NOT NULL,
    bound          INTEGER NOT NULL,
    number         INTEGER NOT NULL,
    inputs_changed INTEGER NOT NULL,
    problem        TEXT NOT NULL,
    stop           TEXT NOT NULL,
    started_by     TEXT NOT NULL,
    started_at     TEXT NOT NULL,
    seen_at        TEXT NOT NULL,
    ended_at       TEXT
) STRICT;
CREATE INDEX timetable_jobs_session ON timetable_jobs (session_id, id);
-- Two starts at once make one job.
CREATE UNIQUE INDEX timetable_jobs_running ON timetable_jobs (session_id) WHERE state = 'running';

-- What was changed in a timetable, by whom, so that it can be undone and shown to who looked at an older version.
CREATE TABLE corrections (
    id           BLOB NOT NULL PRIMARY KEY,
    timetable_id BLOB NOT NULL REFERENCES timetables (id),
    version      INTEGER NOT NULL,
    kind         TEXT NOT NULL,
    made_by      TEXT NOT NULL,
    made_at      TEXT NOT NULL,
    changes      TEXT NOT NULL,
    undone_by    TEXT,
    undone_at    TEXT
) STRICT;
CREATE UNIQUE INDEX corrections_version ON corrections (timetable_id, version);

-- Who touched a meeting last: a stale correction is told.
ALTER TABLE meetings ADD COLUMN changed_by TEXT NOT NULL DEFAULT '';
ALTER TABLE meetings ADD COLUMN changed_at TEXT;
