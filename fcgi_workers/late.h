/*
 * late.h: timers as the slot has them: hints to schedulers, and how late they
 * fired.
 */

#ifndef WR_LATE_H
#define WR_LATE_H

#include "engine/base/str.h"
#include "engine/runtime/runtime.h"

struct wr_service;

enum {
    WR_LATE_BUCKETS = 9
};

/* For wr_runtime_options.committed, with the service: what is due soon. */
void wr_hints_committed(void *service, const struct wr_definition *d,
                        const struct wr_effects *fx);
/* A timer that was due at `due` fired now. */
void wr_late_note(struct wr_service *s, int64_t due);
void wr_late_samples(struct wr_str *out, const struct wr_service *s);

#endif
