-- Jobs: work for programs, external (kind 0) or the scheduler's own (kind 1).

-- part: job_row
id, instance, definition, tenant, element, kind, type, priority, retries,
due_at, created_at, lease_owner, lease, lease_until;

-- part: job_where
tenant = :tenant
AND (:definition IS NULL OR definition = :definition)
AND (:type IS NULL OR type = :type)
AND bucket BETWEEN :bucket_from AND :bucket_to;

-- name: job_by_id
SELECT {job_row} FROM wr_job
WHERE id = :id AND bucket = :bucket
AND (:instance IS NULL OR instance = :instance)
AND (:due_before IS NULL OR due_at <= :due_before AND retries > 0)
AND {job_where};

-- name: job_by_instance @ways
SELECT {job_row} FROM wr_job
WHERE instance = :instance AND bucket = :bucket AND {job_where}
AND (:due_before IS NULL OR due_at <= :due_before AND retries > 0)
AND (due_at, id) ~> (:c_at, :c_id)
ORDER BY due_at ~asc, id ~asc LIMIT :limit;

-- The scheduler's: kind 1 is the one without a type.
-- name: job_due @ways
SELECT {job_row} FROM wr_job
WHERE kind = 1 AND retries > 0 AND due_at <= :due_before AND {job_where}
AND (due_at, id) ~> (:c_at, :c_id)
ORDER BY due_at ~asc, id ~asc LIMIT :limit;

-- name: job_list @ways
SELECT {job_row} FROM wr_job
WHERE {job_where}
AND (:due_before IS NULL OR due_at <= :due_before AND retries > 0)
AND (due_at, id) ~> (:c_at, :c_id)
ORDER BY due_at ~asc, id ~asc LIMIT :limit;

-- part: job_columns
id, instance, definition, tenant, bucket, element, kind, type, priority,
retries, due_at, created_at, lease_owner, lease, lease_until;

-- name: job_insert
INSERT INTO wr_job ({job_columns})
SELECT {job_columns} FROM @rows({job_columns}, owner) WHERE {mine};

-- name: job_put
INSERT INTO wr_job ({job_columns})
SELECT {job_columns} FROM @rows({job_columns}, owner) WHERE {mine}
ON CONFLICT (id) DO UPDATE SET definition = excluded.definition,
element = excluded.element, kind = excluded.kind, type = excluded.type,
priority = excluded.priority, retries = excluded.retries,
due_at = excluded.due_at, created_at = excluded.created_at,
lease_owner = excluded.lease_owner, lease = excluded.lease,
lease_until = excluded.lease_until;

-- name: job_delete
DELETE FROM wr_job WHERE (id, bucket) IN
(SELECT id, bucket FROM @rows(id, bucket, owner) WHERE {mine});

-- part: running_type
NOT EXISTS (SELECT 1 FROM wr_suspension s WHERE s.kind = 2
AND s.name = wr_job.type AND s.tenant = wr_job.tenant);

-- Lease up to :limit offered jobs; SKIP LOCKED lets workers claim side by side.
-- name: job_claim @pgsql
WITH o AS MATERIALIZED (SELECT j.id, j.priority, j.due_at
FROM unnest(:types[]) t(type) CROSS JOIN LATERAL
(SELECT id, priority, due_at FROM wr_job
WHERE wr_job.type = t.type AND wr_job.tenant = :tenant
AND kind = 0 AND retries > 0 AND due_at <= :now
AND (lease IS NULL OR lease_until <= :now) AND {running_type}
AND bucket BETWEEN :bucket_from AND :bucket_to
ORDER BY priority DESC, due_at, id LIMIT :limit FOR UPDATE SKIP LOCKED) j
ORDER BY j.priority DESC, j.due_at, j.id LIMIT :limit),
n AS MATERIALIZED (SELECT id, row_number()
OVER (ORDER BY priority DESC, due_at, id) AS nth FROM o),
u AS (UPDATE wr_job SET lease_owner = :worker, lease = l.lease,
lease_until = :until
FROM n JOIN unnest(:leases[]) WITH ORDINALITY l(lease, nth) USING (nth)
WHERE wr_job.id = n.id
RETURNING wr_job.id, instance, definition, tenant, element, kind, type,
priority, retries, due_at, created_at, lease_owner, wr_job.lease, lease_until)
SELECT {job_row} FROM u ORDER BY priority DESC, due_at, id;

-- One type; the caller merges and leases, inside its write transaction.
-- name: job_offered @sqlite
SELECT {job_row} FROM wr_job
WHERE type = :type AND tenant = :tenant
AND kind = 0 AND retries > 0 AND due_at <= :now
AND (lease IS NULL OR lease_until <= :now) AND {running_type}
AND bucket BETWEEN :bucket_from AND :bucket_to
ORDER BY priority DESC, due_at, id LIMIT :limit;

-- name: job_lease @sqlite
UPDATE wr_job SET lease_owner = :lease_owner, lease = :lease,
lease_until = :lease_until WHERE id = :id;

-- name: job_extend
UPDATE wr_job SET lease_until = :lease_until
WHERE id = :id AND bucket = :bucket AND tenant = :tenant AND lease = :lease;
