/* retention: which ended instances go, tree by tree; see the header. */

#include "engine/runtime/retention.h"

#include <string.h>

#include "engine/base/crash.h"
#include "engine/runtime/slot.h"

enum {
    PAGE = 200,   /* roots looked at at once */
    CHUNK = 50,   /* instances of one transaction, about */
    TREE = 10000, /* instances that go together at most */
};

struct sweep {
    struct wr_runtime *rt;
    const struct wr_retention *r;
    struct wr_retained *out;
    struct wr_store *store;     /* NULL: the runtime's */
    struct wr_archive *archive; /* NULL: none */
    struct wr_arena *arena;     /* of a page */
    bool by_month;              /* of the definition */
    struct wr_over *over;       /* of a chunk */
    size_t n, cap;
};

/* ---- a tree ---- */

static void
add(struct sweep *s, const struct wr_instance_row *row)
{
    if (s->n == s->cap) {
        size_t cap = s->cap ? 2 * s->cap : 64;
        struct wr_over *more = wr_newn(s->arena, struct wr_over, cap);

        if (s->n)
            memcpy(more, s->over, s->n * sizeof(*more));
        s->over = more;
        s->cap = cap;
    }
    s->over[s->n++] = (struct wr_over){ row->id, row->rev, s->by_month };
}

/* What it called, and what that called; false in *over when anything of it has
 * not ended. */
static int
add_called(struct sweep *s, size_t from, bool *over, struct wr_err *err)
{
    *over = true;
    for (size_t at = from; *over && at < s->n; at++) {
        struct wr_uuid parent = s->over[at].id;
        struct wr_query q = { .noun = WR_INSTANCES,
                              .tenant = s->r->tenant,
                              .parent = &parent,
                              .state = -1 };
        struct wr_rows rows;

        do {
            if (wr_runtime_find(s->rt, &q, s->arena, &rows, err) < 0)
                return (int)err->code;
            for (size_t i = 0; i < rows.n; i++) {
                *over &= rows.instances[i].state >= WR_COMPLETED;
                add(s, &rows.instances[i]);
            }
            q.cursor = rows.next;
        } while (q.cursor && *over && s->n - from < TREE);
        *over &= s->n - from < TREE;
    }

    return 0;
}

/* ---- deleting ---- */

static int delete (struct sweep *s, const struct wr_over *over, size_t n,
                   struct wr_err *err)
{
    struct wr_upkeep u = { .tenant = s->r->tenant, .over = over, .n = n };
    struct wr_upkept kept;
    int rc;

    if (s->store)
        return wr_store_upkeep(s->store, &u, &kept, err);
    pthread_mutex_lock(&s->rt->writing);
    rc = wr_store_upkeep(s->rt->store, &u, &kept, err);
    pthread_mutex_unlock(&s->rt->writing);

    return rc;
}

static int
archive_and_delete(struct sweep *s, const struct wr_over *over, size_t n,
                   struct wr_err *err)
{
    if (!s->archive)
        return delete (s, over, n, err);
    if (wr_archive_put(s->archive, over, n, err) < 0) {
        s->out->archive_failed = err->code == WR_EIO;
        return (int)err->code;
    }
    if (delete (s, over, n, err) < 0) {
        /* Otherwise nobody knows: the next who comes asks the store. */
        if (err->code == WR_ECONFLICT)
            wr_archive_drop(s->archive);
        return (int)err->code;
    }
    if (wr_archive_keep(s->archive, err) < 0) {
        s->out->archive_failed = true;
        return (int)err->code;
    }
    s->out->archived += (int64_t)n;

    return 0;
}

/* The trees that were gathered.  One that moved on meanwhile stays, and those
 * with it until the next time. */
