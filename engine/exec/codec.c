/* codec.c: the state of an instance as a blob; codec.h has the layout. */

#include "engine/exec/codec.h"

#include <string.h>

#include "engine/base/tlv.h"
#include "engine/exec/state.h"
#include "engine/model/symbols.h"

enum tag { /* stored: never renumber or reuse */
    I_NEXT_KEY = 1,
    I_ROOT = 2,
    I_WORK = 3,

    W_SCOPE = 1,
    W_NODE = 2,
    W_FLOW = 3,

    A_KEY = 1,
    A_NODE = 2,
    A_FLOW = 3,
    A_STAGE = 4,
    A_SINCE = 5,
    A_VAR = 6,
    A_QUEUE = 7,
    A_WAIT = 8,
    A_CHILD = 9,
    A_RESULT = 10,

    T_KIND = 1,
    T_ID = 2,
    T_NODE = 3,
    T_CREATED = 4,
    T_DUE = 5,
    T_PRIORITY = 6,
    T_ASSIGNEE = 10,
    T_USER = 11,
    T_GROUP = 12,
    T_FOLLOW_UP = 13,
    T_JOB_KIND = 20,
    T_JOB_TYPE = 21,
    T_RETRIES = 22,
    T_PERIOD = 30,
    T_ANCHOR = 31,
    T_K = 32,
    T_LEFT = 33,
    T_NAME = 40,
    T_CORRELATION = 41,
    T_TYPE = 50,
    T_MESSAGE = 51,
    T_JOB = 52,
};

enum {
    USUAL_RETRIES = 3,
    USUAL_PRIORITY = 50,
    MAX_DEPTH = 256,
};

struct coder {
    const struct wr_model *m;
    const struct wr_instance *i;
    struct wr_str *out;
};

/* ---- writing ---- */

static void
put(struct coder *c, enum tag tag, int64_t n, int64_t usual)
{
    if (n != usual)
        wr_tlv_put_int(c->out, tag, n);
}

static void
put_at(struct coder *c, enum tag tag, int64_t at)
{
    if (at)
        wr_tlv_put_int(c->out, tag, at - c->i->started_at);
}

static void
put_text(struct coder *c, enum tag tag, const char *s)
{
    if (s)
        wr_tlv_put_text(c->out, tag, s);
}

static void
put_flow(struct coder *c, enum tag tag, int flow)
{
    if (flow >= 0)
        wr_tlv_put_int(c->out, tag, c->m->flows[flow].symbol);
}

static void
put_node(struct coder *c, enum tag tag, int node)
{
    wr_tlv_put_int(c->out, tag, c->m->nodes[node].symbol);
}

/* varint symbol, or 0, varint length and name; then the value. */
static void
put_var(struct coder *c, const struct wr_var *v)
{
    int symbol = wr_symbols_find(c->m->symbols, v->name);
    size_t begin = wr_tlv_begin(c->out, A_VAR);

    wr_varint_put(c->out, (uint64_t)symbol);
    if (!symbol) {
        wr_varint_put(c->out, strlen(v->name));
        wr_str_add(c->out, v->name);
    }
    wr_value_encode(c->out, v->value);
    wr_tlv_end(c->out, begin);
}

static void
put_task(struct coder *c, const struct wr_task_row *t)
{
    put_text(c, T_ASSIGNEE, t->assignee);
    for (int k = 0; k < t->n_candidate_users; k++)
        put_text(c, T_USER, t->candidate_users[k]);
    for (int k = 0; k < t->n_candidate_groups; k++)
        put_text(c, T_GROUP, t->candidate_groups[k]);
    put(c, T_PRIORITY, t->priority, USUAL_PRIORITY);
    put_at(c, T_DUE, t->due_at);
    put_at(c, T_FOLLOW_UP, t->follow_up_at);
}

