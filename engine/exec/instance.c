/* instance.c: a fresh instance, and what others may see of one. */

#include <string.h>

#include "engine/base/time.h"
#include "engine/exec/state.h"

static const char *const state_names[] = {
    [WR_ACTIVE] = "active",       [WR_SUSPENDED] = "suspended",
    [WR_COMPLETED] = "completed", [WR_FAILED] = "failed",
    [WR_CANCELED] = "canceled",
};

const char *
wr_instance_state_name(enum wr_instance_state s)
{
    return state_names[s];
}

int
wr_instance_state_parse(const char *name)
{
    for (size_t k = 0; k < WR_COUNT(state_names); k++) {
        if (strcmp(state_names[k], name) == 0)
            return (int)k;
    }

    return -1;
}

const char *
wr_token_state_name(enum wr_token_state s)
{
    switch (s) {
    case WR_TOKEN_ACTIVE:
        return "active";
    case WR_TOKEN_WAITING:
        return "waiting";
    case WR_TOKEN_QUEUED:
        return "queued";
    case WR_TOKEN_INCIDENT:
        return "incident";
    case WR_TOKEN_SUSPENDED:
        return "suspended";
    case WR_TOKEN_COMPENSATING:
        return "compensating";
    }

    return "unknown";
}

struct wr_instance *
wr_instance_new(struct wr_arena *a, struct wr_uuid id,
                struct wr_uuid definition, int32_t tenant)
{
    struct wr_instance *i = wr_new(a, struct wr_instance);

    i->arena = a;
    i->id = id;
    i->definition = definition;
    i->tenant = tenant;
    i->next_key = 1;
    i->work_end = &i->work;
    i->root = wr_activity_new(i, NULL, -1, -1);
    i->root->stage = WR_STAGE_ACTIVE;

    return i;
}

/* ---- variables ---- */

static const struct wr_value *
variables_of(const struct wr_activity *s, struct wr_arena *a)
{
    struct wr_entry *entries = wr_newn(a, struct wr_entry, (size_t)s->n_vars);

    wr_vars_here(s);
    for (int k = 0; k < s->n_vars; k++)
        entries[k] = (struct wr_entry){ s->vars[k].name, s->vars[k].value };

    return wr_value_copy(a, wr_value_context(a, entries, (size_t)s->n_vars));
}

const struct wr_value *
wr_instance_variables(const struct wr_instance *i, int64_t scope_key,
                      struct wr_arena *a)
{
    const struct wr_activity *s = wr_activity_by_key(i, scope_key);

    return s ? variables_of(s, a) : NULL;
}

/* Sub-processes and whatever has variables of its own. */
static bool
is_scope(const struct wr_activity *s)
{
    return s->node < 0 || s->first || s->n_vars;
}

int
wr_instance_scopes(const struct wr_instance *i, struct wr_arena *a,
                   const struct wr_scope_info **out)
{
    struct wr_activity *s;
    struct wr_scope_info *scopes;
    int n = 0;

    for (s = i->root; s; s = wr_activity_next(i->root, s))
        n += is_scope(s);
    scopes = wr_newn(a, struct wr_scope_info, (size_t)n);
    n = 0;
    for (s = i->root; s; s = wr_activity_next(i->root, s)) {
        if (!is_scope(s))
            continue;
        scopes[n++] = (struct wr_scope_info){
            .key = s->key,
            .parent = s->parent ? s->parent->key : -1,
            .node = s->node,
            .variables = variables_of(s, a),
        };
    }
    *out = scopes;

    return n;
}

const struct wr_value *
wr_instance_visible(const struct wr_instance *i, const struct wr_uuid *id,
                    struct wr_arena *a)
{
    const struct wr_wait *w = wr_wait_find(i, id);
    struct wr_activity *s;
    struct wr_entry *entries;
    size_t n = 0;

    if (!w)
        return NULL;
    for (s = w->owner; s; s = s->parent)
        n += (size_t)s->n_vars;
    entries = wr_newn(a, struct wr_entry, n);
    n = 0;
    for (s = w->owner; s; s = s->parent) {
        for (int k = 0; k < s->n_vars; k++) {
            const struct wr_var *v = &s->vars[k];

            if (wr_var_find(w->owner, v->name, strlen(v->name), NULL) == v)
                entries[n++] = (struct wr_entry){ v->name, v->value };
        }
    }

