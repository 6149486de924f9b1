/*
 * node: slots of two hosts, and how they are asked.
 *
 * A slot takes what waits in its inbox and runs it on an inline runtime, as many
 * commands at once as there are.  A killed one forgets its inbox and comes back
 * after a while, with nothing but the store.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"

enum {
    BEAT_MS = 2000,
    MOST = 16, /* requests at once */
    RESTART_MS = 5000,
    ANSWER_MS = 12000 /* a client waits so long */
};

static struct node {
    struct sim_request *inbox;
    bool up;
    int index, fibre;
    struct wr_clock clock;
    struct wr_lease *lease;
    struct wr_runtime *runtime;
} nodes[SIM_NODES];

/* ---- its work ---- */

static void
finish(struct sim_request *r)
{
    if (sim_chance(sim.faults.bus)) {
        sim_log("an answer is lost");
        r->lost = true;
    }
    r->done = true;
    sim_wake(r->asker);
}

static void
run_calls(struct node *n, struct sim_request **rs, size_t count)
{
    struct wr_arena *a = wr_arena_new(16384);
    struct wr_call *calls = wr_newn(a, struct wr_call, count);

    for (size_t i = 0; i < count; i++)
        calls[i].command = rs[i]->command;
    wr_runtime_call_many(n->runtime, calls, count, a);
    for (size_t i = 0; i < count; i++) {
        rs[i]->outcome = calls[i].outcome;
        rs[i]->err = calls[i].err;
        if (rs[i]->err.code != WR_OK && rs[i]->report)
            rs[i]->err.code = (enum wr_code)wr_runtime_report(
                n->runtime, &rs[i]->command, a, &rs[i]->outcome, &rs[i]->err);
        finish(rs[i]);
    }
}

static void
run_other(struct node *n, struct sim_request *r)
{
    struct wr_runtime *rt = n->runtime;
    int rc = 0, reached;

    switch (r->kind) {
    case SIM_SETTLE:
        rc = wr_runtime_settle(rt, &r->target, 0, &r->err);
        break;
    case SIM_START_DUE:
        rc = wr_runtime_start_due(rt, &r->target, 0, r->command.event.due,
                                  &r->err);
        break;
    case SIM_LOSE:
        rc = wr_runtime_lose(rt, &r->target, 0, &r->err);
        break;
    case SIM_CLAIM:
        rc = wr_runtime_claim(rt, &r->claim, r->arena, &r->rows, &r->err);
        break;
    case SIM_CORRELATE:
        rc = wr_runtime_correlate(rt, &r->message, r->arena, &r->delivery,
                                  &r->err);
        break;
    case SIM_SIGNAL:
        rc = wr_runtime_signal(rt, &r->signal, r->arena, &reached, &r->err);
        break;
    case SIM_FIND:
        rc = wr_runtime_find(rt, &r->query, r->arena, &r->rows, &r->err);
        break;
    case SIM_CALL:
        break;
    }
    r->err.code = (enum wr_code)rc;
    finish(r);
}

static void
serve(struct node *n)
{
    struct sim_request *calls[MOST];
    size_t count = 0;

    while (n->inbox && n->inbox->kind == SIM_CALL && count < MOST) {
        calls[count++] = n->inbox;
        n->inbox = n->inbox->next;
    }
    if (count) {
        run_calls(n, calls, count);
    } else if (n->inbox) {
        struct sim_request *r = n->inbox;

        n->inbox = r->next;
        run_other(n, r);
    }
}

/* ---- its life ---- */

static void
open_runtime(struct node *n)
{
    struct wr_runtime_options o = {
        .store_url = "sim:",
        .clock = &n->clock,
        .slot = n->index % SIM_SLOTS,
        .n_slots = SIM_SLOTS,
        .step_budget = sim_draw(4) ? 0 : 3,
        .spill_from = sim_draw(3) ? 0 : 2,
        .shuffle = sim_draw(2) ? 0 : 1 + sim_draw(1000),
        .auto_async = sim_draw(4) == 0,
        .lock_wait_ms = 500,
        .lease = n->lease,
    };
    struct wr_err err;

    while (wr_runtime_open(&o, &n->runtime, &err) < 0)
        sim_sleep(100);
}

