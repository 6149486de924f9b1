/*
 * form_js.c: are the variables what a form of form-js lets people enter?
 *
 * Components are walked with the object that their keys are members of: the
 * variables, or what a group's path or an item of a dynamic list leads to.
 * What is hidden is not asked for and must not be given, unless another
 * component of the same key is shown.
 */

#include <string.h>

#include "engine/base/map.h"
#include "engine/feel/feel.h"
#include "engine/form/component.h"

/* The object that keys are members of. */
struct place {
    const struct place *outer; /* NULL: the variables */
    const struct wr_value *given, *seen;
    const char *pointer;
    bool hidden;
    int64_t index; /* in a list, from 1; 0: in none */
};

struct walk {
    struct wr_form_check *c;
    struct wr_map hidden, shown; /* pointers to what was given */
    int depth;
};

/* ---- expressions ---- */

static const struct wr_value *
member_of(const struct place *p, const char *name)
{
    const struct wr_value *v = p->given ? wr_value_get(p->given, name) : NULL;

    if (!v && p->seen)
        v = wr_value_get(p->seen, name);

    return v;
}

struct names {
    struct wr_arena *a;
    const struct place *at;
};

static const struct wr_value *
variable(void *data, const char *text, size_t len)
{
    const struct names *n = data;
    const char *name = wr_arena_strndup(n->a, text, len);

    for (const struct place *p = n->at; p; p = p->outer) {
        const struct wr_value *v = member_of(p, name);

        if (v)
            return v;
        if (p->index && strcmp(name, "i") == 0)
            return wr_value_int(n->a, p->index);
    }
    if (strcmp(name, "this") == 0)
        return n->at->given ? n->at->given : n->at->seen;

    return NULL;
}

/* NULL: it cannot be told. */
static const struct wr_value *
evaluate(struct walk *w, const struct place *p, const char *feel)
{
    struct names names = { w->c->a, p };
    struct wr_expr_env env = { .lookup = variable,
                               .data = &names,
                               .now = w->c->now,
                               .arena = w->c->a,
                               .budget = WR_EXPR_BUDGET };
    const struct wr_value *out;
    const struct wr_expr *e;
    struct wr_err ignored;

    if (!wr_form_spend(w->c, 1000))
        return NULL;
    if (wr_expr_parse(w->c->a, WR_LANG_FEEL, feel, strlen(feel), &e, &ignored)
            < 0
        || wr_expr_eval(e, &env, &out, &ignored) < 0)
        return NULL;

    return out;
}

static bool
is_true(struct walk *w, const struct place *p, const struct wr_value *v)
{
    const char *feel = wr_component_feel(v);

    if (feel)
        v = evaluate(w, p, feel);

    return v && v->type == WR_V_BOOL && v->boolean;
}

static bool
is_hidden(struct walk *w, const struct place *p,
          const struct wr_value *component)
{
    const struct wr_value *condition = wr_value_get(component, "conditional");

    return condition && condition->type == WR_V_CONTEXT
           && is_true(w, p, wr_value_get(condition, "hide"));
}

static const struct wr_value *
number_rule(struct walk *w, const struct place *p,
            const struct wr_value *component, const char *name)
{
    const struct wr_value *v = wr_component_rule(component, name);
    const char *feel = wr_component_feel(v);
    struct wr_decimal d;
    struct wr_err ignored;

    if (feel)
        v = evaluate(w, p, feel);
    if (v && v->type == WR_V_STRING
        && wr_decimal_parse(v->string.s, v->string.len, &d, &ignored) == 0)
        v = wr_value_number(w->c->a, d);

    return v && v->type == WR_V_NUMBER ? v : NULL;
}

static const struct wr_value *
options_of(struct walk *w, const struct place *p,
           const struct wr_value *component)
{
    const struct wr_value *v = wr_value_get(component, "values");
    const char *key = wr_component_text(component, "valuesKey");
    const char *feel = wr_component_feel(
        wr_value_get(component, "valuesExpression"));

    if (!v && key)
        v = evaluate(w, p, key); /* a path is an expression, too */
    else if (!v && feel)
        v = evaluate(w, p, feel);

    return v && v->type == WR_V_LIST ? v : NULL;
}

/* ---- values ---- */

