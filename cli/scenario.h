/* scenario.h: bpmn-scenario/1 files (docs/testing.md). */

#ifndef WR_SCENARIO_H
#define WR_SCENARIO_H

#include "cli/tally.h"
#include "engine/base/err.h"

struct wr_play_options {   /* of every runner */
    const char *store_url; /* NULL: "memory:" */
    bool reload;           /* decode before each step */
    int step_budget;       /* 1: a commit for each node; 0: usual */
    uint64_t shuffle;      /* seed: any ready token next; 0: in order */
    int spill_from;        /* loops with rows for iterations; 0: usual */
};

/* Run one file and count it.  A case that needs what is not built yet, or
 * whose status is not "ok", is skipped with the reason. */
void wr_scenario_run(const char *path, const struct wr_play_options *o,
                     struct wr_tally *tally);

#endif
