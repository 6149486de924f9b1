/*
 * Random processes, random events: whatever happens,
 *
 *  - an instance that is decoded before every event and one that stays in
 *    memory give the same bytes (state, history, rows), and so does a replay
 *  - every token waits for something that is open, and every open row belongs
 *    to a token
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/str.h"
#include "engine/exec/state.h"
#include "tests/lib/t.h"
#include "tests/unit/exec/world.h"

enum {
    MODELS = 60 /* in each of four runs; WEIR_MODELS overrides */,
    EVENTS = 40,
    BUDGET = 60,
    CROWD = 120,
};

static uint64_t seed;
static int model;

static int
draw(int n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;

    return (int)(seed >> 33) % n;
}

/* ---- models ---- */

#define JOB(type)                                                            \
    "<extensionElements><zeebe:taskDefinition type='" type "' retries='2'/>" \
    "</extensionElements>"

/* false: no flow leaves it. */
static bool add_node(struct wr_str *out, const char *prefix, int n, int depth);

static void
add_graph(struct wr_str *out, const char *prefix, int depth)
{
    int n = 2 + draw(depth ? 4 : 8);
    bool leaves[10];

    wr_str_printf(out, "<startEvent id='%ss'/><endEvent id='%se'/>", prefix,
                  prefix);
    for (int k = 0; k < n; k++)
        leaves[k] = add_node(out, prefix, k, depth);
    wr_str_printf(out, "{%ss>%s0", prefix, prefix);
    for (int k = 0; k < n; k++) {
        unsigned seen = 0;

        for (int j = leaves[k] ? draw(3) : -1; j >= 0; j--) {
            int to = draw(n + 2);

            if (to >= n || (to <= k && draw(3)))
                to = n; /* the end event; back is rare */
            if (seen & 1u << to)
                continue;
            seen |= 1u << to;
            wr_str_printf(out, ";%s%d>%s", prefix, k, prefix);
            if (to == n)
                wr_str_add(out, "e");
            else
                wr_str_printf(out, "%d", to);
            if (draw(3) == 0)
                wr_str_printf(out, " if v > %d", draw(10));
        }
    }
    for (int k = 0; k < n; k++)
        wr_str_printf(out, ";%sb%d>%s%d", prefix, k, prefix, draw(n));
    wr_str_add(out, "}");
}

static void
add_boundary(struct wr_str *out, const char *prefix, int n)
{
    static const char *const definitions[] = {
        "<timerEventDefinition><timeDuration>PT1M</timeDuration>"
        "</timerEventDefinition>",
        "<timerEventDefinition><timeCycle>R3/PT1M</timeCycle>"
        "</timerEventDefinition>",
        "<messageEventDefinition messageRef='M'/>",
        "<conditionalEventDefinition><condition>=v &gt; 6</condition>"
        "</conditionalEventDefinition>",
        "<conditionalEventDefinition><condition>"
        "=nrOfCompletedInstances &gt; 1</condition>"
        "</conditionalEventDefinition>",
        "<escalationEventDefinition escalationRef='X1'/>",
        "<signalEventDefinition signalRef='S'/>",
        "<errorEventDefinition errorRef='E1'/>",
    };
    int last = WR_COUNT(definitions) - 1, kind = draw(last + 1);

    wr_str_printf(out,
                  "<boundaryEvent id='%sb%d' attachedToRef='%s%d'"
                  " cancelActivity='%s'>%s</boundaryEvent>",
                  prefix, n, prefix, n,
                  kind == last || draw(2) ? "true" : "false",
                  definitions[kind]);
}

/* Once, or several times. */
static void
add_loop(struct wr_str *out)
{
    static const char *const loops[] = {
        "<multiInstanceLoopCharacteristics><loopCardinality>=2"
        "</loopCardinality></multiInstanceLoopCharacteristics>",
        "<multiInstanceLoopCharacteristics isSequential='true'>"
        "<extensionElements><zeebe:loopCharacteristics"
        " inputCollection='=[1, v, 3]' inputElement='one'"
        " outputCollection='all' outputElement='=v'/></extensionElements>"
        "</multiInstanceLoopCharacteristics>",
        "<multiInstanceLoopCharacteristics><extensionElements>"
        "<zeebe:loopCharacteristics inputCollection='=[v, 2, 3]'"
        " inputElement='one'/></extensionElements><completionCondition>"
        "=nrOfCompletedInstances &gt; 1 or v &gt; 8</completionCondition>"
        "</multiInstanceLoopCharacteristics>",
        "<standardLoopCharacteristics loopMaximum='3'><loopCondition>"
        "=v &gt; 3</loopCondition></standardLoopCharacteristics>",
    };
    int kind = draw(2 * WR_COUNT(loops));

    if (kind < (int)WR_COUNT(loops))
        wr_str_add(out, loops[kind]);
}

