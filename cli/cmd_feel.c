/* weir feel: evaluate FEEL without a server. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/cli.h"
#include "engine/base/str.h"
#include "engine/base/time.h"
#include "engine/feel/feel.h"

static const struct {
    enum wr_value_type type;
    const char *name;
    int (*parse)(struct wr_arena *a, const char *s, size_t len,
                 const struct wr_value **out, struct wr_err *err);
} types[] = {
    { WR_V_DATE, "date", wr_date_parse },
    { WR_V_TIME, "time", wr_time_parse },
    { WR_V_DATETIME, "date and time", wr_datetime_parse },
    { WR_V_DURATION_YM, "years and months duration", wr_duration_parse },
    { WR_V_DURATION_DT, "days and time duration", wr_duration_parse },
};

static const struct wr_value *
lookup(void *data, const char *name, size_t len)
{
    const struct wr_value *context = *(const struct wr_value **)data;

    for (size_t i = 0; i < context->context.n; i++)
        if (strlen(context->context.entries[i].key) == len
            && memcmp(context->context.entries[i].key, name, len) == 0)
            return context->context.entries[i].value;

    return NULL;
}

static const struct wr_value *
only(void *data, const char *name, size_t len)
{
    (void)name;
    (void)len;

    return data;
}

/* What a function of FEEL makes of the value: string() and range(). */
static const struct wr_value *
made(struct wr_arena *a, const char *function, const struct wr_value *v)
{
    struct wr_value copy = *v;
    struct wr_expr_env env = {
        .lookup = only,
        .data = &copy,
        .arena = a,
        .budget = WR_EXPR_BUDGET,
    };
    const char *text = wr_arena_printf(a, "%s(v)", function);
    const struct wr_value *out;
    const struct wr_expr *e;
    struct wr_err ignored = { 0 };

    if (wr_expr_parse(a, WR_LANG_FEEL, text, strlen(text), &e, &ignored) < 0
        || wr_expr_eval(e, &env, &out, &ignored) < 0)
        return &wr_null;

    return out;
}

static bool
is_text(const struct wr_value *v, const char *text)
{
    return v && v->type == WR_V_STRING && strcmp(v->string.s, text) == 0;
}

/* {"type","value"} of a date and the like becomes the value it stands for; the
 * parts of lists and contexts too. */
static const struct wr_value *
typed(struct wr_arena *a, const struct wr_value *v)
{
    const struct wr_value *type = wr_value_get(v, "type");
    const struct wr_value *text = wr_value_get(v, "value"), *out;
    struct wr_err ignored = { 0 };

    if (v->type == WR_V_LIST) {
        const struct wr_value **items = wr_newn(a, const struct wr_value *,
                                                v->list.n + 1);

        for (size_t i = 0; i < v->list.n; i++)
            items[i] = typed(a, v->list.items[i]);
        return wr_value_list(a, items, v->list.n);
    }
    if (v->type != WR_V_CONTEXT)
        return v;
    for (size_t i = 0; v->context.n == 2 && type && text && i < WR_COUNT(types);
         i++)
        if (type->type == WR_V_STRING && text->type == WR_V_STRING
            && strcmp(type->string.s, types[i].name) == 0
            && types[i].parse(a, text->string.s, text->string.len, &out,
                              &ignored)
                   == 0)
            return out;
    if (v->context.n == 2 && is_text(type, "range") && text
        && text->type == WR_V_STRING)
        return made(a, "range", text);
    {
        struct wr_entry *e = wr_newn(a, struct wr_entry, v->context.n + 1);

        for (size_t i = 0; i < v->context.n; i++)
            e[i] = (struct wr_entry){
                v->context.entries[i].key,
                typed(a, v->context.entries[i].value),
            };
        return wr_value_context(a, e, v->context.n);
    }
}

static const struct wr_value *
pair(struct wr_arena *a, const char *type, const char *text)
{
    struct wr_entry e[] = {
        { "type", wr_value_string(a, type) },
        { "value", wr_value_string(a, text) },
    };

    return wr_value_context(a, e, 2);
}

/* The way back. */
static const struct wr_value *
untyped(struct wr_arena *a, const struct wr_value *v)
{
    struct wr_str s = { .arena = a };

    if (v->type == WR_V_LIST) {
        const struct wr_value **items = wr_newn(a, const struct wr_value *,
                                                v->list.n + 1);

        for (size_t i = 0; i < v->list.n; i++)
            items[i] = untyped(a, v->list.items[i]);
        return wr_value_list(a, items, v->list.n);
    }
    if (v->type == WR_V_CONTEXT) {
        struct wr_entry *e = wr_newn(a, struct wr_entry, v->context.n + 1);

        for (size_t i = 0; i < v->context.n; i++)
            e[i] = (struct wr_entry){
                v->context.entries[i].key,
                untyped(a, v->context.entries[i].value),
            };
        return wr_value_context(a, e, v->context.n);
    }
    for (size_t i = 0; i < WR_COUNT(types); i++) {
        if (types[i].type != v->type)
            continue;
        wr_temporal_text(&s, v);
        return pair(a, types[i].name, wr_str_text(&s));
    }
    if (v->type == WR_V_RANGE || v->type == WR_V_FUNCTION) {
        const struct wr_value *text = made(a, "string", v);

        return pair(a, wr_value_type_name(v->type),
                    text->type == WR_V_STRING ? text->string.s : "");
    }

    return v;
}

