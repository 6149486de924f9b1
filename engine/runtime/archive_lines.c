/* archive_lines: an instance and its history as lines of JSON. */

#include <errno.h>
#include <string.h>

#include "engine/base/json.h"
#include "engine/runtime/archive.h"
#include "engine/runtime/level.h"
#include "engine/runtime/slot.h"

enum {
    ROWS = 100,    /* of history in memory at once */
    VERSIONS = 16, /* models of an instance that was migrated */
};

struct lines {
    struct wr_runtime *rt;
    struct wr_arena *arena; /* of the instance */
    FILE *out;
    int32_t tenant;
    const struct wr_instance_row *row;
    char id[WR_UUID_TEXT];
    enum wr_history_level level;
    const struct wr_earlier *earlier;
    int n_earlier;
    const struct wr_definition *definitions[VERSIONS];
    int n_definitions;
};

static void
put_text(struct wr_str *s, const char *name, const char *text)
{
    if (!text)
        return;
    wr_str_printf(s, ",\"%s\":", name);
    wr_json_write_string(s, text, strlen(text));
}

static void
put_id(struct wr_str *s, const char *name, const struct wr_uuid *id)
{
    char text[WR_UUID_TEXT];

    if (wr_uuid_is_zero(id))
        return;
    wr_uuid_text(id, text);
    put_text(s, name, text);
}

static void
put_at(struct wr_str *s, const char *name, int64_t at)
{
    char text[WR_INSTANT_TEXT];

    if (at == 0)
        return;
    wr_instant_text(at, text);
    put_text(s, name, text);
}

static int
print(struct lines *l, const struct wr_str *s, struct wr_err *err)
{
    if (fwrite(s->s, 1, s->len, l->out) != s->len || putc('\n', l->out) == EOF)
        return wr_fail(err, WR_EIO, "write: %s", strerror(errno));

    return 0;
}

static int
header(struct lines *l, const struct wr_view *v, struct wr_err *err)
{
    const struct wr_instance_row *r = v->row;
    const struct wr_definition_row *d = &v->definition->row;
    struct wr_str s = { .arena = l->arena };
    const struct wr_value *vars = wr_instance_variables(v->instance, 0,
                                                        l->arena);
    char definition[WR_UUID_TEXT];

    wr_uuid_text(&d->id, definition);
    wr_str_printf(&s,
                  "{\"type\":\"instance\",\"id\":\"%s\",\"definition\":"
                  "{\"id\":\"%s\",\"version\":%d",
                  l->id, definition, (int)d->version);
    put_text(&s, "key", d->key);
    wr_str_addc(&s, '}');
    put_text(&s, "state", wr_instance_state_name(r->state));
    wr_str_printf(&s, ",\"rev\":%lld", (long long)r->rev);
    put_text(&s, "businessKey", r->business_key);
    put_at(&s, "startedAt", r->started_at);
    put_at(&s, "endedAt", r->ended_at);
    put_id(&s, "parent", &r->parent);
    put_id(&s, "root", &r->root);
    wr_str_add(&s, ",\"tags\":[");
    for (int i = 0; i < r->n_tags; i++) {
        wr_str_add(&s, i ? "," : "");
        wr_json_write_string(&s, r->tags[i], strlen(r->tags[i]));
    }
    wr_str_add(&s, "],\"variables\":");
    wr_json_write(&s, vars ? vars : wr_value_context(l->arena, NULL, 0),
                  WR_JSON_TYPED);
    wr_str_addc(&s, '}');

    return print(l, &s, err);
}

/* The definition that an event's element is of; kept until the end. */
static int
definition_at(struct lines *l, int64_t seq, const struct wr_definition **out,
              struct wr_err *err)
{
    const struct wr_uuid *id = wr_earlier_definition(l->earlier, l->n_earlier,
                                                     seq, &l->row->definition);

    for (int i = 0; i < l->n_definitions; i++) {
        if (wr_uuid_equal(&l->definitions[i]->row.id, id)) {
            *out = l->definitions[i];
            return 0;
        }
    }
    if (l->n_definitions == VERSIONS)
        wr_definition_unref(l->definitions[--l->n_definitions]);
    if (wr_definition_by_id(l->rt, id, l->tenant, out, err) < 0)
        return (int)err->code;
    l->definitions[l->n_definitions++] = *out;

