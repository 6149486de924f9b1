/* static.c: betsy's static cases, BPMNspector's and the MIWG files. */

#include "tests/conformance/static.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/json.h"
#include "engine/model/lint.h"

struct run {
    const char *folder;                 /* above the manifest's */
    const struct wr_value *constraints; /* of bpmnspector's manifest */
    int passed, failed, skipped;
};

struct entry {
    const char *id, *file, *constraint; /* constraint NULL: none */
    const struct wr_value *json;
};

static const char *
text(const struct wr_value *context, const char *key)
{
    const struct wr_value *v = wr_value_get(context, key);

    return v && v->type == WR_V_STRING ? v->string.s : NULL;
}

static bool
flag(const struct wr_value *context, const char *key)
{
    const struct wr_value *v = context ? wr_value_get(context, key) : NULL;

    return v && v->type == WR_V_BOOL && v->boolean;
}

static void
ok(struct run *r, const struct entry *e)
{
    r->passed++;
    printf("ok %s\n", e->id);
}

static void not_ok(struct run *r, const struct entry *e, const char *fmt, ...)
    WR_PRINTF(3);
static void skip(struct run *r, const struct entry *e, const char *fmt, ...)
    WR_PRINTF(3);

static void
not_ok(struct run *r, const struct entry *e, const char *fmt, ...)
{
    va_list ap;

    r->failed++;
    printf("not ok %s: ", e->id);
    va_start(ap, fmt);
    vprintf(fmt, ap);
    va_end(ap);
    putchar('\n');
}

static void
skip(struct run *r, const struct entry *e, const char *fmt, ...)
{
    va_list ap;

    r->skipped++;
    printf("skip %s: ", e->id);
    va_start(ap, fmt);
    vprintf(fmt, ap);
    va_end(ap);
    putchar('\n');
}

/* Imports are looked for beside the file; `data` is the file's path. */
static bool
import(void *data, struct wr_arena *a, const char *location, const char **bytes,
       size_t *len)
{
    const char *path = data, *slash = strrchr(path, '/');
    int folder = slash ? (int)(slash - path) : 0;
    struct wr_err err;

    return wr_lint_load(a,
                        wr_arena_printf(a, "%.*s/%s", folder, path, location),
                        8 << 20, bytes, len, &err)
           == 0;
}

/* Findings of a file; what makes reading fail is a finding too. */
static void
judge(struct wr_arena *a, char *path, bool strict, struct wr_findings *out)
{
    const struct wr_bpmn_options options = {
        .strict = strict,
        .import = import,
        .data = path,
    };
    struct wr_bpmn bpmn;
    const char *bytes;
    struct wr_err err;
    size_t len;

    out->arena = a;
    if (wr_lint_load(a, path, 64 << 20, &bytes, &len, &err) < 0
        || wr_bpmn_read(a, bytes, len, &options, &bpmn, &err) < 0)
        wr_finding_add(out, wr_bpmn_finding(a, &err));
    else
        *out = bpmn.findings;
}

static bool
is_implemented(const char *constraint)
{
    for (int i = 0; i < WR_FOUNDS; i++) {
        const struct wr_finding_row *row = wr_finding_row(i);

        if (row->constraint && !strcmp(row->constraint, constraint))
            return true;
    }

    return false;
}

static bool
has_constraint(const struct wr_findings *f, const char *constraint)
{
    for (size_t i = 0; i < f->n; i++) {
        const char *c = f->items[i].constraint;

        if (c && !strcmp(c, constraint))
            return true;
    }

    return false;
}

/* An imported file that the suite does not hold leaves nothing to judge. */
static bool
lacks_import(const struct wr_findings *f, const char *wanted)
{
    for (size_t i = 0; i < f->n; i++) {
        if (!strcmp(f->items[i].code, "remote-import"))
            return true;
    }

    return strcmp(wanted, "EXT.001") != 0 && has_constraint(f, "EXT.001");
}

static void
want_refused(struct run *r, const struct entry *e, const struct wr_findings *f)
{
    if (!is_implemented(e->constraint))
        skip(r, e, "unsupported %s", e->constraint);
    else if (has_constraint(f, e->constraint))
        ok(r, e);
    else if (lacks_import(f, e->constraint))
        skip(r, e, "an imported file is absent");
    else if (f->n == 0)
        not_ok(r, e, "accepted, want %s", e->constraint);
    else
        not_ok(r, e, "refused for %s, want %s",
               f->items[0].constraint ? f->items[0].constraint
                                      : f->items[0].code,
               e->constraint);
}

/* Valid: none of the constraints that the suite's validator knows. */
static void
want_valid(struct run *r, const struct entry *e, const struct wr_findings *f)
{
    for (size_t i = 0; i < f->n; i++) {
        const struct wr_finding *x = &f->items[i];

        if (!strcmp(x->code, "xml-malformed") || !strcmp(x->code, "not-bpmn")) {
            not_ok(r, e, "%s: %s", x->code, x->detail);
            return;
        }
        if (x->constraint && wr_value_get(r->constraints, x->constraint)) {
            not_ok(r, e, "refused for %s (%s, line %d)", x->constraint,
                   x->element ? x->element : "", x->line);
            return;
        }
    }
    ok(r, e);
}

