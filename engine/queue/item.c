#include "engine/queue/item.h"

#include <string.h>

#include "engine/base/json.h"
#include "engine/base/time.h"

static const char *const types[] = { "timer", "job", "outbox", "lost" };

void
wr_item_json(struct wr_str *s, const struct wr_due_item *it)
{
    char id[WR_UUID_TEXT], instance[WR_UUID_TEXT], due[WR_INSTANT_TEXT];

    wr_uuid_text(&it->id, id);
    wr_uuid_text(&it->instance, instance);
    wr_instant_text(it->at, due);
    wr_str_printf(s,
                  "{\"type\":\"%s\",\"target\":\"%s\",\"instance\":\"%s\","
                  "\"tenant\":%d,\"due\":\"%s\"}",
                  it->type, id, instance, it->tenant, due);
}

static bool
uuid_of(const struct wr_value *v, const char *name, struct wr_uuid *out)
{
    const struct wr_value *m = wr_value_get(v, name);
    struct wr_err err;

    return m && m->type == WR_V_STRING
           && wr_uuid_parse(m->string.s, m->string.len, out, &err) == 0;
}

static bool
type_of(const struct wr_value *v, const char **out)
{
    const struct wr_value *m = wr_value_get(v, "type");

    for (size_t i = 0; m && m->type == WR_V_STRING && i < WR_COUNT(types);
         i++) {
        if (strcmp(m->string.s, types[i]) == 0) {
            *out = types[i];
            return true;
        }
    }

    return false;
}

static bool
tenant_of(const struct wr_value *v, int32_t *out)
{
    const struct wr_value *m = wr_value_get(v, "tenant");
    int64_t n;

    if (!m || m->type != WR_V_NUMBER || !wr_decimal_to_int(m->number, &n)
        || n < 0 || n > INT32_MAX)
        return false;
    *out = (int32_t)n;

    return true;
}

static bool
due_of(const struct wr_value *v, int64_t *out)
{
    const struct wr_value *m = wr_value_get(v, "due");
    struct wr_err err;

    return m && m->type == WR_V_STRING
           && wr_instant_parse(m->string.s, m->string.len, out, &err) == 0;
}

int
wr_item_read(struct wr_arena *a, const char *text, size_t len,
             struct wr_due_item *out, struct wr_err *err)
{
    const struct wr_value *v;

    *out = (struct wr_due_item){ 0 };
    if (wr_json_parse(a, text, len, &v, err) < 0)
        return wr_fail(err, WR_EVALUE, "no JSON");
    if (v->type != WR_V_CONTEXT || !type_of(v, &out->type)
        || !uuid_of(v, "target", &out->id)
        || !uuid_of(v, "instance", &out->instance)
        || !tenant_of(v, &out->tenant) || !due_of(v, &out->at))
        return wr_fail(err, WR_EVALUE, "no work item");

    return 0;
}
