-- 0012_history: the history lies by the month its instances started in.
--
-- Ids are UUIDv7: their order is that of the starts, so a month is a range of
-- ids and the key stays (instance, seq).  SQLite keeps one table.  What was there
-- before becomes the part of all months up to now; a start that no month is there
-- for goes to wr_history_other.
--
-- How long ended instances of a definition are kept (ms, -1: for ever) and what
-- of their history is told; NULL: as the settings say.
ALTER TABLE wr_definition ADD COLUMN history_ttl int8;
ALTER TABLE wr_definition ADD COLUMN history_level int4;

ALTER TABLE wr_history RENAME TO wr_history_before; -- @pgsql
ALTER INDEX wr_history_pkey RENAME TO wr_history_before_pkey; -- @pgsql
CREATE TABLE wr_history ( -- @pgsql
    LIKE wr_history_before INCLUDING DEFAULTS, -- @pgsql
    PRIMARY KEY (instance, seq) -- @pgsql
) PARTITION BY RANGE (instance); -- @pgsql
CREATE TABLE wr_history_other PARTITION OF wr_history DEFAULT; -- @pgsql

CREATE FUNCTION wr_history_key(at int8) RETURNS uuid -- @pgsql
LANGUAGE sql IMMUTABLE AS $$ -- @pgsql
    SELECT rpad(lpad(to_hex(at), 12, '0'), 32, '0')::uuid -- @pgsql
$$; -- @pgsql

CREATE FUNCTION wr_history_month(at int8, later int4) RETURNS timestamp -- @pgsql
LANGUAGE sql IMMUTABLE AS $$ -- @pgsql
    SELECT date_trunc('month', to_timestamp(at / 1000) AT TIME ZONE 'UTC') -- @pgsql
        + later * interval '1 month' -- @pgsql
$$; -- @pgsql

CREATE FUNCTION wr_history_from(month timestamp) RETURNS uuid -- @pgsql
LANGUAGE sql IMMUTABLE AS $$ -- @pgsql
    SELECT wr_history_key((extract(epoch FROM month) * 1000)::int8) -- @pgsql
$$; -- @pgsql

CREATE FUNCTION wr_history_ahead(at int8, months int4) RETURNS int8 -- @pgsql
LANGUAGE plpgsql AS $$ -- @pgsql
DECLARE -- @pgsql
    m timestamp; -- @pgsql
    part text; -- @pgsql
    made int8 := 0; -- @pgsql
BEGIN -- @pgsql
    FOR n IN 0 .. months - 1 LOOP -- @pgsql
        m := wr_history_month(at, n); -- @pgsql
        part := 'wr_history_' || to_char(m, 'YYYY_MM'); -- @pgsql
        CONTINUE WHEN to_regclass(part) IS NOT NULL; -- @pgsql
        BEGIN -- @pgsql
            LOCK TABLE wr_history IN SHARE UPDATE EXCLUSIVE MODE; -- @pgsql
            LOCK TABLE wr_history_other IN ACCESS EXCLUSIVE MODE; -- @pgsql
            EXECUTE format('CREATE TABLE %I (LIKE wr_history INCLUDING ALL)', -- @pgsql
                part); -- @pgsql
            EXECUTE format('WITH d AS (DELETE FROM wr_history_other' -- @pgsql
                ' WHERE instance >= $1 AND instance < $2 RETURNING *)' -- @pgsql
                ' INSERT INTO %I SELECT * FROM d', part) -- @pgsql
                USING wr_history_from(m), -- @pgsql
                    wr_history_from(m + interval '1 month'); -- @pgsql
            EXECUTE format('ALTER TABLE wr_history ATTACH PARTITION %I' -- @pgsql
                ' FOR VALUES FROM (%L) TO (%L)', part, wr_history_from(m), -- @pgsql
                wr_history_from(m + interval '1 month')); -- @pgsql
            made := made + 1; -- @pgsql
        EXCEPTION -- @pgsql
            WHEN invalid_object_definition OR duplicate_table THEN -- @pgsql
                NULL; -- @pgsql
        END; -- @pgsql
    END LOOP; -- @pgsql
    RETURN made; -- @pgsql
END -- @pgsql
$$; -- @pgsql

CREATE FUNCTION wr_history_swap(part text, bounds text) RETURNS void -- @pgsql
LANGUAGE plpgsql AS $$ -- @pgsql
BEGIN -- @pgsql
    LOCK TABLE wr_history IN ACCESS EXCLUSIVE MODE; -- @pgsql
    EXECUTE format('CREATE TABLE wr_history_kept (LIKE %I INCLUDING ALL)', -- @pgsql
        part); -- @pgsql
    EXECUTE format('INSERT INTO wr_history_kept SELECT h.* FROM %I h' -- @pgsql
        ' WHERE EXISTS (SELECT 1 FROM wr_instance i WHERE i.id = h.instance)', -- @pgsql
        part); -- @pgsql
    EXECUTE format('DROP TABLE %I', part); -- @pgsql
    EXECUTE format('ALTER INDEX wr_history_kept_pkey RENAME TO %I', -- @pgsql
        part || '_pkey'); -- @pgsql
    EXECUTE format('ALTER TABLE wr_history_kept RENAME TO %I', part); -- @pgsql
    EXECUTE format('ALTER TABLE wr_history ATTACH PARTITION %I %s', part, -- @pgsql
        bounds); -- @pgsql
