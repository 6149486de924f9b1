/*
 * give: one message to who waits for it (SEMANTICS S15).
 *
 * Who waits is read outside any lock; the delivery is a command whose commit
 * deletes the subscription and the message.  Whichever of the two is gone by
 * then, the other stays as it was: it is looked at again.
 */
#include "engine/runtime/give.h"

#include <string.h>

#include "engine/runtime/seek.h"

enum {
    LOOKS = 20,
    MOST_PROCESSES = 100 /* that one message reaches */
};

struct candidates { /* one for each process */
    const struct wr_subscription_row *items[MOST_PROCESSES];
    const char *keys[MOST_PROCESSES];
    size_t n;
    bool late, any;
};

/* As what it would be in the outbox; for `s`, unless NULL. */
static struct wr_outbox_row
owed_row(const struct wr_message_row *m, const struct wr_subscription_row *s)
{
    struct wr_outbox_row row = { .id = m->id,
                                 .created_at = m->published_at,
                                 .expires_at = m->expires_at,
                                 .tenant = m->tenant,
                                 .kind = WR_OUT_MESSAGE,
                                 .instance = m->instance,
                                 .name = m->name,
                                 .key = m->key,
                                 .payload = m->payload };

    if (!s)
        return row;
    row.kind = wr_uuid_is_zero(&s->instance) ? WR_OUT_START : WR_OUT_DELIVER;
    row.instance = s->instance;
    row.definition = s->definition;
    row.target = s->id;
    row.element = s->element;
    row.business_key = row.kind == WR_OUT_START ? m->business_key : NULL;

    return row;
}

/* One with a key that a process threw is not looked into: the sender knows. */
static int
seek_of(const struct wr_message_row *m, struct wr_arena *a, struct wr_seek *out,
        struct wr_err *err)
{
    struct wr_outbox_row row = owed_row(m, NULL);

    *out = (struct wr_seek){ .name = m->name,
                             .key = m->key,
                             .to = m->target,
                             .business_key = m->business_key,
                             .thrown_at = m->published_at,
                             .tenant = m->tenant,
                             .oldest = m->reach == WR_REACH_ONE,
                             .each = m->reach != WR_REACH_ONE };

    return m->key && !wr_uuid_is_zero(&m->instance)
               ? 0
               : wr_outbox_payload(&row, a, &out->variables, err);
}

/* ---- who ---- */

/* Unless one that came `before` is there. */
static int
add_process(struct wr_runtime *rt, struct candidates *c, size_t before,
            const struct wr_subscription_row *s, struct wr_arena *a,
            struct wr_err *err)
{
    const struct wr_definition *d;
    size_t at = 0;

    if (wr_definition_by_id(rt, &s->definition, s->tenant, &d, err) < 0)
        return err->code;
    while (at < c->n && strcmp(c->keys[at], d->row.key) != 0)
        at++;
    if (at == c->n && at < MOST_PROCESSES) {
        c->keys[at] = wr_arena_strdup(a, d->row.key);
        c->items[c->n++] = s;
    } else if (at >= before && at < c->n
               && wr_uuid_age(&s->id, &c->items[at]->id) < 0) {
        c->items[at] = s;
    }
    wr_definition_unref(d);

    return 0;
}

/* The oldest of each process, executions before starts. */
static int
of_processes(struct wr_runtime *rt, const struct wr_seek *k, struct wr_arena *a,
             struct candidates *c, struct wr_err *err)
{
    struct wr_sought l;
    size_t before;

    if (wr_seek_executions(rt, k, a, &l, err) < 0)
        return err->code;
    for (size_t i = 0; i < l.n; i++) {
        if (add_process(rt, c, 0, l.items[i], a, err) < 0)
            return err->code;
    }
    before = c->n;
    c->any = l.any;
    if (wr_seek_starts(rt, k, a, &l, err) < 0)
        return err->code;
    c->late = l.late;
    c->any = c->any || l.any;
    for (size_t i = 0; i < l.n; i++) {
        if (add_process(rt, c, before, l.items[i], a, err) < 0)
            return err->code;
    }

    return 0;
}

static int
find_waiting(struct wr_runtime *rt, const struct wr_seek *k, struct wr_arena *a,
             struct candidates *c, struct wr_err *err)
{
    struct wr_sought l;

    c->n = 0;
    if (!k->oldest)
        return of_processes(rt, k, a, c, err);
    if (wr_seek_executions(rt, k, a, &l, err) < 0)
        return err->code;
    c->any = l.any;
    if (l.n == 0 && wr_seek_starts(rt, k, a, &l, err) < 0)
        return err->code;
    c->late = l.late;
    c->any = c->any || l.any;
    if (l.n)
        c->items[c->n++] = l.items[0];

    return 0;
}

/* ---- how ---- */

/* The id of the element that `s` stands at, in `a`. */
static int
element_of(struct wr_runtime *rt, const struct wr_subscription_row *s,
           struct wr_arena *a, const char **out, struct wr_err *err)
{
    const struct wr_definition *d;
    int node;

    if (wr_definition_by_id(rt, &s->definition, s->tenant, &d, err) < 0)
        return err->code;
    node = wr_model_node_of(d->model, s->element);
    *out = node < 0 ? "" : wr_arena_strdup(a, d->model->nodes[node].id);
    wr_definition_unref(d);

    return 0;
}

