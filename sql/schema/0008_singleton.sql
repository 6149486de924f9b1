-- 0008_singleton: of message starts with this policy one active instance a key.
--
-- "process/key" while the instance is active, else NULL: then it costs nothing.

ALTER TABLE wr_instance ADD COLUMN singleton text COLLATE "C"; -- @pgsql
ALTER TABLE wr_instance ADD COLUMN singleton text; -- @sqlite
CREATE UNIQUE INDEX wr_instance_singleton ON wr_instance (tenant, singleton)
    WHERE singleton IS NOT NULL;
