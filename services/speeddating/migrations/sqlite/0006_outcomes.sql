-- What each side says of a meeting; its last word counts. What both come to stands in meetings.
CREATE TABLE words (
    meeting_id BLOB NOT NULL REFERENCES meetings (id),
    side       TEXT NOT NULL,
    state      TEXT NOT NULL,
    outcome    TEXT NOT NULL,
    said_by    TEXT NOT NULL,
    said_at    TEXT NOT NULL,
    PRIMARY KEY (meeting_id, side)
) STRICT;

-- Who is there, late or absent, who noted it, and whether they had confirmed before. No row: not seen yet.
CREATE TABLE arrivals (
    registration_id BLOB NOT NULL PRIMARY KEY REFERENCES registrations (id),
    presence        TEXT NOT NULL,
    late_minutes    INTEGER NOT NULL,
    was_confirmed   INTEGER NOT NULL,
    noted_by        TEXT NOT NULL,
    noted_at        TEXT NOT NULL
) STRICT;
