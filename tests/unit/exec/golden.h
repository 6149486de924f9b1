/* golden.h: the runs that tests/golden was written from; see golden_runs.c. */

#ifndef GOLDEN_H
#define GOLDEN_H

#include "tests/unit/exec/world.h"

typedef void golden_seen(struct world *w, void *data);

/* One step of a run. */
#define STEP(call)     \
    do {               \
        call;          \
        seen(w, data); \
    } while (0)

struct golden {
    const char *states, *histories; /* files in tests/golden */
    const char *process;            /* never change: blobs name its symbols */
    /* Drive it through everything; `seen` after each step. */
    void (*run)(struct world *w, golden_seen *seen, void *data);
    int n; /* lines at least */
};

enum {
    GOLDEN_RUNS = 12
};
extern const struct golden golden_runs[GOLDEN_RUNS];

/* golden_states.c */
#define GOLDEN_STATE(name)             \
    extern const char golden_##name[]; \
    void golden_run_##name(struct world *w, golden_seen *seen, void *data)
GOLDEN_STATE(held);
GOLDEN_STATE(moved);
GOLDEN_STATE(people);
GOLDEN_STATE(talks);
GOLDEN_STATE(told);
GOLDEN_STATE(timeout);
GOLDEN_STATE(unfit);

/* golden_undo.c */
GOLDEN_STATE(undone);
GOLDEN_STATE(several);

#endif
