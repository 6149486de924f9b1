/* juel_methods.h: a method call inside ${...} (inside engine/feel). */

#ifndef WR_FEEL_JUEL_METHODS_H
#define WR_FEEL_JUEL_METHODS_H

#include "engine/feel/builtin.h"
#include "engine/feel/juel.h"

enum {
    WR_METHOD_ARGS = 2
};

struct wr_method_call {
    struct wr_eval *ev;
    const struct wr_value *self;
    const struct wr_value *args[WR_METHOD_ARGS];
    size_t n;
};

/* juel_methods_time.c: of dates; juel_methods_more.c: of lists, numbers and
 * what is read from JSON.  They return as every evaluation function does. */
#define WR_METHOD_FN(name) \
    const struct wr_value *wr_method_##name(struct wr_method_call *c);
WR_METHOD_FN(plus_seconds)
WR_METHOD_FN(plus_minutes)
WR_METHOD_FN(plus_hours)
WR_METHOD_FN(plus_days)
WR_METHOD_FN(plus_weeks)
WR_METHOD_FN(plus_months)
WR_METHOD_FN(plus_years)
WR_METHOD_FN(minus_seconds)
WR_METHOD_FN(minus_minutes)
WR_METHOD_FN(minus_hours)
WR_METHOD_FN(minus_days)
WR_METHOD_FN(minus_weeks)
WR_METHOD_FN(minus_months)
WR_METHOD_FN(minus_years)
WR_METHOD_FN(time_ms)
WR_METHOD_FN(is_before)
WR_METHOD_FN(is_after)
WR_METHOD_FN(last_index)
WR_METHOD_FN(list_last_index)
WR_METHOD_FN(contains_all)
WR_METHOD_FN(sub_list)
WR_METHOD_FN(join)
WR_METHOD_FN(contains_value)
WR_METHOD_FN(entries)
WR_METHOD_FN(add)
WR_METHOD_FN(subtract)
WR_METHOD_FN(multiply)
WR_METHOD_FN(divide)
WR_METHOD_FN(negate)
WR_METHOD_FN(absolute)
WR_METHOD_FN(prop)
WR_METHOD_FN(path)
WR_METHOD_FN(has)
WR_METHOD_FN(has_value)
WR_METHOD_FN(as_number)
WR_METHOD_FN(as_int)
WR_METHOD_FN(as_boolean)
#undef WR_METHOD_FN

#endif
