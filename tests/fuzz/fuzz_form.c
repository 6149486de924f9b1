/*
 * Forms: a file that is taken is judged without a crash, and every error is
 * one that can be shown.  The first byte picks the kind of the file; after a
 * byte 0 come the variables that are given, after another those seen before.
 *
 * fuzz-parts: engine/base engine/feel engine/form
 */

#include <string.h>

#include "engine/base/json.h"
#include "engine/form/form.h"
#include "tests/fuzz/fuzz.h"

static const int64_t now = 1767225600000;

/* The text up to a 0, as a value; NULL: it is none. */
static const struct wr_value *
part(struct wr_arena *a, const uint8_t **data, size_t *size)
{
    const uint8_t *end = *size ? memchr(*data, 0, *size) : NULL;
    size_t len = end ? (size_t)(end - *data) : *size;
    const struct wr_value *v;
    struct wr_err ignored;
    int rc = wr_json_parse(a, (const char *)*data, len, &v, &ignored);

    *data += len + (end != NULL);
    *size -= len + (end != NULL);

    return rc == 0 && v->type == WR_V_CONTEXT ? v : NULL;
}

static void
check_error(const struct wr_form_error *e)
{
    static const char *const codes[] = { "required", "type",     "value",
                                         "unknown",  "readonly", "hidden" };
    size_t i = 0;

    while (i < WR_COUNT(codes) && strcmp(codes[i], e->code) != 0)
        i++;
    must(i < WR_COUNT(codes));
    must(e->pointer[0] == 0 || e->pointer[0] == '/');
    must(e->detail[0]);
    must(wr_utf8_valid(e->detail, strlen(e->detail)) == strlen(e->detail));
}

static void
judge(struct wr_arena *a, const struct wr_form *form,
      const struct wr_value *given, const struct wr_value *seen)
{
    struct wr_form_errors errors;
    struct wr_err err = { .code = WR_OK };
    int rc = wr_form_check(a, form, given, seen, now, &errors, &err);

    must(rc == 0 || rc == WR_EVALUE || rc == WR_ELIMIT);
    must(rc == 0 || err.text[0]);
    must((rc == 0) == (errors.n == 0) || rc == WR_ELIMIT);
    for (size_t i = 0; i < errors.n && i < WR_FORM_ERRORS; i++)
        check_error(&errors.items[i]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = { "f.form", "f.schema.json", "f.json" };
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(16384);
    const struct wr_value *given, *seen, *shown;
    struct wr_err err = { .code = WR_OK };
    const char *name;
    const uint8_t *end;
    size_t len;
    struct wr_form form;

    if (size < 2)
        return 0;
    wr_arena_set_cap(a, 256 << 20);
    name = names[*data++ % WR_COUNT(names)];
    end = memchr(data, 0, --size);
    len = end ? (size_t)(end - data) : size;
    if (wr_form_parse(a, name, data, len, &form, &err) < 0) {
        must(err.text[0]);
        must(wr_utf8_valid(err.text, strlen(err.text)) == strlen(err.text));
        return 0;
    }
    must(form.key && form.key[0] && form.schema);
    data += len + (end != NULL);
    size -= len + (end != NULL);
    given = part(a, &data, &size);
    seen = part(a, &data, &size);
    judge(a, &form, given, seen);
    shown = wr_form_data(a, &form, seen, given);
    must(shown->type == WR_V_CONTEXT);
    judge(a, &form, shown, shown);

    return 0;
}
