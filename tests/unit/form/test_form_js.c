/* form-js: every component and rule enforced, every refusal by name. */

#include <string.h>

#include "tests/lib/t.h"
#include "tests/unit/form/fill.h"

#define TEXT(rules)   "{'type':'textfield','key':'a','validate':{" rules "}}"
#define NUMBER(rules) "{'type':'number','key':'a','validate':{" rules "}}"
#define SIZES         "'values':[{'label':'S','value':'s'},{'label':'1','value':1}]"
#define HIDDEN        "'conditional':{'hide':'=no'}"

/* The components, what is given and seen, and the errors. */
static const struct {
    const char *components, *given, *seen, *errors;
} rows[] = {
    /* validate */
    { TEXT("'required':true"), "{'a':'x'}", NULL, "" },
    { TEXT("'required':true"), "{}", NULL, "/a required;" },
    { TEXT("'required':true"), "{'a':null}", NULL, "/a required;" },
    { TEXT("'required':true"), "{'a':''}", NULL, "/a required;" },
    { TEXT("'required':true"), "{}", "{'a':'x'}", "/a required;" },
    { TEXT("'required':'=n > 1'"), "{}", "{'n':2}", "/a required;" },
    { TEXT("'required':'=n > 1'"), "{}", "{'n':1}", "" },
    { TEXT("'minLength':2"), "{'a':'ä'}", NULL, "/a value;" },
    { TEXT("'maxLength':'2'"), "{'a':'äö'}", NULL, "" },
    { TEXT("'maxLength':'=n'"), "{'a':'abc','n':2}", NULL, "/a value;" },
    { TEXT("'pattern':'b'"), "{'a':'abc'}", NULL, "" },
    { TEXT("'pattern':'^b$'"), "{'a':'b\\n'}", NULL, "/a value;" },
    { TEXT("'validationType':'email'"), "{'a':'a@b.org'}", NULL, "" },
    { TEXT("'validationType':'email'"), "{'a':'a@b'}", NULL, "/a value;" },
    { TEXT("'validationType':'phone'"), "{'a':'+49 30 1234'}", NULL, "" },
    { TEXT("'validationType':'phone'"), "{'a':'30 1234'}", NULL, "/a value;" },
    { TEXT("'validationType':'custom','pattern':'x'"), "{'a':'y'}", NULL,
      "/a value;" },
    { TEXT("'validationType':'','pattern':'','min':''"), "{'a':'y'}", NULL,
      "" },
    { NUMBER("'min':1"), "{'a':0}", NULL, "/a value;" },
    { NUMBER("'max':'=2 * n'"), "{'a':3}", "{'n':1}", "/a value;" },
    { NUMBER("'max':'=2 * n'"), "{'a':3,'n':2}", "{'n':1}", "" },
    /* components */
    { TEXT(""), "{'a':1}", NULL, "/a type;" },
    { "{'type':'textarea','key':'a'}", "{'a':[]}", NULL, "" },
    { "{'type':'textarea','key':'a'}", "{'a':['x']}", NULL, "/a type;" },
    { "{'type':'textarea','key':'a','properties':{'type':'json'}}",
      "{'a':['x']}", NULL, "" },
    { NUMBER(""), "{'a':'1'}", NULL, "/a type;" },
    { "{'type':'number','key':'a','serializeToString':true}", "{'a':'1'}", NULL,
      "" },
    { "{'type':'number','key':'a','serializeToString':true}", "{'a':'x'}", NULL,
      "/a type;" },
    { "{'type':'number','key':'a','decimalDigits':0}", "{'a':1.5}", NULL,
      "/a value;" },
    { "{'type':'number','key':'a','decimalDigits':2}", "{'a':1.25}", NULL, "" },
    { "{'type':'checkbox','key':'a'}", "{'a':false}", NULL, "" },
    { "{'type':'checkbox','key':'a'}", "{'a':'x'}", NULL, "/a type;" },
    { "{'type':'checkbox','key':'a','validate':{'required':true}}",
      "{'a':false}", NULL, "/a required;" },
    { "{'type':'radio','key':'a'," SIZES "}", "{'a':'s'}", NULL, "" },
    { "{'type':'radio','key':'a'," SIZES "}", "{'a':'1'}", NULL, "/a value;" },
    { "{'type':'select','key':'a'," SIZES "}", "{'a':1}", NULL, "" },
    { "{'type':'select','key':'a','valuesKey':'o.l'}", "{'a':'x'}",
      "{'o':{'l':['x']}}", "" },
    { "{'type':'select','key':'a','valuesKey':'o'}", "{'a':'x'}", NULL,
      "/a value;" },
    { "{'type':'select','key':'a','valuesExpression':'=[1, 2]'}", "{'a':2}",
      NULL, "" },
    { "{'type':'checklist','key':'a'," SIZES "}", "{'a':['s',1]}", NULL, "" },
    { "{'type':'checklist','key':'a'," SIZES "}", "{'a':['s','m']}", NULL,
      "/a/1 value;" },
    { "{'type':'taglist','key':'a'," SIZES "}", "{'a':'s'}", NULL, "/a type;" },
    { "{'type':'taglist','key':'a','validate':{'required':true}," SIZES "}",
      "{'a':[]}", NULL, "/a required;" },
    { "{'type':'datetime','key':'a','subtype':'date'}", "{'a':'2026-02-28'}",
      NULL, "" },
    { "{'type':'datetime','key':'a','subtype':'date'}", "{'a':'2026-02-30'}",
      NULL, "/a type;" },
    { "{'type':'datetime','key':'a','subtype':'time'}", "{'a':'10:30'}", NULL,
      "" },
    { "{'type':'datetime','key':'a','subtype':'time'}", "{'a':'soon'}", NULL,
      "/a type;" },
    { "{'type':'datetime','key':'a','subtype':'datetime'}",
      "{'a':'2026-02-28T10:30Z'}", NULL, "" },
    { "{'type':'datetime','key':'a','subtype':'datetime'}",
      "{'a':'2026-02-28'}", NULL, "/a type;" },
    { "{'type':'expression','key':'a','expression':'=1'},"
      "{'type':'filepicker','key':'b'}",
      "{'a':{},'b':['f']}", NULL, "" },
    { "{'type':'text','text':'x'},{'type':'html'},{'type':'image'},"
      "{'type':'iframe'},{'type':'button'},{'type':'separator'},"
      "{'type':'spacer'},{'type':'table'},{'type':'documentPreview'}",
      "{'any':1}", NULL, "" },
    /* places */
    { "{'type':'textfield','key':'o.a','validate':{'required':true}}",
      "{'o':{}}", NULL, "/o/a required;" },
    { "{'type':'textfield','key':'a/b','validate':{'required':true}}", "{}",
      NULL, "/a~1b required;" },
    { "{'type':'group','components':[" NUMBER("") "]}", "{'a':'x'}", NULL,
      "/a type;" },
    { "{'type':'group','path':'g','components':[" NUMBER("") "]}",
      "{'g':{'a':'x'}}", NULL, "/g/a type;" },
    { "{'type':'group','path':'g','components':[" NUMBER("") "]}", "{'g':1}",
      NULL, "/g type;" },
    { "{'type':'group','path':'g','components':[" TEXT("'required':true") "]}",
      "{}", NULL, "/g/a required;" },
    { "{'type':'dynamiclist','path':'l','components':[" NUMBER(
          "'required':true") "]}",
      "{'l':[{'a':1},{},{'a':'x'},3]}", NULL,
      "/l/1/a required;/l/2/a type;/l/3 type;" },
    { "{'type':'dynamiclist','path':'l','components':[" NUMBER(
          "'max':'=i * top'") "]}",
      "{'l':[{'a':3},{'a':3}],'top':2}", NULL, "/l/0/a value;" },
    { "{'type':'dynamiclist','path':'l','components':[" NUMBER("") "]}",
      "{'l':{}}", NULL, "/l type;" },
    /* what must not be sent */
    { "{'type':'textfield','key':'a'," HIDDEN "}", "{'a':'x','no':true}", NULL,
      "/a hidden;" },
    { "{'type':'textfield','key':'a'," HIDDEN ",'validate':{'required':true}}",
      "{'no':true}", NULL, "" },
    { "{'type':'textfield','key':'a'," HIDDEN ",'validate':{'required':true}}",
      "{'no':false}", NULL, "/a required;" },
    { "{'type':'textfield','key':'a'," HIDDEN "},"
      "{'type':'textfield','key':'a'}",
      "{'a':'x'}", "{'no':true}", "" },
    { "{'type':'group'," HIDDEN ",'components':[" TEXT("") "]}", "{'a':'x'}",
      "{'no':true}", "/a hidden;" },
    { "{'type':'dynamiclist','path':'l'," HIDDEN
      ",'components':[" TEXT("") "]}",
      "{'l':[]}", "{'no':true}", "/l hidden;" },
    { "{'type':'textfield','key':'a','readonly':true}", "{'a':'x'}",
      "{'a':'x'}", "" },
    { "{'type':'textfield','key':'a','readonly':true}", "{'a':'y'}",
      "{'a':'x'}", "/a readonly;" },
    { "{'type':'textfield','key':'a','readonly':'=n = 1'}", "{'a':'y'}",
      "{'n':1}", "/a readonly;" },
    { "{'type':'textfield','key':'a','disabled':true}", "{'a':'y'}", NULL,
      "/a readonly;" },
    { "{'type':'textfield','key':'a','readonly':true,"
      "'validate':{'required':true}}",
      "{}", NULL, "" },
};

