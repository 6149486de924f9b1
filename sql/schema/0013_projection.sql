-- 0013_projection: what packed history cannot answer, folded from it.
--
-- Rebuildable: everything but the index on wr_history can be emptied and is
-- made again.  Nothing here is written with a step.

ALTER TABLE wr_history ADD COLUMN pos int8; -- @sqlite
UPDATE wr_history SET pos = x.n FROM (SELECT instance AS i, seq AS s,  -- @sqlite
    row_number() OVER (ORDER BY at, instance, seq) AS n                -- @sqlite
    FROM wr_history) x WHERE instance = x.i AND seq = x.s;             -- @sqlite
CREATE INDEX wr_history_pos ON wr_history (pos);                       -- @sqlite
-- Costs a step nothing: what is not summarized yet has no entries.
CREATE INDEX wr_history_pos ON wr_history                              -- @pgsql
    USING brin (((pos::text)::int8))                                   -- @pgsql
    WITH (pages_per_range = 32, autosummarize = on);                   -- @pgsql
DO $$                                                                  -- @pgsql
DECLARE                                                                -- @pgsql
    p record;                                                          -- @pgsql
BEGIN                                                                  -- @pgsql
    FOR p IN SELECT x.indexrelid::regclass AS i                        -- @pgsql
        FROM pg_partition_tree('wr_history') t                         -- @pgsql
        JOIN pg_index x ON x.indrelid = t.relid                        -- @pgsql
        JOIN pg_class c ON c.oid = x.indexrelid                        -- @pgsql
        JOIN pg_am a ON a.oid = c.relam                                -- @pgsql
        WHERE t.isleaf AND a.amname = 'brin' LOOP                      -- @pgsql
        PERFORM brin_desummarize_range(p.i, 0);                        -- @pgsql
    END LOOP;                                                          -- @pgsql
END                                                                    -- @pgsql
$$;                                                                    -- @pgsql

-- One row: how far the history was folded, in one commit with what came of it.
CREATE TABLE wr_projection (
    id     int4 NOT NULL PRIMARY KEY,
    pos    int8 NOT NULL,
    at     int8 NOT NULL,
    events int8 NOT NULL
);
INSERT INTO wr_projection (id, pos, at, events) VALUES (1, 0, 0, 0);

-- An instance as far as it was folded.
CREATE TABLE wr_past_instance (
    id         uuid NOT NULL PRIMARY KEY,
    definition uuid NOT NULL,
    started_at int8 NOT NULL,
    seq        int8 NOT NULL,
    tenant     int4 NOT NULL,
    bucket     int4 NOT NULL,
    state      int4 NOT NULL,
    was        int4 NOT NULL,
    ended_at   int8
)
WITHOUT ROWID -- @sqlite
;
CREATE INDEX wr_past_instance_state ON wr_past_instance (tenant, state, id);

CREATE TABLE wr_activity (
    id         uuid NOT NULL PRIMARY KEY,
    instance   uuid NOT NULL,
    definition uuid NOT NULL,
    started_at int8 NOT NULL,
    key        int8 NOT NULL,
    tenant     int4 NOT NULL,
    bucket     int4 NOT NULL,
    element    int4 NOT NULL,
    kind       int4 NOT NULL,
    state      int4 NOT NULL,
    ended_at   int8,
    duration   int8
)
WITHOUT ROWID -- @sqlite
;
CREATE INDEX wr_activity_instance ON wr_activity (instance, id);
CREATE INDEX wr_activity_definition ON wr_activity (definition, element, id);

CREATE TABLE wr_past_task (
    id         uuid NOT NULL PRIMARY KEY,
    instance   uuid NOT NULL,
    definition uuid NOT NULL,
    created_at int8 NOT NULL,
    rev        int8 NOT NULL,
    tenant     int4 NOT NULL,
    bucket     int4 NOT NULL,
    element    int4 NOT NULL,
    state      int4 NOT NULL,
    ended_at   int8,
    duration   int8,
    assignee   text COLLATE "C",
    ended_by   text COLLATE "C"
)
WITHOUT ROWID -- @sqlite
;
CREATE INDEX wr_past_task_instance ON wr_past_task (instance, id);
CREATE INDEX wr_past_task_assignee ON wr_past_task (tenant, assignee, id);

-- A leaf of a variable of the process's own scope; value sorts as it compares
-- (engine/store/value_key.h).
CREATE TABLE wr_variable (
    id       uuid NOT NULL PRIMARY KEY,
    instance uuid NOT NULL,
    tenant   int4 NOT NULL,
    bucket   int4 NOT NULL,
    name     text COLLATE "C" NOT NULL,
    path     text COLLATE "C" NOT NULL,
    value    text COLLATE "C" NOT NULL
)
WITHOUT ROWID -- @sqlite
;
CREATE INDEX wr_variable_instance ON wr_variable (instance, name);
CREATE INDEX wr_variable_value ON wr_variable (tenant, name, path, value);

-- How often and how long, for each element of a version; element 0 is the
-- process.
CREATE TABLE wr_element_count (
    id         uuid NOT NULL PRIMARY KEY,
    definition uuid NOT NULL,
    tenant     int4 NOT NULL,
    element    int4 NOT NULL,
    running    int8 NOT NULL,
    completed  int8 NOT NULL,
    failed     int8 NOT NULL,
    canceled   int8 NOT NULL,
    total_ms   int8 NOT NULL,
    least_ms   int8 NOT NULL,
    most_ms    int8 NOT NULL,
    histogram  bytea
)
WITHOUT ROWID -- @sqlite
;
CREATE INDEX wr_element_count_definition
    ON wr_element_count (definition, element);
