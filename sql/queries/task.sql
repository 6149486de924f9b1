-- Tasks: work for people.

-- part: task_row @pgsql
id, instance, definition, tenant, element, name, assignee,
array_to_string(candidate_users, chr(31)) AS candidate_users,
array_to_string(candidate_groups, chr(31)) AS candidate_groups,
priority, due_at, follow_up_at, created_at, rev, state, owner_name, delegation;

-- part: task_row @sqlite
id, instance, definition, tenant, element, name, assignee,
candidate_users, candidate_groups,
priority, due_at, follow_up_at, created_at, rev, state, owner_name, delegation;

-- part: task_candidate @pgsql
(:candidate_user IS NULL OR :candidate_user = ANY (candidate_users))
AND (:candidate_group IS NULL OR :candidate_group = ANY (candidate_groups));

-- part: task_candidate @sqlite
(:candidate_user IS NULL OR instr(char(31) || candidate_users || char(31),
char(31) || :candidate_user || char(31)) > 0)
AND (:candidate_group IS NULL OR instr(char(31) || candidate_groups || char(31),
char(31) || :candidate_group || char(31)) > 0);

-- part: task_where
tenant = :tenant
AND (:definition IS NULL OR definition = :definition)
AND (:state IS NULL OR state = :state)
AND (:assignee IS NULL OR assignee = :assignee)
AND {task_candidate};

-- name: task_by_id
SELECT {task_row} FROM wr_task
WHERE id = :id AND bucket = :bucket
AND (:instance IS NULL OR instance = :instance) AND {task_where};

-- name: task_by_instance @ways
SELECT {task_row} FROM wr_task
WHERE instance = :instance AND bucket = :bucket AND id ~> :c_id
AND {task_where}
ORDER BY id ~asc LIMIT :limit;

-- name: task_by_assignee @ways
SELECT {task_row} FROM wr_task
WHERE assignee = :assignee AND id ~> :c_id AND {task_where}
ORDER BY id ~asc LIMIT :limit;

-- name: task_list @ways
SELECT {task_row} FROM wr_task
WHERE id ~> :c_id AND {task_where}
ORDER BY id ~asc LIMIT :limit;

-- part: task_columns
id, instance, definition, tenant, bucket, element, name, assignee,
candidate_users, candidate_groups, priority, due_at, follow_up_at, created_at,
rev, state, owner_name, delegation;

-- part: task_values @pgsql
id, instance, definition, tenant, bucket, element, name, assignee,
string_to_array(candidate_users, chr(31)),
string_to_array(candidate_groups, chr(31)),
priority, due_at, follow_up_at, created_at, rev, state, owner_name, delegation;

-- part: task_values @sqlite
{task_columns};

-- name: task_insert
INSERT INTO wr_task ({task_columns})
SELECT {task_values} FROM @rows({task_columns}, owner) WHERE {mine};

-- name: task_put
INSERT INTO wr_task ({task_columns})
SELECT {task_values} FROM @rows({task_columns}, owner) WHERE {mine}
ON CONFLICT (id) DO UPDATE SET definition = excluded.definition,
element = excluded.element, name = excluded.name,
assignee = excluded.assignee, candidate_users = excluded.candidate_users,
candidate_groups = excluded.candidate_groups, priority = excluded.priority,
due_at = excluded.due_at, follow_up_at = excluded.follow_up_at,
created_at = excluded.created_at, rev = excluded.rev, state = excluded.state,
owner_name = excluded.owner_name, delegation = excluded.delegation;

-- name: task_delete
DELETE FROM wr_task WHERE (id, bucket) IN
(SELECT id, bucket FROM @rows(id, bucket, owner) WHERE {mine});
