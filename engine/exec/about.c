/* about.c: what ${...} may ask of the instance around it (feel/about.def). */

#include <string.h>

#include "engine/base/time.h"
#include "engine/exec/exec.h"

static const struct wr_value *
text(struct wr_arena *a, const char *s)
{
    return s ? wr_value_string(a, s) : &wr_null;
}

static const struct wr_value *
id_text(struct wr_arena *a, const struct wr_uuid *id)
{
    char s[WR_UUID_TEXT];

    if (wr_uuid_is_zero(id))
        return &wr_null;
    wr_uuid_text(id, s);

    return wr_value_string(a, s);
}

/* "instance:key"; of what passes without a trace, that of the instance. */
static const struct wr_value *
activity_id(struct wr_arena *a, const struct wr_exec *x,
            const struct wr_activity *of)
{
    char s[WR_UUID_TEXT];

    wr_uuid_text(&x->i->id, s);
    if (!of->key)
        return wr_value_string(a, s);

    return wr_value_string(
        a, wr_arena_printf(a, "%s:%lld", s, (long long)of->key));
}

static const struct wr_value *
instant(struct wr_arena *a, int64_t at)
{
    char s[WR_INSTANT_TEXT];
    const struct wr_value *v;
    struct wr_err err;

    if (!at)
        return &wr_null;
    wr_instant_text(at, s);

    return wr_datetime_parse(a, s, strlen(s), &v, &err) == 0 ? v : &wr_null;
}

static const struct wr_value *
own_variable(struct wr_activity *of, const char *name)
{
    wr_vars_here(of);
    for (int k = 0; k < of->n_vars; k++)
        if (strcmp(of->vars[k].name, name) == 0)
            return of->vars[k].value;

    return NULL;
}

/* Everything it sees, the nearest of one name. */
static const struct wr_value *
variables(struct wr_arena *a, struct wr_activity *of)
{
    struct wr_entry *entries;
    size_t n = 0;

    for (struct wr_activity *s = of; s; s = s->parent)
        n += (size_t)s->n_vars;
    entries = wr_newn(a, struct wr_entry, n);
    n = 0;
    for (struct wr_activity *s = of; s; s = s->parent) {
        wr_vars_here(s);
        for (int k = 0; k < s->n_vars; k++) {
            const char *name = s->vars[k].name;

            if (wr_var_find(of, name, strlen(name), NULL) == &s->vars[k])
                entries[n++] = (struct wr_entry){ name, s->vars[k].value };
        }
    }

    return wr_value_context(a, entries, n);
}

/* The task that is open here, or was until this step; NULL. */
static const struct wr_task_row *
task_of(const struct wr_exec *x, const struct wr_activity *of)
{
    const struct wr_wait *w = wr_wait_of(of, WR_WAIT_TASK);

    if (w)
        return &w->task;

    return x->done_by == of ? x->done : NULL;
}

static const struct wr_value *
of_task(struct wr_exec *x, struct wr_activity *of, enum wr_about what,
        struct wr_arena *a)
{
    const struct wr_task_row *t = task_of(x, of);
    const struct wr_task_def *def = of->node < 0 ? NULL
                                                 : x->m->nodes[of->node].task;

    if (!def)
        return NULL;
    if (!t) /* people do not see it yet */
        return what == WR_ABOUT_ASSIGNEE && !def->assignee.expr
                   ? text(a, def->assignee.text)
                   : &wr_null;
    switch ((int)what) {
    case WR_ABOUT_TASK:
        return id_text(a, &t->id);
    case WR_ABOUT_ASSIGNEE:
        return text(a, t->assignee);
    case WR_ABOUT_OWNER:
        return text(a, t->owner);
    case WR_ABOUT_PRIORITY:
        return wr_value_int(a, t->priority);
    case WR_ABOUT_DUE:
        return instant(a, t->due_at);
    case WR_ABOUT_FOLLOW_UP:
        return instant(a, t->follow_up_at);
    case WR_ABOUT_CREATED:
        return instant(a, t->created_at);
    default:
        return NULL;
    }
}

static const struct wr_value *
of_instance(struct wr_exec *x, enum wr_about what, struct wr_arena *a)
{
    const struct wr_instance *i = x->i;

    switch ((int)what) {
    case WR_ABOUT_INSTANCE:
        return id_text(a, &i->id);
    case WR_ABOUT_ROOT_INSTANCE:
        return id_text(a, wr_uuid_is_zero(&i->root_id) ? &i->id : &i->root_id);
    case WR_ABOUT_BUSINESS_KEY:
        return text(a, i->business_key);
    case WR_ABOUT_DEFINITION:
        return id_text(a, &i->definition);
    case WR_ABOUT_DEFINITION_KEY:
        return text(a, x->m->process_id);
    case WR_ABOUT_TENANT:
        return i->tenant ? wr_value_string(
                   a, wr_arena_printf(a, "%d", (int)i->tenant))
                         : &wr_null;
    case WR_ABOUT_USER:
        return text(a, x->ev->actor);
    default:
        return NULL;
    }
}

const struct wr_value *
wr_exec_about(void *data, void *of, enum wr_about what, const char *name,
              struct wr_arena *a)
{
    struct wr_exec *x = data;
    struct wr_activity *at = of;
    const struct wr_node *n = at->node < 0 ? NULL : &x->m->nodes[at->node];
    const struct wr_value *v;

    switch ((int)what) {
    case WR_ABOUT_ACTIVITY:
        return activity_id(a, x, at);
    case WR_ABOUT_ELEMENT:
        return text(a, n ? n->id : NULL);
    case WR_ABOUT_ELEMENT_NAME:
        return text(a, n ? n->name : NULL);
    case WR_ABOUT_EVENT:
        return text(a, wr_listen_event(x, at));
    case WR_ABOUT_VARIABLES:
        return variables(a, at);
    case WR_ABOUT_OWN_VARIABLE:
        return own_variable(at, name);
    default:
        v = of_instance(x, what, a);
        return v ? v : of_task(x, at, what, a);
    }
}
