/* The scheduler of tests with a rule left out: with WEIR_SABOTAGE=search it never
 * looks for work that was lost on its way. */
#include <stdlib.h>
#include <string.h>

#include "scheduler/due.h"

int __real_wr_due_scan(struct wr_due *d, int64_t now, struct wr_err *err);
int __wrap_wr_due_scan(struct wr_due *d, int64_t now, struct wr_err *err);

int
__wrap_wr_due_scan(struct wr_due *d, int64_t now, struct wr_err *err)
{
    const char *rule = getenv("WEIR_SABOTAGE");

    if (rule && strcmp(rule, "search") == 0)
        return 0;

    return __real_wr_due_scan(d, now, err);
}
