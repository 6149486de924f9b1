/* types.h: does a value conform to a type (inside engine/feel). */

#ifndef WR_FEEL_TYPES_H
#define WR_FEEL_TYPES_H

#include "engine/feel/parse.h"

struct wr_eval;

/* Has it the shape of the type?  null conforms to every type (DMN 1.5,
 * 10.3.2.9.4); what values of a type are allowed has no part in it. */
bool wr_type_conforms(struct wr_eval *ev, const struct wr_value *v,
                      const struct wr_type *t);

#endif
