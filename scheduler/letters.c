#include "scheduler/letters.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/base/base64.h"
#include "engine/base/json.h"
#include "engine/base/log.h"

enum {
    BATCH = 50, /* messages of one post */
    BATCH_BYTES = 1 << 20,
    TICK_MS = 100,
    PAUSE_MS = 50, /* while no slot can; doubles */
    PAUSE_MAX_MS = 1600,
    REPORT_TRIES = 8
};

struct lane {
    struct wr_letters *all;
    enum wr_letter_kind kind;
    struct wr_queue *queue;
    struct wr_letter_counts counts;
    pthread_t thread;
    bool running;
    bool in_trouble; /* said so already */
};

struct wr_letters {
    struct wr_letters_options o;
    struct wr_queue_options queue_options;
    struct lane lanes[WR_LETTERS];
    pthread_mutex_t mutex;
    pthread_cond_t stop;
    bool stopping;
};

static const enum wr_queue_name queues[] = {
    [WR_LETTERS_DEAD] = WR_QUEUE_DEAD,
    [WR_LETTERS_INBOX] = WR_QUEUE_INBOX,
};

/* For so long, or till the end: false. */
static bool
wait_ms(struct wr_letters *l, int64_t ms)
{
    struct timespec until;
    bool stopping;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += ms % 1000 * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&l->mutex);
    if (!l->stopping && ms)
        pthread_cond_timedwait(&l->stop, &l->mutex, &until);
    stopping = l->stopping;
    pthread_mutex_unlock(&l->mutex);

    return !stopping;
}

/* Void when the connection went: the broker gives it to somebody again. */
static void
settle(struct lane *lane, const struct wr_queue_delivery *d,
       enum wr_queue_verdict verdict)
{
    struct wr_err err;

    if (wr_queue_settle(lane->queue, &d->tag, verdict, &err) < 0)
        return;
    atomic_fetch_add(verdict == WR_QUEUE_DONE     ? &lane->counts.acked
                     : verdict == WR_QUEUE_RETURN ? &lane->counts.returned
                                                  : &lane->counts.rejected,
                     1);
}

static void
trouble(struct lane *lane, const struct wr_err *err)
{
    if (!lane->in_trouble)
        wr_log(WR_LOG_WARN, "messages are not taken in", "queue",
               wr_letters_word(lane->kind), "cause", err->text, NULL);
    lane->in_trouble = true;
}

static void
all_well(struct lane *lane)
{
    if (lane->in_trouble)
        wr_log(WR_LOG_INFO, "messages are taken in again", "queue",
               wr_letters_word(lane->kind), NULL);
    lane->in_trouble = false;
}

static void
add_base64(struct wr_str *s, const char *name,
           const struct wr_queue_delivery *d)
{
    wr_str_printf(s, "\"%s\":\"", name);
    wr_base64_put(s, d->body, d->len);
    wr_str_addc(s, '"');
}

static void
add_text(struct wr_str *s, const char *name, const char *text)
{
    size_t n = strlen(text);

    if (wr_utf8_valid(text, n) != n)
        return; /* an id that nobody can name */
    wr_str_printf(s, "\"%s\":", name);
    wr_json_write_string(s, text, n);
    wr_str_addc(s, ',');
}

/* ---- dead letters ---- */

static void
dead_json(struct wr_str *s, const struct wr_queue_delivery *d)
{
    wr_str_addc(s, '{');
    add_text(s, "queue", d->origin ? d->origin : "dead");
    add_text(s, "reason", d->reason ? d->reason : "published");
    if (d->message_id)
        add_text(s, "messageId", d->message_id);
    wr_str_printf(s, "\"size\":%llu,", (unsigned long long)d->size);
    add_base64(s, "body", d);
    wr_str_addc(s, '}');
}

/* Its instance is told once: doing that may end a slot, too, and then the letter
 * holds the row. */
