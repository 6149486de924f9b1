/* Values as text: string() and ${...} within text. */
#include <string.h>

#include "engine/base/time.h"
#include "engine/feel/eval.h"

static bool put(struct wr_eval *ev, struct wr_str *s, const struct wr_value *v,
                bool quoted);

static void
quote(struct wr_str *s, const char *text, size_t len)
{
    wr_str_addc(s, '"');
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '"' || text[i] == '\\')
            wr_str_addc(s, '\\');
        wr_str_addc(s, text[i]);
    }
    wr_str_addc(s, '"');
}

static bool
put_list(struct wr_eval *ev, struct wr_str *s, const struct wr_value *v)
{
    wr_str_addc(s, '[');
    for (size_t i = 0; i < v->list.n; i++) {
        if (i)
            wr_str_add(s, ", ");
        if (!put(ev, s, v->list.items[i], true))
            return false;
    }
    wr_str_addc(s, ']');

    return true;
}

static bool
put_context(struct wr_eval *ev, struct wr_str *s, const struct wr_value *v)
{
    wr_str_addc(s, '{');
    for (size_t i = 0; i < v->context.n; i++) {
        const char *key = v->context.entries[i].key;

        if (i)
            wr_str_add(s, ", ");
        if (strpbrk(key, "\":,{}[]()"))
            quote(s, key, strlen(key));
        else
            wr_str_add(s, key);
        wr_str_add(s, ": ");
        if (!put(ev, s, v->context.entries[i].value, true))
            return false;
    }
    wr_str_addc(s, '}');

    return true;
}

static const char *
compared(enum wr_op op)
{
    return op == WR_OP_LT   ? "<"
           : op == WR_OP_LE ? "<="
           : op == WR_OP_GT ? ">"
           : op == WR_OP_GE ? ">="
           : op == WR_OP_NE ? "!="
                            : "=";
}

static bool
put_range(struct wr_eval *ev, struct wr_str *s, const struct wr_range *r)
{
    if (r->op != WR_OP_NONE) {
        wr_str_printf(s, "%s ", compared(r->op));
        return put(ev, s, r->lo ? r->lo : r->hi, true);
    }
    wr_str_addc(s, r->open & WR_OPEN_START ? '(' : '[');
    if (!put(ev, s, r->lo ? r->lo : &wr_null, true))
        return false;
    wr_str_add(s, "..");
    if (!put(ev, s, r->hi ? r->hi : &wr_null, true))
        return false;
    wr_str_addc(s, r->open & WR_OPEN_END ? ')' : ']');

    return true;
}

static bool
put_typed(struct wr_eval *ev, struct wr_str *s, const struct wr_value *v,
          bool quoted)
{
    char number[WR_DECIMAL_TEXT];

    switch (v->type) {
    case WR_V_NULL:
        wr_str_add(s, "null");
        return true;
    case WR_V_BOOL:
        wr_str_add(s, v->boolean ? "true" : "false");
        return true;
    case WR_V_NUMBER:
        wr_decimal_text(v->number, number);
        wr_str_add(s, number);
        return true;
    case WR_V_STRING:
        if (quoted)
            quote(s, v->string.s, v->string.len);
        else
            wr_str_addn(s, v->string.s, v->string.len);
        return true;
    case WR_V_DATE:
    case WR_V_TIME:
    case WR_V_DATETIME:
    case WR_V_DURATION_YM:
    case WR_V_DURATION_DT:
        wr_temporal_text(s, v);
        return true;
    case WR_V_BYTES:
        wr_str_printf(s, "%zu bytes", v->string.len);
        return true;
    case WR_V_LIST:
        return put_list(ev, s, v);
    case WR_V_CONTEXT:
        return put_context(ev, s, v);
    case WR_V_RANGE:
        return put_range(ev, s, v->opaque);
    case WR_V_FUNCTION:
        wr_str_add(s, "function");
        return true;
    }

    return true;
}

static bool
put(struct wr_eval *ev, struct wr_str *s, const struct wr_value *v, bool quoted)
{
    size_t before = s->len;
    bool ok;

    if (ev->depth >= WR_EVAL_DEPTH || s->len > WR_EXPR_STRING) {
        wr_eval_fail(ev, WR_ELIMIT, "a value is too large for a string");
        return false;
    }
    if (!wr_eval_charge(ev, 1))
        return false;
    ev->depth++;
    ok = put_typed(ev, s, v, quoted);
    ev->depth--;
    if (v->type >= WR_V_LIST)
        return ok;

    return ok && wr_eval_charge(ev, (s->len - before) / 64);
}

const struct wr_value *
wr_text_of(struct wr_eval *ev, const struct wr_value *v)
{
    struct wr_str s = { .arena = ev->arena };

    if (v->type == WR_V_STRING)
        return v;
    if (!put(ev, &s, v, false))
        return NULL;

    return wr_value_stringn(ev->arena, wr_str_text(&s), s.len);
}
