#include "scheduler/due.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/json.h"
#include "fcgi_workers/slot_client.h"

enum {
    POST_TIMEOUT_MS = 30000
};

static int
earlier(const void *x, const void *y)
{
    const struct wr_due_item *a = x, *b = y;

    return a->at < b->at ? -1 : a->at > b->at;
}

/* A page of what is due until then. */
static int
find(struct wr_due *d, enum wr_noun noun, const char *type, int64_t until,
     struct wr_rows *rows, struct wr_err *err)
{
    struct wr_query q = { .noun = noun,
                          .state = -1,
                          .type = type,
                          .due_before = until,
                          .limit = WR_DUE_AHEAD };

    return wr_store_find(d->store, &q, d->arena, rows, err);
}

static int
add_timers(struct wr_due *d, int64_t until, struct wr_err *err)
{
    struct wr_rows rows;

    if (find(d, WR_TIMERS, NULL, until, &rows, err) < 0)
        return (int)err->code;
    for (size_t i = 0; i < rows.n; i++) {
        const struct wr_timer_row *t = &rows.timers[i];

        d->items[d->n++] = (struct wr_due_item){
            .type = "timer",
            .id = t->id,
            .instance = t->instance,
            .tenant = t->tenant,
            .at = t->due_at,
        };
    }

    return 0;
}

static int
add_jobs(struct wr_due *d, int64_t until, struct wr_err *err)
{
    struct wr_rows rows;

    if (find(d, WR_JOBS, /* its own */ "", until, &rows, err) < 0)
        return (int)err->code;
    for (size_t i = 0; i < rows.n; i++) {
        const struct wr_job_row *j = &rows.jobs[i];

        if (j->kind != WR_JOB_ASYNC || j->retries == 0)
            continue;
        d->items[d->n++] = (struct wr_due_item){
            .type = "job",
            .id = j->id,
            .instance = j->instance,
            .tenant = j->tenant,
            .at = j->due_at,
        };
    }

    return 0;
}

/* What the process that owed it has not settled. */
static int
add_owed(struct wr_due *d, int64_t until, struct wr_err *err)
{
    struct wr_rows rows;

    if (find(d, WR_OUTBOXES, NULL, until, &rows, err) < 0)
        return (int)err->code;
    for (size_t i = 0; i < rows.n; i++)
        d->items[d->n++] = (struct wr_due_item){
            .type = "outbox",
            .id = rows.outboxes[i].id,
            .tenant = rows.outboxes[i].tenant,
            .at = rows.outboxes[i].due_at,
        };

    return 0;
}

int
wr_due_scan(struct wr_due *d, int64_t now, struct wr_err *err)
{
    int64_t until = now + wr_config_int(d->config, WR_SET_TIMER_HORIZON);

    wr_arena_reset(d->arena);
    d->n = d->next = 0;
    d->items = wr_newn(d->arena, struct wr_due_item, 3 * WR_DUE_AHEAD);
    if (add_timers(d, until, err) < 0 || add_jobs(d, until, err) < 0
        || add_owed(d, until, err) < 0)
        return (int)err->code;
    qsort(d->items, d->n, sizeof(*d->items), earlier);

    return 0;
}

static void
item_json(struct wr_str *s, const struct wr_due_item *it)
{
    char id[WR_UUID_TEXT], instance[WR_UUID_TEXT];

    wr_uuid_text(&it->id, id);
    wr_uuid_text(&it->instance, instance);
    wr_str_printf(s,
                  "%s{\"type\":\"%s\",\"target\":\"%s\",\"instance\":\"%s\","
                  "\"tenant\":%d}",
                  s->len ? "," : "", it->type, id, instance, it->tenant);
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
post(struct wr_due *d, struct wr_arena *a, int slot, const struct wr_str *items,
     struct wr_err *err)
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

/* items[from..to) go to their slots. */
static void
post_range(struct wr_due *d, size_t from, size_t to, bool *unreachable,
           struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 16);

    for (int slot = 0; slot < d->n_slots; slot++) {
        struct wr_str items = { .arena = a };

        for (size_t i = from; i < to; i++) {
            if (wr_uuid_bucket(owner(&d->items[i])) % d->n_slots == slot)
                item_json(&items, &d->items[i]);
        }
        if (items.len && post(d, a, slot, &items, err) < 0)
            *unreachable = true;
    }
}

void
wr_due_post(struct wr_due *d, int64_t now, bool *unreachable,
            struct wr_err *err)
{
    *unreachable = false;
    while (d->next < d->n && d->items[d->next].at <= now) {
        size_t to = d->next;

        while (to < d->n && to < d->next + WR_DUE_BATCH
               && d->items[to].at <= now)
            to++;
        post_range(d, d->next, to, unreachable, err);
        d->next = to;
    }
}

int
wr_due_sweep(struct wr_due *d, struct wr_err *err)
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

int64_t
wr_due_next(const struct wr_due *d, int64_t scan_at)
{
    if (d->next < d->n && d->items[d->next].at < scan_at)
        return d->items[d->next].at;

    return scan_at;
}
