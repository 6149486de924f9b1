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
 */

#ifndef WR_EXEC_H
#define WR_EXEC_H

#include "engine/exec/element.h"
#include "engine/exec/history.h"
#include "engine/exec/incident.h"

enum wr_fault_kind {
    WR_FAULT_NONE,
    WR_FAULT_INCIDENT,
    WR_FAULT_ERROR,
    WR_FAULT_ESCALATION
};

struct wr_fault { /* why WR_THROW */
    enum wr_fault_kind kind;
    const char *type; /* INCIDENT */
    const char *code; /* ERROR, ESCALATION */
    const char *message;
    bool at_end;
    bool leaves; /* ERROR: nothing in this process catches it */
};

struct wr_ops { /* growing array of struct wr_<kind>_op */
    void *items;
    int n, cap;
    int n_void;            /* opened and closed again */
    struct wr_index index; /* struct op_place, by id */
};

/* A variable was written: conditions may want to know. */
enum wr_write_kind {
    WR_WRITE_CREATE = 1,
    WR_WRITE_UPDATE = 2,
    WR_WRITE_DELETE = 4
};
struct wr_write {
    struct wr_write *next;
    struct wr_activity *holder; /* NULL: gone */
    const char *name;           /* NULL: what was armed at the holder */
    enum wr_write_kind kind;
};

/* Is this activity still there?  What a step does to others may end it. */
struct wr_watch {
    const struct wr_activity *of;
    bool gone;
    struct wr_watch *outer;
};

struct wr_exec {
    struct wr_step *s;
    const struct wr_model *m;
    struct wr_instance *i;
    struct wr_arena *arena; /* the step's */
    const struct wr_event *ev;
    struct wr_uuid ids;
    int left;           /* node executions */
    int64_t operations; /* of expressions; together the step's budget */
    struct wr_fault fault;
    bool told; /* the caller of this instance knows already */
    struct {
        const char *code, *message;
        const struct wr_value *data;
        bool at_end;
    } thrown;                    /* what the instance failed of */
    struct wr_activity *current; /* for a handler's variables */
    struct wr_watch *watches;
    struct wr_activity
        *survivor; /* of what is being cancelled; NULL: nothing */
    bool over;     /* the instance ends: nothing remains */
    struct wr_line_ends {
        struct wr_activity *first, *last;
    } lines[WR_LINES];
    struct wr_write *writes; /* conditions were not looked at since */
    struct wr_write *last_write;
    bool dispatching;
    struct wr_candidate *candidates; /* room for those of one write */
    int cap_candidates;
    struct wr_signal_out *signals, **signals_end; /* within the instance */
    struct wr_task_row
        *done; /* the task that was completed in this step; NULL */
    const struct wr_activity *done_by;
    struct wr_err lost;   /* why a part of the state could not be fetched */
    struct wr_str events; /* history of this event */
    int64_t n_events;
};

/* What several wr_step() calls on one struct wr_step share. */
struct wr_step_state {
    struct wr_exec *running; /* inside wr_step() */
    int64_t expected_rev;
    struct wr_ops ops[WR_WAIT_INCIDENT + 1]; /* by wait kind */
    const struct wr_model *from;             /* wr_effects.from */
    struct wr_outbox_op *outboxes;
    int n_outboxes, cap_outboxes;
    struct wr_spill_op *spills; /* made anew by each step */
    int n_spills, cap_spills;
    struct wr_history_row *histories;
    int n_histories, cap_histories;
};

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

/* ---- compensation.c ---- */

/* `a` completes: note what can be compensated later. */
void wr_undo_log(struct wr_exec *x, struct wr_activity *a);
/* Work for `node` is due in `scope`: start the next handler; false: that is no
 * compensation. */
bool wr_undo_start(struct wr_exec *x, struct wr_activity *scope, int node);
/* Go on working off the log of `a`: false when there is nothing to do now. */
bool wr_undo_go_on(struct wr_exec *x, struct wr_activity *a);
/* A handler, or what stands for what had completed, is done. */
void wr_undo_ended(struct wr_exec *x, struct wr_activity *a);
/* It is interrupted: what is not compensated can be compensated later. */
void wr_undo_canceled(struct wr_exec *x, struct wr_activity *a);
/* Does it stand in for what completed, where nothing is armed any more? */
bool wr_undo_is_past(const struct wr_activity *a);
/* The scope that `node` stands in, `a` or around it: what compensates stands
 * between a handler and its scope. */
