-- Dead letters: what nobody could work on.

-- part: dead_letter_row
id, target, instance, first_at, last_at, tenant, count, held, queue, reason,
kind, detail, message_id, body, size;

-- part: dead_letter_where
tenant = :tenant AND (:name IS NULL OR queue = :name)
AND (:instance IS NULL OR instance = :instance)
AND (:due_before IS NULL OR last_at <= :due_before AND held = 0);

-- name: dead_letter_by_id
SELECT {dead_letter_row} FROM wr_dead_letter
WHERE id = :id AND {dead_letter_where};

-- name: dead_letter_old @ways
SELECT {dead_letter_row} FROM wr_dead_letter
WHERE last_at <= :due_before AND {dead_letter_where}
AND (first_at, id) ~> (:c_at, :c_id)
ORDER BY first_at ~asc, id ~asc LIMIT :limit;

-- name: dead_letter_list @ways
SELECT {dead_letter_row} FROM wr_dead_letter
WHERE {dead_letter_where} AND (first_at, id) ~> (:c_at, :c_id)
ORDER BY first_at ~asc, id ~asc LIMIT :limit;

-- name: dead_letter_add
INSERT INTO wr_dead_letter ({dead_letter_row})
VALUES (:id, :target, :instance, :first_at, :last_at, :tenant, :count, :held,
:queue, :reason, :kind, :detail, :message_id, :body, :size)
ON CONFLICT (id) DO UPDATE SET count = wr_dead_letter.count + 1,
last_at = excluded.last_at, held = excluded.held, reason = excluded.reason,
detail = excluded.detail;

-- Its work may be given out again, or something else keeps it.
-- name: dead_letter_hold
UPDATE wr_dead_letter SET held = :held, detail = :detail
WHERE id = :id AND tenant = :tenant;

-- name: dead_letter_drop
DELETE FROM wr_dead_letter WHERE id = :id AND tenant = :tenant;
