/*
 * start_met: instances of the processes whose conditional start event holds
 * (SEMANTICS S16).
 *
 * Nothing watches the world for a process without instance: somebody says what
 * is so now, and all start conditions are asked with these variables.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/runtime/slot.h"

enum {
    PAGE = 500
};

struct met { /* starts to be made */
    struct wr_call *calls;
    size_t n, cap;
};

static void
add(struct wr_arena *a, struct met *l, const struct wr_situation *s,
    const struct wr_definition *d, int node)
{
    struct wr_call *grown;
    char id[WR_UUID_TEXT];

    if (l->n == l->cap) {
        l->cap = l->cap ? 2 * l->cap : 8;
        grown = wr_newn(a, struct wr_call, l->cap);
        for (size_t i = 0; i < l->n; i++)
            grown[i] = l->calls[i];
        l->calls = grown;
    }
    wr_uuid_text(&d->row.id, id);
    l->calls[l->n++].command = (struct wr_command){
        .event = { .type = WR_EV_START,
                   .actor = s->actor,
                   .variables = s->variables,
                   .business_key = s->business_key,
                   .start_at = wr_arena_strdup(a, d->model->nodes[node].id),
                   .triggered = true,
                   .happened = WR_TRIGGER_CONDITIONAL },
        .tenant = s->tenant,
        .definition = wr_arena_strdup(a, id),
        .if_rev = -1,
    };
}

/* Before anything is started: all of them or none. */
static int
takes(struct wr_runtime *rt, const struct wr_situation *s,
      const struct wr_definition *d, struct wr_arena *a, struct wr_err *err)
{
    const struct wr_value *ignored;

    return wr_definition_takes(rt, &d->row.id, s->tenant, a, s->variables,
                               &ignored, err);
}

static int
ask(struct wr_runtime *rt, const struct wr_situation *s,
    const struct wr_subscription_row *row, struct wr_arena *a, struct met *l,
    struct wr_err *err)
{
    const struct wr_definition *d;
    bool yes = false;
    int node, r = 0;

    if (wr_definition_by_id(rt, &row->definition, s->tenant, &d, err) < 0)
        return err->code;
    node = wr_model_node_of(d->model, row->element);
    if (node >= 0 && d->row.state == WR_DEF_ACTIVE)
        r = wr_start_met(a, d->model, node, wr_clock_now(rt->o.clock),
                         s->variables, &yes, err);
    if (r < 0)
        r = wr_wrap(err, "process '%s'", d->row.key);
    else if (yes && takes(rt, s, d, a, err) < 0)
        r = wr_wrap(err, "process '%s'", d->row.key);
    else if (yes)
        add(a, l, s, d, node);
    wr_definition_unref(d);

    return r;
}

static int
ask_all(struct wr_runtime *rt, const struct wr_situation *s, struct wr_arena *a,
        struct met *l, struct wr_err *err)
{
    struct wr_query q = { .noun = WR_SUBSCRIPTIONS,
                          .tenant = s->tenant,
                          .name = "",
                          .key_exact = true,
                          .subscription = 1 + WR_SUB_CONDITION,
                          .state = -1,
                          .limit = PAGE };
    struct wr_rows rows;

    do {
        if (wr_runtime_find(rt, &q, a, &rows, err) < 0)
            return err->code;
        for (size_t i = 0; i < rows.n; i++) {
            if (ask(rt, s, &rows.subscriptions[i], a, l, err) < 0)
                return err->code;
        }
        q.cursor = rows.next;
    } while (rows.next);

    return 0;
}

/* Their rows are in no order. */
static int
by_element(const void *pa, const void *pb)
{
    const struct wr_command *a = &((const struct wr_call *)pa)->command;
    const struct wr_command *b = &((const struct wr_call *)pb)->command;
    int order = strcmp(a->event.start_at, b->event.start_at);

    return order ? order : strcmp(a->definition, b->definition);
}

int
wr_runtime_start_met(struct wr_runtime *rt, const struct wr_situation *s,
                     struct wr_arena *a, struct wr_uuid **started, size_t *n,
                     struct wr_err *err)
{
    struct met l = { .n = 0 };

    *n = 0;
    if (ask_all(rt, s, a, &l, err) < 0)
        return err->code;
    *started = wr_newn(a, struct wr_uuid, l.n + 1);
    if (l.n > 1)
        qsort(l.calls, l.n, sizeof(*l.calls), by_element);
    if (l.n)
        wr_runtime_call_many(rt, l.calls, l.n, a);
    for (size_t i = 0; i < l.n; i++) {
        if (l.calls[i].err.code != WR_OK) {
            *err = l.calls[i].err;
            return err->code;
        }
        (*started)[(*n)++] = l.calls[i].outcome.instance.id;
    }

    return 0;
}