struct wr_activity *wr_undo_scope(const struct wr_exec *x,
                                  struct wr_activity *a, int node);
/* Note in its scope that `a` can be undone, by what is noted in `a` itself or,
 * without that, by its handler or event sub-process. */
void wr_undo_note(struct wr_exec *x, struct wr_activity *a, bool with_log);
/* What is not being compensated goes from one log into another: the entries of
 * `node`, -1: all. */
void wr_undo_move(struct wr_activity *from, struct wr_activity *to, int node);
/* The entry that `a` compensates is done. */
void wr_undo_forget(struct wr_activity *a);
/* Can what completed at `node` be compensated by something of its own? */
bool wr_undo_can(const struct wr_model *m, int node);
/* Where the compensation event sub-process of a scope starts; -1. */
int wr_undo_event_sub(const struct wr_model *m, int scope);
/* The entry that `a` stands for is undone, and `a` goes. */
void wr_undo_over(struct wr_exec *x, struct wr_activity *a);
/* Put the entries of `more` into `log`, latest first. */
void wr_undo_merge(struct wr_log_entry **log, struct wr_log_entry *more);
void wr_undo_say(struct wr_exec *x, enum wr_history_type type,
                 const struct wr_activity *a);
bool wr_undo_is_event(const struct wr_activity *a);
/* What can be compensated next in the log of `d`, NULL: nothing for now
 * (compensation_order.c). */
struct wr_log_entry *wr_undo_next(struct wr_exec *x, struct wr_activity *d);
/* Does who compensates around `d` want at once what has no order? */
bool wr_undo_is_parallel(const struct wr_exec *x, const struct wr_activity *d);
/* The log of `d` is not what it was. */
void wr_undo_look_again(struct wr_activity *d);
/* The log of the canceled transaction of `a` is worked off (transaction.c). */
void wr_transaction_leave(struct wr_exec *x, struct wr_activity *a);

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

/* ---- listeners (listen.c) ---- */

/* Those of this moment, from where it stopped: LEAVE when all were heard, also
 * before; WAIT for a job; THROW after wr_exec_incident(). */
enum wr_move wr_listen(struct wr_exec *x, struct wr_activity *a,
                       enum wr_moment m);
/* The same for the process; what failed is an incident and waits. */
enum wr_move wr_listen_root(struct wr_exec *x, enum wr_moment m);
/* The node that the process's own jobs and incidents name. */
int wr_listen_node(const struct wr_exec *x);
/* Something happened to the open task of `a`: its listeners, beside it.  NONE:
 * go on with them. */
void wr_listen_task(struct wr_exec *x, struct wr_activity *a, enum wr_moment m);
/* The same for the one at `place` of its node, whose time has come. */
void wr_listen_timeout(struct wr_exec *x, struct wr_activity *a, int place);
/* Is the element done when its listeners of `m` are heard? */
bool wr_moment_is_done(enum wr_moment m);
/* transient.c: the result of `a`, gone when the step ends. */
void wr_transient_put(struct wr_exec *x, struct wr_activity *a,
                      const char *name, const struct wr_value *v);
/* It ends: false when there was nothing to take back. */
bool wr_transient_end(struct wr_exec *x);
/* about.c: wr_expr_env.about; `data` is the wr_exec, `of` the activity. */
const struct wr_value *wr_exec_about(void *data, void *of, enum wr_about what,
                                     const char *name, struct wr_arena *arena);
/* Is `a` at a listener?  And of what that is told; NULL. */
bool wr_listen_pending(const struct wr_exec *x, const struct wr_activity *a);
const char *wr_listen_event(const struct wr_exec *x,
                            const struct wr_activity *a);
/* The job of a listener is done. */
void wr_listen_completed(struct wr_exec *x, struct wr_wait *w);
int32_t wr_listen_retries(struct wr_exec *x, const struct wr_wait *w);
/* An incident at `node` was resolved: was it that of a listener?  Then it is
 * retried; skipped, `a` goes on without that listener alone. */
