/*
 * give.h: messages on their way to who waits for them (SEMANTICS S15); private
 * to this folder.
 */

#ifndef WR_GIVE_H
#define WR_GIVE_H

#include "engine/runtime/outbox.h"

enum wr_gift {
    WR_GIVEN,
    WR_NOBODY, /* waits for it */
    WR_TAKEN,  /* by somebody else, or nobody can take it: it is not there */
    WR_SPLIT   /* it is several now, one for each process */
};

struct wr_giving {
    const struct wr_message_row *message;
    bool stored; /* as a message or in the outbox, of the same id */
    const struct wr_idempotency_row *idempotency; /* as of wr_message; NULL */
    /* out */
    enum wr_gift gift;
    bool late;             /* NOBODY: a start was deployed too late for it */
    bool none;             /* NOBODY: nor for any other of its name and key */
    struct wr_delivery to; /* GIVEN */
};

/* give.c: to who waits longest, executions before starts; of one that may reach
 * several processes each gets its own, of a stored one only.  WR_EVALUE of one
 * that is not stored: nobody can take it. */
WR_MUST int wr_message_give(struct wr_runtime *rt, struct wr_giving *g,
                            struct wr_arena *a, struct wr_err *err);
/* The same as an owed row of kind MATCH, to be written with it. */
struct wr_outbox_row wr_match_row(struct wr_runtime *rt, int32_t tenant,
                                  const char *name, const char *key,
                                  int bucket);

/* buffer.c: a row of kind MESSAGE; it is kept when nobody waits. */
WR_MUST int wr_message_send(struct wr_runtime *rt,
                            const struct wr_outbox_row *row, struct wr_arena *a,
                            int *n_done, struct wr_err *err);

/* matched.c: a row of kind MATCH: the messages of its name and key, the oldest
 * first.  What became of message `of` and of what it was split into is added to
 * `out`, unless NULL; that one has not expired. */
struct wr_matching {
    const struct wr_uuid *of;
    struct wr_published *out;
};
WR_MUST int wr_match_serve(struct wr_runtime *rt,
                           const struct wr_outbox_row *row,
                           const struct wr_matching *m, struct wr_arena *a,
                           int *n_done, struct wr_err *err);
/* Rows of kind MATCH of one commit, those first whose oldest message is. */
WR_MUST int wr_matches_order(struct wr_runtime *rt,
                             const struct wr_outbox_row **rows, size_t n,
                             struct wr_arena *a, struct wr_err *err);
void wr_published_add(struct wr_arena *a, struct wr_published *p,
                      const struct wr_delivery *d);

#endif
