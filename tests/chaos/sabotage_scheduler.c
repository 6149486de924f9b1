/* The scheduler of tests with a rule left out: with WEIR_SABOTAGE=search it never
 * looks for work that was lost on its way. */
#include <stdlib.h>
#include <string.h>

#include "scheduler/scan.h"

bool __real_wr_scan_merge(struct wr_scan *s, struct wr_heap *h,
                          struct wr_err *err);
bool __wrap_wr_scan_merge(struct wr_scan *s, struct wr_heap *h,
                          struct wr_err *err);

bool
__wrap_wr_scan_merge(struct wr_scan *s, struct wr_heap *h, struct wr_err *err)
{
    const char *rule = getenv("WEIR_SABOTAGE");
    struct wr_heap forgotten = { 0 };
    bool read;

    if (!rule || strcmp(rule, "search") != 0)
        return __real_wr_scan_merge(s, h, err);
    read = __real_wr_scan_merge(s, &forgotten, err);
    wr_heap_free(&forgotten);

    return read;
}
