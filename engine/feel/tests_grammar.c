/* Brackets: lists, ranges, `in` and the unary tests of decision tables. */
#include <string.h>

#include "engine/feel/feel_grammar.h"

enum {
    POWER_COMPARE = 30
};

static bool
comparison(const struct wr_parser *p)
{
    return !p->failed && p->tok.row->op >= WR_OP_EQ
           && p->tok.row->op <= WR_OP_GE;
}

/* The rest of a range behind its first end; `..` is the next token. */
static const struct wr_node *
range(struct wr_parser *p, size_t at, const struct wr_node *lo, unsigned open)
{
    struct wr_node *n = wr_parse_node(p, WR_N_RANGE, at);
    bool in_range = p->in_range;

    if (!wr_parse_expect(p, ".."))
        return NULL;
    n->a = lo;
    p->in_range = true;
    n->b = wr_parse_expr(p, 0);
    p->in_range = in_range;
    if (!n->b)
        return NULL;
    if (wr_parse_is(p, ")") || wr_parse_is(p, "["))
        open |= WR_OPEN_END;
    else if (!wr_parse_is(p, "]"))
        return wr_parse_unexpected(p);
    wr_lex_next(p);
    n->open = open;

    return wr_parse_done(p, n);
}

static const struct wr_node *
list(struct wr_parser *p, size_t at, const struct wr_node *first)
{
    struct wr_node *n = wr_parse_node(p, WR_N_LIST, at);
    struct wr_nodes items = { .n = 0 };

    if (!wr_nodes_add(p, &items, first))
        return NULL;
    while (wr_parse_accept(p, ","))
        if (!wr_nodes_add(p, &items, wr_parse_expr(p, 0)))
            return NULL;
    wr_nodes_give(n, &items);

    return wr_parse_expect(p, "]") ? wr_parse_done(p, n) : NULL;
}

/* Inside any bracket `[` is a filter again. */
static const struct wr_node *
inner(struct wr_parser *p)
{
    bool in_range = p->in_range;
    const struct wr_node *n;

    p->in_range = false;
    n = wr_parse_expr(p, 0);
    p->in_range = in_range;

    return n;
}

const struct wr_node *
wr_feel_bracket(struct wr_parser *p, struct wr_token t)
{
    bool in_range = p->in_range;
    const struct wr_node *n;

    if (wr_parse_accept(p, "]"))
        return wr_parse_done(p, wr_parse_node(p, WR_N_LIST, t.start));
    p->in_range = false;
    n = wr_parse_expr(p, 0);
    if (n && wr_parse_is(p, ".."))
        n = range(p, t.start, n, WR_CLOSED);
    else if (n)
        n = list(p, t.start, n);
    p->in_range = in_range;

    return n;
}

const struct wr_node *
wr_feel_open_range(struct wr_parser *p, struct wr_token t)
{
    const struct wr_node *lo = inner(p);

    return lo ? range(p, t.start, lo, WR_OPEN_START) : NULL;
}

/* "< 5" */
static const struct wr_node *
compared(struct wr_parser *p)
{
    struct wr_node *n = wr_parse_node(p, WR_N_TEST, p->tok.start);

    n->op = p->tok.row->op;
    wr_lex_next(p);
    n->a = wr_parse_expr(p, POWER_COMPARE);

    return n->a ? wr_parse_done(p, n) : NULL;
}

const struct wr_node *
wr_feel_paren(struct wr_parser *p, struct wr_token t)
{
    bool in_range = p->in_range;
    const struct wr_node *n;

    p->in_range = false;
    n = comparison(p) ? compared(p) : wr_parse_expr(p, 0);
    if (n && n->kind != WR_N_TEST && wr_parse_is(p, ".."))
        n = range(p, t.start, n, WR_OPEN_START);
    else if (n && !wr_parse_expect(p, ")"))
        n = NULL;
    p->in_range = in_range;

    return n;
}

static const struct wr_node *
test_of(struct wr_parser *p, const struct wr_node *a, bool uses_input)
{
    struct wr_node *n;

    if (!a)
        return NULL;
    n = wr_parse_node(p, WR_N_TEST, a->at);
    n->a = a;
    n->uses_input = uses_input;

    return wr_parse_done(p, n);
}

static const struct wr_node *
test(struct wr_parser *p, int power)
{
    unsigned inputs = p->inputs;
    const struct wr_node *a;

    if (comparison(p))
        return compared(p);
    a = wr_parse_expr(p, power);

    return test_of(p, a, p->inputs > inputs);
}

static bool
more_tests(struct wr_parser *p, struct wr_nodes *kids)
{
    while (wr_parse_accept(p, ","))
        if (!wr_nodes_add(p, kids, test(p, 0)))
            return false;

    return true;
}

/* Behind "in (": a range, or tests. */
static const struct wr_node *
first_in_paren(struct wr_parser *p, size_t at, bool *was_range)
{
    unsigned inputs = p->inputs;
    const struct wr_node *a;

    *was_range = false;
    if (comparison(p))
        return compared(p);
    a = inner(p);
    if (a && wr_parse_is(p, "..")) {
        *was_range = true;
        a = range(p, at, a, WR_OPEN_START);
    }

    return test_of(p, a, p->inputs > inputs);
}

const struct wr_node *
wr_feel_in(struct wr_parser *p, const struct wr_node *left, struct wr_token t)
{
    struct wr_node *n = wr_parse_node(p, WR_N_IN, t.start);
    struct wr_nodes kids = { .n = 0 };
    size_t at = p->tok.start;
    bool was_range;

    n->a = left;
    if (!wr_parse_accept(p, "(")) {
        if (!wr_nodes_add(p, &kids, test(p, POWER_COMPARE)))
            return NULL;
    } else {
        if (!wr_nodes_add(p, &kids, first_in_paren(p, at, &was_range)))
            return NULL;
        if (!was_range && !(more_tests(p, &kids) && wr_parse_expect(p, ")")))
            return NULL;
    }
    wr_nodes_give(n, &kids);

    return wr_parse_done(p, n);
}

static bool
starts_not(const struct wr_parser *p)
{
    struct wr_err ignored = { .code = WR_OK };
    struct wr_parser ahead = *p;

    if (p->tok.end - p->tok.start != 3
        || memcmp(p->text + p->tok.start, "not", 3) != 0)
        return false;
    ahead.err = &ignored;
    wr_lex_next(&ahead);

    return wr_parse_is(&ahead, "(");
}

/* "-" | "not(" tests ")" | tests (DMN 1.5, 7.3.3 and grammar rules 12-17). */
const struct wr_node *
wr_unary_parse(struct wr_parser *p)
{
    struct wr_node *n = wr_parse_node(p, WR_N_UNARY, p->tok.start);
    struct wr_nodes kids = { .n = 0 };
    struct wr_parser before = *p;
    bool negated = starts_not(p);

    if (wr_parse_is(p, "-")) {
        wr_lex_next(p);
        if (p->tok.row == p->grammar->rows)
            return wr_parse_value(p, n->at, &wr_true);
        *p = before;
    }
    if (negated) {
        wr_lex_next(p);
        wr_lex_next(p);
    }
    if (!wr_nodes_add(p, &kids, test(p, 0)) || !more_tests(p, &kids))
        return NULL;
    if (negated && !wr_parse_expect(p, ")"))
        return NULL;
    n->open = negated;
    wr_nodes_give(n, &kids);

    return wr_parse_done(p, n);
}
