/* post: commands to the slots that own them. */
#include "scheduler/post.h"

#include <string.h>

#include "engine/base/json.h"
#include "fcgi_workers/slot_client.h"

enum {
    POST_TIMEOUT_MS = 30000
};

struct wr_poster
wr_poster_of(const struct wr_config *config)
{
    return (struct wr_poster){
        .home = wr_config_home(config),
        .n_slots = (int)wr_config_int(config, WR_SET_SLOTS),
    };
}

/* Any slot can do any work; its owner does it from memory. */
int
wr_post_ask(const struct wr_poster *p, int slot, const char *path,
            const struct wr_str *body, struct wr_arena *a,
            const struct wr_value **out, struct wr_err *err)
{
    const char *text = "";
    int status = 0, r = WR_EBUSY;

    for (int k = 0; k < p->n_slots && r == WR_EBUSY; k++) {
        const char *socket = wr_arena_printf(a, "%s/run/slot-%d.sock", p->home,
                                             (slot + k) % p->n_slots);

        r = wr_slot_post(a, socket, path, body, POST_TIMEOUT_MS, &status, &text,
                         err);
    }
    if (r < 0)
        return r;
    if (status != 200)
        return wr_fail(err, WR_EIO, "slot %d answered %d: %s", slot, status,
                       text);

    return wr_json_parse(a, text, strlen(text), out, err);
}

bool
wr_post_listens(const struct wr_poster *p)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1024);
    bool listens = false;

    for (int k = 0; k < p->n_slots && !listens; k++)
        listens = wr_slot_listens(
            wr_arena_printf(a, "%s/run/slot-%d.sock", p->home, k));

    return listens;
}

/* What belongs to no instance, start timers and the outbox, is done by any slot,
 * once: its id spreads it over them. */
int
wr_post_slot(const struct wr_poster *p, const struct wr_due_item *it)
{
    const struct wr_uuid *owner = wr_uuid_is_zero(&it->instance)
                                      ? &it->id
                                      : &it->instance;

    return wr_uuid_bucket(owner) % p->n_slots;
}

/* A letter for each item, in their order. */
static int
read_answer(const struct wr_value *answer, size_t n, enum wr_posted *out,
            struct wr_err *err)
{
    const struct wr_value *each = wr_value_get(answer, "each");

    if (!each || each->type != WR_V_STRING || each->string.len != n)
        return wr_fail(err, WR_EIO, "a slot answered for other items");
    for (size_t i = 0; i < n; i++) {
        char c = each->string.s[i];

        out[i] = c == 'd'   ? WR_POSTED_DONE
                 : c == 'g' ? WR_POSTED_GONE
                 : c == 'u' ? WR_POSTED_UNKNOWN
                            : WR_POSTED_LATER;
        if (out[i] == WR_POSTED_LATER)
            wr_fail(err, WR_EBUSY, "a slot could not do it now");
    }

    return 0;
}

void
wr_post(const struct wr_poster *p, int slot, const struct wr_due_item *items,
        size_t n, enum wr_posted *out, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 16);
    struct wr_str body = { .arena = a };
    const struct wr_value *answer;
    int r;

    wr_str_add(&body, "{\"items\":[");
    for (size_t i = 0; i < n; i++) {
        if (i)
            wr_str_addc(&body, ',');
        wr_item_json(&body, &items[i]);
    }
    wr_str_add(&body, "]}");
    r = wr_post_ask(p, slot, "/internal/commands", &body, a, &answer, err);
    if (r == 0)
        r = read_answer(answer, n, out, err);
    for (size_t i = 0; i < n && r < 0; i++)
        out[i] = r == WR_EBUSY ? WR_POSTED_NOBODY : WR_POSTED_BROKE;
}

int
wr_post_sweep(const struct wr_poster *p, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 12);
    struct wr_str body = { .arena = a };
    const struct wr_value *answer;

    wr_str_add(&body, "{}");

    return wr_post_ask(p, 0, "/internal/sweep", &body, a, &answer, err);
}
