/* tally: one line a case, one line at the end. */
#include "cli/tally.h"

#include <stdarg.h>
#include <stdio.h>

/* A reason on one line, whatever is in it. */
static void
print(const char *word, const char *id, const char *fmt, va_list ap)
{
    char text[1024];

    vsnprintf(text, sizeof(text), fmt, ap);
    for (char *p = text; *p; p++)
        if ((unsigned char)*p < ' ')
            *p = ' ';
    printf("%s %s: %s\n", word, id, text);
    fflush(stdout);
}

void
wr_tally_ok(struct wr_tally *t, const char *id)
{
    t->passed++;
    printf("ok %s\n", id);
    fflush(stdout);
}

void
wr_tally_not_ok(struct wr_tally *t, const char *id, const char *fmt, ...)
{
    va_list ap;

    t->failed++;
    va_start(ap, fmt);
    print("not ok", id, fmt, ap);
    va_end(ap);
}

void
wr_tally_skip(struct wr_tally *t, const char *id, const char *fmt, ...)
{
    va_list ap;

    t->skipped++;
    va_start(ap, fmt);
    print("skip", id, fmt, ap);
    va_end(ap);
}

int
wr_tally_end(const struct wr_tally *t)
{
    printf("%d passed, %d failed", t->passed, t->failed);
    if (t->skipped)
        printf(", %d skipped", t->skipped);
    putchar('\n');

    return t->failed > 0;
}
