/*
 * fresh.h: answers from what is folded from the history.
 *
 * Such a request waits, up to a second, until what was committed before it came
 * is folded; else its answer says how old it is.  While too many wait already it
 * does not: they would hold up all threads.
 */

#ifndef WR_FRESH_H
#define WR_FRESH_H

#include "fcgi_workers/resource.h"

struct wr_fresh {
    int64_t as_of; /* all that was committed up to then is in the answer */
    int64_t lag;   /* ms from then to when the request came; 0: all */
};

WR_MUST int wr_request_fresh(struct wr_request *rq, struct wr_fresh *out,
                             struct wr_err *err);

/* Its two fields, of a struct T with `as_of` and `lag`. */
/* clang-format off */
#define WR_FIELDS_FRESH(T)                                                  \
    WR_FIELD(T, as_of, "asOf", WR_TIME, WR_READONLY | WR_OPTIONAL,          \
             "What was committed up to then is in the answer."),            \
    WR_FIELD(T, lag, "lagMs", WR_INT, WR_READONLY | WR_OPTIONAL,            \
             "How long that was before the request came; 0: it has all.")
/* A counted list that may come from there. */
#define WR_FRESH_LIST_OBJECT(var, json_name, of)                           \
    static const struct wr_field var##_fields[] = {                        \
        WR_FIELD_OF(struct wr_list, items, "items", WR_OBJECTS, of,        \
                    WR_READONLY, "The page."),                             \
        WR_FIELD(struct wr_list, next, "next", WR_STRING, WR_NULLABLE,     \
                 "Cursor of the next page; null: that was all."),          \
        WR_FIELD(struct wr_list, total, "total", WR_INT,                   \
                 WR_READONLY | WR_OPTIONAL,                                \
                 "How many there are on all pages, with total=exact."),    \
        WR_FIELDS_FRESH(struct wr_list),                                   \
    };                                                                     \
    static const struct wr_object var = WR_OBJECT_ROWS(struct wr_list,     \
                                                       json_name,          \
                                                       var##_fields)
/* clang-format on */

/* Wait, and note it in the answer. */
WR_MUST int wr_list_fresh(struct wr_request *rq, struct wr_list *out,
                          struct wr_err *err);

#endif
