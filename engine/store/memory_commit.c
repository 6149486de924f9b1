/* The memory backend's writes: everything is checked, then everything applied,
 * so that there is nothing to undo. */

#include <string.h>

#include "engine/store/batch.h"
#include "engine/store/memory.h"

/* ---- batches ---- */

static bool
is_startable(struct memory_shared *m, const struct wr_flat_item *i)
{
    struct memory_table *t = &m->tables[WR_DEFINITIONS];
    const struct wr_definition_row *d = wr_memory_get(m, WR_DEFINITIONS,
                                                      &i->instance.definition);

    if (!d || d->tenant != i->instance.tenant || d->state != WR_DEF_ACTIVE)
        return false;
    for (size_t n = 0; i->check == WR_CHECK_LATEST && n < t->n; n++) {
        const struct wr_definition_row *o = wr_memory_at(t, n)->row;

        if (o->tenant == d->tenant && o->version > d->version
            && o->state == WR_DEF_ACTIVE && strcmp(o->key, d->key) == 0)
            return false;
    }

    return true;
}

static enum wr_code
check_lease(struct memory_shared *m, const struct wr_flat_item *i)
{
    const struct wr_job_row *j;

    if (wr_uuid_is_zero(&i->job))
        return WR_OK;
    j = wr_memory_get(m, WR_JOBS, &i->job);

    return j && !wr_uuid_is_zero(&i->lease)
                   && wr_uuid_equal(&j->lease, &i->lease)
               ? WR_OK
               : WR_ELEASE;
}

/* Has no other active instance to itself what this new one wants? */
static bool
is_only(struct memory_shared *m, const struct wr_flat_item *i)
{
    struct memory_table *t = &m->tables[WR_INSTANCES];
    const char *want = i->instance.singleton;

    for (size_t n = 0; want && n < t->n; n++) {
        const struct wr_instance_row *o = wr_memory_at(t, n)->row;

        if (o->tenant == i->instance.tenant && o->singleton
            && strcmp(o->singleton, want) == 0)
            return false;
    }

    return true;
}

static enum wr_code
check_instance(struct memory_shared *m, const struct wr_flat_item *i)
{
    const struct wr_instance_row *row = wr_memory_get(m, WR_INSTANCES,
                                                      &i->instance);

    if (i->epoch != wr_memory_epoch(m))
        return WR_ECONFLICT;
    if (i->expected_rev == 0
            ? row || (i->check && !is_startable(m, i)) || !is_only(m, i)
            : !row || row->rev != i->expected_rev
                  || row->tenant != i->instance.tenant)
        return WR_ECONFLICT;

    return wr_memory_get(m, WR_HISTORIES, &i->history) ? WR_ECONFLICT : WR_OK;
}

static enum wr_code
check_rows(struct memory_shared *m, const struct wr_flat_item *i)
{
    const struct wr_idempotency_row *key = NULL;
    enum wr_op op;
    bool is_new;
    const void *row;

    for (enum wr_table t = 0; t < WR_TABLES; t++) {
        for (int n = 0; wr_batch_op(i->fx, t, n, &op, &is_new, &row); n++) {
            if (op == WR_OP_PUT && is_new
                && wr_memory_get(m, wr_table_noun(t), row))
                return WR_EVALUE;
        }
    }
    if (i->idempotency.key)
        key = wr_memory_get(m, WR_IDEMPOTENCIES, &i->idempotency);

    return key && key->expires_at > i->history.at ? WR_EINFLIGHT : WR_OK;
}

static enum wr_code
check_unit(struct memory_shared *m, const struct wr_unit *u)
{
    enum wr_code code = WR_OK;

    for (size_t i = 0; code == WR_OK && i < u->n; i++) {
        code = check_lease(m, &u->items[i]);
        if (code == WR_OK && !wr_uuid_is_zero(&u->items[i].outbox)
            && !wr_memory_get(m, WR_OUTBOXES, &u->items[i].outbox)
            && !wr_memory_get(m, WR_MESSAGES, &u->items[i].outbox))
            code = WR_ELEASE;
        if (code == WR_OK)
            code = check_instance(m, &u->items[i]);
        if (code == WR_OK)
            code = check_rows(m, &u->items[i]);
    }

    return code;
}

