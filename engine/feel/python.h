/* python.h: conditions in Python's style (inside engine/feel). */

#ifndef WR_FEEL_PYTHON_H
#define WR_FEEL_PYTHON_H

#include "engine/feel/eval.h"

enum {
    WR_PYTHON_ARGS = 8
};

struct wr_python_call {
    struct wr_eval *ev;
    const struct wr_value *args[WR_PYTHON_ARGS];
    size_t n;
};

struct wr_python_fn {
    const char *name;
    size_t least, most; /* arguments */
    bool method;
    const struct wr_value *(*fn)(struct wr_python_call *c);
};

/* python_calls.c: the row of that name; NULL: there is none. */
const struct wr_python_fn *wr_python_function(const char *name, bool method);

/* python_eval.c */
bool wr_python_truth(const struct wr_value *v);
bool wr_python_equal(struct wr_eval *ev, const struct wr_value *x,
                     const struct wr_value *y);
/* A number, or a boolean as 0 and 1. */
bool wr_python_number(const struct wr_value *v, struct wr_decimal *out);
/* false after ev has failed. */
bool wr_python_order(struct wr_eval *ev, const char *op,
                     const struct wr_value *x, const struct wr_value *y,
                     int *order);

#endif