static void
put_job(struct coder *c, const struct wr_job_row *j)
{
    put(c, T_JOB_KIND, j->kind, WR_JOB_EXTERNAL);
    if (j->type[0])
        put_text(c, T_JOB_TYPE, j->type);
    put(c, T_PRIORITY, j->priority, 0);
    put(c, T_RETRIES, j->retries, USUAL_RETRIES);
    put_at(c, T_DUE, j->due_at);
}

static void
put_cycle(struct coder *c, const struct wr_cycle *cycle)
{
    if (!cycle->period)
        return;
    put_text(c, T_PERIOD, cycle->period);
    wr_tlv_put_int(c->out, T_ANCHOR, cycle->anchor - c->i->started_at);
    wr_tlv_put_int(c->out, T_K, cycle->k);
    wr_tlv_put_int(c->out, T_LEFT, cycle->left);
}

static int64_t
created_at(const struct wr_wait *w)
{
    switch (w->kind) {
    case WR_WAIT_TASK:
        return w->task.created_at;
    case WR_WAIT_JOB:
        return w->job.created_at;
    case WR_WAIT_SUBSCRIPTION:
        return w->subscription.created_at;
    case WR_WAIT_INCIDENT:
        return w->incident.created_at;
    case WR_WAIT_TIMER:
        break;
    }

    return w->owner->since;
}

static void
put_wait(struct coder *c, const struct wr_wait *w)
{
    size_t begin = wr_tlv_begin(c->out, A_WAIT);

    wr_tlv_put_int(c->out, T_KIND, w->kind);
    wr_tlv_put_bytes(c->out, T_ID, w->id.b, sizeof(w->id.b));
    if (w->node != w->owner->node)
        put_node(c, T_NODE, w->node);
    put(c, T_CREATED, created_at(w) - w->owner->since, 0);
    switch (w->kind) {
    case WR_WAIT_TASK:
        put_task(c, &w->task);
        break;
    case WR_WAIT_JOB:
        put_job(c, &w->job);
        break;
    case WR_WAIT_TIMER:
        put_at(c, T_DUE, w->timer.due_at);
        put_cycle(c, &w->cycle);
        break;
    case WR_WAIT_SUBSCRIPTION:
        put_text(c, T_NAME, w->subscription.name);
        put_text(c, T_CORRELATION, w->subscription.key);
        break;
    case WR_WAIT_INCIDENT:
        put_text(c, T_TYPE, w->incident.type);
        put_text(c, T_MESSAGE, w->incident.message);
        if (!wr_uuid_is_zero(&w->incident.job))
            wr_tlv_put_bytes(c->out, T_JOB, w->incident.job.b,
                             sizeof(w->incident.job.b));
        break;
    }
    wr_tlv_end(c->out, begin);
}

static void
put_own(struct coder *c, const struct wr_activity *a)
{
    size_t begin;

    put(c, A_KEY, a->key, 0);
    if (a->node >= 0) {
        put_node(c, A_NODE, a->node);
        put_flow(c, A_FLOW, a->flow);
        put(c, A_STAGE, a->stage, WR_STAGE_ACTIVE);
        put(c, A_SINCE, a->since - c->i->started_at, 0);
    }
    for (int k = 0; k < a->n_vars; k++)
        put_var(c, &a->vars[k]);
    for (int k = 0; k < a->n_queues; k++) {
        begin = wr_tlv_begin(c->out, A_QUEUE);
        put_flow(c, W_FLOW, a->queues[k].flow);
        put(c, W_SCOPE, a->queues[k].n, 1);
        wr_tlv_end(c->out, begin);
    }
    for (const struct wr_wait *w = a->waits; w; w = w->next)
        put_wait(c, w);
    if (a->result) {
        begin = wr_tlv_begin(c->out, A_RESULT);
        wr_value_encode(c->out, a->result);
        wr_tlv_end(c->out, begin);
    }
}