static void
apply(struct memory *m, const struct wr_flat_item *i)
{
    struct memory_shared *s = m->shared;
    enum wr_op op;
    bool is_new;
    const void *row;

    if (!wr_uuid_is_zero(&i->outbox)
        && !wr_memory_del(s, WR_OUTBOXES, &i->outbox))
        (void)wr_memory_del(s, WR_MESSAGES, &i->outbox);
    wr_memory_put(s, WR_INSTANCES, &i->instance);
    wr_memory_put(s, WR_HISTORIES, &i->history);
    m->base.stats.rows += 2;
    for (enum wr_table t = 0; t < WR_TABLES; t++) {
        for (int n = 0; wr_batch_op(i->fx, t, n, &op, &is_new, &row); n++) {
            m->base.stats.rows++;
            if (op == WR_OP_PUT)
                wr_memory_put(s, wr_table_noun(t), row);
            else if (!wr_memory_del(s, wr_table_noun(t), row))
                m->base.stats.rows--;
        }
    }
    if (i->idempotency.key)
        wr_memory_put(s, WR_IDEMPOTENCIES, &i->idempotency);
    i->source->matched = wr_memory_match(s, i->source->matches,
                                         i->source->n_matches);
}

int
wr_memory_commit(struct wr_store *st, struct wr_item *items, size_t n,
                 struct wr_err *err)
{
    struct memory *m = wr_memory_of(st);
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    struct wr_batch b;

    if (wr_batch_init(&b, a, items, n, err) < 0)
        return (int)err->code;
    pthread_mutex_lock(&m->shared->lock);
    for (size_t u = 0; u < b.n_units; u++) {
        if (b.units[u].result == WR_OK)
            b.units[u].result = check_unit(m->shared, &b.units[u]);
        for (size_t i = 0; b.units[u].result == WR_OK && i < b.units[u].n; i++)
            apply(m, &b.units[u].items[i]);
    }
    pthread_mutex_unlock(&m->shared->lock);
    st->stats.round_trips++;
    st->stats.commits++;
    wr_batch_done(&b);

    return 0;
}

/* ---- deployments ---- */

static int
next_version(struct memory_shared *m, const struct wr_deployment *d, int nth)
{
    struct memory_table *t = &m->tables[WR_DEFINITIONS];
    const struct wr_definition_row *want = &d->definitions[nth], *o;
    int next = 1;

    for (size_t n = 0; n < t->n; n++) {
        o = wr_memory_at(t, n)->row;
        if (o->tenant == want->tenant && o->version >= next
            && strcmp(o->key, want->key) == 0)
            next = o->version + 1;
    }
    for (int n = 0; n < nth; n++) {
        o = &d->definitions[n];
        if (o->tenant == want->tenant && strcmp(o->key, want->key) == 0)
            next++;
    }

    return next;
}

/* The version that the nth decision of a deployment must have. */
static int
next_decision(struct memory_shared *m, const struct wr_deployment *d, int nth)
{
    const struct wr_decision_row *want = &d->decisions[nth], *o;
    struct memory_table *t = &m->tables[WR_DECISIONS];
    int next = 1;

    for (size_t n = 0; n < t->n; n++) {
        o = wr_memory_at(t, n)->row;
        if (o->tenant == want->tenant && o->version >= next
            && strcmp(o->key, want->key) == 0)
            next = o->version + 1;
    }
    for (int n = 0; n < nth; n++) {
        o = &d->decisions[n];
        if (o->tenant == want->tenant && strcmp(o->key, want->key) == 0)
            next++;
    }

    return next;
}

static int
check_decisions(struct memory_shared *m, const struct wr_deployment *d,
                struct wr_err *err)
{
    for (int i = 0; i < d->n_decisions; i++) {
        const struct wr_decision_row *row = &d->decisions[i];

        if (row->version != next_decision(m, d, i))
            return wr_fail(err, WR_ECONFLICT,
                           "decision '%s' version %d is not the next version",
                           row->key, (int)row->version);
        if (wr_memory_get(m, WR_DECISIONS, row))
            return wr_fail(err, WR_EVALUE, "the decision is there already");
    }

