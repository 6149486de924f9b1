/* What DMN asks of a model: every finding of engine/dmn/rules*.c. */
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

#define INPUT "<inputData id='i' name='x'/>"
#define REQUIRES(kind, what, id) \
    "<" kind "Requirement><" what " href='#" id "'/></" kind "Requirement>"
#define NEEDS(id) REQUIRES("information", "requiredInput", id)
#define FEEL(text) \
    "<literalExpression><text>" text "</text></literalExpression>"
#define DECISION(id, inside) \
    "<decision id='" id "' name='" id "'>" inside "</decision>"
#define BKM(id, params, body)                       \
    "<businessKnowledgeModel id='" id "' name='" id \
    "'><encapsulatedLogic>" params body             \
    "</encapsulatedLogic></businessKnowledgeModel>"
#define KNOWS(id)    REQUIRES("knowledge", "requiredKnowledge", id)
#define PARAM(name)  "<formalParameter name='" name "'/>"
#define USES_X(expr) INPUT "\n" DECISION("d", NEEDS("i") FEEL(expr))
#define TABLE(attrs, inside)                                              \
    INPUT "\n" DECISION(                                                  \
        "d", NEEDS("i") "<decisionTable " attrs                           \
                        "><input><inputExpression typeRef='number'>"      \
                        "<text>x</text></inputExpression></input>" inside \
                        "</decisionTable>")
#define RULE(outputs) \
    "\n<rule id='r'><inputEntry><text>-</text></inputEntry>" outputs "</rule>"
#define OUT(text) "<outputEntry><text>" text "</text></outputEntry>"

/* Inside definitions from line 2 on; findings: code, element, line; then a part
 * of the first one's sentence. */
