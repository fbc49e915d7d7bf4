-- A link that is handed over by who runs the installation, not mailed: its secret is ours, kept as a digest.
ALTER TABLE account_links ADD COLUMN secret_hash BYTEA;
CREATE UNIQUE INDEX account_links_secret ON account_links (secret_hash) WHERE secret_hash IS NOT NULL;
