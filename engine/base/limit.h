/*
 * limit.h: what is refused for being too much (limits.def).
 *
 * A refusal names the setting, what it allows and what was met, so that whoever
 * reads it knows which of the two to change:
 *
 *     if (n > limits->most[WR_LIMIT_VALUE])
 *         return wr_limit_fail(err, &(struct wr_excess){
 *             WR_LIMIT_VALUE, limits->most[WR_LIMIT_VALUE], n }, name);
 *
 * Refusals are counted by whoever tells them to somebody, not where they are
 * found: a command may be tried more than once.
 */

#ifndef WR_LIMIT_H
#define WR_LIMIT_H

#include "engine/base/err.h"

enum wr_limit {
#define WR_LIMIT(id, setting, code, unit, what) WR_LIMIT_##id,
#include "engine/base/limits.def"
#undef WR_LIMIT
    WR_LIMITS
};

struct wr_limits {
    int64_t most[WR_LIMITS]; /* 0: any number */
};

/* Is `n` more than is allowed? */
static inline bool
wr_limit_over(const struct wr_limits *l, enum wr_limit id, int64_t n)
{
    return l && l->most[id] && n > l->most[id];
}

/* Record that `n` is more than limit `id` allows; `whose` (NULL: nobody's) comes
 * first in the text.  Returns the code of its row: WR_ELIMIT or WR_EFULL. */
int wr_limit_fail(struct wr_err *err, const struct wr_limits *l,
                  enum wr_limit id, int64_t n, const char *whose);

const char *wr_limit_setting(enum wr_limit id);
const char *wr_limit_unit(enum wr_limit id);
/* The limit that this failure is of; -1: it is of none. */
int wr_limit_of(const struct wr_err *err);

/* What this process refused so far, by limit. */
void wr_limit_count(const struct wr_err *err);
int64_t wr_limit_counted(enum wr_limit id);

#endif
