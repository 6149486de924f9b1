/* decode.c: the state of an instance from a blob; codec.h has the layout. */

#include "engine/exec/decode.h"

#include "engine/base/tlv.h"
#include "engine/exec/codec.h"
#include "engine/exec/codec_tags.h"
#include "engine/model/symbols.h"

enum {
    MAX_DEPTH = 256
};

void
wr_decode_fail(struct wr_decoder *d, const char *what, int64_t n)
{
    if (!d->failed)
        (void)wr_fail(d->err, WR_ECORRUPT, "%s %lld in the state", what,
                      (long long)n);
    d->failed = true;
}

int
wr_decode_node(struct wr_decoder *d, struct wr_tlv_reader *f)
{
    int64_t symbol = wr_tlv_int(f);
    int node = symbol > 0 && symbol <= INT32_MAX
                   ? wr_model_node_of(d->m, (int)symbol)
                   : -1;

    if (node >= 0)
        return node;
    wr_decode_fail(d, "unknown element", symbol);

    return 0;
}

static int
get_flow(struct wr_decoder *d, struct wr_tlv_reader *f)
{
    int64_t symbol = wr_tlv_int(f);
    int flow = symbol > 0 && symbol <= INT32_MAX
                   ? wr_model_flow_of(d->m, (int)symbol)
                   : -1;

    if (flow >= 0)
        return flow;
    wr_decode_fail(d, "unknown flow", symbol);

    return 0;
}

const struct wr_value *
wr_decode_value(struct wr_decoder *d, struct wr_tlv_reader *f)
{
    const struct wr_value *v = &wr_null;

    if (!d->failed
        && wr_value_decode(d->i->arena, f->p, (size_t)(f->end - f->p), &v,
                           d->err)
               < 0)
        d->failed = true;

    return v;
}

int64_t
wr_decode_instant(struct wr_decoder *d, struct wr_tlv_reader *f)
{
    return d->i->started_at + wr_tlv_int(f);
}

static const char *
get_name(struct wr_decoder *d, struct wr_tlv_reader *f)
{
    uint64_t symbol = wr_varint_get(f), len;
    const char *name;

    if (symbol) {
        name = symbol <= INT32_MAX ? wr_symbols_name(d->m->symbols, (int)symbol)
                                   : NULL;
    } else {
        len = wr_varint_get(f);
        if (len > (uint64_t)(f->end - f->p)) {
            wr_decode_fail(d, "name of length", (int64_t)len);
            return NULL;
        }
        name = wr_arena_strndup(d->i->arena, (const char *)f->p, len);
        f->p += len;
    }
    if (!name)
        wr_decode_fail(d, "unknown variable", (int64_t)symbol);

    return name;
}

static void
get_var(struct wr_decoder *d, struct wr_activity *a, struct wr_tlv_reader *f)
{
    const char *name = get_name(d, f);

    if (name)
        wr_var_put(d->i, a, name, wr_decode_value(d, f));
}

static void
get_far(struct wr_decoder *d, struct wr_activity *a, struct wr_tlv_reader *f,
        bool sized)
{
    const char *name = get_name(d, f);
    struct wr_tlv_reader id = *f;
    struct wr_spilled *row;

    if (sized && wr_tlv_len(f) > sizeof(struct wr_uuid)) {
        f->p += sizeof(struct wr_uuid);
        id.end = f->p;
    }
    row = name ? wr_decode_far(d, &id) : NULL;
    if (!row)
        return;
    row->is_var = true;
    row->size = sized ? (int64_t)wr_varint_get(f) : 0;
    d->i->n_vars_away++;
    wr_var_far(d->i, a, name, row);
}

static void
reverse(struct wr_log_entry **log)
{
    struct wr_log_entry *e = *log, *before = NULL;

    while (e) {
        struct wr_log_entry *next = e->next;

        e->next = before;
        before = e;
        e = next;
    }
    *log = before;
}

