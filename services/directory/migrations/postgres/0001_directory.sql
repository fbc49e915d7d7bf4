-- Companies, buyers, inclusion employers … that an organisation of ours knows. Order of name_key is that of bytes, as
-- in SQLite, so that pages follow each other alike.
CREATE TABLE organisations (
    id         UUID PRIMARY KEY,
    owner      UUID NOT NULL,
    version    BIGINT NOT NULL,
    name       TEXT NOT NULL,
    name_key   TEXT COLLATE "C" NOT NULL,
    kind       TEXT NOT NULL,
    sector     TEXT NOT NULL,
    siret      TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX organisations_siret ON organisations (owner, siret) WHERE siret IS NOT NULL;
CREATE UNIQUE INDEX organisations_name ON organisations (owner, name_key) WHERE siret IS NULL;
CREATE INDEX organisations_order ON organisations (name_key, id);
CREATE INDEX organisations_named ON organisations (owner, name_key);

-- People. After erasure the row stays as a tombstone without identity.
CREATE TABLE people (
    id           UUID PRIMARY KEY,
    owner        UUID NOT NULL,
    version      BIGINT NOT NULL,
    given_name   TEXT NOT NULL,
    family_name  TEXT NOT NULL,
    name_key     TEXT COLLATE "C" NOT NULL,
    mail         TEXT,
    phone        TEXT,
    language     TEXT NOT NULL,
    access_needs TEXT NOT NULL,
    organisation UUID REFERENCES organisations (id),
    mail_refused BOOLEAN NOT NULL,
    sms_refused  BOOLEAN NOT NULL,
    preferred    TEXT CHECK (preferred IN ('mail', 'sms')),
    created_at   TIMESTAMPTZ NOT NULL,
    updated_at   TIMESTAMPTZ NOT NULL,
    erased_at    TIMESTAMPTZ,
    CHECK (erased_at IS NULL OR (mail IS NULL AND phone IS NULL AND given_name = '' AND family_name = ''))
);
-- The same mail and name is the same person. (Number and name are not unique: two files of one person may each have
-- been made with another mail, and learn the same number later.)
CREATE UNIQUE INDEX people_mail ON people (owner, mail, name_key) WHERE mail IS NOT NULL;
CREATE INDEX people_phone ON people (owner, phone) WHERE phone IS NOT NULL;
CREATE INDEX people_order ON people (name_key, id) WHERE erased_at IS NULL;
CREATE INDEX people_named ON people (owner, name_key) WHERE erased_at IS NULL;

-- One row per owner that imports, locked by each import: two at once would each make the same person.
CREATE TABLE imports (
    owner   UUID PRIMARY KEY,
    last_at TIMESTAMPTZ NOT NULL
);

-- Which staff saw whose personal data, and when.
CREATE TABLE reads (
    person  UUID NOT NULL,
    reader  TEXT NOT NULL,
    seen    TEXT NOT NULL CHECK (seen IN ('file', 'list')),
    read_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (person, read_at, reader, seen)
);
CREATE INDEX reads_age ON reads (read_at);

-- Wrong answers to the second factor of links, counted from the first one of a quarter of an hour.
CREATE TABLE surname_tries (
    person UUID PRIMARY KEY,
    since  TIMESTAMPTZ NOT NULL,
    tries  BIGINT NOT NULL
);
