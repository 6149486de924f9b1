#include "engine/base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/str.h"

static const struct {
    const char *name;
    const char *problem;
    const char *title;
    short http;
    bool retryable;
} codes[] = {
#define WR_ERROR(code, http, problem, retry, title) \
    { #code, problem, title, http, retry },
#include "engine/base/errors.def"
#undef WR_ERROR
};

static size_t
code_index(enum wr_code code)
{
    int i = (int)code - ((int)WR_ERR_FIRST_ + 1);

    return i >= 0 && (size_t)i < WR_COUNT(codes) ? (size_t)i : 0;
}

int
wr_fail(struct wr_err *err, enum wr_code code, const char *fmt, ...)
{
    va_list ap;

    err->code = code;
    err->limit = 0;
    va_start(ap, fmt);
    vsnprintf(err->text, sizeof(err->text), fmt, ap);
    va_end(ap);
    wr_utf8_clean(err->text);

    return (int)code;
}

int
wr_wrap(struct wr_err *err, const char *fmt, ...)
{
    char tail[sizeof(err->text)];
    size_t n;
    va_list ap;

    memcpy(tail, err->text, sizeof(tail));
    va_start(ap, fmt);
    vsnprintf(err->text, sizeof(err->text), fmt, ap);
    va_end(ap);

    n = strlen(err->text);
    snprintf(err->text + n, sizeof(err->text) - n, ": %.*s",
             (int)sizeof(tail) - 1, tail);
    wr_utf8_clean(err->text);

    return (int)err->code;
}

const char *
wr_code_name(enum wr_code code)
{
    return codes[code_index(code)].name;
}

const char *
wr_code_problem(enum wr_code code)
{
    return codes[code_index(code)].problem;
}

const char *
wr_code_title(enum wr_code code)
{
    return codes[code_index(code)].title;
}

int
wr_code_http(enum wr_code code)
{
    return codes[code_index(code)].http;
}

bool
wr_code_retryable(enum wr_code code)
{
    return codes[code_index(code)].retryable;
}
