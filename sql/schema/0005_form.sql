-- 0005_form: forms and their versions.
--
-- A row for each form of each deployment: what a deployment has stays its own.
-- fresh is 1 where a version came first; its file is the resource of that name.

CREATE TABLE wr_form (
    id          uuid NOT NULL PRIMARY KEY,
    deployment  uuid NOT NULL,
    tenant      int4 NOT NULL,
    version     int4 NOT NULL,
    fresh       int4 NOT NULL,
    deployed_at int8 NOT NULL,
    key         text COLLATE "C" NOT NULL,
    kind        text COLLATE "C",
    resource    text COLLATE "C" NOT NULL,
    hash        bytea
);
CREATE UNIQUE INDEX wr_form_version ON wr_form (tenant, key, version)
    WHERE fresh = 1;
CREATE INDEX wr_form_deployment ON wr_form (deployment, key);