static const struct {
    const char *inside, *findings, *sentence;
} cases[] = {
    { USES_X("x + 1"), "", NULL },
    /* ids and names */
    { INPUT "\n<itemDefinition id='i' name='t'><typeRef>string</typeRef>"
            "</itemDefinition>" DECISION("d", NEEDS("i") FEEL("x")),
      "duplicate-dmn-id i 3", "used twice, in line 2 too" },
    { INPUT "\n<inputData id='j' name='x'/>" DECISION("d", NEEDS("i") NEEDS("j")
                                                               FEEL("x")),
      "duplicate-name j 3", "means the 'inputData' in line 2" },
    { INPUT "\n" DECISION("x", NEEDS("i") FEEL("x")), "duplicate-name x 3",
      NULL },
    { DECISION("d", FEEL("1")) "\n<itemDefinition id='t' name='d'>"
                               "<typeRef>string</typeRef></itemDefinition>",
      "duplicate-name t 3", NULL },
    { "<decision id='d'>" FEEL("1") "</decision>", "missing-attribute d 2",
      "'decision' needs the attribute 'name'" },
    { "<decision id='d' name='d'><variable name='e'/>" FEEL("1") "</decision>",
      "variable-name d 2", "the variable of 'd' is called 'e'" },
    { "<import name='o' namespace='n' importType='i'/>", "imports-itself - 2",
      NULL },
    { "<import name='o' importType='i' namespace='other'/>",
      "no-such-import - 2", "the model 'o' (other) is not there" },
    { "<import name='o' namespace='n'/>",
      "missing-attribute definitions 2, imports-itself - 2", "'importType'" },
    { "<rules id='r'/>", "unknown-dmn-element r 2",
      "DMN has no element 'rules'" },
    /* requirements */
    { DECISION("d", NEEDS("none") FEEL("1")), "no-such-requirement d 2",
      "'d' requires '#none', which is not there" },
    { DECISION("d", KNOWS("none") FEEL("1")), "no-such-requirement d 2", NULL },
    { DECISION("d",
               REQUIRES("information", "requiredDecision", "none") FEEL("1")),
      "no-such-requirement d 2", NULL },
    { DECISION("d",
               REQUIRES("authority", "requiredAuthority", "none") FEEL("1")),
      "no-such-reference d 2", "'requiredAuthority' refers to '#none'" },
    { DECISION("d", REQUIRES("information", "requiredDecision", "e") FEEL(
                        "e")) "\n" DECISION("e", REQUIRES("information",
                                                          "requiredDecision",
                                                          "d") FEEL("d")),
      "requires-itself d 2", "'d' requires itself" },
    { BKM("f", PARAM("a"),
          FEEL(
              "g(a)")) "\n<businessKnowledgeModel id='g' name='g'><encapsulatedLogic>" PARAM("a")
          FEEL("f(a)") "</encapsulatedLogic>" KNOWS(
              "f") "</businessKnowledgeModel>" DECISION("d", KNOWS("g")
                                                                 FEEL("g(1)")),
      "unknown-function f 2", "there is no function 'g', in 'f': g(a)" },
    { INPUT "\n" DECISION("d", REQUIRES("information", "requiredDecision", "i")
                                   FEEL("x")),
      "wrong-requirement d 3",
      "'requiredDecision' of 'd' refers to input data, 'x'" },
    { DECISION("e", FEEL("1")) "\n" DECISION(
          "d", REQUIRES("knowledge", "requiredKnowledge", "e") FEEL("e")),
      "wrong-requirement d 3", "refers to a decision, 'e'" },
    { DECISION("e", FEEL("1")) "\n" DECISION("d", NEEDS("e") FEEL("e")),
      "wrong-requirement d 3", NULL },
    { INPUT "\n" DECISION("d", NEEDS("i") NEEDS("i") FEEL("x")),
      "wrong-requirement d 3", "'d' requires 'x' twice" },
    { INPUT "\n" DECISION("d", "<informationRequirement>"
                               "<requiredInput href='#i'/>"
                               "<requiredInput href='#i'/>"
                               "</informationRequirement>" FEEL("x")),
      "wrong-requirement d 3", "refers to 2 things, not to one" },
    { DECISION("d", "<informationRequirement/>" FEEL("1")),
      "wrong-requirement d 2", "refers to 0 things" },
    { INPUT
      "\n<businessKnowledgeModel id='f' name='f'><encapsulatedLogic>" FEEL("1") "</encapsulatedLogic>" NEEDS(
          "i") "</businessKnowledgeModel>" DECISION("d",
                                                    KNOWS("f") FEEL("f()")),
      "wrong-requirement f 3", "may not have 'informationRequirement'" },
    { INPUT "\n" DECISION("d", FEEL("1")), "not-required i 2",
      "nothing requires the input data 'x'" },
    { BKM("f", PARAM("a"), FEEL("a")), "not-required f 2",
      "nothing requires the business knowledge model 'f'" },
    { DECISION("d", ""), "no-logic d 2", "has no logic" },
    /* decision services */
    { INPUT "<decisionService id='s' name='s'><inputData href='#i'/>"
            "</decisionService>",
      "bad-decision-service s 2", "has no outputDecision" },
    { USES_X("x") "\n<decisionService id='s' name='s'>"
                  "<outputDecision href='#d'/></decisionService>",
      "bad-decision-service s 4", "requires 'x', which is no input" },
    { USES_X("x") "\n<decisionService id='s' name='s'>"
                  "<outputDecision href='#d'/><inputDecision href='#d'/>"
                  "<inputData href='#i'/></decisionService>",
      "bad-decision-service s 4", "'d' is input and output" },
    { USES_X("x") "\n<decisionService id='s' name='s'>"
                  "<outputDecision href='#d'/><inputData href='#i'/>"
                  "<inputData href='#i'/></decisionService>",
      "bad-decision-service s 4", "'x' is twice an input" },
    { USES_X("x") "\n<decisionService id='s' name='s'>"
                  "<outputDecision href='#i'/></decisionService>",
      "bad-decision-service s 4", "is input data, 'x'" },
    /* decision tables */
    { TABLE("hitPolicy='BEST'", "<output/>" RULE(OUT("1"))),
      "bad-decision-table d 3", "there is no hit policy 'BEST'" },
    { TABLE("hitPolicy='COLLECT' aggregation='AVG'",
            "<output/>" RULE(OUT("1"))),
      "bad-decision-table d 3", "there is no aggregation 'AVG'" },
    { TABLE("hitPolicy='FIRST' aggregation='SUM'", "<output/>" RULE(OUT("1"))),
      "table-form d 3", "has an aggregation, which only" },
    { TABLE("hitPolicy='COLLECT' aggregation='SUM'",
            "<output name='a'/><output name='b'/>" RULE(OUT("1") OUT("2"))),
      "table-form d 3", "aggregates several outputs" },
    { TABLE("hitPolicy='PRIORITY'", "<output/>" RULE(OUT("1"))),
      "table-form d 3", "has no outputValues" },
    { TABLE("hitPolicy='OUTPUT ORDER'", "<output/>" RULE(OUT("1"))),
      "table-form d 3", NULL },
    { TABLE("", "<output name='a'/><output/>" RULE(OUT("1") OUT("2"))),
      "table-form d 3", "one of them without name" },
    { TABLE("", "<output name='a'/><output name='a'/>" RULE(OUT("1") OUT("2"))),
      "table-form d 3", "two outputs of one name" },
    { TABLE("", "<output/><annotation name='n'/>" RULE(OUT("1"))),
      "table-form r 4", "a rule with 0 of 1 annotations" },
    { TABLE("", "<output/>" RULE("")), "bad-decision-table d 4",
      "a rule with 0 of 1 'outputEntry'" },
    { TABLE("", "<output/>" RULE(OUT("1") OUT("2"))), "bad-decision-table d 4",
      "a rule with 2 of 1 'outputEntry'" },
    { TABLE("", ""), "bad-decision-table d 3", "without output" },
    { TABLE("", "<output typeRef='string'/>" RULE(OUT("1"))),
      "output-not-allowed r 4", "the output of rule 1 of 'd' does not have" },
    { TABLE("", "<output><outputValues><text>1, 2</text></outputValues>"
                "</output>" RULE(OUT("3"))),
      "output-not-allowed r 4", "is none of the output values" },
    { TABLE("", "<output><outputValues><text>1, 2</text></outputValues>"
                "<defaultOutputEntry><text>3</text></defaultOutputEntry>"
                "</output>" RULE(OUT("1"))),
      "output-not-allowed d 3", "the default output of 'd'" },
    /* types */
    { "<decision id='d' name='d'><variable name='d' typeRef='tX'/>" FEEL(
          "1") "</decision>",
      "no-such-type d 2", "there is no type 'tX'" },
    { "<itemDefinition id='t' name='t'><typeRef>string</typeRef>"
      "<itemComponent name='c'><typeRef>string</typeRef></itemComponent>"
      "</itemDefinition>",
      "type-form t 2", "may have one of typeRef" },
    { "<itemDefinition id='t' name='t'><itemComponent name='c'>"
      "<typeRef>string</typeRef></itemComponent>\n<itemComponent name='c'>"
      "<typeRef>string</typeRef></itemComponent></itemDefinition>",
      "type-form t 3", "has the name 'c'" },
    { "<itemDefinition id='t' name='number'><typeRef>string</typeRef>"
      "</itemDefinition>",
      "type-form t 2", "one of FEEL's types" },
    { "<itemDefinition id='t' name='t'><allowedValues><text>1</text>"
      "</allowedValues></itemDefinition>",
      "type-form t 2", "allowedValues of no type" },
    /* boxed expressions */
    { DECISION("d", "<context><contextEntry>" FEEL(
                        "1") "</contextEntry>"
                             "<contextEntry><variable name='a'/>" FEEL(
                                 "1") "</contextEntry></context>"),
      "boxed-form d 2", "is not the last one" },
    { DECISION(
          "d",
          "<context><contextEntry><variable name='a'/>" FEEL(
              "1") "</contextEntry><contextEntry><variable name='a'/>" FEEL("2") "</contextEntry></context>"),
      "boxed-form d 2", "has the name 'a'" },
    { DECISION("d", "<context><contextEntry><variable name='a'/>"
                    "</contextEntry></context>"),
      "boxed-form d 2", "has no expression" },
    { DECISION("d", "<relation><column name='a'/><column name='b'/><row>" FEEL(
                        "1") "</row></relation>"),
      "boxed-form d 2", "a row of 1 cells in a relation of 2 columns" },
    { DECISION("d",
               "<relation><column name='a'/><column name='a'/></relation>"),
      "boxed-form d 2", NULL },
    { BKM("f", PARAM("a") PARAM("a"), FEEL("a"))
          DECISION("d", KNOWS("f") FEEL("f(1, 2)")),
      "boxed-form f 2", "'formalParameter' has the name 'a'" },
    { DECISION("d", "<functionDefinition/>"), "boxed-form d 2", "has no body" },
    { BKM("f", PARAM("a"), FEEL("a"))
          DECISION("d", KNOWS("f") "<invocation>" FEEL("f") "<binding>" FEEL(
                            "1") "</binding></invocation>"),
      "boxed-form d 2, wrong-arguments d 2", "'binding' has no parameter" },
    { BKM("f", PARAM("a"), FEEL("a")) DECISION(
          "d",
          KNOWS("f") "<invocation>" FEEL("f") "<binding><parameter name='b'/>" FEEL(
              "1") "</binding></invocation>"),
      "wrong-arguments d 2", "'f' has no parameter 'b'" },
    { DECISION("d", "<for><in>" FEEL("[1]") "</in><return>" FEEL(
                        "1") "</return></for>"),
      "missing-attribute d 2", "'iteratorVariable'" },
    { DECISION("d", "<conditional><if>" FEEL("true") "</if><then>" FEEL(
                        "1") "</then></conditional>"),
      "no-logic d 2", "'conditional' without 'else'" },
    { DECISION("d", "<functionDefinition kind='PMML'>" FEEL(
                        "1") "</functionDefinition>"),
      "unsupported-element d 2", "a function of kind 'PMML'" },
    { DECISION("d", "<literalExpression expressionLanguage='groovy'>"
                    "<text>1</text></literalExpression>"),
      "unsupported-language d 2", "'groovy' is not supported" },
    /* expressions */
    { DECISION("d", FEEL("1 +")), "bad-expression d 2",
      "1 +: the expression ends too early" },
    { DECISION("d", FEEL("\n1 +\n]")), "bad-expression d 4", NULL },
    { DECISION("d", FEEL("y + y")), "unknown-name d 2",
      "no requirement gives 'y': it is what the caller gives, or null, in "
      "'d': y + y" },
    { DECISION("e", FEEL("1")) "\n<decision id='d' name='D'>" REQUIRES(
          "information", "requiredDecision", "e") FEEL("e") "</decision>",
      "", NULL },
    { USES_X("[x][y > 1]"), "", NULL },
    { USES_X("for y in [1] return y + x"), "", NULL },
    { USES_X("{ y: 1, z: y }.z + x"), "", NULL },
    { DECISION("d", FEEL("foo(1)")), "unknown-function d 2",
      "there is no function 'foo'" },
    { USES_X("floor(x, 1, 2)"), "wrong-arguments d 3",
      "'floor' cannot be called with these arguments" },
    { USES_X("floor(m: x)"), "wrong-arguments d 3", NULL },
    { USES_X("max(x, 1, 2, 3, 4, 5, 6)"), "", NULL },
    { BKM("f", PARAM("a"), FEEL("a")) "\n" DECISION("d",
                                                    KNOWS("f") FEEL("f(1, 2)")),
      "wrong-arguments d 3", "'f' takes 1 arguments, not 2" },
    { BKM("f", PARAM("a"),
          FEEL(
              "if a = 0 then 0 else f(a - 1, 1)")) "\n" DECISION("d",
                                                                 KNOWS("f") FEEL(
                                                                     "f(1)")),
      "wrong-arguments f 2", "takes 1 arguments, not 2" },
};