/* What starts by itself in a sub-process. */
static void
add_event_sub(struct wr_str *out, const char *prefix)
{
    static const char *const definitions[] = {
        "<messageEventDefinition messageRef='M'/>",
        "<timerEventDefinition><timeDuration>PT2M</timeDuration>"
        "</timerEventDefinition>",
        "<conditionalEventDefinition><condition>=v &gt; 6</condition>"
        "</conditionalEventDefinition>",
        "<escalationEventDefinition escalationRef='X1'/>",
        "<signalEventDefinition signalRef='S'/>",
        "<errorEventDefinition/>",
    };
    int last = WR_COUNT(definitions) - 1, kind = draw(last + 1);

    wr_str_printf(out,
                  "<subProcess id='%sv' triggeredByEvent='true'>"
                  "<startEvent id='%svs' isInterrupting='%s'>%s</startEvent>"
                  "<userTask id='%svt'/><endEvent id='%sve'/>"
                  "{%svs>%svt; %svt>%sve}</subProcess>",
                  prefix, prefix, kind == last || draw(2) ? "true" : "false",
                  definitions[kind], prefix, prefix, prefix, prefix, prefix,
                  prefix);
}

static void
add_sub(struct wr_str *out, const char *prefix, int n, int depth)
{
    char inner[64];

    snprintf(inner, sizeof(inner), "%s%d_", prefix, n);
    wr_str_printf(out, "<subProcess id='%s%d'>", prefix, n);
    add_loop(out);
    add_graph(out, inner, depth + 1);
    if (draw(2))
        add_event_sub(out, inner);
    wr_str_add(out, "</subProcess>");
}

/* A pair of link events, and an ordinary flow out of the second. */
static void
add_link(struct wr_str *out, const char *prefix, int n)
{
    wr_str_printf(out,
                  "<intermediateThrowEvent id='%s%d'><linkEventDefinition"
                  " name='%s%d'/></intermediateThrowEvent>"
                  "<intermediateCatchEvent id='%sb%d'><linkEventDefinition"
                  " name='%s%d'/></intermediateCatchEvent>",
                  prefix, n, prefix, n, prefix, n, prefix, n);
}

/* A boundary event goes on every node; on gateways it becomes a second start,
 * so that its flow has a source. */
static bool
add_node(struct wr_str *out, const char *prefix, int n, int depth)
{
    static const char *const bodies[] = {
        "<task id='%s%d'>",
        "<userTask id='%s%d'>",
        "<userTask id='%s%d' camunda:asyncBefore='true'>",
        "<serviceTask id='%s%d'>" JOB("work"),
        "<scriptTask id='%s%d'><extensionElements><zeebe:script"
        " expression='=v + 1' resultVariable='v'/></extensionElements>"
        "</scriptTask>",
        "<exclusiveGateway id='%s%d'/>",
        "<parallelGateway id='%s%d'/>",
        "<inclusiveGateway id='%s%d'/>",
        "<inclusiveGateway id='%s%d'/>",
        "<complexGateway id='%s%d'><activationCondition>"
        "= activationCount > 1 or v > 6</activationCondition>"
        "</complexGateway>",
        "<intermediateCatchEvent id='%s%d'><timerEventDefinition>"
        "<timeDuration>PT1M</timeDuration></timerEventDefinition>"
        "</intermediateCatchEvent>",
        "<intermediateCatchEvent id='%s%d'><conditionalEventDefinition>"
        "<condition>=v &gt; 8</condition></conditionalEventDefinition>"
        "</intermediateCatchEvent>",
        "<intermediateThrowEvent id='%s%d'><escalationEventDefinition"
        " escalationRef='X1'/></intermediateThrowEvent>",
        "<intermediateThrowEvent id='%s%d'><signalEventDefinition"
        " signalRef='S'/></intermediateThrowEvent>",
    };
    static const char *const tasks[] = { "task", "userTask", "userTask",
                                         "serviceTask" };
    int kind = draw(WR_COUNT(bodies) + 3);

    if (kind == (int)WR_COUNT(bodies)) {
        add_link(out, prefix, n);
        return false;
    }
    if (kind > (int)WR_COUNT(bodies) && depth < 2) {
        add_sub(out, prefix, n, depth);
        add_boundary(out, prefix, n);
        return true;
    }
    if (kind >= (int)WR_COUNT(bodies))
        kind = 1;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    wr_str_printf(out, bodies[kind], prefix, n);
#pragma GCC diagnostic pop
    if (kind < (int)WR_COUNT(tasks)) {
        add_loop(out);
        wr_str_printf(out, "</%s>", tasks[kind]);
        add_boundary(out, prefix, n);
    } else {
        wr_str_printf(out, "<startEvent id='%sb%d'/>", prefix, n);
    }

    return true;
}

