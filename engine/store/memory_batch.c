/* The memory backend's batches: their items are looked through. */

#include "engine/store/memory.h"

static bool
is_item(const struct wr_outbox_row *o, const struct wr_uuid *batch)
{
    return o->kind == WR_OUT_ITEM && wr_uuid_equal(&o->definition, batch);
}

enum wr_batch_item_state
wr_memory_item_state(struct memory_shared *m,
                     const struct wr_batch_item_row *row)
{
    const struct wr_outbox_row owed = { .id = row->id };

    if (row->state == WR_ITEM_PENDING && !wr_memory_get(m, WR_OUTBOXES, &owed))
        return WR_ITEM_DONE;

    return row->state;
}

void
wr_memory_batch_count(struct memory_shared *m, struct wr_batch_row *out)
{
    struct memory_table *t = &m->tables[WR_BATCH_ITEMS];

    out->pending = out->failed = out->canceled = 0;
    for (size_t i = 0; i < t->n; i++) {
        const struct wr_batch_item_row *row = wr_memory_at(t, i)->row;
        enum wr_batch_item_state state = wr_memory_item_state(m, row);

        if (!wr_uuid_equal(&row->batch, &out->id))
            continue;
        out->pending += state == WR_ITEM_PENDING;
        out->failed += state == WR_ITEM_FAILED;
        out->canceled += state == WR_ITEM_CANCELED;
    }
}

int
wr_memory_batch_check(struct memory_shared *m, const struct wr_change *c,
                      struct wr_err *err)
{
    const struct wr_batch_row *b;

    if (c->noun == WR_BATCH_ITEMS) {
        if (!c->was && wr_memory_get(m, c->noun, c->batch_item))
            return wr_fail(err, WR_EVALUE, "the row is there already");
        return 0;
    }
    b = wr_memory_get(m, WR_BATCHES, c->batch);
    if (!c->was && b)
        return wr_fail(err, WR_EVALUE, "the row is there already");
    if (c->was && (!b || b->tenant != c->batch->tenant))
        return wr_fail(err, WR_ENOTFOUND, "no such batch");
    if (c->was && b->state + 1 != c->was)
        return wr_fail(err, WR_ECONFLICT, "the batch is held by someone else");

    return 0;
}

static void
move_items(struct memory_shared *m, const struct wr_batch_row *b)
{
    struct memory_table *t = &m->tables[WR_OUTBOXES];

    for (size_t i = t->n; i-- > 0;) {
        struct wr_outbox_row *o = wr_memory_at(t, i)->row;
        struct wr_batch_item_row key = { .id = o->id }, *item;

        if (!is_item(o, &b->id))
            continue;
        item = wr_memory_get(m, WR_BATCH_ITEMS, &key);
        if (b->state == WR_BATCH_RUNNING)
            o->due_at = b->created_at + item->number;
        if (b->state == WR_BATCH_PAUSED)
            o->due_at = WR_NEVER;
        if (b->state != WR_BATCH_CANCELED)
            continue;
        item->state = WR_ITEM_CANCELED;
        item->at = b->created_at;
        (void)wr_memory_del(m, WR_OUTBOXES, &key);
    }
}

void
wr_memory_batch(struct memory_shared *m, const struct wr_change *c)
{
    struct wr_batch_row *b;
    struct wr_batch_item_row item;

    if (c->noun == WR_BATCH_ITEMS && c->was) {
        item = *(struct wr_batch_item_row *)wr_memory_get(m, c->noun,
                                                          c->batch_item);
        item.state = c->batch_item->state;
        item.at = c->batch_item->at;
        item.code = c->batch_item->code;
        item.message = c->batch_item->message;
        wr_memory_put(m, c->noun, &item);
    } else if (c->noun == WR_BATCH_ITEMS || !c->was) {
        wr_memory_put(m, c->noun, c->batch);
    } else {
        b = wr_memory_get(m, WR_BATCHES, c->batch);
        b->state = c->batch->state;
        b->ended_at = c->batch->ended_at;
        move_items(m, c->batch);
    }
}