/* As deep as sub-processes nest. */
static void
put_activity(struct coder *c, enum tag tag, const struct wr_activity *a)
{
    size_t begin = wr_tlv_begin(c->out, tag);

    put_own(c, a);
    for (const struct wr_activity *k = a->first; k; k = k->next)
        put_activity(c, A_CHILD, k);
    wr_tlv_end(c->out, begin);
}

void
wr_instance_encode(const struct wr_instance *i, const struct wr_model *m,
                   struct wr_str *out)
{
    struct coder c = { .m = m, .i = i, .out = out };

    wr_tlv_format(out, WR_STATE_FORMAT);
    put(&c, I_NEXT_KEY, i->next_key, 1);
    put_activity(&c, I_ROOT, i->root);
    for (const struct wr_work *w = i->work; w; w = w->next) {
        size_t begin = wr_tlv_begin(out, I_WORK);

        put(&c, W_SCOPE, w->scope->key, 0);
        put_node(&c, W_NODE, w->node);
        put_flow(&c, W_FLOW, w->flow);
        wr_tlv_end(out, begin);
    }
}

/* ---- reading ---- */

struct decoder {
    const struct wr_model *m;
    struct wr_instance *i;
    struct wr_err *err;
    bool failed; /* err is set */
};

static void
fail(struct decoder *d, const char *what, int64_t n)
{
    if (!d->failed)
        (void)wr_fail(d->err, WR_ECORRUPT, "%s %lld in the state", what,
                      (long long)n);
    d->failed = true;
}

static int
get_node(struct decoder *d, struct wr_tlv_reader *f)
{
    int64_t symbol = wr_tlv_int(f);
    int node = symbol > 0 && symbol <= INT32_MAX
                   ? wr_model_node_of(d->m, (int)symbol)
                   : -1;

    if (node >= 0)
        return node;
    fail(d, "unknown element", symbol);

    return 0;
}

static int
get_flow(struct decoder *d, struct wr_tlv_reader *f)
{
    int64_t symbol = wr_tlv_int(f);
    int flow = symbol > 0 && symbol <= INT32_MAX
                   ? wr_model_flow_of(d->m, (int)symbol)
                   : -1;

    if (flow >= 0)
        return flow;
    fail(d, "unknown flow", symbol);

    return 0;
}

static const struct wr_value *
get_value(struct decoder *d, struct wr_tlv_reader *f)
{
    const struct wr_value *v = &wr_null;

    if (!d->failed
        && wr_value_decode(d->i->arena, f->p, (size_t)(f->end - f->p), &v,
                           d->err)
               < 0)
        d->failed = true;

    return v;
}

static void
get_id(struct decoder *d, struct wr_tlv_reader *f, struct wr_uuid *out)
{
    if (wr_tlv_len(f) == sizeof(out->b))
        memcpy(out->b, wr_tlv_bytes(f), sizeof(out->b));
    else
        fail(d, "id of length", (int64_t)wr_tlv_len(f));
}

static void
get_var(struct decoder *d, struct wr_activity *a, struct wr_tlv_reader *f)
{
    uint64_t symbol = wr_varint_get(f), len;
    const char *name;

    if (symbol) {
        name = symbol <= INT32_MAX ? wr_symbols_name(d->m->symbols, (int)symbol)
                                   : NULL;
    } else {
        len = wr_varint_get(f);
        if (len > (uint64_t)(f->end - f->p)) {
            fail(d, "name of length", (int64_t)len);
            return;
        }
        name = wr_arena_strndup(d->i->arena, (const char *)f->p, len);
        f->p += len;
    }
    if (name)
        wr_var_put(d->i, a, name, get_value(d, f));
    else
        fail(d, "unknown variable", (int64_t)symbol);
}

