/* weir-openapi: print the API.  docs/openapi.json is its output; lint fails when
 * they differ. */

#include <stdio.h>

#include "fcgi_workers/openapi.h"

int
main(void)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 16);
    struct wr_str out = { .arena = a };

    wr_openapi_json(&out);
    fwrite(out.s, 1, out.len, stdout);

    return fflush(stdout) == 0 ? 0 : 1;
}
