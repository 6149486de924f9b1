#include "engine/base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "engine/base/json.h"
#include "engine/base/time.h"

static struct {
    const char *program;
    enum wr_log_level least;
} config = { "weir", WR_LOG_INFO };

static const char *const names[] = { "debug", "info", "warn", "error" };

void
wr_log_init(const char *program, enum wr_log_level least)
{
    config.program = program;
    config.least = least;
}

/* Texts come from anywhere; the line stays valid JSON. */
static void
add_text(struct wr_str *line, const char *text)
{
    struct wr_str clean = { .arena = line->arena };
    size_t left = strlen(text), n;

    while ((n = wr_utf8_valid(text, left)) < left) {
        wr_str_addn(&clean, text, n);
        wr_str_add(&clean, "\xEF\xBF\xBD");
        text += n + 1;
        left -= n + 1;
    }
    wr_str_addn(&clean, text, left);
    wr_json_write_string(line, clean.s, clean.len);
}

static void
add_member(struct wr_str *line, const char *name, const char *text)
{
    wr_str_addc(line, line->len ? ',' : '{');
    add_text(line, name);
    wr_str_addc(line, ':');
    add_text(line, text);
}

static void
add_head(struct wr_str *line, enum wr_log_level level, const char *message)
{
    char at[WR_INSTANT_TEXT];
    struct timespec ts;

    clock_gettime(CLOCK_REALTIME, &ts);
    wr_instant_text((int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000, at);
    add_member(line, "at", at);
    add_member(line, "level", names[level]);
    add_member(line, "program", config.program);
    wr_str_printf(line, ",\"pid\":%d", (int)getpid());
    add_member(line, "message", message);
}

/* One write a line: lines of threads and processes do not mix.  When standard
 * error is gone there is nobody left to tell. */
static void
put(const char *s, size_t len)
{
    while (len > 0) {
        ssize_t n = write(STDERR_FILENO, s, len);

        if (n < 0 && errno != EINTR)
            return;
        if (n > 0) {
            s += n;
            len -= (size_t)n;
        }
    }
}

void
wr_log(enum wr_log_level level, const char *message, ...)
{
    va_list ap;
    const char *name;

    if (level < config.least)
        return;

    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1024);
    struct wr_str line = { .arena = a };

    add_head(&line, level, message);
    va_start(ap, message);
    while ((name = va_arg(ap, const char *))) {
        const char *text = va_arg(ap, const char *);

        add_member(&line, name, text ? text : "");
    }
    va_end(ap);
    wr_str_add(&line, "}\n");
    put(line.s, line.len);
}
