/*
 * dead_keep: a dead letter comes to the store, and its instance hears of it.
 *
 * The letter is kept first, with a mark that its row is not due: whatever killed
 * who worked on it may do so again.  Only then is its instance asked to take an
 * incident instead, by a request that nothing else waits for.
 */
#include <string.h>

#include "engine/queue/item.h"
#include "engine/runtime/runtime.h"
#include "fcgi_workers/dead_letter.h"
#include "fcgi_workers/lookup.h"

enum {
    SWEEP = 500 /* rows of one transaction */
};

/* ---- which one it is ---- */

static uint64_t
stir(uint64_t h, const void *bytes, size_t n)
{
    const uint8_t *p = bytes;

    for (size_t i = 0; i < n; i++)
        h = (h ^ p[i]) * UINT64_C(1099511628211);

    return (h ^ h >> 29) * UINT64_C(0x9E3779B97F4A7C15);
}

/* The same letter has the same id whoever keeps it, however often: by its row, or
 * by all that it says. */
static struct wr_uuid
name_of(const struct wr_dead *d, const struct wr_due_item *it)
{
    uint64_t h[2] = { UINT64_C(14695981039346656037),
                      UINT64_C(0xAF63DC4C8601EC8C) };
    struct wr_uuid id;

    for (int i = 0; i < 2; i++) {
        h[i] = stir(h[i], d->queue, strlen(d->queue) + 1);
        if (it->type) {
            h[i] = stir(h[i], it->type, strlen(it->type) + 1);
            h[i] = stir(h[i], it->id.b, sizeof(it->id.b));
        } else {
            h[i] = stir(h[i], d->message_id, strlen(d->message_id) + 1);
            h[i] = stir(h[i], d->body.p, d->body.len);
        }
        memcpy(id.b + 8 * i, &h[i], sizeof(h[i]));
    }
    id.b[6] = (uint8_t)((id.b[6] & 0x0F) | 0x80); /* RFC 9562: version 8 */
    id.b[8] = (uint8_t)((id.b[8] & 0x3F) | 0x80);

    return id;
}

/* ---- is there work to hold ---- */

static bool
is(const struct wr_due_item *it, const char *type)
{
    return it->type && strcmp(it->type, type) == 0;
}

static int
has_row(struct wr_request *rq, const char *kind, const struct wr_uuid *id,
        int32_t tenant, bool *out, struct wr_err *err)
{
    struct wr_query q = wr_request_query(rq, WR_JOBS);
    struct wr_rows rows;

    if (strcmp(kind, "timer") == 0)
        q.noun = WR_TIMERS;
    else if (strcmp(kind, "outbox") == 0)
        q.noun = WR_OUTBOXES;
    q.tenant = tenant;
    q.id = id;
    if (wr_request_find(rq, &q, &rows, err) < 0)
        return (int)err->code;
    *out = rows.n > 0;

    return 0;
}

/* A text for the store, whatever the broker had. */
static const char *
clean(struct wr_request *rq, const char *text)
{
    size_t good = wr_utf8_valid(text, strlen(text));

    return text[good] ? wr_arena_strndup(rq->arena, text, good) : text;
}

int
wr_dead_keep(struct wr_request *rq, const struct wr_dead *d, struct wr_uuid *id,
             bool *held, struct wr_err *err)
{
    int64_t now = wr_clock_now(&rq->service->clock);
    struct wr_dead_letter_row row = {
        .first_at = now,
        .last_at = now,
        .count = 1,
        .size = d->size,
        .queue = clean(rq, d->queue),
        .reason = clean(rq, d->reason),
        .detail = d->detail ? clean(rq, d->detail) : NULL,
        .message_id = *d->message_id ? clean(rq, d->message_id) : NULL,
        .body = d->body,
    };
    struct wr_change put = { .op = WR_OP_PUT,
                             .noun = WR_DEAD_LETTERS,
                             .dead_letter = &row };
    /* What others send is no work item, whatever it says. */
    bool foreign = strcmp(d->queue, "inbox") == 0;
    struct wr_due_item it = { 0 };
    struct wr_err none = { .text = "only a part of it came" };

    if (row.body.len > WR_LETTER_BODY_MAX)
        row.body.len = WR_LETTER_BODY_MAX;
    if (!foreign && d->size == (int64_t)d->body.len
        && wr_item_read(rq->arena, d->body.p, d->body.len, &it, &none) == 0) {
        row.kind = it.type;
        row.target = it.id;
        row.instance = it.instance;
        if (has_row(rq, it.type, &it.id, it.tenant, &row.held, err) < 0)
            return (int)err->code;
        row.tenant = row.held ? it.tenant : 0;
        if (!row.held && !row.detail)
            row.detail = "what it asks for is not in the store";
    } else {
        it.type = NULL;
        if (!row.detail && !foreign)
            row.detail = wr_arena_strdup(rq->arena, none.text);
    }
    row.id = *id = name_of(d, &it);
    *held = row.held;
    if (wr_runtime_change(rq->service->runtime, &put, 1, err) < 0)
        return (int)err->code;
    atomic_fetch_add(&rq->service->dead_letters, 1);

    return 0;
}

