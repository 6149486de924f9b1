/* race.h: what racers do is told here, and judged afterwards (RELIABILITY I7). */

#ifndef RACE_H
#define RACE_H

#include <stdatomic.h>

#include "engine/runtime/runtime.h"

enum {
    RACE_MOST = 100000 /* messages of one run */
};

struct race_message { /* by its number */
    bool published;   /* and acknowledged */
    enum wr_reach reach;
};

struct race_racer { /* shared with its process */
    int64_t published, begun, stopped, failed;
    char why[256]; /* of the first failure */
};

struct race {
    const char *url;
    unsigned seed;
    int n_racers, rounds;
    struct race_message *messages; /* [RACE_MOST], shared by all processes */
    struct race_racer *racers;     /* likewise */
    _Atomic int *turn;             /* of all */
};

/* A runtime as one of `n` processes. */
WR_MUST int race_open(const struct race *r, int slot, struct wr_clock *clock,
                      struct wr_runtime **out, struct wr_err *err);
WR_MUST int race_deploy(const struct race *r, struct wr_err *err);
/* The life of process `slot`; its counts are in r->racers. */
void race_run(const struct race *r, int slot);

struct race_verdict {
    int64_t delivered, buffered, waiting;
    int64_t owed;   /* rows of the outbox that were left when all had ended */
    int64_t asleep; /* buffered while somebody waits for it */
    int64_t lost, twice;
};
/* When nobody runs any more: what is owed is settled, then all is counted. */
WR_MUST int race_judge(const struct race *r, struct race_verdict *out,
                       struct wr_err *err);

#endif