/* A start's instance is filled in by the committer. */
static const struct wr_idempotency_row *
answered(const struct wr_giving *g, struct wr_arena *a)
{
    struct wr_idempotency_row *out = wr_arena_memdup(a, g->idempotency,
                                                     sizeof(*out));
    struct wr_str answer = { .arena = a };

    wr_str_addn(&answer, (const char *)g->to.instance.b,
                sizeof(g->to.instance.b));
    wr_str_add(&answer, g->to.element);
    out->answer = (struct wr_blob){ answer.s, answer.len };

    return out;
}

static int
deliver(struct wr_runtime *rt, struct wr_giving *g, const struct wr_seek *k,
        const struct wr_subscription_row *s, struct wr_arena *a,
        struct wr_err *err)
{
    struct wr_outbox_row row = owed_row(g->message, s);
    struct wr_command c;
    struct wr_outcome outcome;

    if (element_of(rt, s, a, &g->to.element, err) < 0
        || wr_outbox_command(rt, &row, a, &c, err) < 0)
        return err->code;
    g->to.instance = s->instance;
    if (!g->stored)
        c.outbox = (struct wr_uuid){ { 0 } };
    else
        c.event.published_at = g->message->published_at;
    if (g->idempotency)
        c.idempotency = answered(g, a);
    c.event.happened = WR_TRIGGER_MESSAGE;
    c.event.key = g->message->key;
    if (row.kind == WR_OUT_START
        && wr_message_singleton(rt, s, k, a, &c.event.singleton, err) < 0)
        return err->code;
    if (wr_runtime_call(rt, &c, a, &outcome, err) < 0)
        return err->code;
    g->to.instance = outcome.instance.id;

    return 0;
}

/* One for each process instead of the one for all. */
static int
split(struct wr_runtime *rt, const struct wr_message_row *m,
      const struct candidates *to, struct wr_arena *a, struct wr_err *err)
{
    struct wr_change *c = wr_newn(a, struct wr_change, to->n + 1);
    struct wr_message_row *rows = wr_newn(a, struct wr_message_row, to->n);

    for (size_t i = 0; i < to->n; i++) {
        rows[i] = *m;
        rows[i].id = wr_uuid_new(wr_clock_now(rt->o.clock), rt->o.slot);
        rows[i].reach = WR_REACH_ONE;
        rows[i].target = to->keys[i];
        c[i] = (struct wr_change){ .op = WR_OP_PUT,
                                   .noun = WR_MESSAGES,
                                   .message = &rows[i] };
    }
    c[to->n] = (struct wr_change){ .op = WR_OP_DEL,
                                   .noun = WR_MESSAGES,
                                   .message = m };

    return wr_runtime_change(rt, c, to->n + 1, err);
}

/* Who waits cannot take what it brings: somebody's mistake. */
static int
refuse(struct wr_runtime *rt, struct wr_giving *g, struct wr_err *err)
{
    struct wr_outbox_row row = owed_row(g->message, NULL);
    struct wr_err why = *err;
    struct wr_change gone = { .op = WR_OP_DEL,
                              .noun = WR_MESSAGES,
                              .message = g->message };
    int r;

    g->gift = WR_TAKEN;
    if (!g->stored)
        return err->code;
    if (rt->o.refused)
        rt->o.refused(rt->o.refused_data, &row, &why);
    r = wr_runtime_change(rt, &gone, 1, err);

    return r == WR_ENOTFOUND ? 0 : r; /* it is in the outbox, or gone */
}

static int
give_apart(struct wr_runtime *rt, struct wr_giving *g,
           const struct candidates *c, struct wr_arena *a, struct wr_err *err)
{
    int r = 0;

    g->gift = WR_SPLIT;
    if (g->stored)
        r = split(rt, g->message, c, a, err);
    if (r == WR_ENOTFOUND) {
        g->gift = WR_TAKEN;
        r = 0;
    }

    return r;
}

int
wr_message_give(struct wr_runtime *rt, struct wr_giving *g, struct wr_arena *a,
                struct wr_err *err)
{
    struct candidates *c = wr_new(a, struct candidates);
    struct wr_uuid refused = { { 0 } };
    struct wr_seek k;

    g->gift = WR_NOBODY;
    if (seek_of(g->message, a, &k, err) < 0)
        return err->code;
    for (int look = 0; look < LOOKS; look++) {
        int r = find_waiting(rt, &k, a, c, err);

        g->late = c->late;
        g->none = r == 0 && !c->any && !g->message->business_key;
        if (r == 0 && c->n == 0)
            return 0;
        if (r == 0 && c->n > 1)
            return give_apart(rt, g, c, a, err);
        if (r == 0)
            r = deliver(rt, g, &k, c->items[0], a, err);
        if (r == 0 || r == WR_ELEASE) {
            g->gift = r == 0 ? WR_GIVEN : WR_TAKEN;
            return 0;
        }
        if (r == WR_EVALUE)
            return refuse(rt, g, err);
        if (!wr_outbox_is_gone(r))
            return r;
        /* It is still there: its instance is suspended. */
        if (r == WR_ESTATE && wr_uuid_equal(&refused, &c->items[0]->id))
            return 0;
        refused = c->items[0]->id;
    }

    return 0;
}

struct wr_outbox_row
wr_match_row(struct wr_runtime *rt, int32_t tenant, const char *name,
             const char *key, int bucket)
{
    int64_t now = wr_clock_now(rt->o.clock);

    return (struct wr_outbox_row){
        .id = wr_uuid_new(now, bucket),
        .due_at = now + WR_GRACE_MS,
        .created_at = now,
        .expires_at = now,
        .tenant = tenant,
        .kind = WR_OUT_MATCH,
        .name = name,
        .key = key,
    };
}
