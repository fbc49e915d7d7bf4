-- Searches for a timetable, each with how far it is. seen_at is its heartbeat: one that is silent was interrupted.
CREATE TABLE timetable_jobs (
    id             UUID NOT NULL PRIMARY KEY,
    session_id     UUID NOT NULL REFERENCES sessions (id),
    state          TEXT NOT NULL,
    seed           BIGINT NOT NULL,
    seconds        BIGINT NOT NULL,
    elapsed_ms     BIGINT NOT NULL,
    answered       BOOLEAN NOT NULL,
    value          BIGINT NOT NULL,
    bound          BIGINT NOT NULL,
    number         BIGINT NOT NULL,
    inputs_changed BOOLEAN NOT NULL,
    problem        TEXT NOT NULL,
    stop           TEXT NOT NULL,
    started_by     TEXT NOT NULL,
    started_at     TIMESTAMPTZ NOT NULL,
    seen_at        TIMESTAMPTZ NOT NULL,
    ended_at       TIMESTAMPTZ
);
CREATE INDEX timetable_jobs_session ON timetable_jobs (session_id, id);
-- Two starts at once make one job.
CREATE UNIQUE INDEX timetable_jobs_running ON timetable_jobs (session_id) WHERE state = 'running';

-- What was changed in a timetable, by whom, so that it can be undone and shown to who looked at an older version.
CREATE TABLE corrections (
    id           UUID NOT NULL PRIMARY KEY,
    timetable_id UUID NOT NULL REFERENCES timetables (id),
    version      BIGINT NOT NULL,
    kind         TEXT NOT NULL,
    made_by      TEXT NOT NULL,
    made_at      TIMESTAMPTZ NOT NULL,
    changes      JSONB NOT NULL,
    undone_by    TEXT,
    undone_at    TIMESTAMPTZ
);
CREATE UNIQUE INDEX corrections_version ON corrections (timetable_id, version);

-- Who touched a meeting last: a stale correction is told.
ALTER TABLE meetings ADD COLUMN changed_by TEXT NOT NULL DEFAULT '';
ALTER TABLE meetings ADD COLUMN changed_at TIMESTAMPTZ;
