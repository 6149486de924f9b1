/* spill.c: what a step leaves in rows, and fetching it (spill.h). */

#include "engine/exec/spill.h"

#include <string.h>

#include "engine/base/tlv.h"
#include "engine/exec/codec.h"
#include "engine/exec/codec_tags.h"

/* ---- fetching ---- */

static bool
can(const struct wr_exec *x)
{
    return x->s->outside && x->s->outside->spilled;
}

int
wr_spill_ask(void *data, const struct wr_uuid *id,
             const struct wr_spill_row **rows, size_t *n, struct wr_err *err)
{
    struct wr_exec *x = data;

    if (!can(x))
        return wr_fail(err, WR_EUNSUPPORTED,
                       "a part of the state is elsewhere");

    return x->s->outside->spilled(x->s->outside->data, x->s, id, rows, n, err);
}

struct wr_wait *
wr_spill_find(struct wr_exec *x, const struct wr_uuid *id)
{
    struct wr_err err;

    if (!wr_parts_are_away(x->i) || wr_uuid_is_zero(id) || x->lost.code)
        return NULL;
    if (wr_instance_part(x->i, x->m, id, wr_spill_ask, x, &err) < 0) {
        x->lost = err;
        return NULL;
    }

    return wr_wait_find(x->i, id);
}

void
wr_spill_all(struct wr_exec *x)
{
    const struct wr_spill_row *rows;
    struct wr_err err;
    size_t n;

    if (!wr_parts_are_away(x->i) || x->lost.code)
        return;
    if (wr_spill_ask(x, NULL, &rows, &n, &err) < 0
        || wr_instance_load(x->i, x->m, rows, n, &err) < 0)
        x->lost = err;
}

bool
wr_spill_is_away(const struct wr_activity *body)
{
    const struct wr_iterations *its = body->loop;
    const struct wr_spilled *piece = its ? its->items_row : NULL;

    while (piece && piece->value)
        piece = piece->then;

    return piece || (its && its->away + its->logs_away > 0);
}

void
wr_spill_below(struct wr_exec *x, struct wr_activity *top)
{
    struct wr_activity *a = wr_parts_are_away(x->i) ? top : NULL;

    while (a && !wr_spill_is_away(a))
        a = wr_activity_next(top, a);
    if (a)
        wr_spill_all(x);
}

/* ---- leaving ---- */

static bool
is_many(const struct wr_exec *x, int64_t iterations)
{
    return x->s->spill_from ? iterations >= x->s->spill_from
                            : iterations >= WR_SPILL_FROM;
}

/* What its iterations give is in rows. */
static bool
is_long(const struct wr_exec *x, const struct wr_activity *a)
{
    return a->role == WR_ROLE_BODY && a->loop && a->undo == WR_UNDO_NONE
           && is_many(x, a->loop->total);
}

/* They themselves are. */
static bool
is_big(const struct wr_exec *x, const struct wr_activity *a)
{
    return is_long(x, a) && x->m->nodes[a->node].loop->kind == WR_LOOP_PARALLEL;
}

/* A step that was cut has something to ask of it still: scope.c. */
static bool
is_asked(const struct wr_model *m, const struct wr_activity *a)
{
    int scope = wr_activity_scope(m, a);

    if (!a->lines[WR_LINE_TOUCHED].in)
        return false;

    return a->n_queues || a->n_drawn || !a->first || a->role == WR_ROLE_BODY
           || (a->node >= 0 && m->nodes[a->node].ad_hoc)
           || (scope >= 0 && m->scopes[scope].n_event_subs);
}

/* Nobody looks for anything in it but by its id. */
static bool
is_quiet(const struct wr_model *m, struct wr_activity *top)
{
    struct wr_activity *a = top;

    for (; a; a = wr_activity_next(top, a)) {
        if (a->pending || a->undo || is_asked(m, a))
            return false;
        for (const struct wr_wait *w = a->waits; w; w = w->next) {
            if (w->kind == WR_WAIT_CONDITION)
                return false;
        }
    }

    return top->started;
}

static void
put_head(struct wr_str *out, const struct wr_activity *body)
{
    const struct wr_activity *a = body;

    wr_tlv_format(out, WR_STATE_FORMAT);
    while (a && !a->outside)
        a = a->parent;
    if (a)
        wr_tlv_put_bytes(out, S_OUTER, a->rows->id.b, sizeof(a->rows->id.b));
    wr_tlv_put_int(out, S_BODY, body->key);
}

static struct wr_spilled *
row_of(const struct wr_activity *a, const struct wr_uuid *id)
{
    struct wr_spilled *r = a->rows;

    while (r && !wr_uuid_equal(&r->id, id))
        r = r->more;

    return r;
}

void
wr_spill_keep(struct wr_spilled *r, const struct wr_str *blob)
{
    r->kept = true;
    if (r->blob.len == blob->len && memcmp(r->blob.p, blob->s, blob->len) == 0)
        return;
    r->blob = (struct wr_blob){ blob->s, blob->len };
    r->changed = true;
}

