/*
 * exec.h: one wr_step() call, as the files of exec/ see it.
 *
 *     step.c       event -> what it does to the tree
 *     work.c       the work list;  run.c  a token enters and leaves a node
 *     join.c       parallel and inclusive joins, S6 and S7
 *     scope.c      scopes: begin, end, stuck
 *     listen.c     listeners
 *     loop.c       multi-instance and standard loops, S18 and S19;
 *     behavior.c   what they throw
 *     boundary.c   boundary events: arm, fire
 *     event_sub.c  event sub-processes;  trigger.c  what events wait for
 *     condition.c  conditional events
 *     fault.c      errors and incidents
 *     compensation.c    logs of what completed, and undoing it
 *     mapping.c    inputs and outputs;  variables.c  scopes of variables
 *     data.c       data objects and associations;  ad_hoc.c
 *     catch.c      what comes in for an event;  throw.c  what goes out
 *     task.c job.c timer.c message.c    things that are open outside
 *     decide.c     decisions of business rule tasks
 *     call.c       called processes;  call_undo.c  compensating those that ended
 *     reopen.c     an ended instance is compensated
 *     effects.c    rows and history;    encode.c decode*.c  state <-> blob
 *
 * running.h has what they share; a concern of several files has its own header,
 * which this one includes.
 */

#ifndef WR_EXEC_H
#define WR_EXEC_H

#include "engine/exec/calls.h"
#include "engine/exec/events.h"
#include "engine/exec/fault.h"
#include "engine/exec/hold.h"
#include "engine/exec/joins.h"
#include "engine/exec/listen.h"
#include "engine/exec/running.h"
#include "engine/exec/timers.h"
#include "engine/exec/undo.h"
#include "engine/exec/values.h"

/* ---- effects.c ---- */

void wr_emit(struct wr_exec *x, enum wr_history_type type, int element,
             int64_t key, const struct wr_uuid *id,
             const struct wr_value *data);
/* {name: text}; a NULL text is left out. */
const struct wr_value *wr_emit_text(struct wr_exec *x, const char *name,
                                    const char *text);
/* Insert or replace the row of `w`. */
void wr_row_put(struct wr_exec *x, const struct wr_wait *w, bool is_new);
/* The row of `w` was deleted, by this commit or one before: it is there again. */
void wr_row_back(struct wr_exec *x, const struct wr_wait *w);
void wr_row_del(struct wr_exec *x, const struct wr_wait *w);
/* A row to be delivered behind the commit; its text is the step's. */
/* notice.c: somebody is to hear of an incident that opened. */
void wr_notice_owe(struct wr_exec *x, const struct wr_wait *incident);
void wr_effects_owe(struct wr_exec *x, const struct wr_outbox_row *row);
void wr_effects_finish(struct wr_exec *x);

/* ---- work.c ---- */

/* Run the work list, ends of scopes and joins until everything waits. */
void wr_run(struct wr_exec *x);

/* ---- run.c ---- */

/* A token comes to life in `node`, by `flow` or from nowhere (-1), carrying
 * `result`. */
void wr_run_spawn(struct wr_exec *x, struct wr_activity *scope, int node,
                  int flow, const struct wr_value *result);
void wr_run_enter(struct wr_exec *x, struct wr_activity *a);
/* A token is born in `node`, whose event has happened. */
void wr_run_happened(struct wr_exec *x, struct wr_activity *scope, int node,
                     int flow, const struct wr_value *result);
/* The same for one that parked in between: `a` is at stage ENTER. */
void wr_run_happens(struct wr_exec *x, struct wr_activity *a);
/* The event `node` behind gateway `a` came first, with `result`. */
void wr_run_branch(struct wr_exec *x, struct wr_activity *a, int node,
                   const struct wr_value *result);
