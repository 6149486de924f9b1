/*
 * eval.h: the evaluator's insides (inside engine/feel and engine/dmn).
 *
 * An evaluation function returns a value, or NULL when the whole evaluation
 * ends: a limit was passed, or JUEL failed; ev->err then says why.  What FEEL
 * turns into null goes through wr_eval_null() and leaves a warning.
 *
 * Everything that loops over values charges the budget, so that the work done
 * is bounded even when values share parts and a walk sees them many times.
 */

#ifndef WR_FEEL_EVAL_H
#define WR_FEEL_EVAL_H

#include "engine/feel/ast.h"

enum {
    WR_EVAL_DEPTH = 1000
}; /* nodes on the way to the root, calls too */

/* What a time zone's tables cost, in operations. */
enum {
    WR_ZONE_COST = 20
};

/* A name in scope, or the members of a context (filters). */
struct wr_frame {
    const struct wr_frame *up;
    const char *name; /* NULL: members of `value` */
    const struct wr_value *value;
};

struct wr_eval {
    const struct wr_expr *expr;
    struct wr_expr_env *env;
    struct wr_arena *arena;
    const struct wr_frame *frame; /* innermost */
    const struct wr_node *at;     /* what runs, for warnings */
    int depth;
    unsigned ticks; /* cheap comparisons; every 16th is charged */
    bool stopped;   /* err is filled, nothing more is evaluated */
    void *above;    /* of the layer whose FOREIGN nodes run; NULL */
    struct wr_err *err;
};

/* The ends may be absent (NULL): "(< 5)" has no start. */
struct wr_range {
    const struct wr_value *lo, *hi;
    unsigned open; /* enum wr_open */
    enum wr_op op; /* NONE: written with `..` */
};

struct wr_function {
    const struct wr_builtin *builtin; /* or */
    const struct wr_node *def;        /* FUNCTION node, with */
    const struct wr_frame *closure;   /* what it saw where it was made and */
    const struct wr_expr *expr;       /* the text it stands in */
};

/* Three-valued: what FEEL's comparisons give. */
enum wr_truth {
    WR_FALSE,
    WR_TRUE,
    WR_UNKNOWN
};

#define WR_NODE(id, fn) \
    const struct wr_value *fn(struct wr_eval *ev, const struct wr_node *n);
#include "engine/feel/nodes.def"
#undef WR_NODE

/* eval.c */
const struct wr_value *wr_eval(struct wr_eval *ev, const struct wr_node *n);
bool wr_eval_charge(struct wr_eval *ev, size_t n);
const struct wr_value *wr_eval_fail(struct wr_eval *ev, enum wr_code code,
                                    const char *fmt, ...) WR_PRINTF(3);
const struct wr_value *wr_eval_null(struct wr_eval *ev, const char *fmt, ...)
    WR_PRINTF(2);
const struct wr_value *wr_eval_truth(enum wr_truth t);
const struct wr_frame *wr_eval_bind(struct wr_eval *ev, const char *name,
                                    const struct wr_value *value);
/* "number", "years and months duration" ... */
const char *wr_type_of(const struct wr_value *v);

/* A list while it grows. */
struct wr_values {
    const struct wr_value **items;
    size_t n, cap;
};
/* false: the budget is spent. */
bool wr_values_add(struct wr_eval *ev, struct wr_values *l,
                   const struct wr_value *v);
/* Shares the items: adding more to `l` leaves the list as it is. */
const struct wr_value *wr_values_list(struct wr_eval *ev,
                                      const struct wr_values *l);

/* feel.c: `v`, when a result may be as large; else NULL, stopped. */
const struct wr_value *wr_expr_measured(struct wr_eval *ev,
                                        const struct wr_value *v);

/* compare.c */
enum wr_truth wr_equal(struct wr_eval *ev, const struct wr_value *x,
                       const struct wr_value *y);
/* *order <0, 0, >0; false when the two cannot be ordered. */
bool wr_order(const struct wr_value *x, const struct wr_value *y, int *order);
enum wr_truth wr_compared(struct wr_eval *ev, enum wr_op op,
                          const struct wr_value *x, const struct wr_value *y);

/* range.c */
const struct wr_value *wr_range_value(struct wr_eval *ev, struct wr_range r);
enum wr_truth wr_range_has(struct wr_eval *ev, const struct wr_range *r,
                           const struct wr_value *v);

/* One TEST of `x`: true, false or null; NULL: stopped. */
const struct wr_value *wr_range_test(struct wr_eval *ev,
                                     const struct wr_value *x,
                                     const struct wr_node *test);

/* arith.c: NULL only for strings, powers and zones, when a limit was passed */
const struct wr_value *wr_arith(struct wr_eval *ev, enum wr_op op,
                                const struct wr_value *x,
                                const struct wr_value *y);

/* temporal.c */
bool wr_temporal_order(const struct wr_value *x, const struct wr_value *y,
                       int *order);
/* Whole seconds and nanoseconds since the epoch (date, date-time) or midnight
 * (time) in UTC; without offset as if in UTC. */
void wr_temporal_instant(const struct wr_value *v, int64_t *seconds,
                         int32_t *nanos);
/* date, time or date-time plus a duration; NULL out of range. */
const struct wr_value *wr_temporal_add(struct wr_arena *a,
                                       const struct wr_value *t,
                                       const struct wr_value *duration,
                                       bool subtract);
/* x - y as days and time duration; NULL when one has an offset and the other
 * has not. */
const struct wr_value *wr_temporal_sub(struct wr_eval *ev,
                                       const struct wr_value *x,
                                       const struct wr_value *y);
/* "year", "time offset" ...; NULL when there is no such property. */
const struct wr_value *wr_temporal_member(struct wr_eval *ev,
                                          const struct wr_value *v,
                                          const char *name);
/* As wr_datetime_parse, "24:00:00" too; NULL when it does not parse. */
const struct wr_value *wr_datetime_of_text(struct wr_arena *a, const char *s,
                                           size_t len);
const struct wr_value *wr_duration_value(struct wr_arena *a, int64_t seconds,
                                         int64_t nanos);
const struct wr_value *wr_months_value(struct wr_arena *a, int64_t months);

/* The value of a name that is bound here; NULL: none is. */
const struct wr_value *wr_eval_bound(const struct wr_frame *f,
                                     const char *name);

/* types.c: the value as the type wants it (DMN 1.5, 10.3.2.9.4): a list of one
 * gives its item, a single value becomes a list of one, a date the midnight
 * that it begins with; what still does not conform is null, with a warning
 * that names `what`.  NULL: stopped. */
const struct wr_value *wr_type_coerce(struct wr_eval *ev,
                                      const struct wr_value *v,
                                      const struct wr_type *t,
                                      const char *what);
/* "number", "list" ... */
const char *wr_type_name(const struct wr_type *t);

/* call.c */
/* The value of a function whose body is `def`, a FUNCTION node. */
const struct wr_value *wr_function_value(struct wr_eval *ev,
                                         const struct wr_node *def,
                                         const struct wr_frame *closure);
const struct wr_value *wr_invoke(struct wr_eval *ev,
                                 const struct wr_value *function,
                                 const struct wr_value *const *args, size_t n);

/* text.c: a value as string() and ${...} write it; NULL: limit. */
const struct wr_value *wr_text_of(struct wr_eval *ev, const struct wr_value *v);

#endif
