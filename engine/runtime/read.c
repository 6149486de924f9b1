/*
 * read: look-ups, views, leases and rows of no instance.
 *
 * A threaded runtime has a few read handles of its own, opened when first used;
 * an inline one, and every one on a memory store, reads through the write
 * handle.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/runtime/slot.h"
#include "engine/store/project.h"

enum {
    PARTS = 10000, /* rows of a state in one lookup */
    LOOKS = 20,    /* at an instance that others change */
    READERS = 2
};

static int
pool_size(const struct wr_runtime *rt)
{
    return rt->o.pool_size > 0 ? rt->o.pool_size : READERS;
}

int
wr_read_open(struct wr_runtime *rt, struct wr_err *err)
{
    rt->one_handle = !rt->o.threaded
                     || strncmp(rt->store_url, "memory:", 7) == 0;
    if (rt->one_handle)
        return 0;
    rt->n_readers = pool_size(rt) + rt->o.pool_overflow;
    rt->readers = calloc((size_t)rt->n_readers, sizeof(struct wr_store *));
    rt->reader_busy = calloc((size_t)rt->n_readers, sizeof(bool));
    if (!rt->readers || !rt->reader_busy)
        abort();
    /* The first now, so that a bad URL is told at once. */
    if (wr_store_open(rt->store_url, &rt->readers[0], err) < 0)
        return wr_wrap(err, "read handle");

    return 0;
}

void
wr_read_close(struct wr_runtime *rt)
{
    for (int i = 0; i < rt->n_readers; i++)
        if (rt->readers[i])
            wr_store_close(rt->readers[i]);
    free(rt->readers);
    free(rt->reader_busy);
}

/* The number of a free handle, now ours. */
static int
take_reader(struct wr_runtime *rt)
{
    int i;

    pthread_mutex_lock(&rt->lock);
    for (;;) {
        for (i = 0; i < rt->n_readers && rt->reader_busy[i]; i++)
            ;
        if (i < rt->n_readers)
            break;
        rt->n_waiting++;
        pthread_cond_wait(&rt->reader_free, &rt->lock);
        rt->n_waiting--;
    }
    rt->reader_busy[i] = true;
    pthread_mutex_unlock(&rt->lock);

    return i;
}

static void
give_reader(struct wr_runtime *rt, int i)
{
    bool extra = i >= pool_size(rt);

    pthread_mutex_lock(&rt->lock);
    extra &= rt->n_waiting == 0;
    pthread_mutex_unlock(&rt->lock);
    if (extra && rt->readers[i]) {
        wr_store_close(rt->readers[i]);
        rt->readers[i] = NULL;
    }
    pthread_mutex_lock(&rt->lock);
    rt->reader_busy[i] = false;
    pthread_cond_signal(&rt->reader_free);
    pthread_mutex_unlock(&rt->lock);
}

int
wr_slot_find(struct wr_runtime *rt, const struct wr_query *q,
             struct wr_arena *a, struct wr_rows *out, struct wr_err *err)
{
    int r;

    pthread_mutex_lock(&rt->writing);
    r = wr_store_find(rt->store, q, a, out, err);
    pthread_mutex_unlock(&rt->writing);

    return r;
}

struct reading { /* a lookup or a search, by whichever handle is free */
    const struct wr_query *query;
    const struct wr_search *search; /* NULL: the query */
    struct wr_position *position;   /* or that */
    struct wr_arena *arena;
    struct wr_rows *out;
    int64_t *total;
};

static int
ask(struct wr_store *st, const struct reading *r, struct wr_err *err)
{
    if (r->position)
        return wr_store_position(st, r->position, err);
    if (r->search)
        return wr_store_search(st, r->search, r->arena, r->out, r->total, err);

    return wr_store_find(st, r->query, r->arena, r->out, err);
}

static int
read_rows(struct wr_runtime *rt, const struct reading *what, struct wr_err *err)
{
    int i, r = 0;

    if (rt->one_handle) {
        pthread_mutex_lock(&rt->writing);
        r = ask(rt->store, what, err);
        pthread_mutex_unlock(&rt->writing);
        return r;
    }
    i = take_reader(rt);
    if (!rt->readers[i])
        r = wr_store_open(rt->store_url, &rt->readers[i], err);
    if (r == 0)
        r = ask(rt->readers[i], what, err);
    give_reader(rt, i);

    return r;
}

int
wr_runtime_find(struct wr_runtime *rt, const struct wr_query *q,
                struct wr_arena *a, struct wr_rows *out, struct wr_err *err)
{
    struct reading r = { .query = q, .arena = a, .out = out };

    return read_rows(rt, &r, err);
}

int
wr_runtime_search(struct wr_runtime *rt, const struct wr_search *s,
                  struct wr_arena *a, struct wr_rows *out, int64_t *total,
                  struct wr_err *err)
{
    struct reading r = { .search = s, .arena = a, .out = out, .total = total };

    return read_rows(rt, &r, err);
}

int
wr_runtime_position(struct wr_runtime *rt, struct wr_position *out,
                    struct wr_err *err)
{
    struct reading r = { .position = out };

    return read_rows(rt, &r, err);
}

void
wr_runtime_write_begin(struct wr_runtime *rt)
{
    if (strncmp(rt->store_url, "sqlite:", 7) == 0)
        pthread_mutex_lock(&rt->writing);
}

void
wr_runtime_write_end(struct wr_runtime *rt)
{
    if (strncmp(rt->store_url, "sqlite:", 7) == 0)
        pthread_mutex_unlock(&rt->writing);
}

