/* The memory backend's lookups: a scan, a filter, the page that is asked for. */

#include <stdlib.h>
#include <string.h>

#include "engine/store/memory.h"

/* ---- a page ---- */

struct hit {
    struct wr_key key;
    const void *row;
};

/* The first rows of those that were offered, a heap with the last one on top:
 * all that match are never in memory, nor sorted. */
struct page {
    struct hit *hits;
    size_t n, max;
    bool descending;
};

/* Before, same or after, in the order of the page. */
static int
place(const struct page *p, const struct hit *x, const struct hit *y)
{
    int c = wr_key_cmp(&x->key, &y->key);

    return p->descending ? -c : c;
}

static void
swap(struct hit *x, struct hit *y)
{
    struct hit t = *x;

    *x = *y;
    *y = t;
}

static void
sink(struct page *p, size_t at, size_t n)
{
    for (size_t k; (k = 2 * at + 1) < n; at = k) {
        if (k + 1 < n && place(p, &p->hits[k + 1], &p->hits[k]) > 0)
            k++;
        if (place(p, &p->hits[k], &p->hits[at]) <= 0)
            return;
        swap(&p->hits[k], &p->hits[at]);
    }
}

static void
offer(struct page *p, const struct hit *h)
{
    size_t at = p->n;

    if (p->n == p->max) {
        if (p->max == 0 || place(p, h, &p->hits[0]) >= 0)
            return;
        p->hits[0] = *h;
        sink(p, 0, p->n);
        return;
    }
    p->hits[p->n++] = *h;
    for (; at && place(p, &p->hits[at], &p->hits[(at - 1) / 2]) > 0;
         at = (at - 1) / 2)
        swap(&p->hits[at], &p->hits[(at - 1) / 2]);
}

static void
sort(struct page *p)
{
    for (size_t n = p->n; n > 1; n--) {
        swap(&p->hits[0], &p->hits[n - 1]);
        sink(p, 0, n - 1);
    }
}

static bool
after_cursor(const struct wr_lookup *l, const struct wr_key *k)
{
    if (!l->query->cursor)
        return true;

    return l->query->descending ? wr_key_cmp(k, &l->c) < 0
                                : wr_key_cmp(k, &l->c) > 0;
}

/* ---- where to look ---- */

struct range {
    size_t from, to;
    bool sorted; /* as the page is */
};

/* Are rows listed in the order of their primary key? */
static bool
by_primary(enum wr_noun noun)
{
    switch (noun) {
    case WR_DEPLOYMENTS:
    case WR_INSTANCES:
    case WR_TASKS:
    case WR_SUBSCRIPTIONS:
    case WR_INCIDENTS:
    case WR_SESSIONS:
    case WR_SPILLS:
    case WR_BATCHES:
        return true;
    default:
        return false;
    }
}

/* What the cursor has behind it is not looked at again. */
static void
skip(struct memory_table *t, const struct wr_lookup *l, const void *last,
     struct range *r)
{
    bool found;
    size_t at = wr_memory_seek(t, l->query->noun, last, &found);

    if (l->query->descending && at < r->to)
        r->to = at > r->from ? at : r->from;
    else if (!l->query->descending && at + found > r->from)
        r->from = at + found < r->to ? at + found : r->to;
}

/* All of the table, or where its primary key leads. */
static struct range
range(struct memory_table *t, const struct wr_lookup *l)
{
    struct range r = { 0, t->n, by_primary(l->query->noun) };
    struct wr_history_row h = { .instance = l->instance };
    bool found;

    if (l->query->noun == WR_HISTORIES) {
        r.from = wr_memory_seek(t, WR_HISTORIES, &h, &found);
        h.seq = INT64_MAX;
        r.to = wr_memory_seek(t, WR_HISTORIES, &h, &found);
        r.sorted = true;
        h.seq = l->c.at;
        if (l->query->cursor)
            skip(t, l, &h, &r);
    } else if (l->query->id) {
        r.from = wr_memory_seek(t, l->query->noun, l->query->id, &found);
        r.to = r.from + (found ? 1 : 0);
    } else if (r.sorted && l->query->cursor) {
        skip(t, l, &l->c.id, &r);
    }

    return r;
}

