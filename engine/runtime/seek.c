/*
 * seek: who gets a message (SEMANTICS S15).
 *
 *     executions   that wait for its name and key; of those in conversations
 *                  one whose key it has before one that has none yet
 *     starts       without those whose instance for its key still runs
 *
 * The oldest first: ids rise with time, and within a millisecond wr_uuid_age()
 * tells.  Where many wait for a name, crowd.c looks place by place, so that it
 * does not matter how many.
 */
#include "engine/runtime/seek.h"

#include <string.h>

enum {
    ENOUGH = 1000, /* candidates that are counted */
    FEW = 16,      /* rows that are fetched at first, then four times as many */
    PAGE = 1024
};

static bool
is_start(const struct wr_subscription_row *s)
{
    return wr_uuid_is_zero(&s->instance);
}

static int
has_business_key(struct wr_runtime *rt, const struct wr_seek *k,
                 const struct wr_subscription_row *s, struct wr_arena *a,
                 bool *out, struct wr_err *err)
{
    struct wr_query q = { .noun = WR_INSTANCES,
                          .tenant = k->tenant,
                          .id = &s->instance,
                          .state = -1,
                          .limit = 1 };
    struct wr_rows rows;
    const char *key;

    if (wr_runtime_find(rt, &q, a, &rows, err) < 0)
        return err->code;
    key = rows.n ? rows.instances[0].business_key : NULL;
    *out = key && strcmp(key, k->business_key) == 0;

    return 0;
}

static int
fits(struct wr_runtime *rt, const struct wr_seek *k,
     const struct wr_subscription_row *s, struct wr_arena *a,
     struct wr_sought *l, enum wr_fit *out, struct wr_err *err)
{
    bool ok = !is_start(s)
              && (s->type == WR_SUB_MESSAGE
                  || (k->ids && s->type == WR_SUB_TRIGGER));

    *out = WR_FITS_NOT;
    l->any = l->any || ok;
    if (ok && k->business_key && has_business_key(rt, k, s, a, &ok, err) < 0)
        return err->code;

    return ok ? wr_message_is_meant(rt, s, k, a, out, err) : 0;
}

/* ---- lists ---- */

static void
add(struct wr_arena *a, struct wr_sought *l,
    const struct wr_subscription_row *s)
{
    const struct wr_subscription_row **grown;

    if ((l->n & (l->n - 1)) == 0) { /* full: its room is a power of two */
        grown = wr_newn(a, const struct wr_subscription_row *,
                        l->n ? 2 * l->n : 1);
        for (size_t i = 0; i < l->n; i++)
            grown[i] = l->items[i];
        l->items = grown;
    }
    l->items[l->n++] = s;
}

void
wr_sought_take(struct wr_arena *a, const struct wr_seek *k, struct wr_sought *l,
               const struct wr_subscription_row *s, enum wr_fit fit)
{
    if (fit == WR_FITS_NOT || fit < l->fit)
        return;
    if (fit > l->fit) {
        l->fit = fit;
        l->n = 0;
        l->items = NULL;
    }
    if (!k->oldest || l->n == 0)
        add(a, l, s);
    else if (wr_uuid_age(&s->id, &l->items[0]->id) < 0)
        l->items[0] = s;
}

/* Rows come by id: none of those behind `s` can be older, or are counted. */
static bool
is_enough(const struct wr_seek *k, const struct wr_sought *l,
          const struct wr_subscription_row *s, enum wr_fit best)
{
    if (l->fit < best || l->n == 0 || k->each)
        return false;

    return k->oldest ? wr_uuid_ms(&s->id) > wr_uuid_ms(&l->items[0]->id)
                     : l->n >= ENOUGH;
}

/* *enough: those behind them need not be looked at. */
static int
weigh(struct wr_runtime *rt, const struct wr_seek *k,
      const struct wr_rows *rows, enum wr_fit least, enum wr_fit best,
      struct wr_arena *a, struct wr_sought *out, bool *enough,
      struct wr_err *err)
{
    *enough = false;
    for (size_t i = 0; i < rows->n && !*enough; i++) {
        const struct wr_subscription_row *s = &rows->subscriptions[i];
        enum wr_fit fit;

        *enough = is_enough(k, out, s, best);
        if (*enough)
            break;
        if (fits(rt, k, s, a, out, &fit, err) < 0)
            return err->code;
        wr_sought_take(a, k, out, s,
                       fit >= least && fit <= best ? fit : WR_FITS_NOT);
    }

