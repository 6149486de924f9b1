/*
 * Gaps and overlaps of decision tables: what is said of tables written here,
 * and of random ones what trying every input says.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/str.h"
#include "engine/dmn/dmn.h"
#include "tests/lib/t.h"

static const struct wr_xml_limits limits = {
    .max_bytes = 1 << 22,
    .max_depth = 64,
};
static struct wr_arena *arena;
static struct wr_findings findings;
static struct wr_err err;

static void
setup(void)
{
    arena = wr_arena_new(4096);
    findings = (struct wr_findings){ .arena = arena };
    err = (struct wr_err){ .code = WR_OK };
}

static void
teardown(void)
{
    wr_arena_free(arena);
}

/* ---- written here ---- */

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
add_escaped(struct wr_str *s, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '<')
            wr_str_add(s, "&lt;");
        else
            wr_str_addc(s, text[i]);
    }
}

static void
add_text(struct wr_str *s, const char *element, const char *text, size_t len)
{
    wr_str_printf(s, "<%s><text>", element);
    add_escaped(s, text, len);
    wr_str_printf(s, "</text></%s>", element);
}

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

static const struct wr_dmn *
read_model(const struct wr_str *s)
{
    struct wr_dmn_source source = { "m.dmn", s->s, s->len };
    const struct wr_dmn *d;

    if (wr_dmn_read(arena, &source, 1, &limits, &findings, &d, &err) < 0)
        ck_abort_msg("%s", err.text);

    return d;
}

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

/* ---- random ---- */

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
has(const char *code, const char *part)
{
    for (size_t i = 0; i < findings.n; i++)
        if (strcmp(findings.items[i].code, code) == 0
            && strstr(findings.items[i].detail, part))
            return true;

    return false;
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
    tcase_add_loop_test(tc, says_what_trying_says, 0, 2 * TABLES);
    tcase_add_test(tc, says_what_is_too_large);

    return t_main("dmn coverage", tc, NULL);
}
