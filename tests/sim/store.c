/*
 * store: the memory store, as if it were a server behind a network.
 *
 * Each call takes a while, in which others go on.  It may fail; a commit that
 * fails may have happened all the same.  Whoever calls may be killed before or
 * after it, or stand still for longer than any lease lasts.
 *
 * The program is linked with --wrap=wr_store_open, so that "sim:" is known to the
 * runtimes.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/store/backends.h"
#include "engine/store/columns.h"
#include "tests/crash/sabotage.h"
#include "tests/sim/sim.h"

enum {
    LATENCY_MS = 4,
    STALL_MS = 60000,
    LATE_MS = 150
};

struct sim_store {
    struct wr_store base; /* first */
    struct wr_store *inner;
};

static struct wr_store *
inner(struct wr_store *st)
{
    return wr_container_of(st, struct sim_store, base)->inner;
}

/* On the way there or back. */
static void
travel(void)
{
    if (sim_owner() == SIM_NOBODY) {
        sim_sleep(0);
        return;
    }
    if (sim_chance(sim.faults.kill)) {
        sim_log("killed");
        sim.kills++;
        sim_restart(sim_owner());
    }
    if (sim_chance(sim.faults.stall)) {
        int64_t ms = (int64_t)sim_draw(STALL_MS);

        sim_log("stands still for %lld ms", (long long)ms);
        sim_sleep(ms);
    }
    sim_sleep((int64_t)sim_draw(LATENCY_MS));
}

static int
arrive(struct wr_err *err)
{
    travel();
    if (sim_owner() == SIM_NOBODY)
        return 0;
    if (sim.store_away || sim_chance(sim.faults.store))
        return wr_fail(err, WR_ESTORE, "the store is away");

    return 0;
}

static int
migrate(struct wr_store *st, struct wr_err *err)
{
    if (arrive(err) < 0)
        return (int)err->code;

    return wr_store_migrate(inner(st), err);
}

/* ---- commits ---- */

static void
sabotage(struct wr_store *st, struct wr_item *items, size_t n,
         struct wr_arena *a)
{
    for (size_t i = 0; i < n; i++) {
        if (sim.sabotage == SIM_NO_REVISION)
            crash_take_stale(inner(st), &items[i], a);
        if (sim.sabotage == SIM_NO_LEASE)
            items[i].lease = (struct wr_uuid){ { 0 } };
    }
}

static void
log_items(const struct wr_item *items, size_t n)
{
    char id[WR_UUID_TEXT];

    for (size_t i = 0; i < n; i++) {
        const struct wr_effects *fx = items[i].effects;

        wr_uuid_text(&fx->instance.id, id);
        sim_log(
            "commit %s rev %lld state %s: %s", id, (long long)fx->instance.rev,
            wr_instance_state_name(fx->instance.state),
            items[i].result == WR_OK ? "ok" : wr_code_name(items[i].result));
        sim.conflicts += items[i].result == WR_ECONFLICT;
    }
}

/* ---- one that comes later than anybody thinks ---- */

struct late {
    struct wr_arena *arena;
    struct wr_store *store;
    struct wr_item *items;
    size_t n;
};

#define COPY_OPS(kind, ops, n_ops, noun)                                  \
    do {                                                                  \
        struct wr_##kind##_op *all = wr_newn(a, struct wr_##kind##_op,    \
                                             (size_t)from->n_ops + 1);    \
                                                                          \
        for (int i = 0; i < from->n_ops; i++) {                           \
            all[i] = from->ops[i];                                        \
            all[i].row = *(const struct wr_##kind##_row *)wr_record_copy( \
                wr_record_of(noun), a, &from->ops[i].row);                \
        }                                                                 \
        to->ops = all;                                                    \
    } while (0)

static void
copy_history(struct wr_arena *a, struct wr_history_row *to,
             const struct wr_history_row *from)
{
    *to = *(const struct wr_history_row *)wr_record_copy(
        wr_record_of(WR_HISTORIES), a, from);
}

static const struct wr_effects *
copy_effects(struct wr_arena *a, const struct wr_effects *from)
{
    struct wr_effects *to = wr_new(a, struct wr_effects);
    struct wr_history_row *more = wr_newn(a, struct wr_history_row,
                                          (size_t)from->n_more_histories + 1);

    *to = *from;
    to->instance = *(const struct wr_instance_row *)wr_record_copy(
        wr_record_of(WR_INSTANCES), a, &from->instance);
    copy_history(a, &to->history, &from->history);
    for (int i = 0; i < from->n_more_histories; i++)
        copy_history(a, &more[i], &from->more_histories[i]);
    to->more_histories = more;
    COPY_OPS(task, tasks, n_tasks, WR_TASKS);
    COPY_OPS(job, jobs, n_jobs, WR_JOBS);
    COPY_OPS(timer, timers, n_timers, WR_TIMERS);
    COPY_OPS(subscription, subscriptions, n_subscriptions, WR_SUBSCRIPTIONS);
    COPY_OPS(incident, incidents, n_incidents, WR_INCIDENTS);
    COPY_OPS(outbox, outboxes, n_outboxes, WR_OUTBOXES);
    COPY_OPS(spill, spills, n_spills, WR_SPILLS);

    return to;
}

