/* FEEL's token table and the parse functions of operators and literals. */
#include "engine/feel/feel_grammar.h"

#include <string.h>

#include "engine/base/time.h"
#include "engine/feel/builtin.h"

enum {
    POWER_COMPARE = 30,
    POWER_PREFIX_MINUS = 65
};

static const struct wr_node *
binary(struct wr_parser *p, enum wr_node_kind kind, const struct wr_node *left,
       struct wr_token tok)
{
    struct wr_node *n = wr_parse_node(p, kind, tok.start);

    n->op = tok.row->op;
    n->a = left;
    n->b = wr_parse_expr(p, tok.row->power);

    return n->b ? wr_parse_done(p, n) : NULL;
}

static const struct wr_node *
logic(struct wr_parser *p, const struct wr_node *left, struct wr_token tok)
{
    return binary(p, WR_N_LOGIC, left, tok);
}

static const struct wr_node *
compare(struct wr_parser *p, const struct wr_node *left, struct wr_token tok)
{
    return binary(p, WR_N_COMPARE, left, tok);
}

static const struct wr_node *
arith(struct wr_parser *p, const struct wr_node *left, struct wr_token tok)
{
    return binary(p, WR_N_ARITH, left, tok);
}

static const struct wr_node *
negate(struct wr_parser *p, struct wr_token tok)
{
    struct wr_node *n = wr_parse_node(p, WR_N_NEGATE, tok.start);

    n->a = wr_parse_expr(p, POWER_PREFIX_MINUS);

    return n->a ? wr_parse_done(p, n) : NULL;
}

static const struct wr_node *
between(struct wr_parser *p, const struct wr_node *left, struct wr_token tok)
{
    struct wr_node *n = wr_parse_node(p, WR_N_BETWEEN, tok.start);

    n->a = left;
    n->b = wr_parse_expr(p, POWER_COMPARE);
    if (!n->b || !wr_parse_expect(p, "and"))
        return NULL;
    n->c = wr_parse_expr(p, POWER_COMPARE);

    return n->c ? wr_parse_done(p, n) : NULL;
}

static const struct wr_node *
instance(struct wr_parser *p, const struct wr_node *left, struct wr_token tok)
{
    struct wr_node *n = wr_parse_node(p, WR_N_INSTANCE, tok.start);

    n->a = left;
    if (p->tok.end - p->tok.start != 2
        || memcmp(p->text + p->tok.start, "of", 2) != 0)
        return wr_parse_fail(p, WR_EEXPR, p->tok.start,
                             "'of' expected behind 'instance'");
    wr_lex_next(p);
    n->type = wr_parse_type(p);

    return n->type ? wr_parse_done(p, n) : NULL;
}

static const struct wr_node *
path(struct wr_parser *p, const struct wr_node *left, struct wr_token tok)
{
    struct wr_node *n = wr_parse_node(p, WR_N_PATH, tok.start);

    n->a = left;
    n->name = wr_parse_name(p, /* path= */ true);
    if (!n->name)
        return NULL;
    n->len = strlen(n->name);

    return wr_parse_done(p, n);
}

static const struct wr_node *
filter(struct wr_parser *p, const struct wr_node *left, struct wr_token tok)
{
    struct wr_node *n = wr_parse_node(p, WR_N_FILTER, tok.start);
    const struct wr_bound *outer = p->bound;
    bool in_range = p->in_range;

    p->in_range = false;
    wr_parse_bind(p, "item");
    n->a = left;
    n->b = wr_parse_expr(p, 0);
    p->bound = outer;
    p->in_range = in_range;

    return n->b && wr_parse_expect(p, "]") ? wr_parse_done(p, n) : NULL;
}

/* Operators of other languages: say what FEEL has instead. */
static const struct wr_node *
foreign(struct wr_parser *p, const struct wr_node *left, struct wr_token tok)
{
    char c = p->text[tok.start];

    (void)left;

    return wr_parse_fail(p, WR_EEXPR, tok.start, "'%s' is not FEEL, write '%s'",
                         tok.row->text,
                         c == '='   ? "="
                         : c == '&' ? "and"
                                    : "or");
}

static const struct wr_node *
name(struct wr_parser *p, struct wr_token tok)
{
    struct wr_node *n = wr_parse_node(p, WR_N_NAME, tok.start);

    n->name = wr_parse_name(p, /* path= */ false);
    if (!n->name)
        return NULL;
    /* Read as a name it would be null at run time, without a word. */
    if (strncmp(n->name, "not ", 4) == 0)
        return wr_parse_fail(p, WR_EEXPR, tok.start,
                             "'not' is a function in FEEL, write 'not(%.40s)'",
                             n->name + 4);
    n->len = strlen(n->name);
    n->bound = wr_parse_is_bound(p, n->name);
    n->builtin = wr_builtin_find(n->name);
    if (strcmp(n->name, "?") == 0)
        p->inputs++;

    return wr_parse_done(p, n);
}

/* @"...": what the text is decides the type; nonsense is null (10.3.2.3.5). */
static const struct wr_node *
at_literal(struct wr_parser *p, struct wr_token tok)
{
    const struct wr_value *v;
    struct wr_err ignored = { .code = WR_OK };
    size_t len;
    const char *s;

    if (p->tok.row != &p->grammar->rows[WR_TOK_STRING])
        return wr_parse_fail(p, WR_EEXPR, tok.start,
                             "a string is expected behind '@'");
    s = wr_lex_string(p, p->tok, &len);
    wr_lex_next(p);
    if (wr_date_parse(p->arena, s, len, &v, &ignored) < 0
        && wr_time_parse(p->arena, s, len, &v, &ignored) < 0
        && wr_duration_parse(p->arena, s, len, &v, &ignored) < 0)
        v = wr_datetime_of_text(p->arena, s, len);
    if (!v) {
        struct wr_node *n = wr_parse_node(p, WR_N_LITERAL, tok.start);

        n->value = &wr_null;
        n->name = s;
        return wr_parse_done(p, n);
    }

    return wr_parse_value(p, tok.start, v);
}

static const struct wr_token_row rows[] = {
#define WR_TOKEN(text, power, prefix, infix, op) \
    { text, power, prefix, infix, WR_OP_##op },
#include "engine/feel/feel_tokens.def"
#undef WR_TOKEN
};

const struct wr_grammar wr_feel_grammar = {
    .rows = rows,
    .n_rows = WR_COUNT(rows),
    .feel = true,
};
