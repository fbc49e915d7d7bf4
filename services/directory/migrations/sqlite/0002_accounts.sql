-- One row from the moment there is a first administrator; locked by whatever may take the last one away.
CREATE TABLE setup (
    single     INTEGER NOT NULL PRIMARY KEY CHECK (single = 1),
    changed_at TEXT NOT NULL
) STRICT;

-- Staff. The person behind an account has its names, language and mail in people; the address is here too, because it is
-- what one signs in with: one account for each.
CREATE TABLE accounts (
    person          BLOB NOT NULL PRIMARY KEY REFERENCES people (id),
    version         INTEGER NOT NULL,
    mail            TEXT NOT NULL,
    role            TEXT NOT NULL CHECK (role IN ('administrator', 'coordinator', 'referent', 'facilitator', 'partner', 'auditor')),
    organisations   TEXT,
    password        TEXT,
    disabled_at     TEXT,
    created_at      TEXT NOT NULL,
    updated_at      TEXT NOT NULL,
    last_sign_in_at TEXT
) STRICT;
CREATE UNIQUE INDEX accounts_mail ON accounts (mail);

-- Browsers that are signed in. Only the digest of the secret in the cookie is kept.
CREATE TABLE browser_sessions (
    id           BLOB NOT NULL PRIMARY KEY,
    account      BLOB NOT NULL REFERENCES accounts (person),
    secret_hash  BLOB NOT NULL,
    device       TEXT NOT NULL,
    created_at   TEXT NOT NULL,
    last_seen_at TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX browser_sessions_secret ON browser_sessions (secret_hash);
CREATE INDEX browser_sessions_account ON browser_sessions (account, last_seen_at);
CREATE INDEX browser_sessions_age ON browser_sessions (last_seen_at);

-- Invitations and resets. The secret of the link is the notifier's; here is what it opens, and whether it still does.
CREATE TABLE account_links (
    id         BLOB NOT NULL PRIMARY KEY,
    account    BLOB NOT NULL REFERENCES accounts (person),
    purpose    TEXT NOT NULL CHECK (purpose IN ('invitation', 'reset')),
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    ended_at   TEXT
) STRICT;
CREATE INDEX account_links_open ON account_links (account) WHERE ended_at IS NULL;

-- Tries to sign in, by the digest of the address typed and by that of where they come from.
CREATE TABLE sign_in_tries (
    key       BLOB NOT NULL PRIMARY KEY,
    tries     INTEGER NOT NULL,
    last_at   TEXT NOT NULL,
    closed_to TEXT NOT NULL
) STRICT;
CREATE INDEX sign_in_tries_age ON sign_in_tries (last_at);

-- What happened to accounts; no address, no secret.
CREATE TABLE account_audit (
    id      BLOB NOT NULL PRIMARY KEY,
    at      TEXT NOT NULL,
    kind    TEXT NOT NULL,
    actor   TEXT NOT NULL,
    account BLOB,
    detail  TEXT NOT NULL
) STRICT;
CREATE INDEX account_audit_account ON account_audit (account, id);
CREATE INDEX account_audit_age ON account_audit (at);
