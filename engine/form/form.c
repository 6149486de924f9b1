#include "engine/form/form.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/json.h"
#include "engine/base/time.h"
#include "engine/feel/feel.h"
#include "engine/form/check.h"

enum {
    REGEX_BUDGET = 10000
};

static const char *const kind_names[] = {
    [WR_FORM_NONE] = "none",          [WR_FORM_JS] = "form-js",
    [WR_FORM_SCHEMA] = "json-schema", [WR_FORM_GENERATED] = "generated",
    [WR_FORM_EXTERNAL] = "external",
};

const char *
wr_form_kind_name(enum wr_form_kind kind)
{
    return kind_names[kind];
}

static bool
ends(const char *name, const char *tail)
{
    size_t n = strlen(name), t = strlen(tail);

    return n > t && strcmp(name + n - t, tail) == 0;
}

bool
wr_form_is_file(const char *name)
{
    return ends(name, ".form")
           || (ends(name, ".json") && !ends(name, ".variables.json"));
}

static bool
is_schema(const char *name, const struct wr_value *doc)
{
    const struct wr_value *uri = wr_value_get(doc, "$schema");

    return ends(name, ".schema.json")
           || (uri && uri->type == WR_V_STRING
               && strstr(uri->string.s, "json-schema.org"));
}

static const char *
schema_key(struct wr_arena *a, const char *name)
{
    size_t tail = ends(name, ".schema.json") ? strlen(".schema.json")
                  : ends(name, ".json")      ? strlen(".json")
                                             : strlen(".form");

    return wr_arena_strndup(a, name, strlen(name) - tail);
}

static int
read_form_js(struct wr_arena *a, const struct wr_value *doc, bool named,
             struct wr_form *out, struct wr_err *err)
{
    const struct wr_value *id = wr_value_get(doc, "id");

    if (!wr_value_get(doc, "components"))
        return wr_fail(err, WR_EVALUE,
                       "it is neither a form of form-js nor a JSON Schema");
    if (named && (!id || id->type != WR_V_STRING || !id->string.len))
        return wr_fail(err, WR_EVALUE, "the form has no 'id'");
    out->kind = WR_FORM_JS;
    out->key = named ? id->string.s : NULL;

    return wr_form_js_read(a, doc, err);
}

int
wr_form_parse(struct wr_arena *a, const char *name, const void *bytes,
              size_t len, struct wr_form *out, struct wr_err *err)
{
    const struct wr_value *doc;

    *out = (struct wr_form){ 0 };
    if (wr_json_parse(a, bytes, len, &doc, err) < 0)
        return (int)err->code;
    out->schema = doc;
    if (!name || !is_schema(name, doc))
        return read_form_js(a, doc, /* named= */ name != NULL, out, err);
    out->kind = WR_FORM_SCHEMA;
    out->key = schema_key(a, name);

    return wr_form_schema_read(a, doc, err);
}

/* ---- judging ---- */

bool
wr_form_spend(struct wr_form_check *c, size_t steps)
{
    if (steps > (size_t)c->steps)
        c->over = true;
    else
        c->steps -= (int64_t)steps;

    return !c->over;
}

size_t
wr_form_among(size_t n)
{
    return n / 8 + 1;
}

bool
wr_form_fits(struct wr_form_check *c, const struct wr_value *text,
             const char *pattern)
{
    return wr_form_spend(c, WR_FORM_REGEX)
           && wr_form_matches(c->a, text, pattern) == 1;
}

void
wr_form_complain(struct wr_form_check *c, const char *pointer, const char *code,
                 const char *fmt, ...)
{
    struct wr_form_errors *e = c->errors;
    char detail[256];
    va_list ap;

    for (size_t i = 0; i < e->n && i < WR_FORM_ERRORS; i++)
        if (strcmp(e->items[i].pointer, pointer) == 0)
            return;
    va_start(ap, fmt);
    vsnprintf(detail, sizeof(detail), fmt, ap);
    va_end(ap);
    wr_utf8_clean(detail);
    if (e->n == 0)
        wr_fail(c->err, WR_EVALUE, "'%.80s': %.150s", *pointer ? pointer : "/",
                detail);
    if (e->n < WR_FORM_ERRORS)
        e->items[e->n] = (struct wr_form_error){
            .pointer = pointer,
            .code = code,
            .detail = wr_arena_strdup(c->a, detail),
        };
    e->n++;
}