START_TEST(says_what_dmn_asks)
{
    const char *text = wr_arena_printf(
        arena,
        "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' "
        "namespace='n' name='m'>\n%s</definitions>",
        cases[_i].inside);
    struct wr_dmn_source source = { "m.dmn", text, strlen(text) };
    struct wr_str got = { .arena = arena };
    const struct wr_dmn *d;

    ck_assert_int_eq(
        wr_dmn_read(arena, &source, 1, &limits, &findings, &d, &err), 0);
    wr_dmn_lint(d, &findings);
    for (size_t i = 0; i < findings.n; i++) {
        const struct wr_finding *f = &findings.items[i];

        /* what the model decides is not the matter here */
        if (strncmp(f->code, "table-n", 7) != 0)
            wr_str_printf(&got, "%s%s %s %d", got.len ? ", " : "", f->code,
                          f->element && *f->element ? f->element : "-",
                          f->line);
    }
    ck_assert_str_eq(wr_str_text(&got), cases[_i].findings);
    if (cases[_i].sentence)
        ck_assert_msg(strstr(findings.items[0].detail, cases[_i].sentence),
                      "%s", findings.items[0].detail);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("dmn rules");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, says_what_dmn_asks, 0, (int)WR_COUNT(cases));

    return t_main("dmn rules", tc, NULL);
}