START_TEST(enforces)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    const char *file = wr_arena_printf(a, "{'id':'f','components':[%s]}",
                                       rows[_i].components);
    const char *got = fill(a, "f.form", file, rows[_i].given, rows[_i].seen);

    ck_assert_msg(strcmp(got, rows[_i].errors) == 0, "%s of %s: '%s'", file,
                  rows[_i].given, got);
}
END_TEST

static const struct {
    const char *component, *why;
} refused[] = {
    { "1", "component '?': 'type' is missing" },
    { "{'key':'a'}", "component 'a': 'type' is missing" },
    { "{'type':'slider','key':'a'}",
      "component 'a': 'slider' is no component that is supported" },
    { "{'type':'number'}", "'key' is no name of a variable" },
    { "{'type':'number','key':'a..b'}", "'key' is no name of a variable" },
    { "{'type':'dynamiclist','components':[]}",
      "'path' is no name of a variable" },
    { "{'type':'group','path':'.','components':[]}",
      "'path' is no name of a variable" },
    { "{'type':'group'}", "'components' is no list" },
    { "{'type':'group','components':[{'type':'number'}]}",
      "component 'number': 'key'" },
    { TEXT("'unique':true"), "'unique' of 'validate' is not supported" },
    { TEXT("'required':1"), "'required' is neither a boolean nor" },
    { TEXT("'required':'=1 +'"), "component 'a': 'required'" },
    { TEXT("'minLength':'x'"), "'minLength' is neither a number nor" },
    { NUMBER("'max':'=('"), "component 'a': 'max'" },
    { TEXT("'pattern':'a('"), "'pattern' is no regular expression" },
    { TEXT("'pattern':1"), "'pattern' is no text" },
    { TEXT("'validationType':'iban'"),
      "'validationType' is none of email, phone and custom" },
    { "{'type':'number','key':'a','validate':[]}", "'validate' is no object" },
    { "{'type':'number','key':'a','conditional':[]}",
      "'conditional' is no object" },
    { "{'type':'number','key':'a','conditional':{'show':'=x'}}",
      "'show' of 'conditional' is not supported" },
    { "{'type':'number','key':'a','conditional':{'hide':'=)'}}",
      "component 'a': 'hide'" },
    { "{'type':'number','key':'a','readonly':'x'}",
      "'readonly' is neither a boolean nor" },
    { "{'type':'select','key':'a'}", "'values' is missing" },
    { "{'type':'select','key':'a','values':{}}", "'values' is no list" },
    { "{'type':'select','key':'a','valuesKey':'a b ('}", "'valuesKey'" },
    { "{'type':'select','key':'a','valuesExpression':'=)'}",
      "'valuesExpression'" },
    { "{'type':'datetime','key':'a','subtype':'year'}",
      "'subtype' is none of date, time and datetime" },
};

