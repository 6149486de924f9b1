/* flow_holds: elements, job types and definitions on hold, in .flow scripts. */
#include <string.h>

#include "cli/flow_line.h"

/* hold|release element ID of DEFINITION [catch-up] | type TYPE | definition REF
 * [catch-up], by zoe */
static int
hold(struct wr_script *f, const struct wr_flow_line *l, bool on,
     struct wr_err *err)
{
    const char *what = l->n > 2 ? l->words[1] : "";
    const char *of = wr_flow_after(l, "of");
    bool type = strcmp(what, "type") == 0;
    struct wr_standstill s = {
        .actor = "zoe",
        .reason = wr_flow_after(l, "because"),
        .catch_up = strcmp(l->words[l->n - 1], "catch-up") == 0,
    };
    const struct wr_definition_row *row = NULL;

    if (l->n < 3)
        return wr_fail(err, WR_EINVALID, "%s what?", l->words[0]);
    if (!type
        && wr_runtime_definition_row(f->stage->rt, of ? of : l->words[2],
                                     f->stage->tenant, f->arena, &row, err)
               < 0)
        return err->code;
    if (strcmp(what, "definition") == 0)
        return wr_runtime_stand_still(f->stage->rt, row, on, &s, err);
    if (type)
        s.type = l->words[2];
    else
        s.element = l->words[2];

    return wr_runtime_hold(f->stage->rt, row, f->stage->tenant, on, &s, err);
}

int
wr_flow_hold(struct wr_script *f, const struct wr_flow_line *l,
             struct wr_err *err)
{
    return hold(f, l, true, err);
}

int
wr_flow_release(struct wr_script *f, const struct wr_flow_line *l,
                struct wr_err *err)
{
    return hold(f, l, false, err);
}
