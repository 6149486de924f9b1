/*
 * replay.h: the state of an instance from its history alone (S30, S31).
 *
 *     struct wr_replay *r = wr_replay_new(arena);
 *     wr_replay_add(r, model, row, err);           // each row, in order
 *     wr_replay_compare(r, model, instance, err);  // after any of them
 *
 * The fold knows which activities, loops and open things there are, at which
 * element and of which activity, who has a task, when each timer is due, all
 * variables of every scope, how many iterations were planned and ended, tokens in
 * front of joins, which conditions are armed and have held since they happened,
 * how often something can be compensated, and the instance's state.  What a step invents, loses or closes twice shows as WR_ECORRUPT with
 * the place.
 *
 * Joins and the log of compensation are compared as far as events tell them:
 * docs/testing.md says why.
 */

#ifndef WR_REPLAY_H
#define WR_REPLAY_H

#include "engine/exec/history.h"
#include "engine/exec/instance.h"

struct wr_replay;

/* Everything lives in `a`. */
struct wr_replay *wr_replay_new(struct wr_arena *a);
/* The next row.  WR_ECORRUPT: it does not go with those before. */
WR_MUST int wr_replay_add(struct wr_replay *r, const struct wr_model *m,
                          const struct wr_history_row *row, struct wr_err *err);
/* Rows of a commit in which the instance was migrated name elements of the model
 * it leaves, `m` of wr_replay_add(), and then of `to`. */
void wr_replay_goes_to(struct wr_replay *r, const struct wr_model *to);
/* WR_ECORRUPT names the first difference. */
WR_MUST int wr_replay_compare(struct wr_replay *r, const struct wr_model *m,
                              const struct wr_instance *i, struct wr_err *err);

#endif
