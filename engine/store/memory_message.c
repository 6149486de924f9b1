/* The memory backend's messages: whoever waits, and what waits for somebody. */

#include <string.h>

#include "engine/store/memory.h"

static bool
same_text(const char *x, const char *y)
{
    return x == y || (x && y && strcmp(x, y) == 0);
}

static int64_t
next_pos(struct memory_shared *m, const struct wr_message_row *row)
{
    struct memory_table *t = &m->tables[WR_MESSAGES];
    int64_t pos = row->published_at;

    for (size_t i = 0; i < t->n; i++) {
        const struct wr_message_row *o = wr_memory_at(t, i)->row;

        if (o->tenant == row->tenant && strcmp(o->name, row->name) == 0
            && same_text(o->key, row->key) && o->pos >= pos)
            pos = o->pos + 1;
    }

    return pos;
}

/* Whoever waits without a key may wait for any. */
static bool
is_awaited(struct memory_shared *m, const struct wr_outbox_row *row)
{
    struct memory_table *t = &m->tables[WR_SUBSCRIPTIONS];

    for (size_t i = 0; i < t->n; i++) {
        const struct wr_subscription_row *s = wr_memory_at(t, i)->row;

        if (s->tenant == row->tenant && strcmp(s->name, row->name) == 0
            && (!s->key || !row->key || strcmp(s->key, row->key) == 0))
            return true;
    }

    return false;
}

void
wr_memory_message_add(struct memory_shared *m, const struct wr_change *c)
{
    struct wr_message_row row = *c->message;
    bool awaited = c->match && is_awaited(m, c->match);

    row.pos = next_pos(m, &row);
    wr_memory_put(m, WR_MESSAGES, &row);
    if (awaited)
        wr_memory_put(m, WR_OUTBOXES, c->match);
    if (c->matched)
        *c->matched = awaited;
}

static bool
has_message(struct memory_shared *m, const struct wr_outbox_row *row)
{
    struct memory_table *t = &m->tables[WR_MESSAGES];
    bool any = row->business_key != NULL;

    for (size_t i = 0; i < t->n; i++) {
        const struct wr_message_row *o = wr_memory_at(t, i)->row;

        if (o->tenant == row->tenant && strcmp(o->name, row->name) == 0
            && (any || !o->key || same_text(o->key, row->key)))
            return true;
    }

    return false;
}

bool
wr_memory_match(struct memory_shared *m, const struct wr_outbox_row *rows,
                int n)
{
    bool any = false;

    for (int i = 0; i < n; i++) {
        if (!has_message(m, &rows[i]))
            continue;
        wr_memory_put(m, WR_OUTBOXES, &rows[i]);
        any = true;
    }

    return any;
}
