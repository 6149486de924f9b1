-- What is folded from the history (engine/store/project.h).

-- part: pos @pgsql
((h.pos::text)::int8);
-- part: pos @sqlite
h.pos;

-- Below the oldest transaction that still runs nothing more comes in.
-- part: settled @pgsql
AND {pos} < (pg_snapshot_xmin(pg_current_snapshot())::text)::int8;
-- part: settled @sqlite
;

-- Rows of one transaction come together.
-- part: first_rows @pgsql
FETCH FIRST (:limit) ROWS WITH TIES;
-- part: first_rows @sqlite
LIMIT :limit;

-- name: history_follow
SELECT h.instance, h.seq, h.command, h.at, h.actor, h.events, h.tenant,
{pos} AS pos, i.definition, i.rev
FROM wr_history h LEFT JOIN wr_instance i ON i.id = h.instance
WHERE {pos} > :pos AND {pos} <= :upto {settled}
ORDER BY {pos} {first_rows};

-- How far there can be anything to follow.
-- name: history_settled @pgsql
SELECT (pg_snapshot_xmin(pg_current_snapshot())::text)::int8 - 1 AS count;

-- The newest commit, when it was not folded yet.
-- name: projection_at
SELECT p.pos, p.at, p.events,
coalesce((SELECT max({pos}) FROM wr_history h WHERE {pos} > p.pos), p.pos)
AS newest,
coalesce((SELECT max(h.at) FROM wr_history h WHERE {pos} > p.pos), p.at)
AS newest_at
FROM wr_projection p WHERE p.id = 1;

-- name: projection_move
UPDATE wr_projection SET pos = :pos, at = :at, events = events + :events
WHERE id = 1 AND pos = :was;

-- name: projection_lead @pgsql
SELECT CASE WHEN pg_try_advisory_lock(1466267245, 1886547818)
THEN 1::int8 ELSE 0::int8 END AS count;

-- name: history_summarize @pgsql
SELECT coalesce(sum(brin_summarize_range(p.i, b)), 0)::int8 AS count
FROM (SELECT x.indexrelid::regclass AS i,
pg_relation_size(x.indrelid) / 8192 / 32 AS n
FROM pg_partition_tree('wr_history') t JOIN pg_index x ON x.indrelid = t.relid
JOIN pg_class c ON c.oid = x.indexrelid JOIN pg_am a ON a.oid = c.relam
WHERE t.isleaf AND a.amname = 'brin') p,
generate_series(greatest(0, p.n - 64) * 32, (p.n - 2) * 32, 32) b;

-- name: history_block @pgsql
SELECT coalesce(sum(pg_relation_size(t.relid) / 8192), 0)::int8 AS count
FROM pg_partition_tree('wr_history') t WHERE t.isleaf;

-- Until we commit nobody else folds: what we take away stays away.
-- name: projection_hold @pgsql
SELECT id::int8 AS count FROM wr_projection WHERE id = 1 FOR UPDATE;

-- Instances that were removed.
-- part: gone
NOT EXISTS (SELECT 1 FROM wr_instance i WHERE i.id = x.id);
-- name: gone_load
SELECT x.id FROM @rows(id) WHERE {gone};

-- name: projection_restart
UPDATE wr_projection SET pos = 0, at = 0, events = 0 WHERE id = 1;

-- part: past_instance_columns
id, definition, tenant, seq, state, was, started_at, ended_at;
-- name: past_instance_search
SELECT {past_instance_columns} FROM wr_past_instance WHERE tenant = :tenant;
-- name: past_instance_total
SELECT COUNT(*) AS count FROM wr_past_instance WHERE tenant = :tenant;
-- name: past_instance_load
SELECT t.id, t.definition, t.tenant, t.seq, t.state, t.was, t.started_at,
t.ended_at FROM @rows(id) JOIN wr_past_instance t ON t.id = x.id;
-- name: past_instance_put
INSERT INTO wr_past_instance ({past_instance_columns}, bucket)
SELECT {past_instance_columns}, bucket
FROM @rows({past_instance_columns}, bucket) WHERE true
ON CONFLICT (id) DO UPDATE SET definition = excluded.definition,
seq = excluded.seq, state = excluded.state, was = excluded.was,
ended_at = excluded.ended_at;
-- name: past_instance_forget
DELETE FROM wr_past_instance
WHERE id IN (SELECT x.id FROM @rows(id) WHERE {gone});
-- name: past_instance_empty
DELETE FROM wr_past_instance;

-- part: activity_columns
id, instance, definition, tenant, element, key, kind, state, started_at,
ended_at, duration;
-- name: activity_search
SELECT {activity_columns} FROM wr_activity WHERE tenant = :tenant;
-- name: activity_total
SELECT COUNT(*) AS count FROM wr_activity WHERE tenant = :tenant;
-- name: activity_load
SELECT t.id, t.instance, t.definition, t.tenant, t.element, t.key, t.kind,
t.state, t.started_at, t.ended_at, t.duration
FROM @rows(id) JOIN wr_activity t ON t.id = x.id;
-- name: activity_put
INSERT INTO wr_activity ({activity_columns}, bucket)
SELECT {activity_columns}, bucket FROM @rows({activity_columns}, bucket)
WHERE true
ON CONFLICT (id) DO UPDATE SET definition = excluded.definition,
element = excluded.element, state = excluded.state,
ended_at = excluded.ended_at, duration = excluded.duration;
-- name: activity_forget
DELETE FROM wr_activity
WHERE instance IN (SELECT x.id FROM @rows(id) WHERE {gone});
-- name: activity_empty
DELETE FROM wr_activity;

