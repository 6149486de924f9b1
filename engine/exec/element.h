/*
 * element.h: what an element kind is to the engine.
 *
 * The executor knows nothing about tasks or gateways.  It moves tokens and asks
 * the element under a token what to do; everything specific to one element is
 * in one file of elements/ behind this table.  Boundary events, mappings,
 * joins, asynchronous continuations and incidents are wrapped around the hooks.
 *
 * Hooks read the model and the activity, and change the world only through the
 * functions below.  They are never called again for what they answered, but
 * `enter` is run anew when an incident it raised is retried.
 */

#ifndef WR_ELEMENT_H
#define WR_ELEMENT_H

#include "engine/exec/state.h"
#include "engine/exec/step.h"

/* What becomes of the token after a hook ran. */
enum wr_move {
    WR_LEAVE, /* completed: outputs, then the outgoing flows */
    WR_WAIT,  /* stay; an event will resume it */
    WR_END,   /* the token is consumed here */
    WR_THROW, /* wr_exec_incident() or wr_exec_error() said why */
};

struct wr_exec; /* one wr_step() call */

struct wr_element_ops {
    /* A token is inside.  Required. */
    enum wr_move (*enter)(struct wr_exec *x, struct wr_activity *a);
    /* What it waited for happened; a->result has what came.  NULL: LEAVE. */
    enum wr_move (*resume)(struct wr_exec *x, struct wr_activity *a);
    /* The flows to leave by, into `out` (room for n_out); their number, or -1
     * after wr_exec_incident().  NULL: conditional flows and the default, as
     * S5 has it for activities. */
    int (*choose)(struct wr_exec *x, struct wr_activity *a, int *out);
};

extern const struct wr_element_ops *const wr_elements[WR_KINDS];

const struct wr_node *wr_exec_node(const struct wr_exec *x,
                                   const struct wr_activity *a);
const struct wr_model *wr_exec_model(const struct wr_exec *x);

/* ---- failing; all answer WR_THROW ---- */

/* The model is at fault: `type` of incidents.def. */
enum wr_move wr_exec_incident(struct wr_exec *x, const char *type,
                              const char *message);
/* A BPMN error: boundary events take over, S12.  `at_end`: thrown by an error
 * end event, the instance fails when nothing catches it. */
enum wr_move wr_exec_error(struct wr_exec *x, const char *code,
                           const char *message, bool at_end);

/* The node's escalation: whoever around it catches it, S13.  The token goes on
 * unless that interrupts it. */
enum wr_move wr_exec_escalation(struct wr_exec *x, struct wr_activity *a);

/* ---- values ---- */

WR_MUST int wr_exec_eval(struct wr_exec *x, struct wr_activity *a,
                         const struct wr_expr *e, const struct wr_value **out,
                         struct wr_err *err);
/* The same, where {name: value} hides variables of these names; the value need
 * not be storable. */
WR_MUST int wr_exec_eval_with(struct wr_exec *x, struct wr_activity *a,
                              const struct wr_expr *e,
                              const struct wr_value *names,
                              const struct wr_value **out, struct wr_err *err);
/* Text of an attribute; *out NULL when it is absent or null. */
WR_MUST int wr_exec_text(struct wr_exec *x, struct wr_activity *a,
                         const struct wr_attr *attr, const char **out,
                         struct wr_err *err);
/* A condition: true or false, -1 after wr_exec_incident(). */
int wr_exec_test(struct wr_exec *x, struct wr_activity *a,
                 const struct wr_flow *f);
/* The same of any condition; an incident calls it `what` of `id`. */
int wr_exec_holds(struct wr_exec *x, struct wr_activity *a,
                  const struct wr_expr *e, const char *what, const char *id);
/* The condition of an event: what cannot be found yet does not hold, so a missing
 * variable or a FEEL null is false here. */
WR_MUST int wr_exec_met(struct wr_exec *x, struct wr_activity *a,
                        const struct wr_expr *e, bool *yes, struct wr_err *err);
