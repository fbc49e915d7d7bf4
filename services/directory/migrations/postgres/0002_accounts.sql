-- One row from the moment there is a first administrator; locked by whatever may take the last one away.
CREATE TABLE setup (
    single     BIGINT PRIMARY KEY CHECK (single = 1),
    changed_at TIMESTAMPTZ NOT NULL
);

-- Staff. The person behind an account has its names, language and mail in people; the address is here too, because it is
-- what one signs in with: one account for each.
CREATE TABLE accounts (
    person          UUID PRIMARY KEY REFERENCES people (id),
    version         BIGINT NOT NULL,
    mail            TEXT NOT NULL,
    role            TEXT NOT NULL CHECK (role IN ('administrator', 'coordinator', 'referent', 'facilitator', 'partner', 'auditor')),
    organisations   JSONB,
    password        TEXT,
    disabled_at     TIMESTAMPTZ,
    created_at      TIMESTAMPTZ NOT NULL,
    updated_at      TIMESTAMPTZ NOT NULL,
    last_sign_in_at TIMESTAMPTZ
);
CREATE UNIQUE INDEX accounts_mail ON accounts (mail);

-- Browsers that are signed in. Only the digest of the secret in the cookie is kept.
CREATE TABLE browser_sessions (
    id           UUID PRIMARY KEY,
    account      UUID NOT NULL REFERENCES accounts (person),
    secret_hash  BYTEA NOT NULL,
    device       TEXT NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL,
    last_seen_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX browser_sessions_secret ON browser_sessions (secret_hash);
CREATE INDEX browser_sessions_account ON browser_sessions (account, last_seen_at);
CREATE INDEX browser_sessions_age ON browser_sessions (last_seen_at);

-- Invitations and resets. The secret of the link is the notifier's; here is what it opens, and whether it still does.
CREATE TABLE account_links (
    id         UUID PRIMARY KEY,
    account    UUID NOT NULL REFERENCES accounts (person),
    purpose    TEXT NOT NULL CHECK (purpose IN ('invitation', 'reset')),
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    ended_at   TIMESTAMPTZ
);
CREATE INDEX account_links_open ON account_links (account) WHERE ended_at IS NULL;

-- Tries to sign in, by the digest of the address typed and by that of where they come from.
CREATE TABLE sign_in_tries (
    key       BYTEA PRIMARY KEY,
    tries     BIGINT NOT NULL,
    last_at   TIMESTAMPTZ NOT NULL,
    closed_to TIMESTAMPTZ NOT NULL
);
CREATE INDEX sign_in_tries_age ON sign_in_tries (last_at);

-- What happened to accounts; no address, no secret.
CREATE TABLE account_audit (
    id      UUID PRIMARY KEY,
    at      TIMESTAMPTZ NOT NULL,
    kind    TEXT NOT NULL,
    actor   TEXT NOT NULL,
    account UUID,
    detail  TEXT NOT NULL
);
CREATE INDEX account_audit_account ON account_audit (account, id);
CREATE INDEX account_audit_age ON account_audit (at);
