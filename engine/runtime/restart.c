/* restart: an ended instance once more, as a new one (SEMANTICS S29). */
#include <string.h>

#include "engine/runtime/level.h"
#include "engine/runtime/slot.h"

/* What it was started with is the first thing its history says was set. */
static int
given(struct wr_runtime *rt, const struct wr_uuid *id, int32_t tenant,
      struct wr_arena *a, const struct wr_value **out, struct wr_err *err)
{
    struct wr_query q = { .noun = WR_HISTORIES,
                          .tenant = tenant,
                          .instance = id,
                          .state = -1,
                          .limit = 1 };
    const struct wr_history_event *e;
    struct wr_rows rows;
    size_t n = 0;

    *out = NULL;
    if (wr_runtime_find(rt, &q, a, &rows, err) < 0)
        return err->code;
    if (rows.n
        && wr_history_decode(a, rows.histories[0].events, &e, &n, err) < 0)
        return err->code;
    if (n < 2 || e[1].type != WR_H_VARIABLE_SET || e[1].key)
        return 0;
    if (wr_level_left_out(&e[1]))
        return wr_fail(err, WR_ESTATE,
                       "what the instance began with was not kept, by the "
                       "history level of its definition: restart it with its "
                       "last variables, or give others");
    *out = e[1].data;

    return 0;
}

/* `first` with what `then` has in its place. */
static const struct wr_value *
merged(struct wr_arena *a, const struct wr_value *first,
       const struct wr_value *then)
{
    struct wr_entry *e;
    size_t n = 0;

    if (!first || !then)
        return first ? first : then;
    if (then->type != WR_V_CONTEXT)
        return then; /* the start says what is wrong with it */
    e = wr_newn(a, struct wr_entry, first->context.n + then->context.n);
    for (size_t k = 0; k < first->context.n; k++) {
        if (!wr_value_get(then, first->context.entries[k].key))
            e[n++] = first->context.entries[k];
    }
    for (size_t k = 0; k < then->context.n; k++)
        e[n++] = then->context.entries[k];

    return wr_value_context(a, e, n);
}

int
wr_runtime_restart(struct wr_runtime *rt, const struct wr_uuid *id,
                   int32_t tenant, const struct wr_restart *how,
                   struct wr_arena *a, struct wr_command *out,
                   struct wr_err *err)
{
    const struct wr_value *had = NULL;
    char definition[WR_UUID_TEXT], text[WR_UUID_TEXT];
    enum wr_instance_state state;
    struct wr_view view;
    int r = 0;

    if (wr_runtime_view(rt, id, tenant, a, &view, err) < 0)
        return err->code;
    state = view.row->state;
    wr_uuid_text(id, text);
    wr_uuid_text(&view.row->definition, definition);
    if (how->if_rev >= 0 && how->if_rev != view.row->rev)
        r = wr_fail(err, WR_EPRECONDITION,
                    "instance '%s' is at revision %lld, not %lld", text,
                    (long long)view.row->rev, (long long)how->if_rev);
    else if (state == WR_ACTIVE || state == WR_SUSPENDED)
        r = wr_fail(err, WR_ESTATE,
                    "instance '%s' is %s: only what has ended is restarted",
                    text, wr_instance_state_name(state));
    else if (how->initial)
        r = given(rt, id, tenant, a, &had, err);
    else
        had = wr_instance_variables(view.instance, 0, a);
    wr_definition_unref(view.definition);
    if (r < 0)
        return r;
    *out = (struct wr_command){
        .event = { .type = WR_EV_START,
                   .variables = merged(a, had, how->variables),
                   .business_key = view.row->business_key,
                   .tags = view.row->tags,
                   .n_tags = view.row->n_tags,
                   .start_at = how->start_at,
                   .plan = how->plan,
                   .origin = *id },
        .definition = wr_arena_strdup(a, definition),
        .tenant = tenant,
        .if_rev = -1,
    };

    return 0;
}
