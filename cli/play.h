/*
 * play.h: a scenario while it runs; private to scenario.c and its parts.
 *
 * Steps and checks return 0 or record what is wrong; WR_EUNSUPPORTED is not a
 * failure of the case but of this build.
 */

#ifndef WR_PLAY_H
#define WR_PLAY_H

#include "cli/stage.h"

struct wr_play {
    struct wr_stage *stage;
    struct wr_arena *arena; /* of the running step */
    const char *dir;        /* of the file */
};

/* Members of a JSON object; NULL when absent or of another type. */
const char *wr_play_text(const struct wr_value *object, const char *key);
bool wr_play_true(const struct wr_value *object, const char *key);
/* "in": the instance meant, NULL: any.  WR_ENOTFOUND for an unknown alias. */
WR_MUST int wr_play_in(struct wr_play *p, const struct wr_value *step,
                       const struct wr_uuid **out, struct wr_err *err);

/* The instance of that alias as it is now. */
WR_MUST int wr_play_view(struct wr_play *p, const char *alias,
                         struct wr_view *out, struct wr_err *err);
/* Do these variables hold all that is wanted?  What wants nothing is met. */
bool wr_play_holds(const struct wr_value *have, const struct wr_value *want);

/* Tasks that match a selector; `n` of them. */
struct wr_play_task {
    const struct wr_task_row *row;
    const struct wr_node *node;
};
WR_MUST int wr_play_tasks(struct wr_play *p, const struct wr_value *sel,
                          const struct wr_uuid *in, struct wr_play_task **out,
                          size_t *n, struct wr_err *err);

/* Steps by their word; play_events.c has those about messages, jobs, time. */
typedef int wr_play_step_fn(struct wr_play *p, const struct wr_value *step,
                            struct wr_err *err);
wr_play_step_fn wr_play_correlate, wr_play_deliver, wr_play_deliver_all,
    wr_play_start_by_message, wr_play_signal, wr_play_trigger,
    wr_play_run_async, wr_play_advance, wr_play_fire_timer;

/* play_steps.c: one operation. */
WR_MUST int wr_play_step(struct wr_play *p, const struct wr_value *step,
                         struct wr_err *err);
/* play_texts.c: multisets; `as_set` drops doubles first. */
struct wr_play_texts {
    const char **s;
    size_t n;
};
struct wr_play_texts wr_play_texts_of(struct wr_play *p,
                                      const struct wr_value *list);
WR_MUST int wr_play_compare(struct wr_play *p, const char *what,
                            struct wr_play_texts have,
                            struct wr_play_texts want, bool as_set,
                            struct wr_err *err);
WR_MUST int wr_play_compare_count(const char *what, int64_t have,
                                  const struct wr_value *want,
                                  struct wr_err *err);

/* Checks by their word; `in` is the instance meant, NULL: all.  play_vars.c has
 * those about variables and waiting. */
typedef int wr_play_check_fn(struct wr_play *p, const struct wr_value *want,
                             const struct wr_uuid *in, struct wr_err *err);
wr_play_check_fn wr_play_vars, wr_play_absent_vars, wr_play_task_vars,
    wr_play_waiting;

/* play_check.c: one "assert" object. */
WR_MUST int wr_play_check(struct wr_play *p, const struct wr_value *check,
                          struct wr_err *err);

/* play_history.c: the "history" check. */
WR_MUST int wr_play_history(struct wr_play *p, const struct wr_value *want,
                            struct wr_err *err);

#endif
