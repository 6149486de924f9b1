#include <stdio.h>
#include <string.h>
#include <time.h>

#include "engine/base/str.h"
#include "engine/model/xml.h"
#include "tests/lib/t.h"

#define BPMN "http://www.omg.org/spec/BPMN/20100524/MODEL"

static const struct wr_xml_limits limits = { .max_bytes = 1 << 20,
                                             .max_depth = 20 };

static int
parse(struct wr_arena *a, const char *text, struct wr_xml_doc *doc,
      struct wr_err *err)
{
    return wr_xml_parse(a, text, strlen(text), &limits, doc, err);
}

START_TEST(namespaces_are_resolved)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1024);
    struct wr_xml_doc d;
    struct wr_err err;

    ck_assert_int_eq(
        parse(a,
              "\xEF\xBB\xBF<b:definitions xmlns:b='" BPMN "' "
              "xmlns:o='http://operaton.org/schema/1.0/bpmn'>\n"
              "<b:task id='a' o:async='true' x='&lt;&#65;'>t<!-- c -->u"
              "<![CDATA[<v>]]></b:task>"
              "<task xmlns='" BPMN "' id='b'/><o:task id='c'/>"
              "</b:definitions>",
              &d, &err),
        0);
    ck_assert_int_eq(d.root->ns, WR_NS_BPMN);
    ck_assert_int_eq(d.root->first->line, 2);
    ck_assert_str_eq(wr_xml_attr(d.root->first, "x"), "<A");
    ck_assert_str_eq(d.root->first->text, "tu<v>");
    ck_assert_str_eq(wr_xml_attr_ns(d.root->first, WR_NS_CAMUNDA, "async"),
                     "true");
    ck_assert_ptr_null(wr_xml_attr(d.root->first, "async"));
    ck_assert_int_eq(wr_xml_count(d.root, WR_NS_BPMN, "task"), 2);
    ck_assert_ptr_nonnull(wr_xml_by_id(&d, "b"));
    ck_assert_ptr_null(wr_xml_by_id(&d, "c")); /* no BPMN element */
}
END_TEST

START_TEST(references_have_prefixes)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1024);
    struct wr_xml_doc d;
    struct wr_err err;
    bool foreign;

    ck_assert_int_eq(parse(a,
                           "<definitions xmlns='" BPMN "' xmlns:t='urn:t' "
                           "xmlns:o='urn:o' targetNamespace='urn:t'>"
                           "<task id='a'/></definitions>",
                           &d, &err),
                     0);
    ck_assert_ptr_eq(wr_xml_ref(&d, d.root, "a", NULL), d.root->first);
    ck_assert_ptr_eq(wr_xml_ref(&d, d.root, "t:a", &foreign), d.root->first);
    ck_assert(!foreign);
    ck_assert_ptr_null(wr_xml_ref(&d, d.root, "o:a", &foreign));
    ck_assert(foreign);
    ck_assert_ptr_null(wr_xml_ref(&d, d.root, "u:a", &foreign));
    ck_assert(!foreign);
}
END_TEST

static const struct {
    const char *xml;
    enum wr_code code;
    int line;
    const char *text; /* part of the message */
} hostile[] = {
    { "", WR_EPARSE, 1, "empty" },
    { "\n\n", WR_EPARSE, 3, "malformed" },
    { "no xml", WR_EPARSE, 1, "malformed" },
    { "<a>\n<b>\n</a>", WR_EPARSE, 3, "malformed" },
    { "<a/><b/>", WR_EPARSE, 1, "malformed" },
    { "<a x='1' x='2'/>", WR_EPARSE, 1, "malformed" },
    { "<b:a/>", WR_EPARSE, 1, "malformed" },
    { "<a>&unknown;</a>", WR_EPARSE, 1, "malformed" },
    { "<a>\xFF\xFE</a>", WR_EPARSE, 1, "malformed" },
    { "<a>&#0;</a>", WR_EPARSE, 1, "malformed" },
    { "<?xml version='1.0' encoding='none-such'?><a/>", WR_EPARSE, 1,
      "malformed" },
    { "<!DOCTYPE a>\n<a/>", WR_EPARSE, 1, "DOCTYPE" },
    { "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", WR_EPARSE, 1, "DOCTYPE" },
    { "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", WR_EPARSE, 1, "DOCTYPE" },
    { "<!DOCTYPE a [<!ENTITY % p SYSTEM 'http://127.0.0.1/'>%p;]><a/>",
      WR_EPARSE, 1, "DOCTYPE" },
    { "<a><a><a><a><a><a><a><a><a><a>\n<a><a><a><a><a><a><a><a><a><a><a/>",
      WR_ELIMIT, 2, "deep" },
};

START_TEST(hostile_text_is_refused)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1024);
    struct wr_xml_doc d;
    struct wr_err err = { 0 };

    ck_assert_int_eq(parse(a, hostile[_i].xml, &d, &err), hostile[_i].code);
    ck_assert_int_eq(err.line, hostile[_i].line);
    ck_assert_msg(strstr(err.text, hostile[_i].text), "%s", err.text);
}
END_TEST