    return 0;
}

static int
put_element(struct lines *l, struct wr_str *s, int64_t seq, int32_t symbol,
            struct wr_err *err)
{
    const struct wr_definition *d;
    int node, flow;

    if (symbol == 0)
        return 0;
    if (definition_at(l, seq, &d, err) < 0)
        return (int)err->code;
    node = wr_model_node_of(d->model, symbol);
    flow = node < 0 ? wr_model_flow_of(d->model, symbol) : -1;
    if (node >= 0)
        put_text(s, "element", d->model->nodes[node].id);
    else if (flow >= 0)
        put_text(s, "element", d->model->flows[flow].id);

    return 0;
}

static int
events(struct lines *l, const struct wr_history_row *row, struct wr_arena *a,
       struct wr_err *err)
{
    const struct wr_history_event *e;
    size_t n;

    if (wr_history_decode(a, row->events, &e, &n, err) < 0)
        return (int)err->code;
    for (size_t i = 0; i < n; i++) {
        struct wr_str s = { .arena = a };
        int64_t seq = row->seq + (int64_t)i;
        struct wr_history_event told;

        if (!wr_level_event(a, l->level, &e[i], &told))
            continue;

        wr_str_printf(&s,
                      "{\"type\":\"event\",\"instance\":\"%s\",\"seq\":%lld",
                      l->id, (long long)seq);
        put_at(&s, "at", row->at);
        put_text(&s, "event", wr_history_name(told.type));
        if (put_element(l, &s, seq, told.element, err) < 0)
            return (int)err->code;
        put_text(&s, "actor", row->actor);
        if (i == 0)
            put_id(&s, "command", &row->command);
        if (told.data) {
            wr_str_add(&s, ",\"data\":");
            wr_json_write(&s, told.data, WR_JSON_TYPED);
        }
        wr_str_addc(&s, '}');
        if (print(l, &s, err) < 0)
            return (int)err->code;
    }

    return 0;
}

static int
history(struct lines *l, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 16);
    struct wr_query q = { .noun = WR_HISTORIES,
                          .tenant = l->tenant,
                          .instance = &l->row->id,
                          .state = -1,
                          .limit = ROWS };
    struct wr_rows rows;

    do {
        if (wr_runtime_find(l->rt, &q, a, &rows, err) < 0)
            return (int)err->code;
        for (size_t i = 0; i < rows.n; i++) {
            if (events(l, &rows.histories[i], a, err) < 0)
                return (int)err->code;
        }
        q.cursor = rows.next ? wr_arena_strdup(l->arena, rows.next) : NULL;
        wr_arena_reset(a);
    } while (q.cursor);

    return 0;
}

static int
instance(struct lines *l, const struct wr_view *v, int64_t rev,
         struct wr_err *err)
{
    l->row = v->row;
    l->level = wr_runtime_level(l->rt, &v->definition->row);
    if (rev >= 0 && v->row->rev != rev)
        return wr_fail(err, WR_ECONFLICT, "instance '%s' moved on", l->id);
    if (wr_instance_earlier(l->arena, v->row, &l->earlier, &l->n_earlier, err)
            < 0
        || header(l, v, err) < 0)
        return (int)err->code;

    return history(l, err);
}

int
wr_archive_write(struct wr_runtime *rt, const struct wr_uuid *id,
                 int32_t tenant, int64_t rev, FILE *out, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 14);
    struct lines l = { .rt = rt, .arena = a, .out = out, .tenant = tenant };
    struct wr_view v;
    int rc;

    wr_uuid_text(id, l.id);
    if (wr_runtime_view(rt, id, tenant, a, &v, err) < 0)
        return (int)err->code;
    rc = instance(&l, &v, rev, err);
    for (int i = 0; i < l.n_definitions; i++)
        wr_definition_unref(l.definitions[i]);
    wr_definition_unref(v.definition);

    return rc;
}