    return 0;
}

static int
newest_form(struct memory_shared *m, const struct wr_form_row *want)
{
    struct memory_table *t = &m->tables[WR_FORMS];
    int newest = 0;

    for (size_t n = 0; n < t->n; n++) {
        const struct wr_form_row *o = wr_memory_at(t, n)->row;

        if (o->tenant == want->tenant && o->version > newest
            && strcmp(o->key, want->key) == 0)
            newest = o->version;
    }

    return newest;
}

static int
check_key(struct memory_shared *m, const struct wr_idempotency_row *key,
          int64_t now, struct wr_err *err)
{
    const struct wr_idempotency_row *o = wr_memory_get(m, WR_IDEMPOTENCIES,
                                                       key);

    if (o && o->expires_at > now)
        return wr_fail(err, WR_EINFLIGHT, "the Idempotency-Key is taken");

    return 0;
}

static int
check_deployment(struct memory_shared *m, const struct wr_deployment *d,
                 struct wr_err *err)
{
    if (d->key && check_key(m, d->key, d->row.deployed_at, err) < 0)
        return (int)err->code;
    if (wr_memory_get(m, WR_DEPLOYMENTS, &d->row))
        return wr_fail(err, WR_EVALUE, "the deployment is there already");
    for (int i = 0; i < d->n_definitions; i++) {
        const struct wr_definition_row *row = &d->definitions[i];

        if (row->version != next_version(m, d, i))
            return wr_fail(err, WR_ECONFLICT,
                           "'%s' version %d is not the next version", row->key,
                           (int)row->version);
        if (wr_memory_get(m, WR_DEFINITIONS, row))
            return wr_fail(err, WR_EVALUE, "the definition is there already");
    }
    for (int i = 0; i < d->n_forms; i++) {
        const struct wr_form_row *row = &d->forms[i];

        if (row->version != newest_form(m, row) + row->fresh)
            return wr_fail(err, WR_ECONFLICT,
                           "form '%s' version %d is not the next version",
                           row->key, (int)row->version);
    }

    return check_decisions(m, d, err);
}

/* Start events of older versions. */
static void
retire(struct memory_shared *m, enum wr_noun noun,
       const struct wr_definition_row *key)
{
    struct memory_table *t = &m->tables[noun];

    for (size_t i = t->n; i-- > 0;) {
        const struct wr_subscription_row *s = wr_memory_at(t, i)->row;
        const struct wr_timer_row *tm = wr_memory_at(t, i)->row;
        bool timer = noun == WR_TIMERS;
        const struct wr_definition_row of = { .id = timer ? tm->definition
                                                          : s->definition };
        const struct wr_definition_row *d;

        if (!wr_uuid_is_zero(timer ? &tm->instance : &s->instance))
            continue;
        d = wr_memory_get(m, WR_DEFINITIONS, &of);
        if (d && d->tenant == key->tenant && strcmp(d->key, key->key) == 0)
            wr_memory_del(m, noun, wr_memory_at(t, i)->row);
    }
}

static void
put_starts(struct memory_shared *m, const struct wr_deployment *d)
{
    for (int i = 0; i < d->n_definitions; i++) {
        retire(m, WR_SUBSCRIPTIONS, &d->definitions[i]);
        retire(m, WR_TIMERS, &d->definitions[i]);
    }
    for (int i = 0; i < d->n_subscriptions; i++)
        wr_memory_put(m, WR_SUBSCRIPTIONS, &d->subscriptions[i]);
    for (int i = 0; i < d->n_timers; i++)
        wr_memory_put(m, WR_TIMERS, &d->timers[i]);
}

int
wr_memory_deploy(struct wr_store *st, const struct wr_deployment *d,
                 struct wr_err *err)
{
    struct memory_shared *m = wr_memory_of(st)->shared;
    int rc;

