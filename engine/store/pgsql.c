/*
 * pgsql: PostgreSQL through libpq.
 *
 * A handle has one connection, made again when it breaks.  Statements are
 * prepared on first use, their values are binary.  Generic plans and nested
 * loops are forced: a plan made while the tables were small would scan and hash
 * for ever, and nested loops keep the order of the keys, which keeps two batches
 * from locking each other out.
 */

#include "engine/store/pgsql.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/store/backends.h"
#include "engine/store/project_ops.h"

enum {
    LAST_WORDS = 8 /* of a server that ends, at most */
};

static const char session[] = "SET synchronous_commit = on;"
                              "SET plan_cache_mode = force_generic_plan;"
                              "SET enable_seqscan = off;"
                              "SET enable_bitmapscan = off;"
                              "SET enable_hashjoin = off;"
                              "SET enable_mergejoin = off;"
                              "SET jit = off;"
                              "SET default_transaction_isolation ="
                              " 'read committed'";

struct pgsql *
wr_pg_of(struct wr_store *st)
{
    return wr_container_of(st, struct pgsql, sql.base);
}

/* Each month of the history has its own: wr_history_2026_11_pkey. */
static bool
is_history_key(const char *constraint)
{
    size_t n = strlen(constraint);

    return strncmp(constraint, "wr_history_", 11) == 0
           && strcmp(constraint + n - 4, "pkey") == 0;
}

/* SQLSTATE classes: 22 and 23 are the data's fault, 40 and lock timeouts pass
 * when tried again, the rest is the store's. */
static enum wr_code
code_of(const char *state, const char *constraint)
{
    if (!state)
        return WR_ESTORE;
    if (constraint
        && (strcmp(constraint, "wr_instance_pkey") == 0
            || is_history_key(constraint)
            || strcmp(constraint, "wr_definition_version") == 0))
        return WR_ECONFLICT;
    if (constraint && strcmp(constraint, "wr_idempotency_pkey") == 0)
        return WR_EINFLIGHT;
    if (strncmp(state, "22", 2) == 0 || strncmp(state, "23", 2) == 0)
        return WR_EVALUE;
    if (strncmp(state, "40", 2) == 0 || strcmp(state, "55P03") == 0)
        return WR_EBUSY;

    return WR_ESTORE;
}

static int
first_line(const char *s)
{
    return (int)strcspn(s, "\n");
}

static int
failed_in(struct pgsql *p, const PGresult *res, const char *what,
          struct wr_err *err)
{
    const char *state = res ? PQresultErrorField(res, PG_DIAG_SQLSTATE) : NULL;
    const char *text = PQerrorMessage(p->c);
    const char *constraint = NULL;

    if (state) {
        text = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);
        constraint = PQresultErrorField(res, PG_DIAG_CONSTRAINT_NAME);
    }

    return wr_fail(err, code_of(state, constraint), "%s: %.*s", what,
                   first_line(text), text);
}

int
wr_pg_failed(struct pgsql *p, const PGresult *res, enum wr_sql sql,
             struct wr_err *err)
{
    return failed_in(
        p, res, sql < WR_SQL_COUNT ? wr_sql_texts[sql].name : "store", err);
}

/* ---- connection ---- */

static int
script(struct wr_store *st, const char *text, struct wr_err *err)
{
    struct pgsql *p = wr_pg_of(st);
    PGresult *res = PQexec(p->c, text);
    ExecStatusType status = PQresultStatus(res);
    int rc = 0;

    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        rc = wr_pg_failed(p, res, WR_SQL_COUNT, err);
    PQclear(res);

    return rc;
}

static void
quiet(void *data, const PGresult *res)
{
    (void)data, (void)res;
}

