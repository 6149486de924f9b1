/* fault.h: errors, escalations and incidents (S12, S13) */

#ifndef WR_EXEC_FAULT_H
#define WR_EXEC_FAULT_H

#include "engine/exec/running.h"

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

#endif
