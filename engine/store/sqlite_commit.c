/*
 * The SQLite backend's batch: one transaction, a savepoint a unit.
 *
 * A unit that does not hold is rolled back to its savepoint and the others go
 * on.  An error of the database itself ends the batch.
 */

#include <stdlib.h>

#include "engine/base/crash.h"
#include "engine/store/batch.h"
#include "engine/store/sqlite.h"

struct found_count {
    int64_t count;
};
static const struct wr_column count_c[] = {
    { "count", WR_C_INT8, 0, 0 },
};
static const struct wr_record record_count = { "count",
                                               sizeof(struct found_count),
                                               count_c, 1, 1 };

static int
run(struct sqlite *s, enum wr_sql sql, const struct wr_record *args,
    const void *row, int64_t *changed, struct wr_err *err)
{
    struct wr_found f = { 0 };

    if (wr_sqlite_run(&s->sql.base, sql, args, row, &f, err) < 0)
        return (int)err->code;
    if (changed)
        *changed = f.changed;
    s->sql.base.stats.rows += f.changed;

    return 0;
}

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

static int
check_lease(struct sqlite *s, const struct wr_flat_item *i, struct wr_arena *a,
            struct wr_err *err)
{
    struct wr_found f = { .record = &record_count, .arena = a };

    if (wr_uuid_is_zero(&i->job))
        return 0;
    if (wr_sqlite_run(&s->sql.base, WR_SQL_ITEM_LEASED, &wr_record_item, i, &f,
                      err)
        < 0)
        return (int)err->code;
    if (((const struct found_count *)(void *)f.rows)->count == 0)
        return wr_fail(err, WR_ELEASE, "the job's lease was lost");

    return 0;
}

/* Of two who settle one thing one finds it gone. */
static int
settle(struct sqlite *s, const struct wr_flat_item *i, struct wr_err *err)
{
    int64_t n = 0;

    if (wr_uuid_is_zero(&i->outbox))
        return 0;
    if (run(s, WR_SQL_ITEM_SETTLE, &wr_record_item, i, &n, err) < 0)
        return (int)err->code;
    if (n == 0 && run(s, WR_SQL_ITEM_DELIVER, &wr_record_item, i, &n, err) < 0)
        return (int)err->code;
    if (n == 0)
        return wr_fail(err, WR_ELEASE, "it was settled by someone else");

    return 0;
}

static int
write_instance(struct sqlite *s, const struct wr_flat_item *i,
               struct wr_err *err)
{
    enum wr_sql sql = i->expected_rev ? WR_SQL_ITEM_UPDATE : WR_SQL_ITEM_INSERT;
    int64_t n = 0;

    if (run(s, sql, &wr_record_item, i, &n, err) < 0)
        return (int)err->code;
    if (n == 0)
        return wr_fail(err, WR_ECONFLICT, "the instance moved on");
    /* Its key is (instance, seq): a doubled step stops here. */
    if (run(s, WR_SQL_HISTORY_INSERT, &wr_record_item, i, NULL, err) == 0)
        return 0;
    if (err->code == WR_EVALUE)
        err->code = WR_ECONFLICT;

    return (int)err->code;
}

static int
write_rows(struct sqlite *s, const struct wr_flat_item *i, struct wr_err *err)
{
    enum wr_op op;
    bool is_new;
    const void *row;

    for (enum wr_table t = 0; t < WR_TABLES; t++) {
        const struct wr_record *r = wr_record_of(wr_table_noun(t));

        for (int n = 0; wr_batch_op(i->fx, t, n, &op, &is_new, &row); n++) {
            enum wr_sql sql = op == WR_OP_DEL ? tables[t].del
                              : is_new        ? tables[t].insert
                                              : tables[t].put;

            if (run(s, sql, r, row, NULL, err) < 0)
                return (int)err->code;
        }
    }

    return 0;
}

static int
write_idempotency(struct sqlite *s, const struct wr_flat_item *i,
                  struct wr_err *err)
{
    if (!i->idempotency.key)
        return 0;
    if (run(s, WR_SQL_IDEMPOTENCY_FREE, &wr_record_item, i, NULL, err) < 0)
        return (int)err->code;
    if (run(s, WR_SQL_IDEMPOTENCY_INSERT, &wr_record_item, i, NULL, err) == 0)
        return 0;
    if (err->code == WR_EVALUE)
        err->code = WR_EINFLIGHT;

    return (int)err->code;
}

/* One writer: what is published later sees these subscriptions. */
static int
write_matches(struct sqlite *s, const struct wr_flat_item *i,
              struct wr_err *err)
{
    const struct wr_item *item = i->source;
    int64_t n = 0, all = 0;

    for (int k = 0; k < item->n_matches; k++) {
        if (run(s, WR_SQL_MATCH_BUFFERED, wr_record_of(WR_OUTBOXES),
                &item->matches[k], &n, err)
            < 0)
            return (int)err->code;
        all += n;
    }
    i->source->matched = all > 0;

    return 0;
}

static int
write_item(struct sqlite *s, const struct wr_flat_item *i, struct wr_arena *a,
           struct wr_err *err)
{
    if (check_lease(s, i, a, err) < 0 || settle(s, i, err) < 0
        || write_instance(s, i, err) < 0 || write_rows(s, i, err) < 0
        || write_idempotency(s, i, err) < 0 || write_matches(s, i, err) < 0)
        return (int)err->code;

    return 0;
}

/* 0 when the unit was decided; an error ends the batch. */
static int
write_unit(struct sqlite *s, struct wr_unit *u, struct wr_arena *a,
           struct wr_err *err)
{
    struct wr_err why = { 0 };
    int64_t rows = s->sql.base.stats.rows;
    int rc = 0;

