/*
 * The PostgreSQL backend's batch: one pipeline, one Sync, one transaction.
 *
 *     message_lock what they begin to wait for, before any row
 *     item_start   new instances with their history
 *     item_move    known ones, fenced by their revision
 *     item_group   groups, locked and checked before anything is written
 *     <table>_*    rows of tasks, jobs, ... of the instances just written
 *     idempotency  answers, of the instances just written
 *     match        what waits for those who begin to wait
 *
 * Each statement takes arrays, so a batch has a dozen statements at most,
 * however many items it has.  The server answers which items held.  When a
 * statement fails nothing of the batch is written; the units are then run again,
 * each in a transaction of its own, so that only the poisoned one fails.
 */

#include <stdlib.h>
#include <string.h>

#include "engine/base/crash.h"
#include "engine/store/batch.h"
#include "engine/store/match.h"
#include "engine/store/pgsql.h"

enum {
    MAX_CALLS = 3 + 3 * WR_TABLES + 2 + 2
};

/* What the item statements answer. */
enum answer {
    HELD = 0,
    LEASE_LOST = 1,
    MOVED = 2
};

struct call { /* one statement of the pipeline */
    enum wr_sql sql;
    const struct wr_record *record;
    const struct wr_flat_op *rows;
    size_t n;
    bool tells;   /* answers (item, code) */
    bool matches; /* rows are written where there are messages */
    struct pg_params params;
};

struct run {
    struct pgsql *p;
    struct wr_arena *arena;
    const struct wr_batch *batch;
    struct call calls[MAX_CALLS];
    int n_calls;
    enum answer *answers; /* by item number */
    int64_t rows;
    bool matched;
};

static const struct {
    enum wr_sql insert, put, del;
} tables[WR_TABLES] = {
    [WR_T_TASK] = { WR_SQL_TASK_INSERT, WR_SQL_TASK_PUT, WR_SQL_TASK_DELETE },
    [WR_T_JOB] = { WR_SQL_JOB_INSERT, WR_SQL_JOB_PUT, WR_SQL_JOB_DELETE },
    [WR_T_TIMER] = { WR_SQL_TIMER_INSERT, WR_SQL_TIMER_PUT,
                     WR_SQL_TIMER_DELETE },
    [WR_T_SUBSCRIPTION] = { WR_SQL_SUBSCRIPTION_INSERT, WR_SQL_SUBSCRIPTION_PUT,
                            WR_SQL_SUBSCRIPTION_DELETE },
    [WR_T_INCIDENT] = { WR_SQL_INCIDENT_INSERT, WR_SQL_INCIDENT_PUT,
                        WR_SQL_INCIDENT_DELETE },
    [WR_T_OUTBOX] = { .insert = WR_SQL_OUTBOX_INSERT },
    [WR_T_SPILL] = { WR_SQL_SPILL_INSERT, WR_SQL_SPILL_PUT,
                     WR_SQL_SPILL_DELETE },
    [WR_T_HISTORY] = { .insert = WR_SQL_HISTORY_MORE },
};

/* ---- which statements with which rows ---- */

static bool
is_start(const struct wr_unit *u, const struct wr_flat_item *i)
{
    return u->n == 1 && i->expected_rev == 0;
}

static bool
is_move(const struct wr_unit *u, const struct wr_flat_item *i)
{
    return u->n == 1 && i->expected_rev != 0;
}

static bool
is_grouped(const struct wr_unit *u, const struct wr_flat_item *i)
{
    (void)i;

    return u->n > 1;
}

static bool
has_key(const struct wr_unit *u, const struct wr_flat_item *i)
{
    (void)u;

    return i->idempotency.key != NULL;
}

static int
by_row_id(const void *x, const void *y)
{
    const struct wr_flat_op *a = x, *b = y;

    /* Every row of a table beside the instance has its id in front. */
    return wr_uuid_cmp(a->row, b->row);
}

static void
add_call(struct run *r, enum wr_sql sql, const struct wr_record *record,
         const struct wr_flat_op *rows, size_t n, bool tells)
{
    if (n == 0)
        return;
    r->calls[r->n_calls++] = (struct call){
        .sql = sql, .record = record, .rows = rows, .n = n, .tells = tells
    };
}

