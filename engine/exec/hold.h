/* hold.h: what stands still (S28) */

#ifndef WR_EXEC_HOLD_H
#define WR_EXEC_HOLD_H

#include "engine/exec/running.h"

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

#endif
