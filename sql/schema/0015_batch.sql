-- 0015_batch: one act on many instances, jobs or incidents.
--
-- Each item that is still to be done has a row in wr_outbox (kind 9, definition:
-- the batch), which goes in the commit that does it.  Its row here, with the
-- same id, stays and says what became of it: 0 nothing yet, or done when it has
-- left the outbox; 2 it failed; 3 it was canceled.

CREATE TABLE wr_batch (
    id         uuid NOT NULL PRIMARY KEY,
    tenant     int4 NOT NULL,
    state      int4 NOT NULL,
    total      int4 NOT NULL,
    created_at int8 NOT NULL,
    ended_at   int8,
    kind       text COLLATE "C" NOT NULL,
    actor      text COLLATE "C",
    params     bytea
);

CREATE TABLE wr_batch_item (
    id      uuid NOT NULL PRIMARY KEY,
    batch   uuid NOT NULL,
    tenant  int4 NOT NULL,
    number  int4 NOT NULL,
    state   int4 NOT NULL,
    at      int8,
    target  uuid NOT NULL,
    code    text COLLATE "C",
    message text COLLATE "C"
)
WITHOUT ROWID -- @sqlite
;
CREATE INDEX wr_batch_item_batch ON wr_batch_item (batch, number, id);
CREATE INDEX wr_outbox_batch ON wr_outbox (definition) WHERE kind = 9;