static void
add_items(struct run *r, const struct wr_unit *units, size_t n_units,
          bool (*want)(const struct wr_unit *, const struct wr_flat_item *),
          enum wr_sql sql, bool tells)
{
    struct wr_flat_op *rows = wr_newn(r->arena, struct wr_flat_op,
                                      r->batch->n_items);
    size_t n = 0;

    for (size_t u = 0; u < n_units; u++) {
        for (size_t i = 0; i < units[u].n; i++) {
            const struct wr_flat_item *item = &units[u].items[i];

            if (units[u].result == WR_OK && want(&units[u], item))
                rows[n++] = (struct wr_flat_op){ item, &item->instance.id };
        }
    }
    add_call(r, sql, &wr_record_item, rows, n, tells);
}

struct lists { /* ops of one table, by what they do */
    struct wr_flat_op *insert, *put, *del;
    size_t n_insert, n_put, n_del;
};

static void
gather(const struct wr_flat_item *item, enum wr_table t, struct lists *l)
{
    enum wr_op op;
    bool is_new;
    const void *row;

    for (int n = 0; wr_batch_op(item->fx, t, n, &op, &is_new, &row); n++) {
        struct wr_flat_op o = { row, &item->instance.id };

        if (op == WR_OP_DEL)
            l->del[l->n_del++] = o;
        else if (is_new)
            l->insert[l->n_insert++] = o;
        else
            l->put[l->n_put++] = o;
    }
}

static size_t
count_ops(const struct wr_effects *fx, enum wr_table t)
{
    const int counts[] = { fx->n_tasks,     fx->n_jobs,
                           fx->n_timers,    fx->n_subscriptions,
                           fx->n_incidents, fx->n_outboxes,
                           fx->n_spills,    fx->n_more_histories };

    return (size_t)counts[t];
}

static void
add_table(struct run *r, const struct wr_unit *units, size_t n_units,
          enum wr_table t)
{
    const struct wr_record *record = wr_record_of(wr_table_noun(t));
    struct lists l = { 0 };
    size_t n = 0;

    for (size_t i = 0; i < r->batch->n_items; i++)
        n += count_ops(r->batch->items[i].fx, t);
    if (n == 0)
        return;
    l.insert = wr_newn(r->arena, struct wr_flat_op, 3 * n);
    l.put = l.insert + n;
    l.del = l.put + n;
    for (size_t u = 0; u < n_units; u++) {
        for (size_t i = 0; units[u].result == WR_OK && i < units[u].n; i++)
            gather(&units[u].items[i], t, &l);
    }
    qsort(l.insert, l.n_insert, sizeof(*l.insert), by_row_id);
    qsort(l.put, l.n_put, sizeof(*l.put), by_row_id);
    qsort(l.del, l.n_del, sizeof(*l.del), by_row_id);
    add_call(r, tables[t].insert, record, l.insert, l.n_insert, false);
    add_call(r, tables[t].put, record, l.put, l.n_put, false);
    add_call(r, tables[t].del, record, l.del, l.n_del, false);
}

/* What the units begin to wait for. */
static size_t
gather_matches(struct run *r, const struct wr_unit *units, size_t n_units,
               struct wr_flat_op **out)
{
    size_t n = 0, max = 0;

    for (size_t i = 0; i < r->batch->n_items; i++)
        max += (size_t)r->batch->items[i].source->n_matches;
    *out = wr_newn(r->arena, struct wr_flat_op, max + 1);
    for (size_t u = 0; u < n_units; u++) {
        for (size_t i = 0; units[u].result == WR_OK && i < units[u].n; i++) {
            const struct wr_flat_item *item = &units[u].items[i];

            for (int k = 0; k < item->source->n_matches; k++)
                (*out)[n++] = (struct wr_flat_op){ &item->source->matches[k],
                                                   &item->instance.id };
        }
    }

    return n;
}

