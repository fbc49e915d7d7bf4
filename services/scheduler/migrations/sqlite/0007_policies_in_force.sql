-- Which policies hold: those of the process that started last, and when one that has them was last there.
INSERT INTO marks (name, value) SELECT 'in_force', value FROM marks WHERE name = 'policies';
INSERT INTO marks (name, value) VALUES ('in_force_seen', '');

-- Subjects that a process with other policies has planned since: they are planned anew.
CREATE TABLE planned_otherwise (
    subject TEXT NOT NULL PRIMARY KEY
) STRICT;
