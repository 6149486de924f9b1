/* listen.h: who is told of elements and tasks */

#ifndef WR_EXEC_LISTEN_H
#define WR_EXEC_LISTEN_H

#include "engine/exec/running.h"

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

#endif
