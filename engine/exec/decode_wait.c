/* decode_wait.c: what is open outside, from a state blob (decode.c). */

#include <string.h>

#include "engine/base/tlv.h"
#include "engine/exec/codec_tags.h"
#include "engine/exec/decode.h"

void
wr_decode_id(struct wr_decoder *d, struct wr_tlv_reader *f, struct wr_uuid *out)
{
    if (wr_tlv_len(f) == sizeof(out->b))
        memcpy(out->b, wr_tlv_bytes(f), sizeof(out->b));
    else
        wr_decode_fail(d, "id of length", (int64_t)wr_tlv_len(f));
}

static const char *
text(struct wr_decoder *d, struct wr_tlv_reader *f)
{
    return wr_tlv_text(f, d->i->arena);
}

static void
add_name(struct wr_decoder *d, const char *const **names, int *n,
         const char *name)
{
    const char **grown = wr_newn(d->i->arena, const char *, (size_t)*n + 1);

    for (int k = 0; k < *n; k++)
        grown[k] = (*names)[k];
    grown[(*n)++] = name;
    *names = grown;
}

static void
get_task(struct wr_decoder *d, struct wr_task_row *t, uint32_t tag,
         struct wr_tlv_reader *f)
{
    switch (tag) {
    case T_ASSIGNEE:
        t->assignee = text(d, f);
        t->state = WR_TASK_CLAIMED;
        break;
    case T_USER:
        add_name(d, &t->candidate_users, &t->n_candidate_users, text(d, f));
        break;
    case T_GROUP:
        add_name(d, &t->candidate_groups, &t->n_candidate_groups, text(d, f));
        break;
    case T_PRIORITY:
        t->priority = (int32_t)wr_tlv_int(f);
        break;
    case T_DUE:
        t->due_at = wr_decode_instant(d, f);
        break;
    case T_FOLLOW_UP:
        t->follow_up_at = wr_decode_instant(d, f);
        break;
    case T_OWNER:
        t->owner = text(d, f);
        break;
    case T_DELEGATION:
        t->delegation = (enum wr_task_delegation)wr_tlv_int(f);
        break;
    default:
        break;
    }
}

static void
get_job(struct wr_decoder *d, struct wr_job_row *j, uint32_t tag,
        struct wr_tlv_reader *f)
{
    switch (tag) {
    case T_JOB_KIND:
        j->kind = wr_tlv_int(f) ? WR_JOB_ASYNC : WR_JOB_EXTERNAL;
        break;
    case T_JOB_TYPE:
        j->type = text(d, f);
        break;
    case T_PRIORITY:
        j->priority = (int32_t)wr_tlv_int(f);
        break;
    case T_RETRIES:
        j->retries = (int32_t)wr_tlv_int(f);
        break;
    case T_ATTEMPT:
        j->attempt = (int32_t)wr_tlv_int(f);
        break;
    case T_ERROR:
        j->error = text(d, f);
        break;
    case T_DUE:
        j->due_at = wr_decode_instant(d, f);
        break;
    default:
        break;
    }
}

/* A listener of the task that tells when it is open for so long. */
static int
get_hears(struct wr_decoder *d, const struct wr_wait *w,
          struct wr_tlv_reader *f)
{
    const struct wr_listeners *list = &d->m->nodes[w->node].listeners;
    int64_t hears = wr_tlv_int(f);

    if (hears > 0 && hears <= list->n && w->node == w->owner->node
        && list->items[hears - 1].moment == WR_MOMENT_TIMEOUT)
        return (int)hears;
    wr_decode_fail(d, "listener", hears);

    return 0;
}

static void
get_timer(struct wr_decoder *d, struct wr_wait *w, uint32_t tag,
          struct wr_tlv_reader *f)
{
    switch (tag) {
    case T_DUE:
        w->timer.due_at = wr_decode_instant(d, f);
        break;
    case T_ARMED:
        w->armed = wr_decode_instant(d, f);
        break;
    case T_HEARS:
        w->hears = get_hears(d, w, f);
        break;
    case T_OVERDUE:
        w->overdue = wr_tlv_int(f);
        break;
    case T_PERIOD:
        w->cycle.period = text(d, f);
        break;
    case T_ANCHOR:
        w->cycle.anchor = wr_decode_instant(d, f);
        break;
    case T_K:
        w->cycle.k = wr_tlv_int(f);
        break;
    case T_LEFT:
        w->cycle.left = wr_tlv_int(f);
        break;
    case T_UNTIL:
        w->cycle.until = wr_decode_instant(d, f);
        break;
    case T_ZONE:
        w->cycle.zone = text(d, f);
        break;
    case T_WALL:
        w->cycle.wall = wr_decode_instant(d, f);
        break;
    default:
        break;
    }
}

static void
get_subscription_type(struct wr_decoder *d, struct wr_subscription_row *s,
                      struct wr_tlv_reader *f)
{
    int64_t type = wr_tlv_int(f);

    if (type >= WR_SUB_MESSAGE && type <= WR_SUB_TRIGGER)
        s->type = (enum wr_subscription_type)type;
    else
        wr_decode_fail(d, "subscription type", type);
}

