-- Incidents: what waits for somebody to repair it.

-- part: incident_row
id, instance, definition, tenant, element, type, job, message, created_at;

-- part: incident_where
tenant = :tenant
AND (:definition IS NULL OR definition = :definition)
AND (:type IS NULL OR type = :type);

-- name: incident_by_id
SELECT {incident_row} FROM wr_incident
WHERE id = :id AND bucket = :bucket
AND (:instance IS NULL OR instance = :instance) AND {incident_where};

-- name: incident_by_instance @ways
SELECT {incident_row} FROM wr_incident
WHERE instance = :instance AND bucket = :bucket AND id ~> :c_id
AND {incident_where}
ORDER BY id ~asc LIMIT :limit;

-- name: incident_list @ways
SELECT {incident_row} FROM wr_incident
WHERE id ~> :c_id AND {incident_where}
ORDER BY id ~asc LIMIT :limit;

-- part: incident_columns
id, instance, definition, created_at, tenant, bucket, element, job, type,
message;

-- name: incident_insert
INSERT INTO wr_incident ({incident_columns})
SELECT {incident_columns} FROM @rows({incident_columns}, owner) WHERE {mine};

-- name: incident_put
INSERT INTO wr_incident ({incident_columns})
SELECT {incident_columns} FROM @rows({incident_columns}, owner) WHERE {mine}
ON CONFLICT (id) DO UPDATE SET definition = excluded.definition,
created_at = excluded.created_at, element = excluded.element,
job = excluded.job, type = excluded.type, message = excluded.message;

-- name: incident_delete
DELETE FROM wr_incident WHERE (id, bucket) IN
(SELECT id, bucket FROM @rows(id, bucket, owner) WHERE {mine});
