-- History: one row a step, by instance.

-- part: history_row
instance, seq, command, at, actor, events;

-- name: history_by_instance @ways
SELECT {history_row} FROM wr_history
WHERE instance = :instance AND tenant = :tenant AND bucket = :bucket
AND seq ~> :c_at AND (:after_seq IS NULL OR seq > :after_seq)
ORDER BY seq ~asc LIMIT :limit;
