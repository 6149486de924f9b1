/* Gaps and overlaps of random decision tables: what trying every input says. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/dmn/coverage.h"

/* Constants of a type and every value that can make a difference to them. */
static const struct kind {
    const char *type;
    const char *constants[4], *values[9];
} kinds[] = {
    { "number",
      { "1", "2", "3", "4.5" },
      { "1", "2", "3", "4.5", "0", "1.5", "2.5", "4", "5" } },
    { "integer",
      { "1", "2", "3", "5" },
      { "1", "2", "3", "5", "0", "4", "6", "4", "6" } },
    { "string",
      { "\"a\"", "\"b\"", "\"c\"", "\"d\"" },
      { "\"a\"", "\"b\"", "\"c\"", "\"d\"", "\"\"", "\"aa\"", "\"bb\"",
        "\"cc\"", "\"e\"" } },
    { "boolean",
      { "true", "false", "true", "false" },
      { "true", "false", "true", "false", "true", "true", "true", "true",
        "true" } },
    { "date",
      { "@\"2020-02-27\"", "@\"2020-02-28\"", "@\"2020-03-01\"",
        "date(2020, 3, 5)" },
      { "@\"2020-02-27\"", "@\"2020-02-28\"", "@\"2020-03-01\"",
        "@\"2020-03-05\"", "@\"2020-02-01\"", "@\"2020-02-29\"",
        "@\"2020-03-02\"", "@\"2021-01-01\"", "@\"2020-03-04\"" } },
    { "time",
      { "@\"00:00:00\"", "@\"08:00:00\"", "@\"08:00:01\"", "@\"23:00:00\"" },
      { "@\"00:00:00\"", "@\"08:00:00\"", "@\"08:00:01\"", "@\"23:00:00\"",
        "@\"04:00:00\"", "@\"08:00:00.5\"", "@\"10:00:00\"", "@\"23:59:59\"",
        "@\"00:00:01\"" } },
    { "dateTime",
      { "@\"2020-01-01T00:00:00Z\"", "@\"2020-01-01T01:00:00+01:00\"",
        "@\"2020-01-02T00:00:00Z\"", "@\"2021-01-01T00:00:00Z\"" },
      { "@\"2020-01-01T00:00:00Z\"", "@\"2020-01-02T00:00:00Z\"",
        "@\"2021-01-01T00:00:00Z\"", "@\"2019-01-01T00:00:00Z\"",
        "@\"2020-01-01T12:00:00Z\"", "@\"2020-06-01T00:00:00Z\"",
        "@\"2022-01-01T00:00:00Z\"", "@\"2022-01-01T00:00:00Z\"",
        "@\"2022-01-01T00:00:00Z\"" } },
    { "dayTimeDuration",
      { "@\"P1D\"", "@\"PT1H\"", "-@\"P1D\"", "@\"P3D\"" },
      { "@\"P1D\"", "@\"PT1H\"", "@\"-P1D\"", "@\"P3D\"", "@\"-P2D\"",
        "@\"PT0S\"", "@\"PT2H\"", "@\"P2D\"", "@\"P4D\"" } },
    { "yearMonthDuration",
      { "@\"P1M\"", "@\"P2M\"", "@\"P1Y\"", "@\"P0M\"" },
      { "@\"P1M\"", "@\"P2M\"", "@\"P1Y\"", "@\"P0M\"", "@\"-P1M\"", "@\"P3M\"",
        "@\"P2Y\"", "@\"P2Y\"", "@\"P2Y\"" } },
};

enum {
    RULES = 6,
    COLUMNS = 3,
    VALUES = 10,
    TABLES = 150 /* of each policy */
};

static unsigned
draw(unsigned n)
{
    return (unsigned)random() % n;
}

/* Entries; A and B stand for constants. */
static const char *const entries[] = {
    "-",
    "A",
    "A, B",
    "not(A)",
    "not(A, B)",
    "null, A",
    "null",
    "? = A or ? = B",
    "? != A",
    "not(? = A)",
    "[A, B]",
    /* not of booleans */
    "< A",
    "<= A",
    "> A",
    ">= A",
    "[A..B]",
    "(A..B]",
    "[A..B)",
    "]A..B[",
    "< A, > B",
    "not(< A)",
    "not([A..B])",
    "? > A and ? < B",
    "? between A and B",
    "? in (A, > B)",
    "A < ?",
};

