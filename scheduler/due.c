/* due: what was read ahead is given out when its time has come. */
#include "scheduler/due.h"

struct wr_due_item *
wr_due_now(struct wr_due *d, int64_t now, size_t *n)
{
    struct wr_due_item *first = d->items + d->next;

    *n = 0;
    while (d->next < d->n && d->items[d->next].at <= now) {
        d->next++;
        (*n)++;
    }

    return first;
}

int64_t
wr_due_next(const struct wr_due *d, int64_t scan_at)
{
    if (d->next < d->n && d->items[d->next].at < scan_at)
        return d->items[d->next].at;

    return scan_at;
}
