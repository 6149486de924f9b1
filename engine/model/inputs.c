#include "engine/model/inputs.h"

#include <string.h>

#include "engine/base/json.h"
#include "engine/base/time.h"
#include "engine/form/check.h"

enum {
    MAX_INPUTS = 1000
};

static const char suffix[] = ".variables.json";

static const char *const type_names[] = {
    [WR_INPUT_STRING] = "string", [WR_INPUT_INTEGER] = "integer",
    [WR_INPUT_FLOAT] = "float",   [WR_INPUT_BOOLEAN] = "boolean",
    [WR_INPUT_DATE] = "date",     [WR_INPUT_JSON] = "json",
};

const char *
wr_input_type_name(enum wr_input_type t)
{
    return type_names[t];
}

const char *
wr_inputs_file(struct wr_arena *a, const char *resource)
{
    const char *dot = strrchr(resource, '.');
    size_t n = dot ? (size_t)(dot - resource) : strlen(resource);

    return wr_arena_printf(a, "%.*s%s", (int)n, resource, suffix);
}

bool
wr_inputs_is_file(const char *name)
{
    size_t n = strlen(name), tail = strlen(suffix);

    return n > tail && strcmp(name + n - tail, suffix) == 0;
}

/* ---- one value ---- */

/* The value as the type has it; NULL when it is none of that type. */
static const struct wr_value *
as_type(struct wr_arena *a, const struct wr_input *in, const struct wr_value *v)
{
    const struct wr_value *date;
    struct wr_err ignored;

    switch (in->type) {
    case WR_INPUT_STRING:
        return v->type == WR_V_STRING ? v : NULL;
    case WR_INPUT_INTEGER:
        return v->type == WR_V_NUMBER && wr_decimal_is_integer(v->number)
                   ? v
                   : NULL;
    case WR_INPUT_FLOAT:
        return v->type == WR_V_NUMBER ? v : NULL;
    case WR_INPUT_BOOLEAN:
        return v->type == WR_V_BOOL ? v : NULL;
    case WR_INPUT_DATE:
        if (v->type == WR_V_DATE || v->type == WR_V_DATETIME)
            return v;
        if (v->type != WR_V_STRING)
            return NULL;
        if (wr_date_parse(a, v->string.s, v->string.len, &date, &ignored) == 0
            || wr_datetime_parse(a, v->string.s, v->string.len, &date, &ignored)
                   == 0)
            return date;
        return NULL;
    case WR_INPUT_JSON:
    case WR_INPUT_TYPES:
        break;
    }

    return v;
}

static bool
is_option(const struct wr_input *in, const struct wr_value *v)
{
    for (size_t i = 0; i < in->options->list.n; i++)
        if (wr_value_equal(in->options->list.items[i], v))
            return true;

    return false;
}

/* Why the value is not allowed; NULL when it is. */
static const char *
out_of_bounds(struct wr_arena *a, const struct wr_input *in,
              const struct wr_value *v)
{
    const struct wr_value *n = v;

    if (v->type == WR_V_STRING)
        n = wr_value_int(a, wr_form_characters(v));
    if (v->type == WR_V_NUMBER && in->min
        && wr_decimal_cmp(v->number, in->min->number) < 0)
        return wr_arena_printf(a, "%s is less than %s", wr_form_text(a, v),
                               wr_form_text(a, in->min));
    if (v->type == WR_V_NUMBER && in->max
        && wr_decimal_cmp(v->number, in->max->number) > 0)
        return wr_arena_printf(a, "%s is more than %s", wr_form_text(a, v),
                               wr_form_text(a, in->max));
    if (v->type == WR_V_STRING && in->min_len
        && wr_decimal_cmp(n->number, in->min_len->number) < 0)
        return wr_arena_printf(a, "it is shorter than %s characters",
                               wr_form_text(a, in->min_len));
    if (v->type == WR_V_STRING && in->max_len
        && wr_decimal_cmp(n->number, in->max_len->number) > 0)
        return wr_arena_printf(a, "it is longer than %s characters",
                               wr_form_text(a, in->max_len));
    if (v->type == WR_V_STRING && in->pattern
        && wr_form_matches(a, v, in->pattern) != 1)
        return wr_arena_printf(a, "it does not match %s", in->pattern);
    if (in->options && !is_option(in, v))
        return wr_arena_printf(a, "it is none of %s",
                               wr_form_text(a, in->options));

    return NULL;
}

/* ---- reading ---- */

