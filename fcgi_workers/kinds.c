/* kinds: which elements are scripts; schedulers know no models. */

#include <string.h>

#include "fcgi_workers/lookup.h"

struct place {
    struct wr_uuid definition;
    int64_t element, tenant;
};
static const struct wr_field place_fields[] = {
    WR_FIELD(struct place, definition, "definition", WR_UUID, WR_REQUIRED,
             "Id of its definition."),
    WR_FIELD(struct place, element, "element", WR_INT, WR_REQUIRED,
             "Its symbol number."),
    WR_FIELD(struct place, tenant, "tenant", WR_INT, WR_REQUIRED,
             "Its tenant."),
};
static const struct wr_object place_object = WR_OBJECT_ROWS(
    struct place, "ElementPlace", place_fields);

struct places {
    struct wr_objects items;
};
static const struct wr_field places_fields[] = {
    WR_FIELD_OF(struct places, items, "items", WR_OBJECTS, &place_object,
                WR_REQUIRED, "Elements, 1 to 1000."),
};
static const struct wr_object places_object = WR_OBJECT_ROWS(
    struct places, "ElementPlaces", places_fields);

struct kinds {
    const char *each;
};
static const struct wr_field kinds_fields[] = {
    WR_FIELD(struct kinds, each, "each", WR_STRING, WR_READONLY,
             "A letter for each: s: a script, o: another one, ?: not known."),
};
static const struct wr_object kinds_object = WR_OBJECT_ROWS(
    struct kinds, "ElementKinds", kinds_fields);

static char
kind_of(struct wr_request *rq, const struct place *p)
{
    const struct wr_definition *d;
    char id[WR_UUID_TEXT], kind = 'o';
    struct wr_err err;
    int node;

    wr_uuid_text(&p->definition, id);
    if (wr_runtime_definition(rq->service->runtime, id, (int32_t)p->tenant, &d,
                              &err)
        < 0)
        return '?';
    node = wr_model_node_of(d->model, (int)p->element);
    if (node >= 0 && d->model->nodes[node].kind == WR_SCRIPT_TASK)
        kind = 's';
    wr_definition_unref(d);

    return kind;
}

static int
kinds(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct places *body = in;
    const struct place *items = body->items.items;
    size_t n = body->items.n;
    char *each;

    if (n < 1 || n > 1000)
        return wr_fail(err, WR_ELIMIT, "items must be 1 to 1000");
    each = wr_newn(rq->arena, char, n + 1);
    for (size_t i = 0; i < n; i++)
        each[i] = kind_of(rq, &items[i]);
    ((struct kinds *)out)->each = each;

    return 0;
}

/* clang-format off */
static const struct wr_route routes[] = {
    { "POST", "/internal/kinds", "elementKinds", WR_INTERNAL, NULL,
      &places_object, &kinds_object, 200, kinds, "Which elements are scripts",
      WR_ROUTE_NATURAL },
};
/* clang-format on */

const struct wr_route_table wr_routes_kinds = { "kinds", routes,
                                                WR_COUNT(routes) };
