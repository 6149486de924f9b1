/*
 * Text with ${...} or #{...}: the expression language of the Activiti family.
 *
 * What cannot run here (functions, lambdas, assignments, methods that no row of
 * methods.def knows, changing variables) is refused when parsed, by name.
 */
#include "engine/feel/juel.h"

#include <string.h>

#include "engine/feel/parse.h"

enum {
    POWER_CHOICE = 5,
    POWER_PREFIX = 70
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
    return binary(p, WR_N_J_LOGIC, left, tok);
}

static const struct wr_node *
compare(struct wr_parser *p, const struct wr_node *left, struct wr_token tok)
{
    return binary(p, WR_N_J_COMPARE, left, tok);
}

static const struct wr_node *
arith(struct wr_parser *p, const struct wr_node *left, struct wr_token tok)
{
    return binary(p, WR_N_J_ARITH, left, tok);
}

static const struct wr_node *
choice(struct wr_parser *p, const struct wr_node *left, struct wr_token tok)
{
    struct wr_node *n = wr_parse_node(p, WR_N_J_IF, tok.start);

    n->a = left;
    n->b = wr_parse_expr(p, 0);
    if (!n->b || !wr_parse_expect(p, ":"))
        return NULL;
    n->c = wr_parse_expr(p, POWER_CHOICE - 1);

    return n->c ? wr_parse_done(p, n) : NULL;
}

static const struct wr_node *
prefix(struct wr_parser *p, enum wr_node_kind kind, struct wr_token tok)
{
    struct wr_node *n = wr_parse_node(p, kind, tok.start);

    n->a = wr_parse_expr(p, POWER_PREFIX);

    return n->a ? wr_parse_done(p, n) : NULL;
}

static const struct wr_node *
negate(struct wr_parser *p, struct wr_token tok)
{
    return prefix(p, WR_N_J_NEGATE, tok);
}

static const struct wr_node *
invert(struct wr_parser *p, struct wr_token tok)
{
    return prefix(p, WR_N_J_NOT, tok);
}

static const struct wr_node *
empty(struct wr_parser *p, struct wr_token tok)
{
    return prefix(p, WR_N_J_EMPTY, tok);
}

static const struct wr_node *
group(struct wr_parser *p, struct wr_token tok)
{
    const struct wr_node *n = wr_parse_expr(p, 0);

    (void)tok;

    return n && wr_parse_expect(p, ")") ? n : NULL;
}

const char *
wr_juel_word(struct wr_parser *p)
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

bool
wr_juel_arguments(struct wr_parser *p, struct wr_node *n)
{
    struct wr_nodes kids = { .n = 0 };

    if (!wr_parse_expect(p, "("))
        return false;
    if (!wr_parse_is(p, ")")) {
        do {
            if (!wr_nodes_add(p, &kids, wr_parse_expr(p, 0)))
                return false;
        } while (wr_parse_accept(p, ","));
    }
    wr_nodes_give(n, &kids);

    return wr_parse_expect(p, ")");
}

/* "ns:function(" written without blanks. */
static bool
is_prefixed_call(const struct wr_parser *p, size_t end)
{
    size_t i = end + 1;

    if (end >= p->len || p->text[end] != ':')
        return false;
    while (i < p->len && wr_lex_is_name_part((unsigned char)p->text[i], false))
        i++;

    return i > end + 1 && i < p->len && p->text[i] == '(';
}

static const struct wr_node *
name(struct wr_parser *p, struct wr_token tok)
{
    struct wr_node *n = wr_parse_node(p, WR_N_J_NAME, tok.start);

    n->name = wr_juel_word(p);
    if (!n->name)
        return NULL;
    n->len = strlen(n->name);
    if (is_prefixed_call(p, tok.end))
        return wr_juel_prefixed(p, n->name, tok.start);
    if (wr_parse_is(p, "("))
        return wr_juel_function(p, n->name, tok.start);
    if (wr_juel_is_object(n->name))
        return wr_juel_object(p, n->name, tok.start);

    return wr_parse_done(p, n);
}

static const struct wr_node *
member(struct wr_parser *p, const struct wr_node *left, size_t at,
       const struct wr_node *key)
{
    struct wr_node *n = wr_parse_node(p, WR_N_J_MEMBER, at);

    n->a = left;
    n->b = key;

    return key ? wr_parse_done(p, n) : NULL;
}

static bool
is_task(const struct wr_node *n)
{
    return n->kind == WR_N_J_NAME && strcmp(n->name, "externalTask") == 0;
}

