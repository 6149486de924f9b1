/*
 * Runs literal FEEL expressions of the DMN TCK: one JSON object a line with id,
 * expr and expect.
 *
 *     feel_tck feel.jsonl [known.txt]
 *
 * known.txt lists cases that fail and why, "ID<blank>reason"; they are skipped,
 * and fail when they start to pass.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/json.h"
#include "engine/base/time.h"
#include "engine/feel/feel.h"

enum {
    DIGITS = 8
}; /* decimals that count, as the TCK's own runners do */

struct run {
    struct wr_arena *arena; /* of one case */
    const char *known;      /* the file's text; NULL: none */
    int passed, failed, skipped;
};

static const char *
text_of(const struct wr_value *o, const char *key)
{
    const struct wr_value *v = wr_value_get(o, key);

    return v && v->type == WR_V_STRING ? v->string.s : "";
}

static bool
same_number(const struct wr_value *v, const char *text)
{
    struct wr_err err;
    struct wr_decimal d;

    return v->type == WR_V_NUMBER
           && wr_decimal_parse(text, strlen(text), &d, &err) == 0
           && wr_decimal_cmp(
                  wr_decimal_round(d, DIGITS, WR_ROUND_HALF_UP),
                  wr_decimal_round(v->number, DIGITS, WR_ROUND_HALF_UP))
                  == 0;
}

static bool
same_temporal(struct wr_arena *a, const struct wr_value *v, const char *type,
              const char *text)
{
    struct wr_str want = { .arena = a }, got = { .arena = a };
    const struct wr_value *w = NULL;
    size_t n = strlen(text);
    struct wr_err err;
    int rc;

    if (strcmp(type, "date") == 0)
        rc = wr_date_parse(a, text, n, &w, &err);
    else if (strcmp(type, "time") == 0)
        rc = wr_time_parse(a, text, n, &w, &err);
    else if (strcmp(type, "dateTime") == 0)
        rc = wr_datetime_parse(a, text, n, &w, &err);
    else
        rc = wr_duration_parse(a, text, n, &w, &err);
    if (rc < 0 || w->type != v->type)
        return false;
    wr_temporal_text(&want, w);
    wr_temporal_text(&got, v);

    return strcmp(wr_str_text(&want), wr_str_text(&got)) == 0;
}

static bool same(struct wr_arena *a, const struct wr_value *v,
                 const struct wr_value *want);

static bool
same_list(struct wr_arena *a, const struct wr_value *v,
          const struct wr_value *want)
{
    if (v->type != WR_V_LIST || v->list.n != want->list.n)
        return false;
    for (size_t i = 0; i < v->list.n; i++)
        if (!same(a, v->list.items[i], want->list.items[i]))
            return false;

    return true;
}

static bool
same_context(struct wr_arena *a, const struct wr_value *v,
             const struct wr_value *want)
{
    if (v->type != WR_V_CONTEXT || v->context.n != want->context.n)
        return false;
    for (size_t i = 0; i < want->context.n; i++) {
        const struct wr_entry *e = &want->context.entries[i];
        const struct wr_value *m = wr_value_get(v, e->key);

        if (!m || !same(a, m, e->value))
            return false;
    }

    return true;
}

static bool
same(struct wr_arena *a, const struct wr_value *v, const struct wr_value *want)
{
    const char *type = text_of(want, "type"), *text = text_of(want, "text");
    const struct wr_value *inner;

    if (wr_value_get(want, "null"))
        return v->type == WR_V_NULL;
    inner = wr_value_get(want, "list");
    if (inner)
        return same_list(a, v, inner);
    inner = wr_value_get(want, "context");
    if (inner)
        return same_context(a, v, inner);
    if (strcmp(type, "boolean") == 0)
        return v->type == WR_V_BOOL
               && v->boolean == (strcmp(text, "true") == 0);
    if (strcmp(type, "string") == 0)
        return v->type == WR_V_STRING && strcmp(v->string.s, text) == 0;
    if (strcmp(type, "decimal") == 0 || strcmp(type, "double") == 0)
        return same_number(v, text);

    return same_temporal(a, v, type, text);
}

