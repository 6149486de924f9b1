#include "engine/base/limit.h"

#include <inttypes.h>
#include <stdatomic.h>

static const struct {
    const char *setting, *unit, *what;
    enum wr_code code;
} rows[] = {
#define WR_LIMIT(id, setting, code, unit, what) \
    [WR_LIMIT_##id] = { setting, unit, what, WR_##code },
#include "engine/base/limits.def"
#undef WR_LIMIT
};

static atomic_llong counts[WR_LIMITS];

int
wr_limit_fail(struct wr_err *err, const struct wr_limits *l, enum wr_limit id,
              int64_t n, const char *whose)
{
    (void)wr_fail(err, rows[id].code,
                  "%s%s%s: %" PRId64 " %s, and %s is %" PRId64,
                  whose ? whose : "", whose ? ": " : "", rows[id].what, n,
                  rows[id].unit, rows[id].setting, l->most[id]);
    err->limit = (int)id + 1;
    err->most = l->most[id];
    err->met = n;

    return (int)rows[id].code;
}

const char *
wr_limit_setting(enum wr_limit id)
{
    return rows[id].setting;
}

const char *
wr_limit_unit(enum wr_limit id)
{
    return rows[id].unit;
}

int
wr_limit_of(const struct wr_err *err)
{
    if (err->code != WR_ELIMIT && err->code != WR_EFULL)
        return -1;

    return err->limit > 0 && err->limit <= (int)WR_LIMITS ? err->limit - 1 : -1;
}

void
wr_limit_count(const struct wr_err *err)
{
    int id = wr_limit_of(err);

    if (id >= 0)
        atomic_fetch_add(&counts[id], 1);
}

int64_t
wr_limit_counted(enum wr_limit id)
{
    return atomic_load(&counts[id]);
}