START_TEST(sizes_are_limited)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1024);
    struct wr_str s = { .arena = a };
    struct wr_xml_doc d;
    struct wr_err err = { 0 };

    wr_str_add(&s, "<a");
    for (int i = 0; i < 1000; i++)
        wr_str_printf(&s, " a%d=''", i);
    wr_str_add(&s, "/>");
    ck_assert_int_eq(parse(a, s.s, &d, &err), WR_ELIMIT);
    s.len = 0;
    wr_str_add(&s, "<a>");
    while (s.len < limits.max_bytes)
        wr_str_add(&s, "0123456789");
    wr_str_add(&s, "</a>");
    ck_assert_int_eq(parse(a, s.s, &d, &err), WR_ELIMIT);
    ck_assert_ptr_nonnull(strstr(err.text, "1048576"));
}
END_TEST

/* The time to refuse it must not grow with the square of their number. */
START_TEST(a_million_attributes_are_refused_at_once)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 20);
    static const struct wr_xml_limits large = { 8 << 20, 20 };
    struct wr_str s = { .arena = a };
    struct wr_xml_doc d;
    struct wr_err err = { 0 };
    clock_t start;

    wr_str_add(&s, "<?xml version='1.0'?><!-- it's --><a>'<b");
    for (int i = 0; s.len < (7 << 20); i++)
        wr_str_printf(&s, " a%x=''", i);
    wr_str_add(&s, "/></a>");
    start = clock();
    ck_assert_int_eq(wr_xml_parse(a, s.s, s.len, &large, &d, &err), WR_ELIMIT);
    ck_assert_int_lt(clock() - start, 5 * CLOCKS_PER_SEC);
}
END_TEST

START_TEST(elements_are_counted)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 20);
    const struct wr_xml_limits wide = { .max_bytes = 1 << 22, .max_depth = 20 };
    struct wr_str s = { .arena = a };
    struct wr_xml_doc d;
    struct wr_err err = { 0 };

    wr_str_add(&s, "<a>");
    for (int i = 1; i < WR_XML_ELEMENTS; i++)
        wr_str_add(&s, "<b/>");
    wr_str_add(&s, "</a>");
    ck_assert_int_eq(wr_xml_parse(a, s.s, s.len, &wide, &d, &err), 0);
    s.len -= strlen("</a>");
    wr_str_add(&s, "<b/></a>");
    ck_assert_int_eq(wr_xml_parse(a, s.s, s.len, &wide, &d, &err), WR_ELIMIT);
}
END_TEST

/* One BPMN element in UTF-16, both ways round, and in Windows-1252. */
START_TEST(encodings_are_read)
{
    static const char text[] = "<definitions xmlns='" BPMN "' name='";
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    struct wr_xml_doc d;
    struct wr_err err = { 0 };

    for (int big = 0; big < 2; big++) {
        struct wr_str s = { .arena = a };

        wr_str_addn(&s, big ? "\xFE\xFF" : "\xFF\xFE", 2);
        for (const char *p = text; *p; p++)
            wr_str_addn(&s, big ? (char[]){ 0, *p } : (char[]){ *p, 0 }, 2);
        wr_str_addn(&s, big ? "\0\xE4\0'\0/\0>" : "\xE4\0'\0/\0>\0", 8);
        ck_assert_int_eq(wr_xml_parse(a, s.s, s.len, &limits, &d, &err), 0);
        ck_assert_str_eq(wr_xml_attr(d.root, "name"), "\xC3\xA4");
    }
    ck_assert_int_eq(
        parse(a, "<?xml version='1.0' encoding='windows-1252'?><a n='\x80'/>",
              &d, &err),
        0);
    ck_assert_str_eq(wr_xml_attr(d.root, "n"), "\xE2\x82\xAC");
}
END_TEST

START_TEST(vocabulary_is_sorted)
{
    static const char *const names[] = {
#define WR_VOCABULARY(name, is) name,
#include "engine/model/vocabulary.def"
#undef WR_VOCABULARY
    };
    bool known;

    for (size_t i = 0; i < WR_COUNT(names); i++) {
        wr_vocabulary(names[i], &known);
        ck_assert_msg(known, "%s", names[i]);
        if (i > 0)
            ck_assert_str_lt(names[i - 1], names[i]);
    }
    wr_vocabulary("taskk", &known);
    ck_assert(!known);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("xml");

    tcase_add_test(tc, namespaces_are_resolved);
    tcase_add_test(tc, references_have_prefixes);
    tcase_add_loop_test(tc, hostile_text_is_refused, 0, WR_COUNT(hostile));
    tcase_add_test(tc, sizes_are_limited);
    tcase_add_test(tc, a_million_attributes_are_refused_at_once);
    tcase_add_test(tc, elements_are_counted);
    tcase_add_test(tc, encodings_are_read);
    tcase_add_test(tc, vocabulary_is_sorted);

    return t_main("xml", tc, NULL);
}
