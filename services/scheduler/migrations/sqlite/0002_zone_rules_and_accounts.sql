-- By which rules of its zone the instants were computed; those of before are computed anew at the next start.
ALTER TABLE milestones ADD COLUMN zone_rules TEXT NOT NULL DEFAULT '';
-- Answers the counts by policy, channel and state alone.
CREATE INDEX reminders_accounts ON reminders (policy, channel, state);
