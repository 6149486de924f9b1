/* What is folded from the history, in the SQL backends. */

#include <stdlib.h>
#include <string.h>

#include "engine/store/project_ops.h"
#include "engine/store/sqlstore.h"

enum {
    SPAN_FIRST = 1 << 12, /* commits looked through at once, at first */
    RANGE = 32            /* pages that wr_history_pos has an entry for */
};

struct number {
    int64_t count;
};
static const struct wr_column number_c[] = {
    { "count", WR_C_INT8, 0, 0 },
};
static const struct wr_record record_number = { "number", sizeof(struct number),
                                                number_c, 1, 1 };

static const struct wr_column left_c[] = {
    { "instance", WR_C_UUID, offsetof(struct wr_history_row, instance), 0 },
    { "seq", WR_C_INT8, offsetof(struct wr_history_row, seq), 0 },
    { "events", WR_C_BLOB, offsetof(struct wr_history_row, events), 0 },
    { "actor", WR_C_TEXT, offsetof(struct wr_history_row, actor), 0 },
};
static const struct wr_record record_left = { "left",
                                              sizeof(struct wr_history_row),
                                              left_c, WR_COUNT(left_c), 0 };

static const struct wr_column found_id_c[] = {
    { "id", WR_C_UUID, 0, 0 },
};
static const struct wr_record record_found_id = { "found_id",
                                                  sizeof(struct wr_uuid),
                                                  found_id_c, 1, 1 };

static const struct {
    enum wr_noun noun;
    enum wr_sql load, put, empty;
} tables[WR_PROJECTED] = {
#define TABLE(noun, sql)                                                    \
    {                                                                       \
        noun, WR_SQL_##sql##_LOAD, WR_SQL_##sql##_PUT, WR_SQL_##sql##_EMPTY \
    }
    TABLE(WR_PAST_INSTANCES, PAST_INSTANCE), TABLE(WR_ACTIVITIES, ACTIVITY),
    TABLE(WR_PAST_TASKS, PAST_TASK),         TABLE(WR_VARIABLE_ROWS, VARIABLE),
    TABLE(WR_ELEMENT_COUNTS, ELEMENT_COUNT),
#undef TABLE
};

/* The counts first: they are told what was open. */
static const enum wr_sql forgets[] = {
    WR_SQL_RUNNING_INSTANCE_FORGET, WR_SQL_RUNNING_ACTIVITY_FORGET,
    WR_SQL_PAST_INSTANCE_FORGET,    WR_SQL_ACTIVITY_FORGET,
    WR_SQL_PAST_TASK_FORGET,        WR_SQL_VARIABLE_FORGET,
};

static int
table_of(enum wr_noun noun)
{
    int t = 0;

    while (tables[t].noun != noun)
        t++;

    return t;
}

static struct wr_sql_store *
sql_of(struct wr_store *st)
{
    return wr_container_of(st, struct wr_sql_store, base);
}

static const struct wr_sql_driver *
driver(struct wr_store *st)
{
    return sql_of(st)->driver;
}

static int
number(struct wr_store *st, enum wr_sql sql, const struct wr_following *args,
       int64_t *out, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(256);
    struct wr_found f = { .record = &record_number, .arena = a };

    if (driver(st)->run(st, sql, args ? &wr_record_following : NULL, args, &f,
                        err)
        < 0)
        return err->code;
    *out = f.n ? ((const struct number *)(void *)f.rows)->count : 0;

    return 0;
}

static int
position(struct wr_store *st, struct wr_position *out, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(256);
    struct wr_found f = { .record = &wr_record_position, .arena = a };

    if (driver(st)->run(st, WR_SQL_PROJECTION_AT, NULL, NULL, &f, err) < 0)
        return err->code;
    if (f.n != 1)
        return wr_fail(err, WR_ECORRUPT, "the projection has no position");
    *out = *(const struct wr_position *)(void *)f.rows;

    return 0;
}

/* ---- following ---- */

static int
by_commit(const void *x, const void *y)
{
    const struct wr_followed_row *a = x, *b = y;
    int c;

    if (a->pos != b->pos)
        return a->pos < b->pos ? -1 : 1;
    c = wr_uuid_cmp(&a->history.instance, &b->history.instance);
    if (c != 0)
        return c;

    return a->history.seq < b->history.seq ? -1 : 1;
}

/* Pages that are full get their entry in the index, all but the newest: rows
 * still come into those.  That it cannot be done now is no failure. */
static void
summarize(struct wr_store *st)
{
    struct wr_sql_store *s = sql_of(st);
    struct wr_err ignored;
    int64_t pages = 0, done;

    if (number(st, WR_SQL_HISTORY_BLOCK, NULL, &pages, &ignored) < 0)
        return;
    if (pages < s->summarized + RANGE)
        return;
    if (number(st, WR_SQL_HISTORY_SUMMARIZE, NULL, &done, &ignored) == 0)
        s->summarized = pages;
}