static const char *
random_entry(const struct kind *k)
{
    struct wr_str s = { .arena = arena };
    unsigned n = k->type[0] == 'b' ? 11 : WR_COUNT(entries);

    for (const char *e = entries[draw(3) ? draw(n) : 0]; *e; e++) {
        if (*e == 'A' || *e == 'B')
            wr_str_add(&s, k->constants[draw(4)]);
        else
            wr_str_addc(&s, *e);
    }

    return wr_str_text(&s);
}

struct random_table {
    const struct kind *kinds[COLUMNS];
    const char *entries[RULES][COLUMNS];
    bool null[COLUMNS]; /* an entry names it */
    unsigned columns, rules;
};

static void
random_table(struct random_table *t)
{
    t->columns = 1 + draw(COLUMNS);
    t->rules = draw(RULES + 1);
    for (unsigned i = 0; i < t->columns; i++) {
        t->kinds[i] = &kinds[draw(WR_COUNT(kinds))];
        t->null[i] = false;
        for (unsigned r = 0; r < t->rules; r++) {
            t->entries[r][i] = random_entry(t->kinds[i]);
            t->null[i] |= strstr(t->entries[r][i], "null") != NULL;
        }
    }
}

static void
add_table(struct wr_str *s, const struct random_table *t, const char *name,
          const char *policy)
{
    wr_str_printf(s, "<decision id='%s' name='%s'>", name, name);
    for (unsigned i = 0; i < t->columns; i++)
        wr_str_printf(s,
                      "<informationRequirement><requiredInput href='#i%u'/>"
                      "</informationRequirement>",
                      i);
    wr_str_printf(s, "<decisionTable hitPolicy='%s'>", policy);
    for (unsigned i = 0; i < t->columns; i++)
        wr_str_printf(s,
                      "<input><inputExpression typeRef='%s'><text>x%u</text>"
                      "</inputExpression></input>",
                      t->kinds[i]->type, i);
    wr_str_add(s, "<output/>");
    for (unsigned r = 0; r < t->rules; r++) {
        wr_str_add(s, "<rule>");
        for (unsigned i = 0; i < t->columns; i++)
            add_text(s, "inputEntry", t->entries[r][i],
                     strlen(t->entries[r][i]));
        wr_str_printf(s, "<outputEntry><text>%u</text></outputEntry></rule>",
                      r);
    }
    wr_str_add(s, "</decisionTable></decision>");
}

static const struct wr_dmn *
random_model(const struct random_table *t, const char *policy)
{
    struct wr_str s = { .arena = arena };

    wr_str_add(&s, "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/"
                   "MODEL/' namespace='n' name='m'>");
    for (unsigned i = 0; i < t->columns; i++)
        wr_str_printf(&s, "<inputData id='i%u' name='x%u'/>", i, i);
    add_table(&s, t, "d", policy);
    add_table(&s, t, "all", "RULE ORDER");
    wr_str_add(&s, "</definitions>");

    return read_model(&s);
}

static const struct wr_value *
value_of(const char *text)
{
    struct wr_expr_env env = { .arena = arena, .budget = 1000 };
    const struct wr_expr *e;
    const struct wr_value *v;

    ck_assert_int_eq(
        wr_expr_parse(arena, WR_LANG_FEEL, text, strlen(text), &e, &err), 0);
    ck_assert_int_eq(wr_expr_eval(e, &env, &v, &err), 0);

    return v;
}

/* The rules that match, as bits. */
static unsigned
matched(const struct wr_dmn *d, const struct wr_value *inputs)
{
    struct wr_expr_env env = { .arena = arena, .budget = 10000 };
    struct wr_dmn_result result;
    unsigned bits = 0;

    ck_assert_int_eq(wr_dmn_evaluate(d, wr_dmn_find(d, WR_DMN_DECISION, "all"),
                                     inputs, &env, &result, &err),
                     0);
    for (const struct wr_dmn_rule *r = result.steps->rules; r; r = r->next)
        bits |= 1u << (r->number - 1);

    return bits;
}

/* What trying everything says. */
struct tried {
    bool gap;
    bool pair[RULES][RULES];
    bool alone[RULES]; /* is the first that matches somewhere */
    bool some[RULES];
};

static void
try(struct tried *out, unsigned bits)
{
    bool first = true;

    out->gap |= bits == 0;
    for (unsigned x = 0; x < RULES; x++) {
        if (!(bits >> x & 1))
            continue;
        out->some[x] = true;
        out->alone[x] |= first;
        first = false;
        for (unsigned y = x + 1; y < RULES; y++)
            out->pair[x][y] |= bits >> y & 1;
    }
}

