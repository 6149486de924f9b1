/* flow_events: the operations of .flow scripts about what comes from outside and
 * about time. */
#include <string.h>

#include "cli/flow_line.h"

int
wr_flow_start_met(struct wr_script *f, const struct wr_flow_line *l,
                  struct wr_err *err)
{
    return wr_stage_start_met(f->stage, wr_flow_after(l, "as"),
                              wr_flow_after(l, "key"),
                              wr_flow_values(f->arena, l), err);
}

int
wr_flow_signal(struct wr_script *f, const struct wr_flow_line *l,
               struct wr_err *err)
{
    if (l->n < 2)
        return wr_fail(err, WR_EINVALID, "signal wants a name");

    return wr_stage_signal(f->stage, l->words[1], wr_flow_values(f->arena, l),
                           err);
}

/* An instance that the message started is the one that later lines mean. */
static void
name_started(struct wr_script *f, const struct wr_flow_line *l,
             const struct wr_uuid *instance)
{
    const char *as = wr_flow_after(l, "as");
    bool known = false;

    for (const struct wr_stage_name *n = f->stage->names; n; n = n->next)
        known = known || wr_uuid_equal(&n->instance, instance);
    if (as || !known)
        wr_stage_name_instance(f->stage, as ? as : l->words[1], instance);
}

int
wr_flow_message(struct wr_script *f, const struct wr_flow_line *l,
                struct wr_err *err)
{
    struct wr_message m = { .key = wr_flow_after(l, "key"),
                            .business_key = wr_flow_after(l, "business"),
                            .variables = wr_flow_values(f->arena, l),
                            .tenant = f->stage->tenant };
    struct wr_uuid instance;
    struct wr_delivery d;

    if (l->n < 2)
        return wr_fail(err, WR_EINVALID, "message wants a name");
    m.name = l->words[1];
    if (wr_flow_after(l, "in")) {
        if (wr_flow_instance(f, l, &instance, err) < 0)
            return err->code;
        m.instance = &instance;
    }

    if (wr_runtime_correlate(f->stage->rt, &m, f->arena, &d, err) < 0)
        return err->code;
    name_started(f, l, &d.instance);

    return 0;
}

/* publish NAME [key KEY] [ttl DURATION] [id ID] [each]: kept until somebody waits
 * for it; `each`: one of each process gets it. */
int
wr_flow_publish(struct wr_script *f, const struct wr_flow_line *l,
                struct wr_err *err)
{
    const char *ttl = wr_flow_after(l, "ttl");
    struct wr_publication p = {
        .message = { .key = wr_flow_after(l, "key"),
                     .business_key = wr_flow_after(l, "business"),
                     .variables = wr_flow_values(f->arena, l),
                     .tenant = f->stage->tenant },
        .message_id = wr_flow_after(l, "id"),
        .reach = strcmp(l->words[l->n - 1], "each") == 0 ? WR_REACH_PROCESSES
                                                         : WR_REACH_ONE,
    };
    int64_t now = f->stage->clock.now, until;
    struct wr_published out;

    if (l->n < 2)
        return wr_fail(err, WR_EINVALID, "publish wants a name");
    p.message.name = l->words[1];
    if (!ttl)
        ttl = "PT1H";
    if (wr_instant_add_duration(now, ttl, strlen(ttl), &until, err) < 0)
        return err->code;
    p.ttl_ms = until - now;
    if (wr_runtime_publish(f->stage->rt, &p, f->arena, &out, err) < 0)
        return err->code;
    for (size_t i = 0; i < out.n; i++)
        name_started(f, l, &out.deliveries[i].instance);

    return 0;
}

/* at +P1D, at 2026-02-01T00:00:00Z: time goes on, what is due happens. */
int
wr_flow_at(struct wr_script *f, const struct wr_flow_line *l,
           struct wr_err *err)
{
    int64_t now = f->stage->clock.now, then = now;
    const char *when = l->n == 2 ? l->words[1] : "";
    int r;

    if (*when == '+')
        r = wr_instant_add_duration(now, when + 1, strlen(when + 1), &then,
                                    err);
    else
        r = wr_instant_parse(when, strlen(when), &then, err);
    if (r < 0)
        return r;
    if (then < now)
        return wr_fail(err, WR_EINVALID, "time does not go back");

    return wr_stage_advance(f->stage, then, /* async= */ true, err);
}

/* run: async continuations and whatever else is due now. */
int
wr_flow_run_now(struct wr_script *f, const struct wr_flow_line *l,
                struct wr_err *err)
{
    (void)l;

    return wr_stage_advance(f->stage, f->stage->clock.now, /* async= */ true,
                            err);
}
