-- Meetings that a candidate declined by themselves; the row goes when it is taken back.
CREATE TABLE declines (
    meeting_id      UUID NOT NULL PRIMARY KEY REFERENCES meetings (id),
    registration_id UUID NOT NULL REFERENCES registrations (id),
    declined_at     TIMESTAMPTZ NOT NULL
);
CREATE INDEX declines_registration ON declines (registration_id);

-- What an employer wrote about a meeting: for the owner of the session and the writer only.
CREATE TABLE meeting_notes (
    meeting_id UUID NOT NULL PRIMARY KEY REFERENCES meetings (id),
    late       BOOLEAN NOT NULL,
    note       TEXT NOT NULL,
    person_id  UUID NOT NULL,
    noted_at   TIMESTAMPTZ NOT NULL
);

-- What participants did by themselves, in the order of ids.
CREATE TABLE participant_acts (
    id              UUID NOT NULL PRIMARY KEY,
    session_id      UUID NOT NULL REFERENCES sessions (id),
    registration_id UUID NOT NULL REFERENCES registrations (id),
    person_id       UUID NOT NULL,
    act             TEXT NOT NULL,
    meeting_id      UUID,
    done_at         TIMESTAMPTZ NOT NULL
);
CREATE INDEX participant_acts_session ON participant_acts (session_id, id);

-- Private calendar feeds, one a person; only the hash of the token is kept.
CREATE TABLE feeds (
    person_id  UUID NOT NULL PRIMARY KEY,
    token_hash BYTEA NOT NULL UNIQUE,
    created_at TIMESTAMPTZ NOT NULL
);

-- Links by which partners register people. Ten wrong codes end one.
CREATE TABLE partner_links (
    id          UUID NOT NULL PRIMARY KEY,
    session_id  UUID NOT NULL REFERENCES sessions (id),
    partner     TEXT NOT NULL,
    token_hash  BYTEA NOT NULL UNIQUE,
    code_hash   BYTEA NOT NULL,
    wrong_codes BIGINT NOT NULL,
    created_by  TEXT NOT NULL,
    created_at  TIMESTAMPTZ NOT NULL,
    expires_at  TIMESTAMPTZ NOT NULL,
    revoked_at  TIMESTAMPTZ
);
CREATE INDEX partner_links_session ON partner_links (session_id, id);

-- Who gave the right code, for ten minutes.
CREATE TABLE partner_visits (
    visit_hash BYTEA NOT NULL PRIMARY KEY,
    link_id    UUID NOT NULL REFERENCES partner_links (id),
    expires_at TIMESTAMPTZ NOT NULL
);

-- Which link registered whom: a partner sees nobody else.
CREATE TABLE partner_people (
    registration_id UUID NOT NULL PRIMARY KEY REFERENCES registrations (id),
    link_id         UUID NOT NULL REFERENCES partner_links (id)
);
CREATE INDEX partner_people_link ON partner_people (link_id);
