/*
 * Conditions in Python's style, as SpiffWorkflow and Pythmata write them: one
 * expression that looks at variables and changes nothing.
 *
 * What cannot run here (comprehensions, lambdas, bit operations, slices,
 * functions and methods that no row of python_functions.def knows) is refused
 * when parsed, by name.
 */
#include "engine/feel/python.h"

#include <string.h>

#include "engine/feel/parse.h"

enum {
    POWER_CHOICE = 5,
    POWER_NOT = 30,
    POWER_COMPARE = 40,
    POWER_SIGN = 70,
    POWER_POWER = 80,
};

static const struct wr_node *
done(struct wr_parser *p, struct wr_node *n)
{
    return n->b ? wr_parse_done(p, n) : NULL;
}

static struct wr_node *
pair(struct wr_parser *p, enum wr_node_kind kind, const struct wr_node *left,
     struct wr_token tok)
{
    struct wr_node *n = wr_parse_node(p, kind, tok.start);

    n->op = tok.row->op;
    n->a = left;

    return n;
}

static const struct wr_node *
logic(struct wr_parser *p, const struct wr_node *left, struct wr_token tok)
{
    struct wr_node *n = pair(p, WR_N_P_LOGIC, left, tok);

    n->b = wr_parse_expr(p, tok.row->power);

    return done(p, n);
}

static const struct wr_node *
arith(struct wr_parser *p, const struct wr_node *left, struct wr_token tok)
{
    struct wr_node *n = pair(p, WR_N_P_ARITH, left, tok);

    n->b = wr_parse_expr(p, tok.row->power);

    return done(p, n);
}

static const struct wr_node *
floor_div(struct wr_parser *p, const struct wr_node *left, struct wr_token tok)
{
    struct wr_node *n = pair(p, WR_N_P_ARITH, left, tok);

    n->open = 1; /* rounded down */
    n->b = wr_parse_expr(p, tok.row->power);

    return done(p, n);
}

/* From right to left, and stronger than the sign on its left. */
static const struct wr_node *
power(struct wr_parser *p, const struct wr_node *left, struct wr_token tok)
{
    struct wr_node *n = pair(p, WR_N_P_ARITH, left, tok);

    n->b = wr_parse_expr(p, POWER_SIGN - 1);

    return done(p, n);
}

/* One link of a comparison; its operator is consumed.  `shared`: the link before
 * it has `left`, too. */
static const struct wr_node *
link(struct wr_parser *p, const struct wr_node *left, struct wr_token tok,
     bool shared, const struct wr_node **right)
{
    const char *text = tok.row->text;
    bool in = strcmp(text, "in") == 0, is = strcmp(text, "is") == 0;
    struct wr_node *n;

    if (strcmp(text, "not") == 0) {
        if (!wr_parse_expect(p, "in"))
            return NULL;
        in = true;
    }
    n = pair(p, in ? WR_N_P_IN : is ? WR_N_P_IS : WR_N_P_COMPARE, left, tok);
    n->name = text;
    n->strict = shared;
    n->open = strcmp(text, "not") == 0 || (is && wr_parse_accept(p, "not"));
    n->b = wr_parse_expr(p, POWER_COMPARE);
    *right = n->b;

    return done(p, n);
}

static const struct wr_node *compare(struct wr_parser *p,
                                     const struct wr_node *left,
                                     struct wr_token tok);

/* a < b < c is a < b and b < c. */
static const struct wr_node *
compare(struct wr_parser *p, const struct wr_node *left, struct wr_token tok)
{
    const struct wr_node *right,
        *all = link(p, left, tok, /* shared= */ false, &right);

    while (all && !p->failed && p->tok.row->infix == compare) {
        struct wr_node *both = wr_parse_node(p, WR_N_P_LOGIC, p->tok.start);

        tok = p->tok;
        wr_lex_next(p);
        both->op = WR_OP_AND;
        both->a = all;
        both->b = link(p, right, tok, /* shared= */ true, &right);
        all = done(p, both);
    }

    return all;
}

/* value if condition else other */
static const struct wr_node *
choice(struct wr_parser *p, const struct wr_node *left, struct wr_token tok)
{
    struct wr_node *n = wr_parse_node(p, WR_N_P_IF, tok.start);

    n->b = left;
    n->a = wr_parse_expr(p, POWER_CHOICE);
    if (!n->a || !wr_parse_expect(p, "else"))
        return NULL;
    n->c = wr_parse_expr(p, POWER_CHOICE - 1);

    return n->c ? wr_parse_done(p, n) : NULL;
}

