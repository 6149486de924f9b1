/* scan: what is due, read from the store. */
#include "scheduler/scan.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "engine/store/store.h"

enum {
    KINDS = 6,      /* of looks */
    LATE_MS = 2000, /* with a backlog: what is older has its turn */
    SPREAD = 8      /* a look is earlier by up to this part of the pause */
};

struct told { /* all rows of a type that are due then */
    const char *type;
    int64_t from, until;
};

struct wr_scan {
    const struct wr_config *config;
    const struct wr_clock *clock;
    const char *url;
    struct wr_store *store; /* read only; of the thread, as `arena`, ... */
    struct wr_arena *arena;
    int64_t far_at; /* when to read the whole horizon again */
    bool backlog;   /* more timers were due than a page */
    unsigned seed;

    atomic_long under_way;
    atomic_llong oldest;
    int event;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    bool stopping;
    /* What was read; of the thread until it is `ready`, then under the mutex. */
    bool ready;
    int64_t began;
    struct wr_err err;
    struct told told[KINDS];
    int n_told;
    struct wr_due_item *items;
    size_t n, cap;
};

/* ---- what is read ---- */

static void
add(struct wr_scan *s, const struct wr_due_item *it)
{
    if (s->n == s->cap) {
        s->cap = s->cap ? 2 * s->cap : WR_SCAN_PAGE;
        s->items = reallocarray(s->items, s->cap, sizeof(*s->items));
        if (!s->items)
            abort();
    }
    s->items[s->n] = *it;
    s->items[s->n++].known_at = s->began;
}

/* A full page tells nothing of what is behind it. */
static void
tell(struct wr_scan *s, const char *type, int64_t from, int64_t until, size_t n,
     int64_t last)
{
    s->told[s->n_told++] = (struct told){
        .type = type,
        .from = from,
        .until = n < WR_SCAN_PAGE ? until : last - 1,
    };
}

static int
find(struct wr_scan *s, const struct wr_query *q, struct wr_rows *rows,
     struct wr_err *err)
{
    wr_arena_reset(s->arena);

    return wr_store_find(s->store, q, s->arena, rows, err);
}

static int
read_timers(struct wr_scan *s, int64_t from, int64_t until, bool *full,
            struct wr_err *err)
{
    struct wr_query q = { .noun = WR_TIMERS,
                          .state = -1,
                          .due_after = from,
                          .due_before = until,
                          .limit = WR_SCAN_PAGE };
    struct wr_rows rows;

    if (find(s, &q, &rows, err) < 0)
        return (int)err->code;
    *full = rows.n >= WR_SCAN_PAGE;
    if (!from)
        atomic_store(&s->oldest, rows.n ? rows.timers[0].due_at : INT64_MAX);
    tell(s, "timer", from ? from : INT64_MIN, until, rows.n,
         rows.n ? rows.timers[rows.n - 1].due_at : 0);
    for (size_t i = 0; i < rows.n; i++) {
        const struct wr_timer_row *t = &rows.timers[i];
        const struct wr_due_item it = {
            .type = "timer",
            .lane = WR_QUEUE_TIMERS,
            .id = t->id,
            .instance = t->instance,
            .definition = t->definition,
            .tenant = t->tenant,
            .at = t->due_at,
        };

        add(s, &it);
    }

    return 0;
}

static int
add_timers(struct wr_scan *s, int64_t until, struct wr_err *err)
{
    bool full;

    if (!s->backlog || atomic_load(&s->under_way) < WR_SCAN_PAGE / 2) {
        if (read_timers(s, 0, until, &s->backlog, err) < 0)
            return (int)err->code;
    }
    if (!s->backlog)
        return 0;

    return read_timers(s, s->began - LATE_MS, until, &full, err);
}

