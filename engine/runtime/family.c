/*
 * family: what instances that call each other have to say (SEMANTICS S4, S24).
 *
 * A step leaves messages to the callers and the called of its instance.  They
 * are handed over at once, each to the share of the other instance, which is
 * opened for it; what that says in turn comes first.  All shares that took part
 * are committed as one group or not at all.
 *
 * A process that calls without end must not keep one batch open for ever: from
 * TOLD messages on a called process starts with an empty budget, so that it is
 * stored as a step that was cut and goes on in a batch of its own.
 */
#include "engine/runtime/share.h"

enum {
    TOLD = 256
};

struct message {
    struct message *next;
    struct wr_share *from;
    const struct wr_sent *sent;
    const struct wr_event *cause;
};

/* ---- who stands and falls with whom ---- */

static void
join(struct wr_share *a, struct wr_share *b)
{
    struct wr_round *r = a->round;
    int old = b->family;

    if (!a->family)
        a->family = ++r->n_families;
    if (b->family == a->family)
        return;
    b->family = a->family;
    for (int i = 0; old && i < r->n; i++)
        if (r->shares[i]->family == old)
            r->shares[i]->family = a->family;
}

static bool
is_kin(const struct wr_share *a, const struct wr_share *b)
{
    return a == b || (a->family && a->family == b->family);
}

void
wr_family_break(struct wr_share *w)
{
    struct wr_round *r = w->round;

    for (int i = 0; i < r->n; i++) {
        struct wr_share *s = r->shares[i];

        if (!is_kin(w, s))
            continue;
        s->broken = true;
        s->n_stepped = s->n_told = 0;
        wr_hot_drop(w->rt, &s->instance);
    }
}

int
wr_family_stepped(const struct wr_share *w)
{
    const struct wr_round *r = w->round;
    int n = 0;

    if (!w->family)
        return w->n_stepped;
    for (int i = 0; i < r->n; i++)
        if (is_kin(w, r->shares[i]))
            n += r->shares[i]->n_stepped;

    return n;
}

void
wr_family_isolate(struct wr_share *w)
{
    struct wr_round *r = w->round;

    for (int i = 0; i < r->n; i++) {
        struct wr_request *q = r->shares[i]->requests;

        if (!is_kin(w, r->shares[i]))
            continue;
        for (int n = 0; n < r->shares[i]->n_stepped; n++, q = q->next)
            q->alone = true;
    }
}

/* The one request of the family; NULL when it has several. */
static struct wr_share *
only_one(struct wr_share *w)
{
    struct wr_round *r = w->round;

    if (wr_family_stepped(w) != 1)
        return NULL;
    for (int i = 0; i < r->n; i++)
        if (is_kin(w, r->shares[i]) && r->shares[i]->n_stepped == 1)
            return r->shares[i];

    return NULL;
}

/* What the family was asked to do cannot be done.  A request that is alone is
 * told; of several each is tried alone. */
static void
refuse(struct wr_share *w, const struct wr_err *err)
{
    struct wr_share *guilty = only_one(w);
    struct wr_request *r = guilty ? guilty->requests : NULL;

    if (!guilty)
        wr_family_isolate(w);
    wr_family_break(w);
    if (!guilty)
        return;
    guilty->requests = r->next;
    if (!r->next)
        guilty->end = &guilty->requests;
    wr_request_refuse(w->rt, r, err);
}

/* ---- handing over ---- */

static struct wr_event
event_of(const struct message *m)
{
    const struct wr_sent *s = m->sent;
    int bucket = wr_uuid_bucket(&s->to);
    struct wr_event ev = { .now = m->cause->now,
                           .ids = wr_uuid_base(m->cause->now, bucket),
                           .command = m->cause->command,
                           .actor = m->cause->actor,
                           .variables = s->variables };

    switch (s->kind) {
    case WR_SENT_CALL:
        ev.type = WR_EV_START;
        ev.business_key = s->business_key;
        ev.parent = m->from->instance;
        ev.root = s->root;
        ev.depth = s->depth;
        break;
    case WR_SENT_CANCEL:
        ev.type = WR_EV_CANCEL;
        ev.by_caller = true;
        ev.text = "canceled by its caller";
        break;
    case WR_SENT_SUSPEND:
        ev.type = WR_EV_SUSPEND;
        ev.by_caller = true;
        ev.text = "suspended with its caller";
        break;
    case WR_SENT_RESUME:
        ev.type = WR_EV_RESUME;
        ev.by_caller = true;
        ev.catch_up = s->catch_up;
        break;
    case WR_SENT_COMPENSATE:
        ev.type = WR_EV_COMPENSATE;
        ev.by_caller = true;
        ev.parallel = s->parallel;
        ev.text = "compensated by its caller";
        break;
    case WR_SENT_ENDED:
        ev.type = WR_EV_CHILD_ENDED;
        ev.keeps = s->keeps;
        ev.target = m->from->instance;
        ev.state = s->state;
        ev.text = s->code;
        ev.message = s->message;
        ev.thrown = s->thrown;
        ev.at_end = s->at_end;
        break;
    case WR_SENT_ESCALATED:
        ev.type = WR_EV_CHILD_ESCALATED;
        ev.target = m->from->instance;
        ev.text = s->code;
        ev.thrown = s->thrown;
        break;
    }

    return ev;
}