static int
flush(struct sweep *s, struct wr_err *err)
{
    size_t n = s->n;

    s->n = 0;
    if (n == 0)
        return 0;
    if (!s->r->dry_run && archive_and_delete(s, s->over, n, err) < 0) {
        if (err->code != WR_ECONFLICT && err->code != WR_ENOTFOUND)
            return (int)err->code;
        *err = (struct wr_err){ 0 };
        return 0;
    }
    s->out->instances += (int64_t)n;

    return 0;
}

/* ---- which ---- */

static void
stays(struct sweep *s, const struct wr_instance_row *row)
{
    int64_t *oldest = &s->out->oldest_ended;

    if (*oldest == 0 || row->ended_at < *oldest)
        *oldest = row->ended_at;
}

static int
root(struct sweep *s, const struct wr_instance_row *row, int64_t before,
     const char *keep_for, struct wr_err *err)
{
    size_t from = s->n;
    int64_t until;
    bool over;

    if (row->state < WR_COMPLETED || !wr_uuid_is_zero(&row->parent))
        return 0;
    over = row->ended_at < before;
    if (over && keep_for) {
        if (wr_instant_add_duration(row->ended_at, keep_for, strlen(keep_for),
                                    &until, err)
            < 0)
            return (int)err->code;
        over = until < s->r->now;
    }
    if (over) {
        add(s, row);
        if (add_called(s, from, &over, err) < 0)
            return (int)err->code;
    }
    if (!over) {
        s->n = from;
        stays(s, row);
        return 0;
    }

    return s->n >= CHUNK ? flush(s, err) : 0;
}

/* Its ids are in the order of the starts: what ended before began before. */
static int
instances(struct sweep *s, const struct wr_definition *d, int64_t before,
          struct wr_err *err)
{
    struct wr_query q = { .noun = WR_INSTANCES,
                          .tenant = s->r->tenant,
                          .definition = &d->row.id,
                          .started_before = before,
                          .state = -1,
                          .limit = PAGE };
    wr_auto(wr_arena_free) struct wr_arena *places = wr_arena_new(256);
    const char *cursor;
    struct wr_rows rows;

    do {
        wr_arena_reset(s->arena);
        s->over = NULL;
        s->n = s->cap = 0;
        if (wr_runtime_find(s->rt, &q, s->arena, &rows, err) < 0)
            return (int)err->code;
        for (size_t i = 0; i < rows.n; i++) {
            if (root(s, &rows.instances[i], before, d->model->keep_for, err)
                < 0)
                return (int)err->code;
        }
        cursor = rows.next ? wr_arena_strdup(places, rows.next) : NULL;
        q.cursor = cursor;
        if (flush(s, err) < 0)
            return (int)err->code;
        s->out->more = s->r->most > 0 && s->out->instances >= s->r->most;
    } while (q.cursor && !s->out->more);

    return 0;
}

static int
definition(struct sweep *s, const struct wr_definition_row *row,
           struct wr_err *err)
{
    int64_t ttl = row->history_ttl ? row->history_ttl : s->r->ttl;
    int64_t before = s->r->ended_before ? s->r->ended_before : s->r->now - ttl;
    const struct wr_definition *d;
    int rc;

    if (!s->r->ended_before && ttl <= 0)
        return 0;
    s->by_month = !s->r->ended_before && row->history_ttl == 0;
    if (wr_definition_by_id(s->rt, &row->id, s->r->tenant, &d, err) < 0)
        return (int)err->code;
    rc = instances(s, d, before, err);
    wr_definition_unref(d);

    return rc;
}

static int
definitions(struct sweep *s, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 14);
    struct wr_query q = { .noun = WR_DEFINITIONS,
                          .tenant = s->r->tenant,
                          .key = s->r->definition,
                          .state = -1 };
    struct wr_rows rows;

    do {
        if (wr_runtime_find(s->rt, &q, a, &rows, err) < 0)
            return (int)err->code;
        for (size_t i = 0; i < rows.n && !s->out->more; i++) {
            if (definition(s, &rows.definitions[i], err) < 0)
                return (int)err->code;
        }
        q.cursor = rows.next;
    } while (q.cursor && !s->out->more);

    return 0;
}

