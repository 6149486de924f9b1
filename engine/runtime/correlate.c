/*
 * correlate: a message to the one execution that waits for it (S15).
 *
 * The match is read outside any lock; the delivery is a command whose commit
 * deletes the subscription.  When the subscription went away in between, the
 * command fails and the match is made again: exactly one gets it.
 */
#include <string.h>

#include "engine/runtime/seek.h"

enum {
    LOOKS = 20
};

static bool
is_start(const struct wr_subscription_row *s)
{
    return wr_uuid_is_zero(&s->instance);
}

static int
ambiguous(const struct wr_message *m,
          const struct wr_subscription_row *const *found, size_t n,
          struct wr_arena *a, struct wr_err *err)
{
    struct wr_str names = { .arena = a };
    char id[WR_UUID_TEXT];

    for (size_t i = 0; i < n && i < 4; i++) {
        wr_uuid_text(is_start(found[i]) ? &found[i]->definition
                                        : &found[i]->instance,
                     id);
        wr_str_printf(&names, "%s%s", i ? ", " : "", id);
    }
    if (n > 4)
        wr_str_add(&names, ", ...");

    return wr_fail(err, WR_EAMBIGUOUS, "%zu wait for message '%s': %s", n,
                   m->name, wr_str_text(&names));
}

static struct wr_seek
seek_of(const struct wr_message *m)
{
    return (struct wr_seek){ .name = m->name,
                             .key = m->key,
                             .variables = m->variables,
                             .instance = m->instance,
                             .business_key = m->business_key,
                             .tenant = m->tenant,
                             .ids = true };
}

/* The one subscription that matches. */
static int
match(struct wr_runtime *rt, const struct wr_message *m, struct wr_arena *a,
      const struct wr_subscription_row **out, struct wr_err *err)
{
    struct wr_seek k = seek_of(m);
    struct wr_sought l = { .n = 0 };

    if ((!m->starts_only && wr_seek_executions(rt, &k, a, &l, err) < 0)
        || (l.n == 0 && !m->instance && wr_seek_starts(rt, &k, a, &l, err) < 0))
        return err->code;
    if (l.n > 1)
        return ambiguous(m, l.items, l.n, a, err);
    if (l.n == 0)
        return wr_fail(err, WR_ENOSUBSCRIPTION,
                       "nothing waits for message '%s'%s%s%s%s", m->name,
                       m->key ? " with key '" : "", m->key ? m->key : "",
                       m->key ? "'" : "",
                       l.held ? ": the instance that one of the same key"
                                " started still runs"
                              : "");
    *out = l.items[0];

    return 0;
}

/* The element that subscription `s` stands at, in `a`; "": it has none. */
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

/* A start's instance is not known yet: the committer fills it in. */
static const struct wr_idempotency_row *
answered(const struct wr_idempotency_row *row, const struct wr_delivery *d,
         struct wr_arena *a)
{
    struct wr_idempotency_row *out = wr_arena_memdup(a, row, sizeof(*row));
    struct wr_str answer = { .arena = a };

    wr_str_addn(&answer, (const char *)d->instance.b, sizeof(d->instance.b));
    wr_str_add(&answer, d->element);
    out->answer = (struct wr_blob){ answer.s, answer.len };

    return out;
}

static int
deliver(struct wr_runtime *rt, const struct wr_message *m,
        const struct wr_subscription_row *s, struct wr_arena *a,
        struct wr_delivery *out, struct wr_err *err)
{
    struct wr_command c = {
        .event = { .type = WR_EV_MESSAGE,
                   .target = s->id,
                   .actor = m->actor,
                   .variables = m->variables,
                   .key = m->key },
        .tenant = m->tenant,
        .instance = s->instance,
        .if_rev = -1,
    };
    struct wr_seek k = seek_of(m);
    struct wr_outcome outcome;
    char id[WR_UUID_TEXT];

    if (element_of(rt, s, a, &out->element, err) < 0)
        return err->code;
    out->instance = s->instance;
    if (m->idempotency)
        c.idempotency = answered(m->idempotency, out, a);
    if (is_start(s)) {
        if (wr_message_singleton(rt, s, &k, a, &c.event.singleton, err) < 0)
            return err->code;
        wr_uuid_text(&s->definition, id);
        c.definition = wr_arena_strdup(a, id);
        c.event.type = WR_EV_START;
        c.event.target = (struct wr_uuid){ { 0 } };
        c.event.start_at = out->element;
        c.event.triggered = true;
        c.event.happened = WR_TRIGGER_MESSAGE;
        c.event.happened_name = m->name;
        c.event.business_key = m->business_key;
    }
    if (wr_runtime_call(rt, &c, a, &outcome, err) < 0)
        return err->code;
    out->instance = outcome.instance.id;

    return 0;
}

int
wr_runtime_correlate(struct wr_runtime *rt, const struct wr_message *m,
                     struct wr_arena *a, struct wr_delivery *out,
                     struct wr_err *err)
{
    const struct wr_subscription_row *s = NULL;
    struct wr_uuid refused = { { 0 } };
    int r = 0;

    for (int look = 0; look < LOOKS; look++) {
        if (match(rt, m, a, &s, err) < 0)
            return err->code;
        r = deliver(rt, m, s, a, out, err);
        if (r == 0)
            return 0;
        if (r != WR_ENOTFOUND && r != WR_ESTATE)
            break; /* else: somebody else's message or a cancel was faster */
        if (r == WR_ESTATE && wr_uuid_equal(&s->id, &refused))
            break; /* it is still there: the instance is suspended */
        refused = s->id;
    }

    return wr_wrap(err, "message '%s'", m->name);
}
