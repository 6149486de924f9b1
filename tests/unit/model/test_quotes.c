/* test_quotes.c: typographic quotes in expressions. */

#include <string.h>

#include "tests/lib/t.h"
#include "tests/unit/model/read.h"

#define CONDITION(text)                                   \
    "<task id='a'/><task id='b'/><task id='c'/>"          \
    "<sequenceFlow id='d' sourceRef='a' targetRef='c'/>"  \
    "\n<sequenceFlow id='f' sourceRef='a' targetRef='b'>" \
    "<conditionExpression>" text "</conditionExpression></sequenceFlow>"
#define SCRIPT(format, text)                                     \
    "<scriptTask id='s' scriptFormat='" format "'><script>" text \
    "</script></scriptTask>"
#define INPUT(text) \
    "<task id='a'><extensionElements>" text "</extensionElements></task>"

/* A process body from line 3 on, its findings and what the detail names. */
static const struct {
    const char *body, *findings, *detail;
    int errors;
} cases[] = {
    /* outside a string */
    { CONDITION("x = “yes”"), "typographic-quote f 4\n",
      "'x = “yes”': the typographic quote “ (U+201C) quotes nothing:"
      " write \" instead",
      1 },
    { CONDITION("=x = ”yes”"), "typographic-quote f 4\n",
      "quote ” (U+201D) quotes nothing: write \" instead", 1 },
    { CONDITION("=x = ‘yes’"), "typographic-quote f 4\n",
      "quote ‘ (U+2018) quotes nothing: write \" instead", 1 },
    { CONDITION("${x == ‘yes’}"), "typographic-quote f 4\n",
      "quote ‘ (U+2018) quotes nothing: write ' instead", 1 },
    { CONDITION("${x == ’yes’}"), "typographic-quote f 4\n",
      "quote ’ (U+2019) quotes nothing: write ' instead", 1 },
    { CONDITION("${x == “yes”}"), "typographic-quote f 4\n",
      "quote “ (U+201C) quotes nothing: write \" instead", 1 },
    { CONDITION("=x = \"a\" + \n“yes”"), "typographic-quote f 4\n", "“", 1 },
    { SCRIPT("feel", "“a”"), "typographic-quote s 3\n", "“", 1 },
    { SCRIPT("juel", "${“a”}"), "typographic-quote s 3\n", "“", 1 },
    { INPUT("<zeebe:ioMapping><zeebe:input source='=“a”' target='t'/>"
            "</zeebe:ioMapping>"),
      "typographic-quote a 3\n", "“", 1 },
    { INPUT("<camunda:inputOutput><camunda:inputParameter name='t'>${“a”}"
            "</camunda:inputParameter></camunda:inputOutput>"),
      "typographic-quote a 3\n", "“", 1 },
    { INPUT("<camunda:executionListener event='start'"
            " expression='${execution.setVariable(“a”, 1)}'/>"),
      "typographic-quote a 3\n", "“", 1 },
    /* that reads as a name */
    { CONDITION("=x = Max’s"), "typographic-quote f 4\n",
      "quote ’ (U+2019) quotes nothing: write \" instead", 0 },
    { CONDITION("${x == y’}"), "typographic-quote f 4\n", "’", 0 },
    /* text like any other */
    { CONDITION("x = \"“yes” ‘it’s’\""), "", NULL, 0 },
    { CONDITION("=x = \"a\\\"“b\""), "", NULL, 0 },
    { CONDITION("${x == '“yes”'}"), "", NULL, 0 },
    { CONDITION("${x == \"it’s\"}"), "", NULL, 0 },
    { CONDITION("=x // as in “yes”"), "", NULL, 0 },
    { CONDITION("=x /* “ */"), "", NULL, 0 },
    { INPUT("<camunda:inputOutput><camunda:inputParameter name='t'>“${a}” it’s"
            "</camunda:inputParameter></camunda:inputOutput>"),
      "", NULL, 0 },
    /* something else is wrong */
    { CONDITION("=x = \"“yes” + "), "bad-expression f 4\n", "no end", 1 },
    { CONDITION("=x +"), "bad-expression f 4\n", "too early", 1 },
};

START_TEST(quotes_are_named)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    struct wr_bpmn b = read_file(a, process_of(a, cases[_i].body));
    const char *detail = NULL;

    ck_assert_str_eq(findings_of(a, cases[_i].body), cases[_i].findings);
    ck_assert_uint_eq(b.findings.n_errors, cases[_i].errors);
    for (size_t k = 0; k < b.findings.n; k++) {
        if (!b.findings.items[k].constraint)
            detail = b.findings.items[k].detail;
    }
    if (cases[_i].detail)
        ck_assert_ptr_nonnull(strstr(detail, cases[_i].detail));
}
END_TEST

/* What is shown of a long one ends with a whole character. */
START_TEST(long_ones_are_cut)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);

    for (int blanks = 0; blanks < 3; blanks++) {
        const char *body = wr_arena_printf(
            a, SCRIPT("feel", "x%*s + %s"), blanks, "",
            "“““““““““““““““““““““““““““““““““““““““““““““““““““““““““““““““““““"
            "““““““““““““““““““““““““““““““““““““““““““““““““““““““““““““““““““");
        struct wr_bpmn b = read_file(a, process_of(a, body));

        ck_assert_uint_eq(b.findings.n_errors, 1);
        ck_assert_ptr_nonnull(
            strstr(b.findings.items[0].detail, "“': the typographic quote “"));
    }
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("quotes");

    tcase_add_loop_test(tc, quotes_are_named, 0, WR_COUNT(cases));
    tcase_add_test(tc, long_ones_are_cut);

    return t_main("quotes", tc, NULL);
}