bool wr_listen_resolve(struct wr_exec *x, struct wr_activity *a, int node,
                       const struct wr_uuid *job);
/* One that is evaluated in place, as `a` sees it: LEAVE or THROW. */
enum wr_move wr_listen_evaluate(struct wr_exec *x, struct wr_activity *a,
                                const struct wr_listener *l);

/* ---- timeout.c: who is told that a task is open for so long ---- */

/* All of them, or none. */
WR_MUST int wr_timeouts_arm(struct wr_exec *x, struct wr_activity *a);
void wr_timeouts_close(struct wr_exec *x, struct wr_activity *a);
/* The timer of one is due. */
void wr_timeout_fire(struct wr_exec *x, struct wr_wait *w);
/* `a` is at no listener any more: those whose time came meanwhile are told. */
void wr_timeouts_go_on(struct wr_exec *x, struct wr_activity *a);

/* ---- interrupted.c ---- */

/* Listeners that are still to be told, of an element that is gone. */
struct wr_late {
    struct wr_late *next;
    int node, late;
};
/* The scope, `a` or around it, that their jobs hang on. */
struct wr_activity *wr_interrupted_survivor(const struct wr_exec *x,
                                            struct wr_activity *a);
/* `a` is about to go: tell those that are evaluated in place.  Which one comes
 * next, for _go_on; 0: none. */
int wr_interrupted_tell(struct wr_exec *x, struct wr_activity *a);
void wr_interrupted_go_on(struct wr_exec *x, struct wr_activity *scope,
                          int node, int late);
/* Those that wait at `a`, which goes too. */
struct wr_late *wr_interrupted_hand_over(struct wr_exec *x,
                                         const struct wr_activity *a);
/* Does the scope wait for one? */
bool wr_interrupted_waits(const struct wr_activity *a);
const struct wr_listener *wr_interrupted_listener(const struct wr_model *m,
                                                  const struct wr_wait *w);
void wr_interrupted_completed(struct wr_exec *x, struct wr_wait *w);
/* An incident of the job, or one with this `late`, was resolved. */
bool wr_interrupted_resolve(struct wr_exec *x, struct wr_activity *scope,
                            int node, int late, const struct wr_uuid *job);

/* start.c: the listeners of the process, then its tokens are born. */
void wr_start_begin(struct wr_exec *x);

/* ---- triggers (trigger.c) and event sub-processes (event_sub.c) ---- */

/* Wait for what event `node` waits for: `a` is the event itself, the host of the
 * boundary event or the scope of the event sub-process.  0, or -1 after
 * wr_exec_incident(). */
WR_MUST int wr_trigger_arm(struct wr_exec *x, struct wr_activity *a, int node);
/* The same, with an incident at `a` for this event when it fails. */
void wr_trigger_again(struct wr_exec *x, struct wr_activity *a, int node);
/* It happened: a boundary event of `a`, a start event in its scope, or an event
 * behind the gateway it is. */
void wr_trigger_fire(struct wr_exec *x, struct wr_activity *a, int node,
                     const struct wr_value *result);
/* What `w`, a wait of an event, waits for. */
const struct wr_event_def *wr_trigger_part(const struct wr_exec *x,
                                           const struct wr_wait *w);
/* Where the expressions of the event see their variables. */
struct wr_activity *wr_trigger_scope(const struct wr_exec *x,
                                     struct wr_activity *a, int node);
/* Is it the start event of an event sub-process? */
bool wr_trigger_is_sub(const struct wr_model *m, int node);
enum wr_match {
    WR_MATCH_NONE,
    WR_MATCH_ANY, /* the event names no code */
    WR_MATCH_CODE
};
/* Does event `node` catch an error or escalation of this code? */
enum wr_match wr_trigger_match(const struct wr_model *m, int node,
                               enum wr_trigger trigger, const char *code);

/* Arm what starts event sub-processes of scope `a`: before its own starts. */
void wr_event_sub_open(struct wr_exec *x, struct wr_activity *a);
void wr_event_sub_fire(struct wr_exec *x, struct wr_activity *scope, int start,
                       const struct wr_value *result);
