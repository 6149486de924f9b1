/*
 * holds: what stands still by its definition or type (SEMANTICS S28).
 *
 * The store has a row for each suspended element and job type and counts their
 * changes.  A slot keeps them in memory; each commit says which count it was
 * stepped with, so a step that did not know of a suspension is stepped again.
 * What stands at an element already hears of it one instance after the other,
 * by a row of the outbox that was written with the suspension: whoever settles
 * it, and how often, the instances end up the same.
 */
#include <string.h>

#include "engine/runtime/outbox.h"

enum {
    PAGE = 250 /* instances told at once */
};

/* ---- what the slot knows ---- */

static int
read_all(struct wr_runtime *rt, bool own, int kind,
         const struct wr_uuid *definition, int32_t tenant, struct wr_arena *a,
         struct wr_suspension_row **out, size_t *n, struct wr_err *err)
{
    struct wr_query q = { .noun = WR_SUSPENSIONS,
                          .tenant = tenant,
                          .definition = definition,
                          .state = kind };
    struct wr_suspension_row *all = NULL;
    struct wr_rows page;

    *n = 0;
    do {
        struct wr_suspension_row *grown;

        if ((own ? wr_slot_find(rt, &q, a, &page, err)
                 : wr_runtime_find(rt, &q, a, &page, err))
            < 0)
            return err->code;
        grown = wr_newn(a, struct wr_suspension_row, *n + page.n + 1);
        for (size_t i = 0; i < *n; i++)
            grown[i] = all[i];
        for (size_t i = 0; i < page.n; i++)
            grown[(*n)++] = page.suspensions[i];
        all = grown;
        q.cursor = page.next;
    } while (page.next);
    *out = all;

    return 0;
}

static void
load(struct wr_runtime *rt)
{
    struct wr_arena *a = wr_arena_new(1024);
    struct wr_suspension_row *rows;
    struct wr_err err;
    size_t n;

    if (read_all(rt, true, -1, NULL, rt->o.tenant, a, &rows, &n, &err) < 0) {
        wr_arena_free(a); /* the commit says so, too */
        return;
    }
    wr_holds_clear(rt);
    rt->holds_arena = a;
    rt->holds = rows;
    rt->n_holds = n;
    rt->epoch = 0;
    for (size_t i = 0; i < n; i++) {
        if (rows[i].kind == WR_SUSPENDED_EPOCH)
            rt->epoch = rows[i].at;
    }
    rt->holds_known = true;
}

void
wr_holds_clear(struct wr_runtime *rt)
{
    if (rt->holds_arena)
        wr_arena_free(rt->holds_arena);
    rt->holds_arena = NULL;
    rt->holds = NULL;
    rt->n_holds = 0;
}

void
wr_holds_begin(struct wr_runtime *rt)
{
    rt->holds_asked = !rt->holds_known;
    if (!rt->holds_known)
        load(rt);
}

bool
wr_holds_renewed(struct wr_runtime *rt)
{
    int64_t epoch = rt->epoch;

    if (rt->holds_asked)
        return false;
    rt->holds_asked = true;
    load(rt);

    return rt->epoch != epoch;
}

static struct wr_hold
hold_of(const struct wr_suspension_row *s, int node)
{
    return (struct wr_hold){ .node = node,
                             .element = s->name,
                             .actor = s->actor,
                             .reason = s->reason,
                             .at = s->at };
}

/* Elements of the definition; job types have no node. */
static void
pick(const struct wr_suspension_row *rows, size_t n,
     const struct wr_definition *d, bool types, struct wr_arena *a,
     struct wr_holds *out)
{
    struct wr_hold *items = wr_newn(a, struct wr_hold, n + 1);

    *out = (struct wr_holds){ .items = items };
    for (size_t i = 0; i < n; i++) {
        bool element = rows[i].kind == WR_SUSPENDED_ELEMENT
                       && wr_uuid_equal(&rows[i].definition, &d->row.id);
        int node = element ? wr_model_node(d->model, rows[i].name) : -1;

        if (node >= 0 || (types && rows[i].kind == WR_SUSPENDED_JOB_TYPE))
            items[out->n++] = hold_of(&rows[i], node);
    }
}

