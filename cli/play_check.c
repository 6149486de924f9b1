/* play_check: what a scenario says must hold, one function a word. */
#include <string.h>

#include "cli/play.h"

/* ---- tasks ---- */

typedef const char *task_text_fn(const struct wr_play_task *t);

static const char *
task_id(const struct wr_play_task *t)
{
    return t->node->id;
}

static const char *
task_name(const struct wr_play_task *t)
{
    const char *name = t->row->name ? t->row->name : t->node->name;

    return name ? name : "null";
}

static const char *
task_assignee(const struct wr_play_task *t)
{
    return t->row->assignee ? t->row->assignee : "null";
}

static int
open_tasks(struct wr_play *p, const struct wr_uuid *in, task_text_fn *text,
           struct wr_play_texts *out, struct wr_err *err)
{
    struct wr_play_task *tasks = NULL;
    size_t n = 0;

    if (wr_play_tasks(p, NULL, in, &tasks, &n, err) < 0)
        return err->code;
    *out = (struct wr_play_texts){ wr_newn(p->arena, const char *, n + 1), n };
    for (size_t i = 0; i < n; i++)
        out->s[i] = text(&tasks[i]);

    return 0;
}

static int
check_texts(struct wr_play *p, const char *what, task_text_fn *text,
            const struct wr_value *want, const struct wr_uuid *in,
            struct wr_err *err)
{
    struct wr_play_texts have = { 0 };

    if (open_tasks(p, in, text, &have, err) < 0)
        return err->code;

    return wr_play_compare(p, what, have, wr_play_texts_of(p, want), false,
                           err);
}

static int
tasks(struct wr_play *p, const struct wr_value *want, const struct wr_uuid *in,
      struct wr_err *err)
{
    return check_texts(p, "tasks", task_id, want, in, err);
}

static int
task_names(struct wr_play *p, const struct wr_value *want,
           const struct wr_uuid *in, struct wr_err *err)
{
    return check_texts(p, "task names", task_name, want, in, err);
}

static int
assignees(struct wr_play *p, const struct wr_value *want,
          const struct wr_uuid *in, struct wr_err *err)
{
    return check_texts(p, "assignees", task_assignee, want, in, err);
}

static int
task_count(struct wr_play *p, const struct wr_value *want,
           const struct wr_uuid *in, struct wr_err *err)
{
    struct wr_play_texts have = { 0 };

    if (open_tasks(p, in, task_id, &have, err) < 0)
        return err->code;

    return wr_play_compare_count("number of tasks", (int64_t)have.n, want, err);
}

static int
tasks_include(struct wr_play *p, const struct wr_value *want,
              const struct wr_uuid *in, struct wr_err *err)
{
    struct wr_play_texts have = { 0 }, wanted = wr_play_texts_of(p, want);

    if (open_tasks(p, in, task_id, &have, err) < 0)
        return err->code;
    for (size_t i = 0; i < wanted.n; i++) {
        bool found = false;

        for (size_t j = 0; j < have.n && !found; j++)
            if (have.s[j] && strcmp(have.s[j], wanted.s[i]) == 0) {
                have.s[j] = NULL;
                found = true;
            }
        if (!found)
            return wr_fail(err, WR_ESTATE, "no open task '%s'", wanted.s[i]);
    }

    return 0;
}

/* ---- what is active ---- */

static int
leaves(struct wr_play *p, const char *alias, struct wr_play_texts *out,
       struct wr_err *err)
{
    const struct wr_token_info *t;
    struct wr_view view;
    struct wr_uuid id;
    int n;

    if (wr_stage_instance(p->stage, alias, &id, err) < 0
        || wr_stage_view(p->stage, &id, p->arena, &view, err) < 0)
        return err->code;
    n = wr_instance_tokens(view.instance, view.definition->model, p->arena, &t);
    *out = (struct wr_play_texts){
        wr_newn(p->arena, const char *, (size_t)n + 1), 0
    };
    for (int i = 0; i < n; i++)
        if (t[i].state != WR_TOKEN_ACTIVE)
            out->s[out->n++] = view.definition->model->nodes[t[i].node].id;

    return 0;
}

static int
check_active(struct wr_play *p, const struct wr_value *want, bool as_set,
             struct wr_err *err)
{
    for (size_t i = 0; i < want->context.n; i++) {
        const struct wr_entry *e = &want->context.entries[i];
        struct wr_play_texts have = { 0 };

        if (leaves(p, e->key, &have, err) < 0
            || wr_play_compare(p, "active", have, wr_play_texts_of(p, e->value),
                               as_set, err)
                   < 0)
            return err->code;
    }

    return 0;
}

static int
active(struct wr_play *p, const struct wr_value *want, const struct wr_uuid *in,
       struct wr_err *err)
{
    (void)in;

    return check_active(p, want, /* as_set= */ false, err);
}

static int
active_activities(struct wr_play *p, const struct wr_value *want,
                  const struct wr_uuid *in, struct wr_err *err)
{
    (void)in;

    return check_active(p, want, /* as_set= */ true, err);
}

static int
state_of(struct wr_play *p, const char *alias, enum wr_instance_state *out,
         struct wr_err *err)
{
    struct wr_view view;

    if (wr_play_view(p, alias, &view, err) < 0)
        return err->code;
    *out = view.row->state;

    return 0;
}

static int
check_running(struct wr_play *p, const struct wr_value *want, bool running,
              struct wr_err *err)
{
    struct wr_play_texts aliases = wr_play_texts_of(p, want);
    enum wr_instance_state state = WR_ACTIVE;