static void
try_all(const struct wr_dmn *d, const struct random_table *t, struct tried *out)
{
    const struct wr_value *values[COLUMNS][VALUES];
    static const char *const names[] = { "x0", "x1", "x2" };
    unsigned n[COLUMNS], total = 1;

    for (unsigned i = 0; i < t->columns; i++) {
        for (n[i] = 0; n[i] < 9; n[i]++)
            values[i][n[i]] = value_of(t->kinds[i]->values[n[i]]);
        if (t->null[i])
            values[i][n[i]++] = &wr_null;
        total *= n[i];
    }
    for (unsigned k = 0; k < total; k++) {
        struct wr_entry e[COLUMNS];

        for (unsigned i = 0, rest = k; i < t->columns; rest /= n[i], i++)
            e[i] = (struct wr_entry){ names[i], values[i][rest % n[i]] };
        try(out, matched(d, wr_value_context(arena, e, t->columns)));
    }
}

/* The inputs that a finding gives as example, and the rules they match. */
static unsigned
example(const struct wr_dmn *d, const struct wr_finding *f)
{
    const char *at = strstr(f->detail, "for example {");
    size_t n;

    ck_assert_ptr_nonnull(at);
    at += strlen("for example ");
    n = (size_t)(strrchr(at, '}') - at) + 1;

    return matched(d, value_of(wr_arena_strndup(arena, at, n)));
}

static bool
has_more(const char *code)
{
    return has(code, "there are more");
}

static void
check_examples(const struct wr_dmn *d)
{
    for (size_t i = 0; i < findings.n; i++) {
        const struct wr_finding *f = &findings.items[i];
        unsigned x, y;

        if (strstr(f->detail, "there are more") || strcmp(f->element, "d") != 0)
            continue;
        ck_assert_msg(strcmp(f->code, "table-not-analysed") != 0, "%s",
                      f->detail);
        if (strcmp(f->code, "table-gap") == 0)
            ck_assert_msg(example(d, f) == 0, "%s", f->detail);
        else if (sscanf(f->detail, "rules %u and %u ", &x, &y) == 2)
            ck_assert_msg((example(d, f) >> (x - 1) & 1)
                              && (example(d, f) >> (y - 1) & 1),
                          "%s", f->detail);
    }
}

static void
check_pairs(const struct tried *tried, const struct random_table *t)
{
    for (unsigned x = 0; x < t->rules; x++)
        for (unsigned y = x + 1; y < t->rules; y++) {
            bool told = has(
                "rules-overlap",
                wr_arena_printf(arena, "rules %u and %u of 'd'", x + 1, y + 1));

            ck_assert_msg(told == tried->pair[x][y]
                              || has_more("rules-overlap"),
                          "rules %u and %u: %d", x + 1, y + 1, told);
        }
}

static void
check_masked(const struct tried *tried, const struct random_table *t)
{
    for (unsigned x = 0; x < t->rules; x++) {
        bool told = has("rule-masked",
                        wr_arena_printf(arena, "rule %u of 'd'", x + 1));

        ck_assert_msg(told == (tried->some[x] && !tried->alone[x]),
                      "rule %u: %d", x + 1, told);
    }
}

START_TEST(says_what_trying_says)
{
    const char *policy = _i % 2 ? "FIRST" : "UNIQUE";
    struct random_table t;
    struct tried tried = { 0 };
    const struct wr_dmn *d;

    srandom((unsigned)_i + 1);
    random_table(&t);
    d = random_model(&t, policy);
    ck_assert_uint_eq(findings.n, 0);
    wr_dmn_lint(d, &findings);
    check_examples(d);
    try_all(d, &t, &tried);
    ck_assert_int_eq(has("table-gap", "no rule of 'd'"), tried.gap);
    for (unsigned x = 0; x < t.rules; x++)
        ck_assert_int_eq(has("rule-never-matches",
                             wr_arena_printf(arena, "rule %u of 'd'", x + 1)),
                         !tried.some[x]);
    if (_i % 2)
        check_masked(&tried, &t);
    else
        check_pairs(&tried, &t);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("dmn coverage of random tables");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, says_what_trying_says, 0, 2 * TABLES);

    return t_main("dmn coverage random", tc, NULL);
}
