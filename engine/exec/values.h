/* values.h: data, mappings and variables (S25) */

#ifndef WR_EXEC_VALUES_H
#define WR_EXEC_VALUES_H

#include "engine/exec/running.h"

/* limits.c: about as long as its JSON. */
int64_t wr_value_weight(const struct wr_value *v);
/* WR_ELIMIT: larger than a value may be; `name` is what gave it. */
WR_MUST int wr_limits_value(const struct wr_exec *x, const char *name,
                            const struct wr_value *v, struct wr_err *err);
/* WR_ELIMIT: what the step has written is too much for one instance. */
WR_MUST int wr_limits_check(const struct wr_exec *x, struct wr_err *err);

/* data.c: what scope `a` declares and does not have yet. */
void wr_data_declare(struct wr_exec *x, struct wr_activity *a);
/* Properties and data inputs of `a`; its data outputs.  0, or -1 after
 * wr_exec_incident(). */
WR_MUST int wr_data_in(struct wr_exec *x, struct wr_activity *a);
WR_MUST int wr_data_out(struct wr_exec *x, struct wr_activity *a);
/* What `a` gave back and no data output takes. */
const struct wr_value *wr_data_rest(struct wr_exec *x,
                                    const struct wr_activity *a);

WR_MUST int wr_mapping_in(struct wr_exec *x, struct wr_activity *a);
WR_MUST int wr_mapping_out(struct wr_exec *x, struct wr_activity *a);
/* What its work gave, outward; NULL: nothing. */
void wr_mapping_give(struct wr_exec *x, struct wr_activity *a,
                     const struct wr_value *result);
/* `old` (NULL: nothing) after writing `v` to its member "b.c". */
const struct wr_value *wr_mapping_member(struct wr_arena *a,
                                         const struct wr_value *old,
                                         const char *path,
                                         const struct wr_value *v);

/* One variable of `a` itself, without a word in the history.  All that a step
 * writes comes by here, so that conditional events see it. */
void wr_variables_put(struct wr_exec *x, struct wr_activity *a,
                      const char *name, const struct wr_value *v);
/* Write each where it is, else into the root (S25), from `a` outward. */
void wr_variables_write(struct wr_exec *x, struct wr_activity *a,
                        const struct wr_value *context);
/* Into `a` itself. */
void wr_variables_local(struct wr_exec *x, struct wr_activity *a,
                        const struct wr_value *context);
/* `a` stays behind with variables that no write told: say all of its own. */
void wr_variables_tell(struct wr_exec *x, struct wr_activity *a);
void wr_variables_remove(struct wr_exec *x, struct wr_activity *a,
                         const struct wr_value *names);

#endif