static void
report(struct lane *lane, struct wr_arena *a, const char *id)
{
    struct wr_letters *l = lane->all;
    struct wr_str body = { .arena = a };
    const struct wr_value *answer;
    int64_t pause = PAUSE_MS;
    struct wr_err err = { 0 };

    wr_str_printf(&body, "{\"letter\":\"%s\"}", id);
    for (int k = 0; k < REPORT_TRIES; k++) {
        int r = wr_post_ask(&l->o.poster, 0, "/internal/dead-letters/report",
                            &body, a, &answer, &err);

        if (r != WR_EBUSY)
            break;
        if (!wait_ms(l, pause))
            return;
        pause *= 2;
    }
    if (err.code)
        wr_log(WR_LOG_WARN, "an instance does not know of a dead letter",
               "letter", id, "cause", err.text, NULL);
}

static int
keep(struct lane *lane, const struct wr_queue_delivery *d, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 14);
    struct wr_str body = { .arena = a };
    const struct wr_value *answer, *held, *id;

    dead_json(&body, d);
    if (wr_post_ask(&lane->all->o.poster, 0, "/internal/dead-letters", &body, a,
                    &answer, err)
        < 0)
        return (int)err->code;
    held = wr_value_get(answer, "held");
    id = wr_value_get(answer, "id");
    if (held && held->type == WR_V_BOOL && held->boolean && id
        && id->type == WR_V_STRING)
        report(lane, a, id->string.s);

    return 0;
}

/* false: it ends. */
static bool
keep_all(struct lane *lane, const struct wr_queue_delivery *d, size_t n)
{
    int64_t pause = PAUSE_MS;

    for (size_t i = 0; i < n; i++) {
        struct wr_err err = { 0 };

        while (keep(lane, &d[i], &err) < 0) {
            trouble(lane, &err);
            if (!wait_ms(lane->all, pause))
                return false;
            pause = 2 * pause < PAUSE_MAX_MS ? 2 * pause : PAUSE_MAX_MS;
        }
        pause = PAUSE_MS;
        all_well(lane);
        settle(lane, &d[i], WR_QUEUE_DONE);
    }

    return true;
}

/* ---- the inbox ---- */

static void
inbox_json(struct wr_str *s, const struct wr_queue_delivery *d, size_t n)
{
    wr_str_add(s, "{\"items\":[");
    for (size_t i = 0; i < n; i++) {
        wr_str_add(s, i ? ",{" : "{");
        if (d[i].message_id)
            add_text(s, "messageId", d[i].message_id);
        add_base64(s, "body", &d[i]);
        wr_str_addc(s, '}');
    }
    wr_str_add(s, "]}");
}

/* A letter for each; WR_EBUSY: nobody listens, WR_EIO: perhaps it ended with
 * them. */
static int
post(struct lane *lane, const struct wr_queue_delivery *d, size_t n, char *each,
     struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 16);
    struct wr_str body = { .arena = a };
    const struct wr_value *answer, *said;

    inbox_json(&body, d, n);
    if (wr_post_ask(&lane->all->o.poster, 0, "/internal/inbox", &body, a,
                    &answer, err)
        < 0)
        return (int)err->code;
    said = wr_value_get(answer, "each");
    if (!said || said->type != WR_V_STRING || said->string.len != n)
        return wr_fail(err, WR_EIO, "a slot answered for other messages");
    memcpy(each, said->string.s, n);

    return 0;
}

/* Those that can be done now are done; of the others the first one waits, and
 * those behind it with it, in their order.  How many are settled.  *broke: one of
 * them may have ended the slot; alone, each shows whether it was that. */
static size_t
deliver(struct lane *lane, const struct wr_queue_delivery *d, size_t n,
        bool *broke, struct wr_err *err)
{
    char each[BATCH];
    size_t done = 0;
    int r = post(lane, d, n, each, err);

    *broke = r < 0 && r != WR_EBUSY;
    if (r == WR_EBUSY || (*broke && n > 1))
        return 0;
    if (r < 0) {
        settle(lane, d, WR_QUEUE_RETURN);
        return 1;
    }
    for (; done < n && each[done] != 'f'; done++)
        settle(lane, &d[done], WR_QUEUE_DONE);
    if (done < n)
        wr_fail(err, WR_EBUSY, "a slot could not do it now");

    return done;
}