/* ---- events ---- */

static bool
random_incident(struct world *w, struct wr_event *ev)
{
    if (!w->n_incidents)
        return false;
    ev->type = WR_EV_INCIDENT_RESOLVE;
    ev->target = w->incidents[draw(w->n_incidents)].id;
    ev->skip = draw(2);
    if (draw(2))
        ev->variables = world_json(w, "{\"v\": 9}");

    return true;
}

static bool
random_job(struct world *w, struct wr_event *ev)
{
    static const enum wr_event_type types[] = {
        WR_EV_JOB_COMPLETE, WR_EV_JOB_COMPLETE, WR_EV_JOB_FAIL, WR_EV_JOB_ERROR
    };
    const struct wr_job_row *job;

    if (!w->n_jobs)
        return false;
    job = &w->jobs[draw(w->n_jobs)];
    ev->target = job->id;
    ev->type = job->kind == WR_JOB_ASYNC ? WR_EV_JOB_RUN : types[draw(4)];
    ev->retries = -1;
    ev->retry_in_ms = -1;
    ev->message = "broken";
    ev->text = draw(2) ? "E1" : "E2";
    if (draw(2))
        ev->variables = world_json(w, "{\"v\": 1, \"answer\": [1, 2]}");

    return true;
}

static bool
random_task(struct world *w, struct wr_event *ev)
{
    if (!w->n_tasks)
        return false;
    ev->type = draw(5) ? WR_EV_TASK_COMPLETE : WR_EV_TASK_ASSIGN;
    ev->target = w->tasks[draw(w->n_tasks)].id;
    ev->text = "ann";
    if (draw(2))
        ev->variables = world_json(w, "{\"v\": 7}");

    return true;
}

static bool
random_timer(struct world *w, struct wr_event *ev)
{
    const struct wr_timer_row *t;

    if (!w->n_timers)
        return false;
    t = &w->timers[draw(w->n_timers)];
    ev->type = WR_EV_TIMER;
    ev->target = t->id;
    if (w->now < t->due_at)
        w->now = t->due_at + draw(100000);

    return true;
}

static bool
random_message(struct world *w, struct wr_event *ev)
{
    if (!w->n_subscriptions)
        return false;
    ev->type = WR_EV_MESSAGE;
    ev->target = w->subscriptions[draw(w->n_subscriptions)].id;
    ev->variables = world_json(w, "{\"m\": true}");

    return true;
}

static struct wr_event
random_event(struct world *w)
{
    static bool (*const makers[])(struct world *, struct wr_event *) = {
        random_incident, random_job, random_task, random_timer, random_message,
    };
    int from = draw(WR_COUNT(makers));
    struct wr_event ev = { .type = WR_EV_START };

    if (!w->row.rev) {
        ev.variables = world_json(w, "{\"v\": 5}");
        return ev;
    }
    if (w->cut && draw(2)) {
        ev.type = WR_EV_CONTINUE;
        return ev;
    }
    for (size_t k = 0; k < WR_COUNT(makers); k++) {
        if (makers[(from + (int)k) % (int)WR_COUNT(makers)](w, &ev))
            return ev;
    }
    ev.type = w->cut ? WR_EV_CONTINUE : WR_EV_SET_VARIABLES;

    return ev;
}

/* ---- what must hold ---- */

static int
count_waits(const struct wr_activity *a)
{
    int n = 0;

    for (const struct wr_wait *w = a->waits; w; w = w->next)
        n += w->kind != WR_WAIT_CONDITION; /* the one without a row */

    return n;
}

