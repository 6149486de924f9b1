/* encode.c: the state of an instance into a blob; codec.h has the layout. */

#include <string.h>

#include "engine/base/tlv.h"
#include "engine/exec/codec.h"
#include "engine/exec/codec_tags.h"
#include "engine/exec/spill.h"
#include "engine/model/symbols.h"

struct coder {
    const struct wr_model *m;
    const struct wr_instance *i;
    struct wr_str *out;
};

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

/* varint symbol, or 0, varint length and name; then the value, or its row. */
static void
put_var(struct coder *c, enum tag tag, const struct wr_var *v)
{
    int symbol = wr_symbols_find(c->m->symbols, v->name);
    size_t begin = wr_tlv_begin(c->out, tag);

    wr_varint_put(c->out, (uint64_t)symbol);
    if (!symbol) {
        wr_varint_put(c->out, strlen(v->name));
        wr_str_add(c->out, v->name);
    }
    if (tag == A_FAR || tag == A_LARGE)
        wr_str_addn(c->out, v->row->id.b, sizeof(v->row->id.b));
    else
        wr_value_encode(c->out, v->value);
    if (tag == A_LARGE)
        wr_varint_put(c->out, (uint64_t)v->row->size);
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
    put(c, T_PRIORITY, t->priority, WR_USUAL_PRIORITY);
    put_at(c, T_DUE, t->due_at);
    put_at(c, T_FOLLOW_UP, t->follow_up_at);
    put_text(c, T_OWNER, t->owner);
    put(c, T_DELEGATION, (int)t->delegation, WR_TASK_OWN);
}

static void
put_job(struct coder *c, const struct wr_job_row *j)
{
    put(c, T_JOB_KIND, j->kind, WR_JOB_EXTERNAL);
    if (j->type[0])
        put_text(c, T_JOB_TYPE, j->type);
    put(c, T_PRIORITY, j->priority, 0);
    put(c, T_RETRIES, j->retries, WR_USUAL_RETRIES);
    put(c, T_ATTEMPT, j->attempt, 0);
    put_text(c, T_ERROR, j->error);
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
    if (cycle->until)
        wr_tlv_put_int(c->out, T_UNTIL, cycle->until - c->i->started_at);
    if (!cycle->zone)
        return;
    put_text(c, T_ZONE, cycle->zone);
    wr_tlv_put_int(c->out, T_WALL, cycle->wall - c->i->started_at);
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
    case WR_WAIT_CHILD:
        return w->child.created_at;
    case WR_WAIT_TIMER:
    case WR_WAIT_CONDITION:
    case WR_WAIT_PARKED:
        break;
    }

    return w->owner->since;
}

static void
put_held(struct coder *c, const struct wr_wait *w)
{
    put_at(c, T_HELD, w->held);
    put(c, T_ABSENT, w->absent, 0);
    for (const struct wr_parked *p = w->parked; p; p = p->next) {
        size_t begin = wr_tlv_begin(c->out, T_PARKED);

        wr_tlv_put_int(c->out, PARKED_SEQ, p->seq);
        if (p->payload) {
            size_t payload = wr_tlv_begin(c->out, PARKED_PAYLOAD);

            wr_value_encode(c->out, p->payload);
            wr_tlv_end(c->out, payload);
        }
        wr_tlv_end(c->out, begin);
    }
}

static void
put_wait(struct coder *c, const struct wr_wait *w)
{
    size_t begin = wr_tlv_begin(c->out, A_WAIT);

    wr_tlv_put_int(c->out, T_KIND, w->kind);
    if (w->kind != WR_WAIT_CONDITION)
        wr_tlv_put_bytes(c->out, T_ID, w->id.b, sizeof(w->id.b));
    if (w->node != w->owner->node)
        put_node(c, T_NODE, w->node);
    put(c, T_CREATED, created_at(w) - w->owner->since, 0);
    put(c, T_PART, w->part, 0);
    put(c, T_TOLD, w->told, 0);
    put(c, T_LATE, w->late, 0);
    if (w->payload) {
        size_t payload = wr_tlv_begin(c->out, T_PAYLOAD);

        wr_value_encode(c->out, w->payload);
        wr_tlv_end(c->out, payload);
    }
    put_held(c, w);
    switch (w->kind) {
    case WR_WAIT_TASK:
        put_task(c, &w->task);
        break;
    case WR_WAIT_JOB:
        put_job(c, &w->job);
        break;
    case WR_WAIT_TIMER:
        put_at(c, T_DUE, w->timer.due_at);
        put_at(c, T_ARMED, w->armed);
        put(c, T_HEARS, w->hears, 0);
        put(c, T_OVERDUE, w->overdue, 0);
        put_cycle(c, &w->cycle);
        break;
    case WR_WAIT_SUBSCRIPTION:
        put_text(c, T_NAME, w->subscription.name);
        put_text(c, T_CORRELATION, w->subscription.key);
        put(c, T_SUBSCRIPTION, w->subscription.type, WR_SUB_MESSAGE);
        break;
    case WR_WAIT_INCIDENT:
        put_text(c, T_TYPE, w->incident.type);
        put_text(c, T_MESSAGE, w->incident.message);
        if (!wr_uuid_is_zero(&w->incident.job))
            wr_tlv_put_bytes(c->out, T_JOB, w->incident.job.b,
                             sizeof(w->incident.job.b));
        break;
    case WR_WAIT_CHILD:
        put_text(c, T_PROCESS, w->child.process);
        put(c, T_UNDOING, w->undoing, 0);
        break;
    case WR_WAIT_CONDITION:
        put(c, T_MET, w->met, 0);
        break;
    case WR_WAIT_PARKED:
        break;
    }
    wr_tlv_end(c->out, begin);
}

