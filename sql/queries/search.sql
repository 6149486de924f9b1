-- Searches: conditions, order and limit are added behind these, by
-- engine/store/search_sql.c; $1 is the tenant.

-- name: instance_search
SELECT {instance_row} FROM wr_instance WHERE tenant = :tenant;

-- name: instance_total
SELECT COUNT(*) AS count FROM wr_instance WHERE tenant = :tenant;

-- name: task_search
SELECT {task_row} FROM wr_task WHERE tenant = :tenant;

-- name: task_total
SELECT COUNT(*) AS count FROM wr_task WHERE tenant = :tenant;

-- name: job_search
SELECT {job_row} FROM wr_job WHERE tenant = :tenant;

-- name: job_total
SELECT COUNT(*) AS count FROM wr_job WHERE tenant = :tenant;

-- name: incident_search
SELECT {incident_row} FROM wr_incident WHERE tenant = :tenant;

-- name: incident_total
SELECT COUNT(*) AS count FROM wr_incident WHERE tenant = :tenant;

-- name: message_search
SELECT {message_row} FROM wr_message WHERE tenant = :tenant;

-- name: message_total
SELECT COUNT(*) AS count FROM wr_message WHERE tenant = :tenant;
