-- Sums beside the columns: what all nodes of a pool said together, so that a chart of a hundred nodes reads one histogram a
-- step instead of a hundred. Null where single nodes are small enough, and in rows from before this migration.
ALTER TABLE series.column_60 ADD COLUMN sum BYTEA;
ALTER TABLE series.column_300 ADD COLUMN sum BYTEA;
ALTER TABLE series.column_3600 ADD COLUMN sum BYTEA;