/* Member "a.b.c" of the object, and its pointer. */
static const struct wr_value *
follow(struct wr_arena *a, const struct wr_value *from, const char *path,
       const char **pointer)
{
    while (*path) {
        size_t len = strcspn(path, ".");
        const char *name = wr_arena_strndup(a, path, len);

        if (pointer)
            *pointer = wr_form_below(a, *pointer, name);
        from = from ? wr_value_get(from, name) : NULL;
        path += len + (path[len] == '.');
    }

    return from;
}

static bool
is_missing(const struct wr_value *v)
{
    return !v || v->type == WR_V_NULL
           || (v->type == WR_V_STRING && v->string.len == 0)
           || (v->type == WR_V_LIST && v->list.n == 0);
}

static bool
is_locked(struct walk *w, const struct place *p,
          const struct wr_value *component)
{
    return wr_component_is(component, "disabled")
           || is_true(w, p, wr_value_get(component, "readonly"));
}

static void
judge(struct walk *w, const struct place *p, const struct wr_value *component,
      enum wr_component_class class, const char *pointer,
      const struct wr_value *v)
{
    const struct wr_value *pattern = wr_component_rule(component, "pattern");
    const struct wr_value *kind = wr_component_rule(component,
                                                    "validationType");
    const struct wr_component_rules rules = {
        .min = number_rule(w, p, component, "min"),
        .max = number_rule(w, p, component, "max"),
        .min_len = number_rule(w, p, component, "minLength"),
        .max_len = number_rule(w, p, component, "maxLength"),
        .pattern = pattern ? pattern->string.s : NULL,
        .kind = kind ? kind->string.s : NULL,
        .options = class == WR_COMP_ONE || class == WR_COMP_SEVERAL
                       ? options_of(w, p, component)
                       : NULL,
    };

    wr_component_check(w->c, component, &rules, pointer, v);
}

static void
field(struct walk *w, const struct place *p, const struct wr_value *component,
      enum wr_component_class class)
{
    const struct wr_value *required = wr_component_rule(component, "required");
    const char *key = wr_component_text(component, "key");
    const char *pointer = p->pointer;
    const struct wr_value *v = follow(w->c->a, p->given, key, &pointer);
    const struct wr_value *was = follow(w->c->a, p->seen, key, NULL);

    if (p->hidden) {
        if (v)
            wr_map_put(&w->hidden, pointer, v);
        return;
    }
    if (v)
        wr_map_put(&w->shown, pointer, v);
    if (is_locked(w, p, component)) {
        if (v && !wr_value_equal(v, was ? was : &wr_null))
            wr_form_complain(w->c, pointer, "readonly", "it can be read only");
        return;
    }
    if (is_missing(v)
        || (class == WR_COMP_CHECKBOX && v->type == WR_V_BOOL && !v->boolean)) {
        if (is_true(w, p, required))
            wr_form_complain(w->c, pointer, "required", "it is required");
        return;
    }
    judge(w, p, component, class, pointer, v);
}

/* ---- the walk ---- */

static void walk(struct walk *w, const struct place *p,
                 const struct wr_value *components);

/* Each item is an object of its own. */
static void
dynamic(struct walk *w, const struct place *p, const struct wr_value *component)
{
    const char *path = wr_component_text(component, "path");
    struct place at = { .outer = p,
                        .pointer = p->pointer,
                        .hidden = p->hidden };
    const struct wr_value *list = follow(w->c->a, p->given, path, &at.pointer);
    const struct wr_value *was = follow(w->c->a, p->seen, path, NULL);
    const char *pointer = at.pointer;

    if (!list)
        return;
    if (list->type != WR_V_LIST) {
        wr_form_complain(w->c, pointer, "type", "it is no list");
        return;
    }
    wr_map_put(at.hidden ? &w->hidden : &w->shown, pointer, list);
    for (size_t i = 0; i < list->list.n; i++) {
        at.given = list->list.items[i];
        at.seen = was && was->type == WR_V_LIST && i < was->list.n
                      ? was->list.items[i]
                      : NULL;
        at.pointer = wr_form_item(w->c->a, pointer, i);
        at.index = (int64_t)i + 1;
        if (at.given->type == WR_V_CONTEXT)
            walk(w, &at, wr_value_get(component, "components"));
        else
            wr_form_complain(w->c, at.pointer, "type", "it is no object");
    }
}

