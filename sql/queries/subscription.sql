-- Subscriptions: who waits for which message.

-- part: subscription_row
id, instance, definition, tenant, element, name, key, created_at, type;

-- part: subscription_of_s
s.id, s.instance, s.definition, s.tenant, s.element, s.name, s.key,
s.created_at, s.type;

-- part: subscription_where
tenant = :tenant
AND (:definition IS NULL OR definition = :definition)
AND (:element = 0 OR element = :element)
AND (:subscription IS NULL OR coalesce(type, 0) = :subscription)
AND (:name IS NULL OR name = :name)
AND (:key IS NULL OR key = :key)
AND (:key_exact = 0 OR :key IS NOT NULL OR key IS NULL);

-- name: subscription_by_id
SELECT {subscription_row} FROM wr_subscription
WHERE id = :id AND bucket = :bucket
AND (:instance IS NULL OR instance = :instance) AND {subscription_where};

-- name: subscription_by_instance @ways
SELECT {subscription_row} FROM wr_subscription
WHERE instance = :instance AND bucket = :bucket AND id ~> :c_id
AND {subscription_where}
ORDER BY id ~asc LIMIT :limit;

-- name: subscription_by_key @ways
SELECT {subscription_row} FROM wr_subscription
WHERE name = :name AND key = :key AND id ~> :c_id AND {subscription_where}
ORDER BY id ~asc LIMIT :limit;

-- The key is in the order for PostgreSQL's sake: by the id alone it sorts all.
-- name: subscription_without_key @ways
SELECT {subscription_row} FROM wr_subscription
WHERE name = :name AND key IS NULL AND id ~> :c_id AND {subscription_where}
ORDER BY key ~asc, id ~asc LIMIT :limit;

-- PostgreSQL would take the primary key where only the id is in the order, SQLite
-- uses one column of a comparison of rows.
-- part: at_place @pgsql
(definition, element, id) > (:definition, :element, :c_id)
AND (definition, element) <= (:definition, :element);
-- part: at_place @sqlite
definition = :definition AND element = :element AND id > :c_id;

-- name: subscription_by_place
SELECT {subscription_row} FROM wr_subscription
WHERE name = :name AND {at_place} AND {subscription_where}
ORDER BY definition, element, id LIMIT :limit;

-- The first of each place: a step in the index for each.
-- name: subscription_places
WITH RECURSIVE place AS (
SELECT * FROM (SELECT {subscription_row} FROM wr_subscription
WHERE tenant = :tenant AND name = :name
ORDER BY definition, element, id LIMIT 1) first
UNION ALL
SELECT {subscription_of_s}
FROM place p JOIN wr_subscription s ON s.id = coalesce((
SELECT n.id FROM wr_subscription n
WHERE n.tenant = :tenant AND n.name = :name AND n.definition = p.definition
AND n.element > p.element ORDER BY n.element, n.id LIMIT 1), (
SELECT n.id FROM wr_subscription n
WHERE n.tenant = :tenant AND n.name = :name AND n.definition > p.definition
ORDER BY n.definition, n.element, n.id LIMIT 1)))
SELECT {subscription_row} FROM place ORDER BY id LIMIT :limit;

-- name: subscription_by_name @ways
SELECT {subscription_row} FROM wr_subscription
WHERE name = :name AND id ~> :c_id AND {subscription_where}
ORDER BY id ~asc LIMIT :limit;

-- name: subscription_list @ways
SELECT {subscription_row} FROM wr_subscription
WHERE id ~> :c_id AND {subscription_where}
ORDER BY id ~asc LIMIT :limit;

-- part: subscription_columns
id, instance, definition, created_at, tenant, bucket, element, name, key, type;

-- name: subscription_insert
INSERT INTO wr_subscription ({subscription_columns})
SELECT {subscription_columns} FROM @rows({subscription_columns}, owner)
WHERE {mine};

-- name: subscription_put
INSERT INTO wr_subscription ({subscription_columns})
SELECT {subscription_columns} FROM @rows({subscription_columns}, owner)
WHERE {mine}
ON CONFLICT (id) DO UPDATE SET definition = excluded.definition,
created_at = excluded.created_at, element = excluded.element,
name = excluded.name, key = excluded.key, type = excluded.type;

-- name: subscription_delete
DELETE FROM wr_subscription WHERE (id, bucket) IN
(SELECT id, bucket FROM @rows(id, bucket, owner) WHERE {mine});

-- Start events: rows of a definition, of no instance.
-- name: subscription_add
INSERT INTO wr_subscription ({subscription_columns})
VALUES (:id, :instance, :definition, :created_at, :tenant, :bucket, :element,
:name, :key, :type);

-- name: subscription_retire
DELETE FROM wr_subscription WHERE instance = {nobody} AND definition IN
(SELECT id FROM wr_definition WHERE tenant = :tenant AND key = :key);
