/* undo.h: logs of what completed, and undoing it (S21) */

#ifndef WR_EXEC_UNDO_H
#define WR_EXEC_UNDO_H

#include "engine/exec/running.h"

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
/* undo_rows.c: what the first entry stands for; all that is in rows. */
void wr_log_here(struct wr_exec *x, struct wr_log_entry **log);
void wr_log_all(struct wr_exec *x, struct wr_log_entry **log);
/* The log of the canceled transaction of `a` is worked off (transaction.c). */
void wr_transaction_leave(struct wr_exec *x, struct wr_activity *a);

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

#endif
