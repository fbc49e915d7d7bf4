-- A branch owns under its own id, as an organisation does: nothing ever read this.
ALTER TABLE sessions DROP COLUMN branch_id;
