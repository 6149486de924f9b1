/*
 * What ${...} may speak of besides variables: `execution` and `task`, and the
 * functions now(), dateTime(), currentUser() and variables:...().
 */
#include <ctype.h>
#include <string.h>

#include "engine/feel/builtin.h"
#include "engine/feel/juel.h"
#include "engine/feel/parse.h"

/* ---- execution and task ---- */

static const struct {
    const char *object, *property;
    enum wr_about what;
} about[] = {
#define WR_ABOUT(object, property, what) { object, property, WR_ABOUT_##what },
#include "engine/feel/about.def"
#undef WR_ABOUT
};

bool
wr_juel_is_object(const char *name)
{
    return strcmp(name, "execution") == 0 || strcmp(name, "task") == 0;
}

/* A task may be a variable, too; nothing but the process is an execution. */
static bool
is_only_object(const char *name)
{
    return strcmp(name, "execution") == 0;
}

/* "assignee", and "getAssignee" when it is called; -1: no such property. */
static int
property_of(const char *object, const char *called, bool call)
{
    for (size_t i = 0; i < WR_COUNT(about); i++) {
        const char *name = about[i].property;

        if (strcmp(about[i].object, object) != 0)
            continue;
        if (call ? strncmp(called, "get", 3) == 0
                       && called[3] == toupper((unsigned char)*name)
                       && strcmp(called + 4, name + 1) == 0
                 : strcmp(called, name) == 0)
            return (int)i;
    }

    return -1;
}

/* getVariable('x'), hasVariable('x') and the same of what is its own. */
static const struct wr_node *
variable(struct wr_parser *p, const char *method, size_t at)
{
    struct wr_node *n = wr_parse_node(p, WR_N_J_VARIABLE, at);

    n->open = strncmp(method, "has", 3) == 0;
    n->strict = strstr(method, "Local") != NULL;
    if (!wr_juel_arguments(p, n))
        return NULL;
    if (n->n_kids != 1)
        return wr_parse_fail(p, WR_EEXPR, at, "%s() takes one name", method);
    n->a = n->kids[0];
    n->n_kids = 0;

    return wr_parse_done(p, n);
}

static bool
is_of_variables(const char *method)
{
    static const char *const names[] = { "getVariable", "hasVariable",
                                         "getVariableLocal",
                                         "hasVariableLocal" };

    for (size_t i = 0; i < WR_COUNT(names); i++)
        if (strcmp(method, names[i]) == 0)
            return true;

    return false;
}

/* The way back when `task` is a variable: its member is read as any. */
static const struct wr_node *
as_variable(struct wr_parser *p, const struct wr_parser *before,
            const char *object, size_t at)
{
    struct wr_node *n = wr_parse_node(p, WR_N_J_NAME, at);

    *p = *before;
    n->name = object;
    n->len = strlen(object);

    return wr_parse_done(p, n);
}

const struct wr_node *
wr_juel_object(struct wr_parser *p, const char *object, size_t at)
{
    struct wr_node *n = wr_parse_node(p, WR_N_J_ABOUT, at);
    struct wr_parser before = *p;
    const char *called;
    bool call;
    int i;

    if (!wr_parse_accept(p, ".")) {
        if (!is_only_object(object))
            return as_variable(p, &before, object, at);
        return wr_parse_fail(p, WR_EUNSUPPORTED, at,
                             "'%s' alone is not supported", object);
    }
    called = wr_juel_word(p);
    if (!called)
        return NULL;
    call = wr_parse_is(p, "(");
    if (call && is_of_variables(called))
        return variable(p, called, at);
    if ((!call && strcmp(called, "execution") == 0)
        || (!call && strcmp(called, "processInstance") == 0))
        return wr_juel_object(p, "execution", at);
    i = property_of(object, called, call);
    if (i < 0 && !is_only_object(object))
        return as_variable(p, &before, object, at);
    if (i < 0)
        return wr_parse_fail(p, WR_EUNSUPPORTED, at, "%s.%s is not supported",
                             object, called);
    if (call && !(wr_parse_expect(p, "(") && wr_parse_expect(p, ")")))
        return NULL;
    n->name = object;
    n->value = wr_value_string(p->arena, about[i].property);
    n->open = about[i].what;

    return wr_parse_done(p, n);
}

static const struct wr_value *
find(struct wr_eval *ev, const char *name)
{
    const struct wr_expr_env *env = ev->env;

    return env->lookup ? env->lookup(env->data, name, strlen(name)) : NULL;
}

static const struct wr_value *
asked(struct wr_eval *ev, enum wr_about what, const char *name)
{
    const struct wr_expr_env *env = ev->env;

    return env->about ? env->about(env->about_data, env->about_of, what, name,
                                   ev->arena)
                      : NULL;
}