    for (size_t i = 0; i < aliases.n; i++) {
        if (state_of(p, aliases.s[i], &state, err) < 0)
            return err->code;
        if ((state == WR_ACTIVE || state == WR_SUSPENDED) != running)
            return wr_fail(err, WR_ESTATE, "'%s' is %s", aliases.s[i],
                           wr_instance_state_name(state));
    }

    return 0;
}

static int
ended(struct wr_play *p, const struct wr_value *want, const struct wr_uuid *in,
      struct wr_err *err)
{
    (void)in;

    return check_running(p, want, /* running= */ false, err);
}

static int
running(struct wr_play *p, const struct wr_value *want,
        const struct wr_uuid *in, struct wr_err *err)
{
    (void)in;

    return check_running(p, want, /* running= */ true, err);
}

static int
end_state(struct wr_play *p, const struct wr_value *want,
          const struct wr_uuid *in, struct wr_err *err)
{
    (void)in;
    for (size_t i = 0; i < want->context.n; i++) {
        const struct wr_entry *e = &want->context.entries[i];
        const char *name = e->value->type == WR_V_STRING ? e->value->string.s
                                                         : "";
        enum wr_instance_state state = WR_ACTIVE;

        if (state_of(p, e->key, &state, err) < 0)
            return err->code;
        if (strcmp(name, wr_instance_state_name(state)) != 0)
            return wr_fail(err, WR_ESTATE, "'%s' is %s, want %s", e->key,
                           wr_instance_state_name(state), name);
    }

    return 0;
}

static int
count_running(struct wr_play *p, const char *key, int64_t *out,
              struct wr_err *err)
{
    struct wr_query q = { .noun = WR_INSTANCES,
                          .tenant = p->stage->tenant,
                          .state = WR_ACTIVE,
                          .limit = 10000 };
    const struct wr_definition *d;
    struct wr_rows rows;
    char id[WR_UUID_TEXT];

    if (wr_runtime_find(p->stage->rt, &q, p->arena, &rows, err) < 0)
        return err->code;
    *out = 0;
    for (size_t i = 0; i < rows.n; i++) {
        wr_uuid_text(&rows.instances[i].definition, id);
        if (wr_runtime_definition(p->stage->rt, id, p->stage->tenant, &d, err)
            < 0)
            return err->code;
        *out += strcmp(key, "*") == 0 || strcmp(key, d->row.key) == 0;
        wr_definition_unref(d);
    }

    return 0;
}

static int
instances(struct wr_play *p, const struct wr_value *want,
          const struct wr_uuid *in, struct wr_err *err)
{
    (void)in;
    for (size_t i = 0; i < want->context.n; i++) {
        const struct wr_entry *e = &want->context.entries[i];
        int64_t n = 0;

        if (count_running(p, e->key, &n, err) < 0
            || wr_play_compare_count("running instances", n, e->value, err) < 0)
            return err->code;
    }

    return 0;
}

static int
history(struct wr_play *p, const struct wr_value *want,
        const struct wr_uuid *in, struct wr_err *err)
{
    (void)in;

    return wr_play_history(p, want, err);
}

/* ---- all of them ---- */

static const struct {
    const char *word;
    enum wr_value_type type;
    wr_play_check_fn *run;
} words[] = {
    { "tasks", WR_V_LIST, tasks },
    { "taskNames", WR_V_LIST, task_names },
    { "assignees", WR_V_LIST, assignees },
    { "taskCount", WR_V_NUMBER, task_count },
    { "tasksInclude", WR_V_LIST, tasks_include },
    { "active", WR_V_CONTEXT, active },
    { "activeActivities", WR_V_CONTEXT, active_activities },
    { "ended", WR_V_LIST, ended },
    { "running", WR_V_LIST, running },
    { "endState", WR_V_CONTEXT, end_state },
    { "instances", WR_V_CONTEXT, instances },
    { "vars", WR_V_CONTEXT, wr_play_vars },
    { "absentVars", WR_V_CONTEXT, wr_play_absent_vars },
    { "taskVars", WR_V_LIST, wr_play_task_vars },
    { "waiting", WR_V_CONTEXT, wr_play_waiting },
    { "history", WR_V_CONTEXT, history },
};

static int
check_one(struct wr_play *p, const struct wr_entry *e, const struct wr_uuid *in,
          struct wr_err *err)
{
    for (size_t i = 0; i < WR_COUNT(words); i++) {
        if (strcmp(words[i].word, e->key) != 0)
            continue;
        if (e->value->type != words[i].type)
            return wr_fail(err, WR_EINVALID, "'%s' wants a %s", e->key,
                           wr_value_type_name(words[i].type));
        return words[i].run(p, e->value, in, err);
    }

    return wr_fail(err, WR_EUNSUPPORTED, "assert '%s'", e->key);
}

int
wr_play_check(struct wr_play *p, const struct wr_value *check,
              struct wr_err *err)
{
    const struct wr_uuid *in;

    if (check->type != WR_V_CONTEXT)
        return wr_fail(err, WR_EINVALID, "assert wants an object");
    if (wr_play_in(p, check, &in, err) < 0)
        return err->code;
    for (size_t i = 0; i < check->context.n; i++) {
        const struct wr_entry *e = &check->context.entries[i];

        if (strcmp(e->key, "in") != 0 && check_one(p, e, in, err) < 0)
            return err->code;
    }

    return 0;
}
