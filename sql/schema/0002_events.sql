-- 0002_events: signals, starts of definitions, and what was thrown.

-- NULL: a message.
ALTER TABLE wr_subscription ADD COLUMN type int4;

-- Of a start event, which belongs to no instance; NULL: an instance's timer.
ALTER TABLE wr_timer ADD COLUMN definition uuid;

-- What a committed step owes to others: a row written with the step and removed
-- with what it led to.
CREATE TABLE wr_outbox (
    id           uuid NOT NULL PRIMARY KEY,
    due_at       int8 NOT NULL,
    created_at   int8 NOT NULL,
    expires_at   int8 NOT NULL,
    tenant       int4 NOT NULL,
    bucket       int4 NOT NULL,
    kind         int4 NOT NULL,
    element      int4 NOT NULL,
    instance     uuid,
    definition   uuid,
    target       uuid,
    passed       uuid,
    name         text COLLATE "C" NOT NULL,
    key          text COLLATE "C",
    business_key text COLLATE "C",
    payload      bytea
)
WITHOUT ROWID -- @sqlite
;
CREATE INDEX wr_outbox_due ON wr_outbox (due_at, id);
