/*
 * The Pratt loop and what both languages share.
 *
 * Invariants: recursion is bounded by p->depth (WR_EXPR_DEPTH); the height of
 * every node is at most WR_EXPR_HEIGHT, chains of infix operators included, so
 * that whoever walks a tree may recurse.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/feel/parse.h"

void
wr_expr_place(const char *text, size_t at, int *line, int *column)
{
    *line = 1;
    *column = 1;
    for (size_t i = 0; i < at && text[i]; i++) {
        if (text[i] == '\n') {
            ++*line;
            *column = 1;
        } else if ((text[i] & 0xc0) != 0x80) {
            ++*column;
        }
    }
}

const struct wr_node *
wr_parse_fail(struct wr_parser *p, enum wr_code code, size_t at,
              const char *fmt, ...)
{
    char text[200];
    va_list ap;

    if (p->failed)
        return NULL;
    p->failed = true;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    wr_fail(p->err, code, "%s", text);
    wr_expr_place(p->text, at, &p->err->line, &p->err->column);

    return NULL;
}

const struct wr_node *
wr_parse_unexpected(struct wr_parser *p)
{
    struct wr_token t = p->tok;

    if (t.row == &p->grammar->rows[WR_TOK_END])
        return wr_parse_fail(p, WR_EEXPR, t.start,
                             "the expression ends too early");

    return wr_parse_fail(p, WR_EEXPR, t.start, "unexpected '%.*s'",
                         (int)(t.end - t.start > 40 ? 40 : t.end - t.start),
                         p->text + t.start);
}

bool
wr_parse_is(const struct wr_parser *p, const char *text)
{
    const struct wr_token_row *row = p->tok.row;

    return !p->failed && row >= &p->grammar->rows[WR_TOK_OTHER]
           && strcmp(row->text, text) == 0;
}

bool
wr_parse_accept(struct wr_parser *p, const char *text)
{
    if (!wr_parse_is(p, text))
        return false;
    wr_lex_next(p);

    return true;
}

bool
wr_parse_expect(struct wr_parser *p, const char *text)
{
    if (wr_parse_accept(p, text))
        return true;
    wr_parse_fail(
        p, WR_EEXPR, p->tok.start, "'%s' expected%s%.*s%s", text,
        p->tok.end > p->tok.start ? " before '" : "",
        (int)(p->tok.end - p->tok.start > 40 ? 40 : p->tok.end - p->tok.start),
        p->text + p->tok.start, p->tok.end > p->tok.start ? "'" : "");

    return false;
}

struct wr_node *
wr_parse_node(struct wr_parser *p, enum wr_node_kind kind, size_t at)
{
    struct wr_node *n = wr_new(p->arena, struct wr_node);

    n->kind = kind;
    n->at = (uint32_t)at;

    return n;
}

static void
rise(struct wr_node *n, const struct wr_node *child)
{
    if (child && n->height <= child->height)
        n->height = child->height + 1;
}

const struct wr_node *
wr_parse_done(struct wr_parser *p, struct wr_node *n)
{
    n->height = 1;
    rise(n, n->a);
    rise(n, n->b);
    rise(n, n->c);
    for (size_t i = 0; i < n->n_kids; i++)
        rise(n, n->kids[i]);
    if (n->height > WR_EXPR_HEIGHT)
        wr_parse_fail(p, WR_ELIMIT, n->at,
                      "the expression has more than %d levels", WR_EXPR_HEIGHT);

    return p->failed ? NULL : n;
}

const struct wr_node *
wr_parse_value(struct wr_parser *p, size_t at, const struct wr_value *v)
{
    struct wr_node *n = wr_parse_node(p, WR_N_LITERAL, at);

    n->value = v;

    return wr_parse_done(p, n);
}

const struct wr_node *
wr_parse_number(struct wr_parser *p, struct wr_token tok)
{
    const char *s = p->text + tok.start;
    size_t len = tok.end - tok.start;
    struct wr_err err = { .code = WR_OK };
    struct wr_decimal d;
    char *text = wr_arena_alloc(p->arena, len + 2);

    /* JSON knows neither .5 nor 007. */
    while (len > 1 && s[0] == '0' && s[1] >= '0' && s[1] <= '9')
        s++, len--;
    text[0] = '0';
    memcpy(text + 1, s, len);
    if (s[0] == '.' ? wr_decimal_parse(text, len + 1, &d, &err) < 0
                    : wr_decimal_parse(s, len, &d, &err) < 0)
        return wr_parse_fail(p, WR_EEXPR, tok.start, "%s", err.text);

    return wr_parse_value(p, tok.start, wr_value_number(p->arena, d));
}