START_TEST(refuses)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    const char *file = wr_arena_printf(a, "{'id':'f','components':[%s]}",
                                       refused[_i].component);
    const char *why = refusal(a, "f.form", file);

    ck_assert_msg(strstr(why, refused[_i].why), "%s: '%s'", file, why);
}
END_TEST

/* Many that are hidden beside as many that are shown. */
START_TEST(large_lists)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    struct wr_str s = { .arena = a };

    wr_str_add(&s, "{'no':true,'l':[");
    for (int i = 0; i < 20000; i++)
        wr_str_printf(&s, "%s{'a':'x','b':'x'}", i ? "," : "");
    wr_str_add(&s, "]}");
    ck_assert_str_eq(
        fill(
            a, "f.form",
            "{'id':'f','components':[{'type':'dynamiclist','path':'l',"
            "'components':[" TEXT(
                "'required':true") ","
                                   "{'type':'group','conditional':{'hide':true},'components':["
                                   "{'type':'textfield','key':'a'}]}]}]}",
            wr_str_text(&s), NULL),
        "");
}
END_TEST

START_TEST(what_is_shown)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    static const char file[] =
        "{\"id\":\"f\",\"components\":[{\"type\":\"number\",\"key\":\"a\","
        "\"defaultValue\":1},{\"type\":\"number\",\"key\":\"b\","
        "\"defaultValue\":2},{\"type\":\"group\",\"components\":["
        "{\"type\":\"number\",\"key\":\"o.c\"}]},"
        "{\"type\":\"number\",\"key\":\"d\"}]}";
    struct wr_err err = { 0 };
    struct wr_form form;
    const struct wr_value *v;

    ck_assert_int_eq(
        wr_form_parse(a, "f.form", file, strlen(file), &form, &err), 0);
    v = wr_form_data(a, &form, json_of(a, "{'b':3,'o':{'c':4},'z':5}"),
                     json_of(a, "{'d':6}"));
    ck_assert(wr_value_equal(v, json_of(a, "{'a':1,'b':3,'o':{'c':4},'d':6}")));
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("form-js (rows 71)");

    tcase_add_loop_test(tc, enforces, 0, (int)WR_COUNT(rows));
    tcase_add_loop_test(tc, refuses, 0, (int)WR_COUNT(refused));
    tcase_add_test(tc, large_lists);
    tcase_add_test(tc, what_is_shown);

    return t_main("form_js", tc, NULL);
}
