-- 0001_init: instances and the rows they are looked up by.
--
-- No foreign keys on hot tables; no index on a column that a step changes, so
-- that PostgreSQL updates instances in place (HOT).  Instants are ms UTC.
-- Types are PostgreSQL's; embed.awk maps them for SQLite.

CREATE TABLE wr_instance (
    id           uuid NOT NULL PRIMARY KEY,
    definition   uuid NOT NULL,
    started_at   int8 NOT NULL,
    rev          int8 NOT NULL,
    tenant       int4 NOT NULL,
    bucket       int4 NOT NULL,
    state        int4 NOT NULL,
    incidents    int4 NOT NULL,
    ended_at     int8,
    business_key text COLLATE "C",
    blob         bytea
)
WITH (fillfactor = 70) -- @pgsql
;
CREATE INDEX wr_instance_definition ON wr_instance (definition, id);
CREATE INDEX wr_instance_business_key ON wr_instance (tenant, business_key, id)
    WHERE business_key IS NOT NULL;

-- One row a step: (instance, seq of its first event).  The key guards against a
-- doubled step.  pos orders commits for those who follow the history.
CREATE TABLE wr_history (
    instance uuid NOT NULL,
    seq      int8 NOT NULL,
    at       int8 NOT NULL,
    pos      xid8 NOT NULL DEFAULT pg_current_xact_id(), -- @pgsql
    command  uuid NOT NULL,
    tenant   int4 NOT NULL,
    bucket   int4 NOT NULL,
    actor    text COLLATE "C",
    events   bytea,
    PRIMARY KEY (instance, seq)
)
WITHOUT ROWID -- @sqlite
;

CREATE TABLE wr_task (
    id               uuid NOT NULL PRIMARY KEY,
    instance         uuid NOT NULL,
    definition       uuid NOT NULL,
    created_at       int8 NOT NULL,
    rev              int8 NOT NULL,
    tenant           int4 NOT NULL,
    bucket           int4 NOT NULL,
    element          int4 NOT NULL,
    priority         int4 NOT NULL,
    state            int4 NOT NULL,
    due_at           int8,
    follow_up_at     int8,
    name             text COLLATE "C",
    assignee         text COLLATE "C",
    candidate_users  text[] COLLATE "C", -- @pgsql
    candidate_groups text[] COLLATE "C"  -- @pgsql
    candidate_users  text,               -- @sqlite
    candidate_groups text                -- @sqlite
)
WITHOUT ROWID -- @sqlite
;
CREATE INDEX wr_task_instance ON wr_task (instance, id);
CREATE INDEX wr_task_assignee ON wr_task (tenant, assignee, id);

CREATE TABLE wr_job (
    id          uuid NOT NULL PRIMARY KEY,
    instance    uuid NOT NULL,
    definition  uuid NOT NULL,
    due_at      int8 NOT NULL,
    created_at  int8 NOT NULL,
    lease_until int8 NOT NULL,
    tenant      int4 NOT NULL,
    bucket      int4 NOT NULL,
    element     int4 NOT NULL,
    kind        int4 NOT NULL,
    priority    int4 NOT NULL,
    retries     int4 NOT NULL,
    lease       uuid,
    type        text COLLATE "C" NOT NULL,
    lease_owner text COLLATE "C"
)
WITH (fillfactor = 80) -- @pgsql
WITHOUT ROWID -- @sqlite
;
CREATE INDEX wr_job_instance ON wr_job (instance, id);
CREATE INDEX wr_job_offer ON wr_job (type, priority DESC, due_at, id)
    WHERE kind = 0 AND retries > 0;
CREATE INDEX wr_job_due ON wr_job (due_at, id) WHERE kind = 1 AND retries > 0;

