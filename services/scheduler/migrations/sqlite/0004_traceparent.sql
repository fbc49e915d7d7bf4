-- What planned a reminder, as the W3C writes it; empty when nobody traced. Its delivery goes on from there, days later.
ALTER TABLE reminders ADD COLUMN traceparent TEXT NOT NULL DEFAULT '';