-- part: past_task_columns
id, instance, definition, tenant, element, state, assignee, created_at,
ended_at, duration, ended_by, rev;
-- name: past_task_search
SELECT {past_task_columns} FROM wr_past_task WHERE tenant = :tenant;
-- name: past_task_total
SELECT COUNT(*) AS count FROM wr_past_task WHERE tenant = :tenant;
-- name: past_task_load
SELECT t.id, t.instance, t.definition, t.tenant, t.element, t.state,
t.assignee, t.created_at, t.ended_at, t.duration, t.ended_by, t.rev
FROM @rows(id) JOIN wr_past_task t ON t.id = x.id;
-- name: past_task_put
INSERT INTO wr_past_task ({past_task_columns}, bucket)
SELECT {past_task_columns}, bucket FROM @rows({past_task_columns}, bucket)
WHERE true
ON CONFLICT (id) DO UPDATE SET definition = excluded.definition,
element = excluded.element, state = excluded.state,
assignee = excluded.assignee, ended_at = excluded.ended_at,
duration = excluded.duration, ended_by = excluded.ended_by,
rev = excluded.rev;
-- name: past_task_forget
DELETE FROM wr_past_task
WHERE instance IN (SELECT x.id FROM @rows(id) WHERE {gone});
-- name: past_task_empty
DELETE FROM wr_past_task;

-- part: variable_columns
id, instance, tenant, name, path, value;
-- name: variable_search
SELECT {variable_columns} FROM wr_variable WHERE tenant = :tenant;
-- name: variable_total
SELECT COUNT(*) AS count FROM wr_variable WHERE tenant = :tenant;
-- name: variable_load
SELECT t.id, t.instance, t.tenant, t.name, t.path, t.value
FROM @rows(id) JOIN wr_variable t ON t.id = x.id;
-- name: variable_clear
DELETE FROM wr_variable WHERE (instance, name) IN
(SELECT instance, name FROM @rows(instance, name));
-- name: variable_put
INSERT INTO wr_variable ({variable_columns}, bucket)
SELECT {variable_columns}, bucket FROM @rows({variable_columns}, bucket)
WHERE true
ON CONFLICT (id) DO UPDATE SET value = excluded.value;
-- name: variable_forget
DELETE FROM wr_variable
WHERE instance IN (SELECT x.id FROM @rows(id) WHERE {gone});
-- name: variable_empty
DELETE FROM wr_variable;

-- part: element_count_columns
id, definition, tenant, element, running, completed, failed, canceled, total_ms,
least_ms, most_ms, histogram;
-- name: element_count_search
SELECT {element_count_columns} FROM wr_element_count WHERE tenant = :tenant;
-- name: element_count_total
SELECT COUNT(*) AS count FROM wr_element_count WHERE tenant = :tenant;
-- name: element_count_load
SELECT t.id, t.definition, t.tenant, t.element, t.running, t.completed,
t.failed, t.canceled, t.total_ms, t.least_ms, t.most_ms, t.histogram
FROM @rows(id) JOIN wr_element_count t ON t.id = x.id;
-- name: element_count_put
INSERT INTO wr_element_count ({element_count_columns})
SELECT {element_count_columns} FROM @rows({element_count_columns}) WHERE true
ON CONFLICT (id) DO UPDATE SET running = excluded.running,
completed = excluded.completed, failed = excluded.failed,
canceled = excluded.canceled, total_ms = excluded.total_ms,
least_ms = excluded.least_ms, most_ms = excluded.most_ms,
histogram = excluded.histogram;
-- What was open of those that are gone does not run any more.
-- name: running_instance_forget
UPDATE wr_element_count SET running = running - g.n
FROM (SELECT p.definition, count(*) AS n
FROM @rows(id) JOIN wr_past_instance p ON p.id = x.id
WHERE p.state < 2 AND {gone} GROUP BY p.definition) g
WHERE wr_element_count.definition = g.definition
AND wr_element_count.element = 0;
-- name: running_activity_forget
UPDATE wr_element_count SET running = running - g.n
FROM (SELECT a.definition, a.element, count(*) AS n
FROM @rows(id) JOIN wr_activity a ON a.instance = x.id
WHERE a.state = 0 AND a.kind = 0 AND {gone}
GROUP BY a.definition, a.element) g
WHERE wr_element_count.definition = g.definition
AND wr_element_count.element = g.element;
-- Rows that are not as they were read.
-- name: element_count_other
SELECT coalesce(t.running, 0) AS count FROM @rows(id, seen)
LEFT JOIN wr_element_count t ON t.id = x.id
WHERE coalesce(t.running, 0) <> x.seen;
-- name: element_count_empty
DELETE FROM wr_element_count;

-- What stays of the history of an instance that has ended.
-- name: history_level
UPDATE wr_history SET events = x.events, actor = x.actor
FROM @rows(instance, seq, events, actor)
WHERE wr_history.instance = x.instance AND wr_history.seq = x.seq;
-- name: variable_drop
DELETE FROM wr_variable WHERE instance IN (SELECT x.id FROM @rows(id));
-- name: activity_drop
DELETE FROM wr_activity WHERE instance IN (SELECT x.id FROM @rows(id));
-- name: past_task_drop
DELETE FROM wr_past_task WHERE instance IN (SELECT x.id FROM @rows(id));