static void
get_queue(struct decoder *d, struct wr_activity *a, struct wr_tlv_reader *f)
{
    struct wr_tlv_reader g;
    int64_t n = 1;
    uint32_t tag;
    int flow = -1;

    while (wr_tlv_next(f, &tag, &g)) {
        if (tag == W_FLOW)
            flow = get_flow(d, &g);
        else if (tag == W_SCOPE)
            n = wr_tlv_int(&g);
    }
    if (flow < 0 || n < 1)
        fail(d, "queue of", n);
    else
        wr_queue_add(d->i, a, flow, n);
}

static const char *
text(struct decoder *d, struct wr_tlv_reader *f)
{
    return wr_tlv_text(f, d->i->arena);
}

static int64_t
instant(struct decoder *d, struct wr_tlv_reader *f)
{
    return d->i->started_at + wr_tlv_int(f);
}

static void
add_name(struct decoder *d, const char *const **names, int *n, const char *name)
{
    const char **grown = wr_newn(d->i->arena, const char *, (size_t)*n + 1);

    for (int k = 0; k < *n; k++)
        grown[k] = (*names)[k];
    grown[(*n)++] = name;
    *names = grown;
}

static void
get_task(struct decoder *d, struct wr_task_row *t, uint32_t tag,
         struct wr_tlv_reader *f)
{
    switch (tag) {
    case T_ASSIGNEE:
        t->assignee = text(d, f);
        t->state = WR_TASK_CLAIMED;
        break;
    case T_USER:
        add_name(d, &t->candidate_users, &t->n_candidate_users, text(d, f));
        break;
    case T_GROUP:
        add_name(d, &t->candidate_groups, &t->n_candidate_groups, text(d, f));
        break;
    case T_PRIORITY:
        t->priority = (int32_t)wr_tlv_int(f);
        break;
    case T_DUE:
        t->due_at = instant(d, f);
        break;
    case T_FOLLOW_UP:
        t->follow_up_at = instant(d, f);
        break;
    default:
        break;
    }
}

static void
get_job(struct decoder *d, struct wr_job_row *j, uint32_t tag,
        struct wr_tlv_reader *f)
{
    switch (tag) {
    case T_JOB_KIND:
        j->kind = wr_tlv_int(f) ? WR_JOB_ASYNC : WR_JOB_EXTERNAL;
        break;
    case T_JOB_TYPE:
        j->type = text(d, f);
        break;
    case T_PRIORITY:
        j->priority = (int32_t)wr_tlv_int(f);
        break;
    case T_RETRIES:
        j->retries = (int32_t)wr_tlv_int(f);
        break;
    case T_DUE:
        j->due_at = instant(d, f);
        break;
    default:
        break;
    }
}

static void
get_timer(struct decoder *d, struct wr_wait *w, uint32_t tag,
          struct wr_tlv_reader *f)
{
    switch (tag) {
    case T_DUE:
        w->timer.due_at = instant(d, f);
        break;
    case T_PERIOD:
        w->cycle.period = text(d, f);
        break;
    case T_ANCHOR:
        w->cycle.anchor = instant(d, f);
        break;
    case T_K:
        w->cycle.k = wr_tlv_int(f);
        break;
    case T_LEFT:
        w->cycle.left = wr_tlv_int(f);
        break;
    default:
        break;
    }
}

static void
get_subscription(struct decoder *d, struct wr_subscription_row *s, uint32_t tag,
                 struct wr_tlv_reader *f)
{
    if (tag == T_NAME)
        s->name = text(d, f);
    else if (tag == T_CORRELATION)
        s->key = text(d, f);
}

static void
get_incident(struct decoder *d, struct wr_incident_row *n, uint32_t tag,
             struct wr_tlv_reader *f)
{
    if (tag == T_TYPE)
        n->type = text(d, f);
    else if (tag == T_MESSAGE)
        n->message = text(d, f);
    else if (tag == T_JOB)
        get_id(d, f, &n->job);
}

/* The head of a wait comes first: kind, id, node, creation. */
struct head {
    int64_t kind, created;
    int node;
    struct wr_uuid id;
};

