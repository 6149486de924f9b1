/* handler.c: a test's handler in place of a script or job. */

#include <string.h>

#include "engine/exec/exec.h"

static enum wr_move
answer(struct wr_exec *x, struct wr_activity *a,
       const struct wr_handler_result *r)
{
    if (r->error_code)
        return wr_exec_error(x, r->error_code, r->message,
                             /* at_end= */ false);
    if (r->failure)
        return wr_exec_incident(
            x, x->m->nodes[a->node].kind == WR_SCRIPT_TASK ? "script" : "job",
            r->failure);

    return r->wait ? wr_job_hold(x, a) : WR_LEAVE;
}

bool
wr_exec_handled(struct wr_exec *x, struct wr_activity *a, enum wr_move *move)
{
    struct wr_handler_result result = { 0 };

    if (!x->s->handler
        || !x->s->handler(x->s->handler_data, x->s, a->node, &result))
        return false;
    *move = answer(x, a, &result);

    return true;
}

const struct wr_value *
wr_step_variable(struct wr_step *s, const char *name)
{
    struct wr_var *var = wr_var_find(s->state->running->current, name,
                                     strlen(name), NULL);

    return var ? var->value : NULL;
}

static const struct wr_value *
single(struct wr_exec *x, const char *name, const struct wr_value *v)
{
    struct wr_entry entry = { name, v };

    return wr_value_context(x->arena, &entry, 1);
}

void
wr_step_set_variable(struct wr_step *s, const char *name,
                     const struct wr_value *v)
{
    struct wr_exec *x = s->state->running;

    wr_variables_write(x, x->current, single(x, name, v));
}

void
wr_step_set_local(struct wr_step *s, const char *name, const struct wr_value *v)
{
    struct wr_exec *x = s->state->running;

    wr_variables_local(x, x->current, single(x, name, v));
}
