/* Which files are forms, their keys, generated forms, the limits of errors. */

#include <string.h>

#include "tests/lib/t.h"
#include "tests/unit/form/fill.h"

START_TEST(names_of_files)
{
    ck_assert(wr_form_is_file("a.form"));
    ck_assert(wr_form_is_file("a.json"));
    ck_assert(wr_form_is_file("a.schema.json"));
    ck_assert(!wr_form_is_file("a.variables.json"));
    ck_assert(!wr_form_is_file("a.bpmn"));
    ck_assert(!wr_form_is_file(".form"));
}
END_TEST

static const struct {
    const char *name, *file, *key;
    enum wr_form_kind kind;
} keys[] = {
    { "a.form", "{\"id\":\"f\",\"components\":[]}", "f", WR_FORM_JS },
    { "a.json", "{\"id\":\"f\",\"components\":[]}", "f", WR_FORM_JS },
    { "a.schema.json", "{}", "a", WR_FORM_SCHEMA },
    { "a.json",
      "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\"}", "a",
      WR_FORM_SCHEMA },
    { "a.form", "{\"$schema\":\"http://json-schema.org/draft-07/schema#\"}",
      "a", WR_FORM_SCHEMA },
};

START_TEST(keys_of_files)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    struct wr_err err = { 0 };
    struct wr_form form;

    ck_assert_msg(wr_form_parse(a, keys[_i].name, keys[_i].file,
                                strlen(keys[_i].file), &form, &err)
                      == 0,
                  "%s", err.text);
    ck_assert_str_eq(form.key, keys[_i].key);
    ck_assert_int_eq(form.kind, keys[_i].kind);
    ck_assert_int_eq(form.version, 0);
}
END_TEST

START_TEST(refuses_files)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    struct wr_err err = { 0 };
    struct wr_form form;

    ck_assert(strstr(refusal(a, "a.form", "{}"),
                     "neither a form of form-js nor a JSON Schema"));
    ck_assert(strstr(refusal(a, "a.form", "{'components':[]}"), "no 'id'"));
    ck_assert(
        strstr(refusal(a, "a.form", "{'id':'','components':[]}"), "no 'id'"));
    ck_assert(strstr(refusal(a, "a.form", "{'id':'f','components':{}}"),
                     "'components' is no list"));
    ck_assert_int_eq(wr_form_parse(a, "a.form", "{\n x}", 5, &form, &err),
                     WR_EJSON);
    ck_assert_int_eq(err.line, 2);
}
END_TEST

/* More errors than are kept, and one a place. */
START_TEST(many_errors)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    struct wr_str names = { .arena = a };
    struct wr_form form = { .kind = WR_FORM_SCHEMA };
    struct wr_form_errors errors;
    struct wr_err err = { 0 };

    for (int i = 0; i < 20; i++)
        wr_str_printf(&names, "%s'v%d'", i ? "," : "", i);
    form.schema = json_of(a, wr_arena_printf(a,
                                             "{'required':[%s],"
                                             "'allOf':[{'required':['v0']}]}",
                                             wr_str_text(&names)));
    ck_assert_int_eq(wr_form_check(a, &form, NULL, NULL, 0, &errors, &err),
                     WR_EVALUE);
    ck_assert_uint_eq(errors.n, 20);
    ck_assert_str_eq(errors.items[0].pointer, "/v0");
    ck_assert_str_eq(errors.items[WR_FORM_ERRORS - 1].pointer, "/v15");
    ck_assert_str_eq(err.text, "'/v0': it is required");
    ck_assert_int_eq(wr_form_check(a, &form, NULL, NULL, 0, NULL, &err),
                     WR_EVALUE);
}
END_TEST

static struct wr_form
generated(struct wr_arena *a)
{
    const struct wr_form_field fields[] = {
        { .key = "text",
          .required = true,
          .min_len = wr_value_int(a, 2),
          .max_len = wr_value_int(a, 3),
          .pattern = "^x" },
        { .key = "count",
          .type = WR_FIELD_INTEGER,
          .min = wr_value_int(a, 1),
          .max = wr_value_int(a, 9),
          .preset = wr_value_int(a, 5) },
        { .key = "price", .type = WR_FIELD_DECIMAL },
        { .key = "agree", .type = WR_FIELD_BOOLEAN, .required = true },
        { .key = "maybe", .type = WR_FIELD_BOOLEAN },
        { .key = "day", .type = WR_FIELD_DATE },
        { .key = "any", .type = WR_FIELD_JSON },
        { .key = "one",
          .options = json_of(a, "['s',{'label':'M','value':'m'}]") },
        { .key = "fixed", .readonly = true },
    };
    struct wr_form form;

    wr_form_generate(a, fields, WR_COUNT(fields), &form);

    return form;
}

static const struct {
    const char *given, *errors;
} fills[] = {
    { "{'text':'xy','agree':false}", "" },
    { "{}", "/text required;/agree required;" },
    { "{'text':'x','agree':true}", "/text value;" },
    { "{'text':'xyzz','agree':true}", "/text value;" },
    { "{'text':'yy','agree':'yes'}", "/text value;/agree value;" },
    { "{'text':'xy','agree':true,'count':1.5}", "/count value;" },
    { "{'text':'xy','agree':true,'count':0}", "/count value;" },
    { "{'text':'xy','agree':true,'count':10}", "/count value;" },
    { "{'text':'xy','agree':true,'price':1.5,'maybe':true}", "" },
    { "{'text':'xy','agree':true,'price':'1','maybe':1}",
      "/price type;/maybe type;" },
    { "{'text':'xy','agree':true,'day':'2026-01-01'}", "" },
    { "{'text':'xy','agree':true,'day':'2026-01-01T10:00:00Z'}", "" },
    { "{'text':'xy','agree':true,'day':'soon'}", "/day type;" },
    { "{'text':'xy','agree':true,'any':[{}],'one':'m'}", "" },
    { "{'text':'xy','agree':true,'one':'M'}", "/one value;" },
    { "{'text':'xy','agree':true,'fixed':'x'}", "/fixed readonly;" },
};

START_TEST(generates)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    struct wr_form form = generated(a);

    ck_assert_int_eq(form.kind, WR_FORM_GENERATED);
    ck_assert_str_eq(fill_in(a, &form, fills[_i].given, NULL),
                     fills[_i].errors);
}
END_TEST

START_TEST(shows_presets)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    struct wr_form form = generated(a);
    const struct wr_form none = { .kind = WR_FORM_EXTERNAL };

    ck_assert(wr_value_equal(wr_form_data(a, &form, NULL, NULL),
                             json_of(a, "{'count':5}")));
    ck_assert_str_eq(fill_in(a, &none, "{'any':1}", NULL), "");
    ck_assert_str_eq(wr_form_kind_name(WR_FORM_SCHEMA), "json-schema");
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("form (rows 71)");

    tcase_add_test(tc, names_of_files);
    tcase_add_loop_test(tc, keys_of_files, 0, (int)WR_COUNT(keys));
    tcase_add_test(tc, refuses_files);
    tcase_add_test(tc, many_errors);
    tcase_add_loop_test(tc, generates, 0, (int)WR_COUNT(fills));
    tcase_add_test(tc, shows_presets);

    return t_main("form", tc, NULL);
}