    if (wr_sqlite_tx(s, SQLITE_TX_SAVEPOINT, err) < 0)
        return (int)err->code;
    for (size_t i = 0; rc == 0 && i < u->n; i++)
        rc = write_item(s, &u->items[i], a, &why);
    if (rc == 0)
        return wr_sqlite_tx(s, SQLITE_TX_RELEASE, err);

    s->sql.base.stats.rows = rows;
    if (why.code == WR_ESTORE || why.code == WR_EBUSY) {
        *err = why;
        return rc;
    }
    u->result = why.code;

    return wr_sqlite_exec(s, "ROLLBACK TO unit; RELEASE unit", err);
}

int
wr_sqlite_commit(struct wr_store *st, struct wr_item *items, size_t n,
                 struct wr_err *err)
{
    struct sqlite *s = wr_sqlite_of(st);
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    int64_t rows = st->stats.rows;
    struct wr_batch b;
    int rc;

    if (wr_batch_init(&b, a, items, n, err) < 0)
        return (int)err->code;
    rc = s->sql.driver->begin(st, err);
    for (size_t u = 0; rc == 0 && u < b.n_units; u++) {
        if (b.units[u].result == WR_OK)
            rc = write_unit(s, &b.units[u], a, err);
    }
    WEIR_CRASH("commit-sent"); /* C3 */
    if (rc == 0)
        rc = s->sql.driver->commit(st, err);
    if (rc < 0) {
        s->sql.driver->rollback(st);
        st->stats.rows = rows;
        return rc;
    }
    wr_batch_done(&b);

    return 0;
}

/* ---- claims ---- */

struct offer { /* parameters of job_offered */
    const char *type;
    int64_t now, limit;
    int32_t tenant, bucket_from, bucket_to;
};
#define T struct offer
static const struct wr_column offer_c[] = {
    { "type", WR_C_TEXT, offsetof(T, type), 0 },
    { "tenant", WR_C_INT4, offsetof(T, tenant), 0 },
    { "now", WR_C_INT8, offsetof(T, now), 0 },
    { "limit", WR_C_INT8, offsetof(T, limit), 0 },
    { "bucket_from", WR_C_INT4, offsetof(T, bucket_from), 0 },
    { "bucket_to", WR_C_INT4, offsetof(T, bucket_to), 0 },
};
static const struct wr_record record_offer = { "offer", sizeof(T), offer_c,
                                               WR_COUNT(offer_c), 0 };
#undef T

/* The best of what the types offer; a type named twice offers twice. */
static size_t
best(struct wr_job_row *jobs, size_t n, int max)
{
    size_t kept = 0;

    qsort(jobs, n, sizeof(*jobs), wr_offer_cmp);
    for (size_t i = 0; i < n && kept < (size_t)max; i++) {
        if (kept == 0 || !wr_uuid_equal(&jobs[i].id, &jobs[kept - 1].id))
            jobs[kept++] = jobs[i];
    }

    return kept;
}

static int
lease(struct sqlite *s, const struct wr_claim *c, struct wr_job_row *jobs,
      size_t n, struct wr_arena *a, struct wr_err *err)
{
    const char *worker = c->worker ? wr_arena_strdup(a, c->worker) : NULL;
    struct wr_uuid base = c->lease;

    for (size_t i = 0; i < n; i++) {
        wr_claim_take(c, &base, &jobs[i]);
        jobs[i].lease_owner = worker;
        if (run(s, WR_SQL_JOB_LEASE, wr_record_of(WR_JOBS), &jobs[i], NULL, err)
            < 0)
            return (int)err->code;
    }

    return 0;
}

static int
offered(struct sqlite *s, const struct wr_claim *c, struct wr_found *f,
        struct wr_err *err)
{
    struct offer o = { .tenant = c->tenant,
                       .now = c->now,
                       .limit = c->max,
                       .bucket_from = c->bucket_from,
                       .bucket_to = c->bucket_from || c->bucket_to
                                        ? c->bucket_to
                                        : WR_BUCKETS - 1 };

    for (int i = 0; i < c->n_types; i++) {
        o.type = c->types[i];
        if (wr_sqlite_run(&s->sql.base, WR_SQL_JOB_OFFERED, &record_offer, &o,
                          f, err)
            < 0)
            return (int)err->code;
    }

    return 0;
}

int
wr_sqlite_claim(struct wr_store *st, const struct wr_claim *c,
                struct wr_arena *a, struct wr_rows *out, struct wr_err *err)
{
    struct sqlite *s = wr_sqlite_of(st);
    struct wr_found f = { .record = wr_record_of(WR_JOBS), .arena = a };
    struct wr_job_row *jobs = NULL;
    size_t n = 0;
    int rc;

    /* Asking is cheap and mostly vain: look before taking the write lock. */
    if (offered(s, c, &f, err) < 0)
        return (int)err->code;
    if (f.n > 0) {
        f.n = 0;
        if (s->sql.driver->begin(st, err) < 0)
            return (int)err->code;
        rc = offered(s, c, &f, err);
        jobs = (struct wr_job_row *)(void *)f.rows;
        if (rc == 0) {
            n = best(jobs, f.n, c->max);
            rc = lease(s, c, jobs, n, a, err);
        }
        if (rc == 0)
            rc = s->sql.driver->commit(st, err);
        if (rc < 0) {
            s->sql.driver->rollback(st);
            return rc;
        }
    }
    *out = (struct wr_rows){ .noun = WR_JOBS, .n = n, .jobs = jobs };

    return 0;
}