    return wr_value_copy(a, wr_value_context(a, entries, n));
}

static int64_t
log_length(const struct wr_log_entry *e)
{
    int64_t n = 0;

    for (; e; e = e->next)
        n += e->rest ? e->more : (e->handler == 0) + log_length(e->log);

    return n;
}

int64_t
wr_instance_compensable(const struct wr_instance *i)
{
    struct wr_activity *s;
    int64_t n = 0;

    for (s = i->root; s; s = wr_activity_next(i->root, s))
        n += log_length(s->log);

    return n;
}

int
wr_instance_node_of(const struct wr_instance *i, const struct wr_uuid *id)
{
    const struct wr_wait *w = wr_wait_find(i, id);

    return w ? w->node : -1;
}

/* ---- tokens ---- */

static const char *
due_text(struct wr_arena *a, int64_t due)
{
    char text[WR_INSTANT_TEXT];

    wr_instant_text(due, text);

    return wr_arena_strdup(a, text);
}

static void
describe_wait(struct wr_token_info *t, const struct wr_model *m,
              const struct wr_wait *w, struct wr_arena *a)
{
    const struct wr_event_def *e;
    int n;

    t->id = w->id;
    switch (w->kind) {
    case WR_WAIT_TASK:
        t->waiting_for = "task";
        break;
    case WR_WAIT_JOB:
        t->waiting_for = w->job.kind == WR_JOB_ASYNC ? "async" : "job";
        t->detail = w->job.type[0] ? wr_arena_strdup(a, w->job.type) : NULL;
        break;
    case WR_WAIT_TIMER:
        t->waiting_for = "timer";
        t->detail = due_text(a, w->timer.due_at);
        break;
    case WR_WAIT_SUBSCRIPTION:
        t->waiting_for = w->subscription.type == WR_SUB_SIGNAL ? "signal"
                                                               : "message";
        t->detail = wr_arena_strdup(a, w->subscription.name);
        break;
    case WR_WAIT_CHILD:
        t->waiting_for = "child";
        t->detail = wr_arena_strdup(a, w->child.process);
        break;
    case WR_WAIT_CONDITION:
        t->waiting_for = "condition";
        e = wr_node_events(&m->nodes[w->node], &n) + w->part;
        t->detail = wr_arena_strdup(a, e->condition ? wr_expr_text(e->condition)
                                                    : e->watched[0]);
        break;
    case WR_WAIT_PARKED:
        t->waiting_for = "suspension";
        break;
    case WR_WAIT_INCIDENT:
        break;
    }
}

/* Of the activity's own waits: one as it is, several in one line. */
static void
describe_waits(struct wr_token_info *t, const struct wr_model *m,
               const struct wr_activity *s, struct wr_arena *a)
{
    bool branches = m->nodes[s->node].kind == WR_EVENT_GATEWAY;
    struct wr_str list = { .arena = a };
    int n = 0;

    for (const struct wr_wait *w = s->waits; w; w = w->next) {
        struct wr_token_info one = *t;

        if (w->kind == WR_WAIT_INCIDENT || w->hears
            || !(branches || w->node == s->node))
            continue;
        if (w->held)
            t->state = WR_TOKEN_SUSPENDED;
        describe_wait(&one, m, w, a);
        wr_str_printf(&list, "%s%s", n ? ", " : "", one.waiting_for);
        if (one.detail)
            wr_str_printf(&list, " '%s'", one.detail);
        if (n++ == 0) {
            t->waiting_for = one.waiting_for;
            t->id = one.id;
            t->detail = one.detail;
        }
    }
    if (n < 2)
        return;
    t->waiting_for = "events";
    t->id = (struct wr_uuid){ 0 };
    t->detail = list.s;
}