/* Nothing else may start when only event sub-processes are left. */
void wr_event_sub_settle(struct wr_exec *x, struct wr_activity *scope);
/* The start event of `scope` that catches; -1.  `from` is the child the throw
 * came through: its own event sub-process never catches.  NULL: none. */
int wr_event_sub_catching(struct wr_exec *x, struct wr_activity *scope,
                          const struct wr_activity *from,
                          enum wr_trigger trigger, const char *code);

/* ---- conditional events (condition.c) ---- */

/* It is looked at by the next wr_condition_dispatch(). */
void wr_condition_arm(struct wr_exec *x, struct wr_activity *a, int node,
                      int part);
void wr_condition_wrote(struct wr_exec *x, struct wr_activity *holder,
                        const char *name, enum wr_write_kind kind);
/* `a` is gone with its variables. */
void wr_condition_forget(struct wr_exec *x, const struct wr_activity *a);
/* Look at one again, whatever was written. */
void wr_condition_look(struct wr_exec *x, struct wr_wait *c);
/* The next dispatch looks at all of them. */
void wr_condition_look_all(struct wr_exec *x);
/* Work off what was written; any activity may be gone afterwards (wr_watch).
 * Within itself it does nothing: the outer one goes on. */
void wr_condition_dispatch(struct wr_exec *x);

/* ---- tasks (task_act.c): events of people but those that end them ---- */

WR_MUST int wr_task_check(struct wr_exec *x, const struct wr_wait *w,
                          struct wr_err *err);
void wr_task_act(struct wr_exec *x, struct wr_wait *w);
void wr_task_assign(struct wr_exec *x, struct wr_wait *w);

/* ---- the others ---- */

/* 0, or -1 after wr_exec_incident(). */
WR_MUST int wr_boundary_arm(struct wr_exec *x, struct wr_activity *a);
void wr_boundary_fire(struct wr_exec *x, struct wr_activity *host, int node,
                      const struct wr_value *result);
/* Which boundary event of `host` catches the error or escalation; -1. */
int wr_boundary_catching(struct wr_exec *x, struct wr_activity *host,
                         enum wr_trigger trigger, const char *code);

/* A hook answered WR_THROW. */
void wr_fault_handle(struct wr_exec *x, struct wr_activity *a);
/* An error from outside (job, task): false when nothing caught it. */
bool wr_fault_throw(struct wr_exec *x, struct wr_activity *a, const char *code,
                    const char *message, const struct wr_value *variables);
/* An escalation from `a`, which may be a call activity whose child threw it:
 * false when nothing catches it.  Afterwards `a` may be gone (wr_watch). */
bool wr_fault_escalate(struct wr_exec *x, struct wr_activity *a,
                       const char *code, const struct wr_value *variables);
/* The same; `why`: the outputs that come first cannot be made, said in the
 * history; NULL: they were. */
bool wr_fault_escalate_without(struct wr_exec *x, struct wr_activity *a,
                               const char *code,
                               const struct wr_value *variables,
                               const char *why);
/* Nothing here caught it: a caller, the end of the instance, or an incident. */
void wr_fault_uncaught(struct wr_exec *x, struct wr_activity *a,
                       const char *code, const char *message,
                       const struct wr_value *variables, bool at_end);
/* End the instance for an error that one of its callers catches: false when
 * none does. */
bool wr_fault_leave(struct wr_exec *x, const char *code, const char *message,
                    const struct wr_value *variables);
/* The same for what nothing in this process catches: the call activity throws
 * it. */
bool wr_fault_throw_out(struct wr_exec *x, struct wr_activity *a,
                        const char *code, const char *message);
/* What has job or task `w` reported this error: uncaught it is an incident. */
void wr_fault_reported(struct wr_exec *x, struct wr_wait *w, const char *code,
                       const char *message);
void wr_incident_open(struct wr_exec *x, struct wr_activity *a, int node,
                      const char *type, const char *message,
                      const struct wr_uuid *job);
/* Has `a` an incident at `node`? */
bool wr_incident_at(const struct wr_activity *a, int node);
WR_MUST int wr_incident_check(struct wr_exec *x, const struct wr_wait *w,
                              struct wr_err *err);
void wr_incident_resolve(struct wr_exec *x, struct wr_wait *w);