    return 0;
}

int
wr_seek_scan(struct wr_runtime *rt, const struct wr_seek *k, struct wr_query *q,
             enum wr_fit least, enum wr_fit best, struct wr_arena *a,
             struct wr_sought *out, struct wr_err *err)
{
    struct wr_rows rows;
    bool enough;

    q->limit = FEW;
    do {
        if (wr_runtime_find(rt, q, a, &rows, err) < 0
            || weigh(rt, k, &rows, least, best, a, out, &enough, err) < 0)
            return err->code;
        q->cursor = rows.next;
        q->limit = q->limit < PAGE ? 4 * q->limit : PAGE;
    } while (rows.next && !enough);

    return 0;
}

/* Of a name without a key there may be very many. */
static int
scan_name(struct wr_runtime *rt, const struct wr_seek *k, struct wr_query *q,
          enum wr_fit least, enum wr_fit best, struct wr_arena *a,
          struct wr_sought *out, struct wr_err *err)
{
    struct wr_rows rows;
    bool enough;

    if (k->instance || q->key)
        return wr_seek_scan(rt, k, q, least, best, a, out, err);
    if (!q->key_exact)
        return wr_seek_crowd(rt, k, false, least, best, a, out, err);
    q->limit = FEW;
    if (wr_runtime_find(rt, q, a, &rows, err) < 0)
        return err->code;
    if (rows.next)
        return wr_seek_crowd(rt, k, q->key_exact, least, best, a, out, err);

    return weigh(rt, k, &rows, least, best, a, out, &enough, err);
}

int
wr_seek_executions(struct wr_runtime *rt, const struct wr_seek *k,
                   struct wr_arena *a, struct wr_sought *out,
                   struct wr_err *err)
{
    struct wr_query q = { .noun = WR_SUBSCRIPTIONS,
                          .tenant = k->tenant,
                          .name = k->name,
                          .key = k->key,
                          .instance = k->instance,
                          .state = -1 };
    bool done = false;

    *out = (struct wr_sought){ .n = 0 };
    if (k->business_key && !k->instance
        && wr_seek_business(rt, k, a, out, &done, err) < 0)
        return err->code;
    if (done)
        return 0;
    if (scan_name(rt, k, &q, WR_FITS_OPEN, WR_FITS, a, out, err) < 0)
        return err->code;
    if (out->n || !k->key)
        return 0;
    /* Whose conversation has not begun waits without a key. */
    q.key = NULL;
    q.key_exact = true;
    q.cursor = NULL;

    return scan_name(rt, k, &q, WR_FITS_OPEN, WR_FITS_OPEN, a, out, err);
}

static int
start_fits(struct wr_runtime *rt, const struct wr_seek *k,
           const struct wr_subscription_row *s, struct wr_arena *a,
           struct wr_sought *out, struct wr_err *err)
{
    const char *singleton = NULL;
    enum wr_fit fit;
    bool runs = false;

    if (!is_start(s) || s->type != WR_SUB_MESSAGE)
        return 0;
    out->any = true;
    if (k->thrown_at && s->created_at > k->thrown_at) {
        out->late = true;
        return 0;
    }
    if (wr_message_is_meant(rt, s, k, a, &fit, err) < 0
        || (fit != WR_FITS_NOT
            && wr_message_singleton(rt, s, k, a, &singleton, err) < 0)
        || (singleton
            && wr_singleton_runs(rt, k->tenant, singleton, a, &runs, err) < 0))
        return err->code;
    out->held = out->held || runs;
    wr_sought_take(a, k, out, s, runs ? WR_FITS_NOT : fit);

    return 0;
}

/* They have no key: a message's key is its new instance's affair. */
int
wr_seek_starts(struct wr_runtime *rt, const struct wr_seek *k,
               struct wr_arena *a, struct wr_sought *out, struct wr_err *err)
{
    struct wr_rows rows;

    *out = (struct wr_sought){ .n = 0 };
    if (wr_seek_places(rt, k, a, &rows, err) < 0)
        return err->code;
    for (size_t i = 0; i < rows.n; i++) {
        if (start_fits(rt, k, &rows.subscriptions[i], a, out, err) < 0)
            return err->code;
    }

    return 0;
}
