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

/* Tasks that match a selector; `n` of them. */
struct wr_play_task {
    const struct wr_task_row *row;
    const struct wr_node *node;
};
WR_MUST int wr_play_tasks(struct wr_play *p, const struct wr_value *sel,
                          const struct wr_uuid *in, struct wr_play_task **out,
                          size_t *n, struct wr_err *err);

/* play_steps.c: one operation. */
WR_MUST int wr_play_step(struct wr_play *p, const struct wr_value *step,
                         struct wr_err *err);
/* play_check.c: one "assert" object. */
WR_MUST int wr_play_check(struct wr_play *p, const struct wr_value *check,
                          struct wr_err *err);

/* play_history.c: the "history" check. */
WR_MUST int wr_play_history(struct wr_play *p, const struct wr_value *want,
                            struct wr_err *err);

#endif