static bool
deliver_all(struct lane *lane, const struct wr_queue_delivery *d, size_t n)
{
    int64_t pause = PAUSE_MS;
    size_t most = BATCH; /* at once */

    while (n) {
        struct wr_err err = { 0 };
        size_t k = 0, bytes = 0, done;
        bool broke;

        if (d->cut) { /* nobody can say what it means */
            settle(lane, d++, WR_QUEUE_REJECT);
            n--;
            continue;
        }
        while (k < n && k < most && !d[k].cut
               && (k == 0 || bytes + d[k].len <= BATCH_BYTES))
            bytes += d[k++].len;
        done = deliver(lane, d, k, &broke, &err);
        if (broke)
            most = 1;
        d += done;
        n -= done;
        if (done == k) {
            pause = PAUSE_MS;
            all_well(lane);
            continue;
        }
        trouble(lane, &err);
        if (!wait_ms(lane->all, pause))
            return false;
        pause = 2 * pause < PAUSE_MAX_MS ? 2 * pause : PAUSE_MAX_MS;
    }

    return true;
}

/* ---- both ---- */

static bool
is_ready(struct wr_letters *l)
{
    struct wr_link_view v;

    wr_link_look(wr_amqp_link(l->o.amqp), &v);

    return v.state == WR_LINK_READY;
}

static void *
run(void *data)
{
    struct lane *lane = data;
    bool on = true;

    while (on) {
        wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 14);
        struct wr_queue_delivery *d = wr_newn(a, struct wr_queue_delivery,
                                              BATCH);
        struct wr_err err;
        size_t n = 0;

        if (!is_ready(lane->all)
            || wr_queue_take(lane->queue, TICK_MS, a, d, BATCH, &n, &err) < 0)
            on = wait_ms(lane->all, TICK_MS);
        else
            on = wait_ms(lane->all, 0);
        atomic_fetch_add(&lane->counts.taken, (long)n);
        if (!on || n == 0)
            continue;
        on = lane->kind == WR_LETTERS_DEAD ? keep_all(lane, d, n)
                                           : deliver_all(lane, d, n);
    }

    return NULL;
}

const char *
wr_letters_word(enum wr_letter_kind kind)
{
    return wr_queue_word(queues[kind]);
}

struct wr_letter_counts *
wr_letters_counts(struct wr_letters *l, enum wr_letter_kind kind)
{
    return &l->lanes[kind].counts;
}

int
wr_letters_open(const struct wr_letters_options *o, struct wr_letters **out,
                struct wr_err *err)
{
    struct wr_letters *l = calloc(1, sizeof(*l));
    pthread_condattr_t attr;

    if (!l)
        abort();
    l->o = *o;
    l->queue_options = (struct wr_queue_options){
        .prefix = wr_config_text(o->config, WR_SET_KEY_PREFIX),
        .delivery_limit = WR_QUEUE_RETURNS,
    };
    pthread_mutex_init(&l->mutex, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&l->stop, &attr);
    pthread_condattr_destroy(&attr);
    for (int i = 0; i < WR_LETTERS; i++) {
        struct lane *lane = &l->lanes[i];

        lane->all = l;
        lane->kind = (enum wr_letter_kind)i;
        lane->queue = wr_queue_amqp(o->amqp, &l->queue_options);
        wr_queue_consume(lane->queue, 1U << queues[i], BATCH);
        lane->running = pthread_create(&lane->thread, NULL, run, lane) == 0;
        if (!lane->running) {
            wr_letters_close(l);
            return wr_fail(err, WR_EIO, "no thread for letters");
        }
    }
    *out = l;

    return 0;
}

void
wr_letters_close(struct wr_letters *l)
{
    if (!l)
        return;
    pthread_mutex_lock(&l->mutex);
    l->stopping = true;
    pthread_cond_broadcast(&l->stop);
    pthread_mutex_unlock(&l->mutex);
    for (int i = 0; i < WR_LETTERS; i++) {
        if (l->lanes[i].running)
            pthread_join(l->lanes[i].thread, NULL);
        wr_queue_close(l->lanes[i].queue);
    }
    pthread_cond_destroy(&l->stop);
    pthread_mutex_destroy(&l->mutex);
    free(l);
}
