#include "tests/unit/exec/world.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/json.h"
#include "engine/model/bpmn.h"
#include "engine/model/symbols.h"

/* 2026-01-01T00:00:00Z */
#define EPOCH INT64_C(1767225600000)

/* ---- models ---- */

static void
add_escaped(struct wr_str *out, const char *s, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        if (s[k] == '<')
            wr_str_add(out, "&lt;");
        else if (s[k] == '&')
            wr_str_add(out, "&amp;");
        else
            wr_str_addc(out, s[k]);
    }
}

/* "a>b" or "a>b if x > 1" */
static void
add_flow(struct wr_str *out, const char *s, size_t n)
{
    const char *arrow = memchr(s, '>', n), *cond = NULL;
    size_t from, to;

    ck_assert_ptr_nonnull(arrow);
    for (size_t k = 0; k + 4 < n && !cond; k++) {
        if (strncmp(s + k, " if ", 4) == 0)
            cond = s + k;
    }
    from = (size_t)(arrow - s);
    to = (cond ? (size_t)(cond - s) : n) - from - 1;
    wr_str_printf(out,
                  "<sequenceFlow id='%.*s-%.*s' sourceRef='%.*s'"
                  " targetRef='%.*s'>",
                  (int)from, s, (int)to, arrow + 1, (int)from, s, (int)to,
                  arrow + 1);
    if (cond) {
        wr_str_add(out, "<conditionExpression xsi:type='tFormalExpression'>");
        if (cond[4] != '$')
            wr_str_addc(out, '=');
        add_escaped(out, cond + 4, n - (size_t)(cond + 4 - s));
        wr_str_add(out, "</conditionExpression>");
    }
    wr_str_add(out, "</sequenceFlow>");
}

static const char *
add_flows(struct wr_str *out, const char *s)
{
    while (*s != '}') {
        size_t n;

        s += strspn(s, " ;");
        n = strcspn(s, ";}");
        if (n)
            add_flow(out, s, n);
        s += n;
    }

    return s + 1;
}

static void
add_body(struct wr_str *out, const char *body)
{
    while (*body) {
        bool quoted = body[0] == '$' && body[1] == '{';

        if (quoted)
            wr_str_addc(out, *body++);
        if (*body == '{' && !quoted)
            body = add_flows(out, body + 1);
        else
            wr_str_addc(out, *body++);
    }
}

const struct wr_model *
world_try_model(struct wr_arena *a, const char *body, const char **why)
{
    struct wr_str xml = { .arena = a };
    struct wr_bpmn_options options = { 0 };
    struct wr_bpmn bpmn = { 0 };
    struct wr_model *m;
    struct wr_err err;

    wr_str_add(&xml, "<definitions"
                     " xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'"
                     " xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'"
                     " xmlns:zeebe='http://camunda.org/schema/zeebe/1.0'"
                     " xmlns:camunda='http://camunda.org/schema/1.0/bpmn'"
                     " targetNamespace='t'>"
                     "<message id='M' name='hello'/>"
                     "<message id='T' name='talk'/>"
                     "<correlationProperty id='P'>"
                     "<correlationPropertyRetrievalExpression messageRef='T'>"
                     "<messagePath>=order</messagePath>"
                     "</correlationPropertyRetrievalExpression>"
                     "</correlationProperty><collaboration id='C'>"
                     "<correlationKey id='by_order'><correlationPropertyRef>P"
                     "</correlationPropertyRef></correlationKey>"
                     "</collaboration>"
                     "<message id='K' name='keyed'><extensionElements>"
                     "<zeebe:subscription correlationKey='=order'/>"
                     "</extensionElements></message>"
                     "<error id='E1' errorCode='E1'/>"
                     "<error id='E2' errorCode='E2'/>"
                     "<signal id='S' name='all'/>"
                     "<escalation id='X1' escalationCode='X1'/>"
                     "<process id='p' isExecutable='true'>");
    add_body(&xml, body);
    wr_str_add(&xml, "</process></definitions>");
    if (wr_bpmn_read(a, xml.s, xml.len, &options, &bpmn, &err) < 0)
        ck_abort_msg("%s\n%s", err.text, xml.s);
    for (size_t k = 0; k < bpmn.findings.n; k++) {
        const struct wr_finding *f = &bpmn.findings.items[k];

        if (f->severity == WR_ERROR_FINDING) {
            *why = wr_arena_printf(a, "%s %s\n%s", f->code, f->detail, xml.s);
            return NULL;
        }
    }
    ck_assert_int_eq(bpmn.n_models, 1);
    m = wr_arena_memdup(a, bpmn.models[0], sizeof(*m));
    wr_model_bind(a, m, wr_symbols_new(a));

    return m;
}

