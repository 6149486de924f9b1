/*
 * matched: messages that wait, to those who wait for them (SEMANTICS S15).
 *
 * Whoever publishes a message and whoever begins to wait for one writes a row of
 * kind MATCH when the other may be there; that row is worked off here, and again
 * by anybody when it is due.  Of one name and key the oldest message goes first.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/runtime/give.h"
#include "engine/runtime/share.h"

enum {
    PAGE = 100
};

struct serving {
    struct wr_runtime *rt;
    const struct wr_matching *of;
    struct wr_arena *arena;
    const struct wr_message_row *of_row; /* as it was stored; NULL: unseen */
    int *n_done;
};

/* What it is that the caller asked about, or a part of it. */
static bool
is_asked(struct serving *s, const struct wr_message_row *m)
{
    if (!s->of)
        return false;
    if (wr_uuid_equal(&m->id, s->of->of)) {
        s->of_row = m;
        return true;
    }

    return s->of_row && m->target && !s->of_row->target
           && m->published_at == s->of_row->published_at
           && m->payload.len == s->of_row->payload.len;
}

/* Then nobody waits for those behind it either. */
static bool
is_for_anybody(const struct wr_message_row *m)
{
    return !m->target && !m->business_key && (m->key || !m->payload.len);
}

/* 1: that is enough, 2: from the start again. */
static int
serve_one(struct serving *s, const struct wr_message_row *m, struct wr_err *err)
{
    struct wr_giving g = { .message = m, .stored = true };
    bool asked = is_asked(s, m);

    if (!asked && m->expires_at <= wr_clock_now(s->rt->o.clock))
        return 0;
    if (wr_message_give(s->rt, &g, s->arena, err) < 0)
        return err->code;
    if (g.gift == WR_GIVEN) {
        (*s->n_done)++;
        if (asked)
            wr_published_add(s->arena, s->of->out, &g.to);
    }
    if (g.gift == WR_SPLIT)
        return 2;

    return g.gift == WR_NOBODY && (g.none || (!g.late && is_for_anybody(m)));
}

static int
serve(struct serving *s, struct wr_query *q, struct wr_err *err)
{
    struct wr_rows rows;
    int r;

    do {
        if (wr_runtime_find(s->rt, q, s->arena, &rows, err) < 0)
            return err->code;
        q->cursor = rows.next;
        r = 0;
        for (size_t i = 0; i < rows.n && r == 0; i++) {
            r = serve_one(s, &rows.messages[i], err);
            if (r < 0)
                return r;
        }
        if (r == 1)
            return 0;
        if (r == 2)
            q->cursor = NULL;
    } while (q->cursor || r == 2);

    return 0;
}

int
wr_match_serve(struct wr_runtime *rt, const struct wr_outbox_row *row,
               const struct wr_matching *m, struct wr_arena *a, int *n_done,
               struct wr_err *err)
{
    struct serving s = { .rt = rt, .of = m, .arena = a, .n_done = n_done };
    struct wr_query keyed = { .noun = WR_MESSAGES,
                              .tenant = row->tenant,
                              .name = row->name,
                              .key = row->key,
                              .limit = PAGE,
                              .state = -1 };
    struct wr_query without = keyed;

    without.key = NULL;
    without.key_exact = true;
    /* With a business key it is for messages of all keys. */
    if ((row->key || row->business_key) && serve(&s, &keyed, err) < 0)
        return err->code;
    if (!row->business_key && serve(&s, &without, err) < 0)
        return err->code;

    return wr_outbox_drop(rt, row, err);
}

/* ---- one after the other ---- */

struct head { /* of the messages that a row is about */
    const struct wr_outbox_row *row;
    int64_t pos;
    struct wr_uuid id;
};

static int
oldest(struct wr_runtime *rt, const struct wr_outbox_row *row, bool keyless,
       struct wr_arena *a, struct head *h, struct wr_err *err)
{
    struct wr_query q = { .noun = WR_MESSAGES,
                          .tenant = row->tenant,
                          .name = row->name,
                          .key = keyless ? NULL : row->key,
                          .key_exact = keyless,
                          .state = -1,
                          .limit = 1 };
    struct wr_rows rows;

