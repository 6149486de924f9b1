/* upkeep: the SQL backends' deletion of what is over, and the history's months. */

#include <string.h>

#include "engine/base/crash.h"
#include "engine/store/project_ops.h"
#include "engine/store/sqlstore.h"

enum {
    MOST_ROWS = 100000 /* of history that are copied when a month goes */
};

struct purge {
    struct wr_uuid id;
    int64_t rev;
    int32_t tenant;
    bool by_month;
};
static const struct wr_column purge_c[] = {
    { "id", WR_C_UUID, offsetof(struct purge, id), 0 },
    { "rev", WR_C_INT8, offsetof(struct purge, rev), 0 },
    { "tenant", WR_C_INT4, offsetof(struct purge, tenant), 0 },
    { "by_month", WR_C_BOOL, offsetof(struct purge, by_month), 0 },
    { "bucket", WR_C_BUCKET, offsetof(struct purge, id), 0 },
};
static const struct wr_record record_purge = { "purge", sizeof(struct purge),
                                               purge_c, WR_COUNT(purge_c), 0 };

struct months {
    int64_t now, before, most;
};
static const struct wr_column months_c[] = {
    { "now", WR_C_INT8, offsetof(struct months, now), 0 },
    { "before", WR_C_INT8, offsetof(struct months, before), 0 },
    { "most", WR_C_INT8, offsetof(struct months, most), 0 },
};
static const struct wr_record record_months = { "months", sizeof(struct months),
                                                months_c, WR_COUNT(months_c),
                                                0 };

static const struct wr_column count_c[] = {
    { "count", WR_C_INT8, 0, 0 },
};
static const struct wr_record record_count = { "count", sizeof(int64_t),
                                               count_c, 1, 1 };

static const struct wr_sql_driver *
driver(struct wr_store *st)
{
    return wr_container_of(st, struct wr_sql_store, base)->driver;
}

/* The one number that a statement answers; 0 without a row. */
static int
number(struct wr_store *st, enum wr_sql sql, const struct wr_record *args,
       const void *row, int64_t *out, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(256);
    struct wr_found f = { .record = &record_count, .arena = a };

    if (driver(st)->run(st, sql, args, row, &f, err) < 0)
        return (int)err->code;
    *out = f.n ? *(const int64_t *)(void *)f.rows : 0;

    return 0;
}

/* PostgreSQL's one statement has taken these along. */
static int
purge_rows(struct wr_store *st, const struct purge *p, struct wr_err *err)
{
    static const enum wr_sql all[] = {
        WR_SQL_HISTORY_PURGE,      WR_SQL_SPILL_PURGE, WR_SQL_TASK_PURGE,
        WR_SQL_JOB_PURGE,          WR_SQL_TIMER_PURGE, WR_SQL_INCIDENT_PURGE,
        WR_SQL_SUBSCRIPTION_PURGE,
    };

    for (size_t i = 0; i < WR_COUNT(all); i++) {
        struct wr_found f = { 0 };

        if (driver(st)->run(st, all[i], &record_purge, p, &f, err) < 0)
            return (int)err->code;
        st->stats.rows += f.changed;
    }

    return 0;
}

static int
purge(struct wr_store *st, const struct wr_over *o, int32_t tenant,
      struct wr_err *err)
{
    struct purge p = { o->id, o->rev, tenant, o->by_month };
    char text[WR_UUID_TEXT];
    int64_t n;

    if (number(st, WR_SQL_INSTANCE_PURGE, &record_purge, &p, &n, err) < 0)
        return (int)err->code;
    wr_uuid_text(&o->id, text);
    if (n == 0)
        return wr_fail(err, WR_ECONFLICT, "instance '%s' moved on", text);
    st->stats.rows += n;

    return driver(st)->dialect == WR_PGSQL ? 0 : purge_rows(st, &p, err);
}

/* What was folded of them, in the same transaction. */
static int
forget(struct wr_store *st, const struct wr_upkeep *u, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 10);
    const void **ids = wr_newn(a, const void *, u->n);

    for (size_t i = 0; i < u->n; i++)
        ids[i] = &u->over[i].id;
    if (wr_sql_project_hold(st, err) < 0)
        return (int)err->code;

    return wr_sql_project_forget(st, ids, u->n, err);
}

static int
purge_all(struct wr_store *st, const struct wr_upkeep *u, struct wr_err *err)
{
    int rc = 0;

    if (driver(st)->begin(st, err) < 0)
        return (int)err->code;
    for (size_t i = 0; rc == 0 && i < u->n; i++)
        rc = purge(st, &u->over[i], u->tenant, err);
    if (rc == 0)
        rc = forget(st, u, err);
    if (rc < 0) {
        driver(st)->rollback(st);
        return rc;
    }
    WEIR_CRASH("purge-commit"); /* C20 */

    return driver(st)->commit(st, err);
}

int
wr_sql_upkeep(struct wr_store *st, const struct wr_upkeep *u,
              struct wr_upkept *out, struct wr_err *err)
{
    struct months m = { u->now, u->months_before, MOST_ROWS };
    int64_t done = 0;

    *out = (struct wr_upkept){ 0 };
    if (u->n && purge_all(st, u, err) < 0)
        return (int)err->code;
    if (driver(st)->dialect != WR_PGSQL)
        return 0;
    if (u->now
        && number(st, WR_SQL_HISTORY_AHEAD, &record_months, &m,
                  &out->months_made, err)
               < 0)
        return wr_wrap(err, "months of the history");
    if (u->months_before
        && number(st, WR_SQL_HISTORY_DROP, &record_months, &m, &done, err) < 0)
        return wr_wrap(err, "months of the history");
    out->months_dropped = done == 1; /* 2: some of one */
    out->more_months = done > 0;

    return 0;
}
