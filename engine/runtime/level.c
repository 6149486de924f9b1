#include "engine/runtime/level.h"

#include <string.h>

#include "engine/runtime/slot.h"

/* In place of values: the names alone, under a name that stands out. */
#define NAMES "$names"

static const char *const names[] = {
    [WR_LEVEL_NONE] = "none",
    [WR_LEVEL_ACTIVITY] = "activity",
    [WR_LEVEL_AUDIT] = "audit",
    [WR_LEVEL_FULL] = "full",
};

enum wr_history_level
wr_level_parse(const char *name)
{
    for (size_t i = WR_LEVEL_NONE; i < WR_COUNT(names); i++)
        if (strcmp(names[i], name) == 0)
            return (enum wr_history_level)i;

    return WR_LEVEL_UNSET;
}

const char *
wr_level_name(enum wr_history_level l)
{
    return names[l];
}

enum wr_history_level
wr_runtime_level(const struct wr_runtime *rt,
                 const struct wr_definition_row *row)
{
    if (row->history_level != WR_LEVEL_UNSET)
        return row->history_level;

    return rt->o.history_level != WR_LEVEL_UNSET ? rt->o.history_level
                                                 : WR_LEVEL_FULL;
}

/* ---- activity ---- */

static bool
is_activity(enum wr_history_type t)
{
    switch ((int)t) {
    case WR_H_INSTANCE_STARTED:
    case WR_H_INSTANCE_COMPLETED:
    case WR_H_INSTANCE_FAILED:
    case WR_H_INSTANCE_CANCELED:
    case WR_H_INSTANCE_SUSPENDED:
    case WR_H_INSTANCE_RESUMED:
    case WR_H_INSTANCE_COMPENSATING:
    case WR_H_INSTANCE_COMPENSATED:
    case WR_H_INSTANCE_KEPT:
    case WR_H_INSTANCE_MODIFIED:
    case WR_H_INSTANCE_MIGRATED:
    case WR_H_ELEMENT_STARTED:
    case WR_H_ELEMENT_COMPLETED:
    case WR_H_ELEMENT_CANCELED:
    case WR_H_ELEMENT_PASSED:
    case WR_H_FLOW_TAKEN:
    case WR_H_LOOP_STARTED:
    case WR_H_LOOP_COMPLETED:
    case WR_H_LOOP_CANCELED:
    case WR_H_CALL_STARTED:
    case WR_H_CALL_COMPLETED:
    case WR_H_CALL_FAILED:
    case WR_H_CALL_CANCELED:
    case WR_H_COMPENSATION_STARTED:
    case WR_H_COMPENSATION_COMPLETED:
    case WR_H_COMPENSATION_CANCELED:
    case WR_H_TASK_CREATED:
    case WR_H_TASK_COMPLETED:
    case WR_H_TASK_CANCELED:
        return true;
    }

    return false;
}

/* ---- audit ---- */

static const struct wr_value *
only_names(struct wr_arena *a, const struct wr_value *set)
{
    const struct wr_value **list = wr_newn(a, const struct wr_value *,
                                           set->context.n + 1);
    struct wr_entry *e = wr_new(a, struct wr_entry);

    if (set->context.n == 1 && strcmp(set->context.entries[0].key, NAMES) == 0)
        return set; /* they were left out before */
    for (size_t i = 0; i < set->context.n; i++)
        list[i] = wr_value_string(a, set->context.entries[i].key);
    *e = (struct wr_entry){ NAMES, wr_value_list(a, list, set->context.n) };

    return wr_value_context(a, e, 1);
}

static bool
is_value(const char *member)
{
    static const char *const members[] = {
        "variables", "inputs", "outputs",    "output", "value",
        "values",    "result", "collection", "item",   "draft",
        "text",      "key",    "payload",    "error",
    };

    for (size_t i = 0; i < WR_COUNT(members); i++)
        if (strcmp(members[i], member) == 0)
            return true;

    return false;
}

/* Members that hold values of variables, or what was made of them. */
static const struct wr_value *
without_values(struct wr_arena *a, const struct wr_value *data)
{
    struct wr_entry *e = wr_newn(a, struct wr_entry, data->context.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < data->context.n; i++)
        if (!is_value(data->context.entries[i].key))
            e[n++] = data->context.entries[i];

    return n ? wr_value_context(a, e, n) : NULL;
}

bool
wr_level_event(struct wr_arena *a, enum wr_history_level l,
               const struct wr_history_event *e, struct wr_history_event *out)
{
    *out = *e;
    if (l == WR_LEVEL_NONE)
        return false;
    if (l == WR_LEVEL_ACTIVITY) {
        out->data = NULL;
        return is_activity(e->type);
    }
    if (l != WR_LEVEL_AUDIT || !e->data || e->data->type != WR_V_CONTEXT)
        return true;
    out->data = e->type == WR_H_VARIABLE_SET       ? only_names(a, e->data)
                : e->type == WR_H_VARIABLE_REMOVED ? e->data
                                                   : without_values(a, e->data);

    return true;
}

int
wr_level_row(struct wr_arena *a, enum wr_history_level l, struct wr_blob events,
             struct wr_blob *out, struct wr_err *err)
{
    const struct wr_history_event *e;
    struct wr_history_event *left;
    struct wr_str s = { .arena = a };
    size_t n;

    if (wr_history_decode(a, events, &e, &n, err) < 0)
        return (int)err->code;
    left = wr_newn(a, struct wr_history_event, n + 1);
    for (size_t i = 0; i < n; i++)
        if (!wr_level_event(a, l, &e[i], &left[i]))
            left[i] = (struct wr_history_event){ .type = e[i].type };
    wr_history_encode(&s, left, n);
    *out = (struct wr_blob){ s.s, s.len };

    return 0;
}

bool
wr_level_left_out(const struct wr_history_event *e)
{
    return e->type == WR_H_VARIABLE_SET
           && (!e->data
               || (e->data->context.n == 1
                   && strcmp(e->data->context.entries[0].key, NAMES) == 0));
}
