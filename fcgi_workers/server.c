#include "config.h"

#include <errno.h>
#include <fcgiapp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "engine/base/log.h"
#include "fcgi_workers/park.h"
#include "fcgi_workers/route.h"
#include "fcgi_workers/server.h"

enum {
    KEPT_MS = 2000 /* longer than keepalive_timeout of nginx-conf */
};

struct thread {
    pthread_t id;
    struct server *server;
    FCGX_Request fcgi;
    atomic_bool done;
};

struct server {
    struct wr_service *service;
    struct thread *threads;
    int n_threads;
    int fd;      /* listens, non-blocking */
    int stop_fd; /* readable from the beginning of the drain on */
};

static const char *
param(const FCGX_Request *f, const char *name)
{
    const char *v = FCGX_GetParam(name, f->envp);

    return v ? v : "";
}

static const char *
param_or_null(const FCGX_Request *f, const char *name)
{
    const char *v = FCGX_GetParam(name, f->envp);

    return v && v[0] ? v : NULL;
}

/* Read the body to its end, whatever becomes of the request.  Past the limit the
 * rest is read and dropped. */
static bool
read_body(struct wr_request *rq, FCGX_Request *f, size_t max)
{
    struct wr_str body = { .arena = rq->arena };
    char chunk[16384];
    bool fits = true;
    int n;

    while ((n = FCGX_GetStr(chunk, sizeof(chunk), f->in)) > 0) {
        if (body.len + (size_t)n > max)
            fits = false;
        else
            wr_str_addn(&body, chunk, (size_t)n);
    }
    rq->body = wr_str_text(&body);
    rq->body_len = body.len;

    return fits;
}

static void
fill(struct wr_request *rq, const FCGX_Request *f)
{
    rq->who = (struct wr_principal){
        .user = param_or_null(f, "WEIR_USER"),
        .roles = wr_roles_parse(param(f, "WEIR_ROLES")),
        .tenant = (int32_t)strtol(param(f, "WEIR_TENANT"), NULL, 10),
        .session = param_or_null(f, "WEIR_SESSION"),
    };
    rq->request_id = param(f, "WEIR_REQUEST_ID");
    rq->content_type = param(f, "CONTENT_TYPE");
    rq->header_if_match = param_or_null(f, "HTTP_IF_MATCH");
    rq->idempotency_key = param_or_null(f, "HTTP_IDEMPOTENCY_KEY");
    rq->header_cookie = param_or_null(f, "HTTP_COOKIE");
    rq->header_origin = param_or_null(f, "HTTP_ORIGIN");
    rq->header_host = param_or_null(f, "HTTP_HOST");
    rq->header_csrf = param_or_null(f, "HTTP_X_WEIR_CSRF");
    rq->prefer = param_or_null(f, "HTTP_PREFER");
    rq->proxied = param(f, "WEIR_PROXIED")[0] != '\0';
    rq->can_park = param(f, "WEIR_PARK")[0] != '\0';
    rq->park_resume = param_or_null(f, "WEIR_PARK_RESUME");
    rq->park_last = param_or_null(f, "WEIR_PARK_LAST");
    rq->https = strcmp(param(f, "HTTPS"), "on") == 0;
}

static void
answer(struct wr_request *rq, FCGX_Request *f)
{
    struct wr_str head = { .arena = rq->arena };

    if (rq->park.n) {
        wr_park_write(rq, &head);
        FCGX_PutStr(head.s, (int)head.len, f->out);
        return;
    }
    wr_str_printf(&head, "Status: %d\r\n", rq->status);
    if (rq->more && rq->can_park)
        wr_str_add(&head, "X-Weir-More: 1\r\n");
    for (int i = 0; i < rq->n_headers; i++)
        wr_str_printf(&head, "%s: %s\r\n", rq->headers[i].name,
                      rq->headers[i].value);
    if (rq->raw_type && rq->status != 204)
        wr_str_printf(&head, "Content-Type: %s\r\nContent-Length: %zu\r\n",
                      rq->raw_type, rq->raw.len);
    wr_str_add(&head, "\r\n");
    FCGX_PutStr(head.s, (int)head.len, f->out);
    if (rq->raw.len && rq->status != 204)
        FCGX_PutStr(rq->raw.s, (int)rq->raw.len, f->out);
}

static long long
now_us(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);

    return (long long)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static void
count(struct wr_service *s, const struct wr_request *rq, long long started)
{
    struct wr_route_count *c = &s->routes[wr_route_index(rq->route)];

    if (rq->park.n)
        atomic_fetch_add(&c->classes[2], 1);
    else if (rq->status >= 100 && rq->status < 600)
        atomic_fetch_add(&c->classes[rq->status / 100], 1);
    atomic_fetch_add(&c->microseconds, now_us() - started);
}

