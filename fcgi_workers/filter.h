/*
 * filter.h: the filter and the order of a search, as JSON:
 *
 *     {"state": "active", "startedAt": {"$gte": "2026-01-01T00:00:00Z"},
 *      "$or": [{"businessKey": {"$like": "A-%"}}, {"incidents": {"$gt": 0}}],
 *      "$not": {"endedAt": {"$exists": true}}}
 *
 * Members of an object must all hold.  Which fields there are, and which
 * operators a field takes, are rows of tables (engine/store/search.h, here).
 */

#ifndef WR_FILTER_H
#define WR_FILTER_H

#include "engine/store/search.h"
#include "fcgi_workers/field.h"

enum {
    WR_FILTER_DEPTH = 8,        /* objects within objects */
    WR_FILTER_CONDITIONS = 100, /* comparisons and groups */
    WR_FILTER_LIKE = 200,       /* bytes of a pattern */
    WR_FILTER_WILD = 8,         /* % of a pattern */
    WR_FILTER_VARIABLES = 10    /* conditions on variables */
};

/*
 * The condition of `filter` (an object), in the arena of `errors`; NULL when it
 * is NULL.  WR_EINVALID when anything is wrong: `errors` says where and what,
 * "/filter/state/$gt".  WR_EUNSUPPORTED: it asks for what is not there yet.
 */
WR_MUST int wr_filter_parse(enum wr_noun noun, const struct wr_value *filter,
                            int64_t now, const struct wr_condition **out,
                            struct wr_field_errors *errors, struct wr_err *err);

/* The same of [{"name", "path", "op", "value"}]; "/variables/0/op". */
WR_MUST int wr_filter_variables(const struct wr_value *list,
                                const struct wr_condition **out,
                                struct wr_field_errors *errors,
                                struct wr_err *err);

/* "startedAt", "-priority": field names, with "-" descending. */
WR_MUST int wr_filter_order(const struct wr_strings *sort,
                            struct wr_search *out,
                            struct wr_field_errors *errors, struct wr_err *err);

#endif
