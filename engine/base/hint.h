/*
 * hint.h: a word of a slot to the schedulers of its machine: these rows are new.
 *
 * Datagrams to the sockets that schedulers have under run/.  A hint saves the
 * wait for the next look into the store, nothing else: one that is lost, or that
 * no scheduler hears, is found there.
 */

#ifndef WR_HINT_H
#define WR_HINT_H

#include "engine/base/err.h"
#include "engine/base/uuid.h"

enum {
    WR_HINTS = 64,         /* of one datagram */
    WR_HINT_LISTENERS = 4, /* schedulers of one machine that hear them */
};

enum wr_hint_type {
    WR_HINT_TIMER = 1,
    WR_HINT_JOB = 2,
};

struct wr_hint {
    uint32_t type; /* enum wr_hint_type */
    int32_t tenant, element;
    int64_t at;
    struct wr_uuid id, instance, definition;
};

struct wr_hints_out; /* one sender; used by one thread */

struct wr_hints_out *wr_hints_new(const char *home);
void wr_hints_free(struct wr_hints_out *h);
/* At most WR_HINTS at once; `now` in ms tells when to try again who was not
 * there. */
void wr_hints_send(struct wr_hints_out *h, const struct wr_hint *hints,
                   size_t n, int64_t now);

/* The socket of listener `number`, which exists from here on.  WR_EIO. */
WR_MUST int wr_hints_listen(const char *home, int number, int *fd,
                            struct wr_err *err);
/* What came, at most WR_HINTS; 0: nothing more for now. */
size_t wr_hints_take(int fd, struct wr_hint out[WR_HINTS]);

#endif
