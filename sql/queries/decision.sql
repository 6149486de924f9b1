-- Decisions of DMN files.

-- part: decision_row
id, deployment, tenant, key, version, kind, name, version_tag, graph,
graph_name, resource, state, deployed_at;

-- part: decision_where
tenant = :tenant
AND (:key IS NULL OR key = :key)
AND (:version IS NULL OR version = :version)
AND (:state IS NULL OR state = :state)
AND (:deployment IS NULL OR deployment = :deployment)
AND (:latest = 0 OR ((:state IS NOT NULL OR d.state <> 2)
AND NOT EXISTS (SELECT 1 FROM wr_decision n
WHERE n.tenant = d.tenant AND n.key = d.key AND n.version > d.version
AND (n.state = :state OR (:state IS NULL AND n.state <> 2)))));

-- name: decision_by_id
SELECT {decision_row} FROM wr_decision d
WHERE id = :id AND {decision_where};

-- name: decision_by_key @ways
SELECT {decision_row} FROM wr_decision d
WHERE key = :key AND version ~> :c_at AND {decision_where}
ORDER BY version ~asc LIMIT :limit;

-- name: decision_by_deployment
SELECT {decision_row} FROM wr_decision d
WHERE deployment = :deployment AND (key, version) > (:c_text, :c_at)
AND {decision_where}
ORDER BY key, version LIMIT :limit;

-- name: decision_list
SELECT {decision_row} FROM wr_decision d
WHERE (key, version) > (:c_text, :c_at) AND {decision_where}
ORDER BY key, version LIMIT :limit;

-- Nothing is inserted unless the version is the next one of its key.
-- name: decision_insert
INSERT INTO wr_decision ({decision_row})
SELECT :id, :deployment, :tenant, :key, :version, :kind, :name, :version_tag,
:graph, :graph_name, :resource, :state, :deployed_at
WHERE :version = 1 + (SELECT coalesce(max(version), 0) FROM wr_decision
WHERE tenant = :tenant AND key = :key);

-- name: decision_set_state
UPDATE wr_decision SET state = :state WHERE id = :id AND tenant = :tenant;