const struct wr_value *
wr_do_j_about(struct wr_eval *ev, const struct wr_node *n)
{
    const struct wr_value *v = NULL, *m;

    if (!is_only_object(n->name))
        v = find(ev, n->name);
    if (v && v->type == WR_V_CONTEXT) {
        m = wr_value_get(v, n->value->string.s);
        return m ? m : &wr_null;
    }
    v = asked(ev, (enum wr_about)n->open, NULL);

    return v ? v
             : wr_eval_fail(ev, WR_EEXPR, "there is no %s.%s here", n->name,
                            n->value->string.s);
}

const struct wr_value *
wr_do_j_var(struct wr_eval *ev, const struct wr_node *n)
{
    const struct wr_value *name = wr_eval(ev, n->a), *v;

    if (!name)
        return NULL;
    if (name->type != WR_V_STRING)
        return wr_eval_fail(ev, WR_EEXPR, "a %s is no variable's name",
                            wr_type_of(name));
    v = n->strict ? asked(ev, WR_ABOUT_OWN_VARIABLE, name->string.s)
                  : find(ev, name->string.s);
    if (n->open)
        return wr_value_bool(v != NULL);

    return v ? v : &wr_null;
}

/* ---- now(), dateTime(), currentUser() ---- */

const struct wr_node *
wr_juel_function(struct wr_parser *p, const char *name, size_t at)
{
    bool user = strcmp(name, "currentUser") == 0;
    struct wr_node *n = wr_parse_node(p, user ? WR_N_J_ABOUT : WR_N_J_NOW, at);

    if (!user && strcmp(name, "now") != 0 && strcmp(name, "dateTime") != 0)
        return wr_parse_fail(p, WR_EUNSUPPORTED, at,
                             "function '%s' is not supported", name);
    if (!wr_juel_arguments(p, n))
        return NULL;
    if (n->n_kids)
        return wr_parse_fail(p, WR_EUNSUPPORTED, at,
                             "function '%s' with %zu arguments is not"
                             " supported",
                             name, n->n_kids);
    n->name = "execution";
    n->value = wr_value_string(p->arena, name);
    n->open = WR_ABOUT_USER;

    return wr_parse_done(p, n);
}

const struct wr_value *
wr_do_j_now(struct wr_eval *ev, const struct wr_node *n)
{
    (void)n;

    return wr_fn_now(ev, NULL);
}

/* ---- variables:name(variable, ...) ---- */

struct call {
    struct wr_eval *ev;
    const struct wr_value *v; /* the variable; NULL: there is none */
    const struct wr_value **args;
    size_t n;
};

static const struct wr_value *
get(struct call *c)
{
    return c->v ? c->v : &wr_null;
}

static const struct wr_value *
get_or_default(struct call *c)
{
    return c->v && c->v->type != WR_V_NULL ? c->v : c->args[0];
}

static const struct wr_value *
exists(struct call *c)
{
    return wr_value_bool(c->v && c->v->type != WR_V_NULL);
}

static bool
holds_nothing(const struct wr_value *v)
{
    return !v || v->type == WR_V_NULL
           || (v->type == WR_V_STRING && v->string.len == 0)
           || (v->type == WR_V_LIST && v->list.n == 0)
           || (v->type == WR_V_CONTEXT && v->context.n == 0);
}

static const struct wr_value *
is_empty(struct call *c)
{
    return wr_value_bool(holds_nothing(c->v));
}

static const struct wr_value *
is_not_empty(struct call *c)
{
    return wr_value_bool(!holds_nothing(c->v));
}

static bool
same(struct call *c)
{
    return wr_equal(c->ev, get(c), c->args[0]) == WR_TRUE;
}

static const struct wr_value *
equals(struct call *c)
{
    return wr_value_bool(same(c));
}

static const struct wr_value *
not_equals(struct call *c)
{
    return wr_value_bool(!same(c));
}

/* Part of a text, item of a list.  NULL: stopped. */
static const struct wr_value *
has(struct call *c, const struct wr_value *what)
{
    const struct wr_value *args[WR_BUILTIN_PARAMS] = { c->v, what };

    if (!c->v || (c->v->type != WR_V_LIST && c->v->type != WR_V_STRING))
        return &wr_false;
    if (c->v->type == WR_V_LIST)
        return wr_fn_list_contains(c->ev, args);
    if (what->type == WR_V_NULL)
        return &wr_false;
    args[1] = wr_juel_text(c->ev, what);

    return args[1] ? wr_fn_contains(c->ev, args) : NULL;
}

