/* The memory backend's dead letters: a handful of rows, looked through. */

#include "engine/store/memory.h"

int
wr_memory_letter_check(struct memory_shared *m, const struct wr_change *c,
                       struct wr_err *err)
{
    const struct wr_dead_letter_row *row = wr_memory_get(m, WR_DEAD_LETTERS,
                                                         c->dead_letter);

    if (c->op == WR_OP_PUT && !c->was)
        return 0;
    if (!row || row->tenant != c->dead_letter->tenant)
        return wr_fail(err, WR_ENOTFOUND, "no such dead letter");

    return 0;
}

void
wr_memory_letter(struct memory_shared *m, const struct wr_change *c)
{
    const struct wr_dead_letter_row *was = wr_memory_get(m, WR_DEAD_LETTERS,
                                                         c->dead_letter);
    struct wr_dead_letter_row row;

    if (c->op == WR_OP_DEL) {
        wr_memory_del(m, WR_DEAD_LETTERS, c->dead_letter);
        return;
    }
    row = was ? *was : *c->dead_letter;
    row.held = c->dead_letter->held;
    row.detail = c->dead_letter->detail;
    if (was && !c->was) {
        row.count++;
        row.last_at = c->dead_letter->last_at;
        row.reason = c->dead_letter->reason;
    }
    wr_memory_put(m, WR_DEAD_LETTERS, &row);
}

bool
wr_memory_is_held(struct memory_shared *m, const struct wr_uuid *target)
{
    struct memory_table *t = &m->tables[WR_DEAD_LETTERS];

    for (size_t i = 0; i < t->n; i++) {
        const struct wr_dead_letter_row *row = wr_memory_at(t, i)->row;

        if (row->held && wr_uuid_equal(&row->target, target))
            return true;
    }

    return false;
}
