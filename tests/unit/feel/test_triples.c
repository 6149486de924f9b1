/* Runs the files of tests/feel; their format is in tests/feel/README.md. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/json.h"
#include "engine/feel/feel.h"
#include "tests/lib/t.h"

static const char *const files[] = { "core.txt",     "builtins.txt",
                                     "examples.txt", "issue.txt",
                                     "unary.txt",    "juel.txt",
                                     "python.txt" };

struct triple {
    struct wr_arena *arena;
    enum wr_expr_lang lang;
    char *expr, *variables, *result;
};

static const struct wr_value *
lookup(void *data, const char *name, size_t len)
{
    const struct wr_value *context = data;

    for (size_t i = 0; i < context->context.n; i++) {
        const struct wr_entry *e = &context->context.entries[i];

        if (strlen(e->key) == len && memcmp(e->key, name, len) == 0)
            return e->value;
    }

    return NULL;
}

/* "prefix: text": the text, NULL when the result starts otherwise. */
static const char *
after(const char *result, const char *prefix)
{
    size_t n = strlen(prefix);

    return strncmp(result, prefix, n) == 0 ? result + n : NULL;
}

static bool
warned(const struct wr_expr_env *env, const char *text)
{
    for (const struct wr_expr_warning *w = env->warnings; w; w = w->next)
        if (strstr(w->text, text))
            return true;

    return false;
}

static const struct wr_value *
json(struct triple *t, const char *text)
{
    const struct wr_value *v;
    struct wr_err err;

    if (wr_json_parse(t->arena, text, strlen(text), &v, &err) < 0
        || wr_json_untype(t->arena, v, &v, &err) < 0)
        ck_abort_msg("%s in '%s'", err.text, text);

    return v;
}

static const char *
shown(struct triple *t, const struct wr_value *v)
{
    struct wr_str s = { .arena = t->arena };
    struct wr_err err;

    if (wr_value_storable(v, &err) < 0)
        return wr_value_type_name(v->type);
    wr_json_write(&s, v, WR_JSON_TYPED);

    return wr_str_text(&s);
}

/* What went wrong, NULL when nothing did. */
static const char *
evaluate(struct triple *t, const struct wr_expr *e)
{
    const struct wr_value *variables = json(t, t->variables), *v;
    struct wr_expr_env env = {
        .lookup = lookup,
        .data = (void *)(uintptr_t)variables,
        .input = wr_value_get(variables, "?"),
        .now = 1767225600000,
        .arena = t->arena,
        .budget = WR_EXPR_BUDGET,
    };
    const char *wanted = after(t->result, "error: ");
    struct wr_err err = { .code = WR_OK };

    if (wr_expr_eval(e, &env, &v, &err) < 0)
        return wanted && strstr(err.text, wanted) && err.line > 0
                   ? NULL
                   : wr_arena_printf(t->arena, "error: %s", err.text);
    if (wanted)
        return shown(t, v);
    wanted = after(t->result, "null: ");
    if (wanted)
        return v->type == WR_V_NULL && warned(&env, wanted)
                   ? NULL
                   : wr_arena_printf(t->arena, "%s (%s)", shown(t, v),
                                     env.warnings ? env.warnings->text
                                                  : "quiet");

    return wr_value_equal(v, json(t, t->result)) ? NULL : shown(t, v);
}

static const char *
run(struct triple *t)
{
    const char *wanted = after(t->result, "refused: ");
    struct wr_err err = { .code = WR_OK };
    const struct wr_expr *e;

    if (wr_expr_parse(t->arena, t->lang, t->expr, strlen(t->expr), &e, &err)
        == 0)
        return wanted ? "it parses" : evaluate(t, e);
    if (wanted && strstr(err.text, wanted) && err.line > 0 && err.column > 0)
        return NULL;

    return wr_arena_printf(t->arena, "refused: %s", err.text);
}

/* "expression | variables | result", cut at the last two bars. */
static bool
split(char *line, struct triple *t)
{
    char *bar = NULL, *last = NULL;

    for (char *s = line; (s = strstr(s, " | ")); s++) {
        bar = last;
        last = s;
    }
    if (!bar)
        return false;
    *bar = 0;
    *last = 0;
    t->expr = line;
    t->variables = bar + 3;
    t->result = last + 3;

    return true;
}

static enum wr_expr_lang
language(const char *line)
{
    if (strstr(line, "juel"))
        return WR_LANG_JUEL;
    if (strstr(line, "python"))
        return WR_LANG_PYTHON;

    return strstr(line, "unary") ? WR_LANG_UNARY : WR_LANG_FEEL;
}

static FILE *
open_file(const char *name)
{
    const char *top = getenv("srcdir");
    char path[4096];
    FILE *f;

    (void)snprintf(path, sizeof(path), "%s/tests/feel/%s", top ? top : ".",
                   name);
    f = fopen(path, "r");
    if (!f)
        ck_abort_msg("%s cannot be read", path);

    return f;
}

START_TEST(every_triple_holds)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 16);
    struct triple t = { .arena = a };
    FILE *f = open_file(files[_i]);
    char line[4096];
    int n = 0, failed = 0, cases = 0;

    while (fgets(line, sizeof(line), f)) {
        const char *got;

        n++;
        line[strcspn(line, "\n")] = 0;
        if (strncmp(line, "# language:", 11) == 0)
            t.lang = language(line);
        if (line[0] == 0 || (line[0] == '#' && line[1] != '{'))
            continue;
        wr_arena_reset(a);
        if (!split(line, &t))
            ck_abort_msg("%s:%d: no triple", files[_i], n);
        cases++;
        got = run(&t);
        if (!got)
            continue;
        failed++;
        fprintf(stderr, "%s:%d: %s gives %s, want %s\n", files[_i], n, t.expr,
                got, t.result);
    }
    fclose(f);
    ck_assert_int_gt(cases, 0);
    ck_assert_int_eq(failed, 0);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("triples (rows 75)");

    tcase_add_loop_test(tc, every_triple_holds, 0, (int)WR_COUNT(files));

    return t_main("triples", tc, NULL);
}
