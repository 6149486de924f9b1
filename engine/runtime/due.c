/*
 * due: what time alone sets off, in due order.
 *
 * The in-process twin of the scheduler, for programs without one.  Each pass
 * reads what is due and runs it; what that makes due runs in the next pass.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/runtime/slot.h"

struct due {
    int64_t at;
    struct wr_uuid id, instance;
    int32_t tenant;
    enum wr_event_type type;
    bool owed; /* a row of the outbox */
    bool lost; /* a job whose worker is */
};

static int
by_time(const void *x, const void *y)
{
    const struct due *a = x, *b = y;

    if (a->at != b->at)
        return a->at < b->at ? -1 : 1;

    return wr_uuid_cmp(&a->id, &b->id);
}

static int
collect(struct wr_runtime *rt, int64_t now, struct wr_arena *a,
        struct due **out, size_t *n, struct wr_err *err)
{
    struct wr_query timers = { .noun = WR_TIMERS,
                               .tenant = rt->o.tenant,
                               .due_before = now + 1,
                               .state = -1 };
    struct wr_query jobs = { .noun = WR_JOBS,
                             .tenant = rt->o.tenant,
                             .type = "",
                             .due_before = now + 1,
                             .state = -1 };
    struct wr_query owed = { .noun = WR_OUTBOXES,
                             .tenant = rt->o.tenant,
                             .due_before = now,
                             .state = -1 };
    struct wr_query gone = { .noun = WR_JOBS,
                             .tenant = rt->o.tenant,
                             .guard_before = now,
                             .state = -1 };
    struct wr_rows t, j, o, l;
    struct due *d;

    *n = 0;
    if (wr_runtime_find(rt, &timers, a, &t, err) < 0
        || wr_runtime_find(rt, &jobs, a, &j, err) < 0
        || wr_runtime_find(rt, &owed, a, &o, err) < 0
        || wr_runtime_find(rt, &gone, a, &l, err) < 0)
        return err->code;
    d = wr_newn(a, struct due, t.n + j.n + o.n + l.n + 1);
    for (size_t i = 0; i < l.n; i++)
        d[(*n)++] = (struct due){ .at = l.jobs[i].guard_at,
                                  .id = l.jobs[i].id,
                                  .instance = l.jobs[i].instance,
                                  .tenant = l.jobs[i].tenant,
                                  .lost = true };
    for (size_t i = 0; i < o.n; i++)
        d[(*n)++] = (struct due){ .at = o.outboxes[i].due_at,
                                  .id = o.outboxes[i].id,
                                  .tenant = o.outboxes[i].tenant,
                                  .owed = true };
    for (size_t i = 0; i < t.n; i++) {
        const struct wr_timer_row *r = &t.timers[i];

        d[(*n)++] = (struct due){ r->due_at,   r->id, r->instance, r->tenant,
                                  WR_EV_TIMER, false, false };
    }
    for (size_t i = 0; i < j.n; i++) {
        const struct wr_job_row *r = &j.jobs[i];

        if (r->kind == WR_JOB_ASYNC && r->retries > 0)
            d[(*n)++] = (struct due){ r->due_at, r->id,         r->instance,
                                      r->tenant, WR_EV_JOB_RUN, false,
                                      false };
    }
    qsort(d, *n, sizeof(*d), by_time);
    *out = d;

    return 0;
}

/* A job counts its tries; a timer has them at once. */
enum {
    TIMER_TRIES = 3
};

int
wr_runtime_report(struct wr_runtime *rt, const struct wr_command *c,
                  struct wr_arena *a, struct wr_outcome *out,
                  struct wr_err *err)
{
    struct wr_err why = *err;
    struct wr_command report;
    int r = (int)why.code;

    for (int k = 1; k < TIMER_TRIES && r < 0 && c->event.type == WR_EV_TIMER
                    && wr_runtime_give_up(c, &why, &report);
         k++) {
        r = wr_runtime_call(rt, c, a, out, err);
        why = *err;
    }
    if (r < 0 && wr_runtime_give_up(c, &why, &report))
        r = wr_runtime_call(rt, &report, a, out, err);

    return r;
}

bool
wr_runtime_give_up(const struct wr_command *c, const struct wr_err *why,
                   struct wr_command *out)
{
    if ((c->event.type != WR_EV_JOB_RUN && c->event.type != WR_EV_TIMER)
        || wr_code_retryable(why->code) || why->code == WR_ENOTFOUND
        || why->code == WR_ESTATE || why->code == WR_EHELD)
        return false;
    *out = *c;
    if (c->event.type == WR_EV_TIMER) {
        out->event = (struct wr_event){ .type = WR_EV_TIMER_FAIL,
                                        .target = c->event.target,
                                        .actor = c->event.actor,
                                        .text = why->text };
        return true;
    }
    out->event = (struct wr_event){ .type = WR_EV_JOB_FAIL,
                                    .target = c->event.target,
                                    .actor = c->event.actor,
                                    .message = why->text,
                                    .retries = -1,
                                    .retry_in_ms = -1 };

    return true;
}

static int
run(struct wr_runtime *rt, const struct due *d, struct wr_arena *a, bool *ran,
    struct wr_err *err)
{
    struct wr_command c = {
        .event = { .type = d->type,
                   .target = d->id,
                   .due = d->type == WR_EV_TIMER ? d->at : 0,
                   .actor = d->type == WR_EV_TIMER ? "timer" : "async" },
        .tenant = d->tenant,
        .instance = d->instance,
        .if_rev = -1,
    };
    struct wr_outcome outcome;
    bool start = wr_uuid_is_zero(&d->instance);
    int r;

    if (d->lost)
        r = wr_runtime_lose(rt, &d->id, d->tenant, err);
    else if (d->owed)
        r = wr_runtime_settle(rt, &d->id, d->tenant, err);
    else if (start)
        r = wr_runtime_start_due(rt, &d->id, d->tenant, d->at, err);
    else
        r = wr_runtime_call(rt, &c, a, &outcome, err);
    if (r < 0 && !start && !d->owed && !d->lost)
        r = wr_runtime_report(rt, &c, a, &outcome, err);
    *ran = r == 0 && !d->owed;               /* a message may still wait */
    if (r == WR_EFULL && (d->owed || start)) /* it waits for room */
        return 0;
    /* Cancelled by what ran before it: that is how it should be. */
    if (r == WR_ENOTFOUND || r == WR_ESTATE || r == WR_EHELD)
        return 0;

    return r;
}

int
wr_runtime_run_due(struct wr_runtime *rt, int max, int *n_ran,
                   struct wr_err *err)
{
    int64_t now = wr_clock_now(rt->o.clock);
    int n = 0;

    for (;;) {
        wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(8192);
        struct due *due;
        size_t n_due;
        int before = n;

        if (collect(rt, now, a, &due, &n_due, err) < 0)
            return wr_wrap(err, "due work");
        for (size_t i = 0; i < n_due && n < max; i++) {
            bool ran;

            if (run(rt, &due[i], a, &ran, err) < 0)
                return wr_wrap(err, "due work");
            n += ran;
        }
        if (n == before || n >= max)
            break;
    }
    *n_ran = n;

    return 0;
}
