/* The contract of feel.h: limits, errors with places, names, warnings. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/feel/feel.h"
#include "tests/lib/t.h"

static struct wr_arena *arena;
static struct wr_err err;

static void
setup(void)
{
    arena = wr_arena_new(4096);
    err = (struct wr_err){ .code = WR_OK };
}

static void
teardown(void)
{
    wr_arena_free(arena);
}

static const struct wr_expr *
parsed(enum wr_expr_lang lang, const char *text)
{
    const struct wr_expr *e;

    if (wr_expr_parse(arena, lang, text, strlen(text), &e, &err) < 0)
        ck_abort_msg("%s: %s", text, err.text);

    return e;
}

static int
parse_code(enum wr_expr_lang lang, const char *text)
{
    const struct wr_expr *e;

    return wr_expr_parse(arena, lang, text, strlen(text), &e, &err);
}

static int
eval_code(const char *text, int64_t budget)
{
    struct wr_expr_env env = { .arena = arena, .budget = budget };
    const struct wr_value *v;

    return wr_expr_eval(parsed(WR_LANG_FEEL, text), &env, &v, &err);
}

static char *
repeat(const char *s, size_t n, const char *tail)
{
    size_t len = strlen(s);
    char *text = wr_arena_alloc(arena, len * n + strlen(tail) + 1);

    for (size_t i = 0; i < n; i++)
        memcpy(text + i * len, s, len);
    memcpy(text + len * n, tail, strlen(tail));

    return text;
}

START_TEST(errors_have_a_place)
{
    ck_assert_int_eq(parse_code(WR_LANG_FEEL, "1 +\n  )"), WR_EEXPR);
    ck_assert_int_eq(err.line, 2);
    ck_assert_int_eq(err.column, 3);
    ck_assert_str_eq(err.text, "unexpected ')'");

    ck_assert_int_eq(parse_code(WR_LANG_JUEL, "\xc3\xa9${a b}"), WR_EEXPR);
    ck_assert_int_eq(err.column, 6);
}
END_TEST

START_TEST(bad_text_is_refused)
{
    const struct wr_expr *e;

    ck_assert_int_eq(parse_code(WR_LANG_FEEL, "\"\xff\""), WR_EEXPR);
    ck_assert_int_eq(wr_expr_parse(arena, WR_LANG_FEEL, "1\0+1", 4, &e, &err),
                     WR_EEXPR);
    ck_assert_int_eq(parse_code(WR_LANG_FEEL, ""), WR_EEXPR);
    ck_assert_int_eq(
        parse_code(WR_LANG_FEEL, repeat("1+", WR_EXPR_TEXT / 2, "11")),
        WR_ELIMIT);
}
END_TEST

START_TEST(depth_is_limited)
{
    static const char *const opening[] = {
        "(",         "[",           "{a:", "-",
        "not(",      "f(",          "if ", "x in (",
        "for x in ", "function() ", "x[",  "1 instance of list<"
    };

    for (size_t i = 0; i < WR_COUNT(opening); i++)
        ck_assert_int_eq(
            parse_code(WR_LANG_FEEL, repeat(opening[i], 5000, "1")), WR_ELIMIT);
    ck_assert_int_eq(parse_code(WR_LANG_FEEL, repeat("1+", 5000, "1")),
                     WR_ELIMIT);
    ck_assert_int_eq(parse_code(WR_LANG_FEEL, repeat("1+", 400, "1")), 0);
    ck_assert_int_eq(parse_code(WR_LANG_JUEL, repeat("${(", 1, "")), WR_EEXPR);
    ck_assert_int_eq(
        parse_code(WR_LANG_JUEL,
                   wr_arena_printf(arena, "${%s}", repeat("!", 5000, "a"))),
        WR_ELIMIT);
}
END_TEST

START_TEST(work_is_limited)
{
    static const char *const greedy[] = {
        "for i in 1..10000000 return i",
        "for i in 1..1000, j in 1..1000 return i",
        "count(for i in 1..100 return for j in 1..100000 return j)",
        /* a string that doubles */
        "for i in 1..100 return if i = 1 then \"abcdefgh\" "
        "else partial[-1] + partial[-1]",
        /* a list that holds itself twice, again and again */
        "for i in 1..60 return if i = 1 then [1] "
        "else [partial[-1], partial[-1]]",
        "string(for i in 1..40 return if i = 1 then [1] "
        "else [partial[-1], partial[-1]])",
        "(for i in 1..40 return if i = 1 then [1] "
        "else [partial[-1], partial[-1]]) = "
        "(for i in 1..40 return if i = 1 then [1] "
        "else [partial[-1], partial[-1]])",
        "flatten(for i in 1..40 return if i = 1 then [1] "
        "else [partial[-1], partial[-1]])",
        "{f: function(g) g(g), x: f(f)}.x",
        "(function(f, n) f(f, n + 1))(function(f, n) f(f, n + 1), 0)",
        "matches(string join(for i in 1..2000 return \"a\"), \"(a*)*b\")",
        "distinct values(for i in 1..20000 return i)",
    };

    for (size_t i = 0; i < WR_COUNT(greedy); i++) {
        int rc = eval_code(greedy[i], WR_EXPR_BUDGET);

        if (rc != WR_ELIMIT)
            ck_abort_msg("%s gives %d", greedy[i], rc);
    }
}
END_TEST

