#include "fcgi_workers/notify.h"

#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/base/log.h"
#include "engine/store/query.h"
#include "fcgi_workers/service.h"

enum {
    LOOK_MS = 500,
    ROWS = 1000, /* of one look */
    GROUPS = 50, /* of one notification */
    MESSAGE_MAX = 1000,
    PAUSE_MS = 1000, /* after a failure; doubles */
    PAUSE_MAX_MS = 60000,
    HOUR_MS = 3600000
};

struct wr_notifier {
    struct wr_service *service;
    pthread_t thread;
    pthread_mutex_t lock; /* over `closing` and the counts */
    pthread_cond_t changed;
    bool closing;
    long sent, failed, incidents, held;

    /* the thread's own */
    int64_t *sends; /* when the last ones went, a ring of notify_per_hour */
    size_t n_sends, cap_sends;
    int64_t not_before, pause;
    bool failing;
};

struct found { /* a group and its rows */
    struct wr_notice_group *group;
    struct wr_outbox_row **rows;
    size_t n;
};

struct look {
    struct wr_arena *arena;
    int64_t now;
    struct wr_outbox_row *rows;
    size_t n_rows;
    struct wr_notice_group groups[GROUPS];
    struct found found[GROUPS];
    size_t n;
};

/* ---- what there is ---- */

static int
read_rows(struct wr_notifier *n, struct look *l, struct wr_err *err)
{
    struct wr_query q = { .noun = WR_OUTBOXES,
                          .due_before = WR_NOTICE_FROM + l->now,
                          .state = -1,
                          .limit = ROWS };
    struct wr_rows found;

    q.cursor = wr_cursor_from(&q, WR_NOTICE_FROM, l->arena);
    if (wr_runtime_find(n->service->runtime, &q, l->arena, &found, err) < 0)
        return err->code;
    l->rows = wr_newn(l->arena, struct wr_outbox_row, found.n + 1);
    l->n_rows = found.n;
    for (size_t i = 0; i < found.n; i++)
        l->rows[i] = found.outboxes[i];

    return 0;
}

static const char *
message_of(struct wr_arena *a, const struct wr_outbox_row *row)
{
    const struct wr_value *v, *m;
    struct wr_err err;
    char *text;

    if (wr_value_decode(a, row->payload.p, row->payload.len, &v, &err) < 0)
        return "";
    m = wr_value_get(v, "message");
    if (!m || m->type != WR_V_STRING)
        return "";
    text = wr_arena_strndup(a, m->string.s,
                            m->string.len < MESSAGE_MAX ? m->string.len
                                                        : MESSAGE_MAX);
    wr_utf8_clean(text);

    return text;
}

/* The names; empty where the definition is gone. */
static void
name(struct wr_notifier *n, struct look *l, const struct wr_outbox_row *row,
     struct wr_notice_group *g)
{
    const struct wr_definition *d;
    char id[WR_UUID_TEXT];
    struct wr_err err;
    int node;

    g->key = g->element = "";
    wr_uuid_text(&row->definition, id);
    if (wr_runtime_definition(n->service->runtime, id, row->tenant, &d, &err)
        < 0)
        return;
    g->key = wr_arena_strdup(l->arena, d->row.key);
    g->version = d->row.version;
    node = wr_model_node_of(d->model, row->element);
    if (node >= 0)
        g->element = wr_arena_strdup(l->arena, d->model->nodes[node].id);
    wr_definition_unref(d);
}

static struct found *
group_of(struct wr_notifier *n, struct look *l, const struct wr_outbox_row *row)
{
    struct found *f = l->found;
    struct wr_notice_group *g;

    for (; f < l->found + l->n; f++) {
        const struct wr_outbox_row *other = f->rows[0];

        if (wr_uuid_equal(&other->definition, &row->definition)
            && other->element == row->element
            && strcmp(other->name, row->name) == 0)
            return f;
    }
    if (l->n == GROUPS)
        return NULL;
    g = &l->groups[l->n++];
    *g = (struct wr_notice_group){ .definition = row->definition,
                                   .type = row->name,
                                   .first = row->created_at };
    g->message = message_of(l->arena, row);
    name(n, l, row, g);
    *f = (struct found){
        .group = g, .rows = wr_newn(l->arena, struct wr_outbox_row *, l->n_rows)
    };

    return f;
}