int
wr_runtime_project_reset(struct wr_runtime *rt, struct wr_err *err)
{
    int r;

    pthread_mutex_lock(&rt->writing);
    r = wr_store_project_reset(rt->store, err);
    pthread_mutex_unlock(&rt->writing);

    return r;
}

int
wr_runtime_change(struct wr_runtime *rt, const struct wr_change *changes,
                  size_t n, struct wr_err *err)
{
    int r;

    pthread_mutex_lock(&rt->writing);
    r = wr_store_change(rt->store, changes, n, err);
    pthread_mutex_unlock(&rt->writing);

    return r;
}

/* Claims go through the write handle: they are ordered with our commits, and a
 * SQLite file has one writer only. */
int
wr_runtime_claim(struct wr_runtime *rt, const struct wr_claim *c,
                 struct wr_arena *a, struct wr_rows *out, struct wr_err *err)
{
    int r;

    pthread_mutex_lock(&rt->writing);
    r = wr_store_claim(rt->store, c, a, out, err);
    pthread_mutex_unlock(&rt->writing);

    return r;
}

int
wr_parts_find(void *data, const struct wr_uuid *id,
              const struct wr_spill_row **rows, size_t *n, struct wr_err *err)
{
    struct wr_parts *p = data;
    struct wr_query q = { .noun = WR_SPILLS,
                          .tenant = p->tenant,
                          .instance = p->instance,
                          .id = id,
                          .state = -1,
                          .limit = PARTS };
    struct wr_spill_row *all = NULL, *grown;
    struct wr_rows page;
    size_t cap = 0;

    *n = 0;
    do {
        if (p->find(p->rt, &q, p->arena, &page, err) < 0)
            return err->code;
        if (*n + page.n > cap) {
            cap = 2 * (*n + page.n);
            grown = wr_newn(p->arena, struct wr_spill_row, cap);
            for (size_t k = 0; k < *n; k++)
                grown[k] = all[k];
            all = grown;
        }
        for (size_t k = 0; k < page.n; k++)
            all[(*n)++] = page.spills[k];
        q.cursor = page.next;
    } while (q.cursor);
    *rows = all;

    return 0;
}

/* With the part of this wait, or (NULL) all.  Row and parts are two lookups:
 * between them somebody may have committed. */
static int
decode(struct wr_runtime *rt, const struct wr_model *m,
       const struct wr_instance_row *row, const struct wr_uuid *wait,
       struct wr_arena *a, struct wr_instance **out, struct wr_err *err)
{
    struct wr_parts all = { rt, wr_runtime_find, &row->id, row->tenant, a };
    const struct wr_spill_row *parts;
    size_t n;

    if (wr_instance_decode(a, m, row, out, err) < 0)
        return err->code;
    if (wait)
        return wr_instance_near(*out, m, wait, wr_parts_find, &all, err);
    if (wr_instance_is_whole(*out))
        return 0;
    if (wr_parts_find(&all, NULL, &parts, &n, err) < 0)
        return err->code;

    return wr_instance_load(*out, m, parts, n, err);
}

int
wr_runtime_decode(struct wr_runtime *rt, const struct wr_model *m,
                  const struct wr_instance_row *row, struct wr_arena *a,
                  struct wr_instance **out, struct wr_err *err)
{
    return decode(rt, m, row, NULL, a, out, err);
}

static int
look(struct wr_runtime *rt, const struct wr_uuid *id,
     const struct wr_uuid *wait, int32_t tenant, struct wr_arena *a,
     struct wr_view *out, struct wr_err *err)
{
    struct wr_query q = { .noun = WR_INSTANCES,
                          .tenant = tenant,
                          .id = id,
                          .state = -1,
                          .limit = 1 };
    const struct wr_definition *d;
    struct wr_instance *instance;
    char text[WR_UUID_TEXT];
    struct wr_rows rows;

    wr_uuid_text(id, text);
    if (wr_runtime_find(rt, &q, a, &rows, err) < 0)
        return wr_wrap(err, "instance '%s'", text);
    if (rows.n == 0)
        return wr_fail(err, WR_ENOTFOUND, "no instance '%s'", text);
    if (wr_definition_by_id(rt, &rows.instances[0].definition, tenant, &d, err)
        < 0)
        return wr_wrap(err, "instance '%s'", text);
    if (decode(rt, d->model, &rows.instances[0], wait, a, &instance, err) < 0) {
        wr_definition_unref(d);
        return wr_wrap(err, "instance '%s'", text);
    }
    *out = (struct wr_view){ &rows.instances[0], d, instance };

    return 0;
}

static int
view(struct wr_runtime *rt, const struct wr_uuid *id,
     const struct wr_uuid *wait, int32_t tenant, struct wr_arena *a,
     struct wr_view *out, struct wr_err *err)
{
    int r = WR_ECONFLICT;

    for (int k = 0; r == WR_ECONFLICT && k < LOOKS; k++)
        r = look(rt, id, wait, tenant, a, out, err);
    if (r == WR_ECONFLICT)
        err->code = WR_EBUSY;

    return r < 0 ? (int)err->code : 0;
}

int
wr_runtime_view(struct wr_runtime *rt, const struct wr_uuid *id, int32_t tenant,
                struct wr_arena *a, struct wr_view *out, struct wr_err *err)
{
    return view(rt, id, NULL, tenant, a, out, err);
}

int
wr_runtime_view_wait(struct wr_runtime *rt, const struct wr_uuid *id,
                     const struct wr_uuid *wait, int32_t tenant,
                     struct wr_arena *a, struct wr_view *out,
                     struct wr_err *err)
{
    return view(rt, id, wait, tenant, a, out, err);
}
