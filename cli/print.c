#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

void
wr_print_json(const struct wr_reply *r)
{
    fwrite(r->text, 1, r->len, stdout);
    if (r->len && r->text[r->len - 1] != '\n')
        putchar('\n');
}

void
wr_print_value(struct wr_arena *a, const struct wr_value *v)
{
    struct wr_str s = { .arena = a };

    wr_json_write(&s, v, WR_JSON_PLAIN);
    puts(wr_str_text(&s));
}

const char *
wr_print_member(struct wr_arena *a, const struct wr_value *object,
                const char *path)
{
    const char *dot = strchr(path, '.');
    const char *key = dot ? wr_arena_strndup(a, path, (size_t)(dot - path))
                          : path;
    const struct wr_value *v = object ? wr_value_get(object, key) : NULL;
    struct wr_str s = { .arena = a };

    if (!v || v->type == WR_V_NULL)
        return "";
    if (dot)
        return wr_print_member(a, v, dot + 1);
    if (v->type == WR_V_STRING)
        return v->string.s;
    wr_json_write(&s, v, WR_JSON_PLAIN);

    return wr_str_text(&s);
}

void
wr_print_table(struct wr_arena *a, const struct wr_value *list,
               const char *const *columns, size_t n)
{
    const struct wr_value *items = list ? wr_value_get(list, "items") : NULL;
    size_t width[16] = { 0 }, rows;

    if (!items || items->type != WR_V_LIST)
        return;
    rows = items->list.n;
    for (size_t c = 0; c < n; c++) {
        width[c] = strlen(columns[c]);
        for (size_t r = 0; r < rows; r++) {
            size_t len = strlen(
                wr_print_member(a, items->list.items[r], columns[c]));

            if (len > width[c])
                width[c] = len;
        }
    }
    for (size_t c = 0; c < n; c++)
        printf("%-*s%s", c + 1 < n ? (int)width[c] : 0, columns[c],
               c + 1 < n ? "  " : "\n");
    for (size_t r = 0; r < rows; r++) {
        for (size_t c = 0; c < n; c++)
            printf("%-*s%s", c + 1 < n ? (int)width[c] : 0,
                   wr_print_member(a, items->list.items[r], columns[c]),
                   c + 1 < n ? "  " : "\n");
    }
    if (wr_print_member(a, list, "next")[0])
        fprintf(stderr, "there are more: use --limit\n");
}

void
wr_print_change(const struct wr_value *answer)
{
    const struct wr_value *events = wr_value_get(answer, "events");
    const struct wr_value *tokens = wr_value_get(answer, "tokens");

    for (size_t i = 0; events && i < events->list.n; i++)
        printf("%s\n", events->list.items[i]->string.s);
    for (size_t i = 0; tokens && i < tokens->list.n; i++) {
        const struct wr_value *t = tokens->list.items[i];

        printf("token %s %s %s\n", wr_value_get(t, "id")->string.s,
               wr_value_get(t, "element")->string.s,
               wr_value_get(t, "state")->string.s);
    }
}
