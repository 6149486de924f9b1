/* lint.c: a file's findings as JSON lines. */

#include "engine/model/lint.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/json.h"

enum {
    MAX_FILE = 64 << 20
};

static void
close_file(FILE *f)
{
    fclose(f);
}
WR_DEFINE_CLEANUP(FILE *, close_file);

int
wr_lint_load(struct wr_arena *a, const char *path, size_t max,
             const char **bytes, size_t *len, struct wr_err *err)
{
    wr_auto(close_file) FILE *f = fopen(path, "rbe");
    struct wr_str s = { .arena = a };
    char block[65536];
    size_t n;

    if (!f)
        return wr_fail(err, errno == ENOENT ? WR_ENOTFOUND : WR_EIO,
                       "open '%s': %s", path, strerror(errno));
    while ((n = fread(block, 1, sizeof block, f)) > 0) {
        wr_str_addn(&s, block, n);
        if (s.len > max)
            return wr_fail(err, WR_ELIMIT, "'%s' has more than %zu bytes", path,
                           max);
    }
    if (ferror(f))
        return wr_fail(err, WR_EIO, "read '%s': %s", path, strerror(errno));
    *bytes = wr_str_text(&s);
    *len = s.len;

    return 0;
}

static void
line(struct wr_str *out, const char *path, const struct wr_finding *f)
{
    struct wr_str json = { .arena = out->arena };

    wr_finding_json(&json, f);
    wr_str_add(out, "{\"file\":");
    wr_json_write_string(out, path, strlen(path));
    wr_str_addc(out, ',');
    wr_str_add(out, json.s + 1);
    wr_str_addc(out, '\n');
}

int
wr_lint_file(struct wr_arena *a, const char *path,
             const struct wr_bpmn_options *options, struct wr_str *out,
             size_t *n_errors, struct wr_err *err)
{
    struct wr_bpmn bpmn;
    const char *bytes;
    size_t len;

    if (wr_lint_load(a, path, MAX_FILE, &bytes, &len, err) < 0)
        return err->code;
    if (wr_bpmn_read(a, bytes, len, options, &bpmn, err) < 0) {
        struct wr_finding f = wr_bpmn_finding(a, err);

        line(out, path, &f);
        *n_errors = 1;
        return 0;
    }
    for (size_t i = 0; i < bpmn.findings.n; i++)
        line(out, path, &bpmn.findings.items[i]);
    *n_errors = bpmn.findings.n_errors;

    return 0;
}
