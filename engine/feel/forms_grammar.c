/* if, for, some, every, function, contexts and calls. */
#include <string.h>

#include "engine/feel/feel_grammar.h"

const struct wr_node *
wr_feel_if(struct wr_parser *p, struct wr_token t)
{
    struct wr_node *n = wr_parse_node(p, WR_N_IF, t.start);

    n->a = wr_parse_expr(p, 0);
    if (!n->a || !wr_parse_expect(p, "then"))
        return NULL;
    n->b = wr_parse_expr(p, 0);
    if (!n->b || !wr_parse_expect(p, "else"))
        return NULL;
    n->c = wr_parse_expr(p, 0);

    return n->c ? wr_parse_done(p, n) : NULL;
}

/* name in list | name in from..to */
static const struct wr_node *
each(struct wr_parser *p)
{
    struct wr_node *n = wr_parse_node(p, WR_N_EACH, p->tok.start);

    n->name = wr_parse_words(p);
    if (!n->name || !wr_parse_expect(p, "in"))
        return NULL;
    n->len = strlen(n->name);
    n->a = wr_parse_expr(p, 0);
    if (!n->a)
        return NULL;
    if (wr_parse_accept(p, "..")) {
        n->b = wr_parse_expr(p, 0);
        if (!n->b)
            return NULL;
    }
    wr_parse_bind(p, n->name);

    return wr_parse_done(p, n);
}

static const struct wr_node *
iteration(struct wr_parser *p, struct wr_token t, enum wr_node_kind kind,
          const char *word)
{
    struct wr_node *n = wr_parse_node(p, kind, t.start);
    const struct wr_bound *outer = p->bound;
    struct wr_nodes kids = { .n = 0 };

    do {
        if (!wr_nodes_add(p, &kids, each(p)))
            return NULL;
    } while (wr_parse_accept(p, ","));
    wr_nodes_give(n, &kids);
    if (!wr_parse_expect(p, word))
        return NULL;
    if (kind == WR_N_FOR)
        wr_parse_bind(p, "partial");
    n->a = wr_parse_expr(p, 0);
    p->bound = outer;

    return n->a ? wr_parse_done(p, n) : NULL;
}

const struct wr_node *
wr_feel_for(struct wr_parser *p, struct wr_token t)
{
    return iteration(p, t, WR_N_FOR, "return");
}

const struct wr_node *
wr_feel_some(struct wr_parser *p, struct wr_token t)
{
    return iteration(p, t, WR_N_SOME, "satisfies");
}

const struct wr_node *
wr_feel_every(struct wr_parser *p, struct wr_token t)
{
    return iteration(p, t, WR_N_EVERY, "satisfies");
}

static const struct wr_node *
param(struct wr_parser *p)
{
    struct wr_node *n = wr_parse_node(p, WR_N_PARAM, p->tok.start);

    n->name = wr_parse_words(p);
    if (!n->name)
        return NULL;
    n->len = strlen(n->name);
    wr_parse_bind(p, n->name);
    if (wr_parse_accept(p, ":")) {
        n->type = wr_parse_type(p);
        if (!n->type)
            return NULL;
    }

    return wr_parse_done(p, n);
}

const struct wr_node *
wr_feel_function(struct wr_parser *p, struct wr_token t)
{
    struct wr_node *n = wr_parse_node(p, WR_N_FUNCTION, t.start);
    const struct wr_bound *outer = p->bound;
    struct wr_nodes kids = { .n = 0 };

    if (!wr_parse_expect(p, "("))
        return NULL;
    if (!wr_parse_accept(p, ")")) {
        do {
            if (!wr_nodes_add(p, &kids, param(p)))
                return NULL;
        } while (wr_parse_accept(p, ","));
        if (!wr_parse_expect(p, ")"))
            return NULL;
    }
    wr_nodes_give(n, &kids);
    if (wr_parse_is(p, "external"))
        return wr_parse_fail(p, WR_EUNSUPPORTED, p->tok.start,
                             "external functions are not supported");
    n->a = wr_parse_expr(p, 0);
    p->bound = outer;

    return n->a ? wr_parse_done(p, n) : NULL;
}

/* A key that is no string: everything up to the colon, blanks made single. */
static const char *
bare_key(struct wr_parser *p)
{
    struct wr_str s = { .arena = p->arena };
    size_t i = p->tok.start;
    bool blank = false;

    for (; i < p->len && p->text[i] != ':'; i++) {
        char c = p->text[i];

        if (strchr("{}[]()\",;<>=#", c)) {
            p->tok.start = i;
            wr_parse_fail(p, WR_EEXPR, i, "'%c' in a context key", c);
            return NULL;
        }
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            blank = true;
            continue;
        }
        if (blank && s.len)
            wr_str_addc(&s, ' ');
        blank = false;
        wr_str_addc(&s, c);
    }
    p->pos = i;
    p->failed = false;
    wr_lex_next(p);

    return s.len ? s.s : NULL;
}

