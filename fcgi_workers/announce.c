#include "fcgi_workers/announce.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/crash.h"
#include "engine/base/json.h"
#include "engine/queue/item.h"

enum {
    KEPT = 4096, /* of each kind, then they are dropped */
    ROUND = 256
};

struct note { /* of a committed step */
    char *channel, *text;
};

struct wr_announcer {
    const struct wr_clock *clock;
    const char *prefix;
    struct wr_redis *redis; /* NULL: none */
    struct wr_amqp *amqp;   /* NULL: none */
    struct wr_queue_options options;
    struct wr_queue *queue;
    struct wr_announced counts;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t came;
    bool stopping;
    struct wr_due_item *jobs; /* KEPT */
    struct note *notes;       /* KEPT */
    size_t n_jobs, n_notes;
};

/* ---- the committer's ---- */

static void
add_job(struct wr_announcer *an, const struct wr_definition *d,
        const struct wr_job_row *j)
{
    int node = wr_model_node_of(d->model, j->element);
    bool script = node >= 0 && d->model->nodes[node].kind == WR_SCRIPT_TASK;

    if (an->n_jobs == KEPT) {
        atomic_fetch_add(&an->counts.dropped, 1);
        return;
    }
    an->jobs[an->n_jobs++] = (struct wr_due_item){
        .type = "job",
        .id = j->id,
        .instance = j->instance,
        .tenant = j->tenant,
        .at = j->due_at > j->created_at ? j->due_at : j->created_at,
        .lane = script ? WR_QUEUE_SCRIPTS : WR_QUEUE_SERVICES,
    };
}

static void
add_jobs(struct wr_announcer *an, const struct wr_definition *d,
         const struct wr_effects *fx)
{
    int64_t now = wr_clock_now(an->clock);

    for (int i = 0; i < fx->n_jobs; i++) {
        const struct wr_job_row *j = &fx->jobs[i].row;

        if (fx->jobs[i].op == WR_OP_PUT && j->kind == WR_JOB_ASYNC
            && j->retries > 0 && j->due_at <= now)
            add_job(an, d, j);
    }
}

static void
add_note(struct wr_announcer *an, const struct wr_definition *d,
         const struct wr_effects *fx)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1024);
    const struct wr_instance_row *i = &fx->instance;
    char id[WR_UUID_TEXT], at[WR_INSTANT_TEXT];
    struct wr_str text = { .arena = a };
    struct note *n = &an->notes[an->n_notes];

    if (an->n_notes == KEPT) {
        atomic_fetch_add(&an->counts.dropped, 1);
        return;
    }
    wr_uuid_text(&i->id, id);
    wr_instant_text(fx->history.at, at);
    wr_str_printf(&text, "{\"instance\":\"%s\",\"definition\":", id);
    wr_json_write_string(&text, d->row.key, strlen(d->row.key));
    wr_str_printf(&text,
                  ",\"version\":%d,\"revision\":%lld,\"state\":\"%s\","
                  "\"at\":\"%s\"}",
                  d->row.version, (long long)i->rev,
                  wr_instance_state_name(i->state), at);
    n->text = strdup(text.s);
    n->channel = strdup(wr_arena_printf(a, "%s:events:%d:%s", an->prefix,
                                        i->tenant, d->row.key));
    if (!n->text || !n->channel)
        abort();
    an->n_notes++;
}

void
wr_announce(void *data, const struct wr_definition *d,
            const struct wr_effects *fx)
{
    struct wr_announcer *an = data;

    pthread_mutex_lock(&an->mutex);
    if (an->amqp)
        add_jobs(an, d, fx);
    if (an->redis)
        add_note(an, d, fx);
    if (an->n_jobs || an->n_notes)
        pthread_cond_signal(&an->came);
    pthread_mutex_unlock(&an->mutex);
}

/* ---- its thread ---- */

static bool
is_ready(struct wr_link *l)
{
    struct wr_link_view v;

    wr_link_look(l, &v);

    return v.state == WR_LINK_READY;
}

