/* play_vars: variables and what waits, as a scenario wants them. */
#include <string.h>

#include "cli/play.h"
#include "engine/base/json.h"

static const char *
json(struct wr_play *p, const struct wr_value *v)
{
    struct wr_str s = { .arena = p->arena };

    if (!v)
        return "nothing";
    wr_json_write(&s, v, WR_JSON_PLAIN);

    return wr_str_text(&s);
}

static int
compare_variables(struct wr_play *p, const struct wr_value *have,
                  const struct wr_value *want, struct wr_err *err)
{
    for (size_t i = 0; want && i < want->context.n; i++) {
        const struct wr_entry *e = &want->context.entries[i];
        const struct wr_value *v = have ? wr_value_get(have, e->key) : NULL;

        if (!v ? e->value->type != WR_V_NULL : !wr_value_equal(v, e->value))
            return wr_fail(err, WR_ESTATE, "variable '%s' is %s, want %s",
                           e->key, json(p, v), json(p, e->value));
    }

    return 0;
}

static int
compare_absent(struct wr_play *p, const struct wr_value *have,
               const struct wr_value *list, struct wr_err *err)
{
    struct wr_play_texts names = wr_play_texts_of(p, list);

    for (size_t i = 0; i < names.n; i++)
        if (have && wr_value_get(have, names.s[i]))
            return wr_fail(err, WR_ESTATE, "there is a variable '%s'",
                           names.s[i]);

    return 0;
}

static int
root_variables(struct wr_play *p, const char *alias,
               const struct wr_value **out, struct wr_err *err)
{
    struct wr_view view;

    if (wr_play_view(p, alias, &view, err) < 0)
        return err->code;
    *out = wr_instance_variables(view.instance, 0, p->arena);

    return 0;
}

/* Each alias' variables against what is wanted of them. */
static int
each(struct wr_play *p, const struct wr_value *want,
     int (*compare)(struct wr_play *p, const struct wr_value *have,
                    const struct wr_value *want, struct wr_err *err),
     struct wr_err *err)
{
    for (size_t i = 0; i < want->context.n; i++) {
        const struct wr_entry *e = &want->context.entries[i];
        const struct wr_value *have = NULL;

        if (root_variables(p, e->key, &have, err) < 0
            || compare(p, have, e->value, err) < 0)
            return err->code;
    }

    return 0;
}

int
wr_play_vars(struct wr_play *p, const struct wr_value *want,
             const struct wr_uuid *in, struct wr_err *err)
{
    (void)in;

    return each(p, want, compare_variables, err);
}

int
wr_play_absent_vars(struct wr_play *p, const struct wr_value *want,
                    const struct wr_uuid *in, struct wr_err *err)
{
    (void)in;

    return each(p, want, compare_absent, err);
}

static const struct wr_value *
seen_by(struct wr_play *p, const struct wr_play_task *t,
        const struct wr_view *view, const char *scope)
{
    const struct wr_token_info *tokens;
    int n;

    if (!scope || strcmp(scope, "visible") == 0)
        return wr_instance_visible(view->instance, &t->row->id, p->arena);
    if (strcmp(scope, "instance") == 0)
        return wr_instance_variables(view->instance, 0, p->arena);
    n = wr_instance_tokens(view->instance, view->definition->model, p->arena,
                           &tokens);
    for (int i = 0; i < n; i++)
        if (wr_uuid_equal(&tokens[i].id, &t->row->id))
            return wr_instance_variables(view->instance, tokens[i].key,
                                         p->arena);

    return NULL;
}

static int
check_task_vars(struct wr_play *p, const struct wr_value *want,
                const struct wr_uuid *in, struct wr_err *err)
{
    const struct wr_value *absent = wr_value_get(want, "absent");
    const struct wr_value *have;
    struct wr_play_task *found = NULL;
    struct wr_view view;
    size_t n = 0;

    if (wr_play_tasks(p, wr_value_get(want, "task"), in, &found, &n, err) < 0)
        return err->code;
    if (n == 0)
        return wr_fail(err, WR_ESTATE, "no task matches");
    if (wr_stage_view(p->stage, &found[0].row->instance, p->arena, &view, err)
        < 0)
        return err->code;
    have = seen_by(p, &found[0], &view, wr_play_text(want, "scope"));
    if (compare_variables(p, have, wr_value_get(want, "vars"), err) < 0)
        return err->code;

    return absent ? compare_absent(p, have, absent, err) : 0;
}

