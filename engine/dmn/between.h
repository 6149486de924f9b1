/* between.h: a value between two others (inside engine/dmn). */

#ifndef WR_DMN_BETWEEN_H
#define WR_DMN_BETWEEN_H

#include "engine/feel/eval.h"

/* A value of the type, as short as it can be written, that comes after lo and
 * before hi, either of which may be NULL; `whole`: a whole number.  NULL: there
 * is none (dates follow each other).  Not for booleans. */
const struct wr_value *wr_dmn_between(struct wr_eval *ev,
                                      enum wr_value_type type,
                                      const struct wr_value *lo,
                                      const struct wr_value *hi, bool whole);

#endif
