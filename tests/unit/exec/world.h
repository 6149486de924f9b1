/*
 * world.h: one instance and its rows, for tests of the engine.
 *
 *     struct world *w = world_new("<startEvent id='s'/><userTask id='t'/>"
 *                                 "<endEvent id='e'/> {s>t; t>e}");
 *     world_start(w, "{\"amount\": 120}");
 *     world_complete(w, "t", NULL);
 *     world_expect(w, "task-completed t\n" ...);
 *
 * The body is BPMN without namespace prefix; {a>b; a>c if x > 1} stands for
 * sequence flows with ids "a-b", "a-c".  After every event the effects are
 * checked against the rows so far and applied to them, the state is encoded, it
 * must be what the history adds up to, and the next event runs on what decodes.
 */

#ifndef WORLD_H
#define WORLD_H

#include "engine/exec/history.h"
#include "engine/exec/instance.h"
#include "engine/exec/replay.h"
#include "engine/exec/step.h"

enum {
    WORLD_ROWS = 1000
};

struct world {
    struct wr_arena *arena;
    const struct wr_model *model;
    struct wr_instance *instance;
    struct wr_instance_row row; /* as committed */
    struct wr_uuid ids;
    int64_t now;
    int budget;
    int spill_from; /* 0: everything is in the row of the instance */
    bool cut;
    bool auto_async;
    bool hot;   /* keep the instance between events, as a running slot does */
    bool merge; /* events go into one commit until world_commit() */
    const struct wr_hold *holds; /* elements on hold in the events to come */
    int n_holds;
    const struct wr_outside *outside; /* NULL: nothing can be called */
    struct wr_step *open;
    wr_handler_fn *handler;
    const char *trace; /* of the last event */
    struct wr_err err;
    const struct wr_effects *effects;

    struct wr_task_row *tasks;
    struct wr_job_row *jobs;
    struct wr_timer_row *timers;
    struct wr_subscription_row *subscriptions;
    struct wr_incident_row *incidents;
    struct wr_spill_row *spills;
    int n_tasks, n_jobs, n_timers, n_subscriptions, n_incidents, n_spills;
    int n_asked;              /* lookups among them */
    struct wr_replay *replay; /* what the history adds up to */
    struct wr_str log;        /* every history blob, one after the other */
};

struct world *world_new(const char *body);
struct world *world_of(const struct wr_model *m, struct wr_arena *a);
const struct wr_model *world_model(struct wr_arena *a, const char *body);
/* NULL when the validator refuses it. */
const struct wr_model *world_try_model(struct wr_arena *a, const char *body,
                                       const char **why);
void world_free(struct world *w);

/* 0, or the refusal's code. */
int world_send(struct world *w, struct wr_event ev);
void world_commit(struct world *w);
/* These fail the test when they are refused.  Elements by id. */
void world_start(struct world *w, const char *json);
void world_complete(struct world *w, const char *element, const char *json);
void world_job(struct world *w, const char *element, const char *json);
void world_error(struct world *w, const char *element, const char *code);
void world_fail(struct world *w, const char *element);
void world_run(struct world *w, const char *element);  /* async job */
void world_fire(struct world *w, const char *element); /* at its due time */
void world_message(struct world *w, const char *element, const char *json);
void world_resolve(struct world *w, const char *element, bool skip,
                   const char *json);

/* With all rows beside it, as they are. */
struct wr_instance *world_whole(struct world *w);
const struct wr_value *world_json(struct world *w, const char *json);
void world_expect(struct world *w, const char *trace);
void world_expect_state(struct world *w, enum wr_instance_state state);
/* The root's variable as JSON; "" when there is none. */
const char *world_var(struct world *w, const char *name);
/* "t:waiting:task j:queued:join", in order. */
const char *world_tokens(struct world *w);
struct wr_uuid world_id(struct world *w, const char *element);

#endif
