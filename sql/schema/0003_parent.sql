-- 0003_parent: an instance that a call activity started knows who called it.
--
-- Neither column ever changes: the index is no burden on a step.

ALTER TABLE wr_instance ADD COLUMN parent uuid;
ALTER TABLE wr_instance ADD COLUMN root uuid;
CREATE INDEX wr_instance_parent ON wr_instance (parent, id)
    WHERE parent IS NOT NULL;
