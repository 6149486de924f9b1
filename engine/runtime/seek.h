/* seek.h: who gets a message (S15); private to this folder. */

#ifndef WR_SEEK_H
#define WR_SEEK_H

#include "engine/runtime/slot.h"

struct wr_seek {
    const char *name, *key;           /* key NULL: it is in the variables */
    const char *to;                   /* "process" or "process/element"; NULL */
    const struct wr_value *variables; /* NULL: not to be looked into */
    const struct wr_uuid *instance;   /* NULL: any */
    const char *business_key;         /* of the instance; NULL: any */
    int64_t thrown_at; /* a version deployed later does not start; 0: now */
    int32_t tenant;
    bool ids;    /* also receive tasks that wait for their own id */
    bool oldest; /* only who waits longest */
    bool each;   /* those who wait longest of each process, not all others */
};

enum wr_fit {
    WR_FITS_NOT,
    WR_FITS_OPEN, /* it would begin the conversation that is waited for */
    WR_FITS
};

struct wr_sought {
    const struct wr_subscription_row **items; /* all equally good */
    size_t n;
    enum wr_fit fit;
    bool held; /* a start was left out: its instance still runs */
    bool late; /* one was: it was deployed after the message was thrown */
    bool any;  /* somebody waits for its name, whether it fits or not */
};

/* seek.c: the executions that it fits best, and the start events.  The rows are
 * in `a`.  WR_EVALUE: its variables say another key than it was sent with. */
WR_MUST int wr_seek_executions(struct wr_runtime *rt, const struct wr_seek *k,
                               struct wr_arena *a, struct wr_sought *out,
                               struct wr_err *err);
WR_MUST int wr_seek_starts(struct wr_runtime *rt, const struct wr_seek *k,
                           struct wr_arena *a, struct wr_sought *out,
                           struct wr_err *err);

/* seek.c, for crowd.c: weigh the rows of `q`, which are by id, from its cursor on;
 * those that fit not less than `least` and not better than `best`. */
WR_MUST int wr_seek_scan(struct wr_runtime *rt, const struct wr_seek *k,
                         struct wr_query *q, enum wr_fit least,
                         enum wr_fit best, struct wr_arena *a,
                         struct wr_sought *out, struct wr_err *err);
void wr_sought_take(struct wr_arena *a, const struct wr_seek *k,
                    struct wr_sought *l, const struct wr_subscription_row *s,
                    enum wr_fit fit);
/* crowd.c: the same where many wait for the name, place by place; `keyless`: of
 * those without a key only. */
WR_MUST int wr_seek_crowd(struct wr_runtime *rt, const struct wr_seek *k,
                          bool keyless, enum wr_fit least, enum wr_fit best,
                          struct wr_arena *a, struct wr_sought *out,
                          struct wr_err *err);
/* The first row of each place where somebody waits for the name. */
WR_MUST int wr_seek_places(struct wr_runtime *rt, const struct wr_seek *k,
                           struct wr_arena *a, struct wr_rows *out,
                           struct wr_err *err);
/* Of a message that goes to a business key: those instances' rows, unless there
 * are too many of them, *done false then. */
WR_MUST int wr_seek_business(struct wr_runtime *rt, const struct wr_seek *k,
                             struct wr_arena *a, struct wr_sought *out,
                             bool *done, struct wr_err *err);
/* May `to` ("process" or "process/element"; NULL: any) be at this node? */
bool wr_message_is_aimed(const struct wr_definition *d, int node,
                         const char *to);

/* meant.c: is it meant for `s`, which waits for one of its name? */
WR_MUST int wr_message_is_meant(struct wr_runtime *rt,
                                const struct wr_subscription_row *s,
                                const struct wr_seek *k, struct wr_arena *a,
                                enum wr_fit *out, struct wr_err *err);
/* What the instance that it starts at `start` has to itself while it is active,
 * "process/key"; NULL: nothing. */
WR_MUST int wr_message_singleton(struct wr_runtime *rt,
                                 const struct wr_subscription_row *start,
                                 const struct wr_seek *k, struct wr_arena *a,
                                 const char **out, struct wr_err *err);
WR_MUST int wr_singleton_runs(struct wr_runtime *rt, int32_t tenant,
                              const char *singleton, struct wr_arena *a,
                              bool *out, struct wr_err *err);

#endif