/* ---- the incident ---- */

/* NULL: `err` says why. */
static const struct wr_dead_letter_row *
find(struct wr_request *rq, const struct wr_uuid *id, struct wr_err *err)
{
    struct wr_query q = wr_request_query(rq, WR_DEAD_LETTERS);
    struct wr_rows rows;

    q.id = id;
    if (wr_request_find(rq, &q, &rows, err) < 0)
        return NULL;
    if (rows.n)
        return rows.dead_letters;
    wr_fail(err, WR_ENOTFOUND, "no such dead letter");

    return NULL;
}

static int
let_go(struct wr_request *rq, const struct wr_dead_letter_row *letter,
       const char *detail, struct wr_err *err)
{
    struct wr_dead_letter_row row = *letter;
    struct wr_change put = {
        .op = WR_OP_PUT, .noun = WR_DEAD_LETTERS, .was = 1, .dead_letter = &row
    };

    row.held = false;
    row.detail = detail;

    return wr_runtime_change(rq->service->runtime, &put, 1, err);
}

static int
raise_incident(struct wr_request *rq, const struct wr_dead_letter_row *l,
               struct wr_err *err)
{
    const char *text = wr_arena_printf(
        rq->arena,
        "queue '%s' gave it up (%s): whoever worked on it did not come to an "
        "end",
        l->queue, l->reason);
    bool timer = strcmp(l->kind, "timer") == 0;
    struct wr_command c = {
        .tenant = l->tenant,
        .instance = l->instance,
        .if_rev = -1,
        .event = { .type = timer ? WR_EV_TIMER_FAIL : WR_EV_JOB_FAIL,
                   .target = l->target,
                   .actor = "scheduler",
                   .text = timer ? text : NULL,
                   .message = timer ? NULL : text,
                   .retry_in_ms = -1 },
    };
    struct wr_outcome outcome;

    return wr_runtime_call(rq->service->runtime, &c, rq->arena, &outcome, err);
}

int
wr_dead_report(struct wr_request *rq, const struct wr_uuid *id,
               struct wr_err *err)
{
    const struct wr_dead_letter_row *l = find(rq, id, err);
    struct wr_due_item it = { 0 };
    int r;

    if (!l)
        return (int)err->code;
    it.type = l->kind;
    /* What is of no instance stays held by its letter. */
    if (!l->held || wr_uuid_is_zero(&l->instance)
        || (!is(&it, "timer") && !is(&it, "job")))
        return 0;
    r = raise_incident(rq, l, err);
    if (r == 0)
        return let_go(rq, l, "its instance has an incident", err);
    if (r == WR_ENOTFOUND || r == WR_ESTATE)
        return let_go(rq, l, "its instance does not wait for it any more", err);

    return r;
}

/* ---- retention ---- */

int
wr_dead_sweep(struct wr_request *rq, int64_t *n, struct wr_err *err)
{
    struct wr_query q = wr_request_query(rq, WR_DEAD_LETTERS);
    struct wr_change *c = wr_newn(rq->arena, struct wr_change, SWEEP);
    int64_t ttl = wr_config_int(rq->service->config, WR_SET_DEAD_LETTER_TTL);
    struct wr_rows rows;

    if (ttl == 0)
        return 0;
    q.due_before = wr_clock_now(&rq->service->clock) - ttl;
    q.limit = SWEEP;
    do {
        int r;

        if (wr_request_find(rq, &q, &rows, err) < 0)
            return (int)err->code;
        for (size_t i = 0; i < rows.n; i++)
            c[i] = (struct wr_change){ .op = WR_OP_DEL,
                                       .noun = WR_DEAD_LETTERS,
                                       .dead_letter = &rows.dead_letters[i] };
        r = rows.n ? wr_runtime_change(rq->service->runtime, c, rows.n, err)
                   : 0;
        if (r < 0 && r != WR_ENOTFOUND) /* somebody removed one of them: */
            return r;                   /* the next sweep does the others */
        *n += r == 0 ? (int64_t)rows.n : 0;
        q.cursor = rows.next;
    } while (rows.next);

    return 0;
}
