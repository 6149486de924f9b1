/* What an evaluation allocates: bytes of its arena, and nothing else. */

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/json.h"
#include "engine/feel/feel.h"
#include "tests/lib/t.h"

enum {
    LINE = 1 << 14,
    CONDITION = 400, /* bytes of the costliest condition or cell */
    MEAN = 80,       /* and of all of them, each */
    SCRIPT = 1000    /* what makes lists, contexts and texts */
};

static long n_mallocs;

#ifndef __SANITIZE_ADDRESS__
void *
malloc(size_t size)
{
    static void *(*real)(size_t);

    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "malloc");
    n_mallocs++;

    return real(size);
}
#endif

static const struct wr_value *
variable(void *data, const char *name, size_t len)
{
    const struct wr_value *const *context = data;

    for (size_t k = 0; *context && k < (*context)->context.n; k++) {
        const struct wr_entry *e = &(*context)->context.entries[k];

        if (strncmp(e->key, name, len) == 0 && e->key[len] == '\0')
            return e->value;
    }

    return NULL;
}

/* Bytes of one evaluation, in an arena that was used before. */
static size_t
spent(const struct wr_value *line, long most, struct wr_arena *a,
      struct wr_arena *scratch)
{
    const struct wr_value *text = wr_value_get(line, "expr"), *v;
    const struct wr_value *context = wr_value_get(line, "context");
    enum wr_expr_lang lang = wr_value_get(line, "unary") ? WR_LANG_UNARY
                                                         : WR_LANG_FEEL;
    const struct wr_expr *e;
    struct wr_err err;
    long before, taken;
    int code;

    ck_assert_int_eq(
        wr_expr_parse(a, lang, text->string.s, text->string.len, &e, &err), 0);
    for (int k = 0; k < 2; k++) {
        struct wr_expr_env env = { .lookup = variable,
                                   .data = &context,
                                   .input = wr_value_get(line, "input"),
                                   .arena = scratch,
                                   .budget = WR_EXPR_BUDGET };

        wr_arena_reset(scratch);
        before = n_mallocs;
        code = wr_expr_eval(e, &env, &v, &err);
        taken = n_mallocs - before;
    }
    ck_assert_int_eq(code, 0);
    ck_assert_msg(taken <= most, "'%s' took memory %ld times", text->string.s,
                  taken);

    return wr_arena_used(scratch);
}

START_TEST(evaluations_allocate_little)
{
    wr_auto(wr_arena_free) struct wr_arena *scratch = wr_arena_new(1 << 14);
    char path[4096], text[LINE];
    size_t sum = 0, n = 0;
    FILE *f;

    (void)snprintf(path, sizeof(path), "%s/bench/feel.jsonl",
                   getenv("srcdir") ? getenv("srcdir") : "..");
    f = fopen(path, "r");
    ck_assert_msg(f != NULL, "%s is not there", path);
    while (fgets(text, sizeof(text), f)) {
        wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
        const struct wr_value *line;
        struct wr_err err;
        size_t bytes;
        bool script;

        ck_assert_int_eq(
            wr_json_parse(a, text, strcspn(text, "\n"), &line, &err), 0);
        script = !strcmp(wr_value_get(line, "class")->string.s, "script");
        /* Upper and lower case are ICU's. */
        bytes = spent(line, script ? 1 : 0, a, scratch);
        ck_assert_msg(bytes <= (script ? SCRIPT : CONDITION), "%zu bytes: %s",
                      bytes, text);
        sum += script ? 0 : bytes;
        n += !script;
    }
    (void)fclose(f);
    ck_assert_uint_gt(n, 30);
    ck_assert_uint_le(sum / n, MEAN);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("allocations");

    tcase_add_test(tc, evaluations_allocate_little);

    return t_main("feel", tc, NULL);
}
