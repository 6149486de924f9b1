/* start.c: an instance begins, at its none start events or at one event. */

#include <string.h>

#include "engine/exec/exec.h"

/* A receive task or an event behind a gateway whose event has come already. */
static bool
is_wait(const struct wr_exec *x, int node)
{
    return x->i->root->triggered && node >= 0
           && x->m->nodes[node].kind != WR_START_EVENT;
}

/* A parallel multiple start event of which the first part has come. */
static bool
waits_for_rest(const struct wr_exec *x, int node)
{
    return x->i->root->triggered && node >= 0
           && x->m->nodes[node].kind == WR_START_EVENT
           && x->m->nodes[node].event.trigger == WR_TRIGGER_PARALLEL_MULTIPLE;
}

/* A start event with output mappings takes what came; only those names go on. */
static bool
gets_payload(const struct wr_exec *x, int node)
{
    return is_wait(x, node)
           || (x->i->root->triggered && node >= 0
               && x->m->nodes[node].n_outputs > 0);
}

/* Who started it, unless the start says so itself. */
static void
put_initiator(struct wr_exec *x, int node)
{
    struct wr_entry e = { .key = x->m->nodes[node].initiator,
                          .value = &wr_null };

    if (!e.key || wr_var_find(x->i->root, e.key, strlen(e.key), NULL))
        return;
    if (x->ev->actor)
        e.value = wr_value_string(x->arena, x->ev->actor);
    wr_variables_local(x, x->i->root, wr_value_context(x->arena, &e, 1));
}

static void
tell_initiator(struct wr_exec *x, int node)
{
    const struct wr_scope *scope = &x->m->scopes[0];

    for (int k = 0; k < scope->n_starts && node < 0; k++)
        put_initiator(x, scope->starts[k]);
    if (node >= 0)
        put_initiator(x, node);
}

/* Which part of event `node` happened, plus one; past the last one when it is
 * none that can be told: conditions are simply asked again. */
static int
part_that_came(struct wr_exec *x, int node)
{
    int n, k;
    const struct wr_event_def *e = wr_node_events(&x->m->nodes[node], &n);

    for (k = 0; k < n; k++) {
        const char *name;
        struct wr_err err;

        if (e[k].trigger != x->ev->happened
            || e[k].trigger == WR_TRIGGER_CONDITIONAL)
            continue;
        if (e[k].trigger == WR_TRIGGER_TIMER || !x->ev->happened_name)
            break;
        if (wr_exec_text(x, x->i->root, &e[k].name, &name, &err) == 0 && name
            && !strcmp(name, x->ev->happened_name))
            break;
    }

    return k + 1;
}

/* The first part of a parallel multiple start event: its token waits for the
 * others.  What it brought is there for their keys, even where output mappings
 * will take it. */
static void
wait_for_rest(struct wr_exec *x, int node, int came,
              const struct wr_value *brought)
{
    struct wr_activity *a = wr_activity_new(x->i, x->i->root, node, -1);

    a->since = x->ev->now;
    a->came = came;
    if (brought) {
        a->result = brought;
        for (size_t k = 0; k < a->result->context.n; k++)
            wr_variables_put(x, a, a->result->context.entries[k].key,
                             a->result->context.entries[k].value);
    }
    wr_run_start(x, a);
}

/* The other events of a parallel event-based gateway are waited for by tokens
 * of their own (S9). */
static void
start_others(struct wr_exec *x, int node)
{
    const struct wr_node *n = &x->m->nodes[node];

    for (int k = 0; k < n->n_in; k++) {
        int source = x->m->flows[n->in[k]].source;
        const struct wr_node *gateway = &x->m->nodes[source];

        for (int o = 0; gateway->all_events && o < gateway->n_out; o++) {
            int flow = gateway->out[o];

            if (x->m->flows[flow].target != node)
                wr_work_add(x->i, x->i->root, x->m->flows[flow].target, flow);
        }
    }
}

static void
begin_behind(struct wr_exec *x, int node, const struct wr_value *brought)
{
    wr_run_happened(x, x->i->root, node, -1, brought);
    if (!x->i->root->interrupted)
        start_others(x, node);
}

static const struct wr_value *
tags(struct wr_exec *x)
{
    size_t n = (size_t)x->ev->n_tags;
    const struct wr_value **items = wr_newn(x->arena, const struct wr_value *,
                                            n);

    for (size_t k = 0; k < n; k++)
        items[k] = wr_value_string(x->arena, x->ev->tags[k]);

    return wr_value_list(x->arena, items, n);
}

