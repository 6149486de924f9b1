/* post: commands to the slots that own them. */
#include "scheduler/post.h"

#include <string.h>

#include "engine/base/json.h"
#include "fcgi_workers/slot_client.h"

enum {
    POST_TIMEOUT_MS = 30000
};

static void
item_json(struct wr_str *s, const struct wr_due_item *it)
{
    char id[WR_UUID_TEXT], instance[WR_UUID_TEXT], due[WR_INSTANT_TEXT];

    wr_uuid_text(&it->id, id);
    wr_uuid_text(&it->instance, instance);
    wr_instant_text(it->at, due);
    wr_str_printf(s,
                  "%s{\"type\":\"%s\",\"target\":\"%s\",\"instance\":\"%s\","
                  "\"tenant\":%d,\"due\":\"%s\"}",
                  s->len ? "," : "", it->type, id, instance, it->tenant, due);
}

static int64_t
count(const struct wr_value *v, const char *name)
{
    const struct wr_value *n = wr_value_get(v, name);
    int64_t out = 0;

    if (n && n->type == WR_V_NUMBER && wr_decimal_to_int(n->number, &out))
        return out;

    return 0;
}

static int
post_slot(struct wr_due *d, struct wr_arena *a, int slot,
          const struct wr_str *items, struct wr_err *err)
{
    const char *socket = wr_arena_printf(a, "%s/run/slot-%d.sock",
                                         wr_config_home(d->config), slot);
    struct wr_str body = { .arena = a };
    const struct wr_value *answer;
    const char *text;
    int status;

    wr_str_printf(&body, "{\"items\":[%s]}", items->s);
    if (wr_slot_post(a, socket, "/internal/commands", &body, POST_TIMEOUT_MS,
                     &status, &text, err)
        < 0)
        return (int)err->code;
    if (status != 200)
        return wr_fail(err, WR_EIO, "slot %d answered %d: %s", slot, status,
                       text);
    if (wr_json_parse(a, text, strlen(text), &answer, err) < 0)
        return (int)err->code;
    d->done += count(answer, "done");
    d->gone += count(answer, "gone");
    d->failed += count(answer, "failed");

    return 0;
}

/* What belongs to no instance, start timers and the outbox, is done by any slot,
 * once: its id spreads it over them. */
static const struct wr_uuid *
owner(const struct wr_due_item *it)
{
    return wr_uuid_is_zero(&it->instance) ? &it->id : &it->instance;
}

void
wr_post(struct wr_due *d, const struct wr_due_item *from, size_t n,
        bool *unreachable, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 16);

    for (int slot = 0; slot < d->n_slots; slot++) {
        struct wr_str items = { .arena = a };

        for (size_t i = 0; i < n; i++) {
            if (wr_uuid_bucket(owner(&from[i])) % d->n_slots == slot)
                item_json(&items, &from[i]);
        }
        if (items.len && post_slot(d, a, slot, &items, err) < 0)
            *unreachable = true;
    }
}

int
wr_post_sweep(struct wr_due *d, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 12);
    const char *socket = wr_arena_printf(a, "%s/run/slot-0.sock",
                                         wr_config_home(d->config));
    struct wr_str body = { .arena = a };
    const char *text;
    int status;

    wr_str_add(&body, "{}");
    if (wr_slot_post(a, socket, "/internal/sweep", &body, POST_TIMEOUT_MS,
                     &status, &text, err)
        < 0)
        return (int)err->code;

    return status == 200 ? 0
                         : wr_fail(err, WR_EIO, "the sweep answered %d: %s",
                                   status, text);
}
