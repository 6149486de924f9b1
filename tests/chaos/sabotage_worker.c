/* The worker of tests with a rule left out: WEIR_SABOTAGE=revision or fence. */
#include <stdlib.h>
#include <string.h>

#include "tests/crash/sabotage.h"

int __real_wr_store_commit(struct wr_store *st, struct wr_item *items, size_t n,
                           struct wr_err *err);
int __wrap_wr_store_commit(struct wr_store *st, struct wr_item *items, size_t n,
                           struct wr_err *err);

int
__wrap_wr_store_commit(struct wr_store *st, struct wr_item *items, size_t n,
                       struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    const char *rule = getenv("WEIR_SABOTAGE");
    int rc;

    for (size_t i = 0; rule && i < n; i++) {
        if (strcmp(rule, "revision") == 0)
            crash_take_stale(st, &items[i], a);
        if (strcmp(rule, "fence") == 0)
            items[i].lease = items[i].job = (struct wr_uuid){ { 0 } };
    }
    rc = __real_wr_store_commit(st, items, n, err);

    return rc;
}
