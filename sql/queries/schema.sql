-- The schema's own record of its migrations.

-- name: schema_create
CREATE TABLE IF NOT EXISTS wr_schema (number int NOT NULL PRIMARY KEY,
name text NOT NULL);

-- name: schema_exists @pgsql
SELECT count(*) AS count FROM pg_class
WHERE relname = 'wr_schema' AND pg_table_is_visible(oid);

-- name: schema_exists @sqlite
SELECT count(*) AS count FROM sqlite_master WHERE name = 'wr_schema';

-- name: schema_version
SELECT coalesce(max(number), 0) AS count FROM wr_schema;

-- name: schema_record
INSERT INTO wr_schema (number, name) VALUES (:number, :name);

-- One migration at a time; released with the connection or by the unlock.
-- name: schema_lock @pgsql
SELECT pg_advisory_lock(8459163) IS NULL AS locked;

-- name: schema_unlock @pgsql
SELECT pg_advisory_unlock(8459163) AS unlocked;
