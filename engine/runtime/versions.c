/*
 * versions: which version is meant, and may it be started?
 *
 * The state of a definition is all that ever changes of it, and other processes
 * change it, too: what the cache says of it is asked again before it refuses,
 * and checked by the commit (struct wr_item.check) before it starts.
 */
#include "engine/runtime/slot.h"

static const char *
state_name(enum wr_definition_state s)
{
    return s == WR_DEF_SUSPENDED ? "suspended" : "deleted";
}

/* The newest version of a key in this state; n 0: there is none. */
static int
find_newest(struct wr_runtime *rt, const char *key, int32_t tenant,
            enum wr_definition_state state, struct wr_arena *a,
            struct wr_rows *rows, struct wr_err *err)
{
    struct wr_query q = { .noun = WR_DEFINITIONS,
                          .tenant = tenant,
                          .key = key,
                          .latest = true,
                          .state = (int)state,
                          .limit = 1 };

    return wr_runtime_find(rt, &q, a, rows, err);
}

static int
row_of_key(struct wr_runtime *rt, const char *key, int32_t tenant,
           struct wr_arena *a, const struct wr_definition_row **out,
           struct wr_err *err)
{
    static const enum wr_definition_state states[] = { WR_DEF_ACTIVE,
                                                       WR_DEF_SUSPENDED };
    struct wr_rows rows;

    for (size_t i = 0; i < WR_COUNT(states); i++) {
        if (find_newest(rt, key, tenant, states[i], a, &rows, err) < 0)
            return err->code;
        if (rows.n == 0)
            continue;
        *out = &rows.definitions[0];
        return 0;
    }

    return wr_fail(err, WR_ENOTFOUND, "no definition '%s'", key);
}

int
wr_runtime_definition_row(struct wr_runtime *rt, const char *ref,
                          int32_t tenant, struct wr_arena *a,
                          const struct wr_definition_row **out,
                          struct wr_err *err)
{
    struct wr_query q = {
        .noun = WR_DEFINITIONS, .tenant = tenant, .state = -1, .limit = 1
    };
    const struct wr_definition *d;
    struct wr_rows rows;

    if (wr_definition_ref_is_key(ref))
        return row_of_key(rt, ref, tenant, a, out, err);
    if (wr_runtime_definition(rt, ref, tenant, &d, err) < 0)
        return err->code;
    q.id = wr_arena_memdup(a, &d->row.id, sizeof(d->row.id));
    wr_definition_unref(d);
    if (wr_runtime_find(rt, &q, a, &rows, err) < 0)
        return err->code;
    if (rows.n == 0)
        return wr_fail(err, WR_ENOTFOUND, "no definition '%s'", ref);
    *out = &rows.definitions[0];

    return 0;
}

int
wr_runtime_set_definition_state(struct wr_runtime *rt,
                                const struct wr_definition_row *row,
                                enum wr_definition_state state,
                                struct wr_err *err)
{
    struct wr_definition_row to = *row;
    struct wr_change change = { .op = WR_OP_PUT,
                                .noun = WR_DEFINITIONS,
                                .definition = &to };

    to.state = state;
    if (wr_runtime_change(rt, &change, 1, err) < 0)
        return err->code;
    wr_definitions_forget(rt, row);

    return 0;
}

int
wr_runtime_set_keeping(struct wr_runtime *rt,
                       const struct wr_definition_row *row, int64_t ttl,
                       enum wr_history_level level, struct wr_err *err)
{
    struct wr_definition_row to = *row;
    struct wr_change change = { .op = WR_OP_PUT,
                                .noun = WR_DEFINITIONS,
                                .definition = &to };

    to.history_ttl = ttl;
    to.history_level = level;
    if (wr_runtime_change(rt, &change, 1, err) < 0)
        return err->code;
    wr_definitions_forget(rt, row);

    return 0;
}

/* A key without an active version: is there another one? */
static int
no_active(struct wr_runtime *rt, const char *key, int32_t tenant,
          struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *scratch = wr_arena_new(1024);
    struct wr_rows rows;
    struct wr_err other;

    if (find_newest(rt, key, tenant, WR_DEF_SUSPENDED, scratch, &rows, &other)
            == 0
        && rows.n > 0)
        return wr_fail(err, WR_ESTATE, "definition '%s' is suspended", key);

    return err->code;
}