    if (wr_runtime_find(rt, &q, a, &rows, err) < 0)
        return err->code;
    if (rows.n && rows.messages[0].pos < h->pos) {
        h->pos = rows.messages[0].pos;
        h->id = rows.messages[0].id;
    }

    return 0;
}

static int
by_pos(const void *x, const void *y)
{
    const struct head *a = x, *b = y;

    if (a->pos != b->pos)
        return a->pos < b->pos ? -1 : 1;

    return wr_uuid_age(&a->id, &b->id);
}

int
wr_matches_order(struct wr_runtime *rt, const struct wr_outbox_row **rows,
                 size_t n, struct wr_arena *a, struct wr_err *err)
{
    struct head *heads = wr_newn(a, struct head, n);

    for (size_t i = 0; i < n; i++) {
        heads[i] = (struct head){ .row = rows[i], .pos = INT64_MAX };
        if (((rows[i]->key || rows[i]->business_key)
             && oldest(rt, rows[i], false, a, &heads[i], err) < 0)
            || (!rows[i]->business_key
                && oldest(rt, rows[i], true, a, &heads[i], err) < 0))
            return err->code;
    }
    qsort(heads, n, sizeof(*heads), by_pos);
    for (size_t i = 0; i < n; i++)
        rows[i] = heads[i].row;

    return 0;
}

/* ---- what a commit begins to wait for ---- */

struct awaited {
    struct wr_outbox_row *rows;
    int n, cap;
};

static void
await(struct wr_share *w, struct awaited *l, const char *name, const char *key,
      bool any)
{
    struct wr_arena *a = w->result->arena;
    struct wr_outbox_row *grown;

    for (int i = l->n - 1; i >= 0 && i >= l->n - 8; i--) {
        const struct wr_outbox_row *o = &l->rows[i];

        if (strcmp(o->name, name) == 0 && (o->business_key != NULL) == any
            && (o->key == key || (o->key && key && strcmp(o->key, key) == 0)))
            return;
    }
    if (l->n == l->cap) {
        l->cap = l->cap ? 2 * l->cap : 4;
        grown = wr_newn(a, struct wr_outbox_row, (size_t)l->cap);
        if (l->n)
            memcpy(grown, l->rows, (size_t)l->n * sizeof(*grown));
        l->rows = grown;
    }
    l->rows[l->n] = wr_match_row(w->rt, w->row.tenant, name, key,
                                 wr_uuid_bucket(&w->instance));
    l->rows[l->n].instance = w->instance;
    l->rows[l->n++].business_key = any ? "*" : NULL;
}

/* It ended and kept messages from starting another one. */
static void
await_starts(struct wr_share *w, struct awaited *l)
{
    const struct wr_instance_row *i = &w->result->effects.instance;
    const struct wr_model *m = wr_share_definition(w)->model;
    const char *key = i->singleton ? strchr(i->singleton, '/') : NULL;

    if (!key || i->state < WR_COMPLETED)
        return;
    for (int k = 0; k < m->n_starts; k++) {
        const struct wr_start *s = &m->starts[k];
        struct wr_err err;
        const char *name;

        if (m->nodes[s->node].singleton
            && wr_start_name(w->result->arena, m, s, &name, &err) == 0)
            await(w, l, name, key + 1, false);
    }
}

void
wr_matches_of(struct wr_share *w, struct wr_item *item)
{
    const struct wr_effects *fx = &w->result->effects;
    const struct wr_model *m = wr_share_definition(w)->model;
    struct awaited l = { .n = 0 };

    for (int i = 0; i < fx->n_subscriptions; i++) {
        const struct wr_subscription_row *s = &fx->subscriptions[i].row;
        int node = wr_model_node_of(m, s->element);

        if (fx->subscriptions[i].op == WR_OP_PUT && s->type == WR_SUB_MESSAGE)
            await(w, &l, s->name, s->key,
                  !s->key && node >= 0 && wr_message_talks(m, node, s->name));
    }
    await_starts(w, &l);
    item->matches = l.rows;
    item->n_matches = l.n;
}