static struct wr_wait *
wait_from(struct decoder *d, struct wr_activity *a, const struct head *h)
{
    struct wr_wait *w = wr_wait_new(d->i, a, (enum wr_wait_kind)h->kind,
                                    h->node);
    struct wr_uuid instance = d->i->id, definition = d->i->definition;
    int32_t tenant = d->i->tenant, element = d->m->nodes[h->node].symbol;

    switch (w->kind) {
    case WR_WAIT_TASK:
        w->task = (struct wr_task_row){ .priority = USUAL_PRIORITY,
                                        .instance = instance,
                                        .definition = definition,
                                        .tenant = tenant,
                                        .element = element,
                                        .created_at = h->created };
        break;
    case WR_WAIT_JOB:
        w->job = (struct wr_job_row){ .type = "",
                                      .retries = USUAL_RETRIES,
                                      .instance = instance,
                                      .definition = definition,
                                      .tenant = tenant,
                                      .element = element,
                                      .created_at = h->created };
        break;
    case WR_WAIT_TIMER:
        w->timer = (struct wr_timer_row){ .instance = instance,
                                          .tenant = tenant,
                                          .element = element };
        break;
    case WR_WAIT_SUBSCRIPTION:
        w->subscription =
            (struct wr_subscription_row){ .name = "",
                                          .instance = instance,
                                          .definition = definition,
                                          .tenant = tenant,
                                          .element = element,
                                          .created_at = h->created };
        break;
    case WR_WAIT_INCIDENT:
        w->incident = (struct wr_incident_row){ .type = "",
                                                .message = "",
                                                .instance = instance,
                                                .definition = definition,
                                                .tenant = tenant,
                                                .element = element,
                                                .created_at = h->created };
        d->i->incidents++;
        break;
    }
    w->id = h->id;

    return w;
}

static void
get_head(struct decoder *d, struct head *h, uint32_t tag,
         struct wr_tlv_reader *f, int64_t since)
{
    switch (tag) {
    case T_KIND:
        h->kind = wr_tlv_int(f);
        break;
    case T_ID:
        get_id(d, f, &h->id);
        break;
    case T_NODE:
        h->node = get_node(d, f);
        break;
    case T_CREATED:
        h->created = since + wr_tlv_int(f);
        break;
    default:
        break;
    }
}

static void
get_wait_field(struct decoder *d, struct wr_wait *w, uint32_t tag,
               struct wr_tlv_reader *f)
{
    switch (w->kind) {
    case WR_WAIT_TASK:
        get_task(d, &w->task, tag, f);
        break;
    case WR_WAIT_JOB:
        get_job(d, &w->job, tag, f);
        break;
    case WR_WAIT_TIMER:
        get_timer(d, w, tag, f);
        break;
    case WR_WAIT_SUBSCRIPTION:
        get_subscription(d, &w->subscription, tag, f);
        break;
    case WR_WAIT_INCIDENT:
        get_incident(d, &w->incident, tag, f);
        break;
    }
}

/* Twice over the fields: the kind decides what the others mean. */
static void
get_wait(struct decoder *d, struct wr_activity *a, struct wr_tlv_reader *f)
{
    struct wr_tlv_reader again = *f, g;
    struct head h = { .node = a->node, .created = a->since };
    struct wr_wait *w;
    uint32_t tag;

    while (wr_tlv_next(f, &tag, &g))
        get_head(d, &h, tag, &g, a->since);
    if (h.kind < WR_WAIT_TASK || h.kind > WR_WAIT_INCIDENT || h.node < 0) {
        fail(d, "wait of kind", h.kind);
        return;
    }
    w = wait_from(d, a, &h);
    while (wr_tlv_next(&again, &tag, &g))
        get_wait_field(d, w, tag, &g);
}

static void get_activity(struct decoder *d, struct wr_activity *a,
                         struct wr_tlv_reader *f, int depth);

