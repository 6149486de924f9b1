/*
 * matches, replace, split: XPath regular expressions on ICU.
 *
 * The pattern is rewritten where the two differ: flag x drops blanks, $ is the
 * very end without flag m, \p{IsX} names a block, "-[" subtracts a class, \i
 * and \c are XML names, and a back reference in a class is an error.  ICU's
 * step limit keeps hostile patterns from running on.
 */
#include <string.h>
#include <unicode/uregex.h>
#include <unicode/ustring.h>

#include "engine/feel/builtin.h"

enum {
    REGEX_TIME = 64,          /* ICU's unit: some 10,000 steps */
    REGEX_STACK = 1024 * 1024 /* bytes */
};

struct utf16 {
    UChar *s;
    int32_t len;
};

static bool
widen(struct wr_eval *ev, const char *s, size_t len, struct utf16 *out)
{
    UErrorCode status = U_ZERO_ERROR;

    if (len > WR_EXPR_STRING || !wr_eval_charge(ev, len / 16 + 1))
        return false;
    out->s = wr_newn(ev->arena, UChar, len + 1);
    u_strFromUTF8(out->s, (int32_t)len + 1, &out->len, s, (int32_t)len,
                  &status);

    return U_SUCCESS(status);
}

static const struct wr_value *
narrow(struct wr_eval *ev, const UChar *s, int32_t len)
{
    UErrorCode status = U_ZERO_ERROR;
    size_t cap = (size_t)len * 3 + 1;
    char *to;
    int32_t n = 0;

    if (!wr_eval_charge(ev, (size_t)len / 16 + 1))
        return NULL;
    to = wr_arena_alloc(ev->arena, cap);
    u_strToUTF8(to, (int32_t)cap, &n, s, len, &status);

    return wr_value_stringn(ev->arena, to, (size_t)n);
}

static bool
flags_of(const struct wr_value *v, uint32_t *flags, bool *blanks)
{
    *flags = 0;
    *blanks = true;
    if (!v || v->type == WR_V_NULL)
        return true;
    for (size_t i = 0; i < v->string.len; i++) {
        if (v->string.s[i] == 's')
            *flags |= UREGEX_DOTALL;
        else if (v->string.s[i] == 'm')
            *flags |= UREGEX_MULTILINE;
        else if (v->string.s[i] == 'i')
            *flags |= UREGEX_CASE_INSENSITIVE;
        else if (v->string.s[i] == 'q')
            *flags |= UREGEX_LITERAL;
        else if (v->string.s[i] == 'x')
            *blanks = false;
        else
            return false;
    }

    return true;
}

static bool
blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* `s` is at a backslash; bytes eaten, 0: not allowed here. */
static size_t
rewrite_escape(struct wr_str *out, const char *s, size_t n, int classes)
{
    char c = n > 1 ? s[1] : 0;

    if (c == '0' || (classes && c >= '1' && c <= '9'))
        return 0;
    if (c == 'i' || c == 'I')
        wr_str_add(out, c == 'i' ? "[_:\\p{L}\\p{Nl}]" : "[^_:\\p{L}\\p{Nl}]");
    else if (c == 'c' || c == 'C')
        wr_str_add(out, c == 'c' ? "[-._:\\p{L}\\p{N}\\p{M}]"
                                 : "[^-._:\\p{L}\\p{N}\\p{M}]");
    else if (n > 5 && (c == 'p' || c == 'P') && !memcmp(s + 2, "{Is", 3)) {
        wr_str_printf(out, "\\%c{blk=", c);
        return 5;
    } else {
        wr_str_addn(out, s, n > 1 ? 2 : 1);
        return n > 1 ? 2 : 1;
    }

    return 2;
}

static void
drop_blanks(struct wr_str *out, const char *s, size_t n)
{
    int classes = 0;

    for (size_t i = 0; i < n; i++) {
        if (s[i] == '\\' && i + 1 < n) {
            wr_str_addc(out, s[i++]);
            while (!classes && i + 1 < n && blank(s[i]))
                i++;
        } else if (s[i] == '[') {
            classes++;
        } else if (s[i] == ']' && classes) {
            classes--;
        } else if (!classes && blank(s[i])) {
            continue;
        }
        wr_str_addc(out, s[i]);
    }
}

static bool
rewrite(struct wr_str *out, const char *s, size_t n, bool lines)
{
    int classes = 0;

    for (size_t i = 0; i < n; i++) {
        if (s[i] == '\\') {
            size_t used = rewrite_escape(out, s + i, n - i, classes);

            if (!used)
                return false;
            i += used - 1;
            continue;
        }
        if (s[i] == '$' && !classes && !lines) {
            wr_str_add(out, "\\z");
            continue;
        }
        if (s[i] == '[' && classes && i && s[i - 1] == '-')
            wr_str_addc(out, '-');
        if (s[i] == '[')
            classes++;
        else if (s[i] == ']' && classes)
            classes--;
        wr_str_addc(out, s[i]);
    }

    return true;
}

