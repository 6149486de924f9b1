-- 0006_suspension: elements of definitions and job types that stand still.
--
-- The row of kind 0 is no suspension: its "at" counts how often one came or
-- went.  A step is committed only when it knew of all of them.
CREATE TABLE wr_suspension (
    id         uuid NOT NULL PRIMARY KEY,
    tenant     int4 NOT NULL,
    kind       int4 NOT NULL,
    definition uuid NOT NULL,
    name       text COLLATE "C" NOT NULL,
    actor      text COLLATE "C",
    reason     text COLLATE "C",
    at         int8 NOT NULL
);
CREATE UNIQUE INDEX wr_suspension_what
    ON wr_suspension (kind, name, definition, tenant);

INSERT INTO wr_suspension (id, tenant, kind, definition, name, at) VALUES (
    '00000000-0000-0000-0000-000000000000', 0, 0,       -- @pgsql
    '00000000-0000-0000-0000-000000000000',             -- @pgsql
    x'00000000000000000000000000000000', 0, 0,          -- @sqlite
    x'00000000000000000000000000000000',                -- @sqlite
    '', 0);
