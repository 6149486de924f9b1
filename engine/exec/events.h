/* events.h: what events wait for, throw and catch */

#ifndef WR_EXEC_EVENTS_H
#define WR_EXEC_EVENTS_H

#include "engine/exec/running.h"

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
/* What its events say: of a multiple event which part it is; else NULL. */
const struct wr_value *wr_condition_part(struct wr_exec *x,
                                         const struct wr_wait *c);
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

/* ---- boundary.c ---- */

/* 0, or -1 after wr_exec_incident(). */
WR_MUST int wr_boundary_arm(struct wr_exec *x, struct wr_activity *a);
void wr_boundary_fire(struct wr_exec *x, struct wr_activity *host, int node,
                      const struct wr_value *result);
/* Which boundary event of `host` catches the error or escalation; -1. */
int wr_boundary_catching(struct wr_exec *x, struct wr_activity *host,
                         enum wr_trigger trigger, const char *code);

/* ---- throw.c ---- */

struct wr_signal_out { /* a signal on its way within the instance */
    struct wr_signal_out *next;
    const char *name;
    bool message; /* that goes no further than a signal would */
    const struct wr_value *payload;
    int64_t but; /* the activity of this key has had it; 0 */
};

/* Signals that were thrown reach those who wait for them in this instance. */
void wr_throw_settle(struct wr_exec *x);
/* hear.c: it reaches who waits for it at `body` itself. */
void wr_hear_at(struct wr_exec *x, const struct wr_activity *body,
                const struct wr_signal_out *t);
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

/* ---- message.c ---- */

/* A subscription: to a message or a signal. */
WR_MUST int wr_message_arm(struct wr_exec *x, struct wr_activity *a, int node,
                           int part);

#endif
