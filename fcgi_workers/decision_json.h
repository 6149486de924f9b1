/* decision_json.h: the API's decision, for decisions and deployments. */

#ifndef WR_DECISION_JSON_H
#define WR_DECISION_JSON_H

#include "engine/runtime/decision.h"
#include "fcgi_workers/resource.h"

struct wr_decision_json {
    struct wr_uuid id, deployment;
    const char *key, *kind, *name, *version_tag, *state, *resource;
    const char *graph, *graph_name;
    int64_t version, deployed_at;
    struct wr_objects inputs; /* of one that is read alone */
};
extern const struct wr_object wr_decision_object;
struct wr_decision_json wr_decision_json(const struct wr_decision_row *row);

/* By id, key (latest) or key:version; released with the arena. */
WR_MUST int wr_request_decision(struct wr_request *rq, const char *ref,
                                const struct wr_deployed_decision **out,
                                struct wr_err *err);

/* expressions.c: warnings of an evaluation, as texts. */
struct wr_strings wr_warnings_json(struct wr_arena *a,
                                   const struct wr_expr_env *env);

#endif
