/*
 * buffer: messages that are kept until somebody waits for them (SEMANTICS S15).
 *
 *     at once   who waits already gets it, when no other of its name and key
 *               was there before; nothing is stored then
 *     kept      a row, and with it one of kind MATCH when somebody may wait
 *
 * A kept message goes with the commit that delivers it.  When that fails, because
 * who waited is gone, the message is still there.
 */
#include <string.h>

#include "engine/base/crash.h"
#include "engine/runtime/give.h"

enum {
    RECOUNT_MS = 1000,
    FULL_MS = 100, /* the same while there is no room */
    EXPIRED = 10   /* that are passed over */
};

void
wr_published_add(struct wr_arena *a, struct wr_published *p,
                 const struct wr_delivery *d)
{
    struct wr_delivery *grown = wr_newn(a, struct wr_delivery, p->n + 1);

    if (p->n)
        memcpy(grown, p->deliveries, p->n * sizeof(*grown));
    grown[p->n++] = *d;
    p->deliveries = grown;
}

/* Is no other one of this name and key kept?  false when that is not known. */
static int
is_first(struct wr_runtime *rt, const struct wr_message_row *m,
         struct wr_arena *a, bool *out, struct wr_err *err)
{
    struct wr_query q = { .noun = WR_MESSAGES,
                          .tenant = m->tenant,
                          .name = m->name,
                          .key = m->key,
                          .key_exact = !m->key,
                          .state = -1,
                          .limit = EXPIRED };
    struct wr_rows rows;

    if (wr_runtime_find(rt, &q, a, &rows, err) < 0)
        return err->code;
    *out = !rows.next;
    for (size_t i = 0; i < rows.n; i++)
        *out = *out && rows.messages[i].expires_at <= m->published_at;

    return 0;
}

/* To who waits for it now; *first false: others of its key come before it. */
static int
give_now(struct wr_runtime *rt, struct wr_giving *g, struct wr_arena *a,
         bool *first, struct wr_err *err)
{
    g->gift = WR_NOBODY;
    if (is_first(rt, g->message, a, first, err) < 0)
        return err->code;

    return *first ? wr_message_give(rt, g, a, err) : 0;
}

/* ---- what processes throw ---- */

/* From the outbox into the store of messages. */
static int
keep(struct wr_runtime *rt, const struct wr_outbox_row *row,
     const struct wr_message_row *m, struct wr_arena *a, int *n_done,
     struct wr_err *err)
{
    struct wr_outbox_row match = wr_match_row(rt, m->tenant, m->name, m->key,
                                              wr_uuid_bucket(&m->id));
    bool matched = false;
    struct wr_change c[] = {
        { .op = WR_OP_PUT,
          .noun = WR_MESSAGES,
          .message = m,
          .match = &match,
          .matched = &matched },
        { .op = WR_OP_DEL,
          .noun = WR_OUTBOXES,
          .was = row->due_at,
          .outbox = row },
    };
    int r = wr_runtime_change(rt, c, 2, err);

    if (r == WR_ECONFLICT || r == WR_EVALUE)
        return 0; /* somebody else did it */
    if (r < 0 || !matched)
        return r;

    return wr_match_serve(rt, &match, NULL, a, n_done, err);
}

int
wr_message_send(struct wr_runtime *rt, const struct wr_outbox_row *row,
                struct wr_arena *a, int *n_done, struct wr_err *err)
{
    struct wr_message_row m = { .id = row->id,
                                .tenant = row->tenant,
                                .instance = row->instance,
                                .published_at = row->created_at,
                                .expires_at = row->expires_at,
                                .name = row->name,
                                .key = row->key,
                                .target = row->business_key,
                                .payload = row->payload };
    struct wr_giving g = { .message = &m, .stored = true };
    bool first = false;

    if (give_now(rt, &g, a, &first, err) < 0)
        return err->code;
    *n_done += g.gift == WR_GIVEN;
    if (g.gift == WR_TAKEN)
        return wr_outbox_drop(rt, row, err);
    if (g.gift != WR_NOBODY)
        return 0;
    if (wr_clock_now(rt->o.clock) >= row->expires_at)
        return wr_outbox_drop(rt, row, err);

    return keep(rt, row, &m, a, n_done, err);
}

/* ---- what is published ---- */

static int
count(struct wr_runtime *rt, int32_t tenant, struct wr_arena *a, int64_t *out,
      struct wr_err *err)
{
    struct wr_search s = { .noun = WR_MESSAGES, .tenant = tenant, .limit = 1 };