static void
live(void *data)
{
    struct node *n = data;
    struct wr_lease_options l = { .lock = sim.locks,
                                  .clock = &n->clock,
                                  .prefix = "sim",
                                  .slot = n->index % SIM_SLOTS,
                                  .n_slots = SIM_SLOTS,
                                  .ttl_ms = 10000,
                                  .lock_ttl_ms = 5000 };
    int64_t beat = 0;

    sim_log("starts");
    n->clock = (struct wr_clock){ .offset = (int64_t)sim_draw(400) - 200 };
    n->lease = wr_lease_new(&l);
    open_runtime(n);
    n->inbox = NULL;
    n->fibre = sim_self();
    n->up = true;
    for (;;) {
        struct wr_err err;

        if (sim_now() >= beat) {
            beat = sim_now() + BEAT_MS;
            if (wr_lease_beat(n->lease, &err) < 0)
                sim_log("no lease: %s", err.text);
        }
        if (n->inbox)
            serve(n);
        else
            sim_sleep(beat - sim_now());
    }
}

struct restart {
    int process;
};

static void
come_back(void *data)
{
    struct restart *r = data;

    sim_sleep((int64_t)sim_draw(RESTART_MS));
    if (r->process >= SIM_NODES)
        sim_scheduler_start(r->process - SIM_NODES);
    else
        sim_spawn(r->process, live, &nodes[r->process]);
}

void
sim_restart(int process)
{
    struct restart *r = calloc(1, sizeof(*r));

    if (!r)
        abort();
    r->process = process;
    if (process >= SIM_NODES) {
        sim_scheduler_gone(process - SIM_NODES);
    } else {
        nodes[process].up = false;
        for (struct sim_request *q = nodes[process].inbox; q; q = q->next) {
            q->done = q->lost = true;
            sim_wake(q->asker);
        }
        nodes[process].inbox = NULL;
    }
    sim_spawn(SIM_NOBODY, come_back, r);
    sim_kill(process);
}

void
sim_cluster_start(void)
{
    for (int i = 0; i < SIM_NODES; i++) {
        nodes[i].index = i;
        sim_spawn(i, live, &nodes[i]);
    }
    for (int k = 0; k < SIM_SCHEDULERS; k++)
        sim_scheduler_start(k);
}

/* ---- asking ---- */

struct sim_request *
sim_request_new(enum sim_kind kind)
{
    struct wr_arena *a = wr_arena_new(8192);
    struct sim_request *r = wr_new(a, struct sim_request);

    r->kind = kind;
    r->arena = a;
    r->command.if_rev = -1;

    return r;
}

static int
unknown(struct sim_request *r)
{
    r->err = (struct wr_err){ .code = WR_EBUSY };

    return WR_EBUSY;
}

/* The host that has the bucket, as a rule; or the one that is up. */
static struct node *
route(int bucket)
{
    int slot = bucket % SIM_SLOTS, host = 0;

    while (host < SIM_HOSTS - 1
           && !(nodes[host * SIM_SLOTS + slot].up
                && wr_lease_has(nodes[host * SIM_SLOTS + slot].lease, bucket)))
        host++;
    if (sim_chance(sim.faults.wrong))
        host = (int)sim_draw(SIM_HOSTS);
    if (!nodes[host * SIM_SLOTS + slot].up)
        host = 1 - host;

    return &nodes[host * SIM_SLOTS + slot];
}

int
sim_ask(int bucket, struct sim_request *r)
{
    struct node *n = route(bucket);
    int64_t until = sim_now() + ANSWER_MS;
    struct sim_request **end;

    sim_sleep((int64_t)sim_draw(3));
    if (!n->up || sim_chance(sim.faults.bus))
        return unknown(r);
    end = &n->inbox;
    while (*end)
        end = &(*end)->next;
    *end = r;
    r->asker = sim_self();
    sim_wake(n->fibre);
    while (!r->done && sim_now() < until)
        sim_sleep(until - sim_now());
    if (!r->done || r->lost)
        return unknown(r);

    return (int)r->err.code;
}
