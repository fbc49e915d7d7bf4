-- With a broker several replicas empty one outbox: what one of them publishes is its own until this instant. What no
-- queue wanted is tried again then.
ALTER TABLE outbox ADD COLUMN next_at TIMESTAMPTZ;
