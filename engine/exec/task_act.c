/* task_act.c: what people do to an open task but complete it. */

#include <stdlib.h>
#include <string.h>

#include "engine/base/time.h"
#include "engine/exec/exec.h"

enum {
    COMMENT_MAX = 65536 /* bytes */
};

/* ---- who may ---- */

static bool
is_among(const char *const *names, int n, const char *name, size_t len)
{
    for (int i = 0; i < n; i++)
        if (strlen(names[i]) == len && strncmp(names[i], name, len) == 0)
            return true;

    return false;
}

static bool
is_candidate(const struct wr_task_row *t, const struct wr_asker *who)
{
    const char *g = who->groups ? who->groups : "";

    if (t->n_candidate_users == 0 && t->n_candidate_groups == 0)
        return true;
    if (is_among(t->candidate_users, t->n_candidate_users, who->user,
                 strlen(who->user)))
        return true;
    while (*g) {
        size_t len = strcspn(g, ",");

        if (is_among(t->candidate_groups, t->n_candidate_groups, g, len))
            return true;
        g += len + (g[len] == ',');
    }

    return false;
}

static bool
is_named(const struct wr_asker *who, const char *name)
{
    return name && strcmp(name, who->user) == 0;
}

int
wr_task_allows(const struct wr_task_row *t, const struct wr_asker *who,
               struct wr_err *err)
{
    if (is_named(who, t->assignee) || is_named(who, t->owner))
        return 0;
    if (t->assignee && who->to_work)
        return wr_fail(err, WR_EFORBIDDEN, "the task is assigned to '%.80s'",
                       t->assignee);
    if (!is_candidate(t, who))
        return wr_fail(err, WR_EFORBIDDEN,
                       "'%.80s' is no candidate of this task", who->user);

    return 0;
}

/* ---- changes: {"priority", "dueAt", "followUpAt", "candidateUsers",
 * "candidateGroups"}, null for none ---- */

static int
check_names(const struct wr_value *v, const char *what, struct wr_err *err)
{
    if (v->type != WR_V_LIST)
        return wr_fail(err, WR_EVALUE, "'%s' is no list of names", what);
    for (size_t i = 0; i < v->list.n; i++)
        if (v->list.items[i]->type != WR_V_STRING
            || v->list.items[i]->string.len == 0
            || strchr(v->list.items[i]->string.s, 31))
            return wr_fail(err, WR_EVALUE, "'%s' is no list of names", what);

    return 0;
}

static int
instant(const struct wr_value *v, const char *what, int64_t *out,
        struct wr_err *err)
{
    *out = 0;
    if (v->type == WR_V_NULL)
        return 0;
    if (v->type != WR_V_STRING
        || wr_instant_parse(v->string.s, v->string.len, out, err) < 0)
        return wr_fail(err, WR_EVALUE, "'%s' is no date and time (RFC 3339)",
                       what);

    return 0;
}

static int
check_change(const struct wr_entry *e, struct wr_err *err)
{
    int64_t n;

    if (strcmp(e->key, "dueAt") == 0 || strcmp(e->key, "followUpAt") == 0)
        return instant(e->value, e->key, &n, err);
    if (strcmp(e->key, "candidateUsers") == 0
        || strcmp(e->key, "candidateGroups") == 0)
        return check_names(e->value, e->key, err);
    if (strcmp(e->key, "priority") != 0)
        return wr_fail(err, WR_EVALUE, "a task has no '%.80s' to change",
                       e->key);
    if (e->value->type != WR_V_NUMBER
        || !wr_decimal_to_int(e->value->number, &n) || n < 0 || n > INT32_MAX)
        return wr_fail(err, WR_EVALUE, "'priority' is no whole number from 0");

    return 0;
}

static const char *const *
copy_names(struct wr_arena *a, const struct wr_value *v, int *n)
{
    const char **names = wr_newn(a, const char *, v->list.n + 1);

    *n = (int)v->list.n;
    for (size_t i = 0; i < v->list.n; i++)
        names[i] = wr_arena_strdup(a, v->list.items[i]->string.s);

    return names;
}

static void
change(struct wr_exec *x, struct wr_task_row *t, const struct wr_entry *e)
{
    struct wr_arena *a = x->i->arena;
    struct wr_err none;
    int64_t n = 0;

    if (strcmp(e->key, "candidateUsers") == 0) {
        t->candidate_users = copy_names(a, e->value, &t->n_candidate_users);
    } else if (strcmp(e->key, "candidateGroups") == 0) {
        t->candidate_groups = copy_names(a, e->value, &t->n_candidate_groups);
    } else if (strcmp(e->key, "priority") == 0) {
        (void)wr_decimal_to_int(e->value->number, &n);
        t->priority = (int32_t)n;
    } else if (instant(e->value, e->key, &n, &none) == 0) {
        *(e->key[0] == 'd' ? &t->due_at : &t->follow_up_at) = n;
    }
}

