#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/json.h"
#include "tests/lib/t.h"

static FILE *
open_golden(const char *name)
{
    const char *top = getenv("srcdir");
    char path[4096];
    FILE *f;

    snprintf(path, sizeof(path), "%s/tests/golden/%s", top ? top : ".", name);
    f = fopen(path, "r");
    ck_assert_msg(f != NULL, "%s is missing", path);

    return f;
}

static struct wr_str
bytes_of(struct wr_arena *a, const char *hex)
{
    struct wr_str s = { .arena = a };
    unsigned byte;

    for (; *hex; hex += 2) {
        ck_assert_int_eq(sscanf(hex, "%2x", &byte), 1);
        wr_str_addc(&s, (char)byte);
    }

    return s;
}

static const char *
hex_of(struct wr_arena *a, const struct wr_str *s)
{
    struct wr_str hex = { .arena = a };

    for (size_t i = 0; i < s->len; i++)
        wr_str_printf(&hex, "%02x", (unsigned char)s->s[i]);

    return hex.s;
}

static void
check_line(char mode, const char *hex, const char *json)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    struct wr_str blob = bytes_of(a, hex), again = { .arena = a };
    const struct wr_value *v, *want;
    struct wr_err err;

    ck_assert_msg(wr_json_parse(a, json, strlen(json), &want, &err) == 0
                      && wr_json_untype(a, want, &want, &err) == 0,
                  "%s: %s", json, err.text);
    ck_assert_msg(wr_value_decode(a, blob.s, blob.len, &v, &err) == 0, "%s: %s",
                  json, err.text);
    ck_assert_msg(wr_value_equal(v, want), "%s decodes differently", json);
    wr_value_encode(&again, v);
    if (mode == '=')
        ck_assert_str_eq(hex_of(a, &again), hex);
}

START_TEST(stored_values_are_read_for_ever)
{
    FILE *f = open_golden("value.txt");
    static char line[65536];
    int n = 0;

    while (fgets(line, sizeof(line), f)) {
        char *hex = line + 2, *json = strchr(hex, ' ');

        if (*line == '#')
            continue;
        ck_assert(*line == '=' || *line == '<');
        ck_assert_ptr_nonnull(json);
        *json++ = '\0';
        json[strcspn(json, "\n")] = '\0';
        check_line(*line, hex, json);
        n++;
    }
    fclose(f);
    ck_assert_int_ge(n, 40);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("golden");

    tcase_add_test(tc, stored_values_are_read_for_ever);

    return t_main("golden", tc, NULL);
}