static void
group(struct walk *w, const struct place *p, const struct wr_value *component)
{
    const char *path = wr_component_text(component, "path");
    struct place at = { .outer = p,
                        .pointer = p->pointer,
                        .hidden = p->hidden };

    at.given = follow(w->c->a, p->given, path ? path : "", &at.pointer);
    at.seen = follow(w->c->a, p->seen, path ? path : "", NULL);
    if (at.given && at.given->type != WR_V_CONTEXT) {
        wr_form_complain(w->c, at.pointer, "type", "it is no object");
        return;
    }
    walk(w, &at, wr_value_get(component, "components"));
}

static void
visit(struct walk *w, const struct place *p, const struct wr_value *component)
{
    enum wr_component_class class = WR_COMP_NONE;
    struct place at = *p;

    if (!wr_component_class(component, &class) || class == WR_COMP_NONE)
        return;
    at.hidden = p->hidden || is_hidden(w, p, component);
    if (class == WR_COMP_GROUP)
        group(w, &at, component);
    else if (class == WR_COMP_DYNAMIC)
        dynamic(w, &at, component);
    else
        field(w, &at, component, class);
}

static void
walk(struct walk *w, const struct place *p, const struct wr_value *components)
{
    if (!components || components->type != WR_V_LIST
        || w->depth == WR_FORM_DEPTH)
        return;
    w->depth++;
    for (size_t i = 0; i < components->list.n && !w->c->over; i++) {
        if (wr_form_spend(w->c, 1))
            visit(w, p, components->list.items[i]);
    }
    w->depth--;
}

void
wr_form_js_check(struct wr_form_check *c)
{
    struct walk w = { .c = c,
                      .hidden = { .arena = c->a },
                      .shown = { .arena = c->a } };
    struct place p = { .given = c->given, .seen = c->seen, .pointer = "" };

    walk(&w, &p, wr_value_get(c->document, "components"));
    for (size_t i = 0; i < w.hidden.n; i++)
        if (!wr_map_get(&w.shown, w.hidden.entries[i].key))
            wr_form_complain(c, w.hidden.entries[i].key, "hidden",
                             "the form does not ask for it now");
}

/* ---- what is shown ---- */

struct shown {
    struct wr_arena *a;
    struct wr_entry *entries;
    size_t n, cap;
};

static void
show(struct shown *s, const char *key, const struct wr_value *v)
{
    size_t at = 0;

    while (at < s->n && strcmp(s->entries[at].key, key) != 0)
        at++;
    if (at < s->n)
        return;
    if (s->n == s->cap) {
        size_t cap = s->cap ? 2 * s->cap : 16;
        struct wr_entry *more = wr_newn(s->a, struct wr_entry, cap);

        if (s->n)
            memcpy(more, s->entries, s->n * sizeof(*more));
        s->entries = more;
        s->cap = cap;
    }
    s->entries[s->n++] = (struct wr_entry){ key, v };
}

/* The variables that a list of components shows; of a key or path "a.b" all of
 * variable a.  Default values of form-js itself stand for those in objects. */
static void
collect(struct shown *s, const struct wr_value *components,
        const struct wr_value *seen, int depth)
{
    if (!components || components->type != WR_V_LIST || depth == WR_FORM_DEPTH)
        return;
    for (size_t i = 0; i < components->list.n; i++) {
        const struct wr_value *c = components->list.items[i];
        enum wr_component_class class = WR_COMP_NONE;
        const char *key, *name;
        const struct wr_value *v;

        if (!wr_component_class(c, &class))
            continue;
        key = wr_component_text(
            c, class == WR_COMP_GROUP || class == WR_COMP_DYNAMIC ? "path"
                                                                  : "key");
        if (class == WR_COMP_GROUP && (!key || !*key))
            collect(s, wr_value_get(c, "components"), seen, depth + 1);
        if (!key || !*key || class == WR_COMP_NONE)
            continue;
        name = wr_arena_strndup(s->a, key, strcspn(key, "."));
        v = wr_value_get(seen, name);
        if (!v && !strchr(key, '.'))
            v = wr_value_get(c, "defaultValue");
        if (v)
            show(s, name, v);
    }
}

const struct wr_value *
wr_form_js_data(struct wr_arena *a, const struct wr_value *doc,
                const struct wr_value *seen)
{
    struct shown s = { .a = a };

    collect(&s, wr_value_get(doc, "components"), seen, 0);

    return wr_value_context(a, s.entries, s.n);
}
