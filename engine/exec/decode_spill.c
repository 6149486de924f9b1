/* decode_spill.c: a part of the state from its row, into the tree (spill.h). */

#include <string.h>

#include "engine/base/tlv.h"
#include "engine/exec/codec.h"
#include "engine/exec/codec_tags.h"
#include "engine/exec/decode.h"
#include "engine/exec/spill.h"

enum {
    MAX_DEPTH = 100
};

static struct wr_spilled *
known(const struct wr_instance *i, const struct wr_uuid *id)
{
    struct wr_index_link *l = wr_index_find(&i->parts, wr_index_hash_id(id));

    for (; l; l = l->next) {
        struct wr_spilled *r = l->owner;

        if (wr_uuid_equal(&r->id, id))
            return r;
    }

    return NULL;
}

static struct wr_spilled *
new_row(struct wr_instance *i, const struct wr_uuid *id)
{
    struct wr_spilled *r = wr_new(i->arena, struct wr_spilled);

    *r = (struct wr_spilled){ .next = i->spilled, .id = *id, .instance = i };
    i->spilled = r;
    wr_index_add(&i->parts, i->arena, &r->link, wr_index_hash_id(id), r);

    return r;
}

struct wr_spilled *
wr_part_value(struct wr_instance *i, const struct wr_uuid *id)
{
    struct wr_spilled *r = new_row(i, id);

    r->is_value = true;

    return r;
}

struct wr_spilled *
wr_part_new(struct wr_instance *i, struct wr_activity *of,
            const struct wr_uuid *id, bool is_log)
{
    struct wr_spilled *r = new_row(i, id), **end = &of->rows;

    r->of = of;
    r->is_log = is_log;
    if (is_log) { /* there may be thousands, in any order */
        r->more = *end;
        *end = r;
        return r;
    }
    while (*end)
        end = &(*end)->more;
    *end = r;

    return r;
}

/* Depth-first, parts below `top` left out. */
static struct wr_activity *
next_own(const struct wr_activity *top, struct wr_activity *a)
{
    for (;;) {
        if (a->first && (a == top || !a->outside)) {
            a = a->first;
        } else {
            while (a != top && !a->next)
                a = a->parent;
            if (a == top)
                return NULL;
            a = a->next;
        }
        if (!a->outside)
            return a;
    }
}

struct wr_wait *
wr_part_wait(struct wr_activity *top, struct wr_wait *after)
{
    struct wr_activity *a = after ? after->owner : top;
    struct wr_wait *w = after ? after->next : a->waits;

    for (;;) {
        for (; w; w = w->next) {
            if (!wr_uuid_is_zero(&w->id))
                return w;
        }
        a = next_own(top, a);
        if (!a)
            return NULL;
        w = a->waits;
    }
}

void
wr_part_alias(struct wr_str *out, const struct wr_uuid *main)
{
    wr_tlv_format(out, WR_STATE_FORMAT);
    wr_tlv_put_bytes(out, S_MAIN, main->b, sizeof(main->b));
}

/* ---- reading ---- */

struct part {
    struct wr_uuid main, outer, next;
    int64_t body;
    struct wr_tlv_reader child, log, value;
    bool has_child, has_log, has_value;
};

static void
get_id(struct wr_decoder *d, struct wr_tlv_reader *f, struct wr_uuid *out)
{
    if (wr_tlv_len(f) == sizeof(out->b))
        memcpy(out->b, wr_tlv_bytes(f), sizeof(out->b));
    else
        wr_decode_fail(d, "id of length", (int64_t)wr_tlv_len(f));
}

static void
read_part(struct wr_decoder *d, struct wr_tlv_reader *r, struct part *p)
{
    struct wr_tlv_reader f;
    uint32_t tag;

    while (!d->failed && wr_tlv_next(r, &tag, &f)) {
        if (tag == S_MAIN) {
            get_id(d, &f, &p->main);
        } else if (tag == S_OUTER) {
            get_id(d, &f, &p->outer);
        } else if (tag == S_NEXT) {
            get_id(d, &f, &p->next);
        } else if (tag == S_BODY) {
            p->body = wr_tlv_int(&f);
        } else if (tag == S_LOG) {
            p->log = f;
            p->has_log = true;
        } else if (tag == S_VALUE) {
            p->value = f;
            p->has_value = true;
        } else if (tag == A_CHILD) {
            p->child = f;
            p->has_child = true;
        }
    }
}