static void
add_locks(struct run *r, const struct wr_flat_op *matches, size_t n)
{
    const struct wr_outbox_row **of = wr_newn(
        r->arena, const struct wr_outbox_row *, n + 1);
    struct wr_match_lock *locks = wr_newn(r->arena, struct wr_match_lock,
                                          2 * n + 1);
    struct wr_flat_op *rows;
    size_t n_locks;

    for (size_t i = 0; i < n; i++)
        of[i] = matches[i].row;
    n_locks = wr_match_locks(of, n, locks);
    rows = wr_newn(r->arena, struct wr_flat_op, n_locks + 1);
    for (size_t i = 0; i < n_locks; i++)
        rows[i].row = &locks[i];
    add_call(r, WR_SQL_MESSAGE_LOCK, &wr_record_match_lock, rows, n_locks,
             false);
}

static void
plan(struct run *r, const struct wr_unit *units, size_t n_units)
{
    struct wr_flat_op *matches;
    size_t n = gather_matches(r, units, n_units, &matches);

    add_locks(r, matches, n);
    add_items(r, units, n_units, is_start, WR_SQL_ITEM_START, true);
    add_items(r, units, n_units, is_move, WR_SQL_ITEM_MOVE, true);
    add_items(r, units, n_units, is_grouped, WR_SQL_ITEM_GROUP, true);
    for (enum wr_table t = 0; t < WR_TABLES; t++)
        add_table(r, units, n_units, t);
    add_items(r, units, n_units, has_key, WR_SQL_IDEMPOTENCY_FREE, false);
    add_items(r, units, n_units, has_key, WR_SQL_IDEMPOTENCY_INSERT, false);
    add_call(r, WR_SQL_MATCH_BUFFERED, wr_record_of(WR_OUTBOXES), matches, n,
             false);
    if (n)
        r->calls[r->n_calls - 1].matches = true;
}

/* ---- sending and reading ---- */

static void
encode(struct run *r, struct call *c)
{
    struct pg_stmt *q = wr_pg_resolve(r->p, c->sql, c->record);
    struct wr_datum *items = wr_newn(r->arena, struct wr_datum, c->n);

    c->params = (struct pg_params){ .arena = r->arena };
    for (int i = 0; i < q->n; i++) {
        const struct wr_column *column = q->columns[i];

        for (size_t n = 0; n < c->n; n++) {
            if (column)
                wr_column_get(column, c->rows[n].row, r->arena, &items[n]);
            else /* "owner": the instance the row goes with */
                items[n] = (struct wr_datum){ .kind = WR_D_UUID,
                                              .p = c->rows[n].owner,
                                              .len = sizeof(struct wr_uuid) };
        }
        wr_pg_array(&c->params, items[0].kind, items, c->n);
    }
}

static int
send_all(struct run *r, struct wr_err *err)
{
    PGconn *c = r->p->c;

    if (!PQenterPipelineMode(c))
        return wr_pg_failed(r->p, NULL, WR_SQL_COUNT, err);
    for (int i = 0; i < r->n_calls; i++) {
        const struct call *k = &r->calls[i];

        if (!PQsendQueryPrepared(c, wr_sql_texts[k->sql].name, k->params.n,
                                 k->params.values, k->params.lengths,
                                 k->params.formats, 1))
            return wr_pg_failed(r->p, NULL, k->sql, err);
    }
    if (!PQpipelineSync(c))
        return wr_pg_failed(r->p, NULL, WR_SQL_COUNT, err);
    WEIR_CRASH("commit-sent"); /* C3 */

    return 0;
}

static int32_t
int_at(const PGresult *res, int row, int column)
{
    const uint8_t *p = (const uint8_t *)PQgetvalue(res, row, column);

    return (int32_t)((uint32_t)p[0] << 24 | (uint32_t)p[1] << 16
                     | (uint32_t)p[2] << 8 | p[3]);
}

static void
read_answers(struct run *r, const PGresult *res)
{
    for (int i = 0; i < PQntuples(res); i++) {
        int32_t item = int_at(res, i, 0);

        r->answers[item] = (enum answer)int_at(res, i, 1);
        if (r->answers[item] == HELD)
            r->rows += 2;
    }
}

