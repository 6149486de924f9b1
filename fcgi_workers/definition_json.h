/* definition_json.h: the API's definition, for definitions and deployments. */

#ifndef WR_DEFINITION_JSON_H
#define WR_DEFINITION_JSON_H

#include "fcgi_workers/resource.h"

struct wr_definition_counts {
    int64_t active, total, incidents;
};

struct wr_definition_json {
    struct wr_uuid id, deployment;
    const char *key, *kind, *name, *version_tag, *state, *resource;
    const char *ttl, *level; /* NULL: as the settings say */
    int64_t version, deployed_at;
    bool executable, startable;
    const void *instances; /* struct wr_definition_counts; NULL: not asked */
    struct wr_objects variables; /* of one that is read alone */
};
extern const struct wr_object wr_definition_object;

/* Numbers of instances for `n` of them: all, or `only` this one's. */
WR_MUST int wr_definition_counts(struct wr_request *rq,
                                 const struct wr_uuid *only,
                                 struct wr_definition_json *items, size_t n,
                                 struct wr_err *err);
/* The variables it wants to be started with, as the API shows them. */
WR_MUST int wr_definition_variables(struct wr_request *rq,
                                    const struct wr_uuid *id,
                                    struct wr_objects *out, struct wr_err *err);
extern const struct wr_object wr_input_object;
/* What of these variables does not fit the definition, into rq->errors. */
void wr_definition_misfits(struct wr_request *rq, const char *ref,
                           const struct wr_value *variables);

/* versions.c: the version that a command is for, as If-Match wants it; and the
 * answer of one that changed it. */
WR_MUST int wr_definition_own_row(struct wr_request *rq,
                                  const struct wr_definition_row **out,
                                  struct wr_err *err);
WR_MUST int wr_definition_answer(struct wr_request *rq,
                                 const struct wr_uuid *id, void *out,
                                 struct wr_err *err);
/* keeping.c */
wr_route_fn wr_definition_keep;
extern const struct wr_object wr_definition_keep_object;
/* A time to live as text; NULL: as the setting says. */
const char *wr_keeping_ttl(struct wr_arena *a, int64_t ms);
wr_route_fn wr_definition_delete;
extern const struct wr_object wr_definition_delete_query;

/* How many versions a lookup finds that are not deleted. */
WR_MUST int wr_definition_count(struct wr_request *rq, const struct wr_query *q,
                                int64_t *out, struct wr_err *err);
/* What its ETag says: another one for each version and state. */
int64_t wr_definition_rev(const struct wr_definition_row *row);
struct wr_definition_json wr_definition_json(
    struct wr_arena *a, const struct wr_definition_row *row);

#endif
