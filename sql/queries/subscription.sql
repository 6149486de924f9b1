-- Subscriptions: who waits for which message.

-- part: subscription_row
id, instance, definition, tenant, element, name, key, created_at, type;

-- part: subscription_where
tenant = :tenant
AND (:definition IS NULL OR definition = :definition)
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

-- name: subscription_without_key @ways
SELECT {subscription_row} FROM wr_subscription
WHERE name = :name AND key IS NULL AND id ~> :c_id AND {subscription_where}
ORDER BY id ~asc LIMIT :limit;

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