    pthread_mutex_lock(&m->lock);
    rc = check_deployment(m, d, err);
    if (rc == 0) {
        wr_memory_put(m, WR_DEPLOYMENTS, &d->row);
        for (int i = 0; i < d->n_resources; i++)
            wr_memory_put(m, WR_RESOURCES, &d->resources[i]);
        for (int i = 0; i < d->n_definitions; i++)
            wr_memory_put(m, WR_DEFINITIONS, &d->definitions[i]);
        for (int i = 0; i < d->n_forms; i++)
            wr_memory_put(m, WR_FORMS, &d->forms[i]);
        for (int i = 0; i < d->n_decisions; i++)
            wr_memory_put(m, WR_DECISIONS, &d->decisions[i]);
        put_starts(m, d);
        if (d->key)
            wr_memory_put(m, WR_IDEMPOTENCIES, d->key);
        st->stats.commits++;
        st->stats.rows += 1 + d->n_resources + d->n_definitions + d->n_forms
                          + d->n_decisions;
    }
    pthread_mutex_unlock(&m->lock);

    return rc;
}

/* ---- changes ---- */

static bool
same(const struct wr_blob *x, const struct wr_blob *y)
{
    return x->len == y->len && memcmp(x->p, y->p, x->len) == 0;
}

static int
check_due(const struct wr_change *c, const void *row, struct wr_err *err)
{
    const struct wr_timer_row *t = row;
    const struct wr_outbox_row *o = row;
    bool timer = c->noun == WR_TIMERS;

    if (!c->was && row)
        return wr_fail(err, WR_EVALUE, "the row is there already");
    if (!c->was)
        return 0;
    if (!row || (timer ? t->due_at : o->due_at) != c->was)
        return wr_fail(err, WR_ECONFLICT, "it was done by someone else");

    return 0;
}

static int
check_message(const struct wr_change *c, const struct wr_message_row *row,
              struct wr_err *err)
{
    if (c->op == WR_OP_DEL && (!row || row->tenant != c->message->tenant))
        return wr_fail(err, WR_ENOTFOUND, "no such message");
    if (c->op == WR_OP_PUT && row)
        return wr_fail(err, WR_EVALUE, "the row is there already");

    return 0;
}

static int
check_change(struct memory_shared *m, const struct wr_change *c,
             struct wr_err *err)
{
    /* Every member of the union is a pointer to a row. */
    const void *row = c->noun == WR_IDEMPOTENCIES
                          ? NULL
                          : wr_memory_get(m, c->noun, c->user);
    const struct wr_session_row *s = row;
    const struct wr_definition_row *d = row;
    const struct wr_decision_row *dec = row;
    const struct wr_job_row *j = row;

    switch (c->noun) {
    case WR_USERS:
        if (!row && c->op == WR_OP_DEL)
            return wr_fail(err, WR_ENOTFOUND, "no user '%s'", c->user->name);
        break;
    case WR_SESSIONS:
        if (s && s->tenant != c->session->tenant)
            return wr_fail(err, WR_ENOTFOUND, "no such session");
        if (!s && (c->op == WR_OP_DEL || c->expect.p))
            return wr_fail(err, WR_ENOTFOUND, "no such session");
        if (s && c->expect.p && !same(&s->token, &c->expect))
            return wr_fail(err, WR_ECONFLICT,
                           "the session is held by someone else");
        break;
    case WR_DEFINITIONS:
        if (!d || d->tenant != c->definition->tenant)
            return wr_fail(err, WR_ENOTFOUND, "no such definition");
        break;
    case WR_DECISIONS:
        if (!dec || dec->tenant != c->decision->tenant)
            return wr_fail(err, WR_ENOTFOUND, "no such decision");
        break;
    case WR_JOBS:
        if (!j || j->tenant != c->job->tenant)
            return wr_fail(err, WR_ENOTFOUND, "no such job");
        if (wr_uuid_is_zero(&c->job->lease)
            || !wr_uuid_equal(&j->lease, &c->job->lease))
            return wr_fail(err, WR_ELEASE, "the job is held by someone else");
        break;
    case WR_TIMERS:
    case WR_OUTBOXES:
        return check_due(c, row, err);
    case WR_SUSPENSIONS:
        return wr_memory_suspend_check(m, c, err);
    case WR_MESSAGES:
        return check_message(c, row, err);
    case WR_BATCHES:
    case WR_BATCH_ITEMS:
        return wr_memory_batch_check(m, c, err);
    case WR_DEAD_LETTERS:
        return wr_memory_letter_check(m, c, err);
    case WR_IDEMPOTENCIES:
        return c->op == WR_OP_PUT ? check_key(m, c->idempotency, c->was, err)
                                  : 0;
    default:
        break;
    }

