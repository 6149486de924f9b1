#include "tests/unit/form/fill.h"

#include <string.h>

#include "engine/base/json.h"
#include "tests/lib/t.h"

static const char *
quoted(struct wr_arena *a, const char *text)
{
    char *s = wr_arena_strdup(a, text);

    for (char *p = s; *p; p++)
        if (*p == '\'')
            *p = '"';

    return s;
}

const struct wr_value *
json_of(struct wr_arena *a, const char *text)
{
    const char *s = quoted(a, text);
    const struct wr_value *v = NULL;
    struct wr_err err = { 0 };

    ck_assert_msg(wr_json_parse(a, s, strlen(s), &v, &err) == 0, "%s: %s", s,
                  err.text);

    return v;
}

const char *
fill_in(struct wr_arena *a, const struct wr_form *form, const char *given,
        const char *seen)
{
    struct wr_str s = { .arena = a };
    struct wr_form_errors errors;
    struct wr_err err = { 0 };
    int rc = wr_form_check(a, form, json_of(a, given),
                           seen ? json_of(a, seen) : NULL, 1767225600000,
                           &errors, &err);

    if (rc == WR_ELIMIT)
        return "limit";
    ck_assert_int_eq(rc, errors.n ? WR_EVALUE : 0);
    for (size_t i = 0; i < errors.n && i < WR_FORM_ERRORS; i++) {
        ck_assert(errors.items[i].detail[0]);
        wr_str_printf(&s, "%s %s;", errors.items[i].pointer,
                      errors.items[i].code);
    }

    return wr_str_text(&s);
}

const char *
fill(struct wr_arena *a, const char *name, const char *file, const char *given,
     const char *seen)
{
    const char *s = quoted(a, file);
    struct wr_err err = { 0 };
    struct wr_form form;

    ck_assert_msg(wr_form_parse(a, name, s, strlen(s), &form, &err) == 0,
                  "%s: %s", s, err.text);

    return fill_in(a, &form, given, seen);
}

const char *
refusal(struct wr_arena *a, const char *name, const char *file)
{
    const char *s = quoted(a, file);
    struct wr_err err = { 0 };
    struct wr_form form;

    if (wr_form_parse(a, name, s, strlen(s), &form, &err) == 0)
        return "";
    ck_assert(err.text[0]);

    return wr_arena_strdup(a, err.text);
}
