/* Gaps and overlaps of decision tables: what is said of those written here. */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/dmn/coverage.h"

/* A table, which begins on line 2, every rule on a line of its own: policy, inputs "name:type:allowed", output values, rules of entries
 * and an output; what is found, a line each: code, line, a part of the
 * sentence. */
static const struct {
    const char *policy, *inputs[3], *outputs, *fallback;
    const char *rules[5];
    const char *found[5];
} tables[] = {
    { "UNIQUE", { "n:number" }, "", NULL, { "< 10|1", ">= 10|2" }, { NULL } },
    { "UNIQUE",
      { "n:number" },
      "",
      NULL,
      { "< 10|1", "> 10|2" },
      { "table-gap 2 no rule of 'd' covers n = 10, for example {n: 10}" } },
    { "UNIQUE",
      { "n:number" },
      "",
      NULL,
      { "[1..10)|1", "(20..30]|2" },
      { "table-gap 2 covers n in (< 1, [10..20], > 30), for example {n: 0}" } },
    { "UNIQUE", { "n:number" }, "", "0", { "< 10|1" }, { NULL } },
    { "UNIQUE", { "n:integer" }, "", NULL, { "<= 10|1", ">= 11|2" }, { NULL } },
    { "UNIQUE",
      { "n:number" },
      "",
      NULL,
      { "<= 10|1", ">= 11|2" },
      { "table-gap 2 n in (10..11), for example {n: 10.5}" } },
    { "UNIQUE",
      { "n:number" },
      "",
      NULL,
      { "<= 10|1", ">= 10|2" },
      { "rules-overlap 4 rules 1 and 2 of 'd' both match where n = 10, for "
        "example {n: 10}, but the hit policy is UNIQUE" } },
    { "UNIQUE",
      { "n:number" },
      "",
      NULL,
      { "-|1", "-|2" },
      { "rules-overlap 4 both match everything" } },
    { "UNIQUE",
      { "n:number" },
      "",
      NULL,
      { "-|1", "[10..5]|2" },
      { "rule-never-matches 4 rule 2 of 'd' never matches: nothing that 'n' "
        "can be passes [10..5]" } },
    { "UNIQUE",
      { "n:number" },
      "",
      NULL,
      { "-|1", "\"a\"|2" },
      { "rule-never-matches 4" } },
    { "UNIQUE",
      { "s:string" },
      "",
      NULL,
      { "\"a\", \"b\"|1" },
      { "table-gap 2 not(s in (\"a\", \"b\")), for example {s: \"other\"}" } },
    { "UNIQUE",
      { "s:string" },
      "",
      NULL,
      { "\"a\", \"b\"|1", "not(\"a\", \"b\")|2" },
      { NULL } },
    { "UNIQUE",
      { "s:string:\"a\", \"b\", \"c\"" },
      "",
      NULL,
      { "\"a\", \"b\"|1" },
      { "table-gap 2 covers s = \"c\", for example {s: \"c\"}" } },
    { "UNIQUE",
      { "s:string:\"a\", \"b\"" },
      "",
      NULL,
      { "\"a\"|1", "\"b\"|2", "\"c\"|3" },
      { "rule-never-matches 5 passes \"c\"" } },
    { "UNIQUE",
      { "s:string" },
      "",
      NULL,
      { "< \"b\"|1", "> \"b\"|2" },
      { "table-gap 2 covers s = \"b\"" } },
    { "UNIQUE",
      { "b:boolean" },
      "",
      NULL,
      { "true|1" },
      { "table-gap 2 covers b = false, for example {b: false}" } },
    { "UNIQUE",
      { "b:boolean", "n:number" },
      "",
      NULL,
      { "true|< 5|1", "true|>= 5|2", "false|-|3" },
      { NULL } },
    { "UNIQUE",
      { "b:boolean", "n:number" },
      "",
      NULL,
      { "true|< 5|1", "false|-|3" },
      { "table-gap 2 b = true and n >= 5, for example {b: true, n: 5}" } },
    { "UNIQUE",
      { "d:date" },
      "",
      NULL,
      { "<= date(\"2020-01-01\")|1", ">= date(\"2020-01-02\")|2" },
      { NULL } },
    { "UNIQUE",
      { "d:date" },
      "",
      NULL,
      { "<= @\"2020-01-01\"|1", ">= @\"2020-01-03\"|2" },
      { "table-gap 2 for example {d: @\"2020-01-02\"}" } },
    { "UNIQUE",
      { "t:time" },
      "",
      NULL,
      { "[@\"00:00:00\"..@\"12:00:00\")|1" },
      { "table-gap 2 covers t >= @\"12:00:00\"" } },
    { "UNIQUE",
      { "p:dateTime" },
      "",
      NULL,
      { "< @\"2020-01-01T00:00:00\"|1" },
      { "table-gap 2 p >= @\"2020-01-01T00:00:00\"" } },
    { "UNIQUE",
      { "p:dateTime" },
      "",
      NULL,
      { "< @\"2020-01-01T00:00:00\"|1", "> @\"2020-01-01T00:00:00Z\"|2" },
      { "table-not-analysed 2 with and without time zone" } },
    { "UNIQUE",
      { "d:dayTimeDuration" },
      "",
      NULL,
      { "< @\"P1D\"|1", "> @\"P1D\"|2" },
      { "table-gap 2 d = @\"P1D\"" } },
    { "UNIQUE",
      { "m:yearMonthDuration" },
      "",
      NULL,
      { "< @\"P1Y\"|1", "> @\"P1Y\"|2" },
      { "table-gap 2 m = @\"P1Y\"" } },
    { "UNIQUE",
      { "n:number" },
      "",
      NULL,
      { "null|1", "< 5|2", ">= 5|3" },
      { NULL } },
    { "UNIQUE",
      { "n:number", "b:boolean" },
      "",
      NULL,
      { "null|true|1", "< 5|-|2", ">= 5|-|3" },
      { "table-gap 2 n = null and b = false" } },
    { "UNIQUE",
      { "n:number" },
      "",
      NULL,
      { "? > 5 and ? < 7|1", "? between 7 and 9|2", "not(? > 5)|3",
        "? in [8..10]|4" },
      { "table-gap 2 covers n > 10", "rules-overlap 6 rules 2 and 4" } },
    { "UNIQUE",
      { "n:number", "m:number" },
      "",
      NULL,
      { "< 5|< m|1", "< 3|-|2", "< 2|-|3" },
      { "table-not-analysed 2 the entry of rule 1 for 'm' is more than "
        "comparisons of its input with constants: < m",
        "rules-overlap 5 rules 2 and 3" } },
    { "UNIQUE",
      { "x:" },
      "",
      NULL,
      { "1|1", "\"a\"|2" },
      { "table-not-analysed 2 because 'x' has values of several types" } },
    { "UNIQUE", { "x:" }, "", NULL, { "-|1" }, { NULL } },
    { "UNIQUE",
      { "x:" },
      "",
      NULL,
      { NULL },
      { "table-gap 2 no rule of 'd' covers anything" } },
    { "ANY",
      { "n:number" },
      "",
      NULL,
      { "< 10|1", "< 20|1.0", "-|2" },
      { "rules-differ 5 rules 1 and 3", "rules-differ 5 rules 2 and 3" } },
    { "ANY",
      { "n:number" },
      "",
      NULL,
      { "< 10|n + 1", "-|n + 1", "> 20|1 + n" },
      { "rules-differ 5 with outputs that may differ" } },
    { "FIRST",
      { "n:number" },
      "",
      NULL,
      { "< 10|1", ">= 5|2", "[3..7]|3", "-|4" },
      { "rule-masked 5 rule 3 of 'd' never decides",
        "rule-masked 6 rule 4 of 'd'" } },
    { "PRIORITY",
      { "n:number" },
      "\"hi\", \"lo\"",
      NULL,
      { "< 5|\"lo\"", "< 10|\"hi\"", "-|\"lo\"" },
      { "rule-masked 3 rule 1 of 'd' never decides: rules that come before "
        "it by the hit policy PRIORITY match" } },
    { "COLLECT", { "n:number" }, "", NULL, { "-|1", "< 5|2" }, { NULL } },
    { "RULE ORDER",
      { "n:number" },
      "",
      NULL,
      { "< 5|1", "< 7|2" },
      { "table-gap 2 covers n >= 7" } },
};

