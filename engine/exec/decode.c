/* decode.c: the state of an instance from a blob; codec.h has the layout. */

#include <string.h>

#include "engine/base/tlv.h"
#include "engine/exec/codec.h"
#include "engine/exec/codec_tags.h"
#include "engine/exec/state.h"
#include "engine/model/symbols.h"

enum {
    MAX_DEPTH = 256
};

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
reverse(struct wr_log_entry **log)
{
    struct wr_log_entry *e = *log, *before = NULL;

    while (e) {
        struct wr_log_entry *next = e->next;

        e->next = before;
        before = e;
        e = next;
    }
    *log = before;
}

/* They were written latest first: reverse() when all are there. */
static void
get_log(struct decoder *d, struct wr_log_entry **log, struct wr_tlv_reader *f,
        int depth)
{
    struct wr_log_entry *e = wr_new(d->i->arena, struct wr_log_entry);
    struct wr_activity self = { .key = 0 };
    struct wr_tlv_reader g;
    uint32_t tag;

    if (depth > MAX_DEPTH)
        fail(d, "log nested beyond", MAX_DEPTH);
    e->node = -1;
    while (!d->failed && wr_tlv_next(f, &tag, &g)) {
        if (tag == U_NODE)
            e->node = get_node(d, &g);
        else if (tag == U_SEQ)
            e->seq = wr_tlv_int(&g);
        else if (tag == U_HANDLER)
            e->handler = wr_tlv_int(&g);
        else if (tag == U_VAR)
            get_var(d, &self, &g);
        else if (tag == U_LOG)
            get_log(d, &e->log, &g, depth + 1);
    }
    if (e->node < 0)
        fail(d, "log without element", e->seq);
    e->vars = self.vars;
    e->n_vars = self.n_vars;
    reverse(&e->log);
    e->next = *log;
    *log = e;
}