void
wr_holds_of(struct wr_runtime *rt, const struct wr_definition *d,
            struct wr_arena *a, struct wr_holds *out)
{
    *out = (struct wr_holds){ 0 };
    if (rt->n_holds > 1) /* the first only counts */
        pick(rt->holds, rt->n_holds, d, false, a, out);
}

int
wr_runtime_holds(struct wr_runtime *rt, const struct wr_definition *d,
                 int32_t tenant, struct wr_arena *a, struct wr_holds *out,
                 struct wr_err *err)
{
    struct wr_suspension_row *rows;
    size_t n;

    if (read_all(rt, false, -1, NULL, tenant, a, &rows, &n, err) < 0)
        return err->code;
    pick(rows, n, d, true, a, out);

    return 0;
}

/* ---- changing it ---- */

static struct wr_outbox_row
news(struct wr_runtime *rt, enum wr_outbox_kind kind,
     const struct wr_uuid *definition, int32_t tenant,
     const struct wr_standstill *s)
{
    int64_t now = wr_clock_now(rt->o.clock);

    return (struct wr_outbox_row){
        .id = wr_uuid_new(now, rt->o.slot),
        .due_at = now + WR_GRACE_MS,
        .created_at = now,
        .expires_at = now,
        .tenant = tenant,
        .kind = kind,
        .definition = *definition,
        .name = s->element ? s->element : "",
        .key = s->catch_up ? "catch-up" : s->reason,
        .business_key = s->actor,
    };
}

/* What cannot be told now is told when the row is due. */
static void
tell_now(struct wr_runtime *rt, const struct wr_outbox_row *row)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    struct wr_err err;

    if (wr_holds_tell(rt, row, a, &err) < 0)
        return;
}

int
wr_runtime_hold(struct wr_runtime *rt, const struct wr_definition_row *d,
                int32_t tenant, bool on, const struct wr_standstill *s,
                struct wr_err *err)
{
    int64_t now = wr_clock_now(rt->o.clock);
    struct wr_suspension_row row = {
        .id = wr_uuid_new(now, rt->o.slot),
        .tenant = tenant,
        .kind = d ? WR_SUSPENDED_ELEMENT : WR_SUSPENDED_JOB_TYPE,
        .name = d ? s->element : s->type,
        .actor = s->actor,
        .reason = s->reason,
        .at = now,
    };
    struct wr_outbox_row told = { 0 };
    struct wr_change c[2] = {
        { .op = on ? WR_OP_PUT : WR_OP_DEL,
          .noun = WR_SUSPENSIONS,
          .suspension = &row },
        { .op = WR_OP_PUT, .noun = WR_OUTBOXES, .outbox = &told },
    };

    if (d) {
        row.definition = d->id;
        told = news(rt, WR_OUT_HOLDS, &d->id, tenant, s);
    }
    if (wr_runtime_change(rt, c, d ? 2 : 1, err) < 0)
        return err->code == WR_ENOTFOUND ? wr_fail(
                   err, WR_ESTATE, "'%.100s' is not suspended", row.name)
                                         : (int)err->code;
    if (d)
        tell_now(rt, &told);

    return 0;
}

int
wr_runtime_stand_still(struct wr_runtime *rt, const struct wr_definition_row *d,
                       bool on, const struct wr_standstill *s,
                       struct wr_err *err)
{
    struct wr_definition_row to = *d;
    struct wr_outbox_row told = news(rt, on ? WR_OUT_SUSPEND : WR_OUT_RESUME,
                                     &d->id, d->tenant, s);
    struct wr_change c[2] = {
        { .op = WR_OP_PUT, .noun = WR_DEFINITIONS, .definition = &to },
        { .op = WR_OP_PUT, .noun = WR_OUTBOXES, .outbox = &told },
    };

