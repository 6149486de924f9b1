-- What committed steps owe to others.

-- part: outbox_row
id, due_at, created_at, expires_at, tenant, kind, element, instance, definition,
target, passed, name, key, business_key, payload;

-- part: outbox_where
tenant = :tenant AND bucket BETWEEN :bucket_from AND :bucket_to
AND (:name IS NULL OR name = :name)
AND (:due_before IS NULL OR due_at <= :due_before
AND NOT EXISTS (SELECT 1 FROM wr_dead_letter x
WHERE x.target = wr_outbox.id AND x.held = 1));

-- name: outbox_by_id
SELECT {outbox_row} FROM wr_outbox
WHERE id = :id AND bucket = :bucket AND {outbox_where};

-- name: outbox_list @ways
SELECT {outbox_row} FROM wr_outbox
WHERE {outbox_where} AND (due_at, id) ~> (:c_at, :c_id)
ORDER BY due_at ~asc, id ~asc LIMIT :limit;

-- name: outbox_due @ways
SELECT {outbox_row} FROM wr_outbox
WHERE due_at <= :due_before AND {outbox_where}
AND (due_at, id) ~> (:c_at, :c_id)
ORDER BY due_at ~asc, id ~asc LIMIT :limit;

-- name: outbox_of_batch @ways
SELECT {outbox_row} FROM wr_outbox
WHERE kind = 9 AND definition = :batch AND {outbox_where}
AND (due_at, id) ~> (:c_at, :c_id)
ORDER BY due_at ~asc, id ~asc LIMIT :limit;

-- part: outbox_columns
id, due_at, created_at, expires_at, tenant, bucket, kind, element, instance,
definition, target, passed, name, key, business_key, payload;

-- name: outbox_insert
INSERT INTO wr_outbox ({outbox_columns})
SELECT {outbox_columns} FROM @rows({outbox_columns}, owner) WHERE {mine};

-- name: outbox_add
INSERT INTO wr_outbox ({outbox_columns})
VALUES (:id, :due_at, :created_at, :expires_at, :tenant, :bucket, :kind,
:element, :instance, :definition, :target, :passed, :name, :key, :business_key,
:payload);

-- name: outbox_swap
UPDATE wr_outbox SET due_at = :due_at, passed = :passed
WHERE id = :id AND bucket = :bucket AND due_at = :was;

-- name: outbox_drop
DELETE FROM wr_outbox
WHERE id = :id AND bucket = :bucket AND due_at = :was;
