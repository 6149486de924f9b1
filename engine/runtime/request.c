/* request: one command on its way, and the answer to whoever waits for it. */
#include <stdlib.h>
#include <time.h>

#include "engine/runtime/slot.h"

static const char *
copy_text(struct wr_arena *a, const char *s)
{
    return s ? wr_arena_strdup(a, s) : NULL;
}

static const struct wr_value *
copy_value(struct wr_arena *a, const struct wr_value *v)
{
    return v ? wr_value_copy(a, v) : NULL;
}

static struct wr_blob
copy_blob(struct wr_arena *a, struct wr_blob b)
{
    if (b.p)
        b.p = wr_arena_memdup(a, b.p, b.len);

    return b;
}

static const struct wr_idempotency_row *
copy_idempotency(struct wr_arena *a, const struct wr_idempotency_row *from)
{
    struct wr_idempotency_row *to = wr_new(a, struct wr_idempotency_row);

    *to = *from;
    to->key = copy_text(a, from->key);
    to->body = copy_blob(a, from->body);
    to->answer = copy_blob(a, from->answer);

    return to;
}

static const struct wr_asker *
copy_asker(struct wr_arena *a, const struct wr_asker *from)
{
    struct wr_asker *to = wr_new(a, struct wr_asker);

    to->user = copy_text(a, from->user);
    to->groups = copy_text(a, from->groups);
    to->to_work = from->to_work;

    return to;
}

/* A caller that stops waiting takes its memory along. */
static void
copy_command(struct wr_arena *a, struct wr_command *c)
{
    struct wr_event *ev = &c->event;

    ev->actor = copy_text(a, ev->actor);
    if (ev->asker)
        ev->asker = copy_asker(a, ev->asker);
    ev->variables = copy_value(a, ev->variables);
    ev->business_key = copy_text(a, ev->business_key);
    ev->tags = wr_arena_strdups(a, ev->tags, ev->n_tags);
    ev->start_at = copy_text(a, ev->start_at);
    ev->happened_name = copy_text(a, ev->happened_name);
    ev->key = copy_text(a, ev->key);
    ev->singleton = copy_text(a, ev->singleton);
    ev->text = copy_text(a, ev->text);
    ev->message = copy_text(a, ev->message);
    ev->remove = copy_value(a, ev->remove);
    ev->plan = copy_value(a, ev->plan);
    ev->elements = copy_value(a, ev->elements);
    c->definition = copy_text(a, c->definition);
    if (c->idempotency)
        c->idempotency = copy_idempotency(a, c->idempotency);
}

/* Its caller waits by the monotonic clock: people set the other one. */
static void
init_changed(pthread_cond_t *changed)
{
    pthread_condattr_t attr;

    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(changed, &attr);
    pthread_condattr_destroy(&attr);
}

struct wr_request *
wr_request_new(const struct wr_command *c, bool copy)
{
    struct wr_request *r = calloc(1, sizeof(*r));

    if (!r)
        abort();
    r->command = *c;
    r->instance = c->instance;
    init_changed(&r->changed);
    if (copy) {
        r->arena = wr_arena_new(1024);
        copy_command(r->arena, &r->command);
    }

    return r;
}

struct wr_result *
wr_result_new(void)
{
    struct wr_arena *a = wr_arena_new(4096);
    struct wr_result *r = wr_new(a, struct wr_result);

    r->arena = a;
    atomic_init(&r->refs, 1);

    return r;
}

void
wr_result_unref(struct wr_result *r)
{
    if (r && atomic_fetch_sub(&r->refs, 1) == 1)
        wr_arena_free(r->arena); /* holds r */
}

void
wr_request_free(struct wr_request *r)
{
    wr_result_unref(r->result);
    wr_result_unref(r->tried);
    wr_definition_unref(r->definition);
    pthread_cond_destroy(&r->changed);
    if (r->arena)
        wr_arena_free(r->arena);
    free(r);
}

void
wr_request_answer(struct wr_runtime *rt, struct wr_request *r)
{
    bool abandoned;

    pthread_mutex_lock(&rt->lock);
    if (r->result) {
        wr_owners_add(rt, &r->result->effects);
        rt->stats.commands++;
    }
    r->done = true;
    abandoned = r->abandoned;
    if (!abandoned)
        pthread_cond_signal(&r->changed);
    pthread_mutex_unlock(&rt->lock);
    /* Once signalled it is its caller's. */
    if (abandoned)
        wr_request_free(r);
}

void
wr_request_refuse(struct wr_runtime *rt, struct wr_request *r,
                  const struct wr_err *err)
{
    r->err = *err;
    wr_limit_count(err);
    wr_admit_done(rt, r);
    wr_request_answer(rt, r);
}

/* Is our own command the one that made revision expected + 1? */
int
wr_effects_happened(struct wr_runtime *rt, const struct wr_effects *fx,
                    bool *out, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1024);
    struct wr_query q = { .noun = WR_HISTORIES,
                          .tenant = fx->instance.tenant,
                          .instance = &fx->instance.id,
                          .after_seq = fx->expected_rev,
                          .state = -1,
                          .limit = 1 };
    struct wr_rows rows;

    if (wr_slot_find(rt, &q, a, &rows, err) < 0)
        return err->code;
    *out = rows.n == 1 && rows.histories[0].seq == fx->expected_rev + 1
           && wr_uuid_equal(&rows.histories[0].command, &fx->history.command);

    return 0;
}