int
wr_form_check(struct wr_arena *a, const struct wr_form *form,
              const struct wr_value *given, const struct wr_value *seen,
              int64_t now, struct wr_form_errors *errors, struct wr_err *err)
{
    const struct wr_value *none = wr_value_context(a, NULL, 0);
    struct wr_form_errors own;
    struct wr_form_check c = {
        .a = a,
        .document = form->schema,
        .given = given ? given : none,
        .seen = seen ? seen : none,
        .now = now,
        .errors = errors ? errors : &own,
        .err = err,
        .steps = WR_FORM_STEPS,
    };

    c.errors->n = 0;
    if (form->kind == WR_FORM_SCHEMA)
        wr_form_schema_check(&c);
    else if (form->kind == WR_FORM_JS || form->kind == WR_FORM_GENERATED)
        wr_form_js_check(&c);
    if (c.over)
        return wr_fail(err, WR_ELIMIT,
                       "it takes too long to tell whether the form is filled "
                       "in");

    return c.errors->n ? (int)err->code : 0;
}

/* ---- what is shown ---- */

static const struct wr_value *
over(struct wr_arena *a, const struct wr_value *under,
     const struct wr_value *top)
{
    struct wr_entry *all;
    size_t n = 0;

    if (!top || top->type != WR_V_CONTEXT)
        return under;
    all = wr_newn(a, struct wr_entry, under->context.n + top->context.n);
    for (size_t i = 0; i < under->context.n; i++)
        if (!wr_value_get(top, under->context.entries[i].key))
            all[n++] = under->context.entries[i];
    for (size_t i = 0; i < top->context.n; i++)
        all[n++] = top->context.entries[i];

    return wr_value_context(a, all, n);
}

/* Of the properties of a JSON Schema. */
static const struct wr_value *
schema_data(struct wr_arena *a, const struct wr_value *doc,
            const struct wr_value *seen)
{
    const struct wr_value *fields = wr_value_get(doc, "properties");
    struct wr_entry *all;
    size_t n = 0;

    if (!fields || fields->type != WR_V_CONTEXT)
        return seen;
    all = wr_newn(a, struct wr_entry, fields->context.n);
    for (size_t i = 0; i < fields->context.n; i++) {
        const struct wr_entry *e = &fields->context.entries[i];
        const struct wr_value *v = wr_value_get(seen, e->key);

        if (!v)
            v = wr_value_get(e->value, "default");
        if (v)
            all[n++] = (struct wr_entry){ e->key, v };
    }

    return wr_value_context(a, all, n);
}

const struct wr_value *
wr_form_data(struct wr_arena *a, const struct wr_form *form,
             const struct wr_value *seen, const struct wr_value *draft)
{
    if (!seen)
        seen = wr_value_context(a, NULL, 0);
    if (form->kind == WR_FORM_SCHEMA)
        seen = schema_data(a, form->schema, seen);
    else if (form->kind == WR_FORM_JS || form->kind == WR_FORM_GENERATED)
        seen = wr_form_js_data(a, form->schema, seen);

    return over(a, seen, draft);
}

/* ---- small things ---- */

const char *
wr_form_below(struct wr_arena *a, const char *pointer, const char *name)
{
    struct wr_str s = { .arena = a };

    wr_str_printf(&s, "%s/", pointer);
    for (; *name; name++) {
        if (*name == '~')
            wr_str_add(&s, "~0");
        else if (*name == '/')
            wr_str_add(&s, "~1");
        else
            wr_str_addc(&s, *name);
    }

    return wr_str_text(&s);
}

const char *
wr_form_item(struct wr_arena *a, const char *pointer, size_t i)
{
    return wr_arena_printf(a, "%s/%zu", pointer, i);
}

const char *
wr_form_text(struct wr_arena *a, const struct wr_value *v)
{
    struct wr_str s = { .arena = a };

    wr_json_write(&s, v, WR_JSON_PLAIN);

    return wr_str_text(&s);
}

int64_t
wr_form_characters(const struct wr_value *v)
{
    int64_t n = 0;

    for (size_t i = 0; i < v->string.len; i++)
        n += ((unsigned char)v->string.s[i] & 0xc0) != 0x80;

    return n;
}

static const struct wr_value *
pattern_names(void *data, const char *name, size_t len)
{
    const struct wr_value *const *pair = data;

    return pair[len == 1 && *name == 'p'];
}

