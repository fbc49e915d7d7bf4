-- Imports on their way: files kept for some days so that they can be checked, corrected and imported in steps.
CREATE TABLE stages (
    id         UUID NOT NULL PRIMARY KEY,
    session_id UUID NOT NULL REFERENCES sessions (id),
    version    BIGINT NOT NULL,
    state      TEXT NOT NULL,
    made_by    TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    settled_at TIMESTAMPTZ,
    done       JSONB NOT NULL,
    -- What it did to registrations and wishes, to take it back; none once that can no longer be.
    trace      JSONB
);
CREATE INDEX stages_session ON stages (session_id, id);
CREATE INDEX stages_expiry ON stages (expires_at);

-- The file as it came; after the import only the rows that were left aside.
CREATE TABLE stage_files (
    stage_id UUID NOT NULL REFERENCES stages (id) ON DELETE CASCADE,
    kind     TEXT NOT NULL,
    name     TEXT NOT NULL,
    content  BYTEA NOT NULL,
    -- What each column is read as, once somebody has said so.
    columns  JSONB,
    PRIMARY KEY (stage_id, kind)
);

-- Corrections over the file: a value for a cell, or with place -1 the row left aside.
CREATE TABLE stage_fixes (
    stage_id UUID NOT NULL,
    kind     TEXT NOT NULL,
    line     BIGINT NOT NULL,
    place    BIGINT NOT NULL,
    value    TEXT NOT NULL,
    PRIMARY KEY (stage_id, kind, line, place),
    FOREIGN KEY (stage_id, kind) REFERENCES stage_files (stage_id, kind) ON DELETE CASCADE
);

-- Whether a row is about the person who looks alike; without a person it is about another one.
CREATE TABLE stage_choices (
    stage_id  UUID NOT NULL REFERENCES stages (id) ON DELETE CASCADE,
    kind      TEXT NOT NULL,
    code      TEXT NOT NULL,
    person_id UUID,
    PRIMARY KEY (stage_id, kind, code)
);
