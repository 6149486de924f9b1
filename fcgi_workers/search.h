/*
 * search.h: POST /x/search and what it shares with the lists: pages by a
 * condition, and how many rows there are.
 */

#ifndef WR_WORKER_SEARCH_H
#define WR_WORKER_SEARCH_H

#include "fcgi_workers/lookup.h"

extern const struct wr_object wr_search_object; /* the body */
/* Does the filter of a decoded body speak of a state of this noun that only
 * what ended has? */
bool wr_search_speaks_of_end(const void *body);

/* Answer a decoded body with a page. */
WR_MUST int wr_search_page(struct wr_request *rq, enum wr_noun noun,
                           const struct wr_listed *how, const void *body,
                           struct wr_list *out, struct wr_err *err);

/* What a list is asked for beside its filters. */
struct wr_paging {
    int64_t limit;
    const char *cursor, *total;
    const struct wr_condition *also; /* what the lookup has no member for */
};
WR_MUST int wr_list_page(struct wr_request *rq, struct wr_query *q,
                         const struct wr_paging *page,
                         const struct wr_listed *how, struct wr_list *out,
                         struct wr_err *err);

#endif
