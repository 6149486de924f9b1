/* timers.h: jobs and timers of the engine itself */

#ifndef WR_EXEC_TIMERS_H
#define WR_EXEC_TIMERS_H

#include "engine/exec/running.h"

/* ---- job.c ---- */

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

/* ---- timer.c ---- */

/* An instance that is not there yet, and the variables it would begin
 * with. */
struct wr_exec *wr_exec_before(struct wr_arena *a, const struct wr_model *m,
                               int64_t now);
void wr_exec_given(struct wr_exec *x, const struct wr_value *variables);

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

#endif