static void
put_called(struct coder *c, enum tag tag, const struct wr_called *called)
{
    size_t begin;

    if (!called)
        return;
    begin = wr_tlv_begin(c->out, tag);
    wr_tlv_put_bytes(c->out, C_ID, called->id.b, sizeof(called->id.b));
    put_text(c, C_PROCESS, called->process);
    wr_tlv_end(c->out, begin);
}

static void put_log(struct coder *c, enum tag tag,
                    const struct wr_log_entry *e);

/* As deep as sub-processes nest. */
static void
put_entry(struct coder *c, enum tag tag, const struct wr_log_entry *e)
{
    size_t begin = wr_tlv_begin(c->out, tag);

    put_node(c, U_NODE, e->node);
    wr_tlv_put_int(c->out, U_SEQ, e->seq);
    put(c, U_HANDLER, e->handler, 0);
    for (int k = 0; k < e->n_vars; k++)
        put_var(c, U_VAR, &e->vars[k]);
    put_log(c, U_LOG, e->log);
    put_called(c, U_CALLED, e->called);
    put(c, U_PARTLY, e->partly, 0);
    if (e->rest)
        wr_tlv_put_bytes(c->out, U_FAR, e->rest->id.b, sizeof(e->rest->id.b));
    put(c, U_MORE, e->more, 0);
    wr_tlv_end(c->out, begin);
}

static void
put_log(struct coder *c, enum tag tag, const struct wr_log_entry *e)
{
    for (; e; e = e->next)
        put_entry(c, tag, e);
}

static void
put_away(struct coder *c, const struct wr_activity *body)
{
    int64_t parts = body->loop->away, logs = body->loop->logs_away;

    for (const struct wr_activity *a = body->first; a; a = a->next)
        parts += a->outside;
    for (const struct wr_spilled *r = body->rows; r; r = r->more)
        logs += r->is_log;
    put(c, L_AWAY, parts, 0);
    put(c, L_LOGS, logs, 0);
}

static void
put_loop(struct coder *c, const struct wr_activity *a)
{
    const struct wr_iterations *its = a->loop;
    size_t begin = wr_tlv_begin(c->out, A_LOOP);

    wr_tlv_put_int(c->out, L_TOTAL, its->total);
    put(c, L_NEXT, its->next, 0);
    put(c, L_COMPLETED, its->completed, 0);
    if (its->items_row)
        wr_tlv_put_bytes(c->out, L_FAR, its->items_row->id.b,
                         sizeof(its->items_row->id.b));
    put(c, L_FROM, its->items_from, 0);
    if (its->items)
        wr_tlv_put_bytes(c->out, L_ITEMS, its->items_blob.p,
                         its->items_blob.len);
    if (its->log.len)
        wr_tlv_put_bytes(c->out, L_OUTPUTS, its->log.s, its->log.len);
    put_away(c, a);
    wr_tlv_end(c->out, begin);
}

/* Which WR_OWN_ variable of an iteration this is, still untouched; 0. */
static unsigned
own_bit(struct coder *c, const struct wr_activity *a, const struct wr_var *v)
{
    const struct wr_loop *l = c->m->nodes[a->node].loop;

    if (v->row)
        return 0;
    if (v->value == a->number && !strcmp(v->name, l->counter))
        return WR_OWN_NUMBER;
    if (l->element && a->parent->loop->items && !a->outside
        && v->value == wr_loop_element(a) && !strcmp(v->name, l->element))
        return WR_OWN_ELEMENT;
    if (l->output_item && v->value == &wr_null
        && !strcmp(v->name, l->output_item))
        return WR_OWN_OUTPUT;

    return 0;
}

static enum tag
tag_of(const struct wr_var *v)
{
    if (!v->row)
        return A_VAR;

    return v->row->size ? A_LARGE : A_FAR;
}

static void
put_vars(struct coder *c, const struct wr_activity *a)
{
    bool iteration = a->role == WR_ROLE_ITERATION;
    unsigned own = 0;

    for (int k = 0; k < a->n_vars; k++) {
        unsigned bit = iteration ? own_bit(c, a, &a->vars[k]) : 0;

        own |= bit;
        if (!bit)
            put_var(c, tag_of(&a->vars[k]), &a->vars[k]);
    }
    if (iteration)
        put(c, A_OWN, own, 0);
}

