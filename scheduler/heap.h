/*
 * heap.h: what is due soon, the earliest on top.
 *
 * What was canceled meanwhile stays until its time has come or the next look
 * into the store, which replaces all up to an instant: it costs nothing.
 */

#ifndef WR_HEAP_H
#define WR_HEAP_H

#include "engine/queue/item.h"

struct wr_heap {
    struct wr_due_item *items;
    size_t n, cap;
};

/* The item is copied. */
void wr_heap_push(struct wr_heap *h, const struct wr_due_item *it);
/* NULL: it is empty. */
const struct wr_due_item *wr_heap_top(const struct wr_heap *h);
/* What is due by then, earliest first, at most `max` of them: their number. */
size_t wr_heap_pop(struct wr_heap *h, int64_t now, struct wr_due_item *out,
                   size_t max);
/* Those of a type that are due within from .. until, both included, and known
 * since earlier than `before`, are no longer known. */
void wr_heap_drop(struct wr_heap *h, const char *type, int64_t from,
                  int64_t until, int64_t before);
/* How many of a type are due by then. */
size_t wr_heap_count(const struct wr_heap *h, const char *type, int64_t now);
void wr_heap_free(struct wr_heap *h);

#endif
