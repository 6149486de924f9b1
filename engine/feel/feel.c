/* The public face: parse, evaluate, ask about an expression. */
#include "engine/feel/feel.h"

#include <string.h>

#include "engine/base/str.h"
#include "engine/feel/eval.h"
#include "engine/feel/parse.h"
#include "engine/feel/python.h"

static int
check_text(const char *text, size_t len, struct wr_err *err)
{
    size_t valid;

    if (len > WR_EXPR_TEXT)
        return wr_fail(err, WR_ELIMIT,
                       "the expression has %zu bytes, at most %d are allowed",
                       len, WR_EXPR_TEXT);
    valid = wr_utf8_valid(text, len);
    if (valid == len && !memchr(text, 0, len))
        return 0;
    wr_fail(err, WR_EEXPR, "the expression is not valid UTF-8 text");
    wr_expr_place(text, valid < len ? valid : 0, &err->line, &err->column);

    return WR_EEXPR;
}

static const struct wr_node *
parse(struct wr_parser *p, enum wr_expr_lang lang)
{
    const struct wr_node *n;

    if (lang == WR_LANG_JUEL)
        return wr_juel_parse(p);
    wr_lex_next(p);
    n = lang == WR_LANG_UNARY ? wr_unary_parse(p) : wr_parse_expr(p, 0);
    if (n && p->tok.row != &p->grammar->rows[WR_TOK_END])
        return wr_parse_unexpected(p);

    return p->failed ? NULL : n;
}

/* A parser for the text in the place of `like`, with what that one knows. */
static struct wr_parser
parser_like(const struct wr_parser *like, enum wr_expr_lang lang,
            const struct wr_expr *e)
{
    struct wr_parser p = *like;

    p.grammar = lang == WR_LANG_JUEL     ? &wr_juel_grammar
                : lang == WR_LANG_PYTHON ? &wr_python_grammar
                                         : &wr_feel_grammar;
    p.text = e->text;
    p.len = e->len;
    p.pos = 0;
    p.inputs = 0;
    p.in_range = p.failed = false;

    return p;
}

static struct wr_expr *
expr_of(struct wr_arena *a, enum wr_expr_lang lang, const char *text,
        size_t len)
{
    struct wr_expr *e = wr_new(a, struct wr_expr);

    e->lang = lang;
    e->text = wr_arena_strndup(a, text, len);
    e->len = len;

    return e;
}

const struct wr_node *
wr_parse_part(struct wr_parser *like, enum wr_expr_lang lang, const char *text,
              size_t len)
{
    struct wr_node *n = wr_parse_node(like, WR_N_PART, 0);
    struct wr_expr *e;
    struct wr_parser p;

    if (check_text(text, len, like->err) < 0)
        return NULL;
    e = expr_of(like->arena, lang, text, len);
    p = parser_like(like, lang, e);
    e->root = parse(&p, lang);
    if (!e->root)
        return NULL;
    n->a = e->root;
    n->part = e;

    return wr_parse_done(like, n);
}

const struct wr_type *
wr_parse_type_text(struct wr_parser *like, const char *text, size_t len)
{
    struct wr_parser p;
    const struct wr_type *t;

    if (check_text(text, len, like->err) < 0)
        return NULL;
    p = parser_like(like, WR_LANG_FEEL,
                    expr_of(like->arena, WR_LANG_FEEL, text, len));
    wr_lex_next(&p);
    t = wr_parse_type(&p);
    if (t && p.tok.row != &p.grammar->rows[WR_TOK_END])
        (void)wr_parse_unexpected(&p);

    return p.failed ? NULL : t;
}

int
wr_expr_parse_known(struct wr_arena *a, enum wr_expr_lang lang,
                    const char *text, size_t len, const char *const *names,
                    size_t n_names, const struct wr_expr **out,
                    struct wr_err *err)
{
    struct wr_expr *e;
    struct wr_parser p = {
        .arena = a,
        .known = names,
        .n_known = n_names,
        .err = err,
    };

    if (check_text(text, len, err) < 0)
        return err->code;
    e = expr_of(a, lang, text, len);
    p = parser_like(&p, lang, e);
    e->root = parse(&p, lang);
    if (!e->root)
        return err->code;
    *out = e;

    return 0;
}

int
wr_expr_parse(struct wr_arena *a, enum wr_expr_lang lang, const char *text,
              size_t len, const struct wr_expr **out, struct wr_err *err)
{
    return wr_expr_parse_known(a, lang, text, len, NULL, 0, out, err);
}