static struct wr_token_info
describe(const struct wr_instance *i, const struct wr_model *m,
         const struct wr_activity *s, struct wr_arena *a)
{
    const struct wr_wait *incident = wr_wait_of(s, WR_WAIT_INCIDENT);
    struct wr_token_info t = {
        .key = s->key,
        .node = s->node,
        .state = s->first || s->n_queues || s->loop ? WR_TOKEN_ACTIVE
                                                    : WR_TOKEN_WAITING,
        .scope_key = s->parent->key,
        .parent_scope_key = s->parent->parent ? s->parent->parent->key : -1,
        .since = s->since,
        .waiting_for = "children",
        .flow = -1,
    };

    describe_waits(&t, m, s, a);
    if (m->nodes[s->node].ad_hoc && t.state == WR_TOKEN_WAITING
        && wr_activity_scope(m, s) >= 0 && s->stage == WR_STAGE_ACTIVE)
        t.waiting_for = "activation";
    if (s->undo == WR_UNDO_CALL)
        t.state = WR_TOKEN_COMPENSATING;
    if (s->undo == WR_UNDO_THROW || s->undo == WR_UNDO_DETACHED) {
        t.state = WR_TOKEN_COMPENSATING;
        t.waiting_for = "compensation";
    }
    if (incident) {
        t.state = WR_TOKEN_INCIDENT;
        t.waiting_for = "incident";
        t.incident = incident->id;
        t.detail = wr_arena_strdup(a, incident->incident.type);
    }
    if (i->state == WR_SUSPENDED)
        t.state = WR_TOKEN_SUSPENDED;

    return t;
}

/* Tokens at a join are named by their flow: several on one flow are one entry
 * each.  Their keys are negative, so that they never meet an activity's. */
static int
queued(const struct wr_instance *i, const struct wr_model *m,
       const struct wr_activity *s, struct wr_token_info *out)
{
    const struct wr_wait *stuck = NULL;
    int n = 0;

    for (const struct wr_wait *w = s->waits; w; w = w->next) {
        if (w->kind == WR_WAIT_INCIDENT && w->node != s->node
            && m->nodes[w->node].join >= 0)
            stuck = w;
    }
    for (int k = 0; k < s->n_queues; k++) {
        const struct wr_flow *f = &m->flows[s->queues[k].flow];

        for (int64_t c = 0; c < s->queues[k].n; c++) {
            out[n] = (struct wr_token_info){
                .key = -((s->key << 32) + ((int64_t)f->symbol << 12) + c + 1),
                .node = f->target,
                .state = stuck ? WR_TOKEN_INCIDENT : WR_TOKEN_QUEUED,
                .scope_key = s->key,
                .parent_scope_key = s->parent ? s->parent->key : -1,
                .since = s->since,
                .waiting_for = stuck ? "incident" : "join",
                .flow = s->queues[k].flow,
            };
            if (i->state == WR_SUSPENDED)
                out[n].state = WR_TOKEN_SUSPENDED;
            if (stuck)
                out[n].incident = stuck->id;
            n++;
        }
    }

    return n;
}

int
wr_instance_tokens(const struct wr_instance *i, const struct wr_model *m,
                   struct wr_arena *a, const struct wr_token_info **out)
{
    struct wr_activity *s;
    struct wr_token_info *tokens;
    int64_t n = 0;
    int at = 0;

    for (s = i->root; s; s = wr_activity_next(i->root, s)) {
        n += s->node >= 0;
        for (int k = 0; k < s->n_queues; k++)
            n += s->queues[k].n;
    }
    tokens = wr_newn(a, struct wr_token_info, (size_t)n);
    for (s = i->root; s; s = wr_activity_next(i->root, s)) {
        if (s->node >= 0)
            tokens[at++] = describe(i, m, s, a);
        at += queued(i, m, s, tokens + at);
    }
    *out = tokens;

    return at;
}

int
wr_instance_conditions(const struct wr_instance *i, struct wr_arena *a,
                       const int **nodes)
{
    int *all = wr_newn(a, int, (size_t)i->n_conditions), n = 0;

    for (const struct wr_wait *w = i->conditions; w; w = w->next_condition)
        all[n++] = w->node;
    *nodes = all;

    return n;
}

const struct wr_value *
wr_instance_draft(const struct wr_instance *i, const struct wr_uuid *task,
                  struct wr_arena *a)
{
    const struct wr_wait *w = wr_wait_find(i, task);

    if (!w || w->kind != WR_WAIT_TASK || !w->payload)
        return NULL;

    return wr_value_copy(a, w->payload);
}
