/*
 * search.h: rich lookups of instances, tasks, jobs, incidents, messages.
 *
 * One table of fields per noun says what may be asked and sorted by; a condition
 * is a tree over them.  SQL backends compile it (search_sql.c: values are always
 * parameters), the memory backend evaluates it (search_match.c).  A condition is
 * true or false, never unknown: a comparison with a value that is not there is
 * false, so that its negation is true.
 *
 * Rows come in the order asked for, those without a value last in either
 * direction, and by id where they are alike: a cursor is the last row's values,
 * and pages neither repeat nor skip a row that did not change.
 */

#ifndef WR_SEARCH_H
#define WR_SEARCH_H

#include "engine/store/columns.h"

enum wr_search_type {
    WR_SF_TEXT,
    WR_SF_INT,
    WR_SF_TIME, /* an instant */
    WR_SF_UUID,
    WR_SF_ENUM,     /* a number with names */
    WR_SF_LIST,     /* texts; a condition holds when one of them fits */
    WR_SF_KEY,      /* text: the key of the row's definition; no column */
    WR_SF_JOB_STATE /* of a job at an instant; no column */
};

struct wr_search_field {
    const char *name;   /* as the API has it */
    const char *column; /* of the noun's record; NULL: computed */
    enum wr_search_type type;
    const char *names; /* ENUM, JOB_STATE: "a|b", a is 0 */
    bool sorts;
};

/* NULL: no such field; n: the length of the name. */
const struct wr_search_field *wr_search_field(enum wr_noun noun,
                                              const char *name, size_t n);
/* All of them; NULL and 0 for a noun that is not searched. */
const struct wr_search_field *wr_search_fields(enum wr_noun noun, size_t *n);
/* The column behind it; NULL: computed. */
const struct wr_column *wr_search_column(enum wr_noun noun,
                                         const struct wr_search_field *f);
/* How its values travel: kind, not null. */
enum wr_datum_kind wr_search_kind(enum wr_noun noun,
                                  const struct wr_search_field *f);

enum wr_search_op {
    WR_S_EQ,
    WR_S_IN, /* one of `values` */
    WR_S_GT,
    WR_S_GTE,
    WR_S_LT,
    WR_S_LTE,
    WR_S_LIKE,    /* % any text, _ one character, \ the next as it is */
    WR_S_EXISTS,  /* there is a value */
    WR_S_AND,     /* of `parts`; none: true */
    WR_S_OR,      /* none: false */
    WR_S_NOT,     /* of the one part */
    WR_S_VARIABLE /* a variable of its instance holds the one part, which is of
                     WR_VARIABLE_ROWS */
};

struct wr_condition {
    enum wr_search_op op;
    const struct wr_search_field *field; /* of EQ to EXISTS */
    const struct wr_datum *values;       /* as many as the operator takes */
    size_t n_values;
    const struct wr_condition *const *parts; /* of AND, OR, NOT */
    size_t n_parts;
};

enum {
    WR_SEARCH_ORDER = 3,   /* fields to sort by, besides the id */
    WR_SEARCH_VALUES = 200 /* in all conditions together */
};

struct wr_order {
    const struct wr_search_field *field;
    bool descending;
};

struct wr_search {
    enum wr_noun noun;
    int32_t tenant;
    const struct wr_condition *where; /* NULL: all */
    struct wr_order order[WR_SEARCH_ORDER];
    int n_order;        /* 0: newest first */
    const char *cursor; /* NULL: from the start */
    int limit;          /* 1 to 10000 */
};

/* ---- building conditions, in `a` ---- */

const struct wr_condition *wr_where(struct wr_arena *a, enum wr_search_op op,
                                    const struct wr_search_field *f,
                                    const struct wr_datum *values, size_t n);
/* NULL parts are left out. */
const struct wr_condition *wr_where_all(struct wr_arena *a,
                                        const struct wr_condition *const *parts,
                                        size_t n);
const struct wr_condition *wr_where_not(struct wr_arena *a,
                                        const struct wr_condition *part);
/* The variable of the row's instance, or what is at `path` in it ("a.b", through
 * lists; "": all of it), compares so; of EQ to EXISTS.  Values are ordered within
 * their type.  WR_EVALUE: no list or context is compared. */
WR_MUST int wr_where_variable(struct wr_arena *a, enum wr_search_op op,
                              const char *name, const char *path,
                              const struct wr_value *const *values, size_t n,
                              const struct wr_condition **out,
                              struct wr_err *err);
/* A job that is in the state of this place in its field's names at `now`. */
const struct wr_condition *wr_where_job_state(struct wr_arena *a, int state,
                                              int64_t now);
/* The place in those names of a row. */
int wr_job_state(const struct wr_job_row *row, int64_t now);
/* With the one that is running. */
int32_t wr_job_tries_left(const struct wr_job_row *row, int64_t now);

/* What a lookup asks for, as a condition; members that no search knows
 * (buckets, due_before, after_seq) are WR_EUNSUPPORTED. */
WR_MUST int wr_search_of_query(const struct wr_query *q, struct wr_arena *a,
                               struct wr_search *out, struct wr_err *err);

/* ---- for the backends ---- */

/* Where the page starts: the values of the row before it, one for each of
 * `order`, of which the last is the id. */
struct wr_search_plan {
    const struct wr_search *search;
    struct wr_order order[WR_SEARCH_ORDER + 1];
    int n_order;
    bool after; /* `last` is given */
    struct wr_datum last[WR_SEARCH_ORDER + 1];
};

/* WR_EINVALID: a cursor that is not of this search, a field that does not sort,
 * a bad limit. */
WR_MUST int wr_search_plan(const struct wr_search *s, struct wr_arena *a,
                           struct wr_search_plan *out, struct wr_err *err);

/* Rows as found, up to limit + 1, into the answer; makes the cursor. */
void wr_search_answer(const struct wr_search_plan *p, struct wr_arena *a,
                      const void *rows, size_t n, struct wr_rows *out);

/* The value of a field that has a column. */
void wr_search_value(enum wr_noun noun, const struct wr_search_field *f,
                     const void *row, struct wr_arena *a, struct wr_datum *out);
/* Neither is null. */
int wr_datum_cmp(const struct wr_datum *x, const struct wr_datum *y);

/* Does the row hold the condition?  `key` is its definition's. */
bool wr_search_match(const struct wr_condition *c, enum wr_noun noun,
                     const void *row, const char *key, struct wr_arena *a);
/* LIKE on UTF-8. */
bool wr_search_like(const char *pattern, const char *text);

#endif