static const struct wr_node *
prefix(struct wr_parser *p, enum wr_node_kind kind, struct wr_token tok,
       int strength)
{
    struct wr_node *n = wr_parse_node(p, kind, tok.start);

    n->a = wr_parse_expr(p, strength);

    return n->a ? wr_parse_done(p, n) : NULL;
}

static const struct wr_node *
invert(struct wr_parser *p, struct wr_token tok)
{
    return prefix(p, WR_N_P_NOT, tok,
                  *tok.row->text == '!' ? POWER_SIGN : POWER_NOT);
}

static const struct wr_node *
negate(struct wr_parser *p, struct wr_token tok)
{
    return prefix(p, WR_N_P_NEGATE, tok, POWER_SIGN);
}

static const struct wr_node *
plus(struct wr_parser *p, struct wr_token tok)
{
    (void)tok;

    return wr_parse_expr(p, POWER_SIGN);
}

/* What follows up to `end`, separated by commas; one may stand at the end. */
static bool
items(struct wr_parser *p, const char *end, struct wr_nodes *kids)
{
    while (!wr_parse_is(p, end)) {
        if (!wr_nodes_add(p, kids, wr_parse_expr(p, 0)))
            return false;
        if (!wr_parse_accept(p, ","))
            break;
    }

    return wr_parse_expect(p, end);
}

static const struct wr_node *
list_of(struct wr_parser *p, const struct wr_nodes *kids, size_t at)
{
    struct wr_node *n = wr_parse_node(p, WR_N_LIST, at);

    wr_nodes_give(n, kids);

    return wr_parse_done(p, n);
}

static const struct wr_node *
list(struct wr_parser *p, struct wr_token tok)
{
    struct wr_nodes kids = { .n = 0 };

    return items(p, "]", &kids) ? list_of(p, &kids, tok.start) : NULL;
}

/* In parentheses: an expression; with a comma a tuple, which is a list here. */
static const struct wr_node *
group(struct wr_parser *p, struct wr_token tok)
{
    struct wr_nodes kids = { .n = 0 };
    const struct wr_node *first = NULL;

    if (!wr_parse_is(p, ")")) {
        first = wr_parse_expr(p, 0);
        if (!first)
            return NULL;
        if (wr_parse_accept(p, ")"))
            return first;
        if (!wr_parse_expect(p, ",") || !wr_nodes_add(p, &kids, first))
            return NULL;
    }

    return items(p, ")", &kids) ? list_of(p, &kids, tok.start) : NULL;
}

static const struct wr_node *
entry(struct wr_parser *p, const struct wr_node *key)
{
    struct wr_node *n = wr_parse_node(p, WR_N_ENTRY, key->at);

    if (key->kind != WR_N_LITERAL || key->value->type != WR_V_STRING)
        return wr_parse_fail(p, WR_EUNSUPPORTED, key->at,
                             "a key that is no text is not supported");
    n->name = key->value->string.s;
    n->len = key->value->string.len;
    n->a = wr_parse_expr(p, 0);

    return n->a ? wr_parse_done(p, n) : NULL;
}

/* {'a': 1}, or {1, 2}: a set, which is a list here. */
static const struct wr_node *
dict(struct wr_parser *p, struct wr_token tok)
{
    struct wr_node *n = wr_parse_node(p, WR_N_CONTEXT, tok.start);
    struct wr_nodes kids = { .n = 0 };
    bool set = false;

    while (!wr_parse_is(p, "}")) {
        const struct wr_node *key = wr_parse_expr(p, 0);

        if (!key)
            return NULL;
        set = kids.n ? set : !wr_parse_is(p, ":");
        if (!set && !wr_parse_expect(p, ":"))
            return NULL;
        if (!wr_nodes_add(p, &kids, set ? key : entry(p, key)))
            return NULL;
        if (!wr_parse_accept(p, ","))
            break;
    }
    if (!wr_parse_expect(p, "}"))
        return NULL;
    if (set)
        return list_of(p, &kids, tok.start);
    wr_nodes_give(n, &kids);

    return wr_parse_done(p, n);
}

/* A word behind a dot may be any, operators included. */
static const char *
word(struct wr_parser *p)
{
    const char *s = p->text + p->tok.start;
    const char *w;

    if (p->failed || p->tok.end == p->tok.start
        || !wr_lex_is_name_start((unsigned char)*s, false)) {
        wr_parse_fail(p, WR_EEXPR, p->tok.start, "a name is expected");
        return NULL;
    }
    w = wr_arena_strndup(p->arena, s, p->tok.end - p->tok.start);
    wr_lex_next(p);

    return p->failed ? NULL : w;
}

