/*
 * handlers.h: what a script puts in place of service calls and scripts.
 *
 * A context of element id -> what to do, as the scenario format has it:
 * {} nothing; set, setLocal, setIfAbsent {name: value}; incr "name";
 * throwError {code, message}; fail "text"; wait true.
 */

#ifndef WR_HANDLERS_H
#define WR_HANDLERS_H

#include "engine/exec/step.h"

struct wr_handlers {
    const struct wr_value *by_element; /* NULL: none */
};

/* The two hooks of wr_stage_options; `data` is a struct wr_handlers. */
wr_handler_fn wr_handlers_run;
bool wr_handlers_has(void *data, const char *element_id, const char *script);

#endif
