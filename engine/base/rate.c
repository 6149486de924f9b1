#include "engine/base/rate.h"

#include <sys/mman.h>

bool
wr_rate_take(struct wr_rate *r, int64_t per_second, int64_t burst, int64_t now)
{
    long long each = 1000000000 / per_second;
    long long most = each * (burst ? burst : per_second);
    long long paid = atomic_load(&r->paid_at), from;

    do {
        from = paid > now ? paid : now;
        if (from - now > most - each)
            return false;
    } while (!atomic_compare_exchange_weak(&r->paid_at, &paid, from + each));

    return true;
}

struct wr_rate *
wr_rate_share(void)
{
    struct wr_rate *r = mmap(NULL, sizeof(*r), PROT_READ | PROT_WRITE,
                             MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    return r == MAP_FAILED ? NULL : r;
}