static int
connect_now(struct pgsql *p, struct wr_err *err)
{
    static const char *const names[] = { "connect_timeout",
                                         "fallback_application_name", "dbname",
                                         "client_encoding", NULL };
    char wait[24];
    const char *values[] = { wait, "weir", p->url, "UTF8", NULL };

    /* libpq counts seconds, and takes 1 for 2. */
    snprintf(wait, sizeof(wait), "%lld",
             (long long)(wr_store_wait() + 999) / 1000);

    PQfinish(p->c);
    p->in_transaction = false;
    for (size_t i = 0; i < WR_COUNT(p->stmts); i++)
        p->stmts[i].prepared = false;
    p->c = PQconnectdbParams(names, values, 1);
    if (PQstatus(p->c) != CONNECTION_OK)
        return wr_fail(err, WR_ESTORE, "%.*s", first_line(PQerrorMessage(p->c)),
                       PQerrorMessage(p->c));
    /* Library code does not write to stderr. */
    PQsetNoticeReceiver(p->c, quiet, NULL);

    return script(&p->sql.base, session, err);
}

/* A server that went away has closed the socket, perhaps with a last word in
 * front: see it before writing. */
static bool
is_alive(struct pgsql *p)
{
    for (int i = 0; i < LAST_WORDS; i++) {
        struct pollfd fd = { .fd = PQsocket(p->c), .events = POLLIN };

        if (PQstatus(p->c) != CONNECTION_OK)
            return false;
        if (poll(&fd, 1, 0) <= 0)
            return true;
        if (!PQconsumeInput(p->c))
            return false;
        (void)PQisBusy(p->c); /* looks at what was read */
    }

    return PQstatus(p->c) == CONNECTION_OK;
}

/* While the server is away callers are told at once, not after a connect. */
static int
connect_anew(struct pgsql *p, struct wr_err *err)
{
    struct wr_link *l = wr_store_link();

    if (l && wr_link_may_try(l, err) < 0)
        return err->code;
    if (connect_now(p, err) < 0) {
        if (l)
            wr_link_broken(l, err);
        return err->code;
    }
    if (l)
        wr_link_ready(l);

    return 0;
}

int
wr_pg_ready(struct pgsql *p, struct wr_err *err)
{
    if (is_alive(p))
        return 0;
    if (p->in_transaction)
        return wr_pg_failed(p, NULL, WR_SQL_COUNT, err);

    return connect_anew(p, err);
}

/* ---- statements ---- */

struct pg_stmt *
wr_pg_resolve(struct pgsql *p, enum wr_sql sql, const struct wr_record *args)
{
    struct pg_stmt *q = &p->stmts[sql];
    const char *at = wr_sql_texts[sql].in[WR_PGSQL].params, *word;
    size_t len;

    if (q->args == args && args)
        return q;
    q->args = args;
    q->n = 0;
    while ((word = wr_sql_param(&at, &len, &q->arrays[q->n])))
        q->columns[q->n++] = args ? wr_column_find(args, word, len) : NULL;

    return q;
}

int
wr_pg_prepare(struct pgsql *p, enum wr_sql sql, const struct pg_params *params,
              struct wr_err *err)
{
    PGresult *res;
    int rc = 0;

    if (p->stmts[sql].prepared)
        return 0;
    res = PQprepare(p->c, wr_sql_texts[sql].name,
                    wr_sql_texts[sql].in[WR_PGSQL].text, params->n,
                    params->types);
    p->sql.base.stats.round_trips++;
    if (PQresultStatus(res) != PGRES_COMMAND_OK)
        rc = wr_pg_failed(p, res, sql, err);
    else
        p->stmts[sql].prepared = true;
    PQclear(res);

    return rc;
}

static int
check_columns(const PGresult *res, const char *name,
              const struct wr_record *record, struct wr_err *err)
{
    if (PQnfields(res) != record->n_read)
        return wr_fail(err, WR_ECORRUPT, "statement '%s' gives %d columns",
                       name, PQnfields(res));
    for (int i = 0; i < record->n_read; i++) {
        if (strcmp(PQfname(res, i), record->columns[i].name) != 0)
            return wr_fail(err, WR_ECORRUPT, "statement '%s' gives '%s'", name,
                           PQfname(res, i));
    }

    return 0;
}

int
wr_pg_check_columns(const PGresult *res, enum wr_sql sql,
                    const struct wr_record *record, struct wr_err *err)
{
    return check_columns(res, wr_sql_texts[sql].name, record, err);
}

