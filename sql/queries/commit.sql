-- The batch: the only write to instances.
--
-- PostgreSQL takes all items of a batch in one statement and the rows of each
-- table in one more, all in one pipeline; SQLite takes them one by one.

-- A row goes with its instance: only where this transaction wrote that.
-- part: mine @pgsql
EXISTS (SELECT 1 FROM wr_instance i WHERE i.id = x.owner
AND i.xmin = pg_current_xact_id()::xid);
-- part: mine @sqlite
true;

-- The instance of what belongs to a definition alone.
-- part: nobody @pgsql
'00000000-0000-0000-0000-000000000000'::uuid;
-- part: nobody @sqlite
x'00000000000000000000000000000000';

-- part: no_blob @pgsql
NULL::bytea;
-- part: no_blob @sqlite
NULL;

-- 1: the definition is still the latest active version of its key, 2: it is
-- active.  A scalar, not EXISTS: PostgreSQL would hash all definitions for that.
-- "+ 0" keeps it from reading all definitions of the tenant instead of the one.
-- part: latest
(check_version = 0 OR (SELECT d.state FROM wr_definition d
WHERE d.id = x.definition AND d.tenant + 0 = x.tenant
AND (check_version = 2 OR NOT EXISTS (SELECT 1 FROM wr_definition n
WHERE n.tenant = d.tenant
AND n.key = d.key AND n.version > d.version AND n.state = 0))) = 0);

-- No element or job type was suspended or resumed since it was stepped.
-- part: current
x.epoch = (SELECT at FROM wr_suspension WHERE kind = 0);

-- part: leased
(job IS NULL OR EXISTS (SELECT 1 FROM wr_job j
WHERE j.id = x.job AND j.lease = x.lease));

-- No other active instance has to itself what this one wants.  Of two that start
-- at once the index stops one, which then comes here again.
-- part: only
(x.singleton IS NULL OR NOT EXISTS (SELECT 1 FROM wr_instance s
WHERE s.tenant = x.tenant AND s.singleton = x.singleton));

-- What an item settles, a row of the outbox or a message, goes with it, once:
-- locked, so that of two who settle it one finds it gone.
-- part: owed
(x.outbox IS NULL OR EXISTS (SELECT 1 FROM o WHERE o.id = x.outbox));
-- part: lock_owed
SELECT id FROM (SELECT o.id FROM wr_outbox o JOIN r ON r.outbox = o.id
FOR UPDATE OF o) a UNION ALL SELECT id FROM (SELECT m.id FROM wr_message m
JOIN r ON r.outbox = m.id FOR UPDATE OF m) b;

-- part: instance_columns
id, definition, started_at, rev, tenant, bucket, state, incidents, ended_at,
business_key, blob, parent, root, singleton, tags;
-- part: instance_values @pgsql
id, definition, started_at, rev, tenant, bucket, state, incidents, ended_at,
business_key, blob, parent, root, singleton, string_to_array(tags, chr(31));
-- part: instance_values @sqlite
{instance_columns};

-- PostgreSQL fills in pos.  SQLite's has to grow when rows were deleted, too: the
-- projection has come no further than the newest there ever was.
-- part: next_pos @sqlite
(SELECT 1 + max(pos, coalesce((SELECT max(pos) FROM wr_history), 0))
FROM wr_projection);

-- part: history_columns @pgsql
instance, seq, at, command, tenant, bucket, actor, events;
-- part: history_columns @sqlite
instance, seq, at, command, tenant, bucket, actor, events, pos;
-- part: history_values @pgsql
id, seq, at, command, tenant, bucket, actor, events;

-- part: move
definition = x.definition, rev = x.rev, state = x.state,
incidents = x.incidents, ended_at = x.ended_at,
business_key = x.business_key, singleton = x.singleton, blob = x.blob;

-- name: item_start @pgsql
WITH r AS MATERIALIZED (SELECT * FROM @rows({instance_columns}, item, seq, at,
command, actor, events, check_version, outbox, epoch)),
o AS MATERIALIZED ({lock_owed}),
b AS MATERIALIZED (SELECT item FROM r x WHERE NOT {owed}),
x AS MATERIALIZED (SELECT * FROM r x WHERE {owed} AND {latest} AND {current}
AND {only}),
d AS (DELETE FROM wr_outbox o USING x WHERE o.id = x.outbox),
e AS (DELETE FROM wr_message m USING x WHERE m.id = x.outbox),
i AS (INSERT INTO wr_instance ({instance_columns})
SELECT {instance_values} FROM x),
h AS (INSERT INTO wr_history ({history_columns})
SELECT {history_values} FROM x)
SELECT item, 0 AS code FROM x UNION ALL SELECT item, 1 FROM b;