int
wr_play_task_vars(struct wr_play *p, const struct wr_value *want,
                  const struct wr_uuid *in, struct wr_err *err)
{
    for (size_t i = 0; want->type == WR_V_LIST && i < want->list.n; i++)
        if (check_task_vars(p, want->list.items[i], in, err) < 0)
            return err->code;

    return 0;
}

/* ---- what waits ---- */

static int
count_conditions(struct wr_play *p, const struct wr_uuid *in, int64_t *out,
                 struct wr_err *err)
{
    struct wr_query q = { .noun = WR_INSTANCES,
                          .tenant = p->stage->tenant,
                          .state = WR_ACTIVE,
                          .limit = 10000 };
    struct wr_rows rows;
    const int *nodes;

    if (wr_runtime_find(p->stage->rt, &q, p->arena, &rows, err) < 0)
        return err->code;
    for (size_t i = 0; i < rows.n; i++) {
        struct wr_view view;

        if (in && !wr_uuid_equal(in, &rows.instances[i].id))
            continue;
        if (wr_stage_view(p->stage, &rows.instances[i].id, p->arena, &view, err)
            < 0)
            return err->code;
        *out += wr_instance_conditions(view.instance, p->arena, &nodes);
    }

    return 0;
}

static int
count_compensable(struct wr_play *p, const struct wr_uuid *in, int64_t *out,
                  struct wr_err *err)
{
    const struct wr_stage_name *n = p->stage->names;
    struct wr_view view;

    for (; n; n = n->next) {
        if (in && !wr_uuid_equal(in, &n->instance))
            continue;
        if (wr_stage_view(p->stage, &n->instance, p->arena, &view, err) < 0)
            return err->code;
        *out += wr_instance_compensable(view.instance);
    }

    return 0;
}

/* Rows of one kind of waiting; `name` NULL: all. */
static int
count_waiting(struct wr_play *p, const char *kind, const char *name,
              const struct wr_uuid *in, int64_t *out, struct wr_err *err)
{
    bool signals = strcmp(kind, "signal") == 0;
    bool messages = signals || strcmp(kind, "message") == 0;
    enum wr_subscription_type type = signals ? WR_SUB_SIGNAL : WR_SUB_MESSAGE;
    bool timers = strcmp(kind, "timer") == 0;
    bool jobs = strcmp(kind, "async") == 0;
    struct wr_rows rows;

    *out = 0;
    if (strcmp(kind, "conditional") == 0)
        return count_conditions(p, in, out, err);
    if (strcmp(kind, "compensate") == 0)
        return count_compensable(p, in, out, err);
    if (!messages && !timers && !jobs)
        return wr_fail(err, WR_EUNSUPPORTED, "waiting for a %s", kind);
    if (wr_stage_rows(p->stage,
                      messages ? WR_SUBSCRIPTIONS
                      : timers ? WR_TIMERS
                               : WR_JOBS,
                      in, p->arena, &rows, err)
        < 0)
        return err->code;
    for (size_t i = 0; i < rows.n; i++) {
        if (messages)
            *out += rows.subscriptions[i].type == type
                    && (!name || strcmp(rows.subscriptions[i].name, name) == 0);
        else if (timers)
            *out += 1;
        else
            *out += rows.jobs[i].kind == WR_JOB_ASYNC;
    }

    return 0;
}

int
wr_play_waiting(struct wr_play *p, const struct wr_value *want,
                const struct wr_uuid *in, struct wr_err *err)
{
    for (size_t i = 0; i < want->context.n; i++) {
        const struct wr_entry *e = &want->context.entries[i];
        const struct wr_value *v = e->value;
        int64_t n = 0;

        if (v->type != WR_V_CONTEXT) {
            if (count_waiting(p, e->key, NULL, in, &n, err) < 0
                || wr_play_compare_count(e->key, n, v, err) < 0)
                return err->code;
            continue;
        }
        for (size_t j = 0; j < v->context.n; j++)
            if (count_waiting(p, e->key, v->context.entries[j].key, in, &n, err)
                    < 0
                || wr_play_compare_count(e->key, n, v->context.entries[j].value,
                                         err)
                       < 0)
                return err->code;
    }

    return 0;
}
