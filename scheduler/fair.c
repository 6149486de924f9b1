#include "scheduler/fair.h"

#include <stdlib.h>
#include <string.h>

enum {
    FIRST_CAP = 64
};

struct wr_fair_group {
    struct wr_uuid definition;
    int32_t tenant;
    struct wr_postings items; /* never empty */
    struct wr_fair_group *next, *before;
};

/* ---- lists ---- */

static void
make_room(struct wr_postings *l)
{
    if (l->first > l->cap / 2) {
        memmove(l->items, l->items + l->first,
                (l->n - l->first) * sizeof(*l->items));
        l->n -= l->first;
        l->first = 0;
        return;
    }
    l->cap = l->cap ? 2 * l->cap : FIRST_CAP;
    l->items = realloc(l->items, l->cap * sizeof(*l->items));
    if (!l->items)
        abort();
}

void
wr_postings_add(struct wr_postings *l, const struct wr_posting *p)
{
    if (l->first == l->n)
        l->first = l->n = 0;
    if (l->n == l->cap)
        make_room(l);
    l->items[l->n++] = *p;
}

size_t
wr_postings_count(const struct wr_postings *l)
{
    return l->n - l->first;
}

size_t
wr_postings_take(struct wr_postings *l, struct wr_posting *out, size_t cap)
{
    size_t n = wr_postings_count(l);

    if (n > cap)
        n = cap;
    if (n)
        memcpy(out, l->items + l->first, n * sizeof(*out));
    l->first += n;

    return n;
}

void
wr_postings_free(struct wr_postings *l)
{
    free(l->items);
    *l = (struct wr_postings){ 0 };
}

/* ---- turns ---- */

/* Its group, at the end of the ring when it is new. */
static struct wr_fair_group *
group_of(struct wr_fair *f, const struct wr_due_item *it)
{
    struct wr_fair_group *g = f->turn;

    for (; g; g = g->next == f->turn ? NULL : g->next) {
        if (g->tenant == it->tenant
            && wr_uuid_equal(&g->definition, &it->definition))
            return g;
    }
    g = calloc(1, sizeof(*g));
    if (!g)
        abort();
    g->definition = it->definition;
    g->tenant = it->tenant;
    g->next = f->turn ? f->turn : g;
    g->before = f->turn ? f->turn->before : g;
    g->next->before = g->before->next = g;
    if (!f->turn)
        f->turn = g;

    return g;
}

static void
remove_group(struct wr_fair *f, struct wr_fair_group *g)
{
    if (f->turn == g)
        f->turn = g->next == g ? NULL : g->next;
    g->next->before = g->before;
    g->before->next = g->next;
    wr_postings_free(&g->items);
    free(g);
}

void
wr_fair_add(struct wr_fair *f, const struct wr_posting *p, int64_t now)
{
    if (p->alone)
        wr_postings_add(&f->alone, p);
    else if (now - p->it.at <= WR_FAIR_FRESH_MS)
        wr_postings_add(&f->fresh, p);
    else
        wr_postings_add(&group_of(f, &p->it)->items, p);
    f->n++;
}

/* One of each group in turn. */
static size_t
take_late(struct wr_fair *f, struct wr_posting *out, size_t cap)
{
    size_t n = 0;

    while (n < cap && f->turn) {
        struct wr_fair_group *g = f->turn;

        n += wr_postings_take(&g->items, out + n, 1);
        f->turn = g->next;
        if (wr_postings_count(&g->items) == 0)
            remove_group(f, g);
    }

    return n;
}

size_t
wr_fair_take(struct wr_fair *f, struct wr_posting *out, size_t cap)
{
    size_t late = cap / 4 < WR_FAIR_LATE ? cap / 4 : WR_FAIR_LATE, n;

    n = wr_postings_take(&f->alone, out, cap < 1 ? cap : 1);
    if (n == 0) {
        n = wr_postings_take(&f->fresh, out, f->turn ? cap - late : cap);
        late = cap - n < WR_FAIR_LATE ? cap - n : WR_FAIR_LATE;
        n += take_late(f, out + n, late);
    }
    f->n -= n;

    return n;
}

void
wr_fair_free(struct wr_fair *f)
{
    while (f->turn)
        remove_group(f, f->turn);
    wr_postings_free(&f->fresh);
    wr_postings_free(&f->alone);
    *f = (struct wr_fair){ 0 };
}