/* Run the node's script, if it has one, for the result variable; LEAVE, or
 * THROW after an incident.  As the enter hook of what is a script. */
enum wr_move wr_exec_script(struct wr_exec *x, struct wr_activity *a);
/* Make the node's decision; LEAVE, or THROW after an incident or error. */
enum wr_move wr_exec_decide(struct wr_exec *x, struct wr_activity *a);
/* What the element gives back under one name. */
void wr_exec_result(struct wr_exec *x, struct wr_activity *a, const char *name,
                    const struct wr_value *v);

/* ---- waiting; all answer WR_WAIT or WR_THROW ---- */

enum wr_move wr_task_open(struct wr_exec *x, struct wr_activity *a);
enum wr_move wr_job_open(struct wr_exec *x, struct wr_activity *a);
/* A job nobody polls for: a test's handler said it will be completed later. */
enum wr_move wr_job_hold(struct wr_exec *x, struct wr_activity *a);
/* Wait for the node's own event, or for those its outgoing flows lead to. */
enum wr_move wr_catch_open(struct wr_exec *x, struct wr_activity *a);
/* Wait for what a parallel multiple start event did not bring yet. */
enum wr_move wr_catch_rest(struct wr_exec *x, struct wr_activity *a);
/* Its work is done, with a->result: wait for the message of its own id. */
enum wr_move wr_exec_await(struct wr_exec *x, struct wr_activity *a);
enum wr_move wr_branches_open(struct wr_exec *x, struct wr_activity *a);
enum wr_move wr_call_open(struct wr_exec *x, struct wr_activity *a);
/* An ad-hoc sub-process comes to life; it ends. */
enum wr_move wr_ad_hoc_open(struct wr_exec *x, struct wr_activity *a);
enum wr_move wr_ad_hoc_leave(struct wr_exec *x, struct wr_activity *a);

/* ---- throwing ---- */

/* A handler, a job, or the node's messages and signals; as the enter hook. */
enum wr_move wr_throw_enter(struct wr_exec *x, struct wr_activity *a);
/* The node's messages, signals and escalations alone: LEAVE, THROW after an
 * incident, END when an escalation interrupted it and `a` is gone. */
enum wr_move wr_throw_all(struct wr_exec *x, struct wr_activity *a);

/* ---- tokens ---- */

/* Bring a sub-process to life: one token into each of its starts. */
void wr_scope_open(struct wr_exec *x, struct wr_activity *a);
/* A terminate event: cancel every other token of the scope `a` stands in (S23),
 * or what its definition says beyond that: LEAVE, END when `a` is gone. */
enum wr_move wr_terminate(struct wr_exec *x, struct wr_activity *a);
/* An incident was to be thrown in place: the element, or the call activity of
 * this process, may say that it is a BPMN error.  THROW. */
enum wr_move wr_outcome_thrown(struct wr_exec *x, struct wr_activity *a,
                               const char *message);
/* Compensate what the event names, S21: WAIT, or LEAVE when there is nothing to
 * do or nothing to wait for. */
enum wr_move wr_compensate(struct wr_exec *x, struct wr_activity *a);
/* Cancel the transaction around `a` and compensate its log, S22. */
enum wr_move wr_cancel_transaction(struct wr_exec *x, struct wr_activity *a);
/* The first true flow, or all of them; as ops->choose. */
int wr_choose_first(struct wr_exec *x, struct wr_activity *a, int *out);
int wr_choose_true(struct wr_exec *x, struct wr_activity *a, int *out);
int wr_choose_all(struct wr_exec *x, struct wr_activity *a, int *out);
int wr_choose_complex(struct wr_exec *x, struct wr_activity *a, int *out);

/* Does a test's handler stand in for this element?  Then *move is its answer. */
bool wr_exec_handled(struct wr_exec *x, struct wr_activity *a,
                     enum wr_move *move);

#endif
