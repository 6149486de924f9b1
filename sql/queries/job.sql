-- Jobs: work for programs, external (kind 0) or the scheduler's own (kind 1).

-- part: job_row
id, instance, definition, tenant, element, kind, type, priority, retries,
due_at, created_at, lease_owner, lease, lease_until, attempt, claims, guard_at,
error;

-- As in the index wr_job_offer: the lower, the sooner.
-- part: rank @pgsql
(greatest(due_at, created_at) - priority::int8 * 30000);
-- part: rank @sqlite
(max(due_at, created_at) - priority * 30000);

-- part: job_where
tenant = :tenant
AND (:definition IS NULL OR definition = :definition)
AND (:type IS NULL OR type = :type)
AND bucket BETWEEN :bucket_from AND :bucket_to;

-- part: not_dead
NOT EXISTS (SELECT 1 FROM wr_dead_letter x
WHERE x.target = wr_job.id AND x.held = 1);

-- name: job_by_id
SELECT {job_row} FROM wr_job
WHERE id = :id AND bucket = :bucket
AND (:instance IS NULL OR instance = :instance)
AND (:due_before IS NULL OR due_at <= :due_before AND retries > 0
AND {not_dead})
AND {job_where};

-- name: job_by_instance @ways
SELECT {job_row} FROM wr_job
WHERE instance = :instance AND bucket = :bucket AND {job_where}
AND (:due_before IS NULL OR due_at <= :due_before AND retries > 0
AND {not_dead})
AND (due_at, id) ~> (:c_at, :c_id)
ORDER BY due_at ~asc, id ~asc LIMIT :limit;

-- The scheduler's: kind 1 is the one without a type.
-- name: job_due @ways
SELECT {job_row} FROM wr_job
WHERE kind = 1 AND retries > 0 AND due_at <= :due_before AND {job_where}
AND {not_dead}
AND (due_at, id) ~> (:c_at, :c_id)
ORDER BY due_at ~asc, id ~asc LIMIT :limit;

-- External, at their last try, which nobody ended within its lease.
-- name: job_lost @ways
SELECT {job_row} FROM wr_job
WHERE guard_at > 0 AND guard_at <= :guard_before AND retries > 0 AND {job_where}
AND {not_dead}
AND (due_at, id) ~> (:c_at, :c_id)
ORDER BY due_at ~asc, id ~asc LIMIT :limit;

-- name: job_list @ways
SELECT {job_row} FROM wr_job
WHERE {job_where}
AND (:due_before IS NULL OR due_at <= :due_before AND retries > 0
AND {not_dead})
AND (due_at, id) ~> (:c_at, :c_id)
ORDER BY due_at ~asc, id ~asc LIMIT :limit;

-- part: job_columns
id, instance, definition, tenant, bucket, element, kind, type, priority,
retries, due_at, created_at, lease_owner, lease, lease_until, attempt, claims,
guard_at, error;

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
lease_until = excluded.lease_until, attempt = excluded.attempt,
claims = excluded.claims, guard_at = excluded.guard_at, error = excluded.error;

-- name: job_delete
DELETE FROM wr_job WHERE (id, bucket) IN
(SELECT id, bucket FROM @rows(id, bucket, owner) WHERE {mine});

-- part: running_type
NOT EXISTS (SELECT 1 FROM wr_suspension s WHERE s.kind = 2
AND s.name = wr_job.type AND s.tenant = wr_job.tenant);

-- Offered: free, or its lease is over and a try is left.
-- part: offered
kind = 0 AND retries > 0 AND due_at <= :now AND claims < retries
AND (lease IS NULL OR lease_until <= :now) AND {running_type}
AND bucket BETWEEN :bucket_from AND :bucket_to;

-- Lease up to :limit offered jobs; SKIP LOCKED lets workers claim side by side.
-- name: job_claim @pgsql
WITH o AS MATERIALIZED (SELECT j.id, j.rank
FROM unnest(:types[]) t(type) CROSS JOIN LATERAL
(SELECT id, {rank} AS rank FROM wr_job
WHERE wr_job.type = t.type AND wr_job.tenant = :tenant AND {offered}
ORDER BY {rank}, id LIMIT :limit FOR UPDATE SKIP LOCKED) j
ORDER BY j.rank, j.id LIMIT :limit),
n AS MATERIALIZED (SELECT id, row_number() OVER (ORDER BY rank, id) AS nth
FROM o),
u AS (UPDATE wr_job SET lease_owner = :worker, lease = l.lease,
lease_until = :until, claims = claims + 1,
guard_at = CASE WHEN claims + 1 >= retries THEN :until ELSE 0 END
FROM n JOIN unnest(:leases[]) WITH ORDINALITY l(lease, nth) USING (nth)
WHERE wr_job.id = n.id
RETURNING wr_job.id, instance, definition, tenant, element, kind, type,
priority, retries, due_at, created_at, lease_owner, wr_job.lease, lease_until,
attempt, claims, guard_at, error)
SELECT {job_row} FROM u ORDER BY {rank}, id;

-- One type; the caller merges and leases, inside its write transaction.
-- name: job_offered @sqlite
SELECT {job_row} FROM wr_job
WHERE type = :type AND tenant = :tenant AND {offered}
ORDER BY {rank}, id LIMIT :limit;

-- name: job_lease @sqlite
UPDATE wr_job SET lease_owner = :lease_owner, lease = :lease,
lease_until = :lease_until, claims = :claims, guard_at = :guard_at
WHERE id = :id;

-- name: job_extend
UPDATE wr_job SET lease_until = :lease_until,
guard_at = CASE WHEN guard_at > 0 THEN :lease_until ELSE 0 END
WHERE id = :id AND bucket = :bucket AND tenant = :tenant AND lease = :lease;

-- Nobody got it after all: that was no try.
-- name: job_release
UPDATE wr_job SET lease_until = 0, lease = NULL, lease_owner = NULL,
claims = claims - 1, guard_at = 0
WHERE id = :id AND bucket = :bucket AND tenant = :tenant AND lease = :lease;
