/*
 * behavior.c: what a multi-instance activity throws when an iteration completes
 * (SEMANTICS S18, `behavior`).
 *
 * The iteration throws it before it ends: the last one, too, still has the
 * boundary events of its body around it.
 */

#include "engine/exec/exec.h"

/* Those whose condition holds; their number, or -1 after wr_exec_incident(). */
static int
choose(struct wr_exec *x, struct wr_activity *a, const struct wr_loop *l,
       struct wr_event_def *out)
{
    int n = 0;

    for (int k = 0; k < l->n_throws; k++) {
        const struct wr_loop_throw *t = &l->throws[k];
        int yes = !t->condition
                      ? 1
                      : wr_exec_holds(x, a, t->condition, "behavior condition",
                                      x->m->nodes[a->node].id);

        if (yes < 0)
            return -1;
        if (yes)
            out[n++] = t->event;
    }

    return n;
}

static int
codes(struct wr_exec *x, struct wr_activity *a, const struct wr_event_def *e,
      int n, const char **out)
{
    struct wr_err err;

    for (int k = 0; k < n; k++) {
        if (e[k].trigger != WR_TRIGGER_ERROR
            && e[k].trigger != WR_TRIGGER_ESCALATION)
            continue;
        if (wr_exec_text(x, a, &e[k].name, &out[k], &err) < 0) {
            (void)wr_exec_incident(x, "expression", err.text);
            return -1;
        }
        if (!out[k])
            out[k] = "";
    }

    return 0;
}

/* Does this end `a`? */
static bool
throw_code(struct wr_exec *x, struct wr_activity *a,
           const struct wr_event_def *e, const char *code)
{
    struct wr_watch w;

    if (e->trigger == WR_TRIGGER_ERROR) {
        if (!wr_fault_throw(x, a, code, NULL, NULL))
            wr_fault_uncaught(x, a, code, NULL, NULL, /* at_end= */ true);
        return true;
    }
    wr_watch(x, &w, a);
    (void)wr_fault_escalate(x, a, code, NULL);

    return !wr_unwatch(x, &w);
}

int
wr_loop_throw(struct wr_exec *x, struct wr_activity *a, int64_t completed)
{
    const struct wr_loop *l = x->m->nodes[a->node].loop;
    struct wr_event_def *e;
    const char **texts;
    int n, r;

    if (!l->n_throws || (l->throws_once && completed > 1))
        return 0;
    e = wr_newn(x->arena, struct wr_event_def, (size_t)l->n_throws);
    texts = wr_newn(x->arena, const char *, (size_t)l->n_throws);
    n = choose(x, a, l, e);
    if (n < 0 || codes(x, a, e, n, texts) < 0)
        return -1;
    wr_run_started(x, a->parent);
    r = wr_throw_behavior(x, a, e, n);
    for (int k = 0; k < n && r == 0; k++) {
        if (texts[k] && throw_code(x, a, &e[k], texts[k]))
            r = 1;
    }

    return r;
}