const struct wr_model *
world_model(struct wr_arena *a, const char *body)
{
    const char *why;
    const struct wr_model *m = world_try_model(a, body, &why);

    if (!m)
        ck_abort_msg("%s", why);

    return m;
}

/* ---- the world ---- */

struct world *
world_of(const struct wr_model *m, struct wr_arena *a)
{
    struct world *w = wr_new(a, struct world);
    struct wr_uuid id;

    w->arena = a;
    w->model = m;
    w->now = EPOCH;
    memset(&w->ids, 0, sizeof(w->ids));
    w->ids.b[6] = 0x70;
    w->ids.b[8] = 0x80;
    id = wr_uuid_next(&w->ids);
    w->instance = wr_instance_new(a, id, wr_uuid_next(&w->ids), 1);
    w->tasks = wr_newn(a, struct wr_task_row, WORLD_ROWS);
    w->jobs = wr_newn(a, struct wr_job_row, WORLD_ROWS);
    w->timers = wr_newn(a, struct wr_timer_row, WORLD_ROWS);
    w->subscriptions = wr_newn(a, struct wr_subscription_row, WORLD_ROWS);
    w->incidents = wr_newn(a, struct wr_incident_row, WORLD_ROWS);
    w->spills = wr_newn(a, struct wr_spill_row, WORLD_ROWS);
    w->log.arena = a;

    return w;
}

struct world *
world_new(const char *body)
{
    struct wr_arena *a = wr_arena_new(1 << 16);

    return world_of(world_model(a, body), a);
}

void
world_free(struct world *w)
{
    wr_arena_free(w->arena);
}

/* ---- rows: every op must fit what is there ---- */

