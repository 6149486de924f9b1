#include "tests/crash/sabotage.h"

void
crash_take_stale(struct wr_store *st, struct wr_item *item, struct wr_arena *a)
{
    struct wr_effects *fx = wr_new(a, struct wr_effects);
    const struct wr_instance_row *row;
    struct wr_history_row *more;
    struct wr_err err;
    int64_t behind;

    *fx = *item->effects;
    if (fx->expected_rev == 0
        || wr_store_instance(st, &fx->instance.id, fx->instance.tenant, a, &row,
                             &err)
               < 0)
        return;
    behind = row->rev - fx->expected_rev;
    fx->expected_rev += behind;
    fx->instance.rev += behind;
    fx->history.seq += behind;
    more = wr_newn(a, struct wr_history_row, (size_t)fx->n_more_histories + 1);
    for (int i = 0; i < fx->n_more_histories; i++) {
        more[i] = fx->more_histories[i];
        more[i].seq += behind;
    }
    fx->more_histories = more;
    item->effects = fx;
}