static int
run_once(struct pgsql *p, enum wr_sql sql, const struct pg_params *params,
         struct wr_found *f, struct wr_err *err)
{
    PGresult *res;
    int rc = 0;

    if (wr_pg_ready(p, err) < 0 || wr_pg_prepare(p, sql, params, err) < 0)
        return (int)err->code;
    res = PQexecPrepared(p->c, wr_sql_texts[sql].name, params->n,
                         params->values, params->lengths, params->formats, 1);
    p->sql.base.stats.round_trips++;
    if (PQresultStatus(res) == PGRES_COMMAND_OK)
        f->changed = strtoll(PQcmdTuples(res), NULL, 10);
    else if (PQresultStatus(res) != PGRES_TUPLES_OK)
        rc = wr_pg_failed(p, res, sql, err);
    else if (f->record
             && (rc = wr_pg_check_columns(res, sql, f->record, err)) == 0)
        wr_pg_read(res, f);
    PQclear(res);

    return rc;
}

static int
run(struct wr_store *st, enum wr_sql sql, const struct wr_record *args,
    const void *row, struct wr_found *f, struct wr_err *err)
{
    struct pgsql *p = wr_pg_of(st);
    wr_auto(wr_arena_free) struct wr_arena *scratch = wr_arena_new(1024);
    struct pg_params params = { .arena = scratch };
    struct pg_stmt *q = wr_pg_resolve(p, sql, args);
    bool again = f->record && !p->in_transaction;
    struct wr_datum d;
    int rc;

    for (int i = 0; i < q->n; i++) {
        wr_column_get(q->columns[i], row, scratch, &d);
        wr_pg_scalar(&params, &d);
    }
    rc = run_once(p, sql, &params, f, err);
    /* A lookup may be asked again on a new connection. */
    if (rc < 0 && again && PQstatus(p->c) != CONNECTION_OK)
        rc = run_once(p, sql, &params, f, err);

    return rc;
}

static int
run_many(struct wr_store *st, enum wr_sql sql, const struct wr_record *args,
         const void *const *rows, size_t n, struct wr_found *f,
         struct wr_err *err)
{
    struct pgsql *p = wr_pg_of(st);
    wr_auto(wr_arena_free) struct wr_arena *scratch = wr_arena_new(4096);
    struct pg_params params = { .arena = scratch };
    struct pg_stmt *q = wr_pg_resolve(p, sql, args);
    struct wr_datum *items = wr_newn(scratch, struct wr_datum, n + 1);

    for (int i = 0; i < q->n; i++) {
        for (size_t k = 0; k < n; k++)
            wr_column_get(q->columns[i], rows[k], scratch, &items[k]);
        wr_pg_array(&params, items[0].kind, items, n);
    }

    return run_once(p, sql, &params, f, err);
}

static int
query_once(struct pgsql *p, const struct wr_sql_built *b,
           const struct pg_params *params, struct wr_found *f,
           struct wr_err *err)
{
    PGresult *res;
    int rc = 0;

    if (wr_pg_ready(p, err) < 0)
        return (int)err->code;
    res = PQexecParams(p->c, b->text.s, params->n, params->types,
                       params->values, params->lengths, params->formats, 1);
    p->sql.base.stats.round_trips++;
    if (PQresultStatus(res) != PGRES_TUPLES_OK)
        rc = failed_in(p, res, b->name, err);
    else if ((rc = check_columns(res, b->name, f->record, err)) == 0)
        wr_pg_read(res, f);
    PQclear(res);

    return rc;
}

static int
query(struct wr_store *st, const struct wr_sql_built *b, struct wr_found *f,
      struct wr_err *err)
{
    struct pgsql *p = wr_pg_of(st);
    wr_auto(wr_arena_free) struct wr_arena *scratch = wr_arena_new(1024);
    struct pg_params params = { .arena = scratch };
    int rc;

    for (int i = 0; i < b->n; i++)
        wr_pg_scalar(&params, &b->params[i]);
    rc = query_once(p, b, &params, f, err);
    if (rc < 0 && !p->in_transaction && PQstatus(p->c) != CONNECTION_OK)
        rc = query_once(p, b, &params, f, err);