static void
add_input(struct wr_str *s, const char *input)
{
    size_t name = strcspn(input, ":"), type = strcspn(input + name + 1, ":");
    const char *allowed = input + name + 1 + type;

    wr_str_printf(s,
                  "<input><inputExpression%.*s%.*s%s><text>%.*s</text>"
                  "</inputExpression>",
                  type ? 10 : 0, " typeRef='", (int)type, input + name + 1,
                  type ? "'" : "", (int)name, input);
    if (*allowed)
        add_text(s, "inputValues", allowed + 1, strlen(allowed + 1));
    wr_str_add(s, "</input>");
}

static void
add_rule(struct wr_str *s, const char *rule)
{
    wr_str_add(s, "\n<rule>");
    for (;;) {
        size_t n = strcspn(rule, "|");

        add_text(s, rule[n] ? "inputEntry" : "outputEntry", rule, n);
        if (!rule[n])
            break;
        rule += n + 1;
    }
    wr_str_add(s, "</rule>");
}

#define MODEL                                                            \
    "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' " \
    "namespace='n' name='m'>"                                            \
    "<inputData id='in' name='n'/><inputData id='im' name='m'/>"
#define NEEDS                                                     \
    "<informationRequirement id='r1'><requiredInput href='#in'/>" \
    "</informationRequirement><informationRequirement id='r2'>"   \
    "<requiredInput href='#im'/></informationRequirement>"