static void
every_token_waits(struct world *w)
{
    struct wr_activity *a;
    int waits = 0;

    if (w->row.state != WR_ACTIVE) {
        world_expect_state(w, w->row.state);
        ck_assert_ptr_null(w->instance->root->first);
        return;
    }
    for (a = w->instance->root; a; a = wr_activity_next(w->instance->root, a)) {
        waits += count_waits(a);
        if (!a->first && !a->pending && !a->waits
            && !(w->cut && (a->n_queues || a->n_drawn)))
            ck_abort_msg("model %d: a token at '%s' waits for nothing", model,
                         a->node < 0 ? "" : w->model->nodes[a->node].id);
        if (a->first || a->node < 0 || a->pending)
            continue;
        /* Boundary events alone do not keep a token. */
        if (w->model->nodes[a->node].inner < 0)
            ck_assert(wr_wait_of(a, WR_WAIT_TASK) || wr_wait_of(a, WR_WAIT_JOB)
                      || wr_wait_of(a, WR_WAIT_TIMER)
                      || wr_wait_of(a, WR_WAIT_SUBSCRIPTION)
                      || wr_wait_of(a, WR_WAIT_CONDITION)
                      || wr_wait_of(a, WR_WAIT_INCIDENT));
    }
    ck_assert_int_eq(waits, w->n_tasks + w->n_jobs + w->n_timers
                                + w->n_subscriptions + w->n_incidents);
    if (!w->cut)
        ck_assert_ptr_null(w->instance->work);
}

static void
same(const struct world *x, const struct world *y)
{
    ck_assert_int_eq((int)x->row.state, (int)y->row.state);
    ck_assert_int_eq((int64_t)x->row.blob.len, (int64_t)y->row.blob.len);
    ck_assert(memcmp(x->row.blob.p, y->row.blob.p, x->row.blob.len) == 0);
    ck_assert_int_eq((int64_t)x->log.len, (int64_t)y->log.len);
    ck_assert(x->log.len == 0 || memcmp(x->log.s, y->log.s, x->log.len) == 0);
    ck_assert_int_eq(x->n_tasks, y->n_tasks);
    ck_assert_int_eq(x->n_jobs, y->n_jobs);
    ck_assert_int_eq(x->n_timers, y->n_timers);
    ck_assert_int_eq(x->n_subscriptions, y->n_subscriptions);
    ck_assert_int_eq(x->n_incidents, y->n_incidents);
}

/* Loops around parallel splits grow without end: enough is enough. */
static bool
goes_on(const struct world *w)
{
    return w->row.state == WR_ACTIVE
           && w->n_tasks + w->n_jobs + w->n_timers + w->n_subscriptions
                      + w->n_incidents
                  < CROWD;
}

static void
live(struct world *w, struct world *hot, struct world *replay)
{
    w->budget = hot->budget = replay->budget = BUDGET;
    hot->hot = true;
    for (int k = 0; k < EVENTS && goes_on(w); k++) {
        struct wr_event ev = random_event(w);
        int code = world_send(w, ev);

        hot->now = replay->now = w->now;
        ck_assert_int_eq(world_send(hot, ev), code);
        ck_assert_int_eq(world_send(replay, ev), code);
        same(w, hot);
        same(w, replay);
        every_token_waits(w);
        every_token_waits(hot);
    }
}

static bool
one_model(int n)
{
    struct wr_arena *a = wr_arena_new(1 << 16);
    struct wr_str body = { .arena = a };
    const struct wr_model *m;
    const char *why = NULL;

    model = n;
    seed = (uint64_t)n * 7919 + 17;
    add_graph(&body, "n", 0);
    m = world_try_model(a, body.s, &why);
    if (m)
        live(world_of(m, a), world_of(m, a), world_of(m, a));
    else if (getenv("WEIR_VERBOSE"))
        fprintf(stderr, "model %d: %s\n", n, why);
    wr_arena_free(a);

    return m;
}

START_TEST(whatever_happens)
{
    const char *one = getenv("WEIR_MODEL"), *more = getenv("WEIR_MODELS");
    int models = more ? atoi(more) : MODELS, ran = 0;

    if (one) {
        (void)one_model(atoi(one));
        return;
    }
    for (int n = _i * models; n < (_i + 1) * models; n++)
        ran += one_model(n);
    ck_assert_int_gt(ran, models / 2);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("random processes");

    tcase_set_timeout(tc, 600);
    tcase_add_loop_test(tc, whatever_happens, 0, 4);

    return t_main("random", tc, NULL);
}
