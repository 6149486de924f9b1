/*
 * bpmn.h: from a BPMN 2.0 file to models and findings.
 *
 * Reads with libxml2: no network, no DOCTYPE, size and depth limited.  Every
 * <process> of the file becomes a model.  Lanes, pools, artifacts, DI,
 * documentation and unknown extensions load and change nothing; what would
 * change behaviour and is not built yet is an error finding that names it.
 */

#ifndef WR_BPMN_H
#define WR_BPMN_H

#include "engine/model/finding.h"
#include "engine/model/model.h"

struct wr_bpmn_options {
    bool strict;      /* every finding is an error */
    size_t max_bytes; /* 0: 8 MiB */
    int max_depth;    /* 0: 128 */
    /* Does a test register a handler for this element id or script text?  Then
     * the script and implementation check is skipped and the node compiles
     * without job and script.  NULL in production. */
    bool (*handled)(void *data, const char *element_id, const char *script);
    /* Give the bytes of a file that this one imports, in `a`; false when it is
     * not there.  NULL: there are no other files. */
    bool (*import)(void *data, struct wr_arena *a, const char *location,
                   const char **bytes, size_t *len);
    void *data;
    /* Give a script that stands in another file of the deployment, in `a`; false
     * when it is not there.  NULL: there are no other files. */
    bool (*file)(void *files, struct wr_arena *a, const char *name,
                 const char **bytes, size_t *len);
    void *files;
    struct wr_timing timing; /* of timers that say nothing of their own */
    /* Conditions without delimiters and language are JUEL (betsy). */
    bool bare_conditions_are_juel;
};

struct wr_bpmn {
    struct wr_model **models; /* one per process, document order */
    int n_models;
    struct wr_findings findings;
};

/*
 * Read `bytes` into `*out`, all in `a`.  Returns 0 also when there are error
 * findings (then n_models may be 0).  WR_EPARSE with line and column for
 * malformed XML, a DOCTYPE or a file that is not BPMN; WR_ELIMIT past a limit.
 */
WR_MUST int wr_bpmn_read(struct wr_arena *a, const void *bytes, size_t len,
                         const struct wr_bpmn_options *options,
                         struct wr_bpmn *out, struct wr_err *err);

/* Is it a script by its name, and no model? */
bool wr_script_is_file(const char *name);

/* A failure of wr_bpmn_read() as a finding, in `a`: xml-malformed, not-bpmn or
 * limit-exceeded, with the line. */
struct wr_finding wr_bpmn_finding(struct wr_arena *a, const struct wr_err *err);

/* Give every node and flow of `m` its number in `symbols` (appending new ones).
 * Must be called once before the model runs. */
void wr_model_bind(struct wr_arena *a, struct wr_model *m,
                   struct wr_symbols *symbols);

#endif