static void
get_called(struct wr_decoder *d, const struct wr_called **out,
           struct wr_tlv_reader *f)
{
    struct wr_called *c = wr_new(d->i->arena, struct wr_called);
    struct wr_tlv_reader g;
    uint32_t tag;

    c->process = "";
    while (wr_tlv_next(f, &tag, &g)) {
        if (tag == C_ID)
            wr_decode_id(d, &g, &c->id);
        else if (tag == C_PROCESS)
            c->process = wr_tlv_text(&g, d->i->arena);
    }
    *out = c;
}

/* They were written latest first: reverse() when all are there. */
static void
get_log(struct wr_decoder *d, struct wr_log_entry **log,
        struct wr_tlv_reader *f, int depth)
{
    struct wr_log_entry *e = wr_new(d->i->arena, struct wr_log_entry);
    struct wr_activity self = { .key = 0 };
    struct wr_tlv_reader g;
    uint32_t tag;

    if (depth > MAX_DEPTH)
        wr_decode_fail(d, "log nested beyond", MAX_DEPTH);
    e->node = -1;
    while (!d->failed && wr_tlv_next(f, &tag, &g)) {
        if (tag == U_NODE)
            e->node = wr_decode_node(d, &g);
        else if (tag == U_SEQ)
            e->seq = wr_tlv_int(&g);
        else if (tag == U_HANDLER)
            e->handler = wr_tlv_int(&g);
        else if (tag == U_VAR)
            get_var(d, &self, &g);
        else if (tag == U_LOG)
            get_log(d, &e->log, &g, depth + 1);
        else if (tag == U_CALLED)
            get_called(d, &e->called, &g);
        else if (tag == U_PARTLY)
            e->partly = wr_tlv_int(&g) != 0;
        else if (tag == U_FAR)
            e->rest = wr_decode_far(d, &g);
        else if (tag == U_MORE)
            e->more = wr_tlv_int(&g);
    }
    if (e->node < 0)
        wr_decode_fail(d, "log without element", e->seq);
    e->vars = self.vars;
    e->n_vars = self.n_vars;
    reverse(&e->log);
    e->next = *log;
    *log = e;
}

int
wr_log_decode(struct wr_instance *i, const struct wr_model *m,
              struct wr_blob blob, struct wr_log_entry **out,
              struct wr_err *err)
{
    struct wr_decoder d = { .m = m, .i = i, .err = err };
    struct wr_tlv_reader r, f;
    uint32_t tag;

    *out = NULL;
    if (wr_tlv_open(&r, blob.p, blob.len, WR_STATE_FORMAT, err) < 0)
        return wr_wrap(err, "log of a loop");
    while (!d.failed && wr_tlv_next(&r, &tag, &f)) {
        if (tag == A_LOG)
            get_log(&d, out, &f, 0);
    }
    if (d.failed || wr_tlv_done(&r, err) < 0)
        return wr_wrap(err, "log of a loop");
    reverse(out);

    return 0;
}

static void
get_undo(struct wr_decoder *d, struct wr_activity *a, struct wr_tlv_reader *f)
{
    int64_t undo = wr_tlv_int(f);

    bool root = undo == WR_UNDO_SCOPE || undo == WR_UNDO_EVENT_SUB;

    if (undo < WR_UNDO_NONE || undo > WR_UNDO_CALL || (!a->parent && !root))
        wr_decode_fail(d, "compensation", undo);
    else
        a->undo = (enum wr_undo)undo;
}

static void
get_queue(struct wr_decoder *d, struct wr_activity *a, struct wr_tlv_reader *f)
{
    struct wr_tlv_reader g;
    int64_t n = 1;
    uint32_t tag;
    int flow = -1;

    while (wr_tlv_next(f, &tag, &g)) {
        if (tag == W_FLOW)
            flow = get_flow(d, &g);
        else if (tag == W_SCOPE)
            n = wr_tlv_int(&g);
    }
    if (flow < 0 || n < 1)
        wr_decode_fail(d, "queue of", n);
    else
        wr_queue_add(d->i, a, flow, n);
}