int
wr_form_matches(struct wr_arena *a, const struct wr_value *v,
                const char *pattern)
{
    static const char text[] = "matches(v, p)";
    const struct wr_value *pair[2] = { v, wr_value_string(a, pattern) };
    struct wr_expr_env env = { .lookup = pattern_names,
                               .data = pair,
                               .arena = a,
                               .budget = REGEX_BUDGET };
    const struct wr_value *out;
    const struct wr_expr *e;
    struct wr_err ignored;

    if (wr_expr_parse(a, WR_LANG_FEEL, text, strlen(text), &e, &ignored) < 0
        || wr_expr_eval(e, &env, &out, &ignored) < 0 || out->type != WR_V_BOOL)
        return -1;

    return out->boolean;
}

bool
wr_form_is_email(struct wr_arena *a, const struct wr_value *v)
{
    return wr_form_matches(
               a, v,
               "^[^\\s@<>()\\[\\],;:\"]+@([A-Za-z0-9-]+\\.)+[A-Za-z]{2,}$")
           == 1;
}

/* "10:30" as "10:30:00", at the end of a date and time, too. */
static const char *
with_seconds(struct wr_arena *a, const char *s)
{
    const char *t = strchr(s, 'T');

    t = t ? t + 1 : s;
    if (strlen(t) < 5 || t[2] != ':' || t[5] == ':')
        return s;

    return wr_arena_printf(a, "%.*s:00%s", (int)(t + 5 - s), s, t + 5);
}

bool
wr_form_is_date(struct wr_arena *a, const struct wr_value *v)
{
    const struct wr_value *out;
    struct wr_err ignored;

    return v->type == WR_V_DATE
           || (v->type == WR_V_STRING
               && wr_date_parse(a, v->string.s, v->string.len, &out, &ignored)
                      == 0);
}

bool
wr_form_is_time(struct wr_arena *a, const struct wr_value *v)
{
    const struct wr_value *out;
    struct wr_err ignored;
    const char *s;

    if (v->type != WR_V_STRING)
        return v->type == WR_V_TIME;
    s = with_seconds(a, v->string.s);

    return wr_time_parse(a, s, strlen(s), &out, &ignored) == 0;
}

bool
wr_form_is_datetime(struct wr_arena *a, const struct wr_value *v)
{
    const struct wr_value *out;
    struct wr_err ignored;
    const char *s;

    if (v->type != WR_V_STRING)
        return v->type == WR_V_DATETIME;
    s = with_seconds(a, v->string.s);

    return strchr(s, 'T')
           && wr_datetime_parse(a, s, strlen(s), &out, &ignored) == 0;
}

/* ---- beginning with it ---- */

static const struct wr_value *
as_date(struct wr_arena *a, const struct wr_value *v)
{
    const struct wr_value *out;
    struct wr_err ignored;
    const char *s;

    if (v->type != WR_V_STRING)
        return v;
    if (wr_date_parse(a, v->string.s, v->string.len, &out, &ignored) == 0)
        return out;
    s = with_seconds(a, v->string.s);

    return wr_datetime_parse(a, s, strlen(s), &out, &ignored) == 0 ? out : v;
}

const struct wr_value *
wr_form_fill(struct wr_arena *a, const struct wr_form *form,
             const struct wr_value *given)
{
    const struct wr_value *list;
    struct wr_entry *e;
    size_t n = 0;

    if (form->kind != WR_FORM_GENERATED
        || (given && given->type != WR_V_CONTEXT))
        return given;
    list = wr_value_get(form->schema, "components");
    e = wr_newn(a, struct wr_entry,
                list->list.n + (given ? given->context.n : 0) + 1);
    for (; given && n < given->context.n; n++)
        e[n] = given->context.entries[n];
    for (size_t k = 0; k < list->list.n; k++) {
        const struct wr_value *c = list->list.items[k];
        const char *key = wr_value_get(c, "key")->string.s;
        const struct wr_value *preset = wr_value_get(c, "defaultValue");
        const char *type = wr_value_get(c, "type")->string.s;
        size_t at = 0;

        while (at < n && strcmp(e[at].key, key) != 0)
            at++;
        if (at == n && preset)
            e[n++] = (struct wr_entry){ key, preset };
        if (at < n && strcmp(type, "datetime") == 0)
            e[at].value = as_date(a, e[at].value);
    }

    return n ? wr_value_context(a, e, n) : given;
}
