/* interventions.h: how people hold something and let it go on (S28). */

#ifndef WR_INTERVENTIONS_H
#define WR_INTERVENTIONS_H

#include "fcgi_workers/resource.h"

struct wr_suspend_body {
    const char *reason; /* NULL: none */
};
extern const struct wr_object wr_suspend_object;

#define WR_TIMERS_AFTER "shift|catch-up"
struct wr_resume_body {
    const char *timers; /* one of WR_TIMERS_AFTER; NULL: shift */
};
extern const struct wr_object wr_resume_object;

/* Timers keep their instants, and what was missed fires. */
bool wr_catches_up(const char *timers);

#endif