static void
get_subscription(struct wr_decoder *d, struct wr_subscription_row *s,
                 uint32_t tag, struct wr_tlv_reader *f)
{
    if (tag == T_NAME)
        s->name = text(d, f);
    else if (tag == T_CORRELATION)
        s->key = text(d, f);
    else if (tag == T_SUBSCRIPTION)
        get_subscription_type(d, s, f);
}

static void
get_incident(struct wr_decoder *d, struct wr_incident_row *n, uint32_t tag,
             struct wr_tlv_reader *f)
{
    if (tag == T_TYPE)
        n->type = text(d, f);
    else if (tag == T_MESSAGE)
        n->message = text(d, f);
    else if (tag == T_JOB)
        wr_decode_id(d, f, &n->job);
}

static void
get_head(struct wr_decoder *d, struct wr_wait_at *h, uint32_t tag,
         struct wr_tlv_reader *f, int64_t since)
{
    switch (tag) {
    case T_ID:
        wr_decode_id(d, f, &h->id);
        break;
    case T_NODE:
        h->node = wr_decode_node(d, f);
        break;
    case T_CREATED:
        h->created_at = since + wr_tlv_int(f);
        break;
    default:
        break;
    }
}

static void
get_wait_field(struct wr_decoder *d, struct wr_wait *w, uint32_t tag,
               struct wr_tlv_reader *f)
{
    switch (w->kind) {
    case WR_WAIT_TASK:
        get_task(d, &w->task, tag, f);
        break;
    case WR_WAIT_JOB:
        get_job(d, &w->job, tag, f);
        break;
    case WR_WAIT_TIMER:
        get_timer(d, w, tag, f);
        break;
    case WR_WAIT_SUBSCRIPTION:
        get_subscription(d, &w->subscription, tag, f);
        break;
    case WR_WAIT_INCIDENT:
        get_incident(d, &w->incident, tag, f);
        break;
    case WR_WAIT_CHILD:
        if (tag == T_PROCESS)
            w->child.process = text(d, f);
        else if (tag == T_UNDOING)
            w->undoing = wr_tlv_int(f) != 0;
        break;
    case WR_WAIT_CONDITION:
        if (tag == T_MET)
            w->met = wr_tlv_int(f) != 0;
        break;
    case WR_WAIT_PARKED:
        break;
    }
}

/* Which listener of a node that is gone; checked like all that is stored. */
static int
get_late(struct wr_decoder *d, int node, struct wr_tlv_reader *f)
{
    int64_t late = wr_tlv_int(f);

    if (late >= 0 && late <= 2 * (int64_t)d->m->nodes[node].listeners.n)
        return (int)late;
    wr_decode_fail(d, "listener", late);

    return 0;
}

static int
get_part(struct wr_decoder *d, int node, struct wr_tlv_reader *f)
{
    int64_t part = wr_tlv_int(f);
    int n;

    (void)wr_node_events(&d->m->nodes[node], &n);
    if (part >= 0 && part < n)
        return (int)part;
    wr_decode_fail(d, "event part", part);

    return 0;
}

static void
get_parked(struct wr_decoder *d, struct wr_wait *w, struct wr_tlv_reader *f)
{
    struct wr_parked *p = wr_new(d->i->arena, struct wr_parked),
                     **end = &w->parked;
    struct wr_tlv_reader g;
    uint32_t tag;

    while (*end)
        end = &(*end)->next;
    *end = p;
    while (wr_tlv_next(f, &tag, &g)) {
        if (tag == PARKED_SEQ)
            p->seq = wr_tlv_int(&g);
        else if (tag == PARKED_PAYLOAD)
            p->payload = wr_decode_value(d, &g);
    }
}

static bool
is_wait(int64_t kind)
{
    return (kind >= WR_WAIT_TASK && kind <= WR_WAIT_CHILD)
           || kind == WR_WAIT_PARKED;
}

/* Twice over the fields: the kind decides what the others mean. */
void
wr_decode_wait(struct wr_decoder *d, struct wr_activity *a,
               struct wr_tlv_reader *f)
{
    struct wr_tlv_reader again = *f, g;
    struct wr_wait_at at = { .node = a->node, .created_at = a->since };
    struct wr_wait *w;
    int64_t kind = 0;
    uint32_t tag;

    while (wr_tlv_next(f, &tag, &g)) {
        if (tag == T_KIND)
            kind = wr_tlv_int(&g);
        else
            get_head(d, &at, tag, &g, a->since);
    }
    if (!is_wait(kind) || at.node < 0) {
        wr_decode_fail(d, "wait of kind", kind);
        return;
    }
    at.element = d->m->nodes[at.node].symbol;
    w = wr_wait_new(d->i, a, (enum wr_wait_kind)kind, &at);
    while (wr_tlv_next(&again, &tag, &g)) {
        if (tag == T_PART)
            w->part = get_part(d, w->node, &g);
        else if (tag == T_TOLD)
            w->told = wr_tlv_int(&g) != 0;
        else if (tag == T_LATE)
            w->late = get_late(d, w->node, &g);
        else if (tag == T_PAYLOAD)
            w->payload = wr_decode_value(d, &g);
        else if (tag == T_HELD)
            w->held = wr_decode_instant(d, &g);
        else if (tag == T_ABSENT)
            w->absent = wr_tlv_int(&g) != 0;
        else if (tag == T_PARKED)
            get_parked(d, w, &g);
        else
            get_wait_field(d, w, tag, &g);
    }
}