#define APPLY(name)                                                           \
    static void apply_##name##s(struct world *w,                              \
                                const struct wr_##name##_op *ops, int n)      \
    {                                                                         \
        for (int k = 0; k < n; k++) {                                         \
            int at = 0;                                                       \
                                                                              \
            while (at < w->n_##name##s                                        \
                   && !wr_uuid_equal(&w->name##s[at].id, &ops[k].row.id))     \
                at++;                                                         \
            if (ops[k].op == WR_OP_DEL) {                                     \
                ck_assert_msg(at < w->n_##name##s,                            \
                              "a " #name " that is not there is deleted");    \
                w->name##s[at] = w->name##s[--w->n_##name##s];                \
                continue;                                                     \
            }                                                                 \
            ck_assert_msg(ops[k].is_new == (at == w->n_##name##s),            \
                          "is_new of a " #name " is wrong");                  \
            ck_assert_int_lt(at, WORLD_ROWS);                                 \
            if (at == w->n_##name##s)                                         \
                w->n_##name##s++;                                             \
            w->name##s[at] = ops[k].row;                                      \
            for (int j = 0; j < k; j++)                                       \
                ck_assert_msg(!wr_uuid_equal(&ops[j].row.id, &ops[k].row.id), \
                              "two ops for one " #name);                      \
        }                                                                     \
    }
APPLY(task)
APPLY(job)
APPLY(timer)
APPLY(subscription)
APPLY(incident)
APPLY(spill)
#undef APPLY

/* Rows of the state: one or all. */
static int
spilled(void *data, struct wr_step *s, const struct wr_uuid *id,
        const struct wr_spill_row **rows, size_t *n, struct wr_err *err)
{
    struct world *w = data;

    (void)s, (void)err;
    w->n_asked++;
    *rows = w->spills;
    *n = (size_t)w->n_spills;
    for (int k = 0; id && k < w->n_spills; k++) {
        if (wr_uuid_equal(&w->spills[k].id, id)) {
            *rows = &w->spills[k];
            *n = 1;
            return 0;
        }
    }
    if (id)
        *n = 0;

    return 0;
}

static void
outside(struct world *w, struct wr_step *s)
{
    struct wr_outside *o = wr_new(w->arena, struct wr_outside);

    o->data = w;
    o->spilled = spilled;
    s->outside = o;
    s->spill_from = w->spill_from;
}

struct wr_instance *
world_whole(struct world *w)
{
    struct wr_instance *i;

    if (wr_instance_decode(w->arena, w->model, &w->row, &i, &w->err) < 0
        || wr_instance_load(i, w->model, w->spills, (size_t)w->n_spills,
                            &w->err)
               < 0)
        ck_abort_msg("%s", w->err.text);

    return i;
}

static int64_t
check_history(struct world *w, const struct wr_history_row *h, int64_t rev)
{
    const struct wr_history_event *events;
    size_t n;

    ck_assert_int_eq(h->seq, rev + 1);
    ck_assert_int_eq(
        wr_history_decode(w->arena, h->events, &events, &n, &w->err), 0);
    ck_assert_int_gt((int64_t)n, 0);
    if (wr_replay_add(w->replay, w->model, h, &w->err) < 0)
        ck_abort_msg("%s", w->err.text);
    wr_str_addn(&w->log, h->events.p, h->events.len);

    return rev + (int64_t)n;
}

static void
reload(struct world *w)
{
    struct wr_str blob = { .arena = w->arena };

    if (w->hot)
        return;
    if (wr_instance_decode(w->arena, w->model, &w->row, &w->instance, &w->err)
        < 0)
        ck_abort_msg("%s", w->err.text);
    wr_instance_encode(w->instance, w->model, &blob);
    ck_assert_int_eq((int64_t)blob.len, (int64_t)w->row.blob.len);
    ck_assert(memcmp(blob.s, w->row.blob.p, blob.len) == 0);
}

static void
apply(struct world *w, const struct wr_model *to, const struct wr_effects *fx)
{
    int64_t rev = fx->expected_rev;

    ck_assert_int_eq(rev, w->row.rev);
    if (!w->replay)
        w->replay = wr_replay_new(w->arena);
    if (to != w->model)
        wr_replay_goes_to(w->replay, to);
    rev = check_history(w, &fx->history, rev);
    for (int k = 0; k < fx->n_more_histories; k++)
        rev = check_history(w, &fx->more_histories[k], rev);
    ck_assert_int_eq(fx->instance.rev, rev);
    apply_tasks(w, fx->tasks, fx->n_tasks);
    apply_jobs(w, fx->jobs, fx->n_jobs);
    apply_timers(w, fx->timers, fx->n_timers);
    apply_subscriptions(w, fx->subscriptions, fx->n_subscriptions);
    apply_incidents(w, fx->incidents, fx->n_incidents);
    apply_spills(w, fx->spills, fx->n_spills);
    ck_assert_int_eq(fx->instance.incidents, w->n_incidents);
    w->row = fx->instance;
    w->effects = fx;
    w->trace = wr_step_trace(w->arena, w->model, fx);
    w->model = to; /* of a migration */
    reload(w);
    if (wr_replay_compare(w->replay, w->model,
                          w->spill_from ? world_whole(w) : w->instance, &w->err)
        < 0)
        ck_abort_msg("%s", w->err.text);
}

static struct wr_step *
open_step(struct world *w)
{
    struct wr_step *s = wr_new(w->arena, struct wr_step);

    s->model = w->model;
    s->instance = w->instance;
    s->arena = w->arena;
    s->budget = w->budget;
    s->handler = w->handler;
    s->outside = w->outside;
    s->handler_data = w;
    s->auto_async = w->auto_async;
    s->holds = w->holds;
    s->n_holds = w->n_holds;
    if (w->spill_from)
        outside(w, s);

    return s;
}

int
world_send(struct world *w, struct wr_event ev)
{
    if (!w->open)
        w->open = open_step(w);
    ev.now = w->now;
    for (int k = 0; k < 1000; k++)
        ev.ids = wr_uuid_next(&w->ids);
    ev.command = ev.ids;
    if (wr_step(w->open, &ev, &w->err) < 0) {
        if (!w->open->state)
            w->open = NULL;
        return w->err.code;
    }
    w->cut = w->open->cut;
    if (!w->merge)
        world_commit(w);

    return 0;
}

void
world_commit(struct world *w)
{
    apply(w, w->open->model, &w->open->effects);
    w->open = NULL;
}

static void
send(struct world *w, struct wr_event ev)
{
    if (world_send(w, ev) < 0)
        ck_abort_msg("refused: %s", w->err.text);
}

const struct wr_value *
world_json(struct world *w, const char *json)
{
    const struct wr_value *v;

    if (!json)
        return NULL;
    if (wr_json_parse(w->arena, json, strlen(json), &v, &w->err) < 0)
        ck_abort_msg("%s: %s", json, w->err.text);

    return v;
}

void
world_start(struct world *w, const char *json)
{
    send(w, (struct wr_event){ .type = WR_EV_START,
                               .variables = world_json(w, json) });
}

static bool
stands_at(struct world *w, const struct wr_uuid *id, const char *element)
{
    int node = wr_instance_node_of(w->instance, id);

    return node >= 0 && strcmp(w->model->nodes[node].id, element) == 0;
}

/* The oldest open task, job, timer or subscription there. */
struct wr_uuid
world_id(struct world *w, const char *element)
{
    struct wr_uuid found = { 0 };

#define LOOK(name)                                                       \
    for (int k = 0; k < w->n_##name##s; k++) {                           \
        const struct wr_uuid *id = &w->name##s[k].id;                    \
        if (stands_at(w, id, element)                                    \
            && (wr_uuid_is_zero(&found) || wr_uuid_cmp(id, &found) < 0)) \
            found = *id;                                                 \
    }
    LOOK(task)
    LOOK(job)
    LOOK(timer)
    LOOK(subscription)
#undef LOOK
    if (wr_uuid_is_zero(&found))
        ck_abort_msg("nothing is open at '%s'", element);

    return found;
}

void
world_complete(struct world *w, const char *element, const char *json)
{
    send(w, (struct wr_event){ .type = WR_EV_TASK_COMPLETE,
                               .target = world_id(w, element),
                               .variables = world_json(w, json) });
}

void
world_job(struct world *w, const char *element, const char *json)
{
    send(w, (struct wr_event){ .type = WR_EV_JOB_COMPLETE,
                               .target = world_id(w, element),
                               .variables = world_json(w, json) });
}

void
world_error(struct world *w, const char *element, const char *code)
{
    send(w, (struct wr_event){ .type = WR_EV_JOB_ERROR,
                               .target = world_id(w, element),
                               .text = code });
}

void
world_fail(struct world *w, const char *element)
{
    send(w, (struct wr_event){ .type = WR_EV_JOB_FAIL,
                               .target = world_id(w, element),
                               .retries = -1,
                               .retry_in_ms = -1,
                               .message = "broken" });
}

void
world_run(struct world *w, const char *element)
{
    send(w, (struct wr_event){ .type = WR_EV_JOB_RUN,
                               .target = world_id(w, element) });
}

void
world_fire(struct world *w, const char *element)
{
    struct wr_uuid id = world_id(w, element);

    for (int k = 0; k < w->n_timers; k++) {
        if (wr_uuid_equal(&w->timers[k].id, &id)
            && w->timers[k].due_at > w->now)
            w->now = w->timers[k].due_at;
    }
    send(w, (struct wr_event){ .type = WR_EV_TIMER, .target = id });
}

void
world_message(struct world *w, const char *element, const char *json)
{
    send(w, (struct wr_event){ .type = WR_EV_MESSAGE,
                               .target = world_id(w, element),
                               .variables = world_json(w, json) });
}

void
world_resolve(struct world *w, const char *element, bool skip, const char *json)
{
    for (int k = 0; k < w->n_incidents; k++) {
        if (!stands_at(w, &w->incidents[k].id, element))
            continue;
        send(w, (struct wr_event){ .type = WR_EV_INCIDENT_RESOLVE,
                                   .target = w->incidents[k].id,
                                   .skip = skip,
                                   .variables = world_json(w, json) });
        return;
    }
    ck_abort_msg("no incident at '%s'", element);
}

void
world_expect(struct world *w, const char *trace)
{
    ck_assert_str_eq(w->trace, trace);
}

void
world_expect_state(struct world *w, enum wr_instance_state state)
{
    ck_assert_str_eq(wr_instance_state_name(w->row.state),
                     wr_instance_state_name(state));
    if (state == WR_ACTIVE)
        return;
    ck_assert_int_eq(w->n_tasks + w->n_jobs + w->n_timers + w->n_subscriptions
                         + w->n_incidents,
                     0);
    ck_assert_int_gt(w->row.ended_at, 0);
}

const char *
world_var(struct world *w, const char *name)
{
    const struct wr_value *v = wr_value_get(
        wr_instance_variables(w->instance, 0, w->arena), name);
    struct wr_str out = { .arena = w->arena };

    if (v)
        wr_json_write(&out, v, WR_JSON_PLAIN);

    return wr_str_text(&out);
}

const char *
world_tokens(struct world *w)
{
    const struct wr_token_info *t;
    struct wr_str out = { .arena = w->arena };
    int n = wr_instance_tokens(w->instance, w->model, w->arena, &t);

    for (int k = 0; k < n; k++)
        wr_str_printf(&out, "%s%s:%s:%s", k ? " " : "",
                      w->model->nodes[t[k].node].id,
                      wr_token_state_name(t[k].state), t[k].waiting_for);

    return wr_str_text(&out);
}
