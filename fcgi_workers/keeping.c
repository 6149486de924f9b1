/* keeping: how long a version's instances are kept, and how much of their
 * history. */

#include <string.h>

#include "engine/base/time.h"
#include "engine/runtime/level.h"
#include "fcgi_workers/definition_json.h"
#include "fcgi_workers/lookup.h"

#define DAY INT64_C(86400000)

const char *
wr_keeping_ttl(struct wr_arena *a, int64_t ms)
{
    if (ms == 0)
        return NULL;
    if (ms == WR_KEEP_FOR_EVER)
        return "never";
    if (ms % DAY == 0)
        return wr_arena_printf(a, "P%lldD", (long long)(ms / DAY));
    if (ms % 1000 == 0)
        return wr_arena_printf(a, "PT%lldS", (long long)(ms / 1000));

    return wr_arena_printf(a, "PT%lld.%03lldS", (long long)(ms / 1000),
                           (long long)(ms % 1000));
}

struct keep_body {
    const char *ttl, *level;
};
static const struct wr_field keep_fields[] = {
    WR_FIELD(
        struct keep_body, ttl, "historyTtl", WR_STRING, 0,
        "How long its instances are kept once they have ended: an ISO 8601 "
        "duration, \"never\" (they do not go) or \"default\" (as the setting "
        "history_ttl says)."),
    WR_FIELD_ENUM(
        struct keep_body, level, "historyLevel",
        "none|activity|audit|full|default", 0,
        "What is told of their history, and stays of it after the end; "
        "\"default\": as the setting history_level says."),
};
const struct wr_object wr_definition_keep_object = WR_OBJECT_ROWS(
    struct keep_body, "ChangeDefinition", keep_fields);

static int
ttl_of(struct wr_request *rq, const char *text, int64_t *out,
       struct wr_err *err)
{
    struct wr_err why;

    if (strcmp(text, "default") == 0)
        *out = 0;
    else if (strcmp(text, "never") == 0)
        *out = WR_KEEP_FOR_EVER;
    else if (wr_instant_add_duration(0, text, strlen(text), out, &why) < 0
             || *out < 0) {
        wr_field_wrong(&rq->errors, "/historyTtl", "value",
                       "an ISO 8601 duration such as P30D, never or default");
        return wr_fail(err, WR_EINVALID, "'%.60s' is no duration", text);
    } else if (*out == 0)
        *out = 1; /* 0 is what the setting says */

    return 0;
}

int
wr_definition_keep(struct wr_request *rq, const void *in, void *out,
                   struct wr_err *err)
{
    const struct keep_body *body = in;
    const struct wr_definition_row *row;
    enum wr_history_level level;
    int64_t ttl;

    if (wr_definition_own_row(rq, &row, err) < 0)
        return (int)err->code;
    if (row->state == WR_DEF_DELETED)
        return wr_fail(err, WR_ESTATE, "definition '%s' is deleted",
                       rq->param[0]);
    ttl = row->history_ttl;
    level = row->history_level;
    if (body->ttl && ttl_of(rq, body->ttl, &ttl, err) < 0)
        return (int)err->code;
    if (body->level)
        level = wr_level_parse(body->level); /* "default" is unset */
    if ((ttl != row->history_ttl || level != row->history_level)
        && wr_runtime_set_keeping(rq->service->runtime, row, ttl, level, err)
               < 0)
        return (int)err->code;

    return wr_definition_answer(rq, &row->id, out, err);
}
