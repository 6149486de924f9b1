/*
 * hold.c: elements of a definition that were told to stand still (SEMANTICS
 * S28).
 *
 * Which ones comes in with the step (struct wr_hold).  A sub-process holds what
 * is inside it, an activity its boundary events.
 *
 *     a token that comes     parks in front: a wait of its own
 *     one that is there      each of its waits is marked: timers and jobs have
 *                            rows that are due never, called processes are
 *                            suspended, what people do is refused
 *     a message or signal    is parked at what waits for it, in order
 *
 * A mark stays until WR_EV_HOLDS finds that its element is not held any more.
 * So what a slot did not hear of yet is refused by the element, and what it did
 * not let go yet by the mark.
 */

#include <stdlib.h>
#include <string.h>

#include "engine/exec/exec.h"

static const struct wr_hold *
hold_of_node(const struct wr_exec *x, int node)
{
    for (; node >= 0; node = x->m->scopes[x->m->nodes[node].scope].node) {
        for (int k = 0; k < x->s->n_holds; k++) {
            if (x->s->holds[k].node == node)
                return &x->s->holds[k];
        }
    }

    return NULL;
}

static const struct wr_hold *
hold_of(const struct wr_exec *x, const struct wr_wait *w)
{
    const struct wr_hold *h = NULL;

    if (!x->s->n_holds)
        return NULL;
    if (w->owner->node >= 0)
        h = hold_of_node(x, w->owner->node);

    return h ? h : hold_of_node(x, w->node);
}

bool
wr_hold_is(const struct wr_exec *x, int node)
{
    return x->s->n_holds && hold_of_node(x, node);
}

bool
wr_hold_stops(const struct wr_exec *x, const struct wr_wait *w)
{
    return w->held || hold_of(x, w);
}

int
wr_hold_check(const struct wr_exec *x, const struct wr_wait *w,
              struct wr_err *err)
{
    const struct wr_hold *h = hold_of(x, w);
    int node = w->owner->node >= 0 ? w->owner->node : w->node;

    if (h)
        return wr_fail(err, WR_EHELD, "element '%.80s' is suspended%s%.80s",
                       h->element, h->actor ? " by " : "",
                       h->actor ? h->actor : "");
    if (w->held)
        return wr_fail(err, WR_EHELD, "element '%.80s' is suspended",
                       x->m->nodes[node].id);

    return 0;
}

static bool
is_markable(const struct wr_exec *x, const struct wr_wait *w)
{
    switch (w->kind) {
    case WR_WAIT_TASK:
    case WR_WAIT_SUBSCRIPTION:
    case WR_WAIT_CONDITION:
    case WR_WAIT_CHILD:
        return true;
    case WR_WAIT_JOB:
        return !wr_job_is_continue(w);
    case WR_WAIT_TIMER:
        return !wr_cut_is_mark(x->m, w);
    default:
        return false; /* it stands still as it is */
    }
}

/* ---- parking ---- */

static const struct wr_value *
describe(struct wr_exec *x, const struct wr_hold *h)
{
    struct wr_entry e[3];
    size_t n = 0;

    e[n++] = (struct wr_entry){ "by", h->actor
                                          ? wr_value_string(x->arena, h->actor)
                                          : &wr_null };
    e[n++] = (struct wr_entry){ "element",
                                wr_value_string(x->arena, h->element) };
    if (h->reason)
        e[n++] = (struct wr_entry){ "reason",
                                    wr_value_string(x->arena, h->reason) };

    return wr_value_context(x->arena, e, n);
}

static void
park(struct wr_exec *x, struct wr_wait *w, const struct wr_value *payload)
{
    struct wr_parked *p = wr_new(x->i->arena, struct wr_parked),
                     **end = &w->parked;

    while (*end)
        end = &(*end)->next;
    p->seq = x->i->rev + x->n_events;
    p->payload = payload ? wr_value_copy(x->i->arena, payload) : NULL;
    *end = p;
}

bool
wr_hold_token(struct wr_exec *x, struct wr_activity *a)
{
    const struct wr_hold *h = x->s->n_holds ? hold_of_node(x, a->node) : NULL;
    struct wr_wait *w;

    if (!h)
        return false;
    w = wr_wait_open(x, a, WR_WAIT_PARKED, a->node);
    w->held = x->ev->now;
    wr_wait_opened(x, w, describe(x, h));
    park(x, w, NULL);

    return true;
}

static void
withdraw(struct wr_exec *x, struct wr_wait *w)
{
    wr_row_del(x, w);
    w->absent = true;
}

/* What came ends it, so nothing else may come for what ends with it. */
static void
withdraw_all(struct wr_exec *x, const struct wr_wait *w)
{
    for (struct wr_wait *o = w->owner->waits; o; o = o->next) {
        if (o->kind == WR_WAIT_SUBSCRIPTION && !o->absent
            && !wr_catch_lasts(x, o))
            withdraw(x, o);
    }
}

bool
wr_hold_trigger(struct wr_exec *x, struct wr_wait *w,
                const struct wr_value *payload)
{
    if (w->kind != WR_WAIT_SUBSCRIPTION || !wr_hold_stops(x, w))
        return false;
    wr_emit(x, WR_H_TRIGGER_PARKED, x->m->nodes[w->node].symbol, w->owner->key,
            &w->id, NULL);
    park(x, w, payload);
    if (wr_catch_lasts(x, w))
        return true;
    if (x->m->nodes[w->node].event.trigger == WR_TRIGGER_PARALLEL_MULTIPLE)
        withdraw(x, w);
    else
        withdraw_all(x, w);

    return true;
}

