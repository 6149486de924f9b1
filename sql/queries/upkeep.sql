-- Upkeep: what is over goes, and the history has its months.

-- An ended instance with all that is its own; 0 rows: it moved on.
-- part: purge_where
id = :id AND rev = :rev AND tenant = :tenant AND bucket = :bucket
AND state > 1;

-- name: instance_purge @pgsql
WITH i AS (DELETE FROM wr_instance WHERE {purge_where} RETURNING id),
h AS (DELETE FROM wr_history WHERE instance = :id AND :by_month = 0
AND EXISTS (SELECT 1 FROM i)),
s AS (DELETE FROM wr_spill WHERE instance = :id AND EXISTS (SELECT 1 FROM i)),
t AS (DELETE FROM wr_task WHERE instance = :id AND EXISTS (SELECT 1 FROM i)),
j AS (DELETE FROM wr_job WHERE instance = :id AND EXISTS (SELECT 1 FROM i)),
m AS (DELETE FROM wr_timer WHERE instance = :id AND EXISTS (SELECT 1 FROM i)),
b AS (DELETE FROM wr_subscription WHERE instance = :id
AND EXISTS (SELECT 1 FROM i)),
n AS (DELETE FROM wr_incident WHERE instance = :id
AND EXISTS (SELECT 1 FROM i)),
k AS (INSERT INTO wr_history_dead SELECT wr_history_month_of(i.id) FROM i
WHERE :by_month = 1 ON CONFLICT (id) DO UPDATE SET id = excluded.id)
SELECT count(*) AS count FROM i;

-- name: instance_purge @sqlite
DELETE FROM wr_instance WHERE {purge_where} RETURNING 1 AS count;

-- name: history_purge @sqlite
DELETE FROM wr_history WHERE instance = :id;
-- name: spill_purge @sqlite
DELETE FROM wr_spill WHERE instance = :id;
-- name: task_purge @sqlite
DELETE FROM wr_task WHERE instance = :id;
-- name: job_purge @sqlite
DELETE FROM wr_job WHERE instance = :id;
-- name: timer_purge @sqlite
DELETE FROM wr_timer WHERE instance = :id;
-- name: subscription_purge @sqlite
DELETE FROM wr_subscription WHERE instance = :id;
-- name: incident_purge @sqlite
DELETE FROM wr_incident WHERE instance = :id;

-- Places for the history of starts of this month and the next three.
-- name: history_ahead @pgsql
SELECT wr_history_ahead(:now, 4) AS count;

-- One month that is over goes, or some of it; 0: there was none.
-- name: history_drop @pgsql
SELECT wr_history_drop(:before, :most) AS count;
