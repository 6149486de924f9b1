/* JSON Schema: every keyword and format enforced, every refusal by name. */

#include <string.h>

#include "tests/lib/t.h"
#include "tests/unit/form/fill.h"

#define D7 "'$schema':'http://json-schema.org/draft-07/schema#'"

/* What follows { in the file, and the errors of variables. */
static const struct {
    const char *body, *given, *errors;
} rows[] = {
    /* any value */
    { "'properties':{'a':{'type':'string'}}", "{'a':'x'}", "" },
    { "'properties':{'a':{'type':'string'}}", "{'a':1}", "/a type;" },
    { "'properties':{'a':{'type':'null'}}", "{'a':null}", "" },
    { "'properties':{'a':{'type':'boolean'}}", "{'a':0}", "/a type;" },
    { "'properties':{'a':{'type':'integer'}}", "{'a':1.0}", "" },
    { "'properties':{'a':{'type':'integer'}}", "{'a':1.5}", "/a type;" },
    { "'properties':{'a':{'type':'number'}}", "{'a':'1'}", "/a type;" },
    { "'properties':{'a':{'type':'array'}}", "{'a':{}}", "/a type;" },
    { "'properties':{'a':{'type':'object'}}", "{'a':[]}", "/a type;" },
    { "'properties':{'a':{'type':['null','string']}}", "{'a':null}", "" },
    { "'properties':{'a':{'type':['null','string']}}", "{'a':1}", "/a type;" },
    { "'properties':{'a':{'enum':[1,'x',[2]]}}", "{'a':[2]}", "" },
    { "'properties':{'a':{'enum':[1,'x']}}", "{'a':'y'}", "/a value;" },
    { "'properties':{'a':{'const':{'b':1}}}", "{'a':{'b':1.0}}", "" },
    { "'properties':{'a':{'const':null}}", "{'a':0}", "/a value;" },
    /* numbers; other types are not asked */
    { "'properties':{'a':{'minimum':1}}", "{'a':1}", "" },
    { "'properties':{'a':{'minimum':1}}", "{'a':0.9}", "/a value;" },
    { "'properties':{'a':{'minimum':1}}", "{'a':'0'}", "" },
    { "'properties':{'a':{'maximum':1}}", "{'a':1.1}", "/a value;" },
    { "'properties':{'a':{'exclusiveMinimum':1}}", "{'a':1}", "/a value;" },
    { "'properties':{'a':{'exclusiveMaximum':1}}", "{'a':1}", "/a value;" },
    { "'properties':{'a':{'exclusiveMaximum':1}}", "{'a':0.9}", "" },
    { "'properties':{'a':{'multipleOf':0.01}}", "{'a':19.99}", "" },
    { "'properties':{'a':{'multipleOf':0.01}}", "{'a':1.001}", "/a value;" },
    /* texts: characters, not bytes */
    { "'properties':{'a':{'maxLength':2}}", "{'a':'äö'}", "" },
    { "'properties':{'a':{'maxLength':2}}", "{'a':'abc'}", "/a value;" },
    { "'properties':{'a':{'minLength':2}}", "{'a':'ä'}", "/a value;" },
    { "'properties':{'a':{'pattern':'b+'}}", "{'a':'abbc'}", "" },
    { "'properties':{'a':{'pattern':'^b'}}", "{'a':'ab'}", "/a value;" },
    { "'properties':{'a':{'pattern':'^b$'}}", "{'a':'b\\n'}", "/a value;" },
    /* lists */
    { "'properties':{'a':{'items':{'type':'null'}}}", "{'a':[null,1]}",
      "/a/1 type;" },
    { "'properties':{'a':{'prefixItems':[{'const':1}],'items':false}}",
      "{'a':[1]}", "" },
    { "'properties':{'a':{'prefixItems':[{'const':1}],'items':false}}",
      "{'a':[2,3]}", "/a/0 value;/a/1 unknown;" },
    { "'properties':{'a':{'contains':{'const':1}}}", "{'a':[0,1]}", "" },
    { "'properties':{'a':{'contains':{'const':1}}}", "{'a':[0]}", "/a value;" },
    { "'properties':{'a':{'contains':{'const':1},'minContains':0}}", "{'a':[]}",
      "" },
    { "'properties':{'a':{'contains':{'const':1},'minContains':2}}",
      "{'a':[1]}", "/a value;" },
    { "'properties':{'a':{'contains':{'const':1},'maxContains':1}}",
      "{'a':[1,1]}", "/a value;" },
    { "'properties':{'a':{'minItems':1}}", "{'a':[]}", "/a value;" },
    { "'properties':{'a':{'maxItems':1}}", "{'a':[1,2]}", "/a value;" },
    { "'properties':{'a':{'uniqueItems':true}}", "{'a':[1,'1']}", "" },
    { "'properties':{'a':{'uniqueItems':true}}", "{'a':[1,1.0]}", "/a value;" },
    { "'properties':{'a':{'uniqueItems':false}}", "{'a':[1,1]}", "" },
    /* objects */
    { "'required':['a','b']", "{'a':null}", "/b required;" },
    { "'properties':{'a':true},'additionalProperties':false", "{'b':1}",
      "/b unknown;" },
    { "'additionalProperties':{'type':'string'}", "{'b':1}", "/b type;" },
    { "'patternProperties':{'^x':{'type':'null'}},"
      "'additionalProperties':false",
      "{'xa':1,'y':1}", "/xa type;/y unknown;" },
    { "'propertyNames':{'maxLength':1}", "{'ab':1}", "/ab value;" },
    { "'minProperties':1", "{}", " value;" },
    { "'maxProperties':1", "{'a':1,'b':2}", " value;" },
    { "'dependentRequired':{'a':['b']}", "{'a':1}", "/b required;" },
    { "'dependentRequired':{'a':['b']}", "{}", "" },
    { "'dependentSchemas':{'a':{'maxProperties':1}}", "{'a':1,'b':1}",
      " value;" },
    /* together */
    { "'allOf':[{'required':['a']},{'required':['b']}]", "{}",
      "/a required;/b required;" },
    { "'anyOf':[{'required':['a']},{'required':['b']}]", "{'b':1}", "" },
    { "'anyOf':[{'required':['a']},{'required':['b']}]", "{}", " value;" },
    { "'anyOf':[{'required':['a']}]", "{}", "/a required;" },
    { "'oneOf':[{'required':['a']},{'required':['b']}]", "{'a':1}", "" },
    { "'oneOf':[{'required':['a']},{'required':['b']}]", "{'a':1,'b':1}",
      " value;" },
    { "'not':{'required':['a']}", "{'a':1}", " value;" },
    { "'if':{'required':['a']},'then':{'required':['b']},"
      "'else':{'required':['c']}",
      "{'a':1}", "/b required;" },
    { "'if':{'required':['a']},'then':{'required':['b']},"
      "'else':{'required':['c']}",
      "{}", "/c required;" },
    { "'then':{'required':['b']}", "{}", "" },
    /* references and pointers */
    { "'$ref':'#/$defs/a~1b~0','$defs':{'a/b~':{'required':['x']}}", "{}",
      "/x required;" },
    { "'$ref':'#/$defs/a','$defs':{'a':{}},'required':['x']", "{}",
      "/x required;" },
    { "'properties':{'next':{'$ref':'#'}},'required':['n']",
      "{'n':1,'next':{'n':2,'next':{}}}", "/next/next/n required;" },
    { "'$ref':'#'", "{}", "limit" },
    { "'required':['a/b','c~d']", "{}", "/a~1b required;/c~0d required;" },
    /* said, not enforced */
    { "'$id':'u:x','$comment':'','title':'','description':'','default':{},"
      "'examples':[],'deprecated':true,'readOnly':true,'writeOnly':false,"
      "'contentEncoding':'base64','contentMediaType':'x/y','x-own':[]",
      "{'a':1}", "" },
    /* draft-07 */
    { D7 ",'properties':{'a':{'items':[{'const':1}],"
         "'additionalItems':false}}",
      "{'a':[1,2]}", "/a/1 unknown;" },
    { D7 ",'properties':{'a':{'items':[{'const':1}]}}", "{'a':[1,2]}", "" },
    { D7 ",'$ref':'#/definitions/d','required':['x'],'definitions':{'d':{}}",
      "{}", "" },
    { D7 ",'dependencies':{'a':['b'],'c':{'required':['d']}}", "{'a':1,'c':1}",
      "/b required;/d required;" },
};

