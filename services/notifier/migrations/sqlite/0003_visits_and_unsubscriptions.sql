-- Who gave the right letters for a link, for ten minutes. Only the hash of the secret is kept.
CREATE TABLE visits (
    visit_hash BLOB NOT NULL PRIMARY KEY,
    link_hash  BLOB NOT NULL,
    expires_at TEXT NOT NULL
) STRICT;
CREATE INDEX visits_expiry ON visits (expires_at);

-- Addresses of one-click unsubscription in mails: tokens of their own, since mail services see and keep them.
CREATE TABLE unsubscribe_links (
    token_hash BLOB NOT NULL PRIMARY KEY,
    person_id  BLOB NOT NULL,
    language   TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT;
CREATE INDEX unsubscribe_links_person ON unsubscribe_links (person_id);
CREATE INDEX unsubscribe_links_expiry ON unsubscribe_links (expires_at);

-- Who does not want messages that are not strictly necessary.
CREATE TABLE unsubscriptions (
    person_id  BLOB NOT NULL PRIMARY KEY,
    created_at TEXT NOT NULL
) STRICT;
