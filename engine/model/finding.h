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

struct wr_finding {
    const char *code; /* "no-such-flow"; stable, rows of findings.def */
    enum wr_severity severity;
    const char *element;    /* id, NULL */
    int line;               /* 0: none */
    const char *constraint; /* "EXT.049" of the BPMN constraint list, NULL */
    const char *detail;     /* for people */
};

struct wr_findings {
    struct wr_arena *arena;
    struct wr_finding *items;
    size_t n, cap;
    size_t n_errors;
};

void wr_finding_add(struct wr_findings *f, struct wr_finding finding);
/* One finding as JSON text, API.md's shape. */
struct wr_str;
void wr_finding_json(struct wr_str *out, const struct wr_finding *f);

#endif