static const struct wr_node *
call(struct wr_parser *p, const struct wr_node *self, const char *called,
     size_t at)
{
    const struct wr_python_fn *fn = wr_python_function(called, self != NULL);
    struct wr_node *n = wr_parse_node(p, WR_N_P_CALL, at);
    struct wr_nodes kids = { .n = 0 };
    const char *what = self ? "method" : "function";

    if (!fn)
        return wr_parse_fail(p, WR_EUNSUPPORTED, at, "%s '%s' is not supported",
                             what, called);
    if ((self && !wr_nodes_add(p, &kids, self)) || !wr_parse_expect(p, "(")
        || !items(p, ")", &kids))
        return NULL;
    if (kids.n < fn->least || kids.n > fn->most)
        return wr_parse_fail(p, WR_EUNSUPPORTED, at,
                             "%s '%s' with %zu arguments is not supported",
                             what, called, kids.n - (self != NULL));
    wr_nodes_give(n, &kids);
    n->name = called;
    n->open = self != NULL;

    return wr_parse_done(p, n);
}

static bool
is_quote(const struct wr_parser *p)
{
    return p->tok.row == &p->grammar->rows[WR_TOK_STRING];
}

static const struct wr_node *
name(struct wr_parser *p, struct wr_token tok)
{
    struct wr_node *n = wr_parse_node(p, WR_N_P_NAME, tok.start);

    n->name = word(p);
    if (!n->name)
        return NULL;
    n->len = strlen(n->name);
    if (wr_parse_is(p, "("))
        return call(p, NULL, n->name, tok.start);
    if (is_quote(p) && p->tok.start == tok.end)
        return wr_parse_fail(p, WR_EUNSUPPORTED, tok.start,
                             "text that begins with '%s' is not supported",
                             n->name);

    return wr_parse_done(p, n);
}

/* Pythmata calls what it can see `variables`. */
static bool
is_all(const struct wr_node *n)
{
    return n->kind == WR_N_P_NAME && strcmp(n->name, "variables") == 0;
}

static const struct wr_node *
member(struct wr_parser *p, const struct wr_node *left, size_t at,
       const struct wr_node *key)
{
    struct wr_node *n = wr_parse_node(p, WR_N_P_MEMBER, at);

    n->a = left;
    n->b = key;
    if (key && is_all(left)) {
        n->kind = WR_N_P_VARIABLE;
        n->a = key;
        n->b = NULL;
    }

    return key ? wr_parse_done(p, n) : NULL;
}

/* variables.get('x'): the variable, None when there is none. */
static const struct wr_node *
got(struct wr_parser *p, size_t at)
{
    struct wr_node *n = wr_parse_node(p, WR_N_P_VARIABLE, at);
    struct wr_nodes kids = { .n = 0 };

    if (!wr_parse_expect(p, "(") || !items(p, ")", &kids))
        return NULL;
    if (kids.n < 1 || kids.n > 2)
        return wr_parse_fail(p, WR_EEXPR, at, "get() takes a name");
    n->a = kids.items[0];
    n->b = kids.n == 2 ? kids.items[1] : wr_parse_value(p, at, &wr_null);

    return done(p, n);
}

static const struct wr_node *
dot(struct wr_parser *p, const struct wr_node *left, struct wr_token tok)
{
    const char *w = word(p);

    if (!w)
        return NULL;
    if (wr_parse_is(p, "("))
        return is_all(left) && strcmp(w, "get") == 0
                   ? got(p, tok.start)
                   : call(p, left, w, tok.start);

    return member(p, left, tok.start,
                  wr_parse_value(p, tok.start, wr_value_string(p->arena, w)));
}

static const struct wr_node *
indexed(struct wr_parser *p, const struct wr_node *left, struct wr_token tok)
{
    const struct wr_node *key;

    if (wr_parse_is(p, ":"))
        return wr_parse_fail(p, WR_EUNSUPPORTED, tok.start,
                             "a slice is not supported");
    key = wr_parse_expr(p, 0);
    if (key && wr_parse_is(p, ":"))
        return wr_parse_fail(p, WR_EUNSUPPORTED, tok.start,
                             "a slice is not supported");

    return key && wr_parse_expect(p, "]") ? member(p, left, tok.start, key)
                                          : NULL;
}

static const struct wr_token_row rows[] = {
#define WR_TOKEN(text, power, prefix, infix, op) \
    { text, power, prefix, infix, WR_OP_##op },
#include "engine/feel/python_tokens.def"
#undef WR_TOKEN
};

const struct wr_grammar wr_python_grammar = {
    .rows = rows,
    .n_rows = WR_COUNT(rows),
};