/* Places for the months to come; months that are over go, one after the other. */
static int
months(struct sweep *s, struct wr_err *err)
{
    const struct wr_retention *r = s->r;
    struct wr_upkeep u = { .tenant = r->tenant, .now = r->now };
    struct wr_upkept kept;

    if (!s->store || r->dry_run || r->ended_before)
        return 0;
    if (wr_store_upkeep(s->store, &u, &kept, err) < 0)
        return (int)err->code;
    if (r->ttl <= 0)
        return 0;
    u = (struct wr_upkeep){ .tenant = r->tenant,
                            .months_before = r->now - r->ttl };
    do {
        if (wr_store_upkeep(s->store, &u, &kept, err) < 0)
            return (int)err->code;
        s->out->months += kept.months_dropped;
    } while (kept.more_months);

    return 0;
}

int
wr_retention_sweep(struct wr_runtime *rt, const char *store_url,
                   const struct wr_retention *r, struct wr_retained *out,
                   struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 14);
    wr_auto(wr_archive_close) struct wr_archive *archive = NULL;
    wr_auto(wr_store_close) struct wr_store *store = NULL;
    struct sweep s = { .rt = rt, .r = r, .out = out, .arena = a };

    *out = (struct wr_retained){ 0 };
    if (r->archive && r->archive[0] && !r->dry_run) {
        if (wr_archive_open(rt, r->archive, r->tenant, &archive, err) < 0) {
            out->archive_failed = true;
            return wr_wrap(err, "history archive");
        }
        s.archive = archive;
    }
    if (strncmp(store_url, "memory:", 7) != 0
        && wr_store_open(store_url, &store, err) < 0)
        return (int)err->code;
    s.store = store;
    if (definitions(&s, err) < 0)
        return out->archive_failed ? wr_wrap(err, "history archive")
                                   : (int)err->code;

    return months(&s, err);
}

static int
called(const struct wr_instance_row *row, const char *text, struct wr_err *err)
{
    char root[WR_UUID_TEXT];

    wr_uuid_text(&row->root, root);

    return wr_fail(err, WR_ESTATE,
                   "instance '%s' was called and goes with its root: delete "
                   "'%s'",
                   text, root);
}

int
wr_retention_delete(struct wr_runtime *rt, const struct wr_uuid *id,
                    int32_t tenant, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 12);
    const struct wr_retention r = { .tenant = tenant };
    struct wr_retained counts = { 0 };
    struct sweep s = { .rt = rt, .r = &r, .out = &counts, .arena = a };
    struct wr_query q = { .noun = WR_INSTANCES,
                          .tenant = tenant,
                          .id = id,
                          .state = -1,
                          .limit = 1 };
    char text[WR_UUID_TEXT];
    struct wr_rows rows;
    bool over;

    wr_uuid_text(id, text);
    if (wr_runtime_find(rt, &q, a, &rows, err) < 0)
        return (int)err->code;
    if (rows.n == 0)
        return wr_fail(err, WR_ENOTFOUND, "no instance '%s'", text);
    if (!wr_uuid_is_zero(&rows.instances[0].parent))
        return called(&rows.instances[0], text, err);
    add(&s, &rows.instances[0]);
    if (add_called(&s, 0, &over, err) < 0)
        return (int)err->code;
    if (rows.instances[0].state < WR_COMPLETED)
        return wr_fail(err, WR_ESTATE,
                       "instance '%s' has not ended: cancel it first", text);
    if (!over)
        return wr_fail(err, WR_ESTATE,
                       "an instance that '%s' called has not ended: cancel "
                       "that first",
                       text);
    if (delete (&s, s.over, s.n, err) < 0)
        return err->code == WR_ECONFLICT
                   ? wr_fail(err, WR_ESTATE, "instance '%s' moved on", text)
                   : (int)err->code;

    return 0;
}