CREATE TABLE wr_timer (
    id       uuid NOT NULL PRIMARY KEY,
    instance uuid NOT NULL,
    due_at   int8 NOT NULL,
    tenant   int4 NOT NULL,
    bucket   int4 NOT NULL,
    element  int4 NOT NULL
)
WITHOUT ROWID -- @sqlite
;
CREATE INDEX wr_timer_instance ON wr_timer (instance, id);
CREATE INDEX wr_timer_due ON wr_timer (due_at, id);

CREATE TABLE wr_subscription (
    id         uuid NOT NULL PRIMARY KEY,
    instance   uuid NOT NULL,
    definition uuid NOT NULL,
    created_at int8 NOT NULL,
    tenant     int4 NOT NULL,
    bucket     int4 NOT NULL,
    element    int4 NOT NULL,
    name       text COLLATE "C" NOT NULL,
    key        text COLLATE "C"
)
WITHOUT ROWID -- @sqlite
;
CREATE INDEX wr_subscription_instance ON wr_subscription (instance, id);
CREATE INDEX wr_subscription_name ON wr_subscription (tenant, name, key, id);

CREATE TABLE wr_incident (
    id         uuid NOT NULL PRIMARY KEY,
    instance   uuid NOT NULL,
    definition uuid NOT NULL,
    created_at int8 NOT NULL,
    tenant     int4 NOT NULL,
    bucket     int4 NOT NULL,
    element    int4 NOT NULL,
    job        uuid,
    type       text COLLATE "C" NOT NULL,
    message    text COLLATE "C"
)
WITHOUT ROWID -- @sqlite
;
CREATE INDEX wr_incident_instance ON wr_incident (instance, id);

CREATE TABLE wr_deployment (
    id          uuid NOT NULL PRIMARY KEY,
    tenant      int4 NOT NULL,
    deployed_at int8 NOT NULL,
    name        text COLLATE "C",
    actor       text COLLATE "C",
    hash        bytea
);

CREATE TABLE wr_resource (
    deployment uuid NOT NULL,
    name       text COLLATE "C" NOT NULL,
    bytes      bytea,
    PRIMARY KEY (deployment, name)
);

CREATE TABLE wr_definition (
    id          uuid NOT NULL PRIMARY KEY,
    deployment  uuid NOT NULL,
    tenant      int4 NOT NULL,
    version     int4 NOT NULL,
    state       int4 NOT NULL,
    executable  int4 NOT NULL,
    deployed_at int8 NOT NULL,
    key         text COLLATE "C" NOT NULL,
    kind        text COLLATE "C",
    name        text COLLATE "C",
    version_tag text COLLATE "C",
    resource    text COLLATE "C",
    symbols     bytea
);
CREATE UNIQUE INDEX wr_definition_version
    ON wr_definition (tenant, key, version);
CREATE INDEX wr_definition_deployment ON wr_definition (deployment);

CREATE TABLE wr_user (
    tenant       int4 NOT NULL,
    name         text COLLATE "C" NOT NULL,
    display_name text COLLATE "C",
    email        text COLLATE "C",
    password     text COLLATE "C",
    roles        text COLLATE "C",
    groups       text COLLATE "C",
    disabled     int4 NOT NULL,
    created_at   int8 NOT NULL,
    PRIMARY KEY (tenant, name)
);

CREATE TABLE wr_session (
    id         uuid NOT NULL PRIMARY KEY,
    tenant     int4 NOT NULL,
    user_name  text COLLATE "C" NOT NULL,
    token      bytea,
    previous   bytea,
    created_at int8 NOT NULL,
    used_at    int8 NOT NULL,
    expires_at int8 NOT NULL
);
CREATE INDEX wr_session_user ON wr_session (tenant, user_name, id);

CREATE TABLE wr_idempotency (
    key        text COLLATE "C" NOT NULL PRIMARY KEY,
    body       bytea,
    answer     bytea,
    expires_at int8 NOT NULL
);
CREATE INDEX wr_idempotency_expires ON wr_idempotency (expires_at);
