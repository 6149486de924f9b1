#include "cli/tck.h"

#include <string.h>

#include "cli/cli.h"
#include "cli/models.h"
#include "engine/base/str.h"
#include "engine/base/time.h"

enum {
    DIGITS = 8, /* decimals that count, as the TCK's own runners do */
    BUDGET = 10 * WR_EXPR_BUDGET,
};

struct tck {
    struct wr_arena *arena;
    const char *name; /* FILE */
    const struct wr_dmn *dmn;
    struct wr_tally *tally;
};

/* ---- values as the test files write them ---- */

static const struct wr_xml *
child(const struct wr_xml *x, const char *name)
{
    const struct wr_xml *c = x->first;

    while (c && strcmp(c->name, name) != 0)
        c = c->next;

    return c;
}

static const struct wr_xml *
next(const struct wr_xml *x)
{
    const struct wr_xml *c = x->next;

    while (c && strcmp(c->name, x->name) != 0)
        c = c->next;

    return c;
}

static bool
is_nil(const struct wr_xml *x)
{
    const char *nil = wr_xml_attr_ns(x, WR_NS_XSI, "nil");

    return nil && (strcmp(nil, "true") == 0 || strcmp(nil, "1") == 0);
}

/* An XML Schema type without prefix, "string" when there is none. */
static const char *
type_of(const struct wr_xml *x)
{
    const char *type = wr_xml_attr_ns(x, WR_NS_XSI, "type"), *colon;

    if (!type)
        return "string";
    colon = strchr(type, ':');

    return colon ? colon + 1 : type;
}

static int
simple(struct wr_arena *a, const struct wr_xml *x, const struct wr_value **out,
       struct wr_err *err)
{
    const char *type = type_of(x), *s = x->text;
    struct wr_decimal d;

    if (strcmp(type, "string") == 0 || strcmp(type, "anySimpleType") == 0) {
        *out = wr_value_string(a, s);
        return 0;
    }
    s = wr_xml_trim(a, s);
    if (strcmp(type, "boolean") == 0) {
        *out = wr_value_bool(strcmp(s, "true") == 0 || strcmp(s, "1") == 0);
        return 0;
    }
    if (strcmp(type, "date") == 0)
        return wr_date_parse(a, s, strlen(s), out, err);
    if (strcmp(type, "time") == 0)
        return wr_time_parse(a, s, strlen(s), out, err);
    if (strcmp(type, "dateTime") == 0)
        return wr_datetime_parse(a, s, strlen(s), out, err);
    if (strstr(type, "uration"))
        return wr_duration_parse(a, s, strlen(s), out, err);
    if (wr_decimal_parse(s, strlen(s), &d, err) < 0)
        return err->code;
    *out = wr_value_number(a, d);

    return 0;
}

static int value(struct wr_arena *a, const struct wr_xml *x,
                 const struct wr_value **out, struct wr_err *err);

static int
list(struct wr_arena *a, const struct wr_xml *x, const struct wr_value **out,
     struct wr_err *err)
{
    const struct wr_value **items;
    size_t n = 0;

    for (const struct wr_xml *c = child(x, "item"); c; c = next(c))
        n++;
    items = wr_newn(a, const struct wr_value *, n + 1);
    n = 0;
    for (const struct wr_xml *c = child(x, "item"); c; c = next(c))
        if (value(a, c, &items[n++], err) < 0)
            return err->code;
    *out = wr_value_list(a, items, n);

    return 0;
}

static int
components(struct wr_arena *a, const struct wr_xml *first,
           const struct wr_value **out, struct wr_err *err)
{
    struct wr_entry *entries;
    size_t n = 0;

    for (const struct wr_xml *c = first; c; c = next(c))
        n++;
    entries = wr_newn(a, struct wr_entry, n);
    n = 0;
    for (const struct wr_xml *c = first; c; c = next(c), n++) {
        const char *name = wr_xml_attr(c, "name");

        entries[n].key = name ? name : "";
        if (value(a, c, &entries[n].value, err) < 0)
            return err->code;
    }
    *out = wr_value_context(a, entries, n);

    return 0;
}

