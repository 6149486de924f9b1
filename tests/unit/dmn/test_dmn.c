/* The contract of dmn.h: versions, findings, the trace, limits. */
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

/* A model of the namespace with this inside. */
static const char *
model(const char *ns, const char *inside)
{
    return wr_arena_printf(arena,
                           "<definitions xmlns='%s' namespace='n' name='m'>"
                           "<inputData id='i' name='x'/>"
                           "%s</definitions>",
                           ns, inside);
}

#define DMN15 "https://www.omg.org/spec/DMN/20230324/MODEL/"

static int
load(const char *text, const struct wr_dmn **out)
{
    struct wr_dmn_source source = { "m.dmn", text, strlen(text) };

    return wr_dmn_read(arena, &source, 1, &limits, &findings, out, &err);
}

static const struct wr_dmn *
loaded(const char *inside)
{
    const struct wr_dmn *d;

    if (load(model(DMN15, inside), &d) < 0)
        ck_abort_msg("%s", err.text);

    return d;
}

static struct wr_dmn_result
decided(const struct wr_dmn *d, const char *name, int64_t budget, int *code)
{
    struct wr_entry x = { "x", wr_value_int(arena, 7) };
    struct wr_expr_env env = { .arena = arena, .budget = budget };
    struct wr_dmn_result result = { 0 };
    const struct wr_dmn_element *e = wr_dmn_find(d, WR_DMN_DECISION, name);

    ck_assert_ptr_nonnull(e);
    *code = wr_dmn_evaluate(d, e, wr_value_context(arena, &x, 1), &env, &result,
                            &err);

    return result;
}

#define REQUIRES_X                                       \
    "<informationRequirement><requiredInput href='#i'/>" \
    "</informationRequirement>"

static const char *const versions[] = {
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "https://www.omg.org/spec/DMN/20211108/MODEL/",
    DMN15,
};

START_TEST(reads_every_version)
{
    const struct wr_dmn *d;
    int code;

    ck_assert_int_eq(
        load(model(versions[_i],
                   "<decision id='d' name='d'>" REQUIRES_X
                   "<literalExpression><text>x + 1</text></literalExpression>"
                   "</decision>"),
             &d),
        0);
    ck_assert_uint_eq(findings.n, 0);
    ck_assert(wr_value_equal(decided(d, "d", 1000, &code).value,
                             wr_value_int(arena, 8)));
}
END_TEST

START_TEST(refuses_what_is_no_dmn)
{
    const struct wr_dmn *d;

    ck_assert_int_eq(load("<definitions>", &d), WR_EPARSE);
    ck_assert_int_eq(load("<definitions/>", &d), WR_EPARSE);
    ck_assert_ptr_nonnull(strstr(err.text, "m.dmn: the root element is not"));
    ck_assert_int_eq(load(model("http://example.org/DMN", ""), &d), WR_EPARSE);
}
END_TEST

static const struct {
    const char *inside, *code;
} bad[] = {
    { "<import name='a' namespace='b'/>", "no-such-import" },
    { "<decision id='d' name='d'/>", "no-logic" },
    { "<decision id='d' name='d'><literalExpression><text>1 +</text>"
      "</literalExpression></decision>",
      "bad-expression" },
    { "<decision id='d' name='d'><literalExpression expressionLanguage='groovy'>"
      "<text>1</text></literalExpression></decision>",
      "unsupported-language" },
    { "<decision id='d' name='d'><variable name='d' typeRef='tNone'/>"
      "<literalExpression><text>1</text></literalExpression></decision>",
      "no-such-type" },
    { "<itemDefinition name='a'><typeRef>b</typeRef></itemDefinition>"
      "<itemDefinition name='b'><typeRef>a</typeRef></itemDefinition>",
      "no-such-type" },
    { "<decision id='d' name='d'><informationRequirement>"
      "<requiredDecision href='#e'/></informationRequirement>"
      "<literalExpression><text>1</text></literalExpression></decision>",
      "no-such-requirement" },
    { "<decision id='d' name='d'><informationRequirement>"
      "<requiredDecision href='#d'/></informationRequirement>"
      "<literalExpression><text>1</text></literalExpression></decision>",
      "requires-itself" },
    { "<decision id='d' name='d'><decisionTable hitPolicy='BEST'><output/>"
      "</decisionTable></decision>",
      "bad-decision-table" },
    { "<decision id='d' name='d'><decisionTable aggregation='AVG'><output/>"
      "</decisionTable></decision>",
      "bad-decision-table" },
    { "<decision id='d' name='d'><decisionTable/></decision>",
      "bad-decision-table" },
    { "<decision id='d' name='d'><decisionTable><output/><rule>"
      "<inputEntry><text>-</text></inputEntry><outputEntry><text>1</text>"
      "</outputEntry></rule></decisionTable></decision>",
      "bad-decision-table" },
    { "<decision id='d' name='d'><functionDefinition kind='PMML'/></decision>",
      "unsupported-element" },
};