/* A wait that is not the one the part is found by: an alias. */
static void
keep_alias(struct wr_exec *x, struct wr_activity *a, const struct wr_uuid *id)
{
    struct wr_spilled *r = row_of(a, id);
    struct wr_str blob = { .arena = x->arena };

    if (!r)
        r = wr_part_new(x->i, a, id, /* is_log= */ false);
    wr_part_alias(&blob, &a->rows->id);
    wr_spill_keep(r, &blob);
}

/* Its first row is the part itself: named by a wait, or when all of them are
 * in parts below, by nothing. */
static void
name_part(struct wr_exec *x, struct wr_activity *a)
{
    const struct wr_wait *w = wr_part_wait(a, NULL);
    struct wr_uuid fresh;

    if (a->rows)
        return;
    if (!w)
        fresh = wr_uuid_next(&x->ids);
    wr_part_new(x->i, a, w ? &w->id : &fresh, /* is_log= */ false);
}

static void
put_part(struct wr_exec *x, struct wr_activity *a)
{
    struct wr_str blob = { .arena = x->arena };

    put_head(&blob, a->parent);
    wr_activity_encode(x->i, x->m, a, &blob);
    wr_spill_keep(a->rows, &blob);
    for (struct wr_wait *w = wr_part_wait(a, NULL); w; w = wr_part_wait(a, w)) {
        if (!wr_uuid_equal(&w->id, &a->rows->id))
            keep_alias(x, a, &w->id);
    }
}

static void
put_log(struct wr_exec *x, struct wr_activity *body)
{
    struct wr_iterations *its = body->loop;
    struct wr_str blob = { .arena = x->arena };
    struct wr_uuid id;

    if (its->log.len < WR_SPILL_LOG)
        return;
    id = wr_uuid_next(&x->ids);
    put_head(&blob, body);
    wr_tlv_put_bytes(&blob, S_LOG, its->log.s, its->log.len);
    wr_spill_keep(wr_part_new(x->i, body, &id, /* is_log= */ true), &blob);
    its->log.len = 0;
}

static void
mark(struct wr_exec *x)
{
    struct wr_activity *a = x->i->root;

    for (; a; a = wr_activity_next(x->i->root, a)) {
        a->outside = a->parent && is_big(x, a->parent) && is_quiet(x->m, a);
    }
}

static void
put_all(struct wr_exec *x)
{
    struct wr_activity *a = x->i->root;

    wr_log_keep(x);
    for (; a; a = wr_activity_next(x->i->root, a)) {
        if (a->outside) /* the outer before the inner, which name it */
            name_part(x, a);
        if (!is_long(x, a))
            continue;
        put_log(x, a);
        for (struct wr_spilled *r = a->rows; r; r = r->more)
            r->kept = true;
    }
    for (a = x->i->root; a; a = wr_activity_next(x->i->root, a)) {
        if (a->outside)
            put_part(x, a);
    }
}

/* Neither in the store nor to come there. */
static void
forget(struct wr_instance *i, struct wr_spilled *r)
{
    struct wr_spilled **at = r->of ? &r->of->rows : NULL;

    while (at && *at != r)
        at = &(*at)->more;
    if (at)
        *at = r->more;
    wr_index_remove(&i->parts, &r->link);
}

static void
add_op(struct wr_exec *x, const struct wr_spilled *r, enum wr_op op)
{
    struct wr_step_state *s = x->s->state;
    struct wr_spill_op *grown;

    if (s->n_spills == s->cap_spills) {
        s->cap_spills = s->cap_spills ? 2 * s->cap_spills : 8;
        grown = wr_newn(x->arena, struct wr_spill_op, (size_t)s->cap_spills);
        for (int k = 0; k < s->n_spills; k++)
            grown[k] = s->spills[k];
        s->spills = grown;
    }
    s->spills[s->n_spills++] = (struct wr_spill_op){
        .op = op,
        .is_new = !r->stored,
        .row = { .id = r->id,
                 .instance = x->i->id,
                 .tenant = x->i->tenant,
                 .rev = x->i->rev,
                 .fixed = r->is_var,
                 .blob = r->blob },
    };
}

void
wr_spill_finish(struct wr_exec *x)
{
    struct wr_spilled **at = &x->i->spilled, *r;
    bool parts = x->i->spilled || x->s->spill_from == 1
                 || is_many(x, x->i->widest);

    if (!can(x))
        return;
    for (r = x->i->spilled; r; r = r->next)
        r->kept = false;
    if (parts)
        mark(x);
    wr_far_keep(x);
    if (parts)
        put_all(x);
    x->s->state->n_spills = 0;
    while ((r = *at)) {
        if (r->kept && r->changed)
            add_op(x, r, WR_OP_PUT);
        else if (!r->kept && r->stored)
            add_op(x, r, WR_OP_DEL);
        if (r->kept || r->stored) {
            at = &r->next;
            continue;
        }
        *at = r->next;
        forget(x->i, r);
    }
}
