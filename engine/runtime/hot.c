/* hot: instances in memory, and which instance a task, job or timer is of. */
#include <stdlib.h>
#include <string.h>

#include "engine/runtime/slot.h"

static uint32_t
hash(const struct wr_uuid *id)
{
    uint32_t h;

    /* The tail is random or counts up; the head is time. */
    memcpy(&h, id->b + 12, sizeof(h));

    return h ^ (uint32_t)(id->b[10] << 8 | id->b[11]);
}

static struct wr_hot **
chain(struct wr_runtime *rt, const struct wr_uuid *id)
{
    return &rt->hot[hash(id) % WR_HOT];
}

static void
unlink_age(struct wr_runtime *rt, struct wr_hot *h)
{
    *(h->newer ? &h->newer->older : &rt->newest) = h->older;
    *(h->older ? &h->older->newer : &rt->oldest) = h->newer;
    h->newer = h->older = NULL;
}

static void
link_newest(struct wr_runtime *rt, struct wr_hot *h)
{
    h->older = rt->newest;
    if (rt->newest)
        rt->newest->newer = h;
    rt->newest = h;
    if (!rt->oldest)
        rt->oldest = h;
}

static struct wr_hot *
find(struct wr_runtime *rt, const struct wr_uuid *id)
{
    for (struct wr_hot *h = *chain(rt, id); h; h = h->next) {
        if (wr_uuid_equal(&h->row.id, id)) {
            unlink_age(rt, h);
            link_newest(rt, h);
            return h;
        }
    }

    return NULL;
}

void
wr_hot_drop(struct wr_runtime *rt, const struct wr_uuid *id)
{
    for (struct wr_hot **p = chain(rt, id); *p; p = &(*p)->next) {
        struct wr_hot *h = *p;

        if (!wr_uuid_equal(&h->row.id, id))
            continue;
        *p = h->next;
        unlink_age(rt, h);
        rt->n_hot--;
        wr_definition_unref(h->definition);
        wr_arena_free(h->arena);
        free(h);
        return;
    }
}

static uint32_t
term_of(const struct wr_runtime *rt, const struct wr_uuid *id)
{
    return rt->o.lease ? wr_lease_term(rt->o.lease, id) : 1;
}

/* Whoever had its bucket in between may have moved it. */
struct wr_hot *
wr_hot_trusted(struct wr_runtime *rt, const struct wr_uuid *id)
{
    struct wr_hot *h = find(rt, id);
    uint32_t term = h ? term_of(rt, id) : 0;

    if (!h || (term && term == h->term))
        return h;
    wr_hot_drop(rt, id);

    return NULL;
}

void
wr_hot_clear(struct wr_runtime *rt)
{
    while (rt->oldest)
        wr_hot_drop(rt, &rt->oldest->row.id);
}

static void
copy_row(struct wr_hot *h, const struct wr_instance_row *row)
{
    h->row = *row;
    if (row->business_key)
        h->row.business_key = wr_arena_strdup(h->arena, row->business_key);
    h->row.tags = wr_arena_strdups(h->arena, row->tags, row->n_tags);
    h->row.singleton = row->singleton
                           ? wr_arena_strdup(h->arena, row->singleton)
                           : NULL;
    h->row.blob.p = wr_arena_memdup(h->arena, row->blob.p, row->blob.len);
}

static struct wr_hot *
insert(struct wr_runtime *rt, const struct wr_uuid *id)
{
    struct wr_hot *h = calloc(1, sizeof(*h));

    if (!h)
        abort();
    if (rt->n_hot >= WR_HOT)
        wr_hot_drop(rt, &rt->oldest->row.id);
    h->arena = wr_arena_new(512);
    h->next = *chain(rt, id);
    *chain(rt, id) = h;
    link_newest(rt, h);
    rt->n_hot++;

    return h;
}

void
wr_hot_put(struct wr_runtime *rt, const struct wr_instance_row *row,
           const struct wr_definition *definition)
{
    struct wr_hot *h;

    uint32_t term = term_of(rt, &row->id);

    if (row->state != WR_ACTIVE || rt->o.reload_always || !term) {
        wr_hot_drop(rt, &row->id);
        return;
    }
    h = find(rt, &row->id);
    if (!h)
        h = insert(rt, &row->id);
    else
        wr_arena_reset(h->arena);
    copy_row(h, row);
    wr_definition_ref(definition);
    if (h->definition)
        wr_definition_unref(h->definition);
    h->definition = definition;
    h->term = term;
}

/* ---- owners ---- */

static void
remember(struct wr_runtime *rt, enum wr_op op, const struct wr_uuid *id,
         const struct wr_uuid *instance)
{
    struct wr_owner *o = &rt->owners[hash(id) % WR_OWNERS];

    if (op == WR_OP_PUT)
        *o = (struct wr_owner){ *id, *instance };
}

void
wr_owners_add(struct wr_runtime *rt, const struct wr_effects *fx)
{
    const struct wr_uuid *instance = &fx->instance.id;

    for (int i = 0; i < fx->n_tasks; i++)
        remember(rt, fx->tasks[i].op, &fx->tasks[i].row.id, instance);
    for (int i = 0; i < fx->n_jobs; i++)
        remember(rt, fx->jobs[i].op, &fx->jobs[i].row.id, instance);
    for (int i = 0; i < fx->n_timers; i++)
        remember(rt, fx->timers[i].op, &fx->timers[i].row.id, instance);
    for (int i = 0; i < fx->n_subscriptions; i++)
        remember(rt, fx->subscriptions[i].op, &fx->subscriptions[i].row.id,
                 instance);
    for (int i = 0; i < fx->n_incidents; i++)
        remember(rt, fx->incidents[i].op, &fx->incidents[i].row.id, instance);
}

bool
wr_owners_find(const struct wr_runtime *rt, const struct wr_uuid *id,
               struct wr_uuid *instance)
{
    const struct wr_owner *o = &rt->owners[hash(id) % WR_OWNERS];

    if (!wr_uuid_equal(&o->id, id))
        return false;
    *instance = o->instance;

    return true;
}