-- name: item_move @pgsql
WITH r AS MATERIALIZED (SELECT * FROM @rows({instance_columns}, item,
expected_rev, seq, at, command, actor, events, job, lease, outbox, epoch)),
o AS MATERIALIZED ({lock_owed}),
x AS MATERIALIZED (SELECT * FROM r),
b AS MATERIALIZED (SELECT item FROM x WHERE NOT {leased} OR NOT {owed}),
u AS (UPDATE wr_instance i SET {move} FROM x
WHERE i.id = x.id AND i.rev = x.expected_rev AND i.tenant = x.tenant
AND i.bucket = x.bucket AND {current}
AND NOT EXISTS (SELECT 1 FROM b WHERE b.item = x.item)
RETURNING x.*),
d AS (DELETE FROM wr_outbox o USING u WHERE o.id = u.outbox),
e AS (DELETE FROM wr_message m USING u WHERE m.id = u.outbox),
h AS (INSERT INTO wr_history ({history_columns})
SELECT {history_values} FROM u)
SELECT item, 0 AS code FROM u UNION ALL SELECT item, 1 FROM b;

-- Groups stand or fall together: lock, keep the groups that hold, write those.
-- name: item_group @pgsql
WITH r AS MATERIALIZED (SELECT * FROM @rows({instance_columns}, item, grp,
expected_rev, seq, at, command, actor, events, check_version, job, lease,
outbox, epoch)),
o AS MATERIALIZED ({lock_owed}),
x AS MATERIALIZED (SELECT * FROM r),
l AS MATERIALIZED (SELECT x.item FROM x JOIN wr_instance i
ON i.id = x.id AND i.rev = x.expected_rev AND i.tenant = x.tenant
AND i.bucket = x.bucket FOR UPDATE OF i),
c AS MATERIALIZED (SELECT item, grp, CASE WHEN NOT {leased} OR NOT {owed} THEN 1
WHEN NOT {current} THEN 2
WHEN expected_rev = 0 AND {latest} AND {only} THEN 0
WHEN expected_rev > 0 AND EXISTS (SELECT 1 FROM l WHERE l.item = x.item) THEN 0
ELSE 2 END AS code FROM x),
g AS MATERIALIZED (SELECT grp FROM c GROUP BY grp HAVING max(code) = 0),
k AS MATERIALIZED (SELECT x.* FROM x WHERE EXISTS
(SELECT 1 FROM g WHERE g.grp = x.grp)),
d AS (DELETE FROM wr_outbox o USING k WHERE o.id = k.outbox),
e AS (DELETE FROM wr_message m USING k WHERE m.id = k.outbox),
s AS (INSERT INTO wr_instance ({instance_columns})
SELECT {instance_values} FROM k WHERE expected_rev = 0),
u AS (UPDATE wr_instance i SET {move} FROM k x
WHERE i.id = x.id AND i.rev = x.expected_rev AND x.expected_rev > 0),
h AS (INSERT INTO wr_history ({history_columns})
SELECT {history_values} FROM k)
SELECT item, code FROM c;

-- name: item_insert @sqlite
INSERT INTO wr_instance ({instance_columns})
SELECT {instance_values} FROM @rows({instance_columns}, check_version,
epoch) WHERE {latest} AND {current} AND {only} ON CONFLICT (id) DO NOTHING;

-- name: item_update @sqlite
UPDATE wr_instance SET definition = :definition, rev = :rev, state = :state,
incidents = :incidents, ended_at = :ended_at, business_key = :business_key,
singleton = :singleton, blob = :blob
WHERE id = :id AND rev = :expected_rev AND tenant = :tenant
AND bucket = :bucket
AND :epoch = (SELECT at FROM wr_suspension WHERE kind = 0);

-- name: item_leased @sqlite
SELECT count(*) AS count FROM wr_job WHERE id = :job AND lease = :lease;

-- name: item_settle @sqlite
DELETE FROM wr_outbox WHERE id = :outbox;

-- name: item_deliver @sqlite
DELETE FROM wr_message WHERE id = :outbox;

-- name: history_insert @sqlite
INSERT INTO wr_history ({history_columns})
VALUES (:id, :seq, :at, :command, :tenant, :bucket, :actor, :events, {next_pos});

-- Several commands in one commit: the rows of the second and later ones.
-- part: more_pos @pgsql
;
-- part: more_pos @sqlite
, {next_pos};

-- name: history_more
INSERT INTO wr_history ({history_columns})
SELECT x.instance, x.seq, x.at, x.command, o.tenant, o.bucket, x.actor, x.events
{more_pos} FROM @rows(instance, seq, at, command, actor, events, owner)
JOIN wr_instance o ON o.id = x.instance WHERE {mine};

-- A key that has expired but was not swept yet is free again.
-- name: idempotency_free
DELETE FROM wr_idempotency WHERE key IN
(SELECT idem_key FROM @rows(idem_key, at, owner)
WHERE EXISTS (SELECT 1 FROM wr_idempotency o
WHERE o.key = x.idem_key AND o.expires_at <= x.at) AND {mine});

-- name: idempotency_insert
INSERT INTO wr_idempotency (key, body, answer, expires_at)
SELECT idem_key, idem_body, idem_answer, idem_expires
FROM @rows(idem_key, idem_body, idem_answer, idem_expires, owner)
WHERE {mine};
