/*
 * level.h: how much of the history is told, and stays after the end (S30).
 *
 * The log is written whatever the level says: steps, explanations and the
 * compensation of what has ended need it.  Who reads it is told what the level
 * of the instance's definition lets through, and once the instance has ended the
 * rest goes: who folds the history writes what is left (engine/project).  Events
 * keep their place and kind, so that numbers have no gaps and a rebuild counts
 * the same.
 *
 *     full      everything
 *     audit     no values: of variables the names, nothing of what decisions,
 *               jobs, tasks and messages were given and gave
 *     activity  which elements, flows, called instances and tasks began and
 *               ended, and what the instance became; no variables, no details
 *     none      nothing
 */

#ifndef WR_LEVEL_H
#define WR_LEVEL_H

#include "engine/exec/history.h"
#include "engine/runtime/runtime.h"

/* "none|activity|audit|full"; WR_LEVEL_UNSET for anything else. */
enum wr_history_level wr_level_parse(const char *name);
const char *wr_level_name(enum wr_history_level l); /* NULL: unset */

/* The level of its instances: its own, else that of the runtime. */
enum wr_history_level wr_runtime_level(const struct wr_runtime *rt,
                                       const struct wr_definition_row *row);

/* What is told of an event at a level; false: nothing. */
bool wr_level_event(struct wr_arena *a, enum wr_history_level l,
                    const struct wr_history_event *e,
                    struct wr_history_event *out);
/* What stays of a row's events once the instance has ended. */
WR_MUST int wr_level_row(struct wr_arena *a, enum wr_history_level l,
                         struct wr_blob events, struct wr_blob *out,
                         struct wr_err *err);
/* Variables whose values were left out by that. */
bool wr_level_left_out(const struct wr_history_event *e);

#endif
