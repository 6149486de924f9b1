#include "fcgi_workers/change_json.h"

#include <string.h>

/* Takes the view over. */
static int
fill(struct wr_request *rq, const struct wr_view *view,
     struct wr_change_json *out, struct wr_err *err)
{
    struct wr_instance_json *json = wr_new(rq->arena, struct wr_instance_json);
    int r = wr_instance_json(rq, view->row, json, err);

    out->instance = json;
    out->tokens = wr_tokens_json(rq, view);
    wr_definition_unref(view->definition);

    return r;
}

int
wr_change_done(struct wr_request *rq, const struct wr_uuid *id,
               struct wr_change_json *out, struct wr_err *err)
{
    struct wr_view view;

    if (wr_runtime_view(rq->service->runtime, id, rq->who.tenant, rq->arena,
                        &view, err)
        < 0)
        return (int)err->code;

    return fill(rq, &view, out, err);
}

/* One a line. */
static struct wr_strings
lines(struct wr_arena *a, const char *trace)
{
    size_t n = 0;
    const char **out;

    for (const char *p = trace; *p; p++)
        n += *p == '\n';
    out = wr_newn(a, const char *, n);
    n = 0;
    for (const char *end; (end = strchr(trace, '\n')); trace = end + 1)
        out[n++] = wr_arena_strndup(a, trace, (size_t)(end - trace));

    return (struct wr_strings){ out, n };
}

int
wr_change_tried(struct wr_request *rq, const struct wr_view *view,
                const struct wr_effects *fx, struct wr_change_json *out,
                struct wr_err *err)
{
    out->dry_run = true;
    out->events = lines(rq->arena,
                        wr_step_trace(rq->arena, view->definition->model, fx));

    return fill(rq, view, out, err);
}
