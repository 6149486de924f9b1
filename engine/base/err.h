/*
 * err.h: how calls fail.
 *
 * A fallible function returns 0 or a negative code and takes a `struct wr_err *`
 * last.  The struct lives in the caller and is fixed size, so reporting an
 * error never allocates and never fails.  Codes are for programs, text is for
 * people.  Library code fills the struct and returns; only main loops log.
 *
 *     return wr_fail(err, WR_ENOTFOUND, "no definition '%s'", key);
 *
 *     if (wr_store_load(store, id, &inst, err) < 0)
 *         return wr_wrap(err, "resume '%s'", id);
 */

#ifndef WR_ERR_H
#define WR_ERR_H

#include "engine/base/base.h"

enum wr_code {
    WR_OK = 0,
    WR_ERR_FIRST_ = -100,
#define WR_ERROR(code, http, problem, retry, title) WR_##code,
#include "engine/base/errors.def"
#undef WR_ERROR
};

struct wr_err {
    enum wr_code code;
    int line, column;  /* position in the source document, 0 if none */
    char element[64];  /* BPMN element id, "" if none */
    char text[256];    /* "resume 'p1': no definition 'order'" */
    int limit;         /* with WR_ELIMIT, WR_EFULL: base/limit.h; 0: of none */
    int64_t most, met; /* what it allows, and what there was */
};

/* Record a failure; returns `code` so that callers can `return wr_fail(...)`. */
int wr_fail(struct wr_err *err, enum wr_code code, const char *fmt, ...)
    WR_PRINTF(3);

/* Prefix context to a failure on its way up; returns the recorded code. */
int wr_wrap(struct wr_err *err, const char *fmt, ...) WR_PRINTF(2);

const char *wr_code_name(enum wr_code code);
/* The stable `code` of a problem document, "not-found". */
const char *wr_code_problem(enum wr_code code);
const char *wr_code_title(enum wr_code code);
int wr_code_http(enum wr_code code);
bool wr_code_retryable(enum wr_code code);

#endif