static void
betsy(struct run *r, struct wr_arena *a, const struct entry *e, char *path)
{
    const struct wr_value *expect = wr_value_get(e->json, "expect");
    struct wr_findings f = { 0 };

    if (!e->constraint || !flag(expect, "deploymentRejected"))
        return; /* an executable case */
    judge(a, path, /* strict= */ true, &f);
    want_refused(r, e, &f);
}

static void
bpmnspector(struct run *r, struct wr_arena *a, const struct entry *e,
            char *path)
{
    struct wr_findings f = { 0 };

    if (!flag(e->json, "exists")) {
        skip(r, e, "the suite does not hold the file");
        return;
    }
    judge(a, path, /* strict= */ true, &f);
    if (flag(e->json, "valid"))
        want_valid(r, e, &f);
    else
        want_refused(r, e, &f);
}

static void
miwg(struct run *r, struct wr_arena *a, const struct entry *e, char *path)
{
    const char *expect = text(e->json, "expect");
    bool refuse = expect && !strcmp(expect, "refused"), line = false;
    struct wr_findings f = { 0 };

    judge(a, path, /* strict= */ false, &f);
    for (size_t i = 0; i < f.n; i++) {
        const struct wr_finding *x = &f.items[i];

        line |= x->line > 0 && x->severity == WR_ERROR_FINDING;
        if (!refuse && (!x->element || !x->code)) {
            not_ok(r, e, "a finding without element: %s %s", x->code,
                   x->detail);
            return;
        }
    }
    if (refuse && !line)
        not_ok(r, e, "not refused with a line");
    else
        ok(r, e);
}

/* Findings that a schema of BPMN would make, too. */
static bool
is_structural(const struct wr_finding *f)
{
    static const char *const codes[] = {
        "xml-malformed",  "not-bpmn",          "unknown-element",
        "duplicate-id",   "no-such-attribute", "missing-attribute",
        "bad-attribute",  "misplaced-element", "missing-element",
        "misplaced-text",
    };

    for (size_t k = 0; k < WR_COUNT(codes); k++) {
        if (!strcmp(f->code, codes[k]))
            return true;
    }

    return false;
}

static void
structure(struct run *r, struct wr_arena *a, const struct entry *e, char *path)
{
    const struct wr_value *want = wr_value_get(e->json, "xsdValid");
    const struct wr_finding *first = NULL;
    struct wr_findings f = { 0 };

    if (!want || want->type != WR_V_BOOL)
        return; /* nobody judged it */
    judge(a, path, /* strict= */ false, &f);
    for (size_t k = 0; k < f.n && !first; k++) {
        if (is_structural(&f.items[k]))
            first = &f.items[k];
    }
    if (want->boolean && first)
        not_ok(r, e, "valid, but line %d: %s: %s", first->line, first->code,
               first->detail);
    else if (!want->boolean && !first)
        not_ok(r, e, "nothing is found");
    else
        ok(r, e);
}

static const struct suite {
    const char *name;
    void (*run)(struct run *r, struct wr_arena *a, const struct entry *e,
                char *path);
} suites[] = {
    { "betsy-static", betsy },
    { "bpmnspector", bpmnspector },
    { "miwg", miwg },
    { "structure", structure },
};

static const struct suite *
find(const char *name)
{
    for (size_t i = 0; i < WR_COUNT(suites); i++) {
        if (!strcmp(suites[i].name, name))
            return &suites[i];
    }

    return NULL;
}

int
conformance_is_static(const char *suite)
{
    return find(suite) != NULL;
}

static void
run_entry(struct run *r, const struct suite *s, const struct wr_value *json)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 16);
    struct entry e = {
        .id = text(json, "id"),
        .file = text(json, "bpmn"),
        .constraint = text(json, "constraint"),
        .json = json,
    };

    if (!e.file)
        e.file = text(json, "file");
    if (!e.id || !e.file)
        return;
    s->run(r, a, &e, wr_arena_printf(a, "%s/%s", r->folder, e.file));
    fflush(stdout);
}

/* The folder above the one that holds `path`. */
static const char *
above(struct wr_arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? wr_arena_printf(a, "%.*s/..", (int)(slash - path), path)
                 : "..";
}

int
conformance_count(const char *suite, const char *manifest,
                  struct conformance_counts *out)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 20);
    const struct suite *s = find(suite);
    const struct wr_value *json, *entries = NULL;
    struct run r = { .folder = above(a, manifest) };
    const char *bytes;
    struct wr_err err;
    size_t len;

    if (wr_lint_load(a, manifest, 64 << 20, &bytes, &len, &err) == 0
        && wr_json_parse(a, bytes, len, &json, &err) == 0)
        entries = wr_value_get(json, "entries");
    if (!s || !entries || entries->type != WR_V_LIST) {
        fprintf(stderr, "%s: %s\n", manifest,
                entries ? "no such suite" : err.text);
        return 2;
    }
    r.constraints = wr_value_get(json, "constraints");
    if (!r.constraints)
        r.constraints = &wr_null;
    for (size_t i = 0; i < entries->list.n; i++)
        run_entry(&r, s, entries->list.items[i]);
    *out = (struct conformance_counts){ r.passed, r.failed, r.skipped };

    return 0;
}

int
conformance_static(const char *suite, const char *manifest)
{
    struct conformance_counts n;
    int rc = conformance_count(suite, manifest, &n);

    if (rc != 0)
        return rc;
    printf("%d passed, %d failed, %d skipped\n", n.passed, n.failed, n.skipped);

    return n.failed > 0;
}
