-- 0011_message: published messages that nobody has waited for yet.
--
-- pos is the instant of publishing, made to rise by one at least within the
-- messages of one tenant, name and key: the order they are delivered in.  A row
-- is never changed; it goes with the commit that delivers it, or when it has
-- expired.

CREATE TABLE wr_message (
    id           uuid NOT NULL PRIMARY KEY,
    instance     uuid,
    pos          int8 NOT NULL,
    published_at int8 NOT NULL,
    expires_at   int8 NOT NULL,
    tenant       int4 NOT NULL,
    bucket       int4 NOT NULL,
    reach        int4 NOT NULL,
    name         text COLLATE "C" NOT NULL,
    key          text COLLATE "C",
    target       text COLLATE "C",
    business_key text COLLATE "C",
    message_id   text COLLATE "C",
    payload      bytea
)
WITHOUT ROWID -- @sqlite
;
CREATE INDEX wr_message_key ON wr_message (tenant, name, key, pos, id);
CREATE INDEX wr_message_name ON wr_message (tenant, name, pos, id);
CREATE INDEX wr_message_pos ON wr_message (tenant, pos, id);
CREATE INDEX wr_message_expires ON wr_message (tenant, expires_at);
