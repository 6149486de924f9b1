/*
 * decision.h: deployed decisions, read once per process.
 *
 * What is found is referenced and stays as it is until it is given back, also
 * when the cache has dropped it or the decision was deleted.  Values that come
 * of evaluating it may be parts of its model: whoever keeps them longer than the
 * reference copies them (wr_value_copy()).
 */

#ifndef WR_RUNTIME_DECISION_H
#define WR_RUNTIME_DECISION_H

#include "engine/dmn/dmn.h"
#include "engine/model/model.h"
#include "engine/runtime/runtime.h"

struct wr_deployed_decision { /* immutable, refcounted */
    struct wr_decision_row row;
    const struct wr_dmn *model;
    const struct wr_dmn_element *element; /* a decision, or a service */
};
void wr_deployed_decision_unref(const struct wr_deployed_decision *d);

/* `ref` = id, key (latest active) or key:version.  Unref when done.
 * WR_ENOTFOUND; WR_ESTATE when that version is deleted. */
WR_MUST int wr_runtime_decision(struct wr_runtime *rt, const char *ref,
                                int32_t tenant,
                                const struct wr_deployed_decision **out,
                                struct wr_err *err);

/* The row as the store has it now, in `a`, deleted or not; of a key the latest
 * that is not deleted. */
WR_MUST int wr_runtime_decision_row(struct wr_runtime *rt, const char *ref,
                                    int32_t tenant, struct wr_arena *a,
                                    const struct wr_decision_row **out,
                                    struct wr_err *err);
/* From now on nobody finds that version but by its id; its number is not given
 * again. */
WR_MUST int wr_runtime_delete_decision(struct wr_runtime *rt,
                                       const struct wr_decision_row *row,
                                       struct wr_err *err);

/* What a business rule task means. */
struct wr_decision_ref {
    const char *key; /* the decision's id */
    enum wr_binding binding;
    int32_t version;           /* VERSION */
    const char *tag;           /* TAG */
    struct wr_uuid deployment; /* DEPLOYMENT: the caller's */
};
/* The same; any thread, the committer's too.  What is latest is asked of the
 * store each time.  The error says what is not there. */
WR_MUST int wr_runtime_decision_bound(struct wr_runtime *rt, int32_t tenant,
                                      const struct wr_decision_ref *ref,
                                      const struct wr_deployed_decision **out,
                                      struct wr_err *err);

#endif
