-- Instances: one row for the whole tree of scopes.

-- part: tags @pgsql
array_to_string(tags, chr(31)) AS tags;
-- part: tags @sqlite
tags;

-- Lists leave the blob out: it can be large and they do not decode it.
-- part: instance_row
id, definition, tenant, rev, state, business_key, started_at, ended_at,
incidents, parent, root, singleton, {tags}, {no_blob} AS blob;

-- part: instance_where
tenant = :tenant
AND (:state IS NULL OR state = :state)
AND (:business_key IS NULL OR business_key = :business_key)
AND (:with_incidents = 0 OR incidents > 0)
AND (:definition IS NULL OR definition = :definition)
AND (:parent IS NULL OR parent = :parent)
AND (:key IS NULL OR definition IN (SELECT d.id FROM wr_definition d
WHERE d.tenant = :tenant AND d.key = :key))
AND (:started_after IS NULL OR started_at > :started_after)
AND (:started_before IS NULL OR started_at < :started_before);

-- name: instance_by_id
SELECT id, definition, tenant, rev, state, business_key, started_at, ended_at,
incidents, parent, root, singleton, {tags}, blob FROM wr_instance
WHERE id = :id AND bucket = :bucket AND {instance_where};

-- name: instance_by_business_key @ways
SELECT {instance_row} FROM wr_instance
WHERE business_key = :business_key AND id ~> :c_id AND {instance_where}
ORDER BY id ~asc LIMIT :limit;

-- name: instance_by_singleton @ways
SELECT {instance_row} FROM wr_instance
WHERE singleton = :singleton AND id ~> :c_id AND {instance_where}
ORDER BY id ~asc LIMIT :limit;

-- name: instance_by_parent @ways
SELECT {instance_row} FROM wr_instance
WHERE parent = :parent AND id ~> :c_id AND {instance_where}
ORDER BY id ~asc LIMIT :limit;

-- name: instance_by_definition @ways
SELECT {instance_row} FROM wr_instance
WHERE definition = :definition AND id ~> :c_id AND {instance_where}
ORDER BY id ~asc LIMIT :limit;

-- name: instance_list @ways
SELECT {instance_row} FROM wr_instance
WHERE id ~> :c_id AND {instance_where}
ORDER BY id ~asc LIMIT :limit;

-- name: instance_counts
SELECT definition, COUNT(*) AS total,
COUNT(*) FILTER (WHERE state < 2) AS active,
COUNT(*) FILTER (WHERE incidents > 0) AS incidents
FROM wr_instance
WHERE tenant = :tenant
AND (:definition IS NULL OR definition = :definition)
AND definition > :c_id
GROUP BY definition ORDER BY definition LIMIT :limit;