static int64_t
last_pos(const struct wr_found *f)
{
    const struct wr_followed_row *rows = (const void *)f->rows;

    return rows[f->n - 1].pos;
}

/* PostgreSQL's index finds pages, which are all read before the first row is
 * known: so it is asked for a span of commits, as wide as their rows are thin. */
static int
follow_span(struct wr_store *st, const struct wr_following *args,
            struct wr_found *f, struct wr_err *err)
{
    struct wr_sql_store *s = sql_of(st);
    struct wr_following span = *args;
    int64_t settled;

    if (number(st, WR_SQL_HISTORY_SETTLED, NULL, &settled, err) < 0)
        return err->code;
    if (s->span == 0)
        s->span = SPAN_FIRST;
    for (span.upto = span.pos; f->n == 0 && span.upto < settled;
         span.pos = span.upto) {
        span.upto = settled - span.pos > s->span ? span.pos + s->span : settled;
        if (driver(st)->run(st, WR_SQL_HISTORY_FOLLOW, &wr_record_following,
                            &span, f, err)
            < 0)
            return err->code;
        if ((int64_t)f->n >= span.limit)
            s->span = 1 + 2 * (last_pos(f) - span.pos);
        else if ((int64_t)f->n < span.limit / 4 && s->span < INT64_MAX / 4)
            s->span *= 2;
    }

    return 0;
}

static int
follow(struct wr_store *st, int64_t *pos, int limit, struct wr_arena *a,
       const struct wr_followed_row **out, size_t *n, bool *more,
       struct wr_err *err)
{
    struct wr_found f = { .record = &wr_record_followed, .arena = a };
    struct wr_following args = { *pos, INT64_MAX, limit };
    bool spans = driver(st)->dialect == WR_PGSQL;

    if (spans ? follow_span(st, &args, &f, err) < 0
              : driver(st)->run(st, WR_SQL_HISTORY_FOLLOW, &wr_record_following,
                                &args, &f, err)
                    < 0)
        return err->code;
    *out = (const struct wr_followed_row *)(void *)f.rows;
    *n = f.n;
    *more = f.n > 0;
    if (f.n) {
        qsort(f.rows, f.n, sizeof(**out), by_commit);
        *pos = (*out)[f.n - 1].pos;
    }
    if (spans && f.n)
        summarize(st);

    return 0;
}

static int
load(struct wr_store *st, enum wr_noun noun, const struct wr_uuid *ids,
     size_t n, struct wr_arena *a, struct wr_rows *out, struct wr_err *err)
{
    const void **rows = wr_newn(a, const void *, n + 1);
    struct wr_found f = { .record = wr_record_of(noun), .arena = a };

    for (size_t i = 0; i < n; i++)
        rows[i] = &ids[i];
    if (n
        && driver(st)->run_many(st, tables[table_of(noun)].load,
                                &wr_record_one_id, rows, n, &f, err)
               < 0)
        return err->code;
    *out = (struct wr_rows){ .noun = noun, .n = f.n, .any = f.rows };

    return 0;
}

/* ---- writing ---- */

static int
in_transaction(struct wr_store *st, int rc, struct wr_err *err)
{
    if (rc < 0) {
        driver(st)->rollback(st);
        return rc;
    }

    return driver(st)->commit(st, err);
}

static int
move(struct wr_store *st, const struct wr_projecting *p, struct wr_err *err)
{
    struct wr_moving m = { p->from, p->to.pos, p->to.at, p->to.events };
    struct wr_found f = { 0 };

    if (driver(st)->run(st, WR_SQL_PROJECTION_MOVE, &wr_record_moving, &m, &f,
                        err)
        < 0)
        return err->code;
    if (f.changed == 0)
        return wr_fail(err, WR_ECONFLICT, "somebody else folds the history");

    return 0;
}

int
wr_sql_project_forget(struct wr_store *st, const void *const *ids, size_t n,
                      struct wr_err *err)
{
    struct wr_found none = { 0 };

    for (size_t k = 0; k < WR_COUNT(forgets); k++)
        if (driver(st)->run_many(st, forgets[k], &wr_record_one_id, ids, n,
                                 &none, err)
            < 0)
            return err->code;

    return 0;
}

int
wr_sql_project_hold(struct wr_store *st, struct wr_err *err)
{
    int64_t n;

    /* SQLite has one writer. */
    return driver(st)->dialect == WR_PGSQL
               ? number(st, WR_SQL_PROJECTION_HOLD, NULL, &n, err)
               : 0;
}

/* Of instances that were removed after their history was read: who removes does
 * it in front of our move or behind our commit. */
static int
forget_removed(struct wr_store *st, const struct wr_projecting *p,
               struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 12);
    struct wr_found gone = { .record = &record_found_id, .arena = a };
    const void **ids;

    for (size_t i = 0; i < p->n_puts; i++) {
        const struct wr_projected_rows *r = &p->puts[i];

        /* They have their id in front. */
        if (r->noun == WR_PAST_INSTANCES && r->n
            && driver(st)->run_many(st, WR_SQL_GONE_LOAD, &wr_record_one_id,
                                    r->rows, r->n, &gone, err)
                   < 0)
            return err->code;
    }
    ids = wr_newn(a, const void *, gone.n + 1);
    for (size_t i = 0; i < gone.n; i++)
        ids[i] = gone.rows + i * record_found_id.size;

    return gone.n ? wr_sql_project_forget(st, ids, gone.n, err) : 0;
}

