/* The memory backend's lookups: which rows are meant. */

#include <string.h>

#include "engine/store/memory.h"

/* ---- members that are columns ---- */

/* A member that is not given asks nothing, and so does one that the noun has
 * not: what does not apply was refused before. */
static void
ask(struct memory_filter *f, enum memory_ask kind, const char *column,
    const void *want)
{
    const struct wr_column *c = wr_column_find(
        wr_record_of(f->lookup->query->noun), column, strlen(column));

    if (c)
        f->asks[f->n++] = (struct memory_asked){ kind, c->offset, want };
}

static void
ask_id(struct memory_filter *f, const char *column, const struct wr_uuid *want)
{
    if (!wr_uuid_is_zero(want))
        ask(f, MEMORY_ID, column, want);
}

static void
ask_text(struct memory_filter *f, const char *column, const char *want)
{
    if (want)
        ask(f, MEMORY_TEXT, column, want);
}

void
wr_memory_filter(struct memory_shared *m, const struct wr_lookup *l,
                 struct memory_filter *out)
{
    enum wr_noun noun = l->query->noun;
    const char *key = noun == WR_USERS      ? "name"
                      : noun == WR_SESSIONS ? "user_name"
                                            : "key";

    *out = (struct memory_filter){ .shared = m, .lookup = l };
    ask(out, MEMORY_INT, "tenant", &l->tenant);
    ask_id(out, "id", &l->id);
    ask_id(out, "instance", &l->instance);
    ask_id(out, "definition", &l->definition);
    ask_id(out, "deployment", &l->deployment);
    ask_id(out, "parent", &l->parent);
    ask_id(out, "batch", &l->batch);
    ask_text(out, key, l->key);
    ask_text(out, "name", l->name);
    ask_text(out, "business_key", l->business_key);
    ask_text(out, "singleton", l->singleton);
    ask_text(out, "assignee", l->assignee);
    ask_text(out, "type", l->type);
    if (l->version)
        ask(out, MEMORY_INT, "version", &l->version);
    if (l->state != -1 && noun != WR_BATCH_ITEMS)
        ask(out, MEMORY_INT, "state", &l->state);
}

static bool
holds(const struct memory_asked *q, const void *row)
{
    const void *at = (const char *)row + q->offset;
    const char *text;

    switch (q->kind) {
    case MEMORY_ID:
        return wr_uuid_equal(at, q->want);
    case MEMORY_INT:
        return *(const int32_t *)at == *(const int32_t *)q->want;
    case MEMORY_TEXT:
        text = *(const char *const *)at;
        return text && strcmp(text, q->want) == 0;
    }

    return false;
}

/* ---- members that are not ---- */

bool
wr_memory_in_list(const char *const *items, int n, const char *want)
{
    if (!want)
        return true;
    for (int i = 0; i < n; i++) {
        if (strcmp(items[i], want) == 0)
            return true;
    }

    return false;
}

/* What definitions and decisions have in common: a version of a key. */
struct release {
    const char *key;
    int32_t tenant, version;
    enum wr_definition_state state;
};

static struct release
release_of(enum wr_noun noun, const void *row)
{
    const struct wr_definition_row *p = row;
    const struct wr_decision_row *d = row;

    if (noun == WR_DECISIONS)
        return (struct release){ d->key, d->tenant, d->version, d->state };

    return (struct release){ p->key, p->tenant, p->version, p->state };
}

static bool
is_newest(struct memory_shared *m, const struct wr_lookup *l, enum wr_noun noun,
          const void *row)
{
    struct memory_table *t = &m->tables[noun];
    const struct release r = release_of(noun, row);

    if (l->state == -1 && r.state == WR_DEF_DELETED)
        return false;
    for (size_t i = 0; i < t->n; i++) {
        const struct release o = release_of(noun, wr_memory_at(t, i)->row);

        if (o.tenant == r.tenant && o.version > r.version
            && strcmp(o.key, r.key) == 0
            && (l->state == -1 ? o.state != WR_DEF_DELETED
                               : (int)o.state == l->state))
            return false;
    }

    return true;
}

static bool
has_key(struct memory_shared *m, const struct wr_instance_row *i,
        const char *key)
{
    const struct wr_definition_row of = { .id = i->definition };
    const struct wr_definition_row *d;

    if (!key)
        return true;
    d = wr_memory_get(m, WR_DEFINITIONS, &of);

    return d && strcmp(d->key, key) == 0;
}

static bool
in_buckets(const struct wr_lookup *l, const struct wr_uuid *id)
{
    int b = wr_uuid_bucket(id);

    return b >= l->bucket_from && b <= l->bucket_to;
}

/* Rows are by id, so of many at one place all but the first end this soon. */
static bool
is_first_there(struct memory_shared *m, const struct wr_subscription_row *s)
{
    struct memory_table *t = &m->tables[WR_SUBSCRIPTIONS];

    for (size_t i = 0; i < t->n; i++) {
        const struct wr_subscription_row *o = wr_memory_at(t, i)->row;

        if (o->tenant == s->tenant && o->element == s->element
            && wr_uuid_equal(&o->definition, &s->definition)
            && strcmp(o->name, s->name) == 0)
            return o == s || wr_uuid_equal(&o->id, &s->id);
    }

    return true;
}

