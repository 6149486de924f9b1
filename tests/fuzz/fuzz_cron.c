/*
 * Cron expressions: what is taken fires some day, and later each time.
 *
 * fuzz-parts: engine/base
 */

#include "engine/base/cron.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wr_cron c;
    struct wr_err err;
    int64_t at = 0;

    if (wr_cron_parse(&c, (const char *)data, size, &err) < 0) {
        must(err.code == WR_EVALUE);
        return 0;
    }
    must(wr_cron_next_wall(&c, -1) != INT64_MAX);
    for (int n = 0; n < 3 && at != INT64_MAX; n++) {
        int64_t before = at;

        must(wr_cron_next(&c, before, &at, &err) == 0);
        must(at > before);
    }

    return 0;
}
