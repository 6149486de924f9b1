-- Batches: one act on many.

-- part: batch_row
b.id, b.tenant, b.state, b.total, b.created_at, b.ended_at, b.kind, b.actor,
b.params,
(SELECT count(*) FROM wr_outbox o WHERE o.kind = 9 AND o.definition = b.id)
AS pending,
(SELECT count(*) FROM wr_batch_item i WHERE i.batch = b.id AND i.state = 2)
AS failed,
(SELECT count(*) FROM wr_batch_item i WHERE i.batch = b.id AND i.state = 3)
AS canceled;

-- name: batch_by_id
SELECT {batch_row} FROM wr_batch b WHERE b.id = :id AND b.tenant = :tenant;

-- Not counted: for who does an item, which must not look at all the others.
-- name: batch_head
SELECT id, tenant, state, total, created_at, ended_at, kind, actor, params,
created_at - created_at AS pending,
created_at - created_at AS failed, created_at - created_at AS canceled
FROM wr_batch WHERE id = :id AND id = :batch AND tenant = :tenant;

-- name: batch_list @ways
SELECT {batch_row} FROM wr_batch b
WHERE b.tenant = :tenant AND (:state IS NULL OR b.state = :state)
AND b.id ~> :c_id ORDER BY b.id ~asc LIMIT :limit;

-- name: batch_add
INSERT INTO wr_batch (id, tenant, state, total, created_at, kind, actor, params)
VALUES (:id, :tenant, :state, :total, :created_at, :kind, :actor, :params);

-- name: batch_move
UPDATE wr_batch SET state = :state, ended_at = :ended_at
WHERE id = :id AND tenant = :tenant AND state = :was;

-- Paused: due never, in the year 9999.
-- name: batch_hold
UPDATE wr_outbox SET due_at = 253402300799000
WHERE kind = 9 AND definition = :id;

-- Item after item, so that there is room for other work between them.
-- name: batch_go_on
UPDATE wr_outbox SET due_at = :created_at + (SELECT i.number FROM wr_batch_item i
WHERE i.id = wr_outbox.id) WHERE kind = 9 AND definition = :id;

-- name: batch_give_up @pgsql
WITH d AS (DELETE FROM wr_outbox WHERE kind = 9 AND definition = :id
RETURNING id)
UPDATE wr_batch_item SET state = 3, at = :created_at FROM d
WHERE wr_batch_item.id = d.id;
-- name: batch_mark @sqlite
UPDATE wr_batch_item SET state = 3, at = :created_at WHERE batch = :id AND id IN
(SELECT o.id FROM wr_outbox o WHERE o.kind = 9 AND o.definition = :id);
-- name: batch_clear @sqlite
DELETE FROM wr_outbox WHERE kind = 9 AND definition = :id;

-- part: item_state
(CASE WHEN i.state = 0 AND NOT EXISTS
(SELECT 1 FROM wr_outbox o WHERE o.id = i.id) THEN 1 ELSE i.state END);

-- name: batch_items
SELECT i.id, i.batch, i.tenant, i.number, {item_state} AS state, i.at, i.target,
i.code, i.message FROM wr_batch_item i
WHERE i.batch = :batch AND i.tenant = :tenant
AND (:state IS NULL OR {item_state} = :state)
AND (i.number, i.id) > (:c_at, :c_id)
ORDER BY i.number, i.id LIMIT :limit;

-- name: batch_item_add
INSERT INTO wr_batch_item (id, batch, tenant, number, state, target)
VALUES (:id, :batch, :tenant, :number, :state, :target);

-- name: batch_item_put
UPDATE wr_batch_item SET state = :state, at = :at, code = :code,
message = :message WHERE id = :id;
