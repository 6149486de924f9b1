-- Published messages that wait for somebody (S15).

-- part: message_row
id, instance, pos, published_at, expires_at, tenant, reach, name, key, target,
business_key, message_id, payload;

-- part: message_where
tenant = :tenant
AND (:name IS NULL OR name = :name)
AND (:key IS NULL OR key = :key)
AND (:key_exact = 0 OR :key IS NOT NULL OR key IS NULL)
AND (:due_before IS NULL OR expires_at <= :due_before);

-- name: message_by_id
SELECT {message_row} FROM wr_message WHERE id = :id AND {message_where};

-- name: message_by_key @ways
SELECT {message_row} FROM wr_message
WHERE name = :name AND key = :key AND (pos, id) ~> (:c_at, :c_id)
AND {message_where}
ORDER BY pos ~asc, id ~asc LIMIT :limit;

-- The key is in the order for PostgreSQL's sake: without it all are sorted, and so
-- they are when conditions that always hold make it expect a single row.
-- name: message_without_key @ways
SELECT {message_row} FROM wr_message
WHERE tenant = :tenant AND name = :name AND key IS NULL
AND (pos, id) ~> (:c_at, :c_id)
AND (:due_before IS NULL OR expires_at <= :due_before)
ORDER BY key ~asc, pos ~asc, id ~asc LIMIT :limit;

-- name: message_by_name @ways
SELECT {message_row} FROM wr_message
WHERE name = :name AND (pos, id) ~> (:c_at, :c_id) AND {message_where}
ORDER BY pos ~asc, id ~asc LIMIT :limit;

-- name: message_expired @ways
SELECT {message_row} FROM wr_message
WHERE expires_at <= :due_before AND (pos, id) ~> (:c_at, :c_id)
AND {message_where}
ORDER BY pos ~asc, id ~asc LIMIT :limit;

-- name: message_list @ways
SELECT {message_row} FROM wr_message
WHERE (pos, id) ~> (:c_at, :c_id) AND {message_where}
ORDER BY pos ~asc, id ~asc LIMIT :limit;

-- Those who publish one and those who begin to wait for one take these before any
-- row: of two of the same name and key the second sees what the first wrote.
-- Who has a key shares the name, so that only those with the same key wait.
-- name: message_lock @pgsql
SELECT count(CASE WHEN shared <> 0 THEN pg_advisory_xact_lock_shared(lock)::text
ELSE pg_advisory_xact_lock(lock)::text END) AS count
FROM @rows(lock, shared);

-- name: message_lock_one @pgsql
SELECT count(CASE WHEN :shared <> 0
THEN pg_advisory_xact_lock_shared(:lock)::text
ELSE pg_advisory_xact_lock(:lock)::text END) AS count;

-- name: message_add
INSERT INTO wr_message ({message_row}, bucket)
VALUES (:id, :instance, (SELECT max(p) FROM (SELECT :published_at AS p
UNION ALL SELECT 1 + (SELECT pos FROM wr_message
WHERE tenant = :tenant AND name = :name AND key = :key
ORDER BY pos DESC LIMIT 1)
UNION ALL SELECT 1 + (SELECT pos FROM wr_message
WHERE tenant = :tenant AND name = :name AND key IS NULL AND :key IS NULL
ORDER BY key DESC, pos DESC LIMIT 1)) u), :published_at, :expires_at, :tenant, :reach,
:name, :key, :target, :business_key, :message_id, :payload, :bucket);

-- name: message_drop
DELETE FROM wr_message WHERE id = :id AND tenant = :tenant;

-- A message that somebody may wait for: to be looked after.
-- name: match_waiting
INSERT INTO wr_outbox ({outbox_columns})
SELECT :id, :due_at, :created_at, :expires_at, :tenant, :bucket, :kind,
:element, :instance, :definition, :target, :passed, :name, :key, :business_key,
:payload
WHERE coalesce((SELECT s.id FROM wr_subscription s
WHERE s.tenant = :tenant AND s.name = :name AND s.key = :key
ORDER BY s.key, s.id LIMIT 1), (SELECT s.id FROM wr_subscription s
WHERE s.tenant = :tenant AND s.name = :name AND s.key IS NULL
ORDER BY s.key, s.id LIMIT 1), (SELECT s.id FROM wr_subscription s
WHERE :key IS NULL AND s.tenant = :tenant AND s.name = :name
ORDER BY s.definition, s.element, s.id LIMIT 1)) IS NOT NULL;

-- Somebody who begins to wait, and there are messages: the same.  In the order of
-- an index, so that PostgreSQL looks for one row and neither hashes nor scans all.
-- name: match_buffered
INSERT INTO wr_outbox ({outbox_columns})
SELECT {outbox_columns} FROM @rows({outbox_columns}, owner)
WHERE {mine} AND coalesce((SELECT m.pos FROM wr_message m
WHERE m.tenant = x.tenant AND m.name = x.name AND m.key = x.key
ORDER BY m.pos, m.id LIMIT 1), (SELECT m.pos FROM wr_message m
WHERE m.tenant = x.tenant AND m.name = x.name AND m.key IS NULL
ORDER BY m.key, m.pos, m.id LIMIT 1), (SELECT m.pos FROM wr_message m
WHERE x.business_key IS NOT NULL AND m.tenant = x.tenant AND m.name = x.name
ORDER BY m.pos, m.id LIMIT 1)) IS NOT NULL;