int
wr_definition_current(struct wr_runtime *rt, const struct wr_uuid *id,
                      int32_t tenant, const struct wr_definition **out,
                      struct wr_err *err)
{
    const struct wr_definition *d;

    if (wr_definition_by_id(rt, id, tenant, &d, err) < 0)
        return err->code;
    *out = d;
    if (d->row.state == WR_DEF_ACTIVE)
        return 0;
    wr_definitions_forget(rt, &d->row);
    wr_definition_unref(d);

    return wr_definition_by_id(rt, id, tenant, out, err);
}

int
wr_definition_to_start(struct wr_runtime *rt, const char *ref, int32_t tenant,
                       const struct wr_definition **out, struct wr_err *err)
{
    const struct wr_definition *d;

    if (wr_runtime_definition(rt, ref, tenant, &d, err) < 0)
        return err->code == WR_ENOTFOUND && wr_definition_ref_is_key(ref)
                   ? no_active(rt, ref, tenant, err)
                   : (int)err->code;
    if (d->row.state != WR_DEF_ACTIVE) { /* perhaps it was resumed */
        const struct wr_uuid id = d->row.id;

        wr_definition_unref(d);
        if (wr_definition_current(rt, &id, tenant, &d, err) < 0)
            return err->code;
    }
    if (d->row.state != WR_DEF_ACTIVE) {
        wr_fail(err, WR_ESTATE, "version %d of definition '%.100s' is %s",
                (int)d->row.version, d->row.key, state_name(d->row.state));
        wr_definition_unref(d);
        return err->code;
    }
    *out = d;

    return 0;
}

/* ---- variables ---- */

int
wr_definition_inputs(struct wr_runtime *rt, const struct wr_definition_row *row,
                     struct wr_arena *a, struct wr_inputs *out,
                     struct wr_err *err)
{
    struct wr_query q = { .noun = WR_RESOURCES,
                          .tenant = row->tenant,
                          .deployment = &row->deployment,
                          .name = wr_inputs_file(a, row->resource),
                          .state = -1,
                          .limit = 1 };
    struct wr_rows rows;

    *out = (struct wr_inputs){ 0 };
    if (wr_runtime_find(rt, &q, a, &rows, err) < 0)
        return err->code;
    if (rows.n == 0)
        return 0;

    return wr_inputs_parse(a, rows.resources[0].bytes.p,
                           rows.resources[0].bytes.len, out, err);
}

int
wr_definition_fit(struct wr_runtime *rt, struct wr_request *r,
                  struct wr_err *err)
{
    const struct wr_inputs *inputs = &r->definition->inputs;
    const struct wr_event *ev = &r->command.event;
    int node = wr_runtime_start_node(r->definition->model, ev->start_at);
    const struct wr_value *given = r->given;
    struct wr_err why = { .code = WR_OK };

    r->command.event.variables = given;
    r->command.event.misfit = NULL;
    if (!r->arena
        && (inputs->n || (node >= 0 && r->definition->model->nodes[node].form)))
        r->arena = wr_arena_new(1024);
    if (!ev->triggered && node >= 0
        && wr_start_fits(rt, r->definition, node, given, r->arena, &given, err)
               < 0)
        return err->code;
    r->command.event.variables = given;
    if (inputs->n == 0)
        return 0;
    if (wr_inputs_fit(r->arena, inputs, given, &r->command.event.variables,
                      NULL, NULL, &why)
        == 0)
        return 0;
    if (ev->unasked) {
        r->command.event.misfit = wr_arena_strdup(r->arena, why.text);
        return 0;
    }
    *err = why;

    return err->code;
}

int
wr_definition_takes(struct wr_runtime *rt, const struct wr_uuid *id,
                    int32_t tenant, struct wr_arena *a,
                    const struct wr_value *given, const struct wr_value **out,
                    struct wr_err *err)
{
    const struct wr_definition *d;
    const struct wr_value *fitted;
    int r = 0;

    if (wr_definition_by_id(rt, id, tenant, &d, err) < 0)
        return err->code;
    *out = given;
    if (d->inputs.n)
        r = wr_inputs_fit(a, &d->inputs, given, &fitted, NULL, NULL, err);
    if (d->inputs.n && r == 0)
        *out = wr_value_copy(a, fitted); /* defaults are the definition's */
    wr_definition_unref(d);

    return r;
}