/* What a node of type valueType holds. */
static int
value(struct wr_arena *a, const struct wr_xml *x, const struct wr_value **out,
      struct wr_err *err)
{
    const struct wr_xml *v = child(x, "value"), *l = child(x, "list");
    const struct wr_xml *c = child(x, "component");

    *out = &wr_null;
    if (is_nil(x))
        return 0;
    if (v)
        return is_nil(v) ? 0 : simple(a, v, out, err);
    if (l)
        return is_nil(l) ? 0 : list(a, l, out, err);

    return c ? components(a, c, out, err) : 0;
}

/* ---- comparing ---- */

static bool same(struct wr_arena *a, const struct wr_value *v,
                 const struct wr_value *want);

static bool
same_number(struct wr_decimal x, struct wr_decimal y)
{
    return wr_decimal_cmp(wr_decimal_round(x, DIGITS, WR_ROUND_HALF_UP),
                          wr_decimal_round(y, DIGITS, WR_ROUND_HALF_UP))
           == 0;
}

static bool
same_text(struct wr_arena *a, const struct wr_value *v,
          const struct wr_value *want)
{
    struct wr_str x = { .arena = a }, y = { .arena = a };

    wr_temporal_text(&x, v);
    wr_temporal_text(&y, want);

    return strcmp(wr_str_text(&x), wr_str_text(&y)) == 0;
}

static bool
same_items(struct wr_arena *a, const struct wr_value *v,
           const struct wr_value *want)
{
    if (v->list.n != want->list.n)
        return false;
    for (size_t i = 0; i < v->list.n; i++)
        if (!same(a, v->list.items[i], want->list.items[i]))
            return false;

    return true;
}

static bool
same_members(struct wr_arena *a, const struct wr_value *v,
             const struct wr_value *want)
{
    if (v->context.n != want->context.n)
        return false;
    for (size_t i = 0; i < want->context.n; i++) {
        const struct wr_entry *e = &want->context.entries[i];
        const struct wr_value *m = wr_value_get(v, e->key);

        if (!m || !same(a, m, e->value))
            return false;
    }

    return true;
}

static bool
same(struct wr_arena *a, const struct wr_value *v, const struct wr_value *want)
{
    if (v->type != want->type)
        return false;
    switch (v->type) {
    case WR_V_NUMBER:
        return same_number(v->number, want->number);
    case WR_V_DATE:
    case WR_V_TIME:
    case WR_V_DATETIME:
    case WR_V_DURATION_YM:
    case WR_V_DURATION_DT:
        return same_text(a, v, want);
    case WR_V_LIST:
        return same_items(a, v, want);
    case WR_V_CONTEXT:
        return same_members(a, v, want);
    default:
        return wr_value_equal(v, want);
    }
}

/* ---- cases ---- */

static const char *
shown(struct wr_arena *a, const struct wr_value *v)
{
    struct wr_str s = { .arena = a };

    wr_json_write(&s, v, WR_JSON_TYPED);

    return wr_str_text(&s);
}

static const char *
attr(const struct wr_xml *x, const char *name)
{
    const char *v = wr_xml_attr(x, name);

    return v ? v : "";
}

static int
inputs_of(struct wr_arena *a, const struct wr_xml *test,
          const struct wr_value **out, struct wr_err *err)
{
    struct wr_entry *entries;
    size_t n = 0;

    for (const struct wr_xml *c = child(test, "inputNode"); c; c = next(c))
        n++;
    entries = wr_newn(a, struct wr_entry, n + 1);
    n = 0;
    for (const struct wr_xml *c = child(test, "inputNode"); c;
         c = next(c), n++) {
        entries[n].key = attr(c, "name");
        if (value(a, c, &entries[n].value, err) < 0)
            return err->code;
    }
    *out = wr_value_context(a, entries, n);

    return 0;
}

/* What the case invokes: a service or knowledge model it names, else the
 * decision of the result. */
static const struct wr_dmn_element *
subject(const struct tck *t, const struct wr_xml *test,
        const struct wr_xml *node)
{
    const char *type = attr(test, "type"), *name = attr(test, "invocableName");

    if (strcmp(type, "decisionService") == 0)
        return wr_dmn_find(t->dmn, WR_DMN_SERVICE, name);
    if (strcmp(type, "bkm") == 0)
        return wr_dmn_find(t->dmn, WR_DMN_BKM, name);

    return wr_dmn_find(t->dmn, WR_DMN_DECISION, attr(node, "name"));
}