    return 0;
}

static void
expire(struct memory_shared *m, int64_t before)
{
    struct memory_table *t = &m->tables[WR_IDEMPOTENCIES];

    for (size_t i = t->n; i-- > 0;) {
        const struct wr_idempotency_row *r = wr_memory_at(t, i)->row;

        if (r->expires_at < before)
            wr_memory_del(m, WR_IDEMPOTENCIES, r);
    }
}

/* Longer, or given back: then it was no try. */
static void
change_lease(struct wr_job_row *j, const struct wr_change *c)
{
    bool back = c->op == WR_OP_DEL;

    j->lease_until = back ? 0 : c->job->lease_until;
    j->guard_at = back || !j->guard_at ? 0 : c->job->lease_until;
    if (!back)
        return;
    j->lease = (struct wr_uuid){ { 0 } };
    j->lease_owner = NULL;
    j->claims--;
}

static void
apply_change(struct memory_shared *m, const struct wr_change *c)
{
    struct wr_definition_row *d;
    struct wr_decision_row *dec;
    struct wr_outbox_row *o;
    struct wr_timer_row *t;
    struct wr_job_row *j;

    if (c->noun == WR_SUSPENSIONS) {
        wr_memory_suspend(m, c);
    } else if (c->noun == WR_BATCHES || c->noun == WR_BATCH_ITEMS) {
        wr_memory_batch(m, c);
    } else if (c->noun == WR_DEAD_LETTERS) {
        wr_memory_letter(m, c);
    } else if (c->noun == WR_IDEMPOTENCIES && c->op == WR_OP_DEL) {
        expire(m, c->idempotency->expires_at);
    } else if (c->noun == WR_DEFINITIONS) {
        d = wr_memory_get(m, WR_DEFINITIONS, c->definition);
        d->state = c->definition->state;
        d->history_ttl = c->definition->history_ttl;
        d->history_level = c->definition->history_level;
    } else if (c->noun == WR_DECISIONS) {
        dec = wr_memory_get(m, WR_DECISIONS, c->decision);
        dec->state = c->decision->state;
    } else if (c->noun == WR_TIMERS && c->op == WR_OP_PUT) {
        t = wr_memory_get(m, WR_TIMERS, c->timer);
        t->due_at = c->timer->due_at;
    } else if (c->noun == WR_OUTBOXES && c->op == WR_OP_PUT && c->was) {
        o = wr_memory_get(m, WR_OUTBOXES, c->outbox);
        o->due_at = c->outbox->due_at;
        o->passed = c->outbox->passed;
    } else if (c->noun == WR_JOBS) {
        j = wr_memory_get(m, WR_JOBS, c->job);
        change_lease(j, c);
    } else if (c->noun == WR_MESSAGES && c->op == WR_OP_PUT) {
        wr_memory_message_add(m, c);
    } else if (c->op == WR_OP_DEL) {
        wr_memory_del(m, c->noun, c->user);
    } else {
        wr_memory_put(m, c->noun, c->user);
    }
}

int
wr_memory_change(struct wr_store *st, const struct wr_change *changes, size_t n,
                 struct wr_err *err)
{
    struct memory_shared *m = wr_memory_of(st)->shared;
    int rc = 0;

    pthread_mutex_lock(&m->lock);
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = check_change(m, &changes[i], err);
    for (size_t i = 0; rc == 0 && i < n; i++)
        apply_change(m, &changes[i]);
    pthread_mutex_unlock(&m->lock);
    if (rc == 0)
        st->stats.commits++;

    return rc;
}