START_TEST(says_what_is_wrong)
{
    (void)loaded(bad[_i].inside);
    ck_assert_uint_gt(findings.n, 0);
    ck_assert_str_eq(findings.items[0].code, bad[_i].code);
}
END_TEST

START_TEST(traces_decisions_and_rules)
{
    const struct wr_dmn *d = loaded(
        "<decision id='a' name='a'>" REQUIRES_X
        "<decisionTable hitPolicy='COLLECT'><input><inputExpression>"
        "<text>x</text></inputExpression></input><output/>"
        "<rule id='r1'><inputEntry><text>&lt; 5</text></inputEntry>"
        "<outputEntry><text>1</text></outputEntry></rule>"
        "<rule id='r2'><inputEntry><text>&gt; 5</text></inputEntry>"
        "<outputEntry><text>2</text></outputEntry></rule>"
        "<rule id='r3'><inputEntry><text>7</text></inputEntry>"
        "<outputEntry><text>3</text></outputEntry></rule></decisionTable>"
        "</decision>"
        "<decision id='b' name='b'><informationRequirement>"
        "<requiredDecision href='#a'/></informationRequirement>"
        "<literalExpression><text>sum(a)</text></literalExpression></decision>");
    int code;
    struct wr_dmn_result r = decided(d, "b", 1000, &code);
    const struct wr_dmn_step *step = r.steps;

    ck_assert_int_eq(code, 0);
    ck_assert_str_eq(wr_dmn_name(step->decision), "a");
    ck_assert(wr_value_equal(wr_value_get(step->inputs, "x"),
                             wr_value_int(arena, 7)));
    ck_assert_uint_eq(step->rules->number, 2);
    ck_assert_str_eq(step->rules->id, "r2");
    ck_assert_uint_eq(step->rules->next->number, 3);
    ck_assert_ptr_null(step->rules->next->next);
    step = step->next;
    ck_assert_str_eq(wr_dmn_name(step->decision), "b");
    ck_assert_ptr_null(step->rules);
    ck_assert(wr_value_equal(step->value, wr_value_int(arena, 5)));
    ck_assert_ptr_null(step->next);
}
END_TEST

/* Endless recursion and endless work end with a reason. */
START_TEST(has_limits)
{
    static const char text[] =
        "<businessKnowledgeModel id='f' name='f'><encapsulatedLogic>"
        "<formalParameter name='n'/><literalExpression><text>f(n + 1)</text>"
        "</literalExpression></encapsulatedLogic></businessKnowledgeModel>"
        "<decision id='d' name='d'><knowledgeRequirement>"
        "<requiredKnowledge href='#f'/></knowledgeRequirement>"
        "<literalExpression><text>f(1)</text></literalExpression></decision>";
    const struct wr_dmn *d = loaded(text);
    int code;

    (void)decided(d, "d", INT64_C(1) << 40, &code);
    ck_assert_int_eq(code, WR_ELIMIT);
    (void)decided(d, "d", 10, &code);
    ck_assert_int_eq(code, WR_ELIMIT);
}
END_TEST

/* As deep as requirements may go, and one more. */
START_TEST(takes_long_chains)
{
    struct wr_str s = { .arena = arena };
    const struct wr_dmn *d;
    int code;

    for (int i = 0; i < 900; i++)
        wr_str_printf(&s,
                      "<decision id='d%d' name='d%d'><informationRequirement>"
                      "<requiredDecision href='#d%d'/></informationRequirement>"
                      "<literalExpression><text>d%d + 1</text>"
                      "</literalExpression></decision>",
                      i, i, i + 1, i + 1);
    wr_str_add(&s, "<decision id='d900' name='d900'><literalExpression>"
                   "<text>0</text></literalExpression></decision>");
    d = loaded(wr_str_text(&s));
    ck_assert_uint_eq(findings.n, 0);
    ck_assert(wr_value_equal(decided(d, "d0", 100000, &code).value,
                             wr_value_int(arena, 900)));
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("dmn");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, reads_every_version, 0, (int)WR_COUNT(versions));
    tcase_add_test(tc, refuses_what_is_no_dmn);
    tcase_add_loop_test(tc, says_what_is_wrong, 0, (int)WR_COUNT(bad));
    tcase_add_test(tc, traces_decisions_and_rules);
    tcase_add_test(tc, has_limits);
    tcase_add_test(tc, takes_long_chains);

    return t_main("dmn", tc, NULL);
}