static void
get_talk(struct wr_decoder *d, struct wr_activity *a, struct wr_tlv_reader *f)
{
    const char *key = NULL, *value = NULL;
    struct wr_tlv_reader g;
    uint32_t tag;

    while (wr_tlv_next(f, &tag, &g)) {
        if (tag == TALK_KEY)
            key = wr_tlv_text(&g, d->i->arena);
        else if (tag == TALK_VALUE)
            value = wr_tlv_text(&g, d->i->arena);
    }
    if (key && value)
        wr_talk_set(d->i, a, key, value);
    else
        wr_decode_fail(d, "conversation without key at", a->key);
}

static void get_activity(struct wr_decoder *d, struct wr_activity *a,
                         struct wr_tlv_reader *f, int depth);

static struct wr_activity *
get_child(struct wr_decoder *d, struct wr_activity *parent,
          struct wr_tlv_reader *f, int depth)
{
    struct wr_activity *a = wr_activity_new(d->i, parent, 0, -1);

    if (parent->role == WR_ROLE_BODY) {
        a->role = WR_ROLE_ITERATION;
        a->node = parent->node;
        if (!parent->loop)
            wr_decode_fail(d, "iterations without a loop at", parent->key);
    }
    a->stage = WR_STAGE_ACTIVE;
    a->since = d->i->started_at;
    if (depth > MAX_DEPTH)
        wr_decode_fail(d, "activities nested beyond", MAX_DEPTH);
    else
        get_activity(d, a, f, depth);
    a->started = a->key > 0;

    return a;
}

struct wr_activity *
wr_decode_child(struct wr_decoder *d, struct wr_activity *parent,
                struct wr_tlv_reader *f)
{
    return get_child(d, parent, f, 1);
}

static void
get_ad_hoc(struct wr_decoder *d, struct wr_activity *a, struct wr_tlv_reader *f)
{
    int64_t phase = wr_tlv_int(f);

    if (phase < WR_AD_HOC_OPEN || phase > WR_AD_HOC_CLOSED)
        wr_decode_fail(d, "ad-hoc phase", phase);
    else
        a->ad_hoc = (enum wr_ad_hoc_phase)phase;
}

static void
get_stage(struct wr_decoder *d, struct wr_activity *a, struct wr_tlv_reader *f)
{
    int64_t stage = wr_tlv_int(f);

    if (stage < WR_STAGE_BEFORE || stage > WR_STAGE_OUT)
        wr_decode_fail(d, "stage", stage);
    else
        a->stage = (enum wr_stage)stage;
}

/* How many were heard needs no look at the model: beyond the last is "all". */
static void
get_listening(struct wr_decoder *d, struct wr_activity *a, uint32_t tag,
              struct wr_tlv_reader *f)
{
    int64_t n = wr_tlv_int(f);

    if (n < 0
        || (tag == A_MOMENT && n > WR_MOMENT_END && n != WR_MOMENT_TIMEOUT)
        || n > INT32_MAX)
        wr_decode_fail(d, "listener", n);
    else if (tag == A_MOMENT)
        a->moment = (enum wr_moment)n;
    else
        a->heard = (int)n;
}

static void
get_activity(struct wr_decoder *d, struct wr_activity *a,
             struct wr_tlv_reader *f, int depth)
{
    struct wr_tlv_reader g;
    unsigned own = 0;
    uint32_t tag;