static void
commit_late(void *data)
{
    struct late *l = data;
    struct wr_err err;

    sim_sleep((int64_t)sim_draw(LATE_MS));
    if (wr_store_commit(l->store, l->items, l->n, &err) < 0)
        sim_log("a late commit failed: %s", err.text);
    else
        log_items(l->items, l->n);
    sim.late++;
    wr_arena_free(l->arena);
}

static void
put_off(struct wr_store *st, const struct wr_item *items, size_t n)
{
    struct wr_arena *a = wr_arena_new(16384);
    struct late *l = wr_new(a, struct late);

    *l = (struct late){ a, inner(st), wr_newn(a, struct wr_item, n), n };
    for (size_t i = 0; i < n; i++) {
        l->items[i] = items[i];
        l->items[i].effects = copy_effects(a, items[i].effects);
        if (items[i].idempotency)
            l->items[i].idempotency = wr_record_copy(
                wr_record_of(WR_IDEMPOTENCIES), a, items[i].idempotency);
    }
    sim_spawn(SIM_NOBODY, commit_late, l);
}

static int
commit(struct wr_store *st, struct wr_item *items, size_t n, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);

    if (arrive(err) < 0)
        return (int)err->code;
    sabotage(st, items, n, a);
    if (sim_chance(sim.faults.store) && sim_draw(2)) {
        sim_log("a commit is on its way, and the connection is not");
        put_off(st, items, n);
        return wr_fail(err, WR_ESTORE, "the connection was lost");
    }
    if (wr_store_commit(inner(st), items, n, err) < 0)
        return (int)err->code;
    sim.commits++;
    log_items(items, n);
    travel();
    if (sim_chance(sim.faults.store)) {
        sim_log("the answer to a commit is lost");
        sim.lost++;
        return wr_fail(err, WR_ESTORE, "the answer was lost");
    }

    return 0;
}

static int
deploy(struct wr_store *st, const struct wr_deployment *d, struct wr_err *err)
{
    if (arrive(err) < 0)
        return (int)err->code;

    return wr_store_deploy(inner(st), d, err);
}

static int
change(struct wr_store *st, const struct wr_change *changes, size_t n,
       struct wr_err *err)
{
    if (arrive(err) < 0 || wr_store_change(inner(st), changes, n, err) < 0)
        return (int)err->code;
    travel();

    return 0;
}

/* ---- reading ---- */

static int
find(struct wr_store *st, const struct wr_query *q, struct wr_arena *a,
     struct wr_rows *out, struct wr_err *err)
{
    if (arrive(err) < 0 || wr_store_find(inner(st), q, a, out, err) < 0)
        return (int)err->code;
    travel();

    return 0;
}

static int
search(struct wr_store *st, const struct wr_search *s, struct wr_arena *a,
       struct wr_rows *out, int64_t *total, struct wr_err *err)
{
    if (arrive(err) < 0)
        return (int)err->code;

    return wr_store_search(inner(st), s, a, out, total, err);
}

static int
claim(struct wr_store *st, const struct wr_claim *c, struct wr_arena *a,
      struct wr_rows *out, struct wr_err *err)
{
    if (arrive(err) < 0 || wr_store_claim(inner(st), c, a, out, err) < 0)
        return (int)err->code;
    travel();

    return 0;
}

/* ---- handles ---- */

static int open_sim(const char *url, struct wr_store **out, struct wr_err *err);

static void
close_sim(struct wr_store *st)
{
    wr_store_close(inner(st));
    free(wr_container_of(st, struct sim_store, base));
}

static const struct wr_store_ops sim_ops = {
    .name = "sim",
    .open = open_sim,
    .close = close_sim,
    .migrate = migrate,
    .commit = commit,
    .deploy = deploy,
    .find = find,
    .search = search,
    .claim = claim,
    .change = change,
};

int __real_wr_store_open(const char *url, struct wr_store **out,
                         struct wr_err *err);
int __wrap_wr_store_open(const char *url, struct wr_store **out,
                         struct wr_err *err);

static int
open_sim(const char *url, struct wr_store **out, struct wr_err *err)
{
    struct sim_store *st;

    (void)url;
    if (arrive(err) < 0)
        return (int)err->code;
    st = calloc(1, sizeof(*st));
    if (!st)
        abort();
    st->base.ops = &sim_ops;
    if (__real_wr_store_open(SIM_STORE, &st->inner, err) < 0) {
        free(st);
        return (int)err->code;
    }
    *out = &st->base;

    return 0;
}

int
__wrap_wr_store_open(const char *url, struct wr_store **out, struct wr_err *err)
{
    if (strcmp(url, "sim:") == 0)
        return open_sim(url, out, err);

    return __real_wr_store_open(url, out, err);
}