static const char *
key(struct wr_parser *p)
{
    struct wr_token tok = p->tok;
    const char *name;
    size_t len;

    if (tok.row == &p->grammar->rows[WR_TOK_STRING]) {
        wr_lex_next(p);
        return wr_lex_string(p, tok, &len);
    }
    if (!wr_lex_is_name_start((unsigned char)p->text[tok.start], true)) {
        (void)wr_parse_unexpected(p);
        return NULL;
    }
    name = bare_key(p);
    if (!name)
        (void)wr_parse_unexpected(p);

    return name;
}

static void
remember_key(struct wr_parser *p, const char *name)
{
    struct wr_bound *b = wr_new(p->arena, struct wr_bound);

    b->name = name;
    b->next = p->keys;
    p->keys = b;
}

static const struct wr_node *
entry(struct wr_parser *p)
{
    struct wr_node *n = wr_parse_node(p, WR_N_ENTRY, p->tok.start);

    n->name = key(p);
    if (!n->name || !wr_parse_expect(p, ":"))
        return NULL;
    n->len = strlen(n->name);
    n->a = wr_parse_expr(p, 0);
    if (!n->a)
        return NULL;
    wr_parse_bind(p, n->name);
    remember_key(p, n->name);

    return wr_parse_done(p, n);
}

static bool
has_key(const struct wr_nodes *kids, const char *name)
{
    for (size_t i = 0; i < kids->n; i++)
        if (strcmp(kids->items[i]->name, name) == 0)
            return true;

    return false;
}

const struct wr_node *
wr_feel_context(struct wr_parser *p, struct wr_token t)
{
    struct wr_node *n = wr_parse_node(p, WR_N_CONTEXT, t.start);
    const struct wr_bound *outer = p->bound;
    struct wr_nodes kids = { .n = 0 };
    bool in_range = p->in_range;

    p->in_range = false;
    if (!wr_parse_is(p, "}")) {
        do {
            const struct wr_node *e = entry(p);

            if (e && has_key(&kids, e->name))
                return wr_parse_fail(p, WR_EEXPR, e->at,
                                     "the key '%s' is there twice", e->name);
            if (!wr_nodes_add(p, &kids, e))
                return NULL;
        } while (wr_parse_accept(p, ","));
    }
    p->in_range = in_range;
    p->bound = outer;
    wr_nodes_give(n, &kids);

    return wr_parse_expect(p, "}") ? wr_parse_done(p, n) : NULL;
}

/* "name :" starts a named argument; anything else is left alone. */
static const char *
argument_name(struct wr_parser *p)
{
    struct wr_parser ahead = *p;
    struct wr_err ignored = { .code = WR_OK };
    const char *name;

    if (p->tok.row != &p->grammar->rows[WR_TOK_NAME])
        return NULL;
    ahead.err = &ignored;
    name = wr_parse_words(&ahead);
    if (!name || !wr_parse_is(&ahead, ":"))
        return NULL;
    name = wr_parse_words(p);

    return wr_parse_expect(p, ":") ? name : NULL;
}

static const struct wr_node *
argument(struct wr_parser *p)
{
    struct wr_node *n;
    size_t at = p->tok.start;
    const char *name = argument_name(p);

    if (!name)
        return wr_parse_expr(p, 0);
    n = wr_parse_node(p, WR_N_ENTRY, at);
    n->name = name;
    n->len = strlen(name);
    n->a = wr_parse_expr(p, 0);

    return n->a ? wr_parse_done(p, n) : NULL;
}

const struct wr_node *
wr_feel_call(struct wr_parser *p, const struct wr_node *left, struct wr_token t)
{
    struct wr_node *n = wr_parse_node(p, WR_N_CALL, t.start);
    struct wr_nodes kids = { .n = 0 };
    bool in_range = p->in_range;

    p->in_range = false;
    n->a = left;
    if (!wr_parse_is(p, ")")) {
        do {
            if (!wr_nodes_add(p, &kids, argument(p)))
                return NULL;
        } while (wr_parse_accept(p, ","));
    }
    p->in_range = in_range;
    for (size_t i = 1; i < kids.n; i++)
        if ((kids.items[i]->kind == WR_N_ENTRY)
            != (kids.items[0]->kind == WR_N_ENTRY))
            return wr_parse_fail(p, WR_EEXPR, kids.items[i]->at,
                                 "named and unnamed arguments are mixed");
    wr_nodes_give(n, &kids);

    return wr_parse_expect(p, ")") ? wr_parse_done(p, n) : NULL;
}
