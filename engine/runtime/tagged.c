/* tagged: the latest version with a tag, from the newest down. */
#include <string.h>

#include "engine/runtime/slot.h"

int
wr_definition_tagged(struct wr_runtime *rt, int32_t tenant,
                     const struct wr_callee *c, struct wr_uuid *out,
                     struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *scratch = wr_arena_new(4096);
    struct wr_query q = { .noun = WR_DEFINITIONS,
                          .tenant = tenant,
                          .key = c->key,
                          .descending = true,
                          .state = WR_DEF_ACTIVE };
    struct wr_rows rows;

    do {
        if (wr_runtime_find(rt, &q, scratch, &rows, err) < 0)
            return err->code;
        for (size_t i = 0; i < rows.n; i++) {
            const char *tag = rows.definitions[i].version_tag;

            if (!tag || strcmp(tag, c->tag) != 0)
                continue;
            *out = rows.definitions[i].id;
            return 0;
        }
        q.cursor = rows.next;
    } while (q.cursor);

    return wr_fail(err, WR_ENOTFOUND,
                   "no version of process '%.100s' has the tag '%.60s'", c->key,
                   c->tag);
}