static bool
is_to_same(const struct message *a, const struct message *b)
{
    return a->from == b->from && wr_uuid_equal(&a->sent->to, &b->sent->to);
}

/* Is it cancelled before it was started or compensated?  Then it never is. */
static bool
is_taken_back(struct message *m)
{
    struct message **at = &m->next;

    if (m->sent->kind != WR_SENT_CALL && m->sent->kind != WR_SENT_COMPENSATE)
        return false;
    while (*at && !is_to_same(m, *at))
        at = &(*at)->next;
    if (!*at || (*at)->sent->kind != WR_SENT_CANCEL)
        return false;
    *at = (*at)->next;

    return true;
}

static int
open_called(const struct message *m, struct wr_share *t, struct wr_err *err)
{
    int32_t tenant = m->from->row.tenant;
    const struct wr_definition *d;

    if (wr_definition_by_id(t->rt, &m->sent->definition, tenant, &d, err) < 0)
        return err->code;
    wr_share_open_new(t, d, tenant, m->sent->latest);
    t->row.parent = m->from->instance;

    return 0;
}

/* The share of whom the message is to, ready to be told. */
static int
open_share(const struct message *m, struct wr_share **out, struct wr_err *err)
{
    struct wr_share *t = wr_round_find(m->from->round, &m->sent->to);

    if (!t)
        t = wr_round_add(m->from->round, &m->sent->to);
    *out = t;
    if (t->result)
        return 0;
    if (m->sent->kind == WR_SENT_CALL)
        return open_called(m, t, err);

    return wr_share_open(t, m->from->row.tenant, err);
}

/* From a caller to whom it called. */
static bool
is_order(enum wr_sent_kind kind)
{
    return kind == WR_SENT_CANCEL || kind == WR_SENT_SUSPEND
           || kind == WR_SENT_RESUME;
}

static void
failed(const struct message *m, struct wr_share *t, const struct wr_err *err)
{
    /* A copy in memory may be stale: from the store, then. */
    if (t->from_memory) {
        join(m->from, t);
        wr_family_break(m->from);
        return;
    }
    /* It ended before, or never was: nobody waits for it.  Or it was suspended
     * alone and stays so. */
    if (err->code == WR_ENOTFOUND
        || (err->code == WR_ESTATE && is_order(m->sent->kind)))
        return;
    refuse(m->from, err);
}

/* Take what `m` must not overtake out of `*rest`, to the end of another list. */
static struct message **
move_older(const struct message *m, struct message **rest, struct message **end)
{
    while (*rest) {
        struct message *old = *rest;

        if (!is_to_same(m, old)) {
            rest = &old->next;
            continue;
        }
        *rest = old->next;
        *end = old;
        end = &old->next;
    }
    *end = NULL;

    return end;
}

/* What the share said goes in front of `rest`; but one instance hears another
 * in the order in which that spoke. */
static struct message *
said(struct wr_share *w, struct message *rest)
{
    struct message *first = NULL, **end = &first;

    for (struct wr_said *s = w->said; s; s = s->next) {
        struct message *m = wr_new(w->result->arena, struct message);

        *m = (struct message){ .from = w, .sent = s->sent, .cause = s->cause };
        if (s->sent->kind != WR_SENT_CALL) /* nothing can be older */
            end = move_older(m, &rest, end);
        *end = m;
        end = &m->next;
    }
    *end = rest;
    w->said = NULL;

    return first;
}

/* What it wants to be compensated is not there any more: that stops it. */
static struct message *
gone(const struct message *m, const struct wr_err *why)
{
    struct wr_share *w = m->from;
    struct wr_event *ev = wr_new(w->result->arena, struct wr_event);
    struct wr_err err;

    *ev = (struct wr_event){
        .type = WR_EV_CHILD_ENDED,
        .now = m->cause->now,
        .ids = wr_uuid_new(m->cause->now, wr_uuid_bucket(&w->instance)),
        .command = m->cause->command,
        .actor = m->cause->actor,
        .target = m->sent->to,
        .state = WR_FAILED,
        .message = wr_arena_strdup(w->result->arena, why->text),
    };
    if (wr_share_tell(w, ev, w->rt->o.step_budget, &err) == 0)
        return said(w, m->next);
    refuse(w, &err);

    return m->next;
}

