/* explain: what an instance waits for, and how it came there. */
#include <string.h>

#include "engine/runtime/slot.h"

/* All of its history, in order. */
static int
read_all(struct wr_runtime *rt, const struct wr_uuid *id, int32_t tenant,
         struct wr_arena *a, struct wr_history_row **out, size_t *n,
         struct wr_err *err)
{
    struct wr_query q = { .noun = WR_HISTORIES,
                          .tenant = tenant,
                          .instance = id,
                          .state = -1,
                          .limit = 1000 };
    struct wr_rows page;

    *n = 0;
    *out = NULL;
    do {
        struct wr_history_row *grown;

        if (wr_runtime_find(rt, &q, a, &page, err) < 0)
            return err->code;
        grown = wr_newn(a, struct wr_history_row, *n + page.n);
        if (*n)
            memcpy(grown, *out, *n * sizeof(*grown));
        if (page.n)
            memcpy(grown + *n, page.histories, page.n * sizeof(*grown));
        *out = grown;
        *n += page.n;
        q.cursor = page.next;
    } while (page.next);

    return 0;
}

/* The models of the versions it ran on. */
struct models {
    const struct wr_earlier *earlier;
    const struct wr_model **of; /* one more than `n`: of now */
    int n;
};

static void
unref(void *definition)
{
    wr_definition_unref(definition);
}

static int
load_models(struct wr_runtime *rt, const struct wr_view *view,
            struct wr_arena *a, struct models *out, struct wr_err *err)
{
    const struct wr_definition *d;

    if (wr_instance_earlier(a, view->row, &out->earlier, &out->n, err) < 0)
        return err->code;
    out->of = wr_newn(a, const struct wr_model *, (size_t)out->n + 1);
    for (int k = 0; k < out->n; k++) {
        if (wr_definition_by_id(rt, &out->earlier[k].definition,
                                view->row->tenant, &d, err)
            < 0)
            return err->code;
        wr_arena_defer(a, unref, (void *)(uintptr_t)d);
        out->of[k] = d->model;
    }
    out->of[out->n] = view->definition->model;

    return 0;
}

static const struct wr_model *
model_at(void *data, int64_t seq)
{
    const struct models *m = data;
    int k = 0;

    while (k < m->n && seq >= m->earlier[k].until)
        k++;

    return m->of[k];
}

int
wr_runtime_explain(struct wr_runtime *rt, const struct wr_uuid *id,
                   int32_t tenant, struct wr_arena *a,
                   struct wr_explanation *out, struct wr_err *err)
{
    struct wr_history_row *rows;
    struct models models;
    struct wr_holds holds;
    size_t n;
    int r;

    if (wr_runtime_view(rt, id, tenant, a, &out->view, err) < 0)
        return err->code;
    r = wr_runtime_holds(rt, out->view.definition, tenant, a, &holds, err);
    if (r < 0) {
        wr_definition_unref(out->view.definition);
        return r;
    }
    out->n_waits = wr_instance_explain(out->view.instance,
                                       out->view.definition->model, &holds, a,
                                       &out->waits);
    r = read_all(rt, id, tenant, a, &rows, &n, err);
    if (r == 0)
        r = load_models(rt, &out->view, a, &models, err);
    if (r == 0)
        r = wr_history_decisions(a, model_at, &models, rows, n, &out->decisions,
                                 &out->n_decisions, err);
    if (r < 0)
        wr_definition_unref(out->view.definition);

    return r;
}
