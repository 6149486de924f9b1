-- 0014_job: attempts of jobs, and offers in the order of their age.

-- attempt: tries that have ended, as the state knows; claims: those begun since
-- the row was last written by a step.
ALTER TABLE wr_job ADD COLUMN attempt int4 NOT NULL DEFAULT 0;
ALTER TABLE wr_job ADD COLUMN claims int4 NOT NULL DEFAULT 0;
ALTER TABLE wr_job ADD COLUMN error text COLLATE "C";

-- When the lease of the last try ends; 0: tries are left.  It alone is looked
-- for: other claims change no index.
ALTER TABLE wr_job ADD COLUMN guard_at int8 NOT NULL DEFAULT 0;
CREATE INDEX wr_job_guard ON wr_job (guard_at, id) WHERE guard_at > 0;

-- The best first: a step of priority is worth 30 s of waiting.  Who waits gains
-- on who comes later by itself, so the order of two never changes.
DROP INDEX wr_job_offer;
CREATE INDEX wr_job_offer ON wr_job (type,
    (greatest(due_at, created_at) - priority::int8 * 30000), -- @pgsql
    (max(due_at, created_at) - priority * 30000),            -- @sqlite
    id) WHERE kind = 0 AND retries > 0;
