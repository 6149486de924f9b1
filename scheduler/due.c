/* due: what was read ahead is posted when its time has come. */
#include "scheduler/post.h"

void
wr_due_post(struct wr_due *d, int64_t now, bool *unreachable,
            struct wr_err *err)
{
    *unreachable = false;
    while (d->next < d->n && d->items[d->next].at <= now) {
        size_t to = d->next;

        while (to < d->n && to < d->next + WR_DUE_BATCH
               && d->items[to].at <= now)
            to++;
        wr_post(d, &d->items[d->next], to - d->next, unreachable, err);
        d->next = to;
    }
}

int64_t
wr_due_next(const struct wr_due *d, int64_t scan_at)
{
    if (d->next < d->n && d->items[d->next].at < scan_at)
        return d->items[d->next].at;

    return scan_at;
}