/* There is a row with this value. */
static struct wr_spilled *
far_value(struct wr_decoder *d, const struct wr_uuid *id)
{
    struct wr_spilled *r;

    if (!d->failed && known(d->i, id))
        wr_decode_fail(d, "value twice in", d->i->rev);
    if (d->failed)
        return NULL;
    r = wr_part_value(d->i, id);
    r->stored = true;
    d->i->n_away++;

    return r;
}

struct wr_spilled *
wr_decode_far(struct wr_decoder *d, struct wr_tlv_reader *f)
{
    struct wr_uuid id;

    get_id(d, f, &id);

    return far_value(d, &id);
}

/* false: nothing that is here is it a value of. */
static bool
take_value(struct wr_decoder *d, const struct wr_uuid *id, struct part *p)
{
    struct wr_spilled *r = known(d->i, id);

    if (r && !r->value) {
        r->value = wr_decode_value(d, &p->value);
        d->i->n_away--;
        d->i->n_vars_away -= r->is_var;
        if (!wr_uuid_is_zero(&p->next))
            r->then = far_value(d, &p->next);
    }

    return r != NULL;
}

static struct wr_spilled *
stored(struct wr_decoder *d, struct wr_activity *of, const struct wr_uuid *id,
       struct wr_blob blob, bool is_log)
{
    struct wr_spilled *r = wr_part_new(d->i, of, id, is_log);

    r->stored = true;
    r->blob.p = wr_arena_memdup(d->i->arena, blob.p, blob.len);
    r->blob.len = blob.len;

    return r;
}

/* Every further wait has a row. */
static void
know_aliases(struct wr_decoder *d, struct wr_activity *a)
{
    struct wr_str blob = { .arena = d->i->arena };

    wr_part_alias(&blob, &a->rows->id);
    for (struct wr_wait *w = wr_part_wait(a, NULL); w; w = wr_part_wait(a, w)) {
        if (!wr_uuid_equal(&w->id, &a->rows->id))
            stored(d, a, &w->id, (struct wr_blob){ blob.s, blob.len }, false);
    }
}

/* The row's counters are not those of the part: it was counted before. */
static void
hang(struct wr_decoder *d, struct wr_activity *body, struct part *p,
     const struct wr_spill_row *row)
{
    int32_t incidents = d->i->incidents;
    struct wr_activity *a;

    if (p->has_child && body->loop->away > 0) {
        a = wr_decode_child(d, body, &p->child);
        if (d->failed)
            return;
        wr_activity_place(a);
        stored(d, a, &row->id, row->blob, false);
        know_aliases(d, a);
        body->loop->away--;
    } else if (p->has_log && body->loop->logs_away > 0) {
        stored(d, body, &row->id, row->blob, true);
        wr_decode_outputs(d, body->loop, &p->log);
        body->loop->logs_away--;
    } else {
        wr_decode_fail(d, "part too many of loop", body->key);
        d->err->code = WR_ECONFLICT;
    }
    d->i->n_away--;
    d->i->incidents = incidents;
}

int
wr_part_decode(struct wr_instance *i, const struct wr_model *m,
               const struct wr_spill_row *row, struct wr_part *out, bool *done,
               struct wr_err *err)
{
    struct wr_decoder d = { .m = m, .i = i, .err = err };
    struct part p = { .body = -1 };
    struct wr_activity *body;
    struct wr_tlv_reader r;

    *done = true;
    if (row->rev > i->loaded_rev)
        return wr_fail(err, WR_ECONFLICT, "the instance has moved on");
    if (wr_tlv_open(&r, row->blob.p, row->blob.len, WR_STATE_FORMAT, err) < 0)
        return wr_wrap(err, "part of the state");
    read_part(&d, &r, &p);
    *out = (struct wr_part){ p.main, p.outer };
    if (d.failed || wr_tlv_done(&r, err) < 0)
        return wr_wrap(err, "part of the state");
    if (p.has_value) {
        *done = take_value(&d, &row->id, &p);
        return d.failed ? (int)err->code : 0;
    }
    if (!wr_uuid_is_zero(&p.main) || known(i, &row->id))
        return 0;
    body = wr_activity_by_key(i, p.body);
    *done = body && body->loop;
    if (*done)
        hang(&d, body, &p, row);
    else if (wr_uuid_is_zero(&p.outer))
        return wr_fail(err, WR_ECONFLICT, "the loop of a part is gone");
    if (d.failed || wr_tlv_done(&r, err) < 0)
        return wr_wrap(err, "part of the state");