void
wr_task_assign(struct wr_exec *x, struct wr_wait *w)
{
    const char *name = x->ev->text;
    struct wr_entry e = { "assignee", &wr_null };

    w->task.assignee = name ? wr_arena_strdup(x->i->arena, name) : NULL;
    w->task.state = name ? WR_TASK_CLAIMED : WR_TASK_CREATED;
    w->task.owner = NULL;
    w->task.delegation = WR_TASK_OWN;
    wr_row_put(x, w, /* is_new= */ false);
    if (name)
        e.value = wr_value_string(x->arena, name);
    wr_emit(x, WR_H_TASK_ASSIGNED, w->task.element, w->owner->key, &w->id,
            wr_value_context(x->arena, &e, 1));
}

/* ---- forms ---- */

static int
check_form(struct wr_exec *x, const struct wr_wait *w, struct wr_err *err)
{
    const struct wr_outside *o = x->s->outside;

    if (!o || !o->fits)
        return 0;

    return o->fits(o->data, x->s, w->owner->node, x->ev, err);
}

/* ---- all of them ---- */

int
wr_task_check(struct wr_exec *x, const struct wr_wait *w, struct wr_err *err)
{
    const struct wr_value *v = x->ev->variables;

    switch (x->ev->type) {
    case WR_EV_TASK_COMPLETE:
        if (w->task.delegation == WR_TASK_DELEGATED)
            return wr_fail(err, WR_ESTATE,
                           "the task is delegated to '%.80s', who resolves it "
                           "first",
                           w->task.assignee);
        return check_form(x, w, err);
    case WR_EV_TASK_RESOLVE:
        if (w->task.delegation != WR_TASK_DELEGATED)
            return wr_fail(err, WR_ESTATE, "the task is not delegated");
        return 0;
    case WR_EV_TASK_DELEGATE:
        if (!x->ev->text || !x->ev->text[0])
            return wr_fail(err, WR_EVALUE, "delegated to whom?");
        return 0;
    case WR_EV_TASK_COMMENT:
        if (!x->ev->text || !x->ev->text[0]
            || strlen(x->ev->text) > COMMENT_MAX)
            return wr_fail(err, WR_EVALUE, "a comment has 1 to %d bytes",
                           COMMENT_MAX);
        return 0;
    default:
        break;
    }
    if (!v || v->type != WR_V_CONTEXT)
        return wr_fail(err, WR_EVALUE, "expected an object");
    for (size_t i = 0; x->ev->type == WR_EV_TASK_CHANGE && i < v->context.n;
         i++)
        if (check_change(&v->context.entries[i], err) < 0)
            return err->code;

    return 0;
}

static void
delegate(struct wr_exec *x, struct wr_task_row *t)
{
    const char *owner = t->owner ? t->owner : t->assignee;

    if (!owner && x->ev->actor)
        owner = wr_arena_strdup(x->i->arena, x->ev->actor);
    t->owner = owner;
    t->assignee = wr_arena_strdup(x->i->arena, x->ev->text);
    t->state = WR_TASK_CLAIMED;
    t->delegation = WR_TASK_DELEGATED;
}

static void
resolve(struct wr_task_row *t)
{
    t->assignee = t->owner;
    t->state = t->owner ? WR_TASK_CLAIMED : WR_TASK_CREATED;
    t->delegation = WR_TASK_RESOLVED;
}

void
wr_task_act(struct wr_exec *x, struct wr_wait *w)
{
    const struct wr_value *data = x->ev->variables;
    enum wr_history_type type = WR_H_TASK_CHANGED;

    switch (x->ev->type) {
    case WR_EV_TASK_DELEGATE:
        type = WR_H_TASK_DELEGATED;
        delegate(x, &w->task);
        data = wr_emit_text(x, "assignee", w->task.assignee);
        break;
    case WR_EV_TASK_RESOLVE:
        type = WR_H_TASK_RESOLVED;
        resolve(&w->task);
        data = wr_emit_text(x, "assignee", w->task.assignee);
        break;
    case WR_EV_TASK_COMMENT:
        type = WR_H_TASK_COMMENTED;
        data = wr_emit_text(x, "text", x->ev->text);
        break;
    case WR_EV_TASK_DRAFT:
        type = WR_H_TASK_DRAFTED;
        w->payload = wr_value_copy(x->i->arena, data);
        data = NULL;
        break;
    default:
        for (size_t i = 0; i < data->context.n; i++)
            change(x, &w->task, &data->context.entries[i]);
        break;
    }
    wr_row_put(x, w, /* is_new= */ false);
    wr_emit(x, type, w->task.element, w->owner->key, &w->id, data);
}
