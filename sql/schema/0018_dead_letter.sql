-- 0018_dead_letter: messages that nobody could work on.
--
-- One row for each: what dies again is counted in it.  As long as held is 1 the
-- row of a timer, a job or the outbox that target names is not given out again.

CREATE TABLE wr_dead_letter (
    id         uuid NOT NULL PRIMARY KEY,
    target     uuid,
    instance   uuid,
    first_at   int8 NOT NULL,
    last_at    int8 NOT NULL,
    size       int8 NOT NULL,
    tenant     int4 NOT NULL,
    count      int4 NOT NULL,
    held       int4 NOT NULL,
    queue      text COLLATE "C" NOT NULL,
    reason     text COLLATE "C" NOT NULL,
    kind       text COLLATE "C",
    detail     text COLLATE "C",
    message_id text COLLATE "C",
    body       bytea
);
CREATE INDEX wr_dead_letter_first ON wr_dead_letter (first_at, id);
CREATE INDEX wr_dead_letter_last ON wr_dead_letter (last_at, id);
CREATE INDEX wr_dead_letter_held ON wr_dead_letter (target) WHERE held = 1;