    return 0;
}

/* Values are where they are looked for. */
static void
settle(struct wr_instance *i)
{
    struct wr_activity *a = i->root;

    for (; a; a = wr_activity_next(i->root, a))
        wr_vars_here(a);
}

int
wr_instance_load(struct wr_instance *i, const struct wr_model *m,
                 const struct wr_spill_row *rows, size_t n, struct wr_err *err)
{
    size_t left = n, before, at;
    struct wr_part part;
    bool done, back = false;

    do { /* those inside or behind others come when these are there */
        before = left;
        left = 0;
        for (size_t k = 0; k < n; k++) {
            at = back ? n - 1 - k : k;
            if (wr_part_decode(i, m, &rows[at], &part, &done, err) < 0)
                return err->code;
            left += !done;
        }
        back = !back; /* pieces of a log name older ones */
    } while (left && left < before);
    if (i->n_away)
        return wr_fail(err, WR_ECONFLICT, "parts of the state are missing");
    settle(i);

    return 0;
}

struct search {
    wr_parts_fn *find;
    void *data;
};

/* A row, and before it the parts that it is in. */
static int
get_part(struct wr_instance *i, const struct wr_model *m,
         const struct wr_uuid *id, const struct search *s, int depth,
         struct wr_err *err)
{
    const struct wr_spill_row *row;
    struct wr_part part;
    bool done;
    size_t n;

    if (!wr_parts_are_away(i) || known(i, id))
        return 0;
    if (depth > MAX_DEPTH)
        return wr_fail(err, WR_ECORRUPT, "parts of a state go round");
    if (s->find(s->data, id, &row, &n, err) < 0)
        return err->code;
    if (n == 0)
        return 0;
    if (wr_part_decode(i, m, row, &part, &done, err) < 0)
        return err->code;
    if (!wr_uuid_is_zero(&part.main))
        return get_part(i, m, &part.main, s, depth + 1, err);
    if (done)
        return 0;
    if (get_part(i, m, &part.outer, s, depth + 1, err) < 0
        || wr_part_decode(i, m, row, &part, &done, err) < 0)
        return err->code;

    return done ? 0 : wr_fail(err, WR_ECONFLICT, "a part is of no loop");
}

int
wr_instance_part(struct wr_instance *i, const struct wr_model *m,
                 const struct wr_uuid *id, wr_parts_fn *find, void *data,
                 struct wr_err *err)
{
    struct search s = { find, data };

    return get_part(i, m, id, &s, 0, err);
}

int
wr_instance_value(struct wr_instance *i, const struct wr_model *m,
                  const struct wr_spilled *r, wr_parts_fn *find, void *data,
                  struct wr_err *err)
{
    const struct wr_spill_row *row;
    struct wr_part part;
    bool done;
    size_t n;

    if (find(data, &r->id, &row, &n, err) < 0
        || (n && wr_part_decode(i, m, row, &part, &done, err) < 0))
        return err->code;

    return r->value ? 0 : wr_fail(err, WR_ECONFLICT, "a value is missing");
}

int
wr_instance_near(struct wr_instance *i, const struct wr_model *m,
                 const struct wr_uuid *id, wr_parts_fn *find, void *data,
                 struct wr_err *err)
{
    const struct wr_wait *w;
    struct wr_activity *a;

    if (wr_instance_part(i, m, id, find, data, err) < 0)
        return err->code;
    w = i->n_away ? wr_wait_find(i, id) : NULL;
    for (a = w ? w->owner : NULL; a; a = a->parent) {
        for (int k = 0; k < a->n_vars; k++) {
            const struct wr_spilled *r = a->vars[k].row;

            if (r && !r->value
                && wr_instance_value(i, m, r, find, data, err) < 0)
                return err->code;
        }
        wr_vars_here(a);
    }

    return 0;
}

bool
wr_instance_is_value(const struct wr_instance *i, const struct wr_uuid *id)
{
    const struct wr_spilled *r = known(i, id);

    return r && r->is_var;
}

bool
wr_instance_is_whole(const struct wr_instance *i)
{
    return i->n_away == 0;
}