/* One result node; NULL when it is as wanted, else the reason. */
static const char *
judge(const struct tck *t, const struct wr_xml *test, const struct wr_xml *node,
      const struct wr_value *inputs)
{
    const struct wr_dmn_element *what = subject(t, test, node);
    const struct wr_xml *expected = child(node, "expected");
    struct wr_expr_env env = {
        .arena = t->arena,
        .budget = BUDGET,
        .now = 1767225600000,
    };
    struct wr_dmn_result got;
    const struct wr_value *want = &wr_null, *v;
    struct wr_err err = { 0 };

    if (!what)
        return wr_arena_printf(t->arena, "there is no '%s'",
                               attr(node, "name"));
    if (expected && value(t->arena, expected, &want, &err) < 0)
        return wr_arena_strdup(t->arena, err.text);
    if (wr_dmn_evaluate(t->dmn, what, inputs, &env, &got, &err) < 0)
        return wr_arena_strdup(t->arena, err.text);
    v = got.value;
    /* A service of several outputs gives them as one context. */
    if (wr_dmn_kind(what) == WR_DMN_SERVICE && v->type == WR_V_CONTEXT
        && wr_value_get(v, attr(node, "name")) && want->type != WR_V_CONTEXT)
        v = wr_value_get(v, attr(node, "name"));
    if (same(t->arena, v, want))
        return NULL;

    return wr_arena_printf(t->arena, "%s: %s, want %s%s%s", attr(node, "name"),
                           shown(t->arena, v), shown(t->arena, want),
                           env.warnings ? "; " : "",
                           env.warnings ? env.warnings->text : "");
}

static void
run_case(const struct tck *t, const struct wr_xml *test)
{
    const char *id = wr_arena_printf(t->arena, "%s#%s", t->name,
                                     attr(test, "id"));
    const struct wr_value *inputs = &wr_null;
    struct wr_err err = { 0 };

    if (inputs_of(t->arena, test, &inputs, &err) < 0) {
        wr_tally_not_ok(t->tally, id, "%s", err.text);
        return;
    }
    for (const struct wr_xml *node = child(test, "resultNode"); node;
         node = next(node)) {
        const char *reason = judge(t, test, node, inputs);

        if (reason) {
            wr_tally_not_ok(t->tally, id, "%s", reason);
            return;
        }
    }
    wr_tally_ok(t->tally, id);
}

/* ---- files ---- */

static const char *
case_prefix(struct wr_arena *a, const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');

    return dot ? wr_arena_strndup(a, name, (size_t)(dot - name)) : name;
}

static int
load(struct tck *t, const char *path, const struct wr_xml *root,
     struct wr_err *err)
{
    struct wr_findings findings = { .arena = t->arena };
    const struct wr_xml *model = child(root, "modelName");
    const char *slash = strrchr(path, '/');

    if (!model)
        return wr_fail(err, WR_EPARSE, "%s: no modelName", path);

    return wr_models_load(
        t->arena,
        wr_arena_printf(t->arena, "%.*s%s", slash ? (int)(slash - path) + 1 : 0,
                        path, wr_xml_trim(t->arena, model->text)),
        &findings, &t->dmn, err);
}

int
wr_tck_run(const char *path, struct wr_tally *tally, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 16);
    struct tck t = { .arena = a, .tally = tally };
    struct wr_xml_doc doc;
    struct wr_str bytes;

    if (wr_cli_read(a, path, &bytes, err) < 0)
        return err->code;
    if (wr_xml_parse(a, wr_str_text(&bytes), bytes.len, &wr_models_limits, &doc,
                     err)
            < 0
        || load(&t, path, doc.root, err) < 0)
        return wr_wrap(err, "%s", path);
    t.name = case_prefix(a, path);
    for (const struct wr_xml *c = child(doc.root, "testCase"); c; c = next(c))
        run_case(&t, c);

    return 0;
}