/* What the activity waited for is over, with a->result. */
void wr_run_resume(struct wr_exec *x, struct wr_activity *a);
/* The token of an event that has happened goes on. */
void wr_run_arrived(struct wr_exec *x, struct wr_activity *a);
void wr_run_leave(struct wr_exec *x, struct wr_activity *a); /* from outputs */
void wr_run_out(struct wr_exec *x, struct wr_activity *a);   /* from choose */
/* It begins, by an asynchronous continuation where it has one. */
void wr_run_start(struct wr_exec *x, struct wr_activity *a);
/* It is over, as it should: say so and drop it. */
void wr_run_end(struct wr_exec *x, struct wr_activity *a);
/* Its incident is retried, at the stage where it stopped. */
void wr_run_retry(struct wr_exec *x, struct wr_activity *a);
/* Its async job ran. */
void wr_run_again(struct wr_exec *x, struct wr_activity *a);
/* Leave without outputs; at stage OUT by the default or only flow, which
 * wr_run_skippable() makes sure of. */
bool wr_run_skippable(const struct wr_exec *x, const struct wr_activity *a);
void wr_run_skip(struct wr_exec *x, struct wr_activity *a);
/* It will be there for a while: give it a key and say so, once. */
void wr_run_started(struct wr_exec *x, struct wr_activity *a);
/* From here until wr_unwatch(), its answer: is `a` still there?  Nested. */
void wr_watch(struct wr_exec *x, struct wr_watch *w,
              const struct wr_activity *a);
bool wr_unwatch(struct wr_exec *x, struct wr_watch *w);
/* Remove `a` with everything below, as interrupted. */
void wr_cancel(struct wr_exec *x, struct wr_activity *a);
void wr_cancel_children(struct wr_exec *x, struct wr_activity *a,
                        const struct wr_activity *except);
/* Is there something to choose?  Otherwise the history needs no flows. */
bool wr_run_chooses(const struct wr_model *m, const struct wr_node *n);
/* The end of everything; `type` is the history event. */
void wr_run_end_instance(struct wr_exec *x, enum wr_instance_state state,
                         enum wr_history_type type,
                         const struct wr_value *data);

/* It is done and consumes its token. */
void wr_run_done(struct wr_exec *x, struct wr_activity *a);
/* Remove it without a word. */
void wr_run_drop(struct wr_exec *x, struct wr_activity *a);

/* ---- scopes (scope.c) ---- */

/* Something changed in it. */
void wr_touch(struct wr_exec *x, struct wr_activity *scope);
void wr_untouch(struct wr_exec *x, struct wr_activity *scope); /* it goes */
void wr_untouch_all(struct wr_exec *x);
void wr_touch_all(struct wr_exec *x);
/* End one scope that ran empty; false when there is none. */
bool wr_scope_end(struct wr_exec *x);
/* The next scope whose joins are to be looked at, NULL; it stays the next until
 * _done. */
struct wr_activity *wr_scope_with_joins(struct wr_exec *x);
void wr_scope_joins_done(struct wr_exec *x, struct wr_activity *scope);
/* Incidents where only tokens at joins are left and none can go on (S7). */
void wr_scope_report(struct wr_exec *x);

/* ---- iterations (loop.c) ---- */

void wr_loop_open(struct wr_exec *x, struct wr_activity *body);
void wr_loop_iterate(struct wr_exec *x, struct wr_activity *body);
/* The iteration is behind its outputs. */
void wr_loop_ended(struct wr_exec *x, struct wr_activity *a);
/* The same when what failed then is skipped. */
void wr_loop_skip(struct wr_exec *x, struct wr_activity *a);
void wr_loop_outputs(struct wr_exec *x, struct wr_activity *body);
/* Is this what the body of the loop counts, as a variable of its own? */
bool wr_loop_counts(const struct wr_loop *l, const char *name);

/* behavior.c: an iteration completed as the `completed`-th: throw what its
 * element says.  1: that ended `a`; -1 after wr_exec_incident(). */
WR_MUST int wr_loop_throw(struct wr_exec *x, struct wr_activity *a,
                          int64_t completed);

/* End the body now, as its completion condition does. */
void wr_loop_finish(struct wr_exec *x, struct wr_activity *body);

/* ---- terminate.c ---- */

/* End this instance with everything in it, and its callers. */
void wr_terminate_all(struct wr_exec *x);

/* Does a variable of the instance say that skipExpressions count, as in
 * Flowable? */