START_TEST(the_budget_counts_down)
{
    struct wr_expr_env env = { .arena = arena, .budget = 10 };
    const struct wr_expr *e = parsed(WR_LANG_FEEL, "1 + 2");
    const struct wr_value *v;

    ck_assert_int_eq(wr_expr_eval(e, &env, &v, &err), 0);
    ck_assert_int_eq(env.budget, 7);
    ck_assert_int_eq(wr_expr_eval(e, &env, &v, &err), 0);
    ck_assert_int_eq(wr_expr_eval(e, &env, &v, &err), 0);
    ck_assert_int_eq(wr_expr_eval(e, &env, &v, &err), WR_ELIMIT);
    ck_assert_int_eq(env.budget, 0);
}
END_TEST

START_TEST(a_passed_arena_cap_ends_it)
{
    wr_arena_set_cap(arena, wr_arena_used(arena) + 20000);
    ck_assert_int_eq(eval_code("for i in 1..5000 return i", WR_EXPR_BUDGET),
                     WR_ELIMIT);
}
END_TEST

START_TEST(warnings_are_kept_and_counted)
{
    struct wr_expr_env env = { .arena = arena, .budget = WR_EXPR_BUDGET };
    const struct wr_expr *e = parsed(WR_LANG_FEEL, "[x,\n y]");
    const struct wr_value *v;

    ck_assert_int_eq(wr_expr_eval(e, &env, &v, &err), 0);
    ck_assert_uint_eq(env.n_warnings, 2);
    ck_assert_str_eq(env.warnings->text, "no variable 'x'");
    ck_assert_int_eq(env.warnings->next->line, 2);
    ck_assert_int_eq(env.warnings->next->column, 2);
    ck_assert_ptr_null(env.warnings->next->next);
    for (int i = 0; i < 20; i++)
        ck_assert_int_eq(wr_expr_eval(e, &env, &v, &err), 0);
    ck_assert_uint_eq(env.n_warnings, 42);
}
END_TEST

static void
join(void *data, const char *name, size_t len)
{
    struct wr_str *s = data;

    wr_str_addn(s, name, len);
    wr_str_addc(s, ';');
}

static const char *
names_of(enum wr_expr_lang lang, const char *text)
{
    struct wr_str s = { .arena = arena };

    wr_expr_names(parsed(lang, text), join, &s);

    return wr_str_text(&s);
}

/* 0<(0<(...x...)<0)<0 */
static const char *
nested_chains(int depth)
{
    static char text[1024];
    size_t n = 0;

    for (int i = 0; i < depth; i++)
        n += (size_t)sprintf(text + n, "0<(");
    text[n++] = 'x';
    for (int i = 0; i < depth; i++)
        n += (size_t)sprintf(text + n, ")<0");

    return text;
}

START_TEST(free_names_are_found)
{
    ck_assert_str_eq(names_of(WR_LANG_FEEL, "a + b * a - order total"),
                     "a;b;order total;");
    ck_assert_str_eq(
        names_of(WR_LANG_FEEL,
                 "for x in xs return count(x.y) + (function(z) z + w)(x)"),
        "w;xs;");
    ck_assert_str_eq(names_of(WR_LANG_FEEL, "{k: a, l: k + b}"), "a;b;");
    /* a variable may be called as a builtin is */
    ck_assert_str_eq(names_of(WR_LANG_FEEL, "count > max(limits)"),
                     "count;limits;");
    ck_assert_str_eq(names_of(WR_LANG_UNARY, "> limit, ? < max size"),
                     "limit;max size;");
    ck_assert_str_eq(
        names_of(WR_LANG_JUEL,
                 "${a.get(c)[d]} and ${execution.getVariable('e')}"),
        "a;c;d;e;");
    ck_assert_str_eq(names_of(WR_LANG_JUEL, "none"), "");
    ck_assert_str_eq(names_of(WR_LANG_PYTHON, "a < b.c < d and 'e' in f"),
                     "a;b;d;f;");
    /* nested chains: each operand is walked once */
    ck_assert_str_eq(names_of(WR_LANG_PYTHON, nested_chains(60)), "x;");
}
END_TEST

