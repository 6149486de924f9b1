/* play: what steps and checks of a scenario share: members, tasks. */
#include "cli/play.h"

#include <string.h>

const char *
wr_play_text(const struct wr_value *object, const char *key)
{
    const struct wr_value *v = wr_value_get(object, key);

    return v && v->type == WR_V_STRING ? v->string.s : NULL;
}

bool
wr_play_true(const struct wr_value *object, const char *key)
{
    const struct wr_value *v = wr_value_get(object, key);

    return v && v->type == WR_V_BOOL && v->boolean;
}

int
wr_play_in(struct wr_play *p, const struct wr_value *step,
           const struct wr_uuid **out, struct wr_err *err)
{
    const char *alias = wr_play_text(step, "in");
    struct wr_uuid *id = wr_new(p->arena, struct wr_uuid);

    *out = NULL;
    if (!alias)
        return 0;
    if (wr_stage_instance(p->stage, alias, id, err) < 0)
        return err->code;
    *out = id;

    return 0;
}

/* ---- selectors ---- */

static bool
is(const char *want, const char *have)
{
    return !want || (have && strcmp(want, have) == 0);
}

int
wr_play_view(struct wr_play *p, const char *alias, struct wr_view *out,
             struct wr_err *err)
{
    struct wr_uuid id;

    if (wr_stage_instance(p->stage, alias, &id, err) < 0
        || wr_stage_view(p->stage, &id, p->arena, out, err) < 0)
        return err->code;

    return 0;
}

bool
wr_play_holds(const struct wr_value *have, const struct wr_value *want)
{
    for (size_t i = 0; i < want->context.n; i++) {
        const struct wr_entry *e = &want->context.entries[i];
        const struct wr_value *v = have ? wr_value_get(have, e->key) : NULL;

        if (!v || !wr_value_equal(v, e->value))
            return false;
    }

    return true;
}

static int
has_variables(struct wr_play *p, const struct wr_task_row *t,
              const struct wr_value *want, bool *out, struct wr_err *err)
{
    const struct wr_value *have;
    struct wr_view view;

    *out = true;
    if (!want || want->type != WR_V_CONTEXT)
        return 0;
    if (wr_stage_view(p->stage, &t->instance, p->arena, &view, err) < 0)
        return err->code;
    have = wr_instance_visible(view.instance, &t->id, p->arena);
    *out = wr_play_holds(have, want);

    return 0;
}

static int
matches(struct wr_play *p, const struct wr_play_task *t,
        const struct wr_value *sel, bool *out, struct wr_err *err)
{
    const char *name = t->row->name ? t->row->name : t->node->name;
    struct wr_view view;

    *out = is(wr_play_text(sel, "activity"), t->node->id)
           && is(wr_play_text(sel, "name"), name)
           && is(wr_play_text(sel, "assignee"), t->row->assignee);
    if (*out && wr_play_text(sel, "definition")) {
        if (wr_stage_view(p->stage, &t->row->instance, p->arena, &view, err)
            < 0)
            return err->code;
        *out = is(wr_play_text(sel, "definition"), view.definition->row.key);
    }
    if (!*out)
        return 0;

    return has_variables(p, t->row, wr_value_get(sel, "var"), out, err);
}

int
wr_play_tasks(struct wr_play *p, const struct wr_value *sel,
              const struct wr_uuid *in, struct wr_play_task **out, size_t *n,
              struct wr_err *err)
{
    struct wr_play_task *tasks;
    struct wr_rows rows;

    if (wr_stage_rows(p->stage, WR_TASKS, in, p->arena, &rows, err) < 0)
        return err->code;
    tasks = wr_newn(p->arena, struct wr_play_task, rows.n + 1);
    *n = 0;
    for (size_t i = 0; i < rows.n; i++) {
        struct wr_play_task *t = &tasks[*n];
        bool fits = true;

        t->row = &rows.tasks[i];
        if (wr_stage_element(p->stage, &t->row->instance, t->row->element,
                             p->arena, &t->node, err)
                < 0
            || (sel && matches(p, t, sel, &fits, err) < 0))
            return err->code;
        *n += fits;
    }
    *out = tasks;

    return 0;
}