bool wr_exec_skips(struct wr_activity *a);

/* ---- outcome.c ---- */

/* The code of the BPMN error that this report of a failure is; NULL. */
const char *wr_outcome_mapped(const struct wr_node *n, const char *report);

/* A job was completed, or failed: is that an error, or did asking stop it?  Then
 * all is done. */
bool wr_outcome_is_error(struct wr_exec *x, struct wr_wait *w);

/* ---- waits (wait.c): the state, its row and its history together ---- */

struct wr_wait *wr_wait_open(struct wr_exec *x, struct wr_activity *a,
                             enum wr_wait_kind kind, int node);
/* Rows are put when they are filled in. */
void wr_wait_opened(struct wr_exec *x, struct wr_wait *w,
                    const struct wr_value *data);
void wr_wait_close(struct wr_exec *x, struct wr_wait *w, bool canceled,
                   const struct wr_value *data);
void wr_wait_close_all(struct wr_exec *x, struct wr_activity *a);
/* Stored states of before may have a timer for what is left of a cut step, beside
 * the job that stands for it: it goes when the step goes on. */
void wr_cut_forget(struct wr_exec *x);
bool wr_cut_is_mark(const struct wr_model *m, const struct wr_wait *w);

/* start.c: the listeners of the process, then its tokens are born. */
void wr_start_begin(struct wr_exec *x);

/* ---- tasks (task_act.c): events of people but those that end them ---- */

WR_MUST int wr_task_check(struct wr_exec *x, const struct wr_wait *w,
                          struct wr_err *err);
void wr_task_act(struct wr_exec *x, struct wr_wait *w);
void wr_task_assign(struct wr_exec *x, struct wr_wait *w);

/* ad_hoc.c: the scope a command means, NULL after an error; then it happens */
WR_MUST int wr_ad_hoc_check(struct wr_exec *x, struct wr_activity **out,
                            struct wr_err *err);
void wr_ad_hoc_activate(struct wr_exec *x, struct wr_activity *a);
/* `a` has completed.  END: so does the ad-hoc scope around it, and no flow is
 * taken; THROW after wr_exec_incident(). */
enum wr_move wr_ad_hoc_ended(struct wr_exec *x, struct wr_activity *a);
/* May something still be activated in it?  Then it does not end. */
bool wr_ad_hoc_is_open(const struct wr_exec *x, const struct wr_activity *a);
void wr_ad_hoc_next(struct wr_exec *x, struct wr_activity *a);

/* Follow the instructions of the event (modify.c): WR_ENOTFOUND, WR_ESTATE,
 * WR_EVALUE, WR_EAMBIGUOUS, WR_EEXPR.  The instance is half changed then. */
WR_MUST int wr_modify(struct wr_exec *x, struct wr_err *err);

/* unfit.c: the instance stands before its start, as its variables do not fit;
 * `root` does so; its incident `w` may be resolved with these variables; it is. */
void wr_unfit_stop(struct wr_exec *x, const char *why);
bool wr_unfit_is(const struct wr_activity *root);
WR_MUST int wr_unfit_check(struct wr_exec *x, const struct wr_wait *w,
                           struct wr_err *err);
void wr_unfit_resolve(struct wr_exec *x);

/* start.c: the instance begins as the event says, at `node`, -1: at its none
 * start events. */
void wr_start(struct wr_exec *x, int node);

/* What a migration will do, WR_EMIGRATE with the step's problems when it cannot;
 * nothing has changed then (migrate.c). */
struct wr_migrate;
WR_MUST int wr_migrate_plan(struct wr_exec *x, struct wr_migrate **out,
                            struct wr_err *err);
/* Do it.  WR_EMIGRATE: something new cannot be armed, and the instance is half
 * changed. */
WR_MUST int wr_migrate(struct wr_migrate *g, struct wr_err *err);

/* The instance of model scope `scope` for a token: the one of this key (NULL:
 * any), the one around `near` (NULL), the only one, or a new one. */
WR_MUST int wr_scope_for(struct wr_exec *x, int scope, const char *key,
                         struct wr_activity *near, struct wr_activity **out,
                         struct wr_err *err);

#endif
