/* calls.h: called processes (S24) */

#ifndef WR_EXEC_CALLS_H
#define WR_EXEC_CALLS_H

#include "engine/exec/running.h"

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

#endif