/* Findings that gaps and overlaps have nothing to do with. */
static bool
is_other(const struct wr_finding *f)
{
    return strncmp(f->code, "table-", 6) != 0
           && strncmp(f->code, "rule", 4) != 0;
}

static void
check_finding(const struct wr_finding *f, const char *want)
{
    int line = want ? atoi(strchr(want, ' ') + 1) : 0;
    const char *part;

    if (!want)
        ck_abort_msg("unexpected %s: %s", f->code, f->detail);
    ck_assert_msg(strncmp(f->code, want, strcspn(want, " ")) == 0
                      && f->code[strcspn(want, " ")] == 0,
                  "%s: %s, want %s", f->code, f->detail, want);
    ck_assert_msg(f->line == line, "%s: line %d, want %s", f->detail, f->line,
                  want);
    ck_assert_str_eq(f->element, "d");
    part = strchr(strchr(want, ' ') + 1, ' ');
    ck_assert_msg(!part || strstr(f->detail, part + 1), "%s, want %s",
                  f->detail, want);
}

START_TEST(says_what_is_not_covered)
{
    struct wr_str s = { .arena = arena };
    size_t n = 0;

    wr_str_printf(&s,
                  MODEL "<decision id='d' name='d'>" NEEDS
                        "\n<decisionTable hitPolicy='%s'>",
                  tables[_i].policy);
    for (size_t i = 0; i < 3 && tables[_i].inputs[i]; i++)
        add_input(&s, tables[_i].inputs[i]);
    wr_str_add(&s, "<output>");
    if (*tables[_i].outputs)
        add_text(&s, "outputValues", tables[_i].outputs,
                 strlen(tables[_i].outputs));
    if (tables[_i].fallback)
        add_text(&s, "defaultOutputEntry", tables[_i].fallback,
                 strlen(tables[_i].fallback));
    wr_str_add(&s, "</output>");
    for (size_t i = 0; i < 5 && tables[_i].rules[i]; i++)
        add_rule(&s, tables[_i].rules[i]);
    wr_str_add(&s, "</decisionTable></decision></definitions>");
    wr_dmn_lint(read_model(&s), &findings);
    for (size_t i = 0; i < findings.n; i++)
        if (!is_other(&findings.items[i]))
            check_finding(&findings.items[i],
                          n < 5 ? tables[_i].found[n++] : NULL);
    ck_assert_msg(n == 5 || !tables[_i].found[n], "nothing is found, want %s",
                  tables[_i].found[n % 5]);
}
END_TEST

/* ---- limits ---- */

/* Columns of different halves: no walk can tell that all is covered soon. */
START_TEST(says_what_is_too_large)
{
    struct wr_str s = { .arena = arena };

    wr_str_add(&s, MODEL "<decision id='d' name='d'>\n<decisionTable>");
    for (int i = 0; i < 40; i++)
        wr_str_add(&s, "<input><inputExpression typeRef='number'><text>n"
                       "</text></inputExpression></input>");
    wr_str_add(&s, "<output/>");
    for (int r = 0; r < 400; r++) {
        wr_str_add(&s, "<rule>");
        for (int i = 0; i < 40; i++)
            wr_str_printf(&s, "<inputEntry><text>>= %d</text></inputEntry>",
                          (r * 31 + i * 17) % 400);
        wr_str_add(&s, "<outputEntry><text>1</text></outputEntry></rule>");
    }
    wr_str_add(&s, "</decisionTable></decision></definitions>");
    wr_dmn_lint(read_model(&s), &findings);
    ck_assert(has("table-not-analysed", "it is too large"));
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("dmn coverage");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, says_what_is_not_covered, 0, (int)WR_COUNT(tables));
    tcase_add_test(tc, says_what_is_too_large);

    return t_main("dmn coverage", tc, NULL);
}