/* The counts were read outside of the transaction. */
static int
as_read(struct wr_store *st, const struct wr_projecting *p, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 10);
    struct wr_found other = { .record = &record_number, .arena = a };

    for (size_t i = 0; i < p->n_puts; i++) {
        const struct wr_projected_rows *r = &p->puts[i];

        if (r->noun == WR_ELEMENT_COUNTS && r->n
            && driver(st)->run_many(st, WR_SQL_ELEMENT_COUNT_OTHER,
                                    wr_record_of(r->noun), r->rows, r->n,
                                    &other, err)
                   < 0)
            return err->code;
    }

    return other.n
               ? wr_fail(err, WR_ECONFLICT, "instances were removed meanwhile")
               : 0;
}

static int
cut_down(struct wr_store *st, const struct wr_projecting *p, struct wr_err *err)
{
    const struct {
        enum wr_sql sql;
        const struct wr_record *args;
        const void *const *rows;
        size_t n;
    } acts[] = {
        { WR_SQL_HISTORY_LEVEL, &record_left, (const void *const *)p->histories,
          p->n_histories },
        { WR_SQL_VARIABLE_DROP, &wr_record_one_id,
          (const void *const *)p->no_values, p->n_no_values },
        { WR_SQL_ACTIVITY_DROP, &wr_record_one_id,
          (const void *const *)p->no_details, p->n_no_details },
        { WR_SQL_PAST_TASK_DROP, &wr_record_one_id,
          (const void *const *)p->no_details, p->n_no_details },
    };
    struct wr_found none = { 0 };

    for (size_t k = 0; k < WR_COUNT(acts); k++)
        if (acts[k].n
            && driver(st)->run_many(st, acts[k].sql, acts[k].args, acts[k].rows,
                                    acts[k].n, &none, err)
                   < 0)
            return err->code;

    return 0;
}

static int
write_all(struct wr_store *st, const struct wr_projecting *p,
          struct wr_err *err)
{
    struct wr_found none = { 0 };

    if (move(st, p, err) < 0 || as_read(st, p, err) < 0)
        return err->code;
    if (p->n_clears
        && driver(st)->run_many(
               st, WR_SQL_VARIABLE_CLEAR, wr_record_of(WR_VARIABLE_ROWS),
               (const void *const *)p->clears, p->n_clears, &none, err)
               < 0)
        return err->code;
    for (size_t i = 0; i < p->n_puts; i++) {
        const struct wr_projected_rows *r = &p->puts[i];

        if (r->n
            && driver(st)->run_many(st, tables[table_of(r->noun)].put,
                                    wr_record_of(r->noun), r->rows, r->n, &none,
                                    err)
                   < 0)
            return err->code;
    }

    return cut_down(st, p, err) < 0 ? (int)err->code
                                    : forget_removed(st, p, err);
}

static int
project(struct wr_store *st, const struct wr_projecting *p, struct wr_err *err)
{
    if (driver(st)->begin(st, err) < 0)
        return err->code;

    return in_transaction(st, write_all(st, p, err), err);
}

/* SQLite has one writer; of those who fold, the position lets one through. */
static int
lead(struct wr_store *st, bool *out, struct wr_err *err)
{
    bool pg = driver(st)->dialect == WR_PGSQL;
    int64_t got = 1;

    *out = false;
    if (pg && number(st, WR_SQL_PROJECTION_LEAD, NULL, &got, err) < 0)
        return err->code;
    if (got == 0)
        return 0;
    /* What a crash takes back it takes back with the position. */
    if (driver(st)->script(st,
                           pg ? "SET synchronous_commit = off;"
                                "SET lock_timeout = '200ms'"
                              : "PRAGMA synchronous = NORMAL",
                           err)
        < 0)
        return err->code;
    *out = true;

    return 0;
}

static int
empty_all(struct wr_store *st, struct wr_err *err)
{
    struct wr_found none = { 0 };

    if (driver(st)->run(st, WR_SQL_PROJECTION_RESTART, NULL, NULL, &none, err)
        < 0)
        return err->code;
    for (int t = 0; t < WR_PROJECTED; t++)
        if (driver(st)->run(st, tables[t].empty, NULL, NULL, &none, err) < 0)
            return err->code;

    return 0;
}

static int
reset(struct wr_store *st, struct wr_err *err)
{
    if (driver(st)->begin(st, err) < 0)
        return err->code;

    return in_transaction(st, empty_all(st, err), err);
}

const struct wr_project_ops wr_project_sql = {
    .position = position,
    .follow = follow,
    .load = load,
    .project = project,
    .lead = lead,
    .reset = reset,
};