static void
count_written(struct run *r, int call, PGresult *res)
{
    int64_t n = strtoll(PQcmdTuples(res), NULL, 10);

    r->rows += n;
    if (call < r->n_calls && r->calls[call].matches)
        r->matched = n > 0;
}

/*
 * Results of all calls, then that of the Sync.  The first error is the one to
 * report: those after it only say that the pipeline was aborted.  Every result
 * is read so that the connection can be used again.
 */
static int
read_all(struct run *r, struct wr_err *err)
{
    PGconn *c = r->p->c;
    int rc = 0, nulls = 0;

    for (int i = 0; nulls < 2;) {
        PGresult *res = PQgetResult(c);
        ExecStatusType status = PQresultStatus(res);

        if (!res) { /* between the results of two calls */
            i++;
            nulls++;
            continue;
        }
        nulls = 0;
        if (status == PGRES_PIPELINE_SYNC) {
            PQclear(res);
            return rc;
        }
        if (status == PGRES_TUPLES_OK && i < r->n_calls && r->calls[i].tells)
            read_answers(r, res);
        else if (status == PGRES_COMMAND_OK)
            count_written(r, i, res);
        else if (status != PGRES_TUPLES_OK && rc == 0)
            rc = wr_pg_failed(r->p, res,
                              i < r->n_calls ? r->calls[i].sql : WR_SQL_COUNT,
                              err);
        PQclear(res);
    }

    /* No Sync came back: the connection is gone and the outcome unknown. */
    return wr_pg_failed(r->p, NULL, WR_SQL_COUNT, err);
}

static void
take_answers(const struct run *r, struct wr_unit *units, size_t n_units)
{
    static const enum wr_code codes[] = {
        [HELD] = WR_OK, [LEASE_LOST] = WR_ELEASE, [MOVED] = WR_ECONFLICT
    };

    for (size_t u = 0; u < n_units; u++) {
        for (size_t i = 0; units[u].result == WR_OK && i < units[u].n; i++) {
            struct wr_item *item = units[u].items[i].source;

            units[u].result = codes[r->answers[units[u].items[i].item]];
            item->matched = r->matched && item->n_matches > 0;
        }
    }
}

/* One transaction.  An error of a statement leaves nothing written. */
static int
run_units(struct pgsql *p, const struct wr_batch *b, struct wr_unit *units,
          size_t n_units, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(16384);
    struct run *r = wr_new(a, struct run);
    int rc;

    *r = (struct run){ .p = p, .arena = a, .batch = b };
    r->answers = wr_newn(a, enum answer, b->n_items);
    for (size_t i = 0; i < b->n_items; i++)
        r->answers[i] = MOVED;
    plan(r, units, n_units);
    if (r->n_calls == 0)
        return 0;
    if (wr_pg_ready(p, err) < 0)
        return (int)err->code;
    for (int i = 0; i < r->n_calls; i++) {
        encode(r, &r->calls[i]);
        if (wr_pg_prepare(p, r->calls[i].sql, &r->calls[i].params, err) < 0)
            return (int)err->code;
    }
    rc = send_all(r, err);
    if (rc == 0)
        rc = read_all(r, err);
    if (!PQexitPipelineMode(p->c)) {
        /* Cut off in the middle: only a new connection is in a known state. */
        if (rc == 0)
            rc = wr_pg_failed(p, NULL, WR_SQL_COUNT, err);
        PQfinish(wr_steal(p->c));
    }
    p->sql.base.stats.round_trips++;
    if (rc < 0)
        return rc;
    p->sql.base.stats.commits++;
    p->sql.base.stats.rows += r->rows;
    take_answers(r, units, n_units);

    return 0;
}

/* The statement that failed was one unit's: is it known which? */
static int
run_singly(struct pgsql *p, const struct wr_batch *b, struct wr_err *err)
{
    for (size_t u = 0; u < b->n_units; u++) {
        struct wr_unit *unit = &b->units[u];

        if (unit->result != WR_OK)
            continue;
        if (run_units(p, b, unit, 1, err) == 0)
            continue;
        if (err->code == WR_ESTORE)
            return (int)err->code;
        /* A deadlock or a lock that did not come: step again. */
        unit->result = err->code == WR_EBUSY ? WR_ECONFLICT : err->code;
    }
    *err = (struct wr_err){ 0 };

    return 0;
}

