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
/* How many tries a job of this type has: as `def` says, else the node of `a`, else
 * its type. */
int32_t wr_job_tries(struct wr_exec *x, struct wr_activity *a,
                     const struct wr_job_def *def, const char *type);
void wr_job_failed(struct wr_exec *x, struct wr_wait *w);
/* WR_EV_JOB_CHANGE; WR_EVALUE, WR_ESTATE. */
WR_MUST int wr_job_check_change(struct wr_exec *x, const struct wr_wait *w,
                                struct wr_err *err);
void wr_job_change(struct wr_exec *x, struct wr_wait *w);
void wr_job_retry(struct wr_exec *x, struct wr_wait *w, int32_t retries);
int32_t wr_job_retries(struct wr_exec *x, const struct wr_wait *w);

/* ---- before.c ---- */

/* An instance that is not there yet, and the variables it would begin
 * with. */
struct wr_exec *wr_exec_before(struct wr_arena *a, const struct wr_model *m,
                               int64_t now);
void wr_exec_given(struct wr_exec *x, const struct wr_value *variables);

/* ---- timer_due.c ---- */

/* Read what a timer says: when it is due first, and its repetition. */
WR_MUST int wr_timer_read(struct wr_exec *x, struct wr_activity *a,
                          const struct wr_event_def *def, const char *text,
                          struct wr_cycle *c, int64_t *due, struct wr_err *err);
bool wr_cycle_is_past(const struct wr_cycle *c, int64_t due);
/* On from the firing at *due to the first one after `after`; *missed gets those
 * in between added.  False: there is none, and c and *due are worth nothing. */
bool wr_cycle_go(struct wr_cycle *c, int64_t after, int64_t *due,
                 struct wr_missed *missed);
/* On from the firing at *due, which happens now, as the misfire policy says. */
bool wr_cycle_after(struct wr_cycle *c, const struct wr_timing *t, int64_t now,
                    int64_t *due, struct wr_missed *missed);
/* Is one that was due at `due` not to happen now? */
bool wr_timing_skips(const struct wr_timing *t, int64_t due, int64_t now);

/* ---- timer.c ---- */

/* `part`: which of the event's definitions. */
WR_MUST int wr_timer_arm(struct wr_exec *x, struct wr_activity *a, int node,
                         int part);
/* Of a listener of `a`, the one at `place` of its node. */
WR_MUST int wr_timer_arm_listener(struct wr_exec *x, struct wr_activity *a,
                                  int place);
/* Next firing of a repeating timer: false when it was the last. */
bool wr_timer_rearm(struct wr_exec *x, struct wr_wait *w);
/* Is it too late for it to fire, and it goes on (or is over) without? */
bool wr_timer_skips(struct wr_exec *x, struct wr_wait *w);
/* Say when it is due now. */
void wr_timer_armed(struct wr_exec *x, const struct wr_wait *w);
/* It fires at the event's `due` instead. */
void wr_timer_set(struct wr_exec *x, struct wr_wait *w);
/* It stood still for `paused` ms, which are added. */
void wr_timer_shift(struct wr_exec *x, struct wr_wait *w, int64_t paused);

#endif
