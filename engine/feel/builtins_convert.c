/* number(): text with separators of choice. */
#include <string.h>

#include "engine/feel/builtin.h"

static const struct wr_value *
separator(const struct wr_value *const *args, size_t i)
{
    return args[i] && args[i]->type == WR_V_STRING ? args[i] : NULL;
}

/* The separator's character; 0: none is given; -1: it is not one of `allowed`.
 */
static int
char_of(const struct wr_value *v, const char *allowed)
{
    if (!v)
        return 0;
    if (v->string.len != 1 || !strchr(allowed, v->string.s[0]))
        return -1;

    return v->string.s[0];
}

const struct wr_value *
wr_fn_number_from_text(struct wr_eval *ev, const struct wr_value *const *args)
{
    int group = char_of(separator(args, 1), " ,.");
    int point = char_of(separator(args, 2), ",.");
    struct wr_str s = { .arena = ev->arena };
    struct wr_err ignored = { .code = WR_OK };
    const char *text = args[0]->string.s;
    struct wr_decimal d;
    bool negative;

    if (group < 0 || point < 0 || (group && group == point)
        || !wr_eval_charge(ev, args[0]->string.len / 16))
        return wr_eval_null(ev, "number() does not take these separators");
    for (size_t i = 0; i < args[0]->string.len; i++) {
        if (group && text[i] == group)
            continue;
        if (point && text[i] == '.' && point != '.')
            return wr_eval_null(ev, "'%.60s' is no number", text);
        wr_str_addc(&s, point && text[i] == point ? '.' : text[i]);
    }
    text = wr_str_text(&s);
    negative = *text == '-';
    text += negative;
    while (text[0] == '0' && text[1] >= '0' && text[1] <= '9')
        text++;
    if (text[0] == '.')
        text = wr_arena_printf(ev->arena, "0%s", text);
    if (wr_decimal_parse(text, strlen(text), &d, &ignored) < 0 || *text == '-')
        return wr_eval_null(ev, "'%.60s' is no number", args[0]->string.s);

    return wr_value_number(ev->arena, negative ? wr_decimal_neg(d) : d);
}

const struct wr_value *
wr_fn_number_from_number(struct wr_eval *ev, const struct wr_value *const *args)
{
    (void)ev;

    return args[0];
}
