/* handlers: doing what a script says instead of the model's script or job. */
#include "cli/handlers.h"

#include <string.h>

typedef void set_fn(struct wr_step *s, const char *name,
                    const struct wr_value *v);

static void
set_if_absent(struct wr_step *s, const char *name, const struct wr_value *v)
{
    if (!wr_step_variable(s, name))
        wr_step_set_variable(s, name, v);
}

static void
set_all(struct wr_step *s, const struct wr_value *values, set_fn *set)
{
    if (!values || values->type != WR_V_CONTEXT)
        return;
    for (size_t i = 0; i < values->context.n; i++)
        set(s, values->context.entries[i].key,
            wr_value_copy(s->arena, values->context.entries[i].value));
}

static void
increment(struct wr_step *s, const char *name)
{
    const struct wr_value *v = wr_step_variable(s, name);
    struct wr_decimal n = wr_decimal_from_int(0);

    if (v && v->type == WR_V_NUMBER)
        n = v->number;
    n = wr_decimal_add(n, wr_decimal_from_int(1));
    wr_step_set_variable(s, name, wr_value_number(s->arena, n));
}

static const char *
text(const struct wr_value *v)
{
    return v && v->type == WR_V_STRING ? v->string.s : NULL;
}

static const struct wr_value *
find(const struct wr_handlers *h, const char *element)
{
    return h->by_element ? wr_value_get(h->by_element, element) : NULL;
}

bool
wr_handlers_has(void *data, const char *element_id, const char *script)
{
    (void)script;

    return element_id && find(data, element_id);
}

bool
wr_handlers_run(void *data, struct wr_step *s, int node,
                struct wr_handler_result *out)
{
    const struct wr_value *h = find(data, s->model->nodes[node].id);
    const struct wr_value *error, *wait;
    const char *incr;

    if (!h)
        return false;
    incr = text(wr_value_get(h, "incr"));
    error = wr_value_get(h, "throwError");
    wait = wr_value_get(h, "wait");
    set_all(s, wr_value_get(h, "set"), wr_step_set_variable);
    set_all(s, wr_value_get(h, "setLocal"), wr_step_set_local);
    set_all(s, wr_value_get(h, "setIfAbsent"), set_if_absent);
    if (incr)
        increment(s, incr);
    if (error) {
        out->error_code = text(wr_value_get(error, "code"));
        out->message = text(wr_value_get(error, "message"));
    }
    out->failure = text(wr_value_get(h, "fail"));
    out->wait = wait && wait->type == WR_V_BOOL && wait->boolean;

    return true;
}
