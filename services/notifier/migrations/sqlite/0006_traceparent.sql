-- What planned a delivery, as the W3C writes it; empty when nobody traced. Every attempt goes on from there.
ALTER TABLE deliveries ADD COLUMN traceparent TEXT NOT NULL DEFAULT '';