/* A member by any of its names, in the definition or its validation. */
static const struct wr_value *
member(const struct wr_value *d, const char *name, const char *other)
{
    const struct wr_value *rules = wr_value_get(d, "validation");
    const struct wr_value *v = wr_value_get(d, name);

    if (!v && other)
        v = wr_value_get(d, other);
    if (!v && rules)
        v = wr_value_get(rules, name);
    if (!v && rules && other)
        v = wr_value_get(rules, other);

    return v && v->type != WR_V_NULL ? v : NULL;
}

static int
text_member(const struct wr_value *d, const char *name, const char **out,
            struct wr_err *err)
{
    const struct wr_value *v = member(d, name, NULL);

    *out = NULL;
    if (!v)
        return 0;
    if (v->type != WR_V_STRING)
        return wr_fail(err, WR_EVALUE, "'%s' is no text", name);
    *out = v->string.s;

    return 0;
}

static int
number_member(const struct wr_value *d, const char *name, const char *other,
              const struct wr_value **out, struct wr_err *err)
{
    *out = member(d, name, other);
    if (*out && (*out)->type != WR_V_NUMBER)
        return wr_fail(err, WR_EVALUE, "'%s' is no number", name);

    return 0;
}

static int
read_type(const struct wr_value *d, enum wr_input_type *out, struct wr_err *err)
{
    const char *name;

    if (text_member(d, "type", &name, err) < 0)
        return (int)err->code;
    for (int t = 0; name && t < WR_INPUT_TYPES; t++) {
        if (strcmp(type_names[t], name) != 0)
            continue;
        *out = (enum wr_input_type)t;
        return 0;
    }
    if (name && (!strcmp(name, "dateTime") || !strcmp(name, "datetime"))) {
        *out = WR_INPUT_DATE; /* which may have a time */
        return 0;
    }

    return wr_fail(err, WR_EVALUE,
                   "'type' is none of string, integer, float, boolean, date, "
                   "dateTime and json");
}

/* Options are values, or {"label", "value"}. */
static int
read_options(struct wr_arena *a, const struct wr_value *d,
             const struct wr_value **out, struct wr_err *err)
{
    const struct wr_value *v = member(d, "options", NULL);
    const struct wr_value **items;

    *out = NULL;
    if (!v)
        return 0;
    if (v->type != WR_V_LIST || v->list.n == 0)
        return wr_fail(err, WR_EVALUE, "'options' is no list with anything");
    items = wr_newn(a, const struct wr_value *, v->list.n);
    for (size_t i = 0; i < v->list.n; i++) {
        const struct wr_value *value = wr_value_get(v->list.items[i], "value");

        items[i] = value ? value : v->list.items[i];
    }
    *out = wr_value_list(a, items, v->list.n);

    return 0;
}

static int
check_preset(struct wr_arena *a, struct wr_input *in, struct wr_err *err)
{
    const struct wr_value *v;
    const char *why;

    if (in->pattern
        && wr_form_matches(a, wr_value_string(a, ""), in->pattern) < 0)
        return wr_fail(err, WR_EVALUE, "'pattern' is no regular expression");
    if (!in->preset)
        return 0;
    v = as_type(a, in, in->preset);
    if (!v)
        return wr_fail(err, WR_EVALUE, "its default is no %s",
                       type_names[in->type]);
    why = out_of_bounds(a, in, v);
    if (why)
        return wr_fail(err, WR_EVALUE, "its default: %s", why);
    in->preset = v;

    return 0;
}

static int
read_input(struct wr_arena *a, const struct wr_value *d, struct wr_input *in,
           struct wr_err *err)
{
    const struct wr_value *required = member(d, "required", NULL);

    *in = (struct wr_input){ 0 };
    if (text_member(d, "name", &in->name, err) < 0)
        return (int)err->code;
    if (!in->name || !*in->name)
        return wr_fail(err, WR_EVALUE, "a variable without a name");
    if (required && required->type != WR_V_BOOL)
        return wr_fail(err, WR_EVALUE, "'%.80s': 'required' is no boolean",
                       in->name);
    in->required = required && required->boolean;
    in->preset = member(d, "defaultValue", "default_value");
    if (!in->preset)
        in->preset = member(d, "default", NULL);
    if (read_type(d, &in->type, err) < 0
        || text_member(d, "label", &in->label, err) < 0
        || text_member(d, "description", &in->description, err) < 0
        || text_member(d, "pattern", &in->pattern, err) < 0
        || number_member(d, "min", NULL, &in->min, err) < 0
        || number_member(d, "max", NULL, &in->max, err) < 0
        || number_member(d, "minLength", "min_length", &in->min_len, err) < 0
        || number_member(d, "maxLength", "max_length", &in->max_len, err) < 0
        || read_options(a, d, &in->options, err) < 0
        || check_preset(a, in, err) < 0)
        return wr_wrap(err, "variable '%.80s'", in->name);