void wr_join_arrive(struct wr_exec *x, struct wr_activity *scope, int node,
                    int flow);
/* Fire the first inclusive join that is enabled; false when there is none. */
bool wr_join_fire_any(struct wr_exec *x);
/* Take one token from each marked flow and go on, enabled or not. */
void wr_join_force(struct wr_exec *x, struct wr_activity *scope, int node);
bool wr_join_enabled(const struct wr_model *m, const struct wr_activity *scope,
                     int join);
/* Can tokens wait in front of it: a join, or a startQuantity? */
bool wr_join_waits(const struct wr_model *m, int node);
/* complex.c: is the gateway activated by the tokens at it?  Then it starts. */
void wr_complex_look(struct wr_exec *x, struct wr_activity *scope, int node);
/* It starts with the tokens that are there, activated or not. */
void wr_complex_start(struct wr_exec *x, struct wr_activity *scope, int node);
/* Can nothing come any more that its reset has to wait for? */
bool wr_complex_resets(const struct wr_model *m,
                       const struct wr_activity *scope, int join);
void wr_complex_reset(struct wr_exec *x, struct wr_activity *scope, int node);
/* Fire what the tokens that stand in front of it are enough for, should the
 * model have changed under them. */
void wr_join_settle(struct wr_exec *x);
/* First node of the scope that tokens wait at, document order; -1. */
int wr_join_marked(const struct wr_model *m, const struct wr_activity *scope);
/* The token came by `flow`: false when it has to wait for others (S0). */
bool wr_quantity_reached(struct wr_exec *x, struct wr_activity *scope, int node,
                         int flow);

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

/* data.c: what scope `a` declares and does not have yet. */
void wr_data_declare(struct wr_exec *x, struct wr_activity *a);
/* Properties and data inputs of `a`; its data outputs.  0, or -1 after
 * wr_exec_incident(). */
WR_MUST int wr_data_in(struct wr_exec *x, struct wr_activity *a);
WR_MUST int wr_data_out(struct wr_exec *x, struct wr_activity *a);
/* What `a` gave back and no data output takes. */
const struct wr_value *wr_data_rest(struct wr_exec *x,
                                    const struct wr_activity *a);

WR_MUST int wr_mapping_in(struct wr_exec *x, struct wr_activity *a);
WR_MUST int wr_mapping_out(struct wr_exec *x, struct wr_activity *a);
/* What its work gave, outward; NULL: nothing. */
void wr_mapping_give(struct wr_exec *x, struct wr_activity *a,
                     const struct wr_value *result);
/* `old` (NULL: nothing) after writing `v` to its member "b.c". */
const struct wr_value *wr_mapping_member(struct wr_arena *a,
                                         const struct wr_value *old,
                                         const char *path,
                                         const struct wr_value *v);

/* One variable of `a` itself, without a word in the history.  All that a step
 * writes comes by here, so that conditional events see it. */
void wr_variables_put(struct wr_exec *x, struct wr_activity *a,
                      const char *name, const struct wr_value *v);
/* Write each where it is, else into the root (S25), from `a` outward. */
void wr_variables_write(struct wr_exec *x, struct wr_activity *a,
                        const struct wr_value *context);
/* Into `a` itself. */
void wr_variables_local(struct wr_exec *x, struct wr_activity *a,
                        const struct wr_value *context);
/* `a` stays behind with variables that no write told: say all of its own. */
void wr_variables_tell(struct wr_exec *x, struct wr_activity *a);
void wr_variables_remove(struct wr_exec *x, struct wr_activity *a,
                         const struct wr_value *names);

/* ---- suspended elements (hold.c) ---- */

/* Is `node`, or what it stands in, suspended? */
bool wr_hold_is(const struct wr_exec *x, int node);
/* Does what it waits for have to wait itself? */
bool wr_hold_stops(const struct wr_exec *x, const struct wr_wait *w);
/* WR_EHELD when it does, saying why. */
WR_MUST int wr_hold_check(const struct wr_exec *x, const struct wr_wait *w,
                          struct wr_err *err);
/* The token `a` came to a suspended element and parks as it is; false: it did
 * not. */
