/* round: the shares of one batch, found by instance. */
#include <stdlib.h>
#include <string.h>

#include "engine/runtime/share.h"

static struct wr_share **
chain(struct wr_round *b, const struct wr_uuid *id)
{
    uint32_t h;

    memcpy(&h, id->b + 12, sizeof(h));

    return &b->chains[h % WR_COUNT(b->chains)];
}

struct wr_share *
wr_round_find(struct wr_round *b, const struct wr_uuid *id)
{
    struct wr_share *w = *chain(b, id);

    while (w && !wr_uuid_equal(&w->instance, id))
        w = w->chained;

    return w;
}

static void
grow(struct wr_round *b)
{
    int cap = b->cap ? 2 * b->cap : 16;

    b->shares = reallocarray(b->shares, (size_t)cap, sizeof(struct wr_share *));
    b->items = reallocarray(b->items, (size_t)cap, sizeof(*b->items));
    b->item_shares = reallocarray(b->item_shares, (size_t)cap,
                                  sizeof(struct wr_share *));
    if (!b->shares || !b->items || !b->item_shares)
        abort();
    memset(b->shares + b->cap, 0,
           (size_t)(cap - b->cap) * sizeof(struct wr_share *));
    b->cap = cap;
}

struct wr_share *
wr_round_add(struct wr_round *b, const struct wr_uuid *id)
{
    struct wr_share **at = chain(b, id), *w;

    if (b->n == b->cap)
        grow(b);
    w = b->shares[b->n];
    if (!w)
        w = malloc(sizeof(*w));
    if (!w)
        abort();
    b->shares[b->n++] = w;
    *w = (struct wr_share){ .rt = b->rt,
                            .round = b,
                            .instance = *id,
                            .outside = wr_family_outside,
                            .chained = *at };
    w->outside.data = w;
    w->end = &w->requests;
    *at = w;

    return w;
}

void
wr_round_begin(struct wr_round *b)
{
    b->n = b->n_items = b->n_families = b->n_told = 0;
    memset(b->chains, 0, sizeof(b->chains));
}

static void
release(struct wr_round *b, int from)
{
    for (int i = from; i < b->cap; i++) {
        free(b->shares[i]);
        b->shares[i] = NULL;
    }
}

void
wr_round_end(struct wr_round *b)
{
    if (b->n > WR_BATCH) /* a big family: its memory is not kept */
        release(b, WR_BATCH);
}

/* One a runtime, kept: it is more than an inline command should allocate. */
struct wr_round *
wr_round_of(struct wr_runtime *rt)
{
    if (!rt->round) {
        rt->round = calloc(1, sizeof(*rt->round));
        if (!rt->round)
            abort();
        rt->round->rt = rt;
    }

    return rt->round;
}

void
wr_round_free(struct wr_runtime *rt)
{
    struct wr_round *b = rt->round;

    if (!b)
        return;
    release(b, 0);
    free(b->shares);
    free(b->items);
    free(b->item_shares);
    free(b);
}
