-- Deployments, their files and what they define.

-- part: deployment_row
id, tenant, name, deployed_at, actor, hash;

-- name: deployment_by_id
SELECT {deployment_row} FROM wr_deployment WHERE id = :id AND tenant = :tenant;

-- name: deployment_list @ways
SELECT {deployment_row} FROM wr_deployment
WHERE tenant = :tenant AND id ~> :c_id
ORDER BY id ~asc LIMIT :limit;

-- name: deployment_insert
INSERT INTO wr_deployment ({deployment_row})
VALUES (:id, :tenant, :name, :deployed_at, :actor, :hash);

-- name: resource_list
SELECT deployment, name, bytes FROM wr_resource
WHERE deployment = :deployment AND (:name IS NULL OR name = :name)
AND name > :c_text
AND EXISTS (SELECT 1 FROM wr_deployment d
WHERE d.id = :deployment AND d.tenant = :tenant)
ORDER BY name LIMIT :limit;

-- name: resource_insert
INSERT INTO wr_resource (deployment, name, bytes)
VALUES (:deployment, :name, :bytes);

-- part: definition_row
id, deployment, tenant, key, version, kind, name, version_tag, resource, state,
executable, deployed_at, symbols, history_ttl, history_level;

-- part: definition_where
tenant = :tenant
AND (:key IS NULL OR key = :key)
AND (:version IS NULL OR version = :version)
AND (:state IS NULL OR state = :state)
AND (:deployment IS NULL OR deployment = :deployment)
AND (:latest = 0 OR ((:state IS NOT NULL OR d.state <> 2)
AND NOT EXISTS (SELECT 1 FROM wr_definition n
WHERE n.tenant = d.tenant AND n.key = d.key AND n.version > d.version
AND (n.state = :state OR (:state IS NULL AND n.state <> 2)))));

-- name: definition_by_id
SELECT {definition_row} FROM wr_definition d
WHERE id = :id AND {definition_where};

-- name: definition_by_key @ways
SELECT {definition_row} FROM wr_definition d
WHERE key = :key AND version ~> :c_at AND {definition_where}
ORDER BY version ~asc LIMIT :limit;

-- name: definition_by_deployment
SELECT {definition_row} FROM wr_definition d
WHERE deployment = :deployment AND (key, version) > (:c_text, :c_at)
AND {definition_where}
ORDER BY key, version LIMIT :limit;

-- name: definition_list
SELECT {definition_row} FROM wr_definition d
WHERE (key, version) > (:c_text, :c_at) AND {definition_where}
ORDER BY key, version LIMIT :limit;

-- name: definition_list_desc
SELECT {definition_row} FROM wr_definition d
WHERE (:c_text IS NULL OR (key, version) < (:c_text, :c_at))
AND {definition_where}
ORDER BY key DESC, version DESC LIMIT :limit;

-- Nothing is inserted unless the version is the next one of its key.
-- name: definition_insert
INSERT INTO wr_definition ({definition_row})
SELECT :id, :deployment, :tenant, :key, :version, :kind, :name, :version_tag,
:resource, :state, :executable, :deployed_at, :symbols, :history_ttl,
:history_level
WHERE :version = 1 + (SELECT coalesce(max(version), 0) FROM wr_definition
WHERE tenant = :tenant AND key = :key);

-- name: definition_set_state
UPDATE wr_definition SET state = :state, history_ttl = :history_ttl,
history_level = :history_level WHERE id = :id AND tenant = :tenant;
