-- 0009_spill: parts of a big instance's state, beside its row.
--
CREATE TABLE wr_spill (
    instance uuid NOT NULL,
    id       uuid NOT NULL,
    rev      int8 NOT NULL,
    tenant   int4 NOT NULL,
    bucket   int4 NOT NULL,
    blob     bytea,
    PRIMARY KEY (instance, id)
)
WITHOUT ROWID -- @sqlite
;
