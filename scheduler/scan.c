/* scan: what is due, read from the store. */
#include "scheduler/due.h"

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

/* A full page tells nothing of what is behind it. */
static int64_t
told(size_t n, int64_t last, int64_t until)
{
    return n < WR_DUE_AHEAD ? until : last - 1;
}

static int
add_timers(struct wr_due *d, int64_t until, struct wr_err *err)
{
    struct wr_rows rows;

    if (find(d, WR_TIMERS, NULL, until, &rows, err) < 0)
        return (int)err->code;
    wr_heap_drop(
        &d->heap, "timer",
        told(rows.n, rows.n ? rows.timers[rows.n - 1].due_at : 0, until));
    for (size_t i = 0; i < rows.n; i++) {
        const struct wr_timer_row *t = &rows.timers[i];
        const struct wr_due_item it = {
            .type = "timer",
            .lane = WR_QUEUE_TIMERS,
            .id = t->id,
            .instance = t->instance,
            .tenant = t->tenant,
            .at = t->due_at,
        };

        wr_heap_push(&d->heap, &it);
    }

    return 0;
}

static int
add_jobs(struct wr_due *d, int64_t until, struct wr_err *err)
{
    struct wr_rows rows;

    if (find(d, WR_JOBS, /* its own */ "", until, &rows, err) < 0)
        return (int)err->code;
    wr_heap_drop(
        &d->heap, "job",
        told(rows.n, rows.n ? rows.jobs[rows.n - 1].due_at : 0, until));
    for (size_t i = 0; i < rows.n; i++) {
        const struct wr_job_row *j = &rows.jobs[i];
        const struct wr_due_item it = {
            .type = "job",
            .lane = WR_QUEUE_SERVICES,
            .definition = j->definition,
            .element = j->element,
            .id = j->id,
            .instance = j->instance,
            .tenant = j->tenant,
            .at = j->due_at > j->created_at ? j->due_at : j->created_at,
            .at_once = j->due_at <= j->created_at,
        };

        if (j->kind == WR_JOB_ASYNC && j->retries > 0)
            wr_heap_push(&d->heap, &it);
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
    wr_heap_drop(
        &d->heap, "outbox",
        told(rows.n, rows.n ? rows.outboxes[rows.n - 1].due_at : 0, until));
    for (size_t i = 0; i < rows.n; i++) {
        const struct wr_due_item it = {
            .type = "outbox",
            .lane = WR_QUEUE_MESSAGES,
            .id = rows.outboxes[i].id,
            .tenant = rows.outboxes[i].tenant,
            .at = rows.outboxes[i].due_at,
        };

        wr_heap_push(&d->heap, &it);
    }

    return 0;
}

/* Workers that were not heard of again. */
static int
add_lost(struct wr_due *d, int64_t until, struct wr_err *err)
{
    struct wr_query q = { .noun = WR_JOBS,
                          .state = -1,
                          .guard_before = until,
                          .limit = WR_DUE_AHEAD };
    struct wr_rows rows;

    if (wr_store_find(d->store, &q, d->arena, &rows, err) < 0)
        return (int)err->code;
    wr_heap_drop(&d->heap, "lost", until);
    for (size_t i = 0; i < rows.n; i++) {
        const struct wr_due_item it = {
            .type = "lost",
            .lane = WR_QUEUE_SERVICES,
            .id = rows.jobs[i].id,
            .instance = rows.jobs[i].instance,
            .tenant = rows.jobs[i].tenant,
            .at = rows.jobs[i].guard_at,
        };

        wr_heap_push(&d->heap, &it);
    }

    return 0;
}

int
wr_due_scan(struct wr_due *d, int64_t now, struct wr_err *err)
{
    int64_t horizon = wr_config_int(d->config, WR_SET_TIMER_HORIZON);
    int64_t soon = 2 * wr_config_int(d->config, WR_SET_TIMER_SCAN);
    int64_t until = now + (now >= d->far_at || horizon < soon ? horizon : soon);

    if (now >= d->far_at)
        d->far_at = now + horizon / 2;
    wr_arena_reset(d->arena);
    if (add_timers(d, until, err) < 0 || add_jobs(d, until, err) < 0
        || add_owed(d, until, err) < 0 || add_lost(d, until, err) < 0)
        return (int)err->code;

    return 0;
}
