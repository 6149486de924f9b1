/* amqp: RabbitMQ.  One connection publishes, another one consumes; each declares
 * the topology when it is made (docs/queues.md), so that a broker that lost its
 * data has it again. */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/str.h"
#include "engine/queue/topology.h"

enum {
    WINDOW = 256,  /* messages under way before their confirms are awaited */
    PERSISTENT = 2 /* delivery mode */
};

struct amqp {
    struct wr_queue base; /* first */
    struct wr_amqp *server;
    struct wr_queue_options o;

    pthread_mutex_t publishing;
    struct wr_amqp_conn *out; /* NULL: not connected */
    uint64_t sent;            /* by it */

    unsigned queues; /* to consume, 1 << enum wr_queue_name */
    int prefetch;
    struct wr_amqp_conn *in; /* NULL: not connected */
    uint64_t epoch;          /* of it */
    uint64_t *open;          /* numbers of unsettled deliveries */
    size_t n_open, cap_open;
};

static struct amqp *
of(struct wr_queue *q)
{
    return wr_container_of(q, struct amqp, base);
}

/* ---- connections ---- */

static int
set_up_out(struct wr_amqp_conn *c, void *data, struct wr_err *err)
{
    if (wr_queue_declare(c, &((struct amqp *)data)->o, err) < 0)
        return err->code;
    amqp_confirm_select(wr_amqp_state(c), WR_AMQP_CHANNEL);

    return wr_amqp_answered(c, "ask for confirms", err);
}

static int
set_up_in(struct wr_amqp_conn *c, void *data, struct wr_err *err)
{
    const struct amqp *q = data;
    char text[WR_QUEUE_NAME];

    if (wr_queue_declare(c, &q->o, err) < 0)
        return err->code;
    amqp_basic_qos(wr_amqp_state(c), WR_AMQP_CHANNEL, 0, (uint16_t)q->prefetch,
                   /* of all consumers together= */ 0);
    if (wr_amqp_answered(c, "set the prefetch", err) < 0)
        return err->code;
    for (int name = 0; name < WR_QUEUES; name++) {
        if (!(q->queues & 1U << name))
            continue;
        amqp_basic_consume(
            wr_amqp_state(c), WR_AMQP_CHANNEL,
            wr_queue_full_name(&q->o, (enum wr_queue_name)name, text),
            amqp_cstring_bytes(wr_queue_word((enum wr_queue_name)name)), 0,
            /* no_ack= */ 0, 0, amqp_empty_table);
        if (wr_amqp_answered(c, text, err) < 0)
            return err->code;
    }

    return 0;
}

/* ---- publish ---- */

struct window {
    struct wr_queue_item *items;
    size_t n, answered;
    uint64_t first; /* number of items[0] */
    bool done[WINDOW], returned[WINDOW];
    bool any_returned;
};

static int
send_one(struct amqp *q, const struct wr_queue_item *it, struct wr_err *err)
{
    char name[WR_QUEUE_NAME], id[WR_UUID_TEXT];
    const amqp_basic_properties_t props = {
        ._flags = AMQP_BASIC_DELIVERY_MODE_FLAG | AMQP_BASIC_MESSAGE_ID_FLAG,
        .delivery_mode = PERSISTENT,
        .message_id = { .len = WR_UUID_TEXT - 1, .bytes = id },
    };
    /* The library only reads it. */
    const union {
        const char *given;
        void *taken;
    } body = { .given = it->body };

    wr_uuid_text(&it->id, id);
    q->sent++;

    return wr_amqp_done(
        amqp_basic_publish(
            wr_amqp_state(q->out), WR_AMQP_CHANNEL, amqp_empty_bytes,
            wr_queue_full_name(&q->o, it->to, name),
            /* mandatory= */ 1, 0, &props,
            (amqp_bytes_t){ .len = it->len, .bytes = body.taken }),
        "publish", err);
}

static void
answer(struct window *w, uint64_t number, bool multiple, bool kept)
{
    for (size_t i = 0; i < w->n; i++) {
        uint64_t it = w->first + i;

        /* 0 stands for all. */
        if (w->done[i]
            || (multiple ? number != 0 && it > number : it != number))
            continue;
        w->done[i] = true;
        w->answered++;
        w->items[i].confirmed = kept && !w->returned[i];
    }
}