START_TEST(keywords)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    const char *file = wr_arena_printf(a, "{%s}", rows[_i].body);
    const char *got = fill(a, "f.schema.json", file, rows[_i].given, NULL);

    ck_assert_msg(strcmp(got, rows[_i].errors) == 0, "%s of %s: '%s'", file,
                  rows[_i].given, got);
}
END_TEST

static const struct {
    const char *format, *good, *bad;
} formats[] = {
    { "date", "2026-02-28", "2026-02-30" },
    { "time", "10:30:00Z", "25:00" },
    { "date-time", "2026-02-28T10:30:00Z", "2026-02-28" },
    { "duration", "P1DT2H", "1d" },
    { "email", "a.b@c.org", "a@b" },
    { "email", "a@b.org", "a@b.org\\n" },
    { "uuid", "12345678-9abc-DEF0-1234-56789abcdef0", "12345678" },
    { "uri", "urn:x:y", "no uri" },
    { "ipv4", "127.0.0.1", "127.0.0.256" },
    { "ipv4", "255.9.10.0", "127.0.0.01" },
    { "ipv4", "1.2.3.4", "1.2.3.4." },
    { "hostname", "a-1.example", "-a.example" },
    { "regex", "^a+$", "a(" },
};

START_TEST(formats_of_texts)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    const char *file = wr_arena_printf(
        a, "{'properties':{'a':{'format':'%s'}}}", formats[_i].format);
    const char *name = "f.schema.json";

    ck_assert_str_eq(fill(a, name, file,
                          wr_arena_printf(a, "{'a':'%s'}", formats[_i].good),
                          NULL),
                     "");
    ck_assert_str_eq(fill(a, name, file,
                          wr_arena_printf(a, "{'a':'%s'}", formats[_i].bad),
                          NULL),
                     "/a value;");
    ck_assert_str_eq(fill(a, name, file, "{'a':1}", NULL), "");
}
END_TEST