static const struct wr_value *
contains_so(struct call *c, bool any)
{
    for (size_t i = 0; i < c->n; i++) {
        const struct wr_value *v = has(c, c->args[i]);

        if (!v)
            return NULL;
        if ((v == &wr_true) == any)
            return wr_value_bool(any);
    }

    return wr_value_bool(!any);
}

static const struct wr_value *
contains(struct call *c)
{
    return contains_so(c, /* any= */ false);
}

static const struct wr_value *
contains_any(struct call *c)
{
    return contains_so(c, /* any= */ true);
}

/* What has no order is neither lower nor greater. */
static const struct wr_value *
ordered(struct call *c, bool below, bool equal)
{
    int order;

    if (!c->v || !wr_order(c->v, c->args[0], &order))
        return &wr_false;

    return wr_value_bool(order == 0 ? equal : (order < 0) == below);
}

static const struct wr_value *
lower(struct call *c)
{
    return ordered(c, /* below= */ true, /* equal= */ false);
}

static const struct wr_value *
lower_or_equal(struct call *c)
{
    return ordered(c, /* below= */ true, /* equal= */ true);
}

static const struct wr_value *
greater(struct call *c)
{
    return ordered(c, /* below= */ false, /* equal= */ false);
}

static const struct wr_value *
greater_or_equal(struct call *c)
{
    return ordered(c, /* below= */ false, /* equal= */ true);
}

static const struct function {
    const char *name;
    size_t least, most;
    const struct wr_value *(*fn)(struct call *c);
} functions[] = {
#define WR_FUNCTION(name, least, most, fn) { name, least, most, fn },
#include "engine/feel/functions.def"
#undef WR_FUNCTION
};

static const struct function *
function_of(const char *name)
{
    for (size_t i = 0; i < WR_COUNT(functions); i++)
        if (strcmp(functions[i].name, name) == 0)
            return &functions[i];

    return NULL;
}

/* The first argument names the variable, with quotes or without. */
static const struct wr_node *
first_argument(struct wr_parser *p)
{
    struct wr_parser before = *p;
    size_t at = p->tok.start;
    const char *name;

    if (p->tok.row == &p->grammar->rows[WR_TOK_NAME]) {
        name = wr_juel_word(p);
        if (name && (wr_parse_is(p, ",") || wr_parse_is(p, ")")))
            return wr_parse_value(p, at, wr_value_string(p->arena, name));
        *p = before;
    }

    return wr_parse_expr(p, 0);
}

const struct wr_node *
wr_juel_prefixed(struct wr_parser *p, const char *prefix, size_t at)
{
    struct wr_node *n = wr_parse_node(p, WR_N_J_FUNCTION, at);
    struct wr_nodes kids = { .n = 0 };
    const struct function *f;

    if (strcmp(prefix, "variables") != 0 && strcmp(prefix, "vars") != 0
        && strcmp(prefix, "var") != 0)
        return wr_parse_fail(p, WR_EUNSUPPORTED, at,
                             "functions of '%s:' are not supported", prefix);
    if (!wr_parse_expect(p, ":"))
        return NULL;
    n->name = wr_juel_word(p);
    f = n->name ? function_of(n->name) : NULL;
    if (!f)
        return wr_parse_fail(p, WR_EUNSUPPORTED, at,
                             "function '%s:%s' is not supported", prefix,
                             n->name ? n->name : "");
    if (!wr_parse_expect(p, "("))
        return NULL;
    n->a = first_argument(p);
    if (!n->a)
        return NULL;
    while (wr_parse_accept(p, ","))
        if (!wr_nodes_add(p, &kids, wr_parse_expr(p, 0)))
            return NULL;
    wr_nodes_give(n, &kids);
    if (!wr_parse_expect(p, ")"))
        return NULL;
    if (n->n_kids < f->least || n->n_kids > f->most)
        return wr_parse_fail(p, WR_EUNSUPPORTED, at,
                             "function '%s:%s' with %zu arguments is not"
                             " supported",
                             prefix, n->name, n->n_kids + 1);

    return wr_parse_done(p, n);
}

const struct wr_value *
wr_do_j_function(struct wr_eval *ev, const struct wr_node *n)
{
    const struct wr_value *name = wr_eval(ev, n->a);
    struct call c = { .ev = ev, .n = n->n_kids };

    if (!name)
        return NULL;
    if (name->type != WR_V_STRING)
        return wr_eval_fail(ev, WR_EEXPR, "a %s is no variable's name",
                            wr_type_of(name));
    c.v = find(ev, name->string.s);
    c.args = wr_newn(ev->arena, const struct wr_value *, c.n + 1);
    for (size_t i = 0; i < c.n; i++) {
        c.args[i] = wr_eval(ev, n->kids[i]);
        if (!c.args[i])
            return NULL;
    }

    return function_of(n->name)->fn(&c);
}