static void
add(struct found *f, struct wr_outbox_row *row)
{
    struct wr_notice_group *g = f->group;

    if (g->count < WR_NOTICE_SHOWN)
        g->shown[g->count] = (struct wr_notice){ row->target, row->instance,
                                                 row->business_key };
    g->count++;
    if (row->created_at < g->first)
        g->first = row->created_at;
    if (row->created_at > g->last)
        g->last = row->created_at;
    f->rows[f->n++] = row;
}

/* Groups that were collected long enough stay, the others go. */
static void
ripen(struct look *l, int64_t window)
{
    size_t k = 0;

    for (size_t i = 0; i < l->n; i++) {
        if (l->groups[i].first + window > l->now)
            continue;
        l->groups[k] = l->groups[i];
        l->found[k] = l->found[i];
        l->found[k].group = &l->groups[k];
        k++;
    }
    l->n = k;
}

/* ---- whose they are ---- */

/* All of them or, when somebody else has one, none.  WR_ECONFLICT. */
static int
change(struct wr_notifier *n, struct look *l, enum wr_op op, int64_t due,
       struct wr_err *err)
{
    struct wr_change *c = wr_newn(l->arena, struct wr_change, l->n_rows);
    size_t k = 0;

    for (size_t i = 0; i < l->n; i++) {
        for (size_t r = 0; r < l->found[i].n; r++) {
            struct wr_outbox_row *row = l->found[i].rows[r];
            int64_t was = row->due_at;

            row->due_at = due;
            c[k++] = (struct wr_change){
                .op = op, .noun = WR_OUTBOXES, .was = was, .outbox = row
            };
        }
    }

    return wr_runtime_change(n->service->runtime, c, k, err);
}

/* ---- how often ---- */

static bool
may_send(const struct wr_notifier *n, int64_t now)
{
    return n->n_sends < n->cap_sends
           || n->sends[n->n_sends % n->cap_sends] + HOUR_MS <= now;
}

static void
note_send(struct wr_notifier *n, int64_t now)
{
    n->sends[n->n_sends++ % n->cap_sends] = now;
}

static void
count(struct wr_notifier *n, const struct look *l, bool sent)
{
    pthread_mutex_lock(&n->lock);
    n->sent += sent;
    n->failed += !sent;
    for (size_t i = 0; i < l->n && sent; i++)
        n->incidents += l->groups[i].count;
    pthread_mutex_unlock(&n->lock);
}

static void
hold(struct wr_notifier *n, size_t groups)
{
    pthread_mutex_lock(&n->lock);
    n->held = (long)groups;
    pthread_mutex_unlock(&n->lock);
}

/* ---- */

static void
failed(struct wr_notifier *n, struct look *l, const struct wr_err *why)
{
    const struct wr_config *c = n->service->config;
    struct wr_err err;

    if (!n->failing)
        wr_log(WR_LOG_WARN, "nobody was notified of incidents", "to",
               wr_notify_target(l->arena, c), "cause", why->text, NULL);
    n->failing = true;
    n->pause = n->pause ? 2 * n->pause : PAUSE_MS;
    if (n->pause > PAUSE_MAX_MS)
        n->pause = PAUSE_MAX_MS;
    n->not_before = wr_clock_now(&n->service->clock) + n->pause;
    count(n, l, /* sent= */ false);
    /* Not done: the claim ends by itself. */
    (void)change(n, l, WR_OP_PUT, WR_NOTICE_FROM + n->not_before, &err);
}

static void
done(struct wr_notifier *n, struct look *l)
{
    struct wr_err err;

    if (n->failing)
        wr_log(WR_LOG_INFO, "notified of incidents again", NULL);
    n->failing = false;
    n->pause = 0;
    note_send(n, l->now);
    count(n, l, /* sent= */ true);
    if (change(n, l, WR_OP_DEL, 0, &err) < 0)
        wr_log(WR_LOG_WARN, "a notification will be sent again", "cause",
               err.text, NULL);
}

