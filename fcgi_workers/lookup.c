#include "fcgi_workers/lookup.h"

#include <string.h>

#include "engine/runtime/level.h"
#include "engine/store/columns.h"

int
wr_request_find(struct wr_request *rq, const struct wr_query *q,
                struct wr_rows *out, struct wr_err *err)
{
    return wr_runtime_find(rq->service->runtime, q, rq->arena, out, err);
}

static void
unref(void *definition)
{
    wr_definition_unref(definition);
}

int
wr_request_definition(struct wr_request *rq, const char *ref,
                      const struct wr_definition **out, struct wr_err *err)
{
    if (wr_runtime_definition(rq->service->runtime, ref, rq->who.tenant, out,
                              err)
        < 0)
        return (int)err->code;
    wr_arena_defer(rq->arena, unref, (void *)(uintptr_t)*out);

    return 0;
}

static int
by_id(struct wr_request *rq, enum wr_noun noun, const char *what,
      const struct wr_uuid *id, const void **out, struct wr_err *err)
{
    struct wr_query q = wr_request_query(rq, noun);
    char text[WR_UUID_TEXT];
    struct wr_rows rows;

    q.id = id;
    if (wr_request_find(rq, &q, &rows, err) < 0)
        return (int)err->code;
    wr_uuid_text(id, text);
    if (rows.n == 0)
        return wr_fail(err, WR_ENOTFOUND, "no %s '%s'", what, text);
    *out = rows.any;

    return 0;
}

int
wr_request_instance(struct wr_request *rq, const struct wr_uuid *id,
                    const struct wr_instance_row **out, struct wr_err *err)
{
    const void *row;

    if (by_id(rq, WR_INSTANCES, "instance", id, &row, err) < 0)
        return (int)err->code;
    *out = row;

    return 0;
}

int
wr_request_row(struct wr_request *rq, enum wr_noun noun, const char *what,
               struct wr_uuid *id, const void **out, struct wr_err *err)
{
    if (wr_param_id(rq, 0, what, id, err) < 0)
        return (int)err->code;

    return by_id(rq, noun, wr_arena_printf(rq->arena, "open %s", what), id, out,
                 err);
}

int
wr_page(struct wr_request *rq, const struct wr_rows *rows,
        const struct wr_listed *how, struct wr_list *out, struct wr_err *err)
{
    size_t step = wr_record_of(rows->noun)->size;
    char *items = wr_arena_allocn(rq->arena, rows->n + 1, how->size);
    const char *row = rows->any;

    for (size_t i = 0; i < rows->n; i++)
        if (how->json(rq, row + i * step, items + i * how->size, err) < 0)
            return (int)err->code;
    out->items = (struct wr_objects){ .items = items, .n = rows->n };
    out->next = rows->next;

    return 0;
}

int
wr_find_page(struct wr_request *rq, struct wr_query *q, int64_t limit,
             const char *cursor, const struct wr_listed *how,
             struct wr_list *out, struct wr_err *err)
{
    struct wr_rows rows;

    if (wr_query_page(q, limit, cursor, err) < 0
        || wr_request_find(rq, q, &rows, err) < 0)
        return (int)err->code;

    return wr_page(rq, &rows, how, out, err);
}

int
wr_past_row(struct wr_request *rq, const struct wr_history_row *row,
            wr_past_fn *fn, void *data, struct wr_err *err)
{
    const struct wr_history_event *events;
    int rc = 0;
    size_t n;

    if (wr_history_decode(rq->arena, row->events, &events, &n, err) < 0)
        return (int)err->code;
    for (size_t i = 0; i < n && rc == 0; i++) {
        struct wr_past p = {
            .seq = row->seq + (int64_t)i,
            .at = row->at,
            .rev = row->seq + (int64_t)n - 1,
            .actor = row->actor,
            .event = &events[i],
        };

        rc = fn(data, &p, err);
    }

    return rc;
}

int
wr_past(struct wr_request *rq, const struct wr_uuid *instance, wr_past_fn *fn,
        void *data, struct wr_err *err)
{
    struct wr_query q = wr_request_query(rq, WR_HISTORIES);
    struct wr_rows rows;
    int rc = 0;

    q.instance = instance;
    q.limit = 1000;
    do {
        if (wr_request_find(rq, &q, &rows, err) < 0)
            return (int)err->code;
        for (size_t i = 0; i < rows.n && rc == 0; i++)
            rc = wr_past_row(rq, &rows.histories[i], fn, data, err);
        q.cursor = rows.next;
    } while (rc == 0 && rows.next && !wr_arena_over(rq->arena));

    return rc < 0 ? rc : 0;
}

int
wr_versions_of(struct wr_request *rq, const struct wr_instance_row *row,
               struct wr_versions *out, struct wr_err *err)
{
    out->now = row->definition;

    return wr_instance_earlier(rq->arena, row, &out->earlier, &out->n, err);
}

int
wr_request_level(struct wr_request *rq, const struct wr_uuid *definition,
                 enum wr_history_level *out, struct wr_err *err)
{
    struct wr_query q = wr_request_query(rq, WR_DEFINITIONS);
    struct wr_rows rows;

    q.id = definition;
    q.limit = 1;
    if (wr_request_find(rq, &q, &rows, err) < 0)
        return (int)err->code;
    *out = rows.n ? wr_runtime_level(rq->service->runtime, &rows.definitions[0])
                  : WR_LEVEL_FULL;

    return 0;
}

int
wr_past_element(struct wr_request *rq, const struct wr_versions *v,
                const struct wr_past *p, struct wr_element_ref *out,
                struct wr_err *err)
{
    return wr_element_ref(
        rq, wr_earlier_definition(v->earlier, v->n, p->seq, &v->now),
        p->event->element, out, err);
}

int
wr_request_file(struct wr_request *rq, const struct wr_uuid *deployment,
                const char *name, struct wr_blob *out, struct wr_err *err)
{
    struct wr_query q = wr_request_query(rq, WR_RESOURCES);
    struct wr_rows rows;

    q.deployment = deployment;
    q.name = name;
    if (wr_request_find(rq, &q, &rows, err) < 0)
        return (int)err->code;
    if (rows.n == 0)
        return wr_fail(err, WR_ENOTFOUND, "the deployment has no file '%s'",
                       name);
    *out = rows.resources[0].bytes;

    return 0;
}

int
wr_request_restore(struct wr_request *rq, const char *key, int32_t version,
                   const struct wr_file *files, int n,
                   const struct wr_deployed **out, struct wr_err *err)
{
    struct wr_deployed *d = wr_new(rq->arena, struct wr_deployed);
    const struct wr_deploy_options o = {
        .name = wr_arena_printf(rq->arena, "%s:%d", key, (int)version),
        .actor = rq->who.user,
        .tenant = rq->who.tenant,
    };

    *out = d;
    if (wr_runtime_deploy(rq->service->runtime, files, n, &o, rq->arena, d, err)
        < 0) {
        if (d->findings.n)
            rq->findings = &d->findings;
        return (int)err->code;
    }
    if (d->unchanged)
        rq->status = 200;

    return 0;
}

void *
wr_pile_add(struct wr_pile *pile, struct wr_arena *a, size_t size)
{
    if (pile->n == pile->cap) {
        size_t cap = pile->cap ? 2 * pile->cap : 64;
        void *more = wr_arena_allocn(a, cap, size);

        if (pile->n)
            memcpy(more, pile->items, pile->n * size);
        pile->items = more;
        pile->cap = cap;
    }

    return (char *)pile->items + size * pile->n++;
}
