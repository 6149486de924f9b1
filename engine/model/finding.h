/*
 * finding.h: what the validator has to say about a file.
 *
 * The same object comes from deployment, `weir lint` and the console (API.md).
 * `error` = cannot execute, `warning` = the rest; validate=strict makes every
 * finding an error.
 */

#ifndef WR_FINDING_H
#define WR_FINDING_H

#include "engine/base/arena.h"

enum wr_severity {
    WR_WARNING,
    WR_ERROR_FINDING
};

/* Every kind of finding, a row of findings.def each. */
enum wr_found {
#define WR_FINDING(id, severity, code, constraint, text) WR_F_##id,
#include "engine/model/findings.def"
#undef WR_FINDING
    WR_FOUNDS
};

struct wr_finding_row {
    const char *code;
    enum wr_severity severity; /* unless strict */
    const char *constraint;    /* NULL */
    const char *text;
};
const struct wr_finding_row *wr_finding_row(enum wr_found id);

struct wr_finding {
    const char *code; /* "no-such-flow"; stable, rows of findings.def */
    enum wr_severity severity;
    const char *element;    /* id, NULL */
    int line;               /* 0: none */
    const char *constraint; /* "EXT.049" of the BPMN constraint list, NULL */
    const char *detail;     /* for people */
    size_t seq;             /* order of finding; for sorting */
};

struct wr_findings {
    struct wr_arena *arena;
    struct wr_finding *items;
    size_t n, cap;
    size_t n_errors; /* also of those that were not kept */
};

enum {
    WR_FINDINGS_KEPT = 10000 /* of one file */
};

void wr_finding_add(struct wr_findings *f, struct wr_finding finding);
/* Add a row; `fmt` NULL: the row's own text.  `element` may be NULL. */
void wr_found(struct wr_findings *f, enum wr_found id, const char *element,
              int line, const char *fmt, ...) WR_PRINTF(5);
/* By line, then in the order they were added. */
void wr_findings_sort(struct wr_findings *f);
/* Make every finding an error. */
void wr_findings_strict(struct wr_findings *f);
/* One finding as JSON text, API.md's shape. */
struct wr_str;
void wr_finding_json(struct wr_str *out, const struct wr_finding *f);

#endif
