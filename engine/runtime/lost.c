/*
 * lost: jobs whose workers were never heard of again (SEMANTICS S26, S27).
 *
 * A claim counts a try, so a job whose workers die has no more of them than one
 * whose workers report.  As long as some are left it is simply offered again
 * when its lease is over; after the last one nobody claims it, and this reports
 * the failure in place of its worker.
 */
#include "engine/runtime/slot.h"

static int
find_job(struct wr_runtime *rt, const struct wr_uuid *id, int32_t tenant,
         bool own, struct wr_arena *a, const struct wr_job_row **out,
         struct wr_err *err)
{
    struct wr_query q = {
        .noun = WR_JOBS, .tenant = tenant, .id = id, .state = -1, .limit = 1
    };
    struct wr_rows rows;

    if ((own ? wr_slot_find(rt, &q, a, &rows, err)
             : wr_runtime_find(rt, &q, a, &rows, err))
        < 0)
        return err->code;
    *out = rows.n ? rows.jobs : NULL;

    return 0;
}

int
wr_job_fill(struct wr_runtime *rt, struct wr_event *ev, int32_t tenant,
            struct wr_arena *a, struct wr_err *err)
{
    const struct wr_job_row *row;

    if (ev->type != WR_EV_JOB_FAIL && ev->type != WR_EV_JOB_CHANGE)
        return 0;
    if (find_job(rt, &ev->target, tenant, /* own= */ true, a, &row, err) < 0)
        return err->code;
    ev->claims = row ? row->claims : 0;
    ev->jobs = row;
    ev->n_jobs = row && row->lease_owner;

    return 0;
}

int
wr_runtime_lose(struct wr_runtime *rt, const struct wr_uuid *id, int32_t tenant,
                struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    const struct wr_job_row *row;
    struct wr_outcome outcome;
    struct wr_command c = { .event = { .type = WR_EV_JOB_FAIL,
                                       .target = *id,
                                       .actor = "scheduler",
                                       .retries = -1,
                                       .retry_in_ms = -1 },
                            .tenant = tenant,
                            .if_rev = -1 };

    if (find_job(rt, id, tenant, /* own= */ false, a, &row, err) < 0)
        return err->code;
    if (!row || !row->guard_at || row->guard_at > wr_clock_now(rt->o.clock))
        return wr_fail(err, WR_ENOTFOUND, "the job is not lost");
    c.instance = row->instance;
    c.lease = row->lease;
    c.event.message = wr_arena_printf(
        a, "worker '%.200s' was not heard of before its lease ended",
        row->lease_owner ? row->lease_owner : "");

    return wr_runtime_call(rt, &c, a, &outcome, err);
}
