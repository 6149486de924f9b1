-- 0004_task: a task that was handed on remembers whose it is.

ALTER TABLE wr_task ADD COLUMN owner_name text COLLATE "C";
-- NULL: it never was; see enum wr_task_delegation.
ALTER TABLE wr_task ADD COLUMN delegation int4;
