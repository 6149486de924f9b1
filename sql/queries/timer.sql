-- Timers: the truth about what is due.

-- part: timer_row
id, instance, tenant, element, due_at, definition;

-- part: timer_where
tenant = :tenant AND (:definition IS NULL OR definition = :definition)
AND bucket BETWEEN :bucket_from AND :bucket_to
AND (:due_before IS NULL OR due_at <= :due_before
AND NOT EXISTS (SELECT 1 FROM wr_dead_letter x
WHERE x.target = wr_timer.id AND x.held = 1));

-- name: timer_by_id
SELECT {timer_row} FROM wr_timer
WHERE id = :id AND bucket = :bucket
AND (:instance IS NULL OR instance = :instance) AND {timer_where};

-- name: timer_by_instance @ways
SELECT {timer_row} FROM wr_timer
WHERE instance = :instance AND bucket = :bucket AND {timer_where}
AND (due_at, id) ~> (:c_at, :c_id)
ORDER BY due_at ~asc, id ~asc LIMIT :limit;

-- name: timer_list @ways
SELECT {timer_row} FROM wr_timer
WHERE {timer_where} AND (due_at, id) ~> (:c_at, :c_id)
ORDER BY due_at ~asc, id ~asc LIMIT :limit;

-- Each bound is one of the index wr_timer_due: what is due later costs nothing.
-- name: timer_due @ways
SELECT {timer_row} FROM wr_timer
WHERE due_at <= :due_before AND {timer_where}
AND (due_at, id) ~> (:c_at, :c_id)
ORDER BY due_at ~asc, id ~asc LIMIT :limit;

-- part: timer_columns
id, instance, due_at, tenant, bucket, element, definition;

-- name: timer_insert
INSERT INTO wr_timer ({timer_columns})
SELECT {timer_columns} FROM @rows({timer_columns}, owner) WHERE {mine};

-- name: timer_put
INSERT INTO wr_timer ({timer_columns})
SELECT {timer_columns} FROM @rows({timer_columns}, owner) WHERE {mine}
ON CONFLICT (id) DO UPDATE SET due_at = excluded.due_at,
element = excluded.element;

-- name: timer_delete
DELETE FROM wr_timer WHERE (id, bucket) IN
(SELECT id, bucket FROM @rows(id, bucket, owner) WHERE {mine});

-- Start events: rows of a definition, of no instance.
-- name: timer_add
INSERT INTO wr_timer ({timer_columns})
VALUES (:id, :instance, :due_at, :tenant, :bucket, :element, :definition);

-- name: timer_swap
UPDATE wr_timer SET due_at = :due_at
WHERE id = :id AND bucket = :bucket AND due_at = :was;

-- name: timer_drop
DELETE FROM wr_timer WHERE id = :id AND bucket = :bucket AND due_at = :was;

-- name: timer_retire
DELETE FROM wr_timer WHERE instance = {nobody} AND definition IN
(SELECT id FROM wr_definition WHERE tenant = :tenant AND key = :key);