    to.state = on ? WR_DEF_SUSPENDED : WR_DEF_ACTIVE;
    if (wr_runtime_change(rt, c, 2, err) < 0)
        return err->code;
    wr_definitions_forget(rt, d);
    tell_now(rt, &told);

    return 0;
}

/* ---- telling the instances ---- */

static struct wr_command
command_of(const struct wr_outbox_row *row)
{
    bool catch_up = row->key && strcmp(row->key, "catch-up") == 0;
    struct wr_command c = {
        .event = { .type = row->kind == WR_OUT_HOLDS     ? WR_EV_HOLDS
                           : row->kind == WR_OUT_SUSPEND ? WR_EV_SUSPEND
                                                         : WR_EV_RESUME,
                   .text = row->kind == WR_OUT_HOLDS ? row->name : row->key,
                   .actor = row->business_key,
                   .catch_up = catch_up,
                   .by_definition = row->kind != WR_OUT_HOLDS },
        .tenant = row->tenant,
        .if_rev = -1,
    };

    return c;
}

static int
tell_page(struct wr_runtime *rt, const struct wr_outbox_row *row,
          const struct wr_rows *page, struct wr_arena *a, struct wr_err *err)
{
    struct wr_call *calls = wr_newn(a, struct wr_call, page->n);

    for (size_t i = 0; i < page->n; i++) {
        calls[i].command = command_of(row);
        calls[i].command.instance = page->instances[i].id;
    }
    wr_runtime_call_many(rt, calls, page->n, a);
    for (size_t i = 0; i < page->n; i++) {
        int r = calls[i].err.code;

        /* It ended, nothing of it stands there, or it stands still already. */
        if (r == WR_OK || r == WR_ENOTFOUND || r == WR_ESTATE)
            continue;
        *err = calls[i].err;
        return r;
    }

    return 0;
}

/* It was resumed, or suspended again, since the row was written. */
static int
is_outdated(struct wr_runtime *rt, const struct wr_outbox_row *row,
            struct wr_arena *a, bool *yes, struct wr_err *err)
{
    struct wr_query q = { .noun = WR_DEFINITIONS,
                          .tenant = row->tenant,
                          .id = &row->definition,
                          .state = -1 };
    struct wr_rows rows;

    *yes = false;
    if (row->kind == WR_OUT_HOLDS)
        return 0;
    if (wr_runtime_find(rt, &q, a, &rows, err) < 0)
        return err->code;
    *yes = rows.n == 0
           || (rows.definitions[0].state == WR_DEF_SUSPENDED)
                  != (row->kind == WR_OUT_SUSPEND);

    return 0;
}

static int
forget(struct wr_runtime *rt, const struct wr_outbox_row *row,
       struct wr_err *err)
{
    struct wr_change c = {
        .op = WR_OP_DEL, .noun = WR_OUTBOXES, .was = row->due_at, .outbox = row
    };
    int r = wr_runtime_change(rt, &c, 1, err);

    return r == WR_ECONFLICT ? 0 : r; /* somebody else told them */
}

int
wr_holds_tell(struct wr_runtime *rt, const struct wr_outbox_row *row,
              struct wr_arena *a, struct wr_err *err)
{
    struct wr_query q = { .noun = WR_INSTANCES,
                          .tenant = row->tenant,
                          .definition = &row->definition,
                          .state = row->kind == WR_OUT_RESUME ? WR_SUSPENDED
                                                              : WR_ACTIVE,
                          .limit = PAGE };
    struct wr_rows page;
    bool outdated;

    if (is_outdated(rt, row, a, &outdated, err) < 0)
        return err->code;
    while (!outdated) {
        if (wr_runtime_find(rt, &q, a, &page, err) < 0
            || tell_page(rt, row, &page, a, err) < 0)
            return err->code;
        if (!page.next)
            break;
        q.cursor = page.next;
    }

    return forget(rt, row, err);
}