int
wr_pgsql_commit(struct wr_store *st, struct wr_item *items, size_t n,
                struct wr_err *err)
{
    struct pgsql *p = wr_pg_of(st);
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    struct wr_batch b;

    if (wr_batch_init(&b, a, items, n, err) < 0)
        return (int)err->code;
    if (run_units(p, &b, b.units, b.n_units, err) < 0
        && (err->code == WR_ESTORE || run_singly(p, &b, err) < 0))
        return (int)err->code;
    wr_batch_done(&b);

    return 0;
}

/* ---- claims ---- */

static void
claim_params(const struct wr_claim *c, struct pg_params *p)
{
    struct wr_arena *a = p->arena;
    struct wr_datum *types = wr_newn(a, struct wr_datum, (size_t)c->n_types);
    struct wr_datum *leases = wr_newn(a, struct wr_datum, (size_t)c->max);
    struct wr_uuid base = c->lease;
    bool some = c->bucket_from || c->bucket_to;
    const struct wr_datum scalars[] = {
        { .kind = WR_D_INT4, .i = c->tenant },
        { .kind = WR_D_INT8, .i = c->now },
        { .kind = WR_D_INT4, .i = c->bucket_from },
        { .kind = WR_D_INT4, .i = some ? c->bucket_to : WR_BUCKETS - 1 },
        { .kind = WR_D_INT8, .i = c->max },
        { .kind = WR_D_TEXT,
          .null = !c->worker,
          .p = c->worker,
          .len = c->worker ? strlen(c->worker) : 0 },
        { .kind = WR_D_INT8, .i = c->until },
    };

    for (int i = 0; i < c->n_types; i++)
        types[i] = (struct wr_datum){ .kind = WR_D_TEXT,
                                      .p = c->types[i],
                                      .len = strlen(c->types[i]) };
    for (int i = 0; i < c->max; i++) {
        struct wr_uuid lease = wr_uuid_next(&base);

        leases[i] = (struct wr_datum){ .kind = WR_D_UUID,
                                       .p = wr_arena_memdup(a, &lease,
                                                            sizeof(lease)),
                                       .len = sizeof(lease) };
    }
    wr_pg_array(p, WR_D_TEXT, types, (size_t)c->n_types);
    for (size_t i = 0; i < WR_COUNT(scalars); i++)
        wr_pg_scalar(p, &scalars[i]);
    wr_pg_array(p, WR_D_UUID, leases, (size_t)c->max);
}

int
wr_pgsql_claim(struct wr_store *st, const struct wr_claim *c,
               struct wr_arena *a, struct wr_rows *out, struct wr_err *err)
{
    struct pgsql *p = wr_pg_of(st);
    wr_auto(wr_arena_free) struct wr_arena *scratch = wr_arena_new(4096);
    struct pg_params params = { .arena = scratch };
    struct wr_found f = { .record = wr_record_of(WR_JOBS), .arena = a };
    PGresult *res;
    int rc = 0;

    claim_params(c, &params);
    if (wr_pg_ready(p, err) < 0
        || wr_pg_prepare(p, WR_SQL_JOB_CLAIM, &params, err) < 0)
        return (int)err->code;
    res = PQexecPrepared(p->c, wr_sql_texts[WR_SQL_JOB_CLAIM].name, params.n,
                         params.values, params.lengths, params.formats, 1);
    st->stats.round_trips++;
    if (PQresultStatus(res) != PGRES_TUPLES_OK)
        rc = wr_pg_failed(p, res, WR_SQL_JOB_CLAIM, err);
    else if ((rc = wr_pg_check_columns(res, WR_SQL_JOB_CLAIM, f.record, err))
             == 0)
        wr_pg_read(res, &f);
    PQclear(res);
    if (rc < 0)
        return rc;
    st->stats.commits += f.n > 0;
    st->stats.rows += (int64_t)f.n;
    *out = (struct wr_rows){ .noun = WR_JOBS,
                             .n = f.n,
                             .jobs = (struct wr_job_row *)(void *)f.rows };

    return 0;
}