    return wr_runtime_search(rt, &s, a, NULL, out, err);
}

/* What others publish and take is seen once a second. */
static int
has_room(struct wr_runtime *rt, int32_t tenant, struct wr_arena *a,
         struct wr_err *err)
{
    int64_t most = rt->o.limits.most[WR_LIMIT_MESSAGES];
    int64_t now = wr_clock_now(rt->o.clock), every, n;
    bool known;

    if (!most)
        return 0;
    pthread_mutex_lock(&rt->lock);
    every = rt->kept.n < most ? RECOUNT_MS : FULL_MS;
    known = rt->kept.tenant == tenant && rt->kept.at && now >= rt->kept.at
            && now < rt->kept.at + every;
    n = known ? ++rt->kept.n : 0;
    pthread_mutex_unlock(&rt->lock);
    if (!known) {
        if (count(rt, tenant, a, &n, err) < 0)
            return err->code;
        n++;
        pthread_mutex_lock(&rt->lock);
        rt->kept.tenant = tenant;
        rt->kept.n = n;
        rt->kept.at = now;
        pthread_mutex_unlock(&rt->lock);
    }
    if (n <= most)
        return 0;
    (void)wr_limit_fail(err, &rt->o.limits, WR_LIMIT_MESSAGES, n - 1, NULL);
    wr_limit_count(err);

    return (int)err->code;
}

static const struct wr_idempotency_row *
dedupe_row(const struct wr_publication *p, int64_t now, struct wr_arena *a)
{
    struct wr_idempotency_row *row;

    if (!p->message_id || p->ttl_ms == 0)
        return NULL;
    row = wr_new(a, struct wr_idempotency_row);
    row->key = wr_arena_printf(a, "message|%d|%zu|%s|%s",
                               (int)p->message.tenant, strlen(p->message.name),
                               p->message.name, p->message_id);
    row->body = (struct wr_blob){ "", 0 };
    row->answer = (struct wr_blob){ "", 0 };
    row->expires_at = now + p->ttl_ms;

    return row;
}

/* Was one of its id published before? */
static int
is_duplicate(struct wr_runtime *rt, const struct wr_idempotency_row *seen,
             int64_t now, struct wr_arena *a, bool *out, struct wr_err *err)
{
    struct wr_query q = { .noun = WR_IDEMPOTENCIES, .state = -1 };
    struct wr_rows rows;

    *out = false;
    if (!seen)
        return 0;
    q.key = seen->key;
    if (wr_runtime_find(rt, &q, a, &rows, err) < 0)
        return err->code;
    *out = rows.n > 0 && rows.idempotencies[0].expires_at > now;

    return 0;
}

/* 16 bytes that are no instance's id, then the message's. */
static const struct wr_idempotency_row *
kept_answer(const struct wr_idempotency_row *row,
            const struct wr_message_row *m, struct wr_arena *a)
{
    struct wr_idempotency_row *out = wr_arena_memdup(a, row, sizeof(*row));
    uint8_t *answer = wr_arena_alloc(a, 2 * sizeof(m->id.b));

    memset(answer, 0xFF, sizeof(m->id.b));
    memcpy(answer + sizeof(m->id.b), m->id.b, sizeof(m->id.b));
    out->answer = (struct wr_blob){ answer, 2 * sizeof(m->id.b) };

    return out;
}

static int
is_kept(struct wr_runtime *rt, const struct wr_message_row *m,
        struct wr_arena *a, bool *out, struct wr_err *err)
{
    struct wr_query q = {
        .noun = WR_MESSAGES, .tenant = m->tenant, .id = &m->id, .state = -1
    };
    struct wr_rows rows;

    if (wr_runtime_find(rt, &q, a, &rows, err) < 0)
        return err->code;
    *out = rows.n > 0;

    return 0;
}

/* Keep it, then look who waits. */
static int
store(struct wr_runtime *rt, const struct wr_publication *p,
      const struct wr_message_row *m, const struct wr_idempotency_row *seen,
      struct wr_arena *a, struct wr_published *out, struct wr_err *err)
{
    struct wr_outbox_row match = wr_match_row(rt, m->tenant, m->name, m->key,
                                              wr_uuid_bucket(&m->id));
    struct wr_matching mine = { &m->id, out };
    bool matched = false;
    struct wr_change c[3] = {
        { .op = WR_OP_PUT,
          .noun = WR_MESSAGES,
          .message = m,
          .match = &match,
          .matched = &matched },
    };
    size_t n = 1;
    int n_done = 0;