bool wr_hold_token(struct wr_exec *x, struct wr_activity *a);
/* The same for what came for `w`. */
bool wr_hold_trigger(struct wr_exec *x, struct wr_wait *w,
                     const struct wr_value *payload);
/* The end of a step: what stands at suspended elements stands still. */
void wr_hold_mark(struct wr_exec *x);
/* What stood still at elements that are not suspended any more goes on. */
void wr_hold_release(struct wr_exec *x);
/* WR_ENOTFOUND when WR_EV_HOLDS has nothing to do. */
WR_MUST int wr_hold_changes(const struct wr_exec *x, struct wr_err *err);

/* ---- standing still (suspend.c) ---- */

/* Does an instance that is suspended take this? */
bool wr_suspended_takes(const struct wr_event *ev);
WR_MUST int wr_resume_check(const struct wr_exec *x, struct wr_err *err);
void wr_suspend(struct wr_exec *x);
void wr_resume(struct wr_exec *x);

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

/* SUSPEND or RESUME to one called process. */
void wr_call_say(struct wr_exec *x, const struct wr_wait *w,
                 enum wr_sent_kind kind);
/* SUSPEND or RESUME to every called process. */
void wr_call_tell(struct wr_exec *x, enum wr_sent_kind kind);
/* The called process has ended, as the event says. */
void wr_call_ended(struct wr_exec *x, struct wr_wait *w);
/* It goes with the activity that called it. */
void wr_call_cancel(struct wr_exec *x, const struct wr_wait *w);
/* This instance has ended: its caller has to know. */
void wr_call_over(struct wr_exec *x);
/* The error that the call activity of this process makes of such a report of a
 * failure, when a caller catches it; NULL. */
const char *wr_call_mapped(struct wr_exec *x, const char *report);
enum wr_catch wr_call_caught_outside(struct wr_exec *x, enum wr_trigger trigger,
                                     const char *code);
/* An escalation leaves for the callers, one of which catches it. */
void wr_call_escalate(struct wr_exec *x, const char *code,
                      const struct wr_value *variables, bool interrupting);
/* One comes from the called process. */
void wr_call_escalated(struct wr_exec *x, struct wr_wait *w);
/* Write what `out` mappings name; all others as wr_call_gives_all() says. */
WR_MUST int wr_call_out(struct wr_exec *x, struct wr_activity *a);
bool wr_call_gives_all(const struct wr_node *n);

/* A message to another instance of the family; to be filled in. */
struct wr_sent *wr_call_send(struct wr_exec *x, enum wr_sent_kind kind,
                             const struct wr_uuid *to);
/* `event` says how the called process of `w` failed. */
void wr_call_throw(struct wr_exec *x, struct wr_activity *a);

/* ---- compensating what had ended (call_undo.c, reopen.c) ---- */

/* The called process completed: remember it if it can be compensated. */
void wr_call_note(struct wr_exec *x, struct wr_activity *a,
                  const struct wr_wait *w);
/* WR_UNDO_CALL: compensate what `a` called. */
void wr_call_undo(struct wr_exec *x, struct wr_activity *a);
/* That is over, as the event says. */
void wr_call_undone(struct wr_exec *x, struct wr_wait *w);

WR_MUST int wr_reopen_check(struct wr_exec *x, struct wr_err *err);
void wr_reopen(struct wr_exec *x);
/* Its log is worked off. */
void wr_reopen_done(struct wr_exec *x);
/* It fails, or is canceled: then it is as ended as before. */
void wr_reopen_end(struct wr_exec *x, enum wr_instance_state state,
                   enum wr_history_type type, const struct wr_value *data);
/* Is there something that could be compensated after the end? */
bool wr_reopen_keeps(const struct wr_exec *x);

void wr_job_async(struct wr_exec *x, struct wr_activity *a);
/* A timer that cannot be fired stands still with an incident; it is due again, or
 * with skip it is over, when that is resolved. */
void wr_timer_failed(struct wr_exec *x, struct wr_wait *w);
void wr_timer_retry(struct wr_exec *x, struct wr_wait *w);
/* The open incident of `a` that this job or timer ended in; NULL. */
struct wr_wait *wr_incident_of(const struct wr_activity *a,
                               const struct wr_uuid *id);