static void
get_child(struct decoder *d, struct wr_activity *parent,
          struct wr_tlv_reader *f, int depth)
{
    struct wr_activity *a = wr_activity_new(d->i, parent, 0, -1);

    a->stage = WR_STAGE_ACTIVE;
    a->since = d->i->started_at;
    if (depth > MAX_DEPTH)
        fail(d, "activities nested beyond", MAX_DEPTH);
    else
        get_activity(d, a, f, depth);
    a->started = a->key > 0;
}

static void
get_stage(struct decoder *d, struct wr_activity *a, struct wr_tlv_reader *f)
{
    int64_t stage = wr_tlv_int(f);

    if (stage < WR_STAGE_BEFORE || stage > WR_STAGE_OUT)
        fail(d, "stage", stage);
    else
        a->stage = (enum wr_stage)stage;
}

static void
get_activity(struct decoder *d, struct wr_activity *a, struct wr_tlv_reader *f,
             int depth)
{
    struct wr_tlv_reader g;
    uint32_t tag;

    while (!d->failed && wr_tlv_next(f, &tag, &g)) {
        switch (tag) {
        case A_KEY:
            a->key = wr_tlv_int(&g);
            break;
        case A_NODE:
            a->node = get_node(d, &g);
            break;
        case A_FLOW:
            a->flow = get_flow(d, &g);
            break;
        case A_STAGE:
            get_stage(d, a, &g);
            break;
        case A_SINCE:
            a->since = instant(d, &g);
            break;
        case A_VAR:
            get_var(d, a, &g);
            break;
        case A_QUEUE:
            get_queue(d, a, &g);
            break;
        case A_WAIT:
            get_wait(d, a, &g);
            break;
        case A_CHILD:
            get_child(d, a, &g, depth + 1);
            break;
        case A_RESULT:
            a->result = get_value(d, &g);
            break;
        default: /* of a later build that still writes this format */
            break;
        }
    }
}

static void
get_work(struct decoder *d, struct wr_tlv_reader *f)
{
    struct wr_activity *scope;
    struct wr_tlv_reader g;
    int64_t key = 0;
    int node = -1, flow = -1;
    uint32_t tag;

    while (wr_tlv_next(f, &tag, &g)) {
        if (tag == W_SCOPE)
            key = wr_tlv_int(&g);
        else if (tag == W_NODE)
            node = get_node(d, &g);
        else if (tag == W_FLOW)
            flow = get_flow(d, &g);
    }
    scope = wr_activity_by_key(d->i, key);
    if (!scope || node < 0)
        fail(d, "work for scope", key);
    else
        wr_work_add(d->i, scope, node, flow);
}

int
wr_instance_decode(struct wr_arena *a, const struct wr_model *m,
                   const struct wr_instance_row *row, struct wr_instance **out,
                   struct wr_err *err)
{
    struct wr_instance *i = wr_instance_new(a, row->id, row->definition,
                                            row->tenant);
    struct decoder d = { .m = m, .i = i, .err = err };
    struct wr_tlv_reader r, f;
    uint32_t tag;

    i->rev = row->rev;
    i->state = row->state;
    i->started_at = row->started_at;
    i->ended_at = row->ended_at;
    i->business_key = row->business_key ? wr_arena_strdup(a, row->business_key)
                                        : NULL;
    i->root->since = row->started_at;
    if (wr_tlv_open(&r, row->blob.p, row->blob.len, WR_STATE_FORMAT, err) < 0)
        return wr_wrap(err, "instance state");
    while (!d.failed && wr_tlv_next(&r, &tag, &f)) {
        if (tag == I_NEXT_KEY)
            i->next_key = wr_tlv_int(&f);
        else if (tag == I_ROOT)
            get_activity(&d, i->root, &f, 0);
        else if (tag == I_WORK)
            get_work(&d, &f);
    }
    if (d.failed || wr_tlv_done(&r, err) < 0)
        return wr_wrap(err, "instance state");
    *out = i;

    return 0;
}
