/* finding.c: the list of findings and its rows. */

#include "engine/model/finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/json.h"

static const struct wr_finding_row rows[] = {
#define WR_FINDING(id, severity, code, constraint, text) \
    [WR_F_##id] = { code, severity, constraint, text },
#include "engine/model/findings.def"
#undef WR_FINDING
};

const struct wr_finding_row *
wr_finding_row(enum wr_found id)
{
    return &rows[id];
}

void
wr_finding_add(struct wr_findings *f, struct wr_finding finding)
{
    if (finding.severity == WR_ERROR_FINDING)
        f->n_errors++;
    if (f->n == WR_FINDINGS_KEPT)
        return;
    if (f->n == f->cap) {
        size_t cap = f->cap ? f->cap * 2 : 16;
        struct wr_finding *items = wr_newn(f->arena, struct wr_finding, cap);

        if (f->n > 0)
            memcpy(items, f->items, f->n * sizeof *items);
        f->items = items;
        f->cap = cap;
    }
    f->items[f->n++] = finding;
}

void
wr_found(struct wr_findings *f, enum wr_found id, const char *element, int line,
         const char *fmt, ...)
{
    const struct wr_finding_row *row = &rows[id];
    struct wr_finding finding = {
        .code = row->code,
        .severity = row->severity,
        .element = element,
        .line = line,
        .constraint = row->constraint,
        .detail = row->text,
    };
    char text[1024];
    va_list ap;

    if (fmt && f->n < WR_FINDINGS_KEPT) {
        va_start(ap, fmt);
        vsnprintf(text, sizeof text, fmt, ap);
        va_end(ap);
        text[wr_utf8_valid(text, strlen(text))] = '\0';
        finding.detail = wr_arena_strdup(f->arena, text);
    }
    wr_finding_add(f, finding);
}

/* By line, else in the order found. */
static int
by_line(const void *x, const void *y)
{
    const struct wr_finding *a = x, *b = y;

    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;

    return (a->seq > b->seq) - (a->seq < b->seq);
}

void
wr_findings_sort(struct wr_findings *f)
{
    for (size_t i = 0; i < f->n; i++)
        f->items[i].seq = i;
    if (f->n > 1)
        qsort(f->items, f->n, sizeof *f->items, by_line);
}

void
wr_findings_strict(struct wr_findings *f)
{
    for (size_t i = 0; i < f->n; i++)
        f->items[i].severity = WR_ERROR_FINDING;
    f->n_errors = f->n;
}

static void
member(struct wr_str *out, const char *name, const char *value)
{
    if (!value)
        return;
    wr_str_printf(out, ",\"%s\":", name);
    wr_json_write_string(out, value, strlen(value));
}

void
wr_finding_json(struct wr_str *out, const struct wr_finding *f)
{
    wr_str_add(out, "{\"code\":");
    wr_json_write_string(out, f->code, strlen(f->code));
    member(out, "severity",
           f->severity == WR_ERROR_FINDING ? "error" : "warning");
    member(out, "element", f->element);
    if (f->line > 0)
        wr_str_printf(out, ",\"line\":%d", f->line);
    member(out, "constraint", f->constraint);
    member(out, "detail", f->detail);
    wr_str_addc(out, '}');
}