/* What only one noun knows. */
static bool
matches_own(struct memory_shared *m, const struct wr_lookup *l, const void *row)
{
    const struct wr_instance_row *i = row;
    const struct wr_task_row *t = row;
    const struct wr_job_row *j = row;
    const struct wr_timer_row *tm = row;
    const struct wr_subscription_row *s = row;
    const struct wr_history_row *h = row;
    const struct wr_outbox_row *ob = row;
    const struct wr_message_row *msg = row;
    const struct wr_suspension_row *sp = row;
    const struct wr_batch_row *b = row;
    const struct wr_batch_item_row *bi = row;
    const struct wr_dead_letter_row *dl = row;
    const struct wr_resource_row *r = row;
    const struct wr_form_row *f = row;
    const struct wr_deployment_row *d;

    switch (l->query->noun) {
    case WR_RESOURCES:
        d = wr_memory_get(m, WR_DEPLOYMENTS, &r->deployment);
        return d && d->tenant == l->tenant;
    case WR_FORMS:
        return f->fresh || !wr_uuid_is_zero(&l->deployment);
    case WR_DEFINITIONS:
        return !l->latest || is_newest(m, l, WR_DEFINITIONS, row);
    case WR_DECISIONS:
        return !l->latest || is_newest(m, l, WR_DECISIONS, row);
    case WR_INSTANCES:
        return has_key(m, i, l->key) && (!l->with_incidents || i->incidents > 0)
               && (!l->started_after || i->started_at > l->started_after)
               && (!l->started_before || i->started_at < l->started_before);
    case WR_TASKS:
        return wr_memory_in_list(t->candidate_users, t->n_candidate_users,
                                 l->candidate_user)
               && wr_memory_in_list(t->candidate_groups, t->n_candidate_groups,
                                    l->candidate_group);
    case WR_JOBS:
        return in_buckets(l, &j->id)
               && (!l->due_before
                   || (j->due_at <= l->due_before && j->retries > 0
                       && !wr_memory_is_held(m, &j->id)))
               && (!l->guard_before
                   || (j->guard_at > 0 && j->guard_at <= l->guard_before
                       && j->retries > 0 && !wr_memory_is_held(m, &j->id)));
    case WR_TIMERS:
        return in_buckets(l, &tm->id)
               && (!l->due_before
                   || (tm->due_at <= l->due_before
                       && !wr_memory_is_held(m, &tm->id)));
    case WR_SUSPENSIONS:
        return l->state == -1 || (int)sp->kind == l->state;
    case WR_OUTBOXES:
        return in_buckets(l, &ob->id)
               && (wr_uuid_is_zero(&l->batch)
                   || (ob->kind == WR_OUT_ITEM
                       && wr_uuid_equal(&ob->definition, &l->batch)))
               && (!l->due_before
                   || (ob->due_at <= l->due_before
                       && !wr_memory_is_held(m, &ob->id)));
    case WR_SUBSCRIPTIONS:
        if (l->places)
            return is_first_there(m, s);
        return (!l->element || s->element == l->element)
               && (!l->key_exact || l->key || !s->key)
               && (l->subscription < 0 || (int)s->type == l->subscription);
    case WR_MESSAGES:
        return (!l->key_exact || l->key || !msg->key)
               && (!l->due_before || msg->expires_at <= l->due_before);
    case WR_HISTORIES: {
        const struct wr_instance_row of = { .id = h->instance };

        i = wr_memory_get(m, WR_INSTANCES, &of);
        return i && i->tenant == l->tenant && h->seq > l->after_seq;
    }
    case WR_DEPLOYMENTS:
    case WR_INCIDENTS:
    case WR_USERS:
    case WR_SESSIONS:
    case WR_IDEMPOTENCIES:
    case WR_SPILLS:
    case WR_PAST_INSTANCES:
    case WR_ACTIVITIES:
    case WR_PAST_TASKS:
    case WR_VARIABLE_ROWS:
    case WR_ELEMENT_COUNTS:
    case WR_COUNTS:
        break;
    case WR_DEAD_LETTERS:
        return (!l->name || strcmp(dl->queue, l->name) == 0)
               && (!l->due_before
                   || (dl->last_at <= l->due_before && !dl->held));
    case WR_BATCHES:
        return l->state == -1 || (int)b->state == l->state;
    case WR_BATCH_ITEMS:
        return l->state == -1 || (int)wr_memory_item_state(m, bi) == l->state;
    }

    return true;
}

/* All tenants have the same. */
static bool
is_epoch(const struct wr_lookup *l, const void *row)
{
    const struct wr_suspension_row *s = row;

    return l->query->noun == WR_SUSPENSIONS && s->kind == WR_SUSPENDED_EPOCH;
}

bool
wr_memory_matches(const struct memory_filter *f, const void *row)
{
    /* The tenant is asked for first. */
    for (int k = is_epoch(f->lookup, row); k < f->n; k++) {
        if (!holds(&f->asks[k], row))
            return false;
    }

    return matches_own(f->shared, f->lookup, row);
}