/* The reason a case is known for, NULL when it is not. */
static const char *
known(struct run *run, const char *id)
{
    size_t n = strlen(id);

    for (const char *s = run->known; s && *s;) {
        size_t line = strcspn(s, "\n");

        if (line > n && strncmp(s, id, n) == 0 && s[n] == ' ')
            return wr_arena_strndup(run->arena, s + n + 1, line - n - 1);
        s += line + (s[line] != 0);
    }

    return NULL;
}

static void
report(struct run *run, const char *id, bool ok, const char *reason)
{
    const char *why = known(run, id);

    if (ok && !why) {
        run->passed++;
        printf("ok %s\n", id);
    } else if (ok) {
        run->failed++;
        printf("not ok %s: passes, take it from the list of known ones\n", id);
    } else if (why) {
        run->skipped++;
        printf("skip %s: known: %s\n", id, why);
    } else {
        run->failed++;
        printf("not ok %s: %s\n", id, reason);
    }
}

/* JSON of a value, or its type where it has none. */
static const char *
shown(struct wr_arena *a, const struct wr_value *v)
{
    struct wr_str s = { .arena = a };
    struct wr_err err;

    if (wr_value_storable(v, &err) < 0)
        return wr_value_type_name(v->type);
    wr_json_write(&s, v, WR_JSON_TYPED);

    return wr_str_text(&s);
}

static void
run_case(struct run *run, const struct wr_value *c)
{
    const char *id = text_of(c, "id"), *expr = text_of(c, "expr");
    const struct wr_value *want = wr_value_get(c, "expect");
    const struct wr_value *v = &wr_null;
    struct wr_expr_env env = {
        .arena = run->arena,
        .budget = WR_EXPR_BUDGET,
        .now = 1767225600000,
    };
    const struct wr_expr *e;
    struct wr_err err = { .code = WR_OK };

    if (wr_expr_parse(run->arena, WR_LANG_FEEL, expr, strlen(expr), &e, &err)
        == WR_EUNSUPPORTED) {
        run->skipped++;
        printf("skip %s: unsupported %s\n", id, err.text);
        return;
    }
    if (!err.code && wr_expr_eval(e, &env, &v, &err) < 0) {
        report(run, id, false, err.text);
        return;
    }
    report(run, id, want && same(run->arena, v, want),
           wr_arena_printf(run->arena, "%s gives %s, want %s%s%s", expr,
                           shown(run->arena, v),
                           want ? shown(run->arena, want) : "?",
                           err.code ? "; " : "", err.code ? err.text : ""));
}

static char *
read_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    size_t cap = 1 << 20, len = 0, n;
    char *text = f ? malloc(cap + 1) : NULL;

    if (!f || !text) {
        perror(path);
        exit(2);
    }
    while ((n = fread(text + len, 1, cap - len, f)) > 0) {
        len += n;
        if (len == cap) {
            cap *= 2;
            text = realloc(text, cap + 1);
            if (!text)
                exit(2);
        }
    }
    fclose(f);
    text[len] = 0;

    return text;
}

static int
run_line(struct run *run, const char *line, size_t len)
{
    const struct wr_value *c;
    struct wr_err err;

    wr_arena_reset(run->arena);
    if (wr_json_parse(run->arena, line, len, &c, &err) < 0) {
        fprintf(stderr, "feel_tck: %s\n", err.text);
        return 2;
    }
    run_case(run, c);

    return 0;
}

int
main(int argc, char **argv)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 16);
    struct run run = { .arena = a };
    char *text, *known_text = NULL;
    int rc = 0;

    if (argc < 2) {
        fprintf(stderr, "usage: feel_tck feel.jsonl [known.txt]\n");
        return 2;
    }
    text = read_file(argv[1]);
    if (argc > 2)
        run.known = known_text = read_file(argv[2]);
    for (char *s = text; *s && !rc;) {
        size_t n = strcspn(s, "\n");

        if (n)
            rc = run_line(&run, s, n);
        s += n + (s[n] != 0);
    }
    printf("%d passed, %d failed, %d skipped\n", run.passed, run.failed,
           run.skipped);
    free(text);
    free(known_text);

    return rc ? rc : run.failed > 0;
}
