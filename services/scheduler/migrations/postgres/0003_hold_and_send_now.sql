-- What staff did to reminders by hand. A held one stays planned and waits until a person lets it go.
ALTER TABLE reminders ADD COLUMN held_at TIMESTAMPTZ;
ALTER TABLE reminders ADD COLUMN any_hour BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE reminders ADD COLUMN resend_of UUID;

-- The claim passes held ones over.
DROP INDEX reminders_due;
CREATE INDEX reminders_due ON reminders (due_at, id) WHERE state = 'planned' AND held_at IS NULL;
CREATE INDEX reminders_held ON reminders (useful_until) WHERE state = 'planned' AND held_at IS NOT NULL;

-- Who did what, and when. For a resend, `other_id` is the new reminder.
CREATE TABLE acts (
    id          UUID NOT NULL PRIMARY KEY,
    reminder_id UUID NOT NULL REFERENCES reminders (id),
    act         TEXT NOT NULL CHECK (act IN ('hold', 'resume', 'send_now', 'resend')),
    actor       TEXT NOT NULL,
    at          TIMESTAMPTZ NOT NULL,
    other_id    UUID
);
CREATE INDEX acts_of_reminder ON acts (reminder_id, id);
CREATE INDEX milestones_of_group ON milestones (grouping, subject, kind);
