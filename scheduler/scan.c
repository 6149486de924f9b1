/* scan: what is due, read from the store. */
#include <stdlib.h>

#include "scheduler/due.h"

static int
earlier(const void *x, const void *y)
{
    const struct wr_due_item *a = x, *b = y;

    return a->at < b->at ? -1 : a->at > b->at;
}

/* A page of what is due until then. */
static int
find(struct wr_due *d, enum wr_noun noun, const char *type, int64_t until,
     struct wr_rows *rows, struct wr_err *err)
{
    struct wr_query q = { .noun = noun,
                          .state = -1,
                          .type = type,
                          .due_before = until,
                          .limit = WR_DUE_AHEAD };

    return wr_store_find(d->store, &q, d->arena, rows, err);
}

static int
add_timers(struct wr_due *d, int64_t until, struct wr_err *err)
{
    struct wr_rows rows;

    if (find(d, WR_TIMERS, NULL, until, &rows, err) < 0)
        return (int)err->code;
    for (size_t i = 0; i < rows.n; i++) {
        const struct wr_timer_row *t = &rows.timers[i];

        d->items[d->n++] = (struct wr_due_item){
            .type = "timer",
            .lane = WR_QUEUE_TIMERS,
            .id = t->id,
            .instance = t->instance,
            .tenant = t->tenant,
            .at = t->due_at,
        };
    }

    return 0;
}

static int
add_jobs(struct wr_due *d, int64_t until, struct wr_err *err)
{
    struct wr_rows rows;

    if (find(d, WR_JOBS, /* its own */ "", until, &rows, err) < 0)
        return (int)err->code;
    for (size_t i = 0; i < rows.n; i++) {
        const struct wr_job_row *j = &rows.jobs[i];

        if (j->kind != WR_JOB_ASYNC || j->retries == 0)
            continue;
        d->items[d->n++] = (struct wr_due_item){
            .type = "job",
            .lane = WR_QUEUE_SERVICES,
            .definition = j->definition,
            .element = j->element,
            .id = j->id,
            .instance = j->instance,
            .tenant = j->tenant,
            .at = j->due_at,
        };
    }

    return 0;
}

/* What the process that owed it has not settled. */
static int
add_owed(struct wr_due *d, int64_t until, struct wr_err *err)
{
    struct wr_rows rows;

    if (find(d, WR_OUTBOXES, NULL, until, &rows, err) < 0)
        return (int)err->code;
    for (size_t i = 0; i < rows.n; i++)
        d->items[d->n++] = (struct wr_due_item){
            .type = "outbox",
            .lane = WR_QUEUE_MESSAGES,
            .id = rows.outboxes[i].id,
            .tenant = rows.outboxes[i].tenant,
            .at = rows.outboxes[i].due_at,
        };

    return 0;
}

int
wr_due_scan(struct wr_due *d, int64_t now, struct wr_err *err)
{
    int64_t until = now + wr_config_int(d->config, WR_SET_TIMER_HORIZON);

    wr_arena_reset(d->arena);
    d->n = d->next = 0;
    d->items = wr_newn(d->arena, struct wr_due_item, 3 * WR_DUE_AHEAD);
    if (add_timers(d, until, err) < 0 || add_jobs(d, until, err) < 0
        || add_owed(d, until, err) < 0)
        return (int)err->code;
    qsort(d->items, d->n, sizeof(*d->items), earlier);

    return 0;
}
