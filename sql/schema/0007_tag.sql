-- 0007_tag: what an instance was tagged with when it was started.
--
-- Never changes and has no index; NULL, and thus no byte, without tags.

ALTER TABLE wr_instance ADD COLUMN tags text[] COLLATE "C"; -- @pgsql
ALTER TABLE wr_instance ADD COLUMN tags text; -- @sqlite
