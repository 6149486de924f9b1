/*
 * static.h: the suites that judge a file without running it.
 *
 *     betsy-static   models that must be refused, with the constraint's number
 *     bpmnspector    valid and invalid models
 *     miwg           models of many tools: loaded or refused by name
 *     structure      betsy's and MIWG's: is the file as a schema wants it?
 *
 * One line a case on stdout: `ok ID`, `not ok ID: reason`, `skip ID: reason`;
 * the last line counts them.  File names in a manifest are relative to the
 * folder above the manifest's own.
 */

#ifndef CONFORMANCE_STATIC_H
#define CONFORMANCE_STATIC_H

/* Is it one of the suites above? */
int conformance_is_static(const char *suite);
/* 0: no case failed; 1: some did; 2: the manifest cannot be read. */
int conformance_static(const char *suite, const char *manifest);

struct conformance_counts {
    int passed, failed, skipped;
};
/* The same without the last line, counted instead; 0 or 2. */
int conformance_count(const char *suite, const char *manifest,
                      struct conformance_counts *out);

#endif
