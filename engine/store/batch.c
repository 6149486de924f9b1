#include "engine/store/batch.h"

#include <stdlib.h>
#include <string.h>

enum wr_noun
wr_table_noun(enum wr_table t)
{
    static const enum wr_noun nouns[] = {
        [WR_T_TASK] = WR_TASKS,         [WR_T_JOB] = WR_JOBS,
        [WR_T_TIMER] = WR_TIMERS,       [WR_T_SUBSCRIPTION] = WR_SUBSCRIPTIONS,
        [WR_T_INCIDENT] = WR_INCIDENTS, [WR_T_OUTBOX] = WR_OUTBOXES,
        [WR_T_SPILL] = WR_SPILLS,       [WR_T_HISTORY] = WR_HISTORIES,
    };

    return nouns[t];
}

bool
wr_batch_op(const struct wr_effects *fx, enum wr_table t, int nth,
            enum wr_op *op, bool *is_new, const void **row)
{
#define TABLE(id, list)                 \
    case id:                            \
        if (nth >= fx->n_##list)        \
            return false;               \
        *op = fx->list[nth].op;         \
        *is_new = fx->list[nth].is_new; \
        *row = &fx->list[nth].row;      \
        return true

    switch (t) {
        TABLE(WR_T_TASK, tasks);
        TABLE(WR_T_JOB, jobs);
        TABLE(WR_T_TIMER, timers);
        TABLE(WR_T_SUBSCRIPTION, subscriptions);
        TABLE(WR_T_INCIDENT, incidents);
        TABLE(WR_T_OUTBOX, outboxes);
        TABLE(WR_T_SPILL, spills);
    case WR_T_HISTORY:
        if (nth >= fx->n_more_histories)
            return false;
        *op = WR_OP_PUT;
        *is_new = true;
        *row = &fx->more_histories[nth];
        return true;
    case WR_TABLES:
        break;
    }
#undef TABLE

    return false;
}

static void
flatten(const struct wr_item *i, int32_t nth, struct wr_flat_item *out)
{
    const struct wr_effects *fx = i->effects;

    *out = (struct wr_flat_item){ .fx = fx,
                                  .instance = fx->instance,
                                  .history = fx->history,
                                  .expected_rev = fx->expected_rev,
                                  .job = i->job,
                                  .lease = i->lease,
                                  .outbox = i->outbox,
                                  .epoch = i->epoch,
                                  .item = nth,
                                  .group = i->group,
                                  .check = (int32_t)i->check };
    if (i->idempotency)
        out->idempotency = *i->idempotency;
    if (fx->instance.state >= WR_COMPLETED)
        out->instance.singleton = NULL; /* others may have it now */
    /* The history goes with its instance whatever its own id says. */
    out->history.instance = fx->instance.id;
}

static bool
storable(const struct wr_flat_item *i)
{
    enum wr_op op;
    bool is_new;
    const void *row;

    if (wr_record_bad_text(&wr_record_item, i))
        return false;
    for (enum wr_table t = 0; t < WR_TABLES; t++) {
        for (int n = 0; wr_batch_op(i->fx, t, n, &op, &is_new, &row); n++) {
            if (op == WR_OP_PUT
                && wr_record_bad_text(wr_record_of(wr_table_noun(t)), row))
                return false;
        }
    }

    return true;
}

static int
by_id(const void *x, const void *y)
{
    const struct wr_flat_item *a = x, *b = y;

    return wr_uuid_cmp(&a->instance.id, &b->instance.id);
}

/* Groups together, singles (group 0) each alone; by id within. */
static int
by_group(const void *x, const void *y)
{
    const struct wr_flat_item *a = x, *b = y;

    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;

    return by_id(x, y);
}

static int
by_first(const void *x, const void *y)
{
    const struct wr_unit *a = x, *b = y;

    return by_id(a->items, b->items);
}

static void
make_units(struct wr_batch *b)
{
    b->units = wr_newn(b->arena, struct wr_unit, b->n_items + 1);
    for (size_t i = 0; i < b->n_items; i++) {
        struct wr_flat_item *item = &b->items[i];

        if (i > 0 && item->group != 0 && item->group == item[-1].group)
            b->units[b->n_units - 1].n++;
        else
            b->units[b->n_units++] = (struct wr_unit){ .items = item, .n = 1 };
        if (!storable(item))
            b->units[b->n_units - 1].result = WR_EVALUE;
    }
    qsort(b->units, b->n_units, sizeof(*b->units), by_first);
}

static int64_t
count_rows(const struct wr_effects *fx)
{
    return 2 + fx->n_tasks + fx->n_jobs + fx->n_timers + fx->n_subscriptions
           + fx->n_incidents + fx->n_outboxes + fx->n_spills
           + fx->n_more_histories;
}

int
wr_batch_init(struct wr_batch *b, struct wr_arena *a, struct wr_item *items,
              size_t n, struct wr_err *err)
{
    *b = (struct wr_batch){ .arena = a, .n_items = n };
    b->items = wr_newn(a, struct wr_flat_item, n + 1);
    for (size_t i = 0; i < n; i++) {
        flatten(&items[i], (int32_t)i, &b->items[i]);
        b->items[i].source = &items[i];
        b->rows += count_rows(items[i].effects);
    }
    qsort(b->items, n, sizeof(*b->items), by_id);
    for (size_t i = 1; i < n; i++) {
        char id[WR_UUID_TEXT];

        if (by_id(&b->items[i - 1], &b->items[i]) != 0)
            continue;
        wr_uuid_text(&b->items[i].instance.id, id);
        return wr_fail(err, WR_EINVALID, "instance '%s' is in the batch twice",
                       id);
    }
    qsort(b->items, n, sizeof(*b->items), by_group);
    make_units(b);

    return 0;
}

void
wr_batch_done(const struct wr_batch *b)
{
    for (size_t u = 0; u < b->n_units; u++) {
        for (size_t i = 0; i < b->units[u].n; i++)
            b->units[u].items[i].source->result = b->units[u].result;
    }
}
