/*
 * feel: how fast expressions are evaluated.
 *
 *     bench/feel FILE [MILLISECONDS]
 *
 * FILE has an expression on each line, as JSON: "class", "expr", "unary" (true:
 * unary tests of "input"), "context" (its variables).  Each is parsed once and
 * then evaluated for so long, 20 ms, each time with an empty arena; one JSON
 * line each: the nanoseconds and the bytes of one evaluation, or "error".
 */
#include "engine/feel/feel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/base/json.h"
#include "engine/base/str.h"

enum {
    LINE = 1 << 16,
    ROUND = 64 /* evaluations between two looks at the clock */
};

static int64_t
nanoseconds(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);

    return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

struct subject {
    const struct wr_expr *expr;
    const struct wr_value *context, *input;
    struct wr_arena *arena; /* of an evaluation */
    size_t bytes;
};

static const struct wr_value *
variable(void *data, const char *name, size_t len)
{
    const struct wr_value *context = ((struct subject *)data)->context;

    for (size_t k = 0; context && k < context->context.n; k++) {
        const struct wr_entry *e = &context->context.entries[k];

        if (strncmp(e->key, name, len) == 0 && e->key[len] == '\0')
            return e->value;
    }

    return NULL;
}

static int
evaluate(struct subject *s, struct wr_err *err)
{
    struct wr_expr_env env = { .lookup = variable,
                               .data = s,
                               .input = s->input,
                               .now = 1767225600000,
                               .arena = s->arena,
                               .budget = WR_EXPR_BUDGET };
    const struct wr_value *v;
    int code;

    wr_arena_reset(s->arena);
    code = wr_expr_eval(s->expr, &env, &v, err);
    s->bytes = wr_arena_used(s->arena);

    return code;
}

/* Nanoseconds of one evaluation. */
static double
measure(struct subject *s, int64_t budget)
{
    int64_t begin = nanoseconds(), now, n = 0;
    struct wr_err err;

    do {
        for (int k = 0; k < ROUND; k++, n++) {
            if (evaluate(s, &err) < 0)
                return -1;
        }
        now = nanoseconds();
    } while (now - begin < budget);

    return (double)(now - begin) / (double)n;
}

static int
parse(struct wr_arena *a, const struct wr_value *line, struct subject *s,
      struct wr_err *err)
{
    const struct wr_value *text = wr_value_get(line, "expr");
    const struct wr_value *unary = wr_value_get(line, "unary");
    bool is_unary = unary && unary->type == WR_V_BOOL && unary->boolean;

    if (!text || text->type != WR_V_STRING)
        return wr_fail(err, WR_EINVALID, "a line without expr");
    s->context = wr_value_get(line, "context");
    if (s->context && s->context->type != WR_V_CONTEXT)
        return wr_fail(err, WR_EINVALID, "a context that is none");
    s->input = wr_value_get(line, "input");

    return wr_expr_parse(a, is_unary ? WR_LANG_UNARY : WR_LANG_FEEL,
                         text->string.s, text->string.len, &s->expr, err);
}

static void
run(const char *text, size_t len, int64_t budget, struct wr_arena *scratch)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    struct subject s = { .arena = scratch };
    const struct wr_value *line;
    struct wr_err err;

    if (wr_json_parse(a, text, len, &line, &err) < 0
        || parse(a, line, &s, &err) < 0 || evaluate(&s, &err) < 0)
        puts("{\"error\":true}");
    else
        printf("{\"ns\":%.1f,\"bytes\":%zu}\n", measure(&s, budget), s.bytes);
}

int
main(int argc, char **argv)
{
    wr_auto(wr_arena_free) struct wr_arena *scratch = wr_arena_new(1 << 16);
    int64_t budget = argc > 2 ? strtol(argv[2], NULL, 10) : 20;
    FILE *f = argc > 1 ? fopen(argv[1], "r") : NULL;
    static char line[LINE];

    if (!f || budget < 1) {
        fprintf(stderr, "usage: feel FILE [MILLISECONDS]\n");
        return 2;
    }
    while (fgets(line, sizeof(line), f))
        run(line, strcspn(line, "\n"), budget * 1000000, scratch);
    fclose(f);

    return 0;
}
