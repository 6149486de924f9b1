-- Forms.

-- part: form_row
id, deployment, tenant, key, version, kind, resource, deployed_at, hash, fresh;

-- name: form_by_key @ways
SELECT {form_row} FROM wr_form
WHERE tenant = :tenant AND key = :key AND fresh = 1 AND version ~> :c_at
AND (:version IS NULL OR version = :version)
ORDER BY version ~asc LIMIT :limit;

-- name: form_by_deployment
SELECT {form_row} FROM wr_form
WHERE deployment = :deployment AND tenant = :tenant AND key > :c_text
AND (:key IS NULL OR key = :key)
AND (:version IS NULL OR version = :version)
ORDER BY key LIMIT :limit;

-- name: form_list
SELECT {form_row} FROM wr_form
WHERE tenant = :tenant AND fresh = 1 AND (key, version) > (:c_text, :c_at)
AND (:version IS NULL OR version = :version)
ORDER BY key, version LIMIT :limit;

-- Nothing is inserted unless the version is the next one of its key, or the
-- newest one again.
-- name: form_insert
INSERT INTO wr_form ({form_row})
SELECT :id, :deployment, :tenant, :key, :version, :kind, :resource,
:deployed_at, :hash, :fresh
WHERE :version = :fresh + (SELECT coalesce(max(version), 0) FROM wr_form
WHERE tenant = :tenant AND key = :key AND fresh = 1);