/* Evaluate; the value as JSON can hold it. */
static int
evaluate(struct wr_arena *a, const char *text, const struct wr_value *context,
         struct wr_expr_env *env, const struct wr_value **out,
         struct wr_err *err)
{
    const char **names = wr_newn(a, const char *, context->context.n + 1);
    const struct wr_expr *e;

    *env = (struct wr_expr_env){
        .lookup = lookup,
        .data = &context,
        .now = (int64_t)time(NULL) * 1000,
        .arena = a,
        .budget = WR_EXPR_BUDGET,
    };
    for (size_t i = 0; i < context->context.n; i++)
        names[i] = context->context.entries[i].key;
    if (wr_expr_parse_known(a, WR_LANG_FEEL, text, strlen(text), names,
                            context->context.n, &e, err)
            < 0
        || wr_expr_eval(e, env, out, err) < 0)
        return err->code;
    *out = untyped(a, *out);

    return 0;
}

/* The variables; none without `v`. */
static int
context_of(struct wr_arena *a, const struct wr_value *v,
           const struct wr_value **out, struct wr_err *err)
{
    if (v && v->type != WR_V_CONTEXT && v->type != WR_V_NULL)
        return wr_fail(err, WR_EJSON, "the context is no JSON object");
    *out = v && v->type == WR_V_CONTEXT ? typed(a, v)
                                        : wr_value_context(a, NULL, 0);

    return 0;
}

static const struct wr_value *
answer(struct wr_arena *a, const struct wr_value *line)
{
    const struct wr_value *id = wr_value_get(line, "id"), *v;
    const struct wr_value *expr = wr_value_get(line, "expr");
    const struct wr_value *context;
    struct wr_entry e[2] = { { "id", id ? id : &wr_null } };
    struct wr_expr_env env;
    struct wr_err err = { 0 };

    e[1].key = "error";
    if (!expr || expr->type != WR_V_STRING) {
        e[1].value = wr_value_string(a, "no expr");
    } else if (context_of(a, wr_value_get(line, "context"), &context, &err) < 0
               || evaluate(a, expr->string.s, context, &env, &v, &err) < 0) {
        e[1].value = wr_value_string(a, err.text);
    } else {
        e[1].key = "value";
        e[1].value = v;
    }

    return wr_value_context(a, e, 2);
}

/* A line that is no JSON has no id. */
static const struct wr_value *
broken(struct wr_arena *a, const struct wr_err *err)
{
    struct wr_entry e[] = {
        { "id", &wr_null },
        { "error", wr_value_string(a, err->text) },
    };

    return wr_value_context(a, e, 2);
}

/* One line of JSON in, one out. */
static int
lines(void)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 16);
    char *text = NULL;
    size_t cap = 0;
    ssize_t n;
    int status = 0;

    while ((n = getline(&text, &cap, stdin)) > 0) {
        struct wr_str out = { .arena = a };
        const struct wr_value *line;
        struct wr_err err = { 0 };

        wr_arena_reset(a);
        if (text[strspn(text, " \t\r\n")] == 0)
            continue;
        if (wr_json_parse(a, text, (size_t)n, &line, &err) < 0) {
            status = 1;
            line = broken(a, &err);
        } else {
            line = answer(a, line);
        }
        wr_json_write(&out, line, WR_JSON_PLAIN);
        puts(wr_str_text(&out));
    }
    free(text);

    return status;
}

int
wr_cmd_feel(struct wr_cli *cli)
{
    const char *json = wr_arg_option(cli, "--context");
    const struct wr_value *context = NULL, *v;
    struct wr_str s = { .arena = cli->arena };
    struct wr_expr_env env;
    struct wr_err err = { 0 };

    if (wr_arg_flag(cli, "--jsonl"))
        return cli->argc ? wr_cli_usage(cli) : lines();
    if (cli->argc != 1)
        return wr_cli_usage(cli);
    if (json
        && wr_json_parse(cli->arena, json, strlen(json), &context, &err) < 0)
        return wr_cli_fail(&err);
    if (context_of(cli->arena, context, &context, &err) < 0
        || evaluate(cli->arena, cli->argv[0], context, &env, &v, &err) < 0)
        return wr_cli_fail(&err);
    for (const struct wr_expr_warning *w = env.warnings; w; w = w->next)
        fprintf(stderr, "weir: warning: %d:%d: %s\n", w->line, w->column,
                w->text);
    wr_json_write(&s, v, WR_JSON_PLAIN);
    puts(wr_str_text(&s));

    return 0;
}
