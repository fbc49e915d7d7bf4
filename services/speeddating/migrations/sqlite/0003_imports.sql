-- Imports on their way: files kept for some days so that they can be checked, corrected and imported in steps.
CREATE TABLE stages (
    id         BLOB NOT NULL PRIMARY KEY,
    session_id BLOB NOT NULL REFERENCES sessions (id),
    version    INTEGER NOT NULL,
    state      TEXT NOT NULL,
    made_by    TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    settled_at TEXT,
    done       TEXT NOT NULL,
    -- What it did to registrations and wishes, to take it back; none once that can no longer be.
    trace      TEXT
) STRICT;
CREATE INDEX stages_session ON stages (session_id, id);
CREATE INDEX stages_expiry ON stages (expires_at);

-- The file as it came; after the import only the rows that were left aside.
CREATE TABLE stage_files (
    stage_id BLOB NOT NULL REFERENCES stages (id) ON DELETE CASCADE,
    kind     TEXT NOT NULL,
    name     TEXT NOT NULL,
    content  BLOB NOT NULL,
    -- What each column is read as, once somebody has said so.
    columns  TEXT,
    PRIMARY KEY (stage_id, kind)
) STRICT;

-- Corrections over the file: a value for a cell, or with place -1 the row left aside.
CREATE TABLE stage_fixes (
    stage_id BLOB NOT NULL,
    kind     TEXT NOT NULL,
    line     INTEGER NOT NULL,
    place    INTEGER NOT NULL,
    value    TEXT NOT NULL,
    PRIMARY KEY (stage_id, kind, line, place),
    FOREIGN KEY (stage_id, kind) REFERENCES stage_files (stage_id, kind) ON DELETE CASCADE
) STRICT;

-- Whether a row is about the person who looks alike; without a person it is about another one.
CREATE TABLE stage_choices (
    stage_id  BLOB NOT NULL REFERENCES stages (id) ON DELETE CASCADE,
    kind      TEXT NOT NULL,
    code      TEXT NOT NULL,
    person_id BLOB,
    PRIMARY KEY (stage_id, kind, code)
) STRICT;
