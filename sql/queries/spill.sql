-- Parts of the state of an instance.

-- part: spill_row
id, instance, tenant, rev, blob;

-- name: spill_by_id
SELECT {spill_row} FROM wr_spill
WHERE instance = :instance AND id = :id AND bucket = :bucket
AND tenant = :tenant;

-- name: spill_by_instance @ways
SELECT {spill_row} FROM wr_spill
WHERE instance = :instance AND bucket = :bucket AND id ~> :c_id
AND tenant = :tenant
ORDER BY id ~asc LIMIT :limit;

-- part: spill_columns
instance, id, rev, tenant, bucket, blob;

-- name: spill_insert
INSERT INTO wr_spill ({spill_columns})
SELECT {spill_columns} FROM @rows({spill_columns}, owner) WHERE {mine};

-- name: spill_put
INSERT INTO wr_spill ({spill_columns})
SELECT {spill_columns} FROM @rows({spill_columns}, owner) WHERE {mine}
ON CONFLICT (instance, id) DO UPDATE SET rev = excluded.rev,
blob = excluded.blob;

-- name: spill_delete
DELETE FROM wr_spill WHERE (instance, id) IN
(SELECT instance, id FROM @rows(instance, id, owner) WHERE {mine});
