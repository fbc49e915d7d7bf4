-- What caused an event, as the W3C writes it; empty when nobody traced.
ALTER TABLE outbox ADD COLUMN traceparent TEXT NOT NULL DEFAULT '';
ALTER TABLE inbox ADD COLUMN traceparent TEXT NOT NULL DEFAULT '';