static struct message *
hand_over(struct message *m)
{
    struct wr_round *r = m->from->round;
    struct wr_share *t = NULL;
    struct wr_event *ev;
    struct wr_err err = { 0 };
    bool cut;

    if (is_taken_back(m))
        return m->next;
    if (open_share(m, &t, &err) < 0) {
        if (m->sent->kind == WR_SENT_COMPENSATE && err.code == WR_ENOTFOUND)
            return gone(m, &err);
        failed(m, t, &err);
        return m->next;
    }
    if (t->broken) {
        join(m->from, t);
        wr_family_break(m->from);
        return m->next;
    }
    cut = ++r->n_told > TOLD && m->sent->kind == WR_SENT_CALL;
    ev = wr_new(t->result->arena, struct wr_event);
    *ev = event_of(m);
    if (wr_share_tell(t, ev, cut ? -1 : t->rt->o.step_budget, &err) < 0) {
        failed(m, t, &err);
        return m->next;
    }
    join(m->from, t);

    return said(t, m->next);
}

void
wr_family_settle(struct wr_share *w)
{
    struct message *m = w->broken || !w->said ? NULL : said(w, NULL);

    while (m)
        m = m->from->broken ? m->next : hand_over(m);
}

/* ---- what a step may ask ---- */

/* The part of the caller's state that waits for it. */
static int
load_child(struct wr_share *p, const struct wr_uuid *child, struct wr_err *err)
{
    struct wr_parts all = { p->rt, wr_slot_find, &p->instance, p->row.tenant,
                            p->result->arena };

    return wr_instance_part(p->step.instance, p->step.model, child,
                            wr_parts_find, &all, err);
}

static int
resolve(void *data, struct wr_step *s, struct wr_callee *c, struct wr_err *err)
{
    struct wr_share *w = data;

    (void)s;

    return wr_definition_called(w->rt, &wr_share_definition(w)->row, c, err);
}

/* The instance that called `child`, as this round has it; NULL: it cannot be
 * had. */
static struct wr_share *
caller(struct wr_share *w, const struct wr_uuid *parent,
       const struct wr_uuid *child)
{
    struct wr_share *p = wr_round_find(w->round, parent);
    struct wr_err err;

    if (!p)
        p = wr_round_add(w->round, parent);
    if (p->broken || (!p->result && wr_share_open(p, w->row.tenant, &err) < 0)
        || load_child(p, child, &err) < 0)
        return NULL;

    return p;
}

static enum wr_catch
catches(void *data, struct wr_step *s, enum wr_trigger trigger,
        const char *code)
{
    struct wr_share *w = data;
    struct wr_uuid child = w->instance, parent = w->row.parent;
    enum wr_catch out = WR_CATCH_NOT;

    (void)s;
    while (out == WR_CATCH_NOT && !wr_uuid_is_zero(&parent)) {
        struct wr_share *p = caller(w, &parent, &child);

        if (!p)
            break;
        out = wr_instance_catches(p->step.instance, p->step.model, &child,
                                  trigger, code);
        child = p->instance;
        parent = p->row.parent;
    }

    return out;
}

static const char *
maps(void *data, struct wr_step *s, const char *report)
{
    struct wr_share *w = data;
    struct wr_share *p = caller(w, &w->row.parent, &w->instance);

    (void)s;

    return p ? wr_instance_maps(p->step.instance, p->step.model, &w->instance,
                                report)
             : NULL;
}

static int
decides(void *data, struct wr_step *s, struct wr_decider *d, struct wr_err *err)
{
    struct wr_share *w = data;

    return wr_decisions_decide(w->rt, wr_share_definition(w), s, &w->decided, d,
                               err);
}

static int
fits(void *data, struct wr_step *s, int node, const struct wr_event *ev,
     struct wr_err *err)
{
    struct wr_share *w = data;

    return wr_task_fits(w->rt, wr_share_definition(w), s->instance, node, ev,
                        err);
}

static int
takes(void *data, struct wr_step *s, const struct wr_uuid *definition,
      const struct wr_value *given, const struct wr_value **out,
      struct wr_err *err)
{
    struct wr_share *w = data;

    return wr_definition_takes(w->rt, definition, w->row.tenant, s->arena,
                               given, out, err);
}

static int
spilled(void *data, struct wr_step *s, const struct wr_uuid *id,
        const struct wr_spill_row **rows, size_t *n, struct wr_err *err)
{
    struct wr_share *w = data;
    struct wr_parts all = { w->rt, wr_slot_find, &w->instance, w->row.tenant,
                            s->arena };
    bool fixed = id && wr_instance_is_value(s->instance, id);
    const struct wr_spill_row *known =
        fixed ? wr_large_find(w->rt, &w->instance, id) : NULL;

    if (known) {
        *rows = known;
        *n = 1;
        return 0;
    }
    if (wr_parts_find(&all, id, rows, n, err) < 0)
        return err->code;
    if (fixed && *n)
        wr_large_add(w->rt, *rows);

    return 0;
}

const struct wr_outside wr_family_outside = {
    .resolve = resolve,
    .decides = decides,
    .catches = catches,
    .maps = maps,
    .takes = takes,
    .fits = fits,
    .spilled = spilled,
};
