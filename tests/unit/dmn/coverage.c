/* coverage.c: models of the tests, read, and what is found in them. */
#include "tests/unit/dmn/coverage.h"

#include <string.h>

static const struct wr_xml_limits limits = {
    .max_bytes = 1 << 22,
    .max_depth = 64,
};
struct wr_arena *arena;
struct wr_findings findings;
struct wr_err err;

void
setup(void)
{
    arena = wr_arena_new(4096);
    findings = (struct wr_findings){ .arena = arena };
    err = (struct wr_err){ .code = WR_OK };
}

void
teardown(void)
{
    wr_arena_free(arena);
}

static void
add_escaped(struct wr_str *s, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '<')
            wr_str_add(s, "&lt;");
        else
            wr_str_addc(s, text[i]);
    }
}

void
add_text(struct wr_str *s, const char *element, const char *text, size_t len)
{
    wr_str_printf(s, "<%s><text>", element);
    add_escaped(s, text, len);
    wr_str_printf(s, "</text></%s>", element);
}

const struct wr_dmn *
read_model(const struct wr_str *s)
{
    struct wr_dmn_source source = { "m.dmn", s->s, s->len };
    const struct wr_dmn *d;

    if (wr_dmn_read(arena, &source, 1, &limits, &findings, &d, &err) < 0)
        ck_abort_msg("%s", err.text);

    return d;
}

bool
has(const char *code, const char *part)
{
    for (size_t i = 0; i < findings.n; i++)
        if (strcmp(findings.items[i].code, code) == 0
            && strstr(findings.items[i].detail, part))
            return true;

    return false;
}