    return 0;
}

int
wr_inputs_parse(struct wr_arena *a, const void *bytes, size_t len,
                struct wr_inputs *out, struct wr_err *err)
{
    const struct wr_value *doc, *list;
    struct wr_input *items;

    *out = (struct wr_inputs){ 0 };
    if (wr_json_parse(a, bytes, len, &doc, err) < 0)
        return (int)err->code;
    list = doc;
    if (doc->type == WR_V_CONTEXT)
        list = member(doc, "variableDefinitions", "variable_definitions");
    if (!list || list->type != WR_V_LIST || list->list.n > MAX_INPUTS)
        return wr_fail(err, WR_EVALUE,
                       "it is no list of at most %d variable definitions",
                       MAX_INPUTS);
    items = wr_newn(a, struct wr_input, list->list.n);
    for (size_t i = 0; i < list->list.n; i++) {
        if (read_input(a, list->list.items[i], &items[i], err) < 0)
            return (int)err->code;
        for (size_t k = 0; k < i; k++)
            if (strcmp(items[k].name, items[i].name) == 0)
                return wr_fail(err, WR_EVALUE,
                               "variable '%.80s' is defined twice",
                               items[i].name);
    }
    *out = (struct wr_inputs){ items, list->list.n };

    return 0;
}

/* ---- fitting ---- */

struct fitting {
    struct wr_arena *a;
    struct wr_entry *entries;
    size_t n;
    struct wr_input_error *errors;
    size_t n_errors;
    struct wr_err *err;
};

static void
complain(struct fitting *f, const struct wr_input *in, const char *code,
         const char *detail)
{
    if (f->n_errors == 0)
        wr_fail(f->err, WR_EVALUE, "variable '%.80s': %.150s", in->name,
                detail);
    if (f->errors && f->n_errors < WR_INPUT_ERRORS)
        f->errors[f->n_errors] = (struct wr_input_error){ in->name, code,
                                                          detail };
    f->n_errors++;
}

static struct wr_entry *
entry_of(struct fitting *f, const char *name)
{
    for (size_t i = 0; i < f->n; i++)
        if (strcmp(f->entries[i].key, name) == 0)
            return &f->entries[i];

    return NULL;
}

static void
fit(struct fitting *f, const struct wr_input *in)
{
    struct wr_entry *e = entry_of(f, in->name);
    const struct wr_value *v;
    const char *why;

    if (!e && in->preset) {
        f->entries[f->n++] = (struct wr_entry){ in->name, in->preset };
        return;
    }
    if (!e || e->value->type == WR_V_NULL) {
        if (in->required)
            complain(f, in, "required", "it is required");
        return;
    }
    v = as_type(f->a, in, e->value);
    if (!v) {
        complain(f, in, "type",
                 wr_arena_printf(f->a, "%.60s is no %s",
                                 wr_form_text(f->a, e->value),
                                 type_names[in->type]));
        return;
    }
    why = out_of_bounds(f->a, in, v);
    if (why)
        complain(f, in, "value", why);
    e->value = v;
}

int
wr_inputs_fit(struct wr_arena *a, const struct wr_inputs *inputs,
              const struct wr_value *given, const struct wr_value **out,
              struct wr_input_error *errors, size_t *n, struct wr_err *err)
{
    size_t n_given = given && given->type == WR_V_CONTEXT ? given->context.n
                                                          : 0;
    struct fitting f = { .a = a, .errors = errors, .err = err };

    f.entries = wr_newn(a, struct wr_entry, n_given + inputs->n + 1);
    for (; f.n < n_given; f.n++)
        f.entries[f.n] = given->context.entries[f.n];
    for (size_t i = 0; i < inputs->n; i++)
        fit(&f, &inputs->items[i]);
    if (n)
        *n = f.n_errors < WR_INPUT_ERRORS ? f.n_errors : WR_INPUT_ERRORS;
    if (f.n_errors)
        return (int)err->code;
    *out = wr_value_context(a, f.entries, f.n);

    return 0;
}
