/*
 * crowd: who gets a message where many wait for its name (SEMANTICS S15).
 *
 * Those who wait at one element of one version want the same: whether a message
 * fits them depends on their key alone.  So each such place is asked for the
 * oldest by an index, and for the keys that the message brings there; how many
 * wait does not matter, how many places there are does.
 *
 * One part is not like that: conversations of BPMN that have begun stand beside
 * those that have not, at the same place.
 */
#include "engine/runtime/seek.h"

enum {
    INSTANCES = 100 /* of one business key, that are looked at one by one */
};

struct place {
    struct wr_runtime *rt;
    const struct wr_seek *seek;
    const struct wr_subscription_row *first;
    struct wr_query q; /* its rows */
    struct wr_arena *arena;
    struct wr_sought *out;
    enum wr_fit least, best;
};

int
wr_seek_places(struct wr_runtime *rt, const struct wr_seek *k,
               struct wr_arena *a, struct wr_rows *out, struct wr_err *err)
{
    struct wr_query q = { .noun = WR_SUBSCRIPTIONS,
                          .tenant = k->tenant,
                          .name = k->name,
                          .places = true,
                          .state = -1 };

    return wr_runtime_find(rt, &q, a, out, err);
}

static int
scan_key(struct place *p, const char *key, bool keyless, struct wr_err *err)
{
    p->q.key = key;
    p->q.key_exact = keyless;
    p->q.cursor = NULL;

    return wr_seek_scan(p->rt, p->seek, &p->q, p->least, p->best, p->arena,
                        p->out, err);
}

/* The keys that the message has there. */
static int
keys_of(struct place *p, const struct wr_model *m, int node,
        const char *const **keys, int *n, struct wr_err *err)
{
    *n = 0;
    if (!p->seek->variables || p->first->type != WR_SUB_MESSAGE)
        return 0;

    return wr_message_keys(p->arena, m, node, p->first->name,
                           p->seek->variables, keys, n, err);
}

static int
scan(struct place *p, const struct wr_model *m, int node, bool keyless,
     struct wr_err *err)
{
    bool talks = node >= 0 && wr_message_talks(m, node, p->first->name);
    const char *const *keys = NULL;
    int n = 0;

    if (keyless)
        return talks ? scan_key(p, NULL, true, err) : 0;
    /* All of them have a key or none has. */
    if (node >= 0 && (talks || p->first->key)
        && keys_of(p, m, node, &keys, &n, err) < 0)
        return err->code;
    if (n == 0)
        return scan_key(p, NULL, false, err);
    for (int i = 0; i < n; i++) {
        if (scan_key(p, keys[i], false, err) < 0)
            return err->code;
    }

    return talks ? scan_key(p, NULL, true, err) : 0;
}

static int
at_place(struct place *p, bool keyless, struct wr_err *err)
{
    const struct wr_definition *d;
    int node, r = 0;

    if (wr_definition_by_id(p->rt, &p->first->definition, p->first->tenant, &d,
                            err)
        < 0)
        return err->code;
    node = wr_model_node_of(d->model, p->first->element);
    if (wr_message_is_aimed(d, node, p->seek->to))
        r = scan(p, d->model, node, keyless, err);
    wr_definition_unref(d);

    return r;
}

/* Only who waits longest there counts. */
static int
at_each(struct place *p, bool keyless, struct wr_err *err)
{
    struct wr_sought *all = p->out, mine = { .n = 0 };
    const struct wr_seek *k = p->seek;
    struct wr_seek one = *k;

    one.oldest = true;
    one.each = false;
    p->seek = &one;
    p->out = &mine;
    if (at_place(p, keyless, err) < 0)
        return err->code;
    for (size_t i = 0; i < mine.n; i++)
        wr_sought_take(p->arena, k, all, mine.items[i], mine.fit);
    all->any = all->any || mine.any;

    return 0;
}

static bool
may_be_message(const struct wr_subscription_row *s)
{
    return !wr_uuid_is_zero(&s->instance)
           && (s->type == WR_SUB_MESSAGE || s->type == WR_SUB_TRIGGER);
}

int
wr_seek_crowd(struct wr_runtime *rt, const struct wr_seek *k, bool keyless,
              enum wr_fit least, enum wr_fit best, struct wr_arena *a,
              struct wr_sought *out, struct wr_err *err)
{
    struct place p = {
        .rt = rt, .seek = k, .arena = a, .least = least, .best = best
    };
    struct wr_rows rows;

    if (wr_seek_places(rt, k, a, &rows, err) < 0)
        return err->code;
    for (size_t i = 0; i < rows.n; i++) {
        p.first = &rows.subscriptions[i];
        if (!may_be_message(p.first))
            continue;
        p.seek = k;
        p.out = out;
        p.q = (struct wr_query){ .noun = WR_SUBSCRIPTIONS,
                                 .tenant = k->tenant,
                                 .name = k->name,
                                 .definition = &p.first->definition,
                                 .element = p.first->element,
                                 .state = -1 };
        if ((k->each ? at_each(&p, keyless, err) : at_place(&p, keyless, err))
            < 0)
            return err->code;
    }

    return 0;
}

/* ---- by business key ---- */

static int
of_instances(struct wr_runtime *rt, const struct wr_seek *k, bool keyless,
             const struct wr_rows *instances, enum wr_fit best,
             struct wr_arena *a, struct wr_sought *out, struct wr_err *err)
{
    for (size_t i = 0; i < instances->n; i++) {
        struct wr_query q = { .noun = WR_SUBSCRIPTIONS,
                              .tenant = k->tenant,
                              .name = k->name,
                              .key = keyless ? NULL : k->key,
                              .key_exact = keyless,
                              .instance = &instances->instances[i].id,
                              .state = -1 };

        if (wr_seek_scan(rt, k, &q, WR_FITS_OPEN, best, a, out, err) < 0)
            return err->code;
    }

    return 0;
}

int
wr_seek_business(struct wr_runtime *rt, const struct wr_seek *k,
                 struct wr_arena *a, struct wr_sought *out, bool *done,
                 struct wr_err *err)
{
    struct wr_query q = { .noun = WR_INSTANCES,
                          .tenant = k->tenant,
                          .business_key = k->business_key,
                          .state = -1,
                          .limit = INSTANCES };
    struct wr_rows rows;

    *done = false;
    if (wr_runtime_find(rt, &q, a, &rows, err) < 0)
        return err->code;
    if (rows.next)
        return 0;
    *done = true;
    if (of_instances(rt, k, false, &rows, WR_FITS, a, out, err) < 0)
        return err->code;
    if (out->n || !k->key)
        return 0;

    return of_instances(rt, k, true, &rows, WR_FITS_OPEN, a, out, err);
}