END -- @pgsql
$$; -- @pgsql

CREATE FUNCTION wr_history_thin(part text, bounds text, most int8) -- @pgsql
RETURNS int8 LANGUAGE plpgsql AS $$ -- @pgsql
DECLARE -- @pgsql
    kept int8; -- @pgsql
    dead bool; -- @pgsql
BEGIN -- @pgsql
    EXECUTE format('SELECT count(*) FROM (SELECT 1 FROM %I h WHERE EXISTS' -- @pgsql
        ' (SELECT 1 FROM wr_instance i WHERE i.id = h.instance)' -- @pgsql
        ' LIMIT $1 + 1) x', part) INTO kept USING most; -- @pgsql
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I h WHERE NOT EXISTS' -- @pgsql
        ' (SELECT 1 FROM wr_instance i WHERE i.id = h.instance))', part) -- @pgsql
        INTO dead; -- @pgsql
    IF kept > 0 AND NOT dead THEN -- @pgsql
        RETURN 0; -- @pgsql
    END IF; -- @pgsql
    IF kept > most THEN -- @pgsql
        EXECUTE format('DELETE FROM %I WHERE (instance, seq) IN' -- @pgsql
            ' (SELECT h.instance, h.seq FROM %I h WHERE NOT EXISTS' -- @pgsql
            ' (SELECT 1 FROM wr_instance i WHERE i.id = h.instance)' -- @pgsql
            ' LIMIT $1)', part, part) USING most; -- @pgsql
        RETURN 0; -- @pgsql
    END IF; -- @pgsql
    IF kept > 0 THEN -- @pgsql
        PERFORM wr_history_swap(part, bounds); -- @pgsql
    ELSE -- @pgsql
        LOCK TABLE wr_history IN ACCESS EXCLUSIVE MODE; -- @pgsql
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I h WHERE EXISTS' -- @pgsql
            ' (SELECT 1 FROM wr_instance i WHERE i.id = h.instance))', part) -- @pgsql
            INTO dead; -- @pgsql
        IF dead THEN -- @pgsql
            PERFORM wr_history_swap(part, bounds); -- @pgsql
        ELSE -- @pgsql
            EXECUTE format('DROP TABLE %I', part); -- @pgsql
        END IF; -- @pgsql
    END IF; -- @pgsql
    RETURN 1; -- @pgsql
END -- @pgsql
$$; -- @pgsql

CREATE FUNCTION wr_history_drop(before int8, most int8) RETURNS int8 -- @pgsql
LANGUAGE plpgsql AS $$ -- @pgsql
DECLARE -- @pgsql
    p record; -- @pgsql
BEGIN -- @pgsql
    PERFORM set_config('lock_timeout', '2s', true); -- @pgsql
    FOR p IN SELECT c.relname::text AS part, -- @pgsql
            pg_get_expr(c.relpartbound, c.oid) AS bounds -- @pgsql
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid -- @pgsql
        WHERE i.inhparent = 'wr_history'::regclass ORDER BY 1 LOOP -- @pgsql
        CONTINUE WHEN p.bounds = 'DEFAULT' -- @pgsql
            OR substring(p.bounds FROM 'TO [(]''([0-9a-f-]+)''')::uuid -- @pgsql
                > wr_history_key(before); -- @pgsql
        IF wr_history_thin(p.part, p.bounds, most) > 0 THEN -- @pgsql
            RETURN 1; -- @pgsql
        END IF; -- @pgsql
    END LOOP; -- @pgsql
    RETURN 0; -- @pgsql
END -- @pgsql
$$; -- @pgsql

DO $$ -- @pgsql
DECLARE -- @pgsql
    newest int8; -- @pgsql
BEGIN -- @pgsql
    SELECT max(at) INTO newest FROM wr_history_before; -- @pgsql
    IF newest IS NULL THEN -- @pgsql
        DROP TABLE wr_history_before; -- @pgsql
    ELSE -- @pgsql
        EXECUTE format('ALTER TABLE wr_history ATTACH PARTITION' -- @pgsql
            ' wr_history_before FOR VALUES FROM (MINVALUE) TO (%L)', -- @pgsql
            wr_history_from(wr_history_month(greatest(newest, -- @pgsql
                (extract(epoch FROM clock_timestamp()) * 1000)::int8), 1))); -- @pgsql
    END IF; -- @pgsql
    PERFORM wr_history_ahead( -- @pgsql
        (extract(epoch FROM clock_timestamp()) * 1000)::int8, 2); -- @pgsql
END -- @pgsql
$$; -- @pgsql