static void
send_jobs(struct wr_announcer *an, const struct wr_due_item *jobs, size_t n)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 14);
    struct wr_queue_item *out = wr_newn(a, struct wr_queue_item, n);
    long confirmed = 0;
    struct wr_err err;

    for (size_t i = 0; i < n; i++) {
        struct wr_str body = { .arena = a };

        wr_item_json(&body, &jobs[i]);
        out[i] = (struct wr_queue_item){ .to = jobs[i].lane,
                                         .id = jobs[i].id,
                                         .body = body.s,
                                         .len = body.len };
    }
    WEIR_CRASH("announce-before"); /* C6 */
    if (!is_ready(wr_amqp_link(an->amqp))
        || wr_queue_publish(an->queue, out, n, &err) < 0)
        atomic_fetch_add(&an->counts.dropped, (long)n);
    else
        atomic_fetch_add(&an->counts.published, (long)n);
    WEIR_CRASH("announce-sent"); /* C7 */
    for (size_t i = 0; i < n; i++)
        confirmed += out[i].confirmed;
    atomic_fetch_add(&an->counts.confirmed, confirmed);
}

static void
send_notes(struct wr_announcer *an, struct note *notes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *words[] = { "PUBLISH", notes[i].channel, notes[i].text };
        redisReply *reply;
        struct wr_err err;

        if (is_ready(wr_redis_link(an->redis))
            && wr_redis_do(an->redis, words, WR_COUNT(words), &reply, &err)
                   == 0) {
            freeReplyObject(reply);
            atomic_fetch_add(&an->counts.notified, 1);
        } else {
            atomic_fetch_add(&an->counts.dropped, 1);
        }
        free(notes[i].channel);
        free(notes[i].text);
    }
}

static size_t
shift(void *list, size_t *n, void *out, size_t size)
{
    size_t taken = *n < ROUND ? *n : ROUND;

    memcpy(out, list, taken * size);
    memmove(list, (char *)list + taken * size, (*n - taken) * size);
    *n -= taken;

    return taken;
}

static void *
announce_main(void *data)
{
    struct wr_announcer *an = data;
    struct wr_due_item jobs[ROUND];
    struct note notes[ROUND];
    bool stopping = false;

    while (!stopping) {
        size_t n_jobs, n_notes;

        pthread_mutex_lock(&an->mutex);
        while (!an->n_jobs && !an->n_notes && !an->stopping)
            pthread_cond_wait(&an->came, &an->mutex);
        n_jobs = shift(an->jobs, &an->n_jobs, jobs, sizeof(*jobs));
        n_notes = shift(an->notes, &an->n_notes, notes, sizeof(*notes));
        stopping = an->stopping && !an->n_jobs && !an->n_notes;
        pthread_mutex_unlock(&an->mutex);
        if (n_jobs)
            send_jobs(an, jobs, n_jobs);
        send_notes(an, notes, n_notes);
    }

    return NULL;
}

/* ---- open, close ---- */

int
wr_announcer_open(const struct wr_config *config, const struct wr_clock *clock,
                  struct wr_servers *servers, struct wr_announcer **out,
                  struct wr_err *err)
{
    struct wr_announcer *an;

    *out = NULL;
    if (!servers->redis && !servers->amqp)
        return 0;
    an = calloc(1, sizeof(*an));
    if (!an || !(an->jobs = calloc(KEPT, sizeof(*an->jobs)))
        || !(an->notes = calloc(KEPT, sizeof(*an->notes))))
        abort();
    an->clock = clock;
    an->prefix = wr_config_text(config, WR_SET_KEY_PREFIX);
    an->redis = servers->redis;
    an->amqp = servers->amqp;
    an->options = (struct wr_queue_options){
        .prefix = an->prefix, .delivery_limit = WR_QUEUE_RETURNS
    };
    if (an->amqp)
        an->queue = wr_queue_amqp(an->amqp, &an->options);
    pthread_mutex_init(&an->mutex, NULL);
    pthread_cond_init(&an->came, NULL);
    if (pthread_create(&an->thread, NULL, announce_main, an) != 0)
        return wr_fail(err, WR_EIO, "no thread to announce");
    *out = an;

    return 0;
}

void
wr_announcer_close(struct wr_announcer *an)
{
    if (!an)
        return;
    pthread_mutex_lock(&an->mutex);
    an->stopping = true;
    pthread_cond_signal(&an->came);
    pthread_mutex_unlock(&an->mutex);
    pthread_join(an->thread, NULL);
    wr_queue_close(an->queue);
    pthread_cond_destroy(&an->came);
    pthread_mutex_destroy(&an->mutex);
    free(an->jobs);
    free(an->notes);
    free(an);
}

const struct wr_announced *
wr_announcer_counts(const struct wr_announcer *an)
{
    return &an->counts;
}