static int
add_jobs(struct wr_scan *s, int64_t until, struct wr_err *err)
{
    struct wr_query q = { .noun = WR_JOBS,
                          .state = -1,
                          .type = /* its own */ "",
                          .due_before = until,
                          .limit = WR_SCAN_PAGE };
    struct wr_rows rows;

    if (find(s, &q, &rows, err) < 0)
        return (int)err->code;
    tell(s, "job", INT64_MIN, until, rows.n,
         rows.n ? rows.jobs[rows.n - 1].due_at : 0);
    for (size_t i = 0; i < rows.n; i++) {
        const struct wr_job_row *j = &rows.jobs[i];
        const struct wr_due_item it = {
            .type = "job",
            .lane = WR_QUEUE_SERVICES,
            .definition = j->definition,
            .element = j->element,
            .id = j->id,
            .instance = j->instance,
            .tenant = j->tenant,
            .at = j->due_at > j->created_at ? j->due_at : j->created_at,
            .at_once = j->due_at <= j->created_at,
        };

        if (j->kind == WR_JOB_ASYNC && j->retries > 0)
            add(s, &it);
    }

    return 0;
}

/* What the process that owed it has not settled. */
static int
add_owed(struct wr_scan *s, int64_t until, struct wr_err *err)
{
    struct wr_query q = { .noun = WR_OUTBOXES,
                          .state = -1,
                          .due_before = until,
                          .limit = WR_SCAN_PAGE };
    struct wr_rows rows;

    if (find(s, &q, &rows, err) < 0)
        return (int)err->code;
    tell(s, "outbox", INT64_MIN, until, rows.n,
         rows.n ? rows.outboxes[rows.n - 1].due_at : 0);
    for (size_t i = 0; i < rows.n; i++) {
        const struct wr_due_item it = {
            .type = "outbox",
            .lane = WR_QUEUE_MESSAGES,
            .id = rows.outboxes[i].id,
            .tenant = rows.outboxes[i].tenant,
            .at = rows.outboxes[i].due_at,
        };

        add(s, &it);
    }

    return 0;
}

/* Workers that were not heard of again. */
static int
add_lost(struct wr_scan *s, int64_t until, struct wr_err *err)
{
    struct wr_query q = { .noun = WR_JOBS,
                          .state = -1,
                          .guard_before = until,
                          .limit = WR_SCAN_PAGE };
    struct wr_rows rows;

    if (find(s, &q, &rows, err) < 0)
        return (int)err->code;
    tell(s, "lost", INT64_MIN, until, 0, 0);
    for (size_t i = 0; i < rows.n; i++) {
        const struct wr_due_item it = {
            .type = "lost",
            .lane = WR_QUEUE_SERVICES,
            .id = rows.jobs[i].id,
            .instance = rows.jobs[i].instance,
            .tenant = rows.jobs[i].tenant,
            .at = rows.jobs[i].guard_at,
        };

        add(s, &it);
    }

    return 0;
}

static int
look(struct wr_scan *s, struct wr_err *err)
{
    int64_t horizon = wr_config_int(s->config, WR_SET_TIMER_HORIZON);
    int64_t soon = 2 * wr_config_int(s->config, WR_SET_TIMER_SCAN);
    int64_t now = s->began;
    int64_t until = now + (now >= s->far_at || horizon < soon ? horizon : soon);

    if (!s->store && wr_store_open(s->url, &s->store, err) < 0) {
        s->store = NULL;
        return (int)err->code;
    }
    if (add_timers(s, until, err) < 0 || add_jobs(s, until, err) < 0
        || add_owed(s, until, err) < 0 || add_lost(s, until, err) < 0)
        return (int)err->code;
    if (now >= s->far_at)
        s->far_at = now + horizon / 2;

    return 0;
}

static void
look_once(struct wr_scan *s)
{
    s->n = 0;
    s->n_told = 0;
    s->err = (struct wr_err){ 0 };
    s->began = wr_clock_now(s->clock);
    if (look(s, &s->err) == 0)
        return;
    s->n = 0;
    s->n_told = 0;
    if (s->store)
        wr_store_close(s->store);
    s->store = NULL;
}

/* ---- the thread ---- */

