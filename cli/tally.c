/* tally: one line a case, one line at the end. */
#include "cli/tally.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/json.h"

/* One case; `fmt` NULL: there is no reason to give. */
static void
print(const struct wr_tally *t, const char *word, const char *id,
      const char *fmt, va_list ap)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1024);
    struct wr_str line = { .arena = a };
    char text[1024] = "";

    if (fmt)
        vsnprintf(text, sizeof(text), fmt, ap);
    /* A reason on one line, whatever is in it. */
    for (char *p = text; *p; p++)
        if ((unsigned char)*p < ' ')
            *p = ' ';
    if (t->json) {
        wr_str_add(&line, "{\"id\":");
        wr_json_write_string(&line, id, strlen(id));
        wr_str_printf(&line, ",\"result\":\"%s\"", word);
        if (fmt) {
            wr_str_add(&line, ",\"reason\":");
            wr_json_write_string(&line, text,
                                 wr_utf8_valid(text, strlen(text)));
        }
        wr_str_addc(&line, '}');
    } else {
        wr_str_printf(&line, "%s %s%s%s", word, id, fmt ? ": " : "", text);
    }
    puts(wr_str_text(&line));
    fflush(stdout);
}

static void
print_plain(const struct wr_tally *t, const char *word, const char *id, ...)
{
    va_list none;

    va_start(none, id);
    print(t, word, id, NULL, none);
    va_end(none);
}

void
wr_tally_ok(struct wr_tally *t, const char *id)
{
    t->passed++;
    print_plain(t, "ok", id);
}

void
wr_tally_not_ok(struct wr_tally *t, const char *id, const char *fmt, ...)
{
    va_list ap;

    t->failed++;
    va_start(ap, fmt);
    print(t, "not ok", id, fmt, ap);
    va_end(ap);
}

void
wr_tally_skip(struct wr_tally *t, const char *id, const char *fmt, ...)
{
    va_list ap;

    t->skipped++;
    va_start(ap, fmt);
    print(t, "skip", id, fmt, ap);
    va_end(ap);
}

int
wr_tally_end(const struct wr_tally *t)
{
    if (t->json) {
        printf("{\"passed\":%d,\"failed\":%d,\"skipped\":%d}\n", t->passed,
               t->failed, t->skipped);
        return t->failed > 0;
    }
    printf("%d passed, %d failed", t->passed, t->failed);
    if (t->skipped)
        printf(", %d skipped", t->skipped);
    putchar('\n');

    return t->failed > 0;
}