static void
put_own(struct coder *c, const struct wr_activity *a)
{
    size_t begin;

    put(c, A_KEY, a->key, 0);
    if (a->node >= 0) {
        if (a->role != WR_ROLE_ITERATION) /* its body's */
            put_node(c, A_NODE, a->node);
        if (a->role == WR_ROLE_ITERATION)
            put(c, A_INDEX, a->index, 0);
        else
            put(c, A_ROLE, a->role, WR_ROLE_PLAIN);
        put_flow(c, A_FLOW, a->flow);
        put(c, A_STAGE, a->stage, WR_STAGE_ACTIVE);
        put(c, A_SINCE, a->since - c->i->started_at, 0);
        if (a->stage <= WR_STAGE_ENTER) /* later nothing is armed any more */
            put(c, A_ARMED, a->armed, 0);
    }
    put(c, A_UNDO, a->undo, WR_UNDO_NONE);
    put(c, A_INTERRUPTED, a->interrupted, 0);
    if (a->start >= 0)
        put_node(c, A_START, a->start);
    put(c, A_CAME, a->came, 0);
    if (a->loop)
        put_loop(c, a);
    put_vars(c, a);
    for (int k = 0; k < a->n_queues; k++) {
        begin = wr_tlv_begin(c->out, A_QUEUE);
        put_flow(c, W_FLOW, a->queues[k].flow);
        put(c, W_SCOPE, a->queues[k].n, 1);
        wr_tlv_end(c->out, begin);
    }
    put(c, A_MOMENT, a->moment, WR_MOMENT_NONE);
    put(c, A_HEARD, a->heard, 0);
    put(c, A_TRIGGERED, a->triggered, 0);
    put(c, A_AD_HOC, a->ad_hoc, WR_AD_HOC_OPEN);
    for (int k = 0; k < a->n_talks; k++) {
        begin = wr_tlv_begin(c->out, A_TALK);
        put_text(c, TALK_KEY, a->talks[k].key);
        put_text(c, TALK_VALUE, a->talks[k].value);
        wr_tlv_end(c->out, begin);
    }
    for (int k = 0; k < a->n_planned; k++)
        put_node(c, A_PLANNED, a->planned[k]);
    for (int k = 0; k < a->n_drawn; k++)
        put_flow(c, A_DRAWN, a->drawn[k]);
    for (const struct wr_wait *w = a->waits; w; w = w->next)
        put_wait(c, w);
    put_log(c, A_LOG, a->log);
    put_called(c, A_CALLED, a->called);
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
    for (const struct wr_activity *k = a->first; k; k = k->next) {
        if (!k->outside)
            put_activity(c, A_CHILD, k);
    }
    wr_tlv_end(c->out, begin);
}

static void
put_reopened(struct coder *c, const struct wr_reopened *r)
{
    size_t begin;

    if (!r->on)
        return;
    begin = wr_tlv_begin(c->out, I_REOPENED);
    wr_tlv_put_int(c->out, R_WAS, r->was);
    put_at(c, R_ENDED, r->ended_at);
    put(c, R_TELLS, r->tells, 0);
    put(c, R_PARALLEL, r->parallel, 0);
    put_log(c, R_ASIDE, r->aside);
    wr_tlv_end(c->out, begin);
}

void
wr_activity_encode(const struct wr_instance *i, const struct wr_model *m,
                   const struct wr_activity *a, struct wr_str *out)
{
    struct coder c = { .m = m, .i = i, .out = out };

    put_activity(&c, A_CHILD, a);
}

void
wr_log_encode(const struct wr_instance *i, const struct wr_model *m,
              const struct wr_log_entry *e, struct wr_str *out)
{
    struct coder c = { .m = m, .i = i, .out = out };

    put_entry(&c, A_LOG, e);
}

void
wr_instance_encode(const struct wr_instance *i, const struct wr_model *m,
                   struct wr_str *out)
{
    struct coder c = { .m = m, .i = i, .out = out };

    wr_tlv_format(out, WR_STATE_FORMAT);
    put(&c, I_NEXT_KEY, i->next_key, 1);
    put(&c, I_DEPTH, i->depth, 0);
    put_at(&c, I_SUSPENDED, i->suspended_at);
    put(&c, I_BY_CALLER, i->by_caller, 0);
    wr_earlier_encode(i, out);
    wr_transient_encode(i, out);
    put(&c, I_BY_DEFINITION, i->by_definition, 0);
    put(&c, I_ENDS_ALL, i->ends_all, 0);
    put_reopened(&c, &i->reopened);
    put(&c, I_UNDONE, i->undone, 0);
    put_activity(&c, I_ROOT, i->root);
    for (const struct wr_work *w = i->work; w; w = w->next) {
        size_t begin = wr_tlv_begin(out, I_WORK);

        put(&c, W_SCOPE, w->scope->key, 0);
        put_node(&c, W_NODE, w->node);
        put_flow(&c, W_FLOW, w->flow);
        wr_tlv_end(out, begin);
    }
}
