/* The memory backend's suspensions: a handful of rows, looked through. */

#include <string.h>

#include "engine/store/memory.h"

int64_t
wr_memory_epoch(struct memory_shared *m)
{
    static const struct wr_suspension_row epoch = { .name = "" };
    const struct wr_suspension_row *row = wr_memory_get(m, WR_SUSPENSIONS,
                                                        &epoch);

    return row ? row->at : 0;
}

static const struct wr_suspension_row *
find(struct memory_shared *m, const struct wr_suspension_row *what)
{
    struct memory_table *t = &m->tables[WR_SUSPENSIONS];

    for (size_t i = 0; i < t->n; i++) {
        const struct wr_suspension_row *s = wr_memory_at(t, i)->row;

        if (s->kind == what->kind && s->tenant == what->tenant
            && wr_uuid_equal(&s->definition, &what->definition)
            && strcmp(s->name, what->name) == 0)
            return s;
    }

    return NULL;
}

bool
wr_memory_type_runs(struct memory_shared *m, const struct wr_job_row *j)
{
    const struct wr_suspension_row type = { .kind = WR_SUSPENDED_JOB_TYPE,
                                            .tenant = j->tenant,
                                            .name = j->type };

    return !find(m, &type);
}

int
wr_memory_suspend_check(struct memory_shared *m, const struct wr_change *c,
                        struct wr_err *err)
{
    const struct wr_suspension_row *row = find(m, c->suspension);

    if (c->op == WR_OP_PUT && row)
        return wr_fail(err, WR_ESTATE, "'%.100s' is suspended already",
                       c->suspension->name);
    if (c->op == WR_OP_DEL && !row)
        return wr_fail(err, WR_ENOTFOUND, "'%.100s' is not suspended",
                       c->suspension->name);

    return 0;
}

void
wr_memory_suspend(struct memory_shared *m, const struct wr_change *c)
{
    struct wr_suspension_row epoch = { .name = "",
                                       .at = wr_memory_epoch(m) + 1 };

    if (c->op == WR_OP_PUT)
        wr_memory_put(m, WR_SUSPENSIONS, c->suspension);
    else
        wr_memory_del(m, WR_SUSPENSIONS, find(m, c->suspension));
    wr_memory_put(m, WR_SUSPENSIONS, &epoch);
}
