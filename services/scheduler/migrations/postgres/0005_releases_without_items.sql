-- What was granted is decided anew when it is asked again: nobody ever read it, and every mail wrote it twice.
ALTER TABLE releases DROP COLUMN items;
