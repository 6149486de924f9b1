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
    int64_t version, deployed_at;
    bool executable, startable;
    const void *instances; /* struct wr_definition_counts; NULL: not asked */
};
extern const struct wr_object wr_definition_object;

struct wr_definition_json wr_definition_json(
    const struct wr_definition_row *row);

#endif
