-- 0016_history_months: only months that something was removed of are looked
-- at, what lies in wr_history_other goes, too, and who makes or drops a month
-- does not hold up the others for long.

CREATE TABLE wr_history_dead ( -- months with history that nothing reads -- @pgsql
    id uuid NOT NULL PRIMARY KEY -- where it begins -- @pgsql
); -- @pgsql
CREATE FUNCTION wr_history_month_of(id uuid) RETURNS uuid -- @pgsql
LANGUAGE sql IMMUTABLE AS $$ -- @pgsql
    SELECT wr_history_from(wr_history_month(('x' || left( -- @pgsql
        replace(id::text, '-', ''), 12))::bit(48)::int8, 0)) -- @pgsql
$$; -- @pgsql
-- Of instances that were removed before.
DO $$ -- @pgsql
DECLARE -- @pgsql
    p record; -- @pgsql
BEGIN -- @pgsql
    FOR p IN SELECT inhrelid::regclass AS part FROM pg_inherits -- @pgsql
        WHERE inhparent = 'wr_history'::regclass LOOP -- @pgsql
        EXECUTE format('INSERT INTO wr_history_dead SELECT DISTINCT' -- @pgsql
            ' wr_history_month_of(h.instance) FROM %s h WHERE NOT EXISTS' -- @pgsql
            ' (SELECT 1 FROM wr_instance i WHERE i.id = h.instance)' -- @pgsql
            ' ON CONFLICT DO NOTHING', p.part); -- @pgsql
    END LOOP; -- @pgsql
END -- @pgsql
$$; -- @pgsql

ALTER FUNCTION wr_history_ahead(int8, int4) SET lock_timeout = '2s'; -- @pgsql

-- 0: nothing is left to go; 1: the month went; 2: some went, perhaps not all.
CREATE OR REPLACE FUNCTION wr_history_thin(part text, bounds text, most int8) -- @pgsql
RETURNS int8 LANGUAGE plpgsql AS $$ -- @pgsql
DECLARE -- @pgsql
    kept int8; -- @pgsql
    n int8; -- @pgsql
    dead bool; -- @pgsql
BEGIN -- @pgsql
    EXECUTE format('SELECT count(*) FROM (SELECT 1 FROM %I h WHERE EXISTS' -- @pgsql
        ' (SELECT 1 FROM wr_instance i WHERE i.id = h.instance)' -- @pgsql
        ' LIMIT $1 + 1) x', part) INTO kept USING most; -- @pgsql
    IF kept > most OR bounds = 'DEFAULT' THEN -- @pgsql
        EXECUTE format('DELETE FROM %I WHERE (instance, seq) IN' -- @pgsql
            ' (SELECT h.instance, h.seq FROM %I h WHERE NOT EXISTS' -- @pgsql
            ' (SELECT 1 FROM wr_instance i WHERE i.id = h.instance)' -- @pgsql
            ' LIMIT $1)', part, part) USING most; -- @pgsql
        GET DIAGNOSTICS n = ROW_COUNT; -- @pgsql
        RETURN CASE WHEN n < most THEN 0 ELSE 2 END; -- @pgsql
    END IF; -- @pgsql
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I h WHERE NOT EXISTS' -- @pgsql
        ' (SELECT 1 FROM wr_instance i WHERE i.id = h.instance))', part) -- @pgsql
        INTO dead; -- @pgsql
    IF kept > 0 AND NOT dead THEN -- @pgsql
        RETURN 0; -- @pgsql
    END IF; -- @pgsql
    LOCK TABLE wr_history IN ACCESS EXCLUSIVE MODE; -- @pgsql
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I h WHERE EXISTS' -- @pgsql
        ' (SELECT 1 FROM wr_instance i WHERE i.id = h.instance))', part) -- @pgsql
        INTO dead; -- @pgsql
    IF dead THEN -- @pgsql
        PERFORM wr_history_swap(part, bounds); -- @pgsql
    ELSE -- @pgsql
        EXECUTE format('DROP TABLE %I', part); -- @pgsql
    END IF; -- @pgsql
    RETURN 1; -- @pgsql
END -- @pgsql
$$; -- @pgsql

-- A mark is taken away before the month is looked at: who removes something of
-- it meanwhile waits, and marks it anew.
CREATE OR REPLACE FUNCTION wr_history_drop(before int8, most int8) RETURNS int8 -- @pgsql
LANGUAGE plpgsql AS $$ -- @pgsql
DECLARE -- @pgsql
    p record; -- @pgsql
    ends uuid; -- @pgsql
    mark uuid; -- @pgsql
    done int8; -- @pgsql
BEGIN -- @pgsql
    PERFORM set_config('lock_timeout', '2s', true); -- @pgsql
    FOR p IN SELECT c.relname::text AS part, -- @pgsql
            pg_get_expr(c.relpartbound, c.oid) AS bounds -- @pgsql
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid -- @pgsql
        WHERE i.inhparent = 'wr_history'::regclass ORDER BY 1 LOOP -- @pgsql
        ends := substring(p.bounds FROM 'TO [(]''([0-9a-f-]+)''')::uuid; -- @pgsql
        CONTINUE WHEN ends > wr_history_key(before); -- @pgsql
        WITH d AS (DELETE FROM wr_history_dead WHERE id < ends -- @pgsql
            AND id >= coalesce(substring(p.bounds -- @pgsql
                FROM 'FROM [(]''([0-9a-f-]+)''')::uuid, wr_history_key(0)) -- @pgsql
            RETURNING id) -- @pgsql
        SELECT (array_agg(d.id))[1] INTO mark FROM d; -- @pgsql
        CONTINUE WHEN mark IS NULL AND ends IS NOT NULL; -- @pgsql
        done := wr_history_thin(p.part, p.bounds, most); -- @pgsql
        IF done = 2 AND mark IS NOT NULL THEN -- @pgsql
            INSERT INTO wr_history_dead VALUES (mark) ON CONFLICT DO NOTHING; -- @pgsql
        END IF; -- @pgsql
        IF done > 0 THEN -- @pgsql
            RETURN done; -- @pgsql
        END IF; -- @pgsql
    END LOOP; -- @pgsql
    RETURN 0; -- @pgsql
END -- @pgsql
$$; -- @pgsql