/* Schedulers that look at the same store do not do it all at once. */
static struct timespec
next_look(struct wr_scan *s)
{
    int64_t ms = wr_config_int(s->config, WR_SET_TIMER_SCAN);
    struct timespec at;

    ms -= rand_r(&s->seed) % (ms / SPREAD + 1);
    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += ms / 1000;
    at.tv_nsec += ms % 1000 * 1000000;
    if (at.tv_nsec >= 1000000000) {
        at.tv_sec++;
        at.tv_nsec -= 1000000000;
    }

    return at;
}

/* Under the mutex.  Till it is time and what was read before is merged. */
static void
wait_turn(struct wr_scan *s, const struct timespec *at)
{
    int r = 0;

    while (!s->stopping && r == 0)
        r = pthread_cond_timedwait(&s->wake, &s->mutex, at);
    while (!s->stopping && s->ready)
        pthread_cond_wait(&s->wake, &s->mutex);
}

static void *
scan(void *data)
{
    struct wr_scan *s = data;
    uint64_t one = 1;

    pthread_mutex_lock(&s->mutex);
    while (!s->stopping) {
        struct timespec at = next_look(s);

        pthread_mutex_unlock(&s->mutex);
        look_once(s);
        pthread_mutex_lock(&s->mutex);
        s->ready = true;
        /* Full, it is readable all the more. */
        (void)!write(s->event, &one, sizeof(one));
        wait_turn(s, &at);
    }
    pthread_mutex_unlock(&s->mutex);

    return NULL;
}

/* ---- for the loop ---- */

int
wr_scan_fd(const struct wr_scan *s)
{
    return s->event;
}

int64_t
wr_scan_oldest(const struct wr_scan *s)
{
    return atomic_load(&s->oldest);
}

void
wr_scan_under_way(struct wr_scan *s, long timers)
{
    atomic_store(&s->under_way, timers);
}

bool
wr_scan_merge(struct wr_scan *s, struct wr_heap *h, struct wr_err *err)
{
    uint64_t ignored;
    bool ready;

    *err = (struct wr_err){ 0 };
    pthread_mutex_lock(&s->mutex);
    ready = s->ready;
    if (ready) {
        (void)!read(s->event, &ignored, sizeof(ignored));
        for (int i = 0; i < s->n_told; i++)
            wr_heap_drop(h, s->told[i].type, s->told[i].from, s->told[i].until,
                         s->began);
        for (size_t i = 0; i < s->n; i++)
            wr_heap_push(h, &s->items[i]);
        *err = s->err;
        s->ready = false;
        pthread_cond_signal(&s->wake);
    }
    pthread_mutex_unlock(&s->mutex);

    return ready;
}

int
wr_scan_new(const struct wr_config *config, const struct wr_clock *clock,
            const char *url, struct wr_scan **out, struct wr_err *err)
{
    struct wr_scan *s = calloc(1, sizeof(*s));
    pthread_condattr_t attr;

    if (!s)
        abort();
    s->config = config;
    s->clock = clock;
    s->url = url;
    s->arena = wr_arena_new(1 << 16);
    s->seed = (unsigned)getpid();
    atomic_init(&s->oldest, INT64_MAX);
    s->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pthread_mutex_init(&s->mutex, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&s->wake, &attr);
    pthread_condattr_destroy(&attr);
    if (s->event < 0 || pthread_create(&s->thread, NULL, scan, s) != 0) {
        if (s->event >= 0)
            close(s->event);
        wr_arena_free(s->arena);
        free(s);
        return wr_fail(err, WR_EIO, "no thread to look what is due");
    }
    *out = s;

    return 0;
}

void
wr_scan_free(struct wr_scan *s)
{
    if (!s)
        return;
    pthread_mutex_lock(&s->mutex);
    s->stopping = true;
    pthread_cond_signal(&s->wake);
    pthread_mutex_unlock(&s->mutex);
    pthread_join(s->thread, NULL);
    if (s->store)
        wr_store_close(s->store);
    close(s->event);
    wr_arena_free(s->arena);
    free(s->items);
    free(s);
}