/* false: more than *left values, or deeper than a result may be. */
static bool
measure(size_t *left, const struct wr_value *v, int depth)
{
    if (*left == 0 || depth > WR_EXPR_DEPTH)
        return false;
    --*left;
    if (v->type == WR_V_LIST)
        for (size_t i = 0; i < v->list.n; i++)
            if (!measure(left, v->list.items[i], depth + 1))
                return false;
    if (v->type == WR_V_CONTEXT)
        for (size_t i = 0; i < v->context.n; i++)
            if (!measure(left, v->context.entries[i].value, depth + 1))
                return false;

    return true;
}

const struct wr_value *
wr_expr_measured(struct wr_eval *ev, const struct wr_value *v)
{
    size_t left = WR_EXPR_RESULT;

    /* Values share their parts: a small evaluation can build a huge tree. */
    if (measure(&left, v, 0))
        return v;

    return wr_eval_fail(ev, WR_ELIMIT,
                        "the result has more than %d values or %d levels",
                        WR_EXPR_RESULT, WR_EXPR_DEPTH);
}

int
wr_expr_eval(const struct wr_expr *e, struct wr_expr_env *env,
             const struct wr_value **out, struct wr_err *err)
{
    struct wr_eval ev = {
        .expr = e,
        .env = env,
        .arena = env->arena,
        .err = err,
    };
    const struct wr_value *v = wr_eval(&ev, e->root);

    v = v ? wr_expr_measured(&ev, v) : NULL;
    if (!v)
        return err->code;
    *out = v;

    return 0;
}

static bool
juel_truth(const struct wr_value *v, bool *out)
{
    if (v->type == WR_V_BOOL) {
        *out = v->boolean;
        return true;
    }
    if (v->type != WR_V_STRING)
        return false;
    *out = strcmp(v->string.s, "true") == 0;

    return *out || strcmp(v->string.s, "false") == 0;
}

int
wr_expr_test(const struct wr_expr *e, struct wr_expr_env *env, bool *out,
             struct wr_err *err)
{
    const struct wr_value *v;

    if (wr_expr_eval(e, env, &v, err) < 0)
        return err->code;
    if (e->lang == WR_LANG_PYTHON) {
        *out = wr_python_truth(v);
        return 0;
    }
    if (e->lang != WR_LANG_JUEL) {
        *out = v->type == WR_V_BOOL && v->boolean;
        return 0;
    }
    if (juel_truth(v, out))
        return 0;

    return wr_fail(err, WR_EEXPR, "the condition is a %s, not a boolean",
                   wr_type_of(v));
}

const char *
wr_expr_text(const struct wr_expr *e)
{
    return e->text;
}

enum wr_expr_lang
wr_expr_lang(const struct wr_expr *e)
{
    return e->lang;
}

bool
wr_expr_is_constant(const struct wr_expr *e)
{
    return e->root->kind == WR_N_LITERAL;
}

struct found {
    struct wr_arena *arena;
    const struct wr_bound *names;
    void (*fn)(void *data, const char *name, size_t len);
    void *data;
};

static void
found(struct found *f, const char *name, size_t len)
{
    struct wr_bound *b;

    for (const struct wr_bound *seen = f->names; seen; seen = seen->next)
        if (strcmp(seen->name, name) == 0)
            return;
    b = wr_new(f->arena, struct wr_bound);
    b->name = name;
    b->next = f->names;
    f->names = b;
    f->fn(f->data, name, len);
}

static void
find_names(struct found *f, const struct wr_node *n)
{
    bool apart; /* what `a` holds is no variable, or was found before */

    if (n->kind == WR_N_NAME && !n->bound && strcmp(n->name, "?") != 0)
        found(f, n->name, n->len);
    if (n->kind == WR_N_J_NAME || n->kind == WR_N_P_NAME)
        found(f, n->name, n->len);
    if ((n->kind == WR_N_J_VARIABLE || n->kind == WR_N_J_FUNCTION
         || n->kind == WR_N_P_VARIABLE)
        && n->a->kind == WR_N_LITERAL && n->a->value->type == WR_V_STRING)
        found(f, n->a->value->string.s, n->a->value->string.len);
    apart = n->kind == WR_N_CALL && n->a->builtin;
    /* Walked with the link before; twice at each level would be for ever. */
    if ((n->kind == WR_N_P_COMPARE || n->kind == WR_N_P_IN
         || n->kind == WR_N_P_IS)
        && n->strict)
        apart = true;
    if (n->a && !apart)
        find_names(f, n->a);
    if (n->b)
        find_names(f, n->b);
    if (n->c)
        find_names(f, n->c);
    for (size_t i = 0; i < n->n_kids; i++)
        find_names(f, n->kids[i]);
}

void
wr_expr_names(const struct wr_expr *e,
              void (*fn)(void *data, const char *name, size_t len), void *data)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1024);
    struct found f = { .arena = a, .fn = fn, .data = data };

    find_names(&f, e->root);
}

bool
wr_expr_storable(const struct wr_value *v)
{
    struct wr_err ignored;

    return wr_value_storable(v, &ignored) == 0;
}
