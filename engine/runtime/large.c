/*
 * large: values of variables in memory, least recently used first to go.
 *
 * A variable's row is written once and never changed, so that what is known of
 * it is never stale: a step that reads a large variable again asks nobody.  All
 * of it is the committer's.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/runtime/slot.h"

enum {
    CHAINS = 1024,
    MOST = 32 << 20, /* bytes */
};

struct entry {
    struct entry *next;          /* in its chain */
    struct entry *newer, *older; /* by use */
    struct wr_spill_row row;     /* its blob is behind it */
};

struct wr_large {
    struct entry *chains[CHAINS];
    struct entry *newest, *oldest;
    size_t bytes;
};

static struct entry **
chain(struct wr_large *v, const struct wr_uuid *id)
{
    uint32_t h;

    memcpy(&h, id->b + 12, sizeof(h));

    return &v->chains[(h ^ (uint32_t)(id->b[10] << 8 | id->b[11])) % CHAINS];
}

static struct entry **
place(struct wr_large *v, const struct wr_uuid *id)
{
    struct entry **at = chain(v, id);

    while (*at && !wr_uuid_equal(&(*at)->row.id, id))
        at = &(*at)->next;

    return at;
}

static void
unlink_use(struct wr_large *v, struct entry *e)
{
    *(e->newer ? &e->newer->older : &v->newest) = e->older;
    *(e->older ? &e->older->newer : &v->oldest) = e->newer;
    e->newer = e->older = NULL;
}

static void
link_newest(struct wr_large *v, struct entry *e)
{
    e->older = v->newest;
    if (v->newest)
        v->newest->newer = e;
    v->newest = e;
    if (!v->oldest)
        v->oldest = e;
}

static void
drop(struct wr_large *v, const struct wr_uuid *id)
{
    struct entry **at = place(v, id), *e = *at;

    if (!e)
        return;
    *at = e->next;
    unlink_use(v, e);
    v->bytes -= sizeof(*e) + e->row.blob.len;
    free(e);
}

static void
add(struct wr_large *v, const struct wr_spill_row *row)
{
    size_t size = sizeof(struct entry) + row->blob.len;
    struct entry *e;

    drop(v, &row->id);
    if (size > MOST / 4)
        return;
    while (v->bytes + size > MOST)
        drop(v, &v->oldest->row.id);
    e = calloc(1, size);
    if (!e)
        abort();
    e->row = *row;
    if (row->blob.len)
        memcpy(e + 1, row->blob.p, row->blob.len);
    e->row.blob.p = e + 1;
    e->next = *chain(v, &row->id);
    *chain(v, &row->id) = e;
    link_newest(v, e);
    v->bytes += size;
}

static struct wr_large *
values_of(struct wr_runtime *rt)
{
    if (!rt->values) {
        rt->values = calloc(1, sizeof(*rt->values));
        if (!rt->values)
            abort();
    }

    return rt->values;
}

const struct wr_spill_row *
wr_large_find(struct wr_runtime *rt, const struct wr_uuid *instance,
              const struct wr_uuid *id)
{
    struct entry *e;

    if (!rt->values || rt->o.reload_always)
        return NULL;
    e = *place(rt->values, id);
    if (!e || !wr_uuid_equal(&e->row.instance, instance))
        return NULL;
    unlink_use(rt->values, e);
    link_newest(rt->values, e);

    return &e->row;
}

void
wr_large_add(struct wr_runtime *rt, const struct wr_spill_row *row)
{
    add(values_of(rt), row);
}

void
wr_large_committed(struct wr_runtime *rt, const struct wr_effects *fx)
{
    for (int k = 0; k < fx->n_spills; k++) {
        const struct wr_spill_op *op = &fx->spills[k];

        if (op->op == WR_OP_PUT && op->row.fixed)
            wr_large_add(rt, &op->row);
        else if (op->op == WR_OP_DEL && rt->values)
            drop(rt->values, &op->row.id);
    }
}

void
wr_large_clear(struct wr_runtime *rt)
{
    while (rt->values && rt->values->oldest)
        drop(rt->values, &rt->values->oldest->row.id);
    free(rt->values);
    rt->values = NULL;
}