/* A step that was cut is continued by who ran it; should that process die, this
 * job of the root brings the instance back.  Disarm before going on. */
void wr_job_arm_continue(struct wr_exec *x);
/* It goes, and the incident it ended in, unless that is `resolved` now. */
void wr_job_disarm_continue(struct wr_exec *x, const struct wr_wait *resolved);
bool wr_job_is_continue(const struct wr_wait *w);
/* A job for a listener: WAIT or THROW. */
enum wr_move wr_job_tell(struct wr_exec *x, struct wr_activity *a, int node,
                         const struct wr_listener *l);
int32_t wr_job_tries(struct wr_exec *x, struct wr_activity *a,
                     const struct wr_job_def *def);
void wr_job_failed(struct wr_exec *x, struct wr_wait *w);
void wr_job_retry(struct wr_exec *x, struct wr_wait *w, int32_t retries);
int32_t wr_job_retries(struct wr_exec *x, const struct wr_wait *w);

/* Signals that were thrown reach those who wait for them in this instance. */
void wr_throw_settle(struct wr_exec *x);
/* What a listener of `a`, or of the process, throws; an error is thrown at `a`. */
enum wr_move wr_throw_told(struct wr_exec *x, struct wr_activity *a,
                           const struct wr_event_def *e);
/* Messages and signals of iteration `a`: first to the boundary events of its
 * body, which may end it (1).  -1: nothing was thrown, wr_exec_incident(). */
WR_MUST int wr_throw_behavior(struct wr_exec *x, struct wr_activity *a,
                              const struct wr_event_def *e, int n);

/* ---- conversation.c ---- */

/* The key that a message of this definition has to have for who waits in `from`;
 * NULL: its conversation has not begun. */
const char *wr_talk_find(struct wr_activity *from,
                         const struct wr_event_def *def);
/* Is it a message that may have this name (NULL: any)? */
bool wr_event_is_message(const struct wr_event_def *e, const char *name);
/* A message of this definition goes out from `from`, and `a` sees what is in it;
 * or it came to one who waits at `a`, with `payload` (NULL: nothing), and sets
 * what is not set yet. */
void wr_talk_sent(struct wr_exec *x, struct wr_activity *a,
                  struct wr_activity *from, const struct wr_event_def *def);
void wr_talk_received(struct wr_exec *x, struct wr_activity *a,
                      const struct wr_event_def *def,
                      const struct wr_value *payload);

/* An instance that is not there yet, and the variables it would begin with
 * (timer.c). */
struct wr_exec *wr_exec_before(struct wr_arena *a, const struct wr_model *m,
                               int64_t now);
void wr_exec_given(struct wr_exec *x, const struct wr_value *variables);

/* ---- catch.c ---- */

/* What `w` waited for came, with `payload` (NULL: nothing). */
void wr_catch_fire(struct wr_exec *x, struct wr_wait *w,
                   const struct wr_value *payload);
/* Close what is open for `node` at `a`, as canceled. */
void wr_catch_close(struct wr_exec *x, struct wr_activity *a, int node);
/* It fired and goes on, a timer only as often as it repeats: else it is gone. */
void wr_catch_keep(struct wr_exec *x, struct wr_wait *w);
/* Does it go on listening when it fired? */
bool wr_catch_lasts(const struct wr_exec *x, const struct wr_wait *w);
/* `part`: which of the event's definitions. */
WR_MUST int wr_timer_arm(struct wr_exec *x, struct wr_activity *a, int node,
                         int part);
/* Of a listener of `a`, the one at `place` of its node. */
WR_MUST int wr_timer_arm_listener(struct wr_exec *x, struct wr_activity *a,
                                  int place);
/* Next firing of a repeating timer: false when it was the last. */
bool wr_timer_rearm(struct wr_exec *x, struct wr_wait *w);
/* Say when it is due now. */
void wr_timer_armed(struct wr_exec *x, const struct wr_wait *w);
/* It stood still for `paused` ms, which are added. */
void wr_timer_shift(struct wr_exec *x, struct wr_wait *w, int64_t paused);
/* A subscription: to a message or a signal. */
WR_MUST int wr_message_arm(struct wr_exec *x, struct wr_activity *a, int node,
                           int part);

#endif