/* The page's rows, in order. */
static void
look(struct memory_table *t, const struct memory_filter *f, struct page *p,
     const struct range *r)
{
    const struct wr_lookup *l = f->lookup;
    size_t n = r->to - r->from;

    for (size_t k = 0; k < n && !(r->sorted && p->n == p->max); k++) {
        size_t i = p->descending ? r->to - 1 - k : r->from + k;
        struct hit h = { .row = wr_memory_at(t, i)->row };

        if (!wr_memory_matches(f, h.row))
            continue;
        h.key = wr_row_key(l->query->noun, h.row);
        if (!after_cursor(l, &h.key))
            continue;
        if (r->sorted)
            p->hits[p->n++] = h;
        else
            offer(p, &h);
    }
    if (!r->sorted)
        sort(p);
}

static void *
copy_out(struct memory_shared *m, const struct wr_lookup *l, struct wr_arena *a,
         const struct hit *hits, size_t n)
{
    const struct wr_record *r = wr_record_of(l->query->noun);
    char *rows = wr_arena_allocn(a, n + 1, r->size);

    for (size_t i = 0; i < n; i++) {
        void *row = wr_record_copy(r, a, hits[i].row);

        /* Lists of instances leave the blob out. */
        if (l->query->noun == WR_INSTANCES && !l->query->id)
            ((struct wr_instance_row *)row)->blob = (struct wr_blob){ NULL, 0 };
        if (l->query->noun == WR_BATCHES)
            wr_memory_batch_count(m, row);
        if (l->query->noun == WR_BATCH_ITEMS)
            ((struct wr_batch_item_row *)row)->state = wr_memory_item_state(
                m, row);
        memcpy(rows + i * r->size, row, r->size);
    }

    return rows;
}

static int
count_cmp(const void *x, const void *y)
{
    return wr_uuid_cmp(x, y);
}

/* Instances by definition: made from the table of instances when asked. */
static struct wr_count_row *
count_rows(struct memory_shared *m, const struct wr_lookup *l,
           struct wr_arena *a, size_t *n)
{
    struct memory_table *t = &m->tables[WR_INSTANCES];
    struct wr_count_row *rows = wr_newn(a, struct wr_count_row, t->n + 1);

    *n = 0;
    for (size_t i = 0; i < t->n; i++) {
        const struct wr_instance_row *r = wr_memory_at(t, i)->row;
        size_t k = 0;

        if (r->tenant != l->tenant
            || (l->query->definition
                && !wr_uuid_equal(&r->definition, &l->definition)))
            continue;
        while (k < *n && !wr_uuid_equal(&rows[k].definition, &r->definition))
            k++;
        *n += k == *n;
        rows[k].definition = r->definition;
        rows[k].total++;
        rows[k].active += r->state < WR_COMPLETED;
        rows[k].incidents += r->incidents > 0;
    }
    qsort(rows, *n, sizeof(*rows), count_cmp);

    return rows;
}

static int
find_counts(struct wr_store *st, const struct wr_lookup *l, struct wr_arena *a,
            struct wr_rows *out)
{
    struct memory_shared *m = wr_memory_of(st)->shared;
    struct wr_count_row *rows;
    size_t n, from = 0;

    pthread_mutex_lock(&m->lock);
    rows = count_rows(m, l, a, &n);
    pthread_mutex_unlock(&m->lock);
    while (from < n && l->query->cursor
           && wr_uuid_cmp(&rows[from].definition, &l->c.id) <= 0)
        from++;
    n -= from;
    if (n > (size_t)l->rows)
        n = (size_t)l->rows;
    wr_lookup_answer(l, a, rows + from, n, out);
    st->stats.round_trips++;

    return 0;
}

int
wr_memory_find(struct wr_store *st, const struct wr_query *q,
               struct wr_arena *a, struct wr_rows *out, struct wr_err *err)
{
    struct memory_shared *m = wr_memory_of(st)->shared;
    struct memory_table *t = &m->tables[q->noun];
    wr_auto(wr_arena_free) struct wr_arena *scratch = wr_arena_new(1024);
    struct memory_filter f;
    struct wr_lookup l;
    struct range r;
    struct page p;

    if (wr_lookup_init(q, a, &l, err) < 0)
        return (int)err->code;
    if (q->noun == WR_COUNTS)
        return find_counts(st, &l, a, out);
    pthread_mutex_lock(&m->lock);
    wr_memory_filter(m, &l, &f);
    r = range(t, &l);
    p = (struct page){ .max = (size_t)l.rows, .descending = q->descending };
    if (p.max > r.to - r.from)
        p.max = r.to - r.from;
    p.hits = wr_newn(scratch, struct hit, p.max + 1);
    look(t, &f, &p, &r);
    wr_lookup_answer(&l, a, copy_out(m, &l, a, p.hits, p.n), p.n, out);
    pthread_mutex_unlock(&m->lock);
    st->stats.round_trips++;

    return 0;
}
