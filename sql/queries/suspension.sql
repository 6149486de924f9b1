-- What stands still: elements (kind 1) and job types (kind 2).

-- part: suspension_row
id, tenant, kind, definition, name, actor, reason, at;

-- name: suspension_list @ways
SELECT {suspension_row} FROM wr_suspension
WHERE (kind = 0 OR tenant = :tenant)
AND (:state IS NULL OR kind = :state)
AND (:definition IS NULL OR definition = :definition)
AND (:name IS NULL OR name = :name)
AND (at, id) ~> (:c_at, :c_id)
ORDER BY at ~asc, id ~asc LIMIT :limit;

-- name: suspension_add
INSERT INTO wr_suspension ({suspension_row})
VALUES (:id, :tenant, :kind, :definition, :name, :actor, :reason, :at)
ON CONFLICT (kind, name, definition, tenant) DO NOTHING;

-- name: suspension_drop
DELETE FROM wr_suspension WHERE kind = :kind AND name = :name
AND definition = :definition AND tenant = :tenant;

-- name: suspension_count
UPDATE wr_suspension SET at = at + 1 WHERE kind = 0;