static void
mark(struct wr_exec *x, struct wr_wait *w)
{
    w->held = x->ev->now;
    if (w->kind == WR_WAIT_TIMER || w->kind == WR_WAIT_JOB)
        wr_row_put(x, w, /* is_new= */ false);
    if (w->kind == WR_WAIT_CHILD)
        wr_call_say(x, w, WR_SENT_SUSPEND);
}

void
wr_hold_mark(struct wr_exec *x)
{
    struct wr_activity *a = x->s->n_holds ? x->i->root : NULL;

    for (; a; a = wr_activity_next(x->i->root, a)) {
        bool said = false;

        for (struct wr_wait *w = a->waits; w; w = w->next) {
            const struct wr_hold *h = w->held || !is_markable(x, w)
                                          ? NULL
                                          : hold_of(x, w);

            if (!h)
                continue;
            mark(x, w);
            if (!said)
                wr_emit(x, WR_H_ELEMENT_SUSPENDED, x->m->nodes[w->node].symbol,
                        a->key, NULL, describe(x, h));
            said = true;
        }
    }
}

/* ---- letting go ---- */

struct step { /* one thing that was parked */
    struct wr_uuid wait;
    int64_t seq;
    const struct wr_value *payload;
};

struct steps {
    struct step *items;
    int n, cap;
};

static void
add_parked(struct wr_exec *x, struct steps *s, struct wr_wait *w)
{
    for (const struct wr_parked *p = w->parked; p; p = p->next) {
        if (s->n == s->cap) {
            struct step *grown;

            s->cap = s->cap ? 2 * s->cap : 16;
            grown = wr_newn(x->arena, struct step, (size_t)s->cap);
            for (int k = 0; k < s->n; k++)
                grown[k] = s->items[k];
            s->items = grown;
        }
        s->items[s->n++] = (struct step){ w->id, p->seq, p->payload };
    }
    w->parked = NULL;
}

static int
by_seq(const void *pa, const void *pb)
{
    const struct step *a = pa, *b = pb;

    return a->seq < b->seq ? -1 : a->seq > b->seq;
}

static void
let_go(struct wr_exec *x, struct wr_wait *w)
{
    int64_t since = w->held;

    w->held = 0;
    switch (w->kind) {
    case WR_WAIT_TIMER:
        if (!x->ev->catch_up)
            wr_timer_shift(x, w, x->ev->now - since);
        wr_row_put(x, w, /* is_new= */ false);
        break;
    case WR_WAIT_JOB:
        wr_row_put(x, w, /* is_new= */ false);
        break;
    case WR_WAIT_CHILD:
        wr_call_say(x, w, WR_SENT_RESUME);
        break;
    case WR_WAIT_SUBSCRIPTION:
        if (w->absent) {
            w->absent = false;
            wr_row_back(x, w);
        }
        break;
    default:
        break;
    }
}

static bool
is_released(const struct wr_exec *x, const struct wr_wait *w)
{
    return w->held && !hold_of(x, w);
}

/* A token goes on from where it parked. */
static void
go_on(struct wr_exec *x, struct wr_wait *w)
{
    struct wr_activity *a = w->owner;

    wr_wait_close(x, w, /* canceled= */ false, NULL);
    wr_touch(x, a->parent);
    switch (a->stage) {
    case WR_STAGE_ENTER:
        wr_run_happens(x, a);
        break;
    case WR_STAGE_LEAVE:
        wr_run_resume(x, a);
        break;
    default:
        wr_run_start(x, a);
        break;
    }
}

static void
gather(struct wr_exec *x, struct wr_activity *a, struct steps *s)
{
    bool said = false;

    for (struct wr_wait *w = a->waits; w; w = w->next) {
        if (!is_released(x, w))
            continue;
        add_parked(x, s, w);
        if (w->kind == WR_WAIT_PARKED) /* it says so itself */
            continue;
        if (!said)
            wr_emit(x, WR_H_ELEMENT_RESUMED, x->m->nodes[w->node].symbol,
                    a->key, NULL, NULL);
        said = true;
        let_go(x, w);
    }
}

void
wr_hold_release(struct wr_exec *x)
{
    struct wr_activity *a = x->i->root;
    struct steps s = { 0 };

    for (; a; a = wr_activity_next(x->i->root, a))
        gather(x, a, &s);
    if (s.n > 1)
        qsort(s.items, (size_t)s.n, sizeof(*s.items), by_seq);
    for (int k = 0; k < s.n; k++) {
        struct wr_wait *w = wr_wait_find(x->i, &s.items[k].wait);

        if (!w) /* gone with one that came before */
            continue;
        if (w->kind == WR_WAIT_PARKED)
            go_on(x, w);
        else
            wr_catch_fire(x, w, s.items[k].payload);
    }
    wr_touch_all(x);
    wr_condition_look_all(x);
}

static bool
waits_at_join(const struct wr_exec *x, const struct wr_activity *scope)
{
    for (int k = 0; k < scope->n_queues; k++) {
        const char *id =
            x->m->nodes[x->m->flows[scope->queues[k].flow].target].id;

        if (x->ev->text && strcmp(id, x->ev->text) == 0)
            return true;
    }

    return false;
}

int
wr_hold_changes(const struct wr_exec *x, struct wr_err *err)
{
    struct wr_activity *a = x->i->root;

    for (; a; a = wr_activity_next(x->i->root, a)) {
        if (waits_at_join(x, a))
            return 0;
        for (const struct wr_wait *w = a->waits; w; w = w->next) {
            if (is_released(x, w)
                || (!w->held && is_markable(x, w) && hold_of(x, w)))
                return 0;
        }
    }

    return wr_fail(err, WR_ENOTFOUND, "nothing stands at these elements");
}
