-- 0010_decision: decisions of DMN files and their versions.
--
-- A row for each decision and decision service of each deployment; graph is the
-- id of the file's definitions, its file the resource of that name.

CREATE TABLE wr_decision (
    id          uuid NOT NULL PRIMARY KEY,
    deployment  uuid NOT NULL,
    tenant      int4 NOT NULL,
    version     int4 NOT NULL,
    state       int4 NOT NULL,
    deployed_at int8 NOT NULL,
    key         text COLLATE "C" NOT NULL,
    kind        text COLLATE "C",
    name        text COLLATE "C",
    version_tag text COLLATE "C",
    graph       text COLLATE "C",
    graph_name  text COLLATE "C",
    resource    text COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX wr_decision_version ON wr_decision (tenant, key, version);
CREATE INDEX wr_decision_deployment ON wr_decision (deployment, key);