/* One notification at most; false: there is nothing (more) to do now. */
static bool
notify(struct wr_notifier *n, struct look *l, struct wr_err *err)
{
    const struct wr_config *c = n->service->config;
    int64_t claim = 2 * wr_config_int(c, WR_SET_NOTIFY_WAIT) + PAUSE_MS;
    bool more;

    if (l->now < n->not_before || read_rows(n, l, err) < 0)
        return false;
    for (size_t i = 0; i < l->n_rows; i++) {
        struct found *f = group_of(n, l, &l->rows[i]);

        if (f)
            add(f, &l->rows[i]);
    }
    more = l->n == GROUPS;
    ripen(l, wr_config_int(c, WR_SET_NOTIFY_WINDOW));
    hold(n, may_send(n, l->now) ? 0 : l->n);
    if (l->n == 0 || !may_send(n, l->now)
        || change(n, l, WR_OP_PUT, WR_NOTICE_FROM + l->now + claim, err) < 0)
        return false;
    if (wr_notify_send(l->arena, c, l->groups, l->n, l->now, false, err) < 0) {
        failed(n, l, err);
        return false;
    }
    done(n, l);

    return more;
}

static bool
closing(struct wr_notifier *n)
{
    struct timespec until;
    bool is;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += (long)LOOK_MS * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&n->lock);
    while (!n->closing
           && pthread_cond_timedwait(&n->changed, &n->lock, &until)
                  != ETIMEDOUT)
        ;
    is = n->closing;
    pthread_mutex_unlock(&n->lock);

    return is;
}

static void *
run(void *data)
{
    struct wr_notifier *n = data;

    while (!closing(n)) {
        bool more = true;

        while (more) {
            wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 16);
            struct look *l = wr_new(a, struct look);
            struct wr_err err = { 0 };

            l->arena = a;
            l->now = wr_clock_now(&n->service->clock);
            more = notify(n, l, &err);
        }
    }

    return NULL;
}

int
wr_notifier_open(struct wr_service *s, struct wr_notifier **out,
                 struct wr_err *err)
{
    const struct wr_config *c = s->config;
    struct wr_notifier *n;
    pthread_condattr_t attr;

    *out = NULL;
    if (!wr_config_text(c, WR_SET_NOTIFY_URL)[0])
        return 0;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return wr_fail(err, WR_EIO, "libcurl does not start");
    n = calloc(1, sizeof(*n));
    if (!n)
        abort();
    n->service = s;
    n->cap_sends = (size_t)wr_config_int(c, WR_SET_NOTIFY_PER_HOUR);
    n->sends = calloc(n->cap_sends, sizeof(*n->sends));
    if (!n->sends)
        abort();
    pthread_mutex_init(&n->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&n->changed, &attr);
    pthread_condattr_destroy(&attr);
    if (pthread_create(&n->thread, NULL, run, n) != 0) {
        free(n->sends);
        free(n);
        return wr_fail(err, WR_EIO, "no thread for notifications");
    }
    *out = n;

    return 0;
}

void
wr_notifier_close(struct wr_notifier *n)
{
    if (!n)
        return;
    pthread_mutex_lock(&n->lock);
    n->closing = true;
    pthread_cond_signal(&n->changed);
    pthread_mutex_unlock(&n->lock);
    pthread_join(n->thread, NULL);
    pthread_cond_destroy(&n->changed);
    pthread_mutex_destroy(&n->lock);
    free(n->sends);
    free(n);
}

void
wr_notifier_samples(struct wr_notifier *n, int slot, struct wr_str *s)
{
    if (!n)
        return;
    pthread_mutex_lock(&n->lock);
    wr_str_printf(s,
                  "weir_notifications_sent_total{slot=\"%d\"} %ld\n"
                  "weir_notifications_failed_total{slot=\"%d\"} %ld\n"
                  "weir_notified_incidents_total{slot=\"%d\"} %ld\n"
                  "weir_notifications_held{slot=\"%d\"} %ld\n",
                  slot, n->sent, slot, n->failed, slot, n->incidents, slot,
                  n->held);
    pthread_mutex_unlock(&n->lock);
}