/* It found no queue; what tells which one it is comes with it. */
static void
came_back(struct window *w, const amqp_basic_properties_t *props)
{
    struct wr_uuid id;
    struct wr_err err;
    char text[WR_UUID_TEXT];

    w->any_returned = true;
    if (props->message_id.len != sizeof(text) - 1)
        return;
    memcpy(text, props->message_id.bytes, sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    if (wr_uuid_parse(text, sizeof(text) - 1, &id, &err) < 0)
        return;
    for (size_t i = 0; i < w->n; i++)
        w->returned[i] |= memcmp(&w->items[i].id, &id, sizeof(id)) == 0;
}

static void
read_frame(struct window *w, const amqp_frame_t *f)
{
    const amqp_method_t *m = &f->payload.method;

    if (f->frame_type == AMQP_FRAME_HEADER) {
        came_back(w, f->payload.properties.decoded);
    } else if (f->frame_type != AMQP_FRAME_METHOD) {
        return; /* the body of one that came back */
    } else if (m->id == AMQP_BASIC_ACK_METHOD) {
        const amqp_basic_ack_t *a = m->decoded;

        answer(w, a->delivery_tag, a->multiple, /* kept= */ true);
    } else if (m->id == AMQP_BASIC_NACK_METHOD) {
        const amqp_basic_nack_t *a = m->decoded;

        answer(w, a->delivery_tag, a->multiple, /* kept= */ false);
    }
}

static int
send_window(struct amqp *q, struct wr_queue_item *items, size_t n,
            struct wr_err *err)
{
    struct window w = { .items = items, .n = n, .first = q->sent + 1 };
    int64_t deadline;

    for (size_t i = 0; i < n; i++) {
        if (send_one(q, &items[i], err) < 0)
            return err->code;
    }
    deadline = wr_amqp_now() + wr_amqp_wait(q->server);
    while (w.answered < n) {
        amqp_frame_t f;
        int r = wr_amqp_frame(q->out, deadline, &f, err);

        if (r < 0)
            return r;
        if (r == 0)
            return wr_fail(err, WR_EIO, "no confirms within %d ms",
                           wr_amqp_wait(q->server));
        read_frame(&w, &f);
        amqp_maybe_release_buffers(wr_amqp_state(q->out));
    }
    if (w.any_returned) {
        /* A queue was deleted: declared again with the next connection. */
        wr_amqp_close(q->out);
        q->out = NULL;
    }

    return 0;
}

static int
out_connected(struct amqp *q, struct wr_err *err)
{
    if (q->out)
        return 0;
    q->sent = 0;

    return wr_amqp_open(q->server, set_up_out, q, &q->out, err);
}

static int
publish(struct wr_queue *base, struct wr_queue_item *items, size_t n,
        struct wr_err *err)
{
    struct amqp *q = of(base);
    int r = 0;

    pthread_mutex_lock(&q->publishing);
    for (size_t i = 0; r == 0 && i < n; i += WINDOW) {
        r = out_connected(q, err);
        if (r < 0)
            break;
        r = send_window(q, items + i, n - i < WINDOW ? n - i : WINDOW, err);
        if (r < 0) {
            r = wr_amqp_broken(q->out, err);
            q->out = NULL;
        }
    }
    pthread_mutex_unlock(&q->publishing);

    return r;
}

static int
depth(struct wr_queue *base, enum wr_queue_name name, long *out,
      struct wr_err *err)
{
    struct amqp *q = of(base);
    const amqp_queue_declare_ok_t *answer;
    char text[WR_QUEUE_NAME];
    int r;

    pthread_mutex_lock(&q->publishing);
    r = out_connected(q, err);
    if (r == 0) {
        answer = amqp_queue_declare(wr_amqp_state(q->out), WR_AMQP_CHANNEL,
                                    wr_queue_full_name(&q->o, name, text),
                                    /* passive= */ 1,
                                    /* durable= */ 1, 0, 0, amqp_empty_table);
        if (wr_amqp_answered(q->out, "look at a queue", err) < 0) {
            /* Deleted, perhaps: the next connection declares it. */
            wr_amqp_close(q->out);
            q->out = NULL;
            r = wr_fail(err, WR_ESTORE, "a queue cannot be looked at");
        } else {
            *out = (long)answer->message_count;
        }
    }
    pthread_mutex_unlock(&q->publishing);

    return r;
}

/* ---- consume ---- */

static void
consume(struct wr_queue *base, unsigned queues, int prefetch)
{
    struct amqp *q = of(base);

    q->queues = queues;
    q->prefetch = prefetch;
}

static int
in_connected(struct amqp *q, struct wr_err *err)
{
    if (q->in)
        return 0;
    q->epoch++;
    q->n_open = 0;

    return wr_amqp_open(q->server, set_up_in, q, &q->in, err);
}

static bool
same(amqp_bytes_t b, const char *word)
{
    return b.len == strlen(word) && memcmp(b.bytes, word, b.len) == 0;
}

static int
whole_number(const amqp_field_value_t *v)
{
    switch (v->kind) {
    case AMQP_FIELD_KIND_I64:
        return (int)v->value.i64;
    case AMQP_FIELD_KIND_U64:
        return (int)v->value.u64;
    case AMQP_FIELD_KIND_I32:
        return v->value.i32;
    case AMQP_FIELD_KIND_U32:
        return (int)v->value.u32;
    case AMQP_FIELD_KIND_I16:
        return v->value.i16;
    case AMQP_FIELD_KIND_U16:
        return v->value.u16;
    case AMQP_FIELD_KIND_I8:
        return v->value.i8;
    case AMQP_FIELD_KIND_U8:
        return v->value.u8;
    default:
        return 0;
    }
}

static const char *
text_of(const amqp_field_value_t *v, struct wr_arena *a)
{
    if (v->kind != AMQP_FIELD_KIND_UTF8)
        return NULL;

    return wr_arena_strndup(a, v->value.bytes.bytes, v->value.bytes.len);
}

static void
read_headers(const struct amqp *q, const amqp_table_t *t, struct wr_arena *a,
             struct wr_queue_delivery *d)
{
    size_t prefix = strlen(q->o.prefix);

    for (int i = 0; i < t->num_entries; i++) {
        const amqp_table_entry_t *e = &t->entries[i];

        if (same(e->key, "x-delivery-count"))
            d->returns = whole_number(&e->value);
        else if (same(e->key, "x-first-death-reason"))
            d->reason = text_of(&e->value, a);
        else if (same(e->key, "x-first-death-queue"))
            d->origin = text_of(&e->value, a);
    }
    if (d->origin && strncmp(d->origin, q->o.prefix, prefix) == 0
        && d->origin[prefix] == '.')
        d->origin += prefix + 1;
}

static void
read_properties(const struct amqp *q, const amqp_basic_properties_t *p,
                struct wr_arena *a, struct wr_queue_delivery *d)
{
    struct wr_err err;

    if (p->_flags & AMQP_BASIC_MESSAGE_ID_FLAG) {
        const char *id = wr_arena_strndup(a, p->message_id.bytes,
                                          p->message_id.len);

        d->message_id = id;
        if (wr_uuid_parse(id, strlen(id), &d->id, &err) < 0)
            d->id = (struct wr_uuid){ 0 };
    }
    if (p->_flags & AMQP_BASIC_HEADERS_FLAG)
        read_headers(q, &p->headers, a, d);
}

/* A frame of the kind that must come next. */
static int
rest(struct amqp *q, uint8_t kind, amqp_frame_t *f, struct wr_err *err)
{
    int64_t deadline = wr_amqp_now() + wr_amqp_wait(q->server);
    int r = wr_amqp_frame(q->in, deadline, f, err);

    if (r < 0)
        return r;
    if (r == 0)
        return wr_fail(err, WR_EIO, "half a message within %d ms",
                       wr_amqp_wait(q->server));
    if (f->frame_type != kind)
        return wr_fail(err, WR_EIO, "a message without its parts");

    return 0;
}

static int
read_content(struct amqp *q, struct wr_arena *a, struct wr_queue_delivery *d,
             struct wr_err *err)
{
    amqp_frame_t f;
    uint64_t size, got = 0;
    char *body;

    if (rest(q, AMQP_FRAME_HEADER, &f, err) < 0)
        return err->code;
    size = f.payload.properties.body_size;
    read_properties(q, f.payload.properties.decoded, a, d);
    d->size = size;
    d->cut = size > WR_QUEUE_BODY_MAX;
    d->len = d->cut ? WR_QUEUE_BODY_MAX : (size_t)size;
    body = wr_arena_alloc(a, d->len + 1);
    while (got < size) {
        amqp_bytes_t part;

        amqp_maybe_release_buffers(wr_amqp_state(q->in));
        if (rest(q, AMQP_FRAME_BODY, &f, err) < 0)
            return err->code;
        part = f.payload.body_fragment;
        if (got < d->len)
            memcpy(body + got, part.bytes,
                   got + part.len <= d->len ? part.len : d->len - got);
        got += part.len;
    }
    body[d->len] = '\0';
    d->body = body;

    return 0;
}

static void
note_open(struct amqp *q, uint64_t number)
{
    if (q->n_open == q->cap_open) {
        q->cap_open = q->cap_open ? 2 * q->cap_open : 64;
        q->open = realloc(q->open, q->cap_open * sizeof(*q->open));
        if (!q->open)
            abort();
    }
    q->open[q->n_open++] = number;
}

/* 1: a delivery, 0: none in time. */
static int
read_delivery(struct amqp *q, int64_t deadline, struct wr_arena *a,
              struct wr_queue_delivery *out, struct wr_err *err)
{
    const amqp_basic_deliver_t *m;
    amqp_frame_t f;
    int r;

    amqp_maybe_release_buffers(wr_amqp_state(q->in));
    r = wr_amqp_frame(q->in, deadline, &f, err);
    if (r <= 0)
        return r;
    if (f.frame_type != AMQP_FRAME_METHOD
        || f.payload.method.id != AMQP_BASIC_DELIVER_METHOD)
        /* basic.cancel */
        return wr_fail(err, WR_EVALUE, "a queue was deleted");
    m = f.payload.method.decoded;
    *out = (struct wr_queue_delivery){
        .tag = { .epoch = q->epoch, .number = m->delivery_tag },
    };
    while (out->from < WR_QUEUES
           && !same(m->consumer_tag, wr_queue_word(out->from)))
        out->from++;
    if (out->from == WR_QUEUES)
        return wr_fail(err, WR_EIO, "a delivery that nobody asked for");
    if (read_content(q, a, out, err) < 0)
        return err->code;
    note_open(q, out->tag.number);

    return 1;
}

static int
ended(struct amqp *q, struct wr_err *err)
{
    if (err->code != WR_EVALUE)
        return wr_amqp_broken(q->in, err);
    /* The server is well: the next connection declares the queue again. */
    wr_amqp_close(q->in);
    err->code = WR_ESTORE;

    return err->code;
}

static int
take(struct wr_queue *base, int64_t wait_ms, struct wr_arena *a,
     struct wr_queue_delivery *out, size_t cap, size_t *n, struct wr_err *err)
{
    struct amqp *q = of(base);
    size_t got = 0;
    int r = 1;

    if (in_connected(q, err) < 0)
        return err->code;
    while (r > 0 && got < cap) {
        r = read_delivery(q, wr_amqp_now() + (got ? 0 : wait_ms), a, &out[got],
                          err);
        if (r > 0)
            got++;
    }
    if (r < 0) {
        r = ended(q, err);
        q->in = NULL;
        return r;
    }
    *n = got;

    return 0;
}

static bool
forget_open(struct amqp *q, uint64_t number)
{
    for (size_t i = 0; i < q->n_open; i++) {
        if (q->open[i] == number) {
            q->open[i] = q->open[--q->n_open];
            return true;
        }
    }

    return false;
}

static int
settle(struct wr_queue *base, const struct wr_queue_tag *tag,
       enum wr_queue_verdict verdict, struct wr_err *err)
{
    struct amqp *q = of(base);
    int r;

    if (!q->in || tag->epoch != q->epoch || !forget_open(q, tag->number))
        return wr_fail(err, WR_ENOTFOUND, "no such delivery");
    if (verdict == WR_QUEUE_DONE)
        r = amqp_basic_ack(wr_amqp_state(q->in), WR_AMQP_CHANNEL, tag->number,
                           0);
    else
        r = amqp_basic_reject(wr_amqp_state(q->in), WR_AMQP_CHANNEL,
                              tag->number, verdict == WR_QUEUE_RETURN);
    if (wr_amqp_done(r, "settle", err) < 0) {
        r = wr_amqp_broken(q->in, err);
        q->in = NULL;
        return r;
    }

    return 0;
}

/* ---- open, close ---- */

static void
close_amqp(struct wr_queue *base)
{
    struct amqp *q = of(base);

    wr_amqp_close(q->in);
    wr_amqp_close(q->out);
    pthread_mutex_destroy(&q->publishing);
    free(q->open);
    free(q);
}

static const struct wr_queue_ops amqp_ops = {
    .name = "amqp",
    .publish = publish,
    .consume = consume,
    .take = take,
    .settle = settle,
    .depth = depth,
    .close = close_amqp,
};

struct wr_queue *
wr_queue_amqp(struct wr_amqp *server, const struct wr_queue_options *o)
{
    struct amqp *q = calloc(1, sizeof(*q));

    if (!q)
        abort();
    q->base.ops = &amqp_ops;
    q->server = server;
    q->o = *o;
    pthread_mutex_init(&q->publishing, NULL);

    return &q->base;
}