static void
close_regex(void *data)
{
    uregex_close(data);
}

/* NULL: the pattern or the flags are wrong, or a limit was passed. */
static URegularExpression *
compile(struct wr_eval *ev, const struct wr_value *pattern,
        const struct wr_value *flag_text, struct utf16 *text)
{
    struct wr_str bare = { .arena = ev->arena }, icu = { .arena = ev->arena };
    UErrorCode status = U_ZERO_ERROR;
    URegularExpression *re;
    struct utf16 wide;
    uint32_t flags;
    bool blanks;

    if (!flags_of(flag_text, &flags, &blanks))
        return NULL;
    if (blanks)
        wr_str_addn(&bare, pattern->string.s, pattern->string.len);
    else
        drop_blanks(&bare, pattern->string.s, pattern->string.len);
    if (flags & UREGEX_LITERAL)
        icu = bare;
    else if (!rewrite(&icu, wr_str_text(&bare), bare.len,
                      flags & UREGEX_MULTILINE))
        return NULL;
    if (!wr_eval_charge(ev, 20)
        || !widen(ev, wr_str_text(&icu), icu.len, &wide))
        return NULL;
    re = uregex_open(wide.s, wide.len, flags, NULL, &status);
    if (U_FAILURE(status))
        return NULL;
    wr_arena_defer(ev->arena, close_regex, re);
    uregex_setTimeLimit(re, REGEX_TIME, &status);
    uregex_setStackLimit(re, REGEX_STACK, &status);
    uregex_setText(re, text->s, text->len, &status);

    return U_SUCCESS(status) ? re : NULL;
}

static const struct wr_value *
bad_regex(struct wr_eval *ev, UErrorCode status)
{
    if (status == U_REGEX_TIME_OUT || status == U_REGEX_STACK_OVERFLOW)
        return wr_eval_fail(ev, WR_ELIMIT,
                            "the regular expression takes too long");

    return wr_eval_null(ev, "the regular expression or its flags are wrong");
}

const struct wr_value *
wr_fn_matches(struct wr_eval *ev, const struct wr_value *const *args)
{
    UErrorCode status = U_ZERO_ERROR;
    URegularExpression *re;
    struct utf16 text;
    bool found;

    if (!widen(ev, args[0]->string.s, args[0]->string.len, &text))
        return NULL;
    if (args[1]->string.len == 0)
        return wr_value_bool(true);
    re = compile(ev, args[1], args[2], &text);
    found = re && uregex_find(re, 0, &status);
    if (!re || U_FAILURE(status))
        return bad_regex(ev, status);

    return wr_value_bool(found);
}

const struct wr_value *
wr_fn_replace(struct wr_eval *ev, const struct wr_value *const *args)
{
    UErrorCode status = U_ZERO_ERROR;
    URegularExpression *re;
    struct utf16 text, with;
    int32_t n;
    UChar *to;

    if (!widen(ev, args[0]->string.s, args[0]->string.len, &text)
        || !widen(ev, args[2]->string.s, args[2]->string.len, &with))
        return NULL;
    re = compile(ev, args[1], args[3], &text);
    if (!re)
        return bad_regex(ev, status);
    n = uregex_replaceAll(re, with.s, with.len, NULL, 0, &status);
    if (status != U_BUFFER_OVERFLOW_ERROR && U_FAILURE(status))
        return bad_regex(ev, status);
    if (n > WR_EXPR_STRING || !wr_eval_charge(ev, (size_t)n / 16))
        return wr_eval_fail(ev, WR_ELIMIT, "a string is longer than %d bytes",
                            WR_EXPR_STRING);
    to = wr_newn(ev->arena, UChar, (size_t)n + 1);
    status = U_ZERO_ERROR;
    uregex_reset(re, 0, &status);
    uregex_replaceAll(re, with.s, with.len, to, n + 1, &status);
    if (U_FAILURE(status))
        return bad_regex(ev, status);

    return narrow(ev, to, n);
}

const struct wr_value *
wr_fn_split(struct wr_eval *ev, const struct wr_value *const *args)
{
    UErrorCode status = U_ZERO_ERROR;
    struct wr_values l = { .n = 0 };
    const struct wr_value *v;
    URegularExpression *re;
    struct utf16 text;
    int32_t from = 0;

    if (!widen(ev, args[0]->string.s, args[0]->string.len, &text))
        return NULL;
    re = compile(ev, args[1], NULL, &text);
    while (re && uregex_findNext(re, &status)) {
        int32_t start = uregex_start(re, 0, &status);
        int32_t end = uregex_end(re, 0, &status);

        if (start == end)
            continue;
        v = narrow(ev, text.s + from, start - from);
        if (!v || !wr_values_add(ev, &l, v))
            return NULL;
        from = end;
    }
    if (!re || U_FAILURE(status))
        return bad_regex(ev, status);
    v = narrow(ev, text.s + from, text.len - from);
    if (!v || !wr_values_add(ev, &l, v))
        return NULL;

    return wr_values_list(ev, &l);
}