START_TEST(known_names_may_hold_anything)
{
    static const char *const names[] = { "a-b", "rate in %", "a" };
    const struct wr_expr *e;
    struct wr_str s = { .arena = arena };

    ck_assert_int_eq(wr_expr_parse_known(arena, WR_LANG_FEEL,
                                         "a-b + rate  in % - a", 20, names, 3,
                                         &e, &err),
                     0);
    wr_expr_names(e, join, &s);
    ck_assert_str_eq(s.s, "a-b;rate in %;a;");
}
END_TEST

static const struct wr_value *
one(void *data, const char *name, size_t len)
{
    (void)name;
    (void)len;

    return data;
}

static int
test(enum wr_expr_lang lang, const char *text, const struct wr_value *x,
     bool *out)
{
    struct wr_expr_env env = {
        .lookup = one,
        .data = (void *)(uintptr_t)x,
        .arena = arena,
        .budget = WR_EXPR_BUDGET,
    };

    return wr_expr_test(parsed(lang, text), &env, out, &err);
}

START_TEST(conditions_are_decided)
{
    bool b;

    ck_assert_int_eq(test(WR_LANG_FEEL, "x", &wr_true, &b), 0);
    ck_assert(b);
    ck_assert_int_eq(test(WR_LANG_FEEL, "x", &wr_null, &b), 0);
    ck_assert(!b);
    ck_assert_int_eq(test(WR_LANG_FEEL, "1", &wr_null, &b), 0);
    ck_assert(!b);
    ck_assert_int_eq(test(WR_LANG_JUEL, "${x}", &wr_true, &b), 0);
    ck_assert(b);
    ck_assert_int_eq(test(WR_LANG_JUEL, "false", &wr_null, &b), 0);
    ck_assert(!b);
    ck_assert_int_eq(test(WR_LANG_JUEL, "${1}", &wr_null, &b), WR_EEXPR);
    ck_assert_str_eq(err.text, "the condition is a number, not a boolean");
    ck_assert_int_eq(test(WR_LANG_JUEL, "${x}", &wr_null, &b), WR_EEXPR);
}
END_TEST

START_TEST(what_is_not_supported_is_named)
{
    ck_assert_int_eq(parse_code(WR_LANG_JUEL, "${a.b()}"), WR_EUNSUPPORTED);
    ck_assert_str_eq(err.text, "method 'b' is not supported");
    ck_assert_int_eq(parse_code(WR_LANG_FEEL, "1 instance of tX"),
                     WR_EUNSUPPORTED);
    ck_assert_str_eq(err.text, "type 'tX' is not supported");
}
END_TEST

START_TEST(constants_are_known)
{
    ck_assert(wr_expr_is_constant(parsed(WR_LANG_JUEL, "R3/PT10S")));
    ck_assert(wr_expr_is_constant(parsed(WR_LANG_JUEL, "")));
    ck_assert(!wr_expr_is_constant(parsed(WR_LANG_JUEL, "PT${n}S")));
    ck_assert_str_eq(wr_expr_text(parsed(WR_LANG_FEEL, " 1 ")), " 1 ");
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("feel (rows 75)");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 30);
    tcase_add_test(tc, errors_have_a_place);
    tcase_add_test(tc, bad_text_is_refused);
    tcase_add_test(tc, depth_is_limited);
    tcase_add_test(tc, work_is_limited);
    tcase_add_test(tc, the_budget_counts_down);
    tcase_add_test(tc, a_passed_arena_cap_ends_it);
    tcase_add_test(tc, warnings_are_kept_and_counted);
    tcase_add_test(tc, free_names_are_found);
    tcase_add_test(tc, known_names_may_hold_anything);
    tcase_add_test(tc, conditions_are_decided);
    tcase_add_test(tc, what_is_not_supported_is_named);
    tcase_add_test(tc, constants_are_known);

    return t_main("feel", tc, NULL);
}