    if (seen)
        c[n++] = (struct wr_change){ .op = WR_OP_PUT,
                                     .noun = WR_IDEMPOTENCIES,
                                     .was = m->published_at,
                                     .idempotency = seen };
    if (p->message.idempotency)
        c[n++] = (struct wr_change){ .op = WR_OP_PUT,
                                     .noun = WR_IDEMPOTENCIES,
                                     .was = m->published_at,
                                     .idempotency = kept_answer(
                                         p->message.idempotency, m, a) };
    if (wr_runtime_change(rt, c, n, err) < 0)
        return err->code;
    WEIR_CRASH("message-kept"); /* C16 */
    out->id = m->id;
    out->stored = true;
    if (!matched)
        return 0;
    if (wr_match_serve(rt, &match, &mine, a, &n_done, err) < 0)
        return err->code;

    return out->n ? (out->stored = false, 0)
                  : is_kept(rt, m, a, &out->stored, err);
}

static int
nobody_waits(const struct wr_publication *p, struct wr_err *err)
{
    return wr_fail(err, WR_ENOSUBSCRIPTION,
                   "nothing waits for message '%s', and it is not kept: its"
                   " ttl is 0",
                   p->message.name);
}

/* It was kept for a moment, behind others. */
static int
forget(struct wr_runtime *rt, const struct wr_publication *p,
       const struct wr_message_row *m, struct wr_published *out,
       struct wr_err *err)
{
    struct wr_change gone = { .op = WR_OP_DEL,
                              .noun = WR_MESSAGES,
                              .message = m };
    int r = wr_runtime_change(rt, &gone, 1, err);

    out->stored = false;
    if (r == WR_ENOTFOUND)
        return 0; /* somebody took it after all */

    return r < 0 ? r : nobody_waits(p, err);
}

static int
publish(struct wr_runtime *rt, const struct wr_publication *p,
        const struct wr_message_row *m, struct wr_arena *a,
        struct wr_published *out, struct wr_err *err)
{
    const struct wr_idempotency_row *seen = dedupe_row(p, m->published_at, a);
    struct wr_giving g = { .message = m };
    bool first = false;

    g.idempotency = seen ? seen : p->message.idempotency;
    /* Two keys do not fit the commit of a delivery. */
    if (!seen || !p->message.idempotency) {
        if (give_now(rt, &g, a, &first, err) < 0)
            return err->code;
        if (g.gift == WR_GIVEN) {
            wr_published_add(a, out, &g.to);
            return 0;
        }
    }
    if (p->ttl_ms == 0 && first && g.gift == WR_NOBODY)
        return nobody_waits(p, err);
    if (has_room(rt, m->tenant, a, err) < 0)
        return err->code;

    if (store(rt, p, m, seen, a, out, err) < 0)
        return err->code;

    return p->ttl_ms == 0 && out->stored ? forget(rt, p, m, out, err) : 0;
}

int
wr_runtime_publish(struct wr_runtime *rt, const struct wr_publication *p,
                   struct wr_arena *a, struct wr_published *out,
                   struct wr_err *err)
{
    int64_t now = wr_clock_now(rt->o.clock);
    struct wr_str bytes = { .arena = a };
    struct wr_message_row m = { .id = wr_uuid_base(now, rt->o.slot),
                                .tenant = p->message.tenant,
                                .published_at = now,
                                .expires_at = now + p->ttl_ms,
                                .reach = p->reach,
                                .name = p->message.name,
                                .key = p->message.key,
                                .business_key = p->message.business_key,
                                .message_id = p->message_id };
    const struct wr_idempotency_row *seen = dedupe_row(p, now, a);
    bool again = false;
    int r;

    *out = (struct wr_published){ .n = 0 };
    if (!m.name || !m.name[0])
        return wr_fail(err, WR_EVALUE, "a message without a name");
    if (wr_variables_check(p->message.variables, err) < 0
        || wr_admit_values(rt, p->message.variables, err) < 0)
        return err->code;
    if (p->message.variables) {
        wr_value_encode(&bytes, p->message.variables);
        m.payload = (struct wr_blob){ bytes.s, bytes.len };
    }
    if (is_duplicate(rt, seen, now, a, &again, err) < 0)
        return err->code;
    r = again ? WR_EINFLIGHT : publish(rt, p, &m, a, out, err);
    if (r == WR_EINFLIGHT && !again
        && is_duplicate(rt, seen, now, a, &again, err) < 0)
        return err->code;
    if (again) {
        *out = (struct wr_published){ .duplicate = true };
        return 0;
    }

    return r < 0 ? wr_wrap(err, "message '%s'", m.name) : 0;
}