    while (!d->failed && wr_tlv_next(f, &tag, &g)) {
        switch (tag) {
        case A_KEY:
            wr_activity_key(d->i, a, wr_tlv_int(&g));
            break;
        case A_NODE:
            a->node = wr_decode_node(d, &g);
            break;
        case A_FLOW:
            a->flow = get_flow(d, &g);
            break;
        case A_STAGE:
            get_stage(d, a, &g);
            break;
        case A_SINCE:
            a->since = wr_decode_instant(d, &g);
            break;
        case A_FAR:
        case A_LARGE:
            get_far(d, a, &g, tag == A_LARGE);
            break;
        case A_VAR:
            get_var(d, a, &g);
            break;
        case A_QUEUE:
            get_queue(d, a, &g);
            break;
        case A_AD_HOC:
            get_ad_hoc(d, a, &g);
            break;
        case A_PLANNED:
            wr_planned_add(d->i, a, wr_decode_node(d, &g));
            break;
        case A_DRAWN:
            wr_drawn_add(d->i, a, get_flow(d, &g));
            break;
        case A_WAIT:
            wr_decode_wait(d, a, &g);
            break;
        case A_CHILD:
            (void)get_child(d, a, &g, depth + 1);
            break;
        case A_RESULT:
            a->result = wr_decode_value(d, &g);
            break;
        case A_LOG:
            get_log(d, &a->log, &g, depth);
            break;
        case A_UNDO:
            get_undo(d, a, &g);
            break;
        case A_CALLED:
            get_called(d, &a->called, &g);
            break;
        case A_ARMED:
            a->armed = wr_tlv_int(&g) != 0;
            break;
        case A_INTERRUPTED:
            a->interrupted = wr_tlv_int(&g) != 0;
            break;
        case A_TALK:
            get_talk(d, a, &g);
            break;
        case A_CAME:
            a->came = (int)wr_tlv_int(&g);
            break;
        case A_START:
            a->start = wr_decode_node(d, &g);
            break;
        case A_ROLE:
            a->role = wr_tlv_int(&g) == WR_ROLE_BODY ? WR_ROLE_BODY
                                                     : WR_ROLE_PLAIN;
            break;
        case A_INDEX:
            a->index = wr_tlv_int(&g);
            break;
        case A_OWN:
            own = (unsigned)wr_tlv_int(&g);
            break;
        case A_MOMENT:
        case A_HEARD:
            get_listening(d, a, tag, &g);
            break;
        case A_TRIGGERED:
            a->triggered = wr_tlv_int(&g) != 0;
            break;
        case A_LOOP:
            wr_decode_loop(d, a, &g);
            break;
        default: /* of a later build that still writes this format */
            break;
        }
    }
    for (int k = 0; k < a->n_planned && !d->failed; k++) {
        if (a->node < 0 || !d->m->nodes[a->node].ad_hoc
            || d->m->nodes[a->planned[k]].scope != d->m->nodes[a->node].inner)
            wr_decode_fail(d, "planned element of", a->key);
    }
    if (a->undo == WR_UNDO_CALL && !a->called)
        wr_decode_fail(d, "no called process of", a->key);
    if (a->role != WR_ROLE_PLAIN && (a->node < 0 || !d->m->nodes[a->node].loop))
        wr_decode_fail(d, "loop at element", a->node);
    if (a->index < 0)
        wr_decode_fail(d, "iteration", a->index);
    if (!d->failed && a->role == WR_ROLE_ITERATION)
        wr_loop_locals(d->i, d->m->nodes[a->node].loop, a, own);
    reverse(&a->log);
}

static void
get_work(struct wr_decoder *d, struct wr_tlv_reader *f)
{
    struct wr_activity *scope;
    struct wr_tlv_reader g;
    int64_t key = 0;
    int node = -1, flow = -1;
    uint32_t tag;

    while (wr_tlv_next(f, &tag, &g)) {
        if (tag == W_SCOPE)
            key = wr_tlv_int(&g);
        else if (tag == W_NODE)
            node = wr_decode_node(d, &g);
        else if (tag == W_FLOW)
            flow = get_flow(d, &g);
    }
    scope = wr_activity_by_key(d->i, key);
    if (!scope || node < 0)
        wr_decode_fail(d, "work for scope", key);
    else
        wr_work_add(d->i, scope, node, flow);
}

