-- Who gave the right letters for a link, for ten minutes. Only the hash of the secret is kept.
CREATE TABLE visits (
    visit_hash BYTEA NOT NULL PRIMARY KEY,
    link_hash  BYTEA NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX visits_expiry ON visits (expires_at);

-- Addresses of one-click unsubscription in mails: tokens of their own, since mail services see and keep them.
CREATE TABLE unsubscribe_links (
    token_hash BYTEA NOT NULL PRIMARY KEY,
    person_id  UUID NOT NULL,
    language   TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX unsubscribe_links_person ON unsubscribe_links (person_id);
CREATE INDEX unsubscribe_links_expiry ON unsubscribe_links (expires_at);

-- Who does not want messages that are not strictly necessary.
CREATE TABLE unsubscriptions (
    person_id  UUID NOT NULL PRIMARY KEY,
    created_at TIMESTAMPTZ NOT NULL
);