    return rc;
}

/* ---- transactions ---- */

static int
begin(struct wr_store *st, struct wr_err *err)
{
    struct pgsql *p = wr_pg_of(st);

    if (wr_pg_ready(p, err) < 0)
        return (int)err->code;
    /* Nothing was done yet: a connection that just broke is made anew. */
    if (script(st, "BEGIN", err) < 0
        && (is_alive(p) || connect_anew(p, err) < 0
            || script(st, "BEGIN", err) < 0))
        return (int)err->code;
    p->in_transaction = true;

    return 0;
}

static void
rollback(struct wr_store *st)
{
    struct pgsql *p = wr_pg_of(st);

    if (PQstatus(p->c) == CONNECTION_OK)
        PQclear(PQexec(p->c, "ROLLBACK"));
    p->in_transaction = false;
}

static int
commit(struct wr_store *st, struct wr_err *err)
{
    struct pgsql *p = wr_pg_of(st);

    p->in_transaction = false;
    st->stats.round_trips++;
    if (script(st, "COMMIT", err) < 0)
        return (int)err->code;
    st->stats.commits++;

    return 0;
}

static const struct wr_sql_driver pgsql_driver = {
    .dialect = WR_PGSQL,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .script = script,
    .run = run,
    .run_many = run_many,
    .query = query,
};

/* ---- open, close, migrate ---- */

static void
pgsql_close(struct wr_store *st)
{
    struct pgsql *p = wr_pg_of(st);

    PQfinish(p->c);
    free(p->url);
    free(p);
}

static int
pgsql_open(const char *url, struct wr_store **out, struct wr_err *err)
{
    struct pgsql *p = calloc(1, sizeof(*p));

    if (!p || !(p->url = strdup(url)))
        abort();
    p->sql.base.ops = &wr_store_pgsql;
    p->sql.driver = &pgsql_driver;
    if (connect_anew(p, err) == 0
        && wr_sql_check_version(&p->sql.base, err) == 0) {
        *out = &p->sql.base;
        return 0;
    }
    pgsql_close(&p->sql.base);

    /* Not the URL: it may hold a password. */
    return wr_wrap(err, "open PostgreSQL");
}

/* One process migrates, the others wait for it. */
static int
pgsql_migrate(struct wr_store *st, struct wr_err *err)
{
    struct wr_err ignored;
    int rc;

    if (wr_pg_ready(wr_pg_of(st), err) < 0
        || script(st, wr_sql_texts[WR_SQL_SCHEMA_LOCK].in[WR_PGSQL].text, err)
               < 0)
        return (int)err->code;
    rc = wr_sql_migrate(st, err);
    /* A connection that broke has let the lock go. */
    (void)script(st, wr_sql_texts[WR_SQL_SCHEMA_UNLOCK].in[WR_PGSQL].text,
                 &ignored);

    return rc;
}

static int
pgsql_time(struct wr_store *st, int64_t *now, struct wr_err *err)
{
    struct pgsql *p = wr_pg_of(st);
    PGresult *res;
    int rc = 0;

    if (wr_pg_ready(p, err) < 0)
        return (int)err->code;
    res = PQexec(p->c, "SELECT (extract(epoch FROM clock_timestamp()) * 1000)"
                       "::int8");
    if (PQresultStatus(res) == PGRES_TUPLES_OK)
        *now = strtoll(PQgetvalue(res, 0, 0), NULL, 10);
    else
        rc = wr_pg_failed(p, res, WR_SQL_COUNT, err);
    PQclear(res);

    return rc;
}

const struct wr_store_ops wr_store_pgsql = {
    .name = "postgresql",
    .open = pgsql_open,
    .close = pgsql_close,
    .migrate = pgsql_migrate,
    .commit = wr_pgsql_commit,
    .deploy = wr_sql_deploy,
    .find = wr_sql_find,
    .search = wr_sql_search,
    .claim = wr_pgsql_claim,
    .change = wr_sql_change,
    .time = pgsql_time,
    .upkeep = wr_sql_upkeep,
    .project = &wr_project_sql,
};