const struct wr_node *
wr_parse_string(struct wr_parser *p, struct wr_token tok)
{
    size_t len;
    const char *s = wr_lex_string(p, tok, &len);

    return wr_parse_value(p, tok.start, wr_value_stringn(p->arena, s, len));
}

bool
wr_nodes_add(struct wr_parser *p, struct wr_nodes *l, const struct wr_node *n)
{
    if (!n)
        return false;
    if (l->n == l->cap) {
        size_t cap = l->cap ? l->cap * 2 : 4;
        const struct wr_node **items = wr_newn(p->arena, const struct wr_node *,
                                               cap);

        if (l->n)
            memcpy(items, l->items, l->n * sizeof(*items));
        l->items = items;
        l->cap = cap;
    }
    l->items[l->n++] = n;

    return true;
}

void
wr_nodes_give(struct wr_node *to, const struct wr_nodes *l)
{
    to->kids = l->items;
    to->n_kids = l->n;
}

/* `[` behind the end of a range closes it when nothing can follow inside:
 * "[1..10[ = x" against "[1..list[1]]". */
static bool
closes_range(struct wr_parser *p)
{
    struct wr_err ignored = { .code = WR_OK };
    struct wr_parser ahead = *p;

    if (!p->in_range || !wr_parse_is(p, "["))
        return false;
    ahead.err = &ignored;
    wr_lex_next(&ahead);

    return !ahead.tok.row->prefix;
}

static const struct wr_node *
climb(struct wr_parser *p, int power)
{
    struct wr_token tok = p->tok;
    const struct wr_node *left;

    if (p->failed || !tok.row->prefix)
        return wr_parse_unexpected(p);
    if (tok.row != &p->grammar->rows[WR_TOK_NAME])
        wr_lex_next(p);
    left = tok.row->prefix(p, tok);
    while (left && !p->failed && p->tok.row->infix && p->tok.row->power > power
           && !closes_range(p)) {
        tok = p->tok;
        wr_lex_next(p);
        left = tok.row->infix(p, left, tok);
    }

    return p->failed ? NULL : left;
}

const struct wr_node *
wr_parse_expr(struct wr_parser *p, int power)
{
    const struct wr_node *n;

    if (p->depth >= WR_EXPR_DEPTH)
        return wr_parse_fail(p, WR_ELIMIT, p->tok.start,
                             "the expression is nested more than %d deep",
                             WR_EXPR_DEPTH);
    p->depth++;
    n = climb(p, power);
    p->depth--;

    return n;
}

const struct wr_node *
wr_parse_null(struct wr_parser *p, struct wr_token tok)
{
    return wr_parse_value(p, tok.start, &wr_null);
}

const struct wr_node *
wr_parse_true(struct wr_parser *p, struct wr_token tok)
{
    return wr_parse_value(p, tok.start, &wr_true);
}

const struct wr_node *
wr_parse_false(struct wr_parser *p, struct wr_token tok)
{
    return wr_parse_value(p, tok.start, &wr_false);
}

const struct wr_node *
wr_parse_refuse(struct wr_parser *p, struct wr_token tok)
{
    return wr_parse_fail(p, WR_EUNSUPPORTED, tok.start,
                         "'%s' is not supported here", tok.row->text);
}

const struct wr_node *
wr_parse_refuse_infix(struct wr_parser *p, const struct wr_node *left,
                      struct wr_token tok)
{
    (void)left;

    return wr_parse_refuse(p, tok);
}

const struct wr_node *
wr_parse_refuse_call(struct wr_parser *p, const struct wr_node *left,
                     struct wr_token tok)
{
    (void)left;

    return wr_parse_fail(p, WR_EUNSUPPORTED, tok.start,
                         "calling a value is not supported");
}
