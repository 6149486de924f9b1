/*
 * builtin.h: the builtin functions, rows of builtins.def (inside engine/feel).
 *
 * Rows of one name are its overloads, tried in order: the first whose number,
 * names and types of parameters fit is called.  Documentation and completion
 * read the same rows.
 */

#ifndef WR_FEEL_BUILTIN_H
#define WR_FEEL_BUILTIN_H

#include "engine/feel/eval.h"

enum wr_mask {
    WR_M_NULL = 1 << WR_V_NULL,
    WR_M_BOOL = 1 << WR_V_BOOL,
    WR_M_NUMBER = 1 << WR_V_NUMBER,
    WR_M_STRING = 1 << WR_V_STRING,
    WR_M_DATE = 1 << WR_V_DATE,
    WR_M_TIME = 1 << WR_V_TIME,
    WR_M_DATETIME = 1 << WR_V_DATETIME,
    WR_M_YM = 1 << WR_V_DURATION_YM,
    WR_M_DT = 1 << WR_V_DURATION_DT,
    WR_M_LIST = 1 << WR_V_LIST,
    WR_M_CONTEXT = 1 << WR_V_CONTEXT,
    WR_M_RANGE = 1 << WR_V_RANGE,
    WR_M_FUNCTION = 1 << WR_V_FUNCTION,
    WR_M_ANY = 0xffff,
    WR_M_OPTIONAL = 1 << 16, /* may be left out */
    WR_M_REST = 1 << 17,     /* a list, or any number of items */
    WR_M_ITEMS = 1 << 18,    /* one or more arguments, always made a list */
};

enum {
    WR_BUILTIN_PARAMS = 4
};

struct wr_param {
    const char *name;
    unsigned types; /* enum wr_mask */
};

struct wr_builtin {
    const char *name;
    /* args has one place a parameter, NULL where one was left out. */
    const struct wr_value *(*fn)(struct wr_eval *ev,
                                 const struct wr_value *const *args);
    struct wr_param params[WR_BUILTIN_PARAMS]; /* to the first without name */
    const char *doc;
};

const struct wr_builtin *wr_builtins(size_t *n);
/* The first row of that name, NULL when there is none. */
const struct wr_builtin *wr_builtin_find(const char *name);

/* Call with arguments in order, or named where `names` is not NULL. */
const struct wr_value *wr_builtin_call(struct wr_eval *ev,
                                       const struct wr_builtin *first,
                                       const struct wr_value *const *args,
                                       const char *const *names, size_t n);

#define WR_BUILTIN(name, fn, params, doc)                 \
    const struct wr_value *wr_fn_##fn(struct wr_eval *ev, \
                                      const struct wr_value *const *args);
#include "engine/feel/builtins.def"
#undef WR_BUILTIN

#endif
