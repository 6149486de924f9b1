/* flow_see: what .flow scripts check, one function a word. */
#include <stdlib.h>
#include <string.h>

#include "cli/flow_line.h"
#include "engine/base/json.h"

typedef int see_fn(struct wr_script *f, const struct wr_flow_line *l,
                   const struct wr_view *v, struct wr_err *err);

/* ---- lists of words ---- */

struct list {
    const char **s;
    size_t n;
};

static int
by_text(const void *x, const void *y)
{
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

/* The words of the line that are neither its first nor "of ALIAS". */
static struct list
wanted(struct wr_script *f, const struct wr_flow_line *l)
{
    struct list out = { wr_newn(f->arena, const char *, WR_FLOW_WORDS), 0 };

    for (int i = 1; i < l->n; i++) {
        if (strcmp(l->words[i], "of") == 0)
            i++;
        else if (strcmp(l->words[i], "nowhere") != 0
                 && strcmp(l->words[i], "none") != 0)
            out.s[out.n++] = l->words[i];
    }

    return out;
}

static const char *
joined(struct wr_script *f, const struct list *list)
{
    struct wr_str s = { .arena = f->arena };

    for (size_t i = 0; i < list->n; i++)
        wr_str_printf(&s, "%s%s", i ? " " : "", list->s[i]);

    return list->n ? s.s : "none";
}

static int
compare(struct wr_script *f, const struct wr_flow_line *l, struct list have,
        struct wr_err *err)
{
    struct list want = wanted(f, l);
    bool same = have.n == want.n;

    qsort(have.s, have.n, sizeof(*have.s), by_text);
    qsort(want.s, want.n, sizeof(*want.s), by_text);
    for (size_t i = 0; same && i < have.n; i++)
        same = strcmp(have.s[i], want.s[i]) == 0;
    if (same)
        return 0;

    return wr_fail(err, WR_ESTATE, "%s: have %s, want %s", l->words[0],
                   joined(f, &have), joined(f, &want));
}

static const char *
node_id(const struct wr_view *v, int32_t symbol)
{
    int node = wr_model_node_of(v->definition->model, symbol);

    return node < 0 ? "?" : v->definition->model->nodes[node].id;
}

/* ---- checks ---- */

/* state [of ALIAS] NAME */
static int
state(struct wr_script *f, const struct wr_flow_line *l,
      const struct wr_view *v, struct wr_err *err)
{
    const char *name = wr_instance_state_name(v->row->state);
    struct list have = { &name, 1 };

    return compare(f, l, have, err);
}

/* vars [of ALIAS] NAME=JSON...; a bare NAME must be absent */
static int
vars(struct wr_script *f, const struct wr_flow_line *l, const struct wr_view *v,
     struct wr_err *err)
{
    const struct wr_value *have = wr_instance_variables(v->instance, 0,
                                                        f->arena);
    struct list absent = wanted(f, l);

    for (int i = 0; i < l->n_values; i++) {
        const struct wr_value *x = have ? wr_value_get(have, l->values[i].key)
                                        : NULL;
        struct wr_str is = { .arena = f->arena };

        if (x && wr_value_equal(x, l->values[i].value))
            continue;
        if (x)
            wr_json_write(&is, x, WR_JSON_PLAIN);
        return wr_fail(err, WR_ESTATE, "variable '%s' is %s", l->values[i].key,
                       x ? wr_str_text(&is) : "absent");
    }
    for (size_t i = 0; i < absent.n; i++)
        if (have && wr_value_get(have, absent.s[i]))
            return wr_fail(err, WR_ESTATE, "there is a variable '%s'",
                           absent.s[i]);

    return 0;
}

/* tokens [of ALIAS] ELEMENT...: where they are, sub-processes left out */
static int
tokens(struct wr_script *f, const struct wr_flow_line *l,
       const struct wr_view *v, struct wr_err *err)
{
    const struct wr_token_info *t;
    int n = wr_instance_tokens(v->instance, v->definition->model, f->arena, &t);
    struct list have = { wr_newn(f->arena, const char *, (size_t)n + 1), 0 };

    for (int i = 0; i < n; i++)
        if (t[i].state != WR_TOKEN_ACTIVE)
            have.s[have.n++] = v->definition->model->nodes[t[i].node].id;

    return compare(f, l, have, err);
}

/* tasks, jobs, timers, messages [of ALIAS] ELEMENT...: what is open */
static int
rows(struct wr_script *f, const struct wr_flow_line *l, const struct wr_view *v,
     enum wr_noun noun, struct wr_err *err)
{
    struct list have;
    struct wr_rows r;

    if (wr_stage_rows(f->stage, noun, &v->row->id, f->arena, &r, err) < 0)
        return err->code;
    have = (struct list){ wr_newn(f->arena, const char *, r.n + 1), r.n };
    for (size_t i = 0; i < r.n; i++)
        have.s[i] = node_id(v, noun == WR_TASKS  ? r.tasks[i].element
                               : noun == WR_JOBS ? r.jobs[i].element
                               : noun == WR_TIMERS
                                   ? r.timers[i].element
                                   : r.subscriptions[i].element);

    return compare(f, l, have, err);
}

static int
tasks(struct wr_script *f, const struct wr_flow_line *l,
      const struct wr_view *v, struct wr_err *err)
{
    return rows(f, l, v, WR_TASKS, err);
}

static int
jobs(struct wr_script *f, const struct wr_flow_line *l, const struct wr_view *v,
     struct wr_err *err)
{
    return rows(f, l, v, WR_JOBS, err);
}

static int
timers(struct wr_script *f, const struct wr_flow_line *l,
       const struct wr_view *v, struct wr_err *err)
{
    return rows(f, l, v, WR_TIMERS, err);
}

static int
messages(struct wr_script *f, const struct wr_flow_line *l,
         const struct wr_view *v, struct wr_err *err)
{
    return rows(f, l, v, WR_SUBSCRIPTIONS, err);
}

/* conditions [of ALIAS] ELEMENT... */
static int
conditions(struct wr_script *f, const struct wr_flow_line *l,
           const struct wr_view *v, struct wr_err *err)
{
    const int *nodes;
    int n = wr_instance_conditions(v->instance, f->arena, &nodes);
    struct list have = { wr_newn(f->arena, const char *, (size_t)n + 1), 0 };

    for (int i = 0; i < n; i++)
        have.s[have.n++] = v->definition->model->nodes[nodes[i]].id;

    return compare(f, l, have, err);
}

/* incidents [of ALIAS] ELEMENT:TYPE... */
static int
incidents(struct wr_script *f, const struct wr_flow_line *l,
          const struct wr_view *v, struct wr_err *err)
{
    struct list have;
    struct wr_rows r;

    if (wr_stage_rows(f->stage, WR_INCIDENTS, &v->row->id, f->arena, &r, err)
        < 0)
        return err->code;
    have = (struct list){ wr_newn(f->arena, const char *, r.n + 1), r.n };
    for (size_t i = 0; i < r.n; i++)
        have.s[i] = wr_arena_printf(f->arena, "%s:%s",
                                    node_id(v, r.incidents[i].element),
                                    r.incidents[i].type);

    return compare(f, l, have, err);
}

/* assignee ELEMENT USER|nobody */
static int
assignee(struct wr_script *f, const struct wr_flow_line *l,
         const struct wr_view *v, struct wr_err *err)
{
    struct wr_rows r;

    if (l->n < 3)
        return wr_fail(err, WR_EINVALID, "assignee wants ELEMENT USER");
    if (wr_stage_rows(f->stage, WR_TASKS, &v->row->id, f->arena, &r, err) < 0)
        return err->code;
    for (size_t i = 0; i < r.n; i++) {
        const char *who = r.tasks[i].assignee ? r.tasks[i].assignee : "nobody";

        if (strcmp(node_id(v, r.tasks[i].element), l->words[1]) != 0)
            continue;
        if (strcmp(who, l->words[2]) == 0)
            return 0;
        return wr_fail(err, WR_ESTATE, "assigned to %s", who);
    }

    return wr_fail(err, WR_ENOTFOUND, "no open task '%s'", l->words[1]);
}

/* candidates ELEMENT:USER... ELEMENT:@GROUP...: who may take the open tasks */
static int
candidates(struct wr_script *f, const struct wr_flow_line *l,
           const struct wr_view *v, struct wr_err *err)
{
    struct wr_rows r;
    struct list have;
    size_t n = 0;

    if (wr_stage_rows(f->stage, WR_TASKS, &v->row->id, f->arena, &r, err) < 0)
        return err->code;
    for (size_t i = 0; i < r.n; i++)
        n += (size_t)(r.tasks[i].n_candidate_users
                      + r.tasks[i].n_candidate_groups);
    have = (struct list){ wr_newn(f->arena, const char *, n), 0 };
    for (size_t i = 0; i < r.n; i++) {
        const struct wr_task_row *t = &r.tasks[i];
        const char *id = node_id(v, t->element);

        for (int k = 0; k < t->n_candidate_users; k++)
            have.s[have.n++] = wr_arena_printf(f->arena, "%s:%s", id,
                                               t->candidate_users[k]);
        for (int k = 0; k < t->n_candidate_groups; k++)
            have.s[have.n++] = wr_arena_printf(f->arena, "%s:@%s", id,
                                               t->candidate_groups[k]);
    }

    return compare(f, l, have, err);
}

/* One of `a` that is not among `b`; NULL. */
static const char *
odd_one(const struct list *a, const struct list *b)
{
    for (size_t i = 0; i < a->n; i++) {
        size_t k = 0;

        while (k < b->n && strcmp(a->s[i], b->s[k]) != 0)
            k++;
        if (k == b->n)
            return a->s[i];
    }

    return NULL;
}

/* explain [of ALIAS] SENTENCE...: all that is said: what it waits for, what to
 * do about it, decisions; in any order */
static int
explain(struct wr_script *f, const struct wr_flow_line *l,
        const struct wr_view *v, struct wr_err *err)
{
    struct list want = wanted(f, l), have = { 0 };
    struct wr_explanation e;

    if (wr_runtime_explain(f->stage->rt, &v->row->id, f->stage->tenant,
                           f->arena, &e, err)
        < 0)
        return err->code;
    have.s = wr_newn(f->arena, const char *,
                     (size_t)(2 * e.n_waits + e.n_decisions));
    for (int k = 0; k < e.n_waits; k++) {
        have.s[have.n++] = e.waits[k].sentence;
        have.s[have.n++] = e.waits[k].action;
    }
    for (int k = 0; k < e.n_decisions; k++)
        have.s[have.n++] = e.decisions[k].sentence;
    wr_definition_unref(e.view.definition);
    if (odd_one(&have, &want))
        return wr_fail(err, WR_ESTATE, "it says: %s", odd_one(&have, &want));
    if (odd_one(&want, &have))
        return wr_fail(err, WR_ESTATE, "it does not say: %s",
                       odd_one(&want, &have));

    return 0;
}

static const struct {
    const char *word;
    see_fn *run;
} words[] = {
    { "state", state },
    { "vars", vars },
    { "tokens", tokens },
    { "tasks", tasks },
    { "jobs", jobs },
    { "timers", timers },
    { "messages", messages },
    { "incidents", incidents },
    { "conditions", conditions },
    { "explain", explain },
    { "version", wr_flow_version },
    { "problems", wr_flow_problems },
    { "assignee", assignee },
    { "candidates", candidates },
};

int
wr_flow_see(struct wr_script *f, const struct wr_flow_line *l, bool *known,
            struct wr_err *err)
{
    struct wr_uuid id;
    struct wr_view v;

    for (size_t i = 0; i < WR_COUNT(words); i++) {
        if (strcmp(words[i].word, l->words[0]) != 0)
            continue;
        *known = true;
        if (wr_flow_instance(f, l, &id, err) < 0
            || wr_stage_view(f->stage, &id, f->arena, &v, err) < 0)
            return err->code;
        return words[i].run(f, l, &v, err);
    }

    return 0;
}