static void
get_reopened(struct wr_decoder *d, struct wr_reopened *r,
             struct wr_tlv_reader *f)
{
    struct wr_tlv_reader g;
    int64_t was;
    uint32_t tag;

    r->on = true;
    while (!d->failed && wr_tlv_next(f, &tag, &g)) {
        if (tag == R_ENDED) {
            r->ended_at = wr_decode_instant(d, &g);
        } else if (tag == R_TELLS) {
            r->tells = wr_tlv_int(&g) != 0;
        } else if (tag == R_PARALLEL) {
            r->parallel = wr_tlv_int(&g) != 0;
        } else if (tag == R_ASIDE) {
            get_log(d, &r->aside, &g, 0);
        } else if (tag == R_WAS) {
            was = wr_tlv_int(&g);
            if (was < WR_COMPLETED || was > WR_CANCELED)
                wr_decode_fail(d, "state before", was);
            else
                r->was = (enum wr_instance_state)was;
        }
    }
    reverse(&r->aside);
}

int
wr_instance_decode(struct wr_arena *a, const struct wr_model *m,
                   const struct wr_instance_row *row, struct wr_instance **out,
                   struct wr_err *err)
{
    struct wr_instance *i = wr_instance_new(a, row->id, row->definition,
                                            row->tenant);
    struct wr_decoder d = { .m = m, .i = i, .err = err };
    struct wr_tlv_reader r, f;
    uint32_t tag;

    i->rev = i->loaded_rev = row->rev;
    i->state = row->state;
    i->started_at = row->started_at;
    i->ended_at = row->ended_at;
    i->business_key = row->business_key ? wr_arena_strdup(a, row->business_key)
                                        : NULL;
    i->tags = wr_arena_strdups(a, row->tags, row->n_tags);
    i->n_tags = row->n_tags;
    i->singleton = row->singleton ? wr_arena_strdup(a, row->singleton) : NULL;
    i->parent = row->parent;
    i->root_id = row->root;
    i->root->since = row->started_at;
    if (wr_tlv_open(&r, row->blob.p, row->blob.len, WR_STATE_FORMAT, err) < 0)
        return wr_wrap(err, "instance state");
    while (!d.failed && wr_tlv_next(&r, &tag, &f)) {
        if (tag == I_NEXT_KEY)
            i->next_key = wr_tlv_int(&f);
        else if (tag == I_DEPTH)
            i->depth = (int32_t)wr_tlv_int(&f);
        else if (tag == I_SUSPENDED)
            i->suspended_at = wr_decode_instant(&d, &f);
        else if (tag == I_BY_CALLER)
            i->by_caller = wr_tlv_int(&f) != 0;
        else if (tag == I_PAST)
            wr_earlier_add(i, wr_earlier_decode(&f));
        else if (tag == I_TRANSIENT)
            d.failed = wr_transient_decode(i, &f, err) < 0;
        else if (tag == I_BY_DEFINITION)
            i->by_definition = wr_tlv_int(&f) != 0;
        else if (tag == I_ENDS_ALL)
            i->ends_all = wr_tlv_int(&f) != 0;
        else if (tag == I_REOPENED)
            get_reopened(&d, &i->reopened, &f);
        else if (tag == I_UNDONE)
            i->undone = wr_tlv_int(&f) != 0;
        else if (tag == I_ROOT)
            get_activity(&d, i->root, &f, 0);
        else if (tag == I_WORK)
            get_work(&d, &f);
    }
    if (!d.failed && (i->root->undo != WR_UNDO_NONE) != i->reopened.on)
        wr_decode_fail(&d, "compensation", i->root->undo);
    if (d.failed || wr_tlv_done(&r, err) < 0)
        return wr_wrap(err, "instance state");
    if (i->n_away) /* those of its parts, too */
        i->incidents = row->incidents;
    *out = i;

    return 0;
}
