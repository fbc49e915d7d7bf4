-- A branch is an organisation of this installation that belongs to another one.
ALTER TABLE organisations ADD COLUMN parent BLOB;
CREATE INDEX organisations_parent ON organisations (parent) WHERE parent IS NOT NULL;