static const struct wr_node *
method(struct wr_parser *p, const struct wr_node *left, const char *called,
       size_t at)
{
    struct wr_node *n = wr_parse_node(p, WR_N_J_METHOD, at);

    n->a = left;
    n->name = called;
    n->open = left->kind == WR_N_J_MEMBER && is_task(left->a);
    if (!wr_juel_arguments(p, n))
        return NULL;
    if (!wr_juel_has_method(called))
        return wr_parse_fail(p, WR_EUNSUPPORTED, at,
                             "method '%s' is not supported", called);
    if (!wr_juel_takes(called, n->n_kids))
        return wr_parse_fail(p, WR_EUNSUPPORTED, at,
                             "method '%s' with %zu arguments is not supported",
                             called, n->n_kids);

    return wr_parse_done(p, n);
}

/* What an error event definition asks of its job: a property of `externalTask`
 * or, with `call`, a getter.  NULL: nothing we know; exec/outcome.c gives the
 * values. */
static const char *
part_of_task(const char *called, bool call)
{
    static const char *const names[] = {
        "id",         "errorMessage",      "errorDetails",
        "topicName",  "retries",           "priority",
        "activityId", "processInstanceId", "businessKey",
    };

    if (call && strncmp(called, "get", 3) != 0)
        return NULL;
    for (size_t i = 0; i < WR_COUNT(names); i++) {
        if (call ? called[3] == names[i][0] + 'A' - 'a'
                       && strcmp(called + 4, names[i] + 1) == 0
                 : strcmp(called, names[i]) == 0)
            return names[i];
    }

    return NULL;
}

static const struct wr_node *
of_task(struct wr_parser *p, const struct wr_node *left, const char *called,
        size_t at)
{
    bool call = wr_parse_is(p, "(");
    const char *part = part_of_task(called, call);

    if (!part)
        return wr_parse_fail(p, WR_EUNSUPPORTED, at,
                             "externalTask.%s is not supported", called);
    if (call && !(wr_parse_expect(p, "(") && wr_parse_expect(p, ")")))
        return NULL;

    return member(p, left, at,
                  wr_parse_value(p, at, wr_value_string(p->arena, part)));
}

static const struct wr_node *
dot(struct wr_parser *p, const struct wr_node *left, struct wr_token tok)
{
    const char *w = wr_juel_word(p);

    if (!w)
        return NULL;
    if (is_task(left))
        return of_task(p, left, w, tok.start);
    if (wr_parse_is(p, "("))
        return method(p, left, w, tok.start);

    return member(p, left, tok.start,
                  wr_parse_value(p, tok.start, wr_value_string(p->arena, w)));
}

static const struct wr_node *
indexed(struct wr_parser *p, const struct wr_node *left, struct wr_token tok)
{
    const struct wr_node *key = wr_parse_expr(p, 0);

    return key && wr_parse_expect(p, "]") ? member(p, left, tok.start, key)
                                          : NULL;
}

static const struct wr_token_row rows[] = {
#define WR_TOKEN(text, power, prefix, infix, op) \
    { text, power, prefix, infix, WR_OP_##op },
#include "engine/feel/juel_tokens.def"
#undef WR_TOKEN
};

const struct wr_grammar wr_juel_grammar = {
    .rows = rows,
    .n_rows = WR_COUNT(rows),
};

static bool
opens(const struct wr_parser *p, size_t i)
{
    return i + 1 < p->len && (p->text[i] == '$' || p->text[i] == '#')
           && p->text[i + 1] == '{';
}

/* The text up to the next ${, which p->pos is left at; \${ is no start. */
static const struct wr_value *
plain_text(struct wr_parser *p)
{
    struct wr_str s = { .arena = p->arena };

    while (p->pos < p->len && !opens(p, p->pos)) {
        if (p->text[p->pos] == '\\' && opens(p, p->pos + 1))
            p->pos++;
        wr_str_addc(&s, p->text[p->pos++]);
    }

    return wr_value_stringn(p->arena, wr_str_text(&s), s.len);
}

static const struct wr_node *
braced(struct wr_parser *p)
{
    const struct wr_node *n;

    p->pos += 2;
    wr_lex_next(p);
    n = wr_parse_expr(p, 0);
    if (!n)
        return NULL;
    if (!wr_parse_is(p, "}"))
        return wr_parse_unexpected(p);
    p->pos = p->tok.end;

    return n;
}

const struct wr_node *
wr_juel_parse(struct wr_parser *p)
{
    struct wr_node *n = wr_parse_node(p, WR_N_J_TEXT, 0);
    struct wr_nodes kids = { .n = 0 };

    while (p->pos < p->len) {
        size_t at = p->pos;
        const struct wr_value *text = plain_text(p);

        if (text->string.len
            && !wr_nodes_add(p, &kids, wr_parse_value(p, at, text)))
            return NULL;
        if (p->pos < p->len && !wr_nodes_add(p, &kids, braced(p)))
            return NULL;
    }
    if (kids.n == 1)
        return kids.items[0];
    if (kids.n == 0)
        return wr_parse_value(p, 0, wr_value_string(p->arena, ""));
    wr_nodes_give(n, &kids);

    return wr_parse_done(p, n);
}
