#include "scheduler/heap.h"

#include <stdlib.h>
#include <string.h>

enum {
    FIRST_CAP = 1024
};

static void
sink(struct wr_heap *h, size_t i)
{
    struct wr_due_item it = h->items[i];

    for (;;) {
        size_t child = 2 * i + 1;

        if (child >= h->n)
            break;
        if (child + 1 < h->n && h->items[child + 1].at < h->items[child].at)
            child++;
        if (it.at <= h->items[child].at)
            break;
        h->items[i] = h->items[child];
        i = child;
    }
    h->items[i] = it;
}

static void
rise(struct wr_heap *h, size_t i)
{
    struct wr_due_item it = h->items[i];

    while (i > 0 && it.at < h->items[(i - 1) / 2].at) {
        h->items[i] = h->items[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    h->items[i] = it;
}

void
wr_heap_push(struct wr_heap *h, const struct wr_due_item *it)
{
    if (h->n == h->cap) {
        size_t cap = h->cap ? 2 * h->cap : FIRST_CAP;
        struct wr_due_item *more = realloc(h->items, cap * sizeof(*more));

        if (!more)
            abort();
        h->items = more;
        h->cap = cap;
    }
    h->items[h->n++] = *it;
    rise(h, h->n - 1);
}

const struct wr_due_item *
wr_heap_top(const struct wr_heap *h)
{
    return h->n ? &h->items[0] : NULL;
}

size_t
wr_heap_pop(struct wr_heap *h, int64_t now, struct wr_due_item *out, size_t max)
{
    size_t n = 0;

    while (n < max && h->n && h->items[0].at <= now) {
        out[n++] = h->items[0];
        h->items[0] = h->items[--h->n];
        if (h->n)
            sink(h, 0);
    }

    return n;
}

void
wr_heap_drop(struct wr_heap *h, const char *type, int64_t from, int64_t until,
             int64_t before)
{
    size_t kept = 0;

    for (size_t i = 0; i < h->n; i++) {
        const struct wr_due_item *it = &h->items[i];

        if (it->at < from || it->at > until || it->known_at >= before
            || strcmp(it->type, type) != 0)
            h->items[kept++] = h->items[i];
    }
    h->n = kept;
    for (size_t i = kept / 2; i-- > 0;)
        sink(h, i);
}

size_t
wr_heap_count(const struct wr_heap *h, const char *type, int64_t now)
{
    size_t n = 0;

    for (size_t i = 0; i < h->n; i++)
        n += h->items[i].at <= now && strcmp(h->items[i].type, type) == 0;

    return n;
}

void
wr_heap_free(struct wr_heap *h)
{
    free(h->items);
    *h = (struct wr_heap){ 0 };
}
