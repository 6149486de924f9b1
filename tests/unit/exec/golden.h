/* golden.h: the runs that tests/golden was written from; see golden_runs.c. */

#ifndef GOLDEN_H
#define GOLDEN_H

#include "tests/unit/exec/world.h"

struct golden {
    const char *states, *histories; /* files in tests/golden */
    const char *process;            /* never change: blobs name its symbols */
    /* Drive it through everything; `seen` after each step. */
    void (*run)(struct world *w, void (*seen)(struct world *w, void *data),
                void *data);
    int n; /* lines at least */
};

enum {
    GOLDEN_RUNS = 3
};
extern const struct golden golden_runs[GOLDEN_RUNS];

#endif