static void
serve(struct thread *t, struct wr_arena *a)
{
    struct wr_service *s = t->server->service;
    size_t max = (size_t)wr_config_int(s->config, WR_SET_BODY_MAX);
    struct wr_request rq = { .service = s, .arena = a };
    const char *uri = param(&t->fcgi, "DOCUMENT_URI");
    struct wr_err err = { 0 };
    long long started = now_us();

    rq.raw.arena = a;
    rq.errors.arena = a;
    fill(&rq, &t->fcgi);
    if (!read_body(&rq, &t->fcgi, max)) {
        wr_fail(&err, WR_ELIMIT, "the body is larger than %zu bytes", max);
        wr_request_problem(&rq, &err);
    } else {
        wr_request_run(&rq, param(&t->fcgi, "REQUEST_METHOD"), uri,
                       param(&t->fcgi, "QUERY_STRING"));
    }
    answer(&rq, &t->fcgi);
    if (rq.n_leased && FCGX_FFlush(t->fcgi.out) < 0)
        wr_park_unsent(&rq);
    count(s, &rq, started);
    if (rq.status >= 500 && rq.status != 501)
        wr_log(WR_LOG_ERROR, "request failed", "requestId", rq.request_id,
               "route", rq.route ? rq.route->id : "", "problem",
               wr_str_text(&rq.raw), NULL);
}

static void
pause_ms(int ms)
{
    struct timespec ts = { .tv_sec = ms / 1000,
                           .tv_nsec = (long)(ms % 1000) * 1000000 };

    nanosleep(&ts, NULL);
}

/* A request lies in the kept connection; false: its peer has closed it. */
static bool
is_sent(int fd)
{
    char c;

    return recv(fd, &c, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

/*
 * Wait for a request: on the connection that is kept, else on the socket.
 * false: draining, and there is none to wait for.  A kept connection is then
 * left to nginx, which closes it when it is idle or old (keepalive_time):
 * closed here, even behind an answer, it could take a request with it that is
 * being sent and that nginx must not repeat.
 */
static bool
has_work(struct thread *t)
{
    bool kept = t->fcgi.ipcFd >= 0;
    struct pollfd p[2] = {
        { .fd = kept ? t->fcgi.ipcFd : t->server->fd, .events = POLLIN },
        { .fd = t->server->stop_fd, .events = POLLIN },
    };

    while (poll(p, 2, -1) < 0)
        if (errno != EINTR)
            return false;
    if (!p[1].revents)
        return true;

    return kept && poll(p, 1, KEPT_MS) > 0 && is_sent(p[0].fd);
}

static void *
work(void *data)
{
    struct thread *t = data;
    const struct wr_config *config = t->server->service->config;
    struct wr_arena *a = wr_arena_new(1 << 16);

    wr_arena_set_cap(a, (size_t)wr_config_int(config, WR_SET_REQUEST_MEMORY));
    while (has_work(t)) {
        errno = 0;
        if (FCGX_Accept_r(&t->fcgi) < 0) {
            /* another thread was quicker, or a connection was closed */
            if (errno == EMFILE || errno == ENFILE || errno == ENOMEM)
                pause_ms(50);
            continue;
        }
        serve(t, a);
        FCGX_Finish_r(&t->fcgi);
        wr_arena_reset(a);
    }
    FCGX_Free(&t->fcgi, 1);
    wr_arena_free(a);
    atomic_store(&t->done, true);

    return NULL;
}

/* Tell the threads and wait until all are gone or the time is over. */
static void
drain(struct server *sv)
{
    int64_t left = wr_config_int(sv->service->config, WR_SET_DRAIN_WAIT);
    uint64_t one = 1;
    int running = sv->n_threads;

    atomic_store(&sv->service->draining, true);
    if (write(sv->stop_fd, &one, sizeof(one)) < 0)
        left = 0;
    for (; running > 0 && left > 0; left -= 5) {
        running = 0;
        for (int i = 0; i < sv->n_threads; i++)
            running += !atomic_load(&sv->threads[i].done);
        if (running > 0)
            pause_ms(5);
    }
    for (int i = 0; running == 0 && i < sv->n_threads; i++)
        pthread_join(sv->threads[i].id, NULL);
    if (running > 0)
        wr_suspects_forgive(sv->service->suspects);
    if (running > 0)
        _exit(0); /* the store rolls back what was not committed */
}

static int
start_threads(struct server *sv, struct wr_err *err)
{
    for (int i = 0; i < sv->n_threads; i++) {
        struct thread *t = &sv->threads[i];

        t->server = sv;
        if (FCGX_InitRequest(&t->fcgi, sv->fd, FCGI_FAIL_ACCEPT_ON_INTR) != 0
            || pthread_create(&t->id, NULL, work, t) != 0)
            return wr_fail(err, WR_EIO, "start request thread %d", i);
    }

    return 0;
}

int
wr_server_run(const struct wr_config *config, int slot, int fd, int hub_fd,
              struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 14);
    struct server sv = {
        .fd = fd,
        .n_threads = (int)wr_config_int(config, WR_SET_THREADS),
    };
    sigset_t set;
    int sig;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);

    if (FCGX_Init() != 0)
        return wr_fail(err, WR_EIO, "initialise FastCGI");
    sv.stop_fd = eventfd(0, EFD_CLOEXEC);
    if (sv.stop_fd < 0)
        return wr_fail(err, WR_EIO, "eventfd: %s", strerror(errno));
    if (wr_service_open(a, config, slot, hub_fd, &sv.service, err) < 0)
        return (int)err->code;
    sv.threads = wr_newn(a, struct thread, (size_t)sv.n_threads);
    if (start_threads(&sv, err) < 0)
        return (int)err->code;

    do
        sigwait(&set, &sig);
    while (sig == SIGHUP || sig == SIGUSR1);
    drain(&sv);
    wr_service_close(sv.service);

    return 0;
}