static const struct {
    const char *file, *why;
} refused[] = {
    { "[]", "no object" },
    { "{'unevaluatedProperties':false}",
      "the keyword 'unevaluatedProperties' in '/' is not supported" },
    { "{'properties':{'a':{'$anchor':'x'}}}",
      "the keyword '$anchor' in '/properties/a' is not supported" },
    { "{'$schema':'http://json-schema.org/draft-04/schema#'}",
      "'/$schema' is none of 2020-12, 2019-09 and draft-07" },
    { "{'$ref':'other.json'}", "'/$ref' does not refer to this file" },
    { "{'$ref':'#/$defs/a'}", "'/$ref' refers to nothing" },
    { "{'$ref':'#/default','default':{'required':1}}",
      "'/default/required' is no list" },
    { "{'$ref':'#/examples/0','examples':[{'type':5}]}",
      "'/examples/0/type' is no type" },
    { "{'type':'date'}", "'/type' is no type" },
    { "{'type':[]}", "'/type' is empty" },
    { "{'enum':{}}", "'/enum' is no list" },
    { "{'format':'color'}", "'/format' is no format that is supported" },
    { "{'multipleOf':0}", "'/multipleOf' is not more than 0" },
    { "{'minimum':'1'}", "'/minimum' is no number" },
    { "{'minLength':-1}", "'/minLength' is no whole number from 0" },
    { "{'maxItems':1.5}", "'/maxItems' is no whole number from 0" },
    { "{'pattern':'a('}", "'/pattern' is no regular expression" },
    { "{'pattern':1}", "'/pattern' is no text" },
    { "{'patternProperties':{'a(':{}}}",
      "'/patternProperties/a(' is no regular expression" },
    { "{'items':1}", "'/items' is no schema" },
    { "{'allOf':[]}", "'/allOf' is no list with anything" },
    { "{'anyOf':[{},1]}", "'/anyOf/1' is no schema" },
    { "{'uniqueItems':1}", "'/uniqueItems' is no boolean" },
    { "{'required':'a'}", "'/required' is no list" },
    { "{'required':[1]}", "'/required' is no list of names" },
    { "{'properties':[]}", "'/properties' is no object" },
    { "{'dependentRequired':{'a':{}}}", "'/dependentRequired/a' is no list" },
    { "{'dependencies':{'a':1}}", "'/dependencies/a' is no schema" },
    { "{'not':null}", "'/not' is no schema" },
};

START_TEST(refuses)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    const char *why = refusal(a, "f.schema.json", refused[_i].file);

    ck_assert_msg(strstr(why, refused[_i].why), "%s: '%s'", refused[_i].file,
                  why);
}
END_TEST

/* A schema of 32 alternatives at each of 20 levels would never end. */
START_TEST(gives_up)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    struct wr_str s = { .arena = a };

    wr_str_add(&s, "{'$ref':'#/$defs/d20','$defs':{'d0':{'required':['x']}");
    for (int i = 1; i <= 20; i++) {
        wr_str_printf(&s, ",'d%d':{'anyOf':[", i);
        for (int k = 0; k < 32; k++)
            wr_str_printf(&s, "%s{'$ref':'#/$defs/d%d'}", k ? "," : "", i - 1);
        wr_str_add(&s, "]}");
    }
    wr_str_add(&s, "}}");
    ck_assert_str_eq(fill(a, "f.schema.json", wr_str_text(&s), "{}", NULL),
                     "limit");
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("JSON Schema (rows 71)");

    tcase_add_loop_test(tc, keywords, 0, (int)WR_COUNT(rows));
    tcase_add_loop_test(tc, formats_of_texts, 0, (int)WR_COUNT(formats));
    tcase_add_loop_test(tc, refuses, 0, (int)WR_COUNT(refused));
    tcase_add_test(tc, gives_up);

    return t_main("schema", tc, NULL);
}
