/* task.c: work for people. */

#include <stdlib.h>
#include <string.h>

#include "engine/base/when.h"
#include "engine/exec/exec.h"

static int
add(struct wr_exec *x, const char ***names, int n, const char *s, size_t len)
{
    const char **grown = wr_newn(x->i->arena, const char *, (size_t)n + 1);

    if (n)
        memcpy(grown, *names, (size_t)n * sizeof(*grown));
    grown[n] = wr_arena_strndup(x->i->arena, s, len);
    *names = grown;

    return n + 1;
}

/* "ann, bob": blanks around names do not count, empty names are left out. */
static int
split(struct wr_exec *x, const char *text, const char *const **out)
{
    const char **names = NULL;
    int n = 0;

    while (*text) {
        size_t len = strcspn(text, ","), from = strspn(text, " \t\r\n");
        size_t to = len;

        while (to > from && strchr(" \t\r\n", text[to - 1]))
            to--;
        if (to > from)
            n = add(x, &names, n, text + from, to - from);
        text += len + (text[len] == ',');
    }
    *out = names;

    return n;
}

/* A comma separated text or a list of texts. */
static int
names(struct wr_exec *x, struct wr_activity *a, const struct wr_attr *attr,
      const char *const **out, int *n, struct wr_err *err)
{
    const struct wr_value *v = NULL;
    const char **list = NULL;
    const char *text;

    if (attr->expr && wr_exec_eval(x, a, attr->expr, &v, err) < 0)
        return err->code;
    if (!v || v->type != WR_V_LIST) {
        if (wr_exec_text(x, a, attr, &text, err) < 0)
            return err->code;
        *n = text ? split(x, text, out) : 0;
        return 0;
    }
    *n = 0;
    for (size_t k = 0; k < v->list.n; k++) {
        const struct wr_value *item = v->list.items[k];

        if (item->type != WR_V_STRING)
            return wr_fail(err, WR_EVALUE, "a %s is no name of a candidate",
                           wr_value_type_name(item->type));
        *n = add(x, &list, *n, item->string.s, item->string.len);
    }
    *out = list;

    return 0;
}

/* A date-time, or its text; without offset it is in the process's zone.  A
 * duration counts from now on. */
static int
instant(struct wr_exec *x, struct wr_activity *a, const struct wr_attr *attr,
        int64_t *out, struct wr_err *err)
{
    const char *text, *zone = x->m->timing.zone;
    struct wr_when when;
    struct wr_span span;

    if (wr_exec_text(x, a, attr, &text, err) < 0)
        return err->code;
    if (!text || !text[0])
        return 0;
    if (text[0] == 'P')
        return wr_span_parse(text, strlen(text), &span, err) < 0
                   ? (int)err->code
                   : wr_instant_add_span(zone, x->ev->now, &span, out, err);
    if (wr_when_parse(x->arena, text, strlen(text), zone, &when, err) < 0)
        return err->code;
    *out = when.at;

    return 0;
}

static int
priority(struct wr_exec *x, struct wr_activity *a, const struct wr_attr *attr,
         int32_t *out, struct wr_err *err)
{
    const char *text;
    char *end;
    long n;

    if (wr_exec_text(x, a, attr, &text, err) < 0)
        return err->code;
    *out = WR_USUAL_PRIORITY;
    if (!text || !text[0])
        return 0;
    n = strtol(text, &end, 10);
    if (*end || n < 0 || n > INT32_MAX)
        return wr_fail(err, WR_EVALUE, "'%.60s' is no priority", text);
    *out = (int32_t)n;

    return 0;
}

static int
fill(struct wr_exec *x, struct wr_activity *a, struct wr_task_row *t,
     struct wr_err *err)
{
    const struct wr_task_def *def = x->m->nodes[a->node].task;
    const char *text;

    if (wr_exec_text(x, a, &def->assignee, &text, err) < 0)
        return wr_wrap(err, "assignee");
    if (text && text[0]) {
        t->assignee = wr_arena_strdup(x->i->arena, text);
        t->state = WR_TASK_CLAIMED;
    }
    if (names(x, a, &def->candidate_users, &t->candidate_users,
              &t->n_candidate_users, err)
        < 0)
        return wr_wrap(err, "candidate users");
    if (names(x, a, &def->candidate_groups, &t->candidate_groups,
              &t->n_candidate_groups, err)
        < 0)
        return wr_wrap(err, "candidate groups");
    if (instant(x, a, &def->due, &t->due_at, err) < 0)
        return wr_wrap(err, "due date");
    if (instant(x, a, &def->follow_up, &t->follow_up_at, err) < 0)
        return wr_wrap(err, "follow-up date");
    if (priority(x, a, &def->priority, &t->priority, err) < 0)
        return wr_wrap(err, "priority");

    return 0;
}

enum wr_move
wr_task_open(struct wr_exec *x, struct wr_activity *a)
{
    struct wr_task_row filled = { .priority = WR_USUAL_PRIORITY };
    const struct wr_task_def *def = x->m->nodes[a->node].task;
    const char *id_variable = NULL;
    struct wr_err err;
    struct wr_wait *w;

    if (def
        && (fill(x, a, &filled, &err) < 0
            || wr_exec_text(x, a, &def->id_variable, &id_variable, &err) < 0))
        return wr_exec_incident(x, "expression", err.text);
    if (wr_timeouts_arm(x, a) < 0)
        return WR_THROW;

    w = wr_wait_open(x, a, WR_WAIT_TASK, a->node);
    w->task.assignee = filled.assignee;
    w->task.state = filled.state;
    w->task.candidate_users = filled.candidate_users;
    w->task.n_candidate_users = filled.n_candidate_users;
    w->task.candidate_groups = filled.candidate_groups;
    w->task.n_candidate_groups = filled.n_candidate_groups;
    w->task.due_at = filled.due_at;
    w->task.follow_up_at = filled.follow_up_at;
    w->task.priority = filled.priority;
    wr_wait_opened(x, w, wr_emit_text(x, "assignee", filled.assignee));
    if (id_variable && id_variable[0]) {
        char id[WR_UUID_TEXT];

        wr_uuid_text(&w->id, id);
        wr_variables_write(x, a, wr_emit_text(x, id_variable, id));
    }
    if (filled.assignee)
        wr_listen_task(x, a, WR_MOMENT_ASSIGN);

    return WR_WAIT;
}