static void
get_undo(struct decoder *d, struct wr_activity *a, struct wr_tlv_reader *f)
{
    int64_t undo = wr_tlv_int(f);

    if (undo < WR_UNDO_NONE || undo > WR_UNDO_BODY || !a->parent)
        fail(d, "compensation", undo);
    else
        a->undo = (enum wr_undo)undo;
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
get_subscription_type(struct decoder *d, struct wr_subscription_row *s,
                      struct wr_tlv_reader *f)
{
    int64_t type = wr_tlv_int(f);

    if (type >= WR_SUB_MESSAGE && type <= WR_SUB_TRIGGER)
        s->type = (enum wr_subscription_type)type;
    else
        fail(d, "subscription type", type);
}

static void
get_subscription(struct decoder *d, struct wr_subscription_row *s, uint32_t tag,
                 struct wr_tlv_reader *f)
{
    if (tag == T_NAME)
        s->name = text(d, f);
    else if (tag == T_CORRELATION)
        s->key = text(d, f);
    else if (tag == T_SUBSCRIPTION)
        get_subscription_type(d, s, f);
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

static void
get_head(struct decoder *d, struct wr_wait_at *h, uint32_t tag,
         struct wr_tlv_reader *f, int64_t since)
{
    switch (tag) {
    case T_ID:
        get_id(d, f, &h->id);
        break;
    case T_NODE:
        h->node = get_node(d, f);
        break;
    case T_CREATED:
        h->created_at = since + wr_tlv_int(f);
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
    case WR_WAIT_CHILD:
        if (tag == T_PROCESS)
            w->child.process = text(d, f);
        break;
    case WR_WAIT_CONDITION:
        if (tag == T_MET)
            w->met = wr_tlv_int(f) != 0;
        break;
    }
}

static int
get_part(struct decoder *d, int node, struct wr_tlv_reader *f)
{
    int64_t part = wr_tlv_int(f);
    int n;

    (void)wr_node_events(&d->m->nodes[node], &n);
    if (part >= 0 && part < n)
        return (int)part;
    fail(d, "event part", part);

    return 0;
}

static bool
is_wait(int64_t kind)
{
    return kind >= WR_WAIT_TASK && kind <= WR_WAIT_CHILD;
}

/* Twice over the fields: the kind decides what the others mean. */
static void
get_wait(struct decoder *d, struct wr_activity *a, struct wr_tlv_reader *f)
{
    struct wr_tlv_reader again = *f, g;
    struct wr_wait_at at = { .node = a->node, .created_at = a->since };
    struct wr_wait *w;
    int64_t kind = 0;
    uint32_t tag;

    while (wr_tlv_next(f, &tag, &g)) {
        if (tag == T_KIND)
            kind = wr_tlv_int(&g);
        else
            get_head(d, &at, tag, &g, a->since);
    }
    if (!is_wait(kind) || at.node < 0) {
        fail(d, "wait of kind", kind);
        return;
    }
    at.element = d->m->nodes[at.node].symbol;
    w = wr_wait_new(d->i, a, (enum wr_wait_kind)kind, &at);
    while (wr_tlv_next(&again, &tag, &g)) {
        if (tag == T_PART)
            w->part = get_part(d, w->node, &g);
        else if (tag == T_PAYLOAD)
            w->payload = get_value(d, &g);
        else
            get_wait_field(d, w, tag, &g);
    }
}

static void get_activity(struct decoder *d, struct wr_activity *a,
                         struct wr_tlv_reader *f, int depth);

static void
get_child(struct decoder *d, struct wr_activity *parent,
          struct wr_tlv_reader *f, int depth)
{
    struct wr_activity *a = wr_activity_new(d->i, parent, 0, -1);

    if (parent->role == WR_ROLE_BODY) {
        a->role = WR_ROLE_ITERATION;
        a->node = parent->node;
        if (!parent->loop)
            fail(d, "iterations without a loop at", parent->key);
    }
    a->stage = WR_STAGE_ACTIVE;
    a->since = d->i->started_at;
    if (depth > MAX_DEPTH)
        fail(d, "activities nested beyond", MAX_DEPTH);
    else
        get_activity(d, a, f, depth);
    a->started = a->key > 0;
}

static void
get_outputs(struct decoder *d, struct wr_iterations *its,
            struct wr_tlv_reader *f)
{
    its->log.arena = d->i->arena;
    wr_str_addn(&its->log, wr_tlv_bytes(f), wr_tlv_len(f));
    while (!d->failed && f->p < f->end) {
        uint64_t index = wr_varint_get(f), len = wr_varint_get(f);
        struct wr_tlv_reader one = *f;

        if (index >= (uint64_t)its->total || len > (uint64_t)(f->end - f->p)) {
            fail(d, "output of iteration", (int64_t)index);
            return;
        }
        one.end = f->p + len;
        f->p += len;
        its->outputs[index] = get_value(d, &one);
    }
}

static void
get_items(struct decoder *d, struct wr_iterations *its, struct wr_tlv_reader *f)
{
    size_t len = wr_tlv_len(f);

    its->items_blob.p = wr_arena_memdup(d->i->arena, wr_tlv_bytes(f), len);
    its->items_blob.len = len;
    its->items = get_value(d, f);
    if (its->items->type != WR_V_LIST) {
        fail(d, "collection of type", its->items->type);
        its->items = NULL;
    }
}

static void
get_loop(struct decoder *d, struct wr_activity *a, struct wr_tlv_reader *f)
{
    const struct wr_loop *l = a->node >= 0 ? d->m->nodes[a->node].loop : NULL;
    struct wr_iterations *its = wr_new(d->i->arena, struct wr_iterations);
    struct wr_tlv_reader g;
    uint32_t tag;

    its->log.arena = d->i->arena;
    while (!d->failed && wr_tlv_next(f, &tag, &g)) {
        if (tag == L_TOTAL)
            its->total = wr_tlv_int(&g);
        else if (tag == L_NEXT)
            its->next = wr_tlv_int(&g);
        else if (tag == L_COMPLETED)
            its->completed = wr_tlv_int(&g);
        else if (tag == L_ITEMS)
            get_items(d, its, &g);
        if (its->total < -1 || its->total > WR_LOOP_MAX)
            fail(d, "number of iterations", its->total);
        else if (l && l->output && !its->outputs && its->total >= 0)
            its->outputs = wr_newn(d->i->arena, const struct wr_value *,
                                   (size_t)its->total);
        if (!d->failed && tag == L_OUTPUTS && its->outputs)
            get_outputs(d, its, &g);
    }
    if (l)
        a->loop = its;
    else
        fail(d, "iterations at", a->node);
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
    unsigned own = 0;
    uint32_t tag;

    while (!d->failed && wr_tlv_next(f, &tag, &g)) {
        switch (tag) {
        case A_KEY:
            wr_activity_key(d->i, a, wr_tlv_int(&g));
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
        case A_DRAWN:
            wr_drawn_add(d->i, a, get_flow(d, &g));
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
        case A_LOG:
            get_log(d, &a->log, &g, depth);
            break;
        case A_UNDO:
            get_undo(d, a, &g);
            break;
        case A_ARMED:
            a->armed = wr_tlv_int(&g) != 0;
            break;
        case A_INTERRUPTED:
            a->interrupted = wr_tlv_int(&g) != 0;
            break;
        case A_START:
            a->start = get_node(d, &g);
            break;
        case A_ROLE:
            a->role = wr_tlv_int(&g) == WR_ROLE_BODY ? WR_ROLE_BODY
                                                     : WR_ROLE_PLAIN;
            break;
        case A_INDEX:
            a->index = wr_tlv_int(&g);
            break;
        case A_OWN:
            own = (unsigned)wr_tlv_int(&g);
            break;
        case A_LOOP:
            get_loop(d, a, &g);
            break;
        default: /* of a later build that still writes this format */
            break;
        }
    }
    if (a->role == WR_ROLE_BODY && (a->node < 0 || !d->m->nodes[a->node].loop))
        fail(d, "loop at element", a->node);
    if (a->index < 0)
        fail(d, "iteration", a->index);
    if (!d->failed && a->role == WR_ROLE_ITERATION)
        wr_loop_locals(d->i, d->m->nodes[a->node].loop, a, own);
    reverse(&a->log);
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
    i->parent = row->parent;
    i->root_id = row->root;
    i->root->since = row->started_at;
    if (wr_tlv_open(&r, row->blob.p, row->blob.len, WR_STATE_FORMAT, err) < 0)
        return wr_wrap(err, "instance state");
    while (!d.failed && wr_tlv_next(&r, &tag, &f)) {
        if (tag == I_NEXT_KEY)
            i->next_key = wr_tlv_int(&f);
        else if (tag == I_DEPTH)
            i->depth = (int32_t)wr_tlv_int(&f);
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
