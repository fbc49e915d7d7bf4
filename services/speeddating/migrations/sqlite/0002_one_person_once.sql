-- One person takes part in a session once, whatever their code. Employers' contacts are left out: one recruiter may
-- stand for two employers, and it is the employer's numbered seats that are booked.
CREATE UNIQUE INDEX registrations_candidate ON registrations (session_id, person_id)
    WHERE side = 'candidate' AND standing <> 'withdrawn';

-- Days (UTC) on which published meetings take place. Whoever would put meetings on a day writes its row first, so that
-- two sessions of one day never publish past each other.
CREATE TABLE days (
    date TEXT NOT NULL PRIMARY KEY
) STRICT;
CREATE INDEX sessions_date ON sessions (date);

-- What an import was decided on before its people went to the directory: a retry sends the same people again.
CREATE TABLE imports (
    id          BLOB NOT NULL PRIMARY KEY,
    fingerprint BLOB NOT NULL,
    decision    TEXT NOT NULL,
    decided_at  TEXT NOT NULL
) STRICT;
