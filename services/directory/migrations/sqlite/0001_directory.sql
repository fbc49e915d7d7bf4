-- Companies, buyers, inclusion employers … that an organisation of ours knows. Order of name_key is that of bytes, as
-- in PostgreSQL, so that pages follow each other alike.
CREATE TABLE organisations (
    id         BLOB NOT NULL PRIMARY KEY,
    owner      BLOB NOT NULL,
    version    INTEGER NOT NULL,
    name       TEXT NOT NULL,
    name_key   TEXT NOT NULL,
    kind       TEXT NOT NULL,
    sector     TEXT NOT NULL,
    siret      TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX organisations_siret ON organisations (owner, siret) WHERE siret IS NOT NULL;
CREATE UNIQUE INDEX organisations_name ON organisations (owner, name_key) WHERE siret IS NULL;
CREATE INDEX organisations_order ON organisations (name_key, id);
CREATE INDEX organisations_named ON organisations (owner, name_key);

-- People. After erasure the row stays as a tombstone without identity.
CREATE TABLE people (
    id           BLOB NOT NULL PRIMARY KEY,
    owner        BLOB NOT NULL,
    version      INTEGER NOT NULL,
    given_name   TEXT NOT NULL,
    family_name  TEXT NOT NULL,
    name_key     TEXT NOT NULL,
    mail         TEXT,
    phone        TEXT,
    language     TEXT NOT NULL,
    access_needs TEXT NOT NULL,
    organisation BLOB REFERENCES organisations (id),
    mail_refused INTEGER NOT NULL,
    sms_refused  INTEGER NOT NULL,
    preferred    TEXT CHECK (preferred IN ('mail', 'sms')),
    created_at   TEXT NOT NULL,
    updated_at   TEXT NOT NULL,
    erased_at    TEXT,
    CHECK (erased_at IS NULL OR (mail IS NULL AND phone IS NULL AND given_name = '' AND family_name = ''))
) STRICT;
-- The same mail and name is the same person. (Number and name are not unique: two files of one person may each have
-- been made with another mail, and learn the same number later.)
CREATE UNIQUE INDEX people_mail ON people (owner, mail, name_key) WHERE mail IS NOT NULL;
CREATE INDEX people_phone ON people (owner, phone) WHERE phone IS NOT NULL;
CREATE INDEX people_order ON people (name_key, id) WHERE erased_at IS NULL;
CREATE INDEX people_named ON people (owner, name_key) WHERE erased_at IS NULL;

-- One row per owner that imports, locked by each import: two at once would each make the same person.
CREATE TABLE imports (
    owner   BLOB NOT NULL PRIMARY KEY,
    last_at TEXT NOT NULL
) STRICT;

-- Which staff saw whose personal data, and when.
CREATE TABLE reads (
    person  BLOB NOT NULL,
    reader  TEXT NOT NULL,
    seen    TEXT NOT NULL CHECK (seen IN ('file', 'list')),
    read_at TEXT NOT NULL,
    PRIMARY KEY (person, read_at, reader, seen)
) STRICT;
CREATE INDEX reads_age ON reads (read_at);

-- Wrong answers to the second factor of links, counted from the first one of a quarter of an hour.
CREATE TABLE surname_tries (
    person BLOB NOT NULL PRIMARY KEY,
    since  TEXT NOT NULL,
    tries  INTEGER NOT NULL
) STRICT;