/* Its key and tags, and the ended instance that it repeats. */
static const struct wr_value *
describe(struct wr_exec *x)
{
    struct wr_entry e[3];
    char origin[WR_UUID_TEXT];
    size_t n = 0;

    if (x->ev->business_key)
        e[n++] = (struct wr_entry){
            "businessKey", wr_value_string(x->arena, x->ev->business_key)
        };
    wr_uuid_text(&x->ev->origin, origin);
    if (!wr_uuid_is_zero(&x->ev->origin))
        e[n++] = (struct wr_entry){ "restartOf",
                                    wr_value_string(x->arena, origin) };
    if (x->ev->n_tags)
        e[n++] = (struct wr_entry){ "tags", tags(x) };

    return n ? wr_value_context(x->arena, e, n) : NULL;
}

/* Tokens are put by a plan alone, unless an event is named as well. */
static void
begin_at_starts(struct wr_exec *x)
{
    const struct wr_scope *scope = &x->m->scopes[0];

    for (int k = 0; k < scope->n_starts && !x->ev->plan; k++) {
        if (!x->i->root->interrupted)
            wr_work_add(x->i, x->i->root, scope->starts[k], -1);
    }
}

/* Tokens are born: at the process's own starts, or at `node`. */
static void
bear(struct wr_exec *x, int node)
{
    struct wr_activity *root = x->i->root;
    const struct wr_value *brought = root->result;
    bool wait = is_wait(x, node), rest = waits_for_rest(x, node);
    int came = root->came;

    root->start = -1;
    root->triggered = false;
    root->came = 0;
    root->result = NULL;
    wr_event_sub_open(x, root);
    if (node < 0)
        begin_at_starts(x);
    wr_touch(x, root);
    if (node < 0 || root->interrupted)
        return;
    if (wait)
        begin_behind(x, node, brought);
    else if (rest)
        wait_for_rest(x, node, came, brought);
    else if (brought)
        wr_run_spawn(x, root, node, -1, brought);
    else
        wr_work_add(x->i, root, node, -1);
}

void
wr_start_begin(struct wr_exec *x)
{
    if (wr_listen_root(x, WR_MOMENT_START) == WR_LEAVE)
        bear(x, x->i->root->start);
}

/* The message that starts it sets the key of its conversation. */
static void
talk(struct wr_exec *x, int node)
{
    int n;
    const struct wr_event_def *e = wr_node_events(&x->m->nodes[node], &n);

    for (int k = 0; k < n; k++) {
        if (wr_event_is_message(&e[k], x->ev->happened_name))
            wr_talk_received(x, x->i->root, &e[k], x->ev->variables);
    }
}

void
wr_start(struct wr_exec *x, int node)
{
    struct wr_instance *i = x->i;
    const char *key = x->ev->business_key;

    i->parent = x->ev->parent;
    i->root_id = x->ev->root;
    i->depth = x->ev->depth;
    i->started_at = x->ev->now;
    i->root->since = x->ev->now;
    i->root->start = node; /* listeners may have to be told before */
    i->root->triggered = x->ev->triggered;
    i->business_key = key ? wr_arena_strdup(i->arena, key) : NULL;
    i->tags = wr_arena_strdups(i->arena, x->ev->tags, x->ev->n_tags);
    i->n_tags = x->ev->n_tags;
    key = x->ev->singleton;
    i->singleton = key ? wr_arena_strdup(i->arena, key) : NULL;
    x->s->created = i->id;
    wr_emit(x, WR_H_INSTANCE_STARTED, 0, 0,
            wr_uuid_is_zero(&i->parent) ? NULL : &i->parent, describe(x));
    if (!gets_payload(x, node))
        wr_variables_local(x, i->root, x->ev->variables);
    else if (x->ev->variables)
        i->root->result = wr_value_copy(i->arena, x->ev->variables);
    wr_data_declare(x, i->root);
    tell_initiator(x, node);
    if (x->ev->triggered && x->ev->happened == WR_TRIGGER_MESSAGE)
        talk(x, node);
    if (waits_for_rest(x, node))
        i->root->came = part_that_came(x, node);
    if (x->ev->misfit)
        wr_unfit_stop(x, x->ev->misfit);
    else
        wr_start_begin(x);
}
