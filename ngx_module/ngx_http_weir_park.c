/*
 * ngx_http_weir_park: requests that wait, without a worker (Prefer: wait).
 *
 *     fastcgi_pass --> "204, X-Accel-Redirect: @weir_park, X-Weir-Park: ..."
 *          ^                                   |
 *          |                              weir_park: parked in the event loop
 *     @weir_again <-- a topic moved, or time is up
 *
 * The upstream connection is given up meanwhile.  What a worker says in
 * X-Weir-Park never leaves nginx, and what it gave to bring along comes back as a
 * FastCGI parameter, which no client can set.
 *
 * While parked the request holds one reference of its own (r->main->count), which
 * the redirect to the named location, or the answer, uses up.  Redirects forget
 * module contexts: ngx_http_weir_park_t hangs on the context that is found by its
 * pool cleanup, and leaves by a cleanup of the request, whatever ends it.
 */

#include "ngx_module/ngx_http_weir_park.h"

#include <sys/eventfd.h>


#define NGX_HTTP_WEIR_TENANTS      256
#define NGX_HTTP_WEIR_NUDGE        10      /* ms, more with every round */
#define NGX_HTTP_WEIR_NUDGE_MAX    1000


struct ngx_http_weir_tenant_s {
    ngx_http_weir_tenant_t      *next;
    int64_t                      id;
    ngx_uint_t                   n;
};


static void ngx_http_weir_park_kick(ngx_event_t *ev);


static ngx_http_output_header_filter_pt  ngx_http_next_header_filter;

static ngx_http_weir_main_conf_t  *ngx_http_weir_conf;      /* of this process */
static ngx_queue_t                 ngx_http_weir_parked;
static ngx_queue_t                 ngx_http_weir_ready;
static ngx_event_t                 ngx_http_weir_kick;
static ngx_uint_t                  ngx_http_weir_held;      /* in any state */
static ngx_int_t                   ngx_http_weir_in_flight;
static uint64_t                    ngx_http_weir_count_up;
static ngx_http_weir_tenant_t     *ngx_http_weir_tenants[NGX_HTTP_WEIR_TENANTS];


/* ---- counters ---- */

static ngx_http_weir_parking_t *
ngx_http_weir_parking(ngx_http_weir_park_t *p)
{
    static ngx_http_weir_parking_t  none[NGX_HTTP_WEIR_KINDS];

    ngx_http_weir_counters_t  *counters;

    counters = ngx_http_weir_conf->zone != NULL
               ? ngx_http_weir_conf->zone->data : NULL;

    return counters != NULL ? &counters->parking[p->kind] : &none[p->kind];
}


#define ngx_http_weir_parking_add(p, what, n)                                 \
    (void) ngx_atomic_fetch_add(&ngx_http_weir_parking(p)->what, n)


/* Each process has its own place: what a killed one had is no more. */

static ngx_atomic_t *
ngx_http_weir_gauge(ngx_http_weir_park_t *p)
{
    return &ngx_http_weir_parking(p)->now[(ngx_uint_t) ngx_process_slot
                                          % NGX_HTTP_WEIR_PROCESSES];
}


/* ---- tenants ---- */

static ngx_http_weir_tenant_t *
ngx_http_weir_tenant(int64_t id)
{
    ngx_http_weir_tenant_t  *t, **at;

    at = &ngx_http_weir_tenants[(uint64_t) id % NGX_HTTP_WEIR_TENANTS];

    for (t = *at; t != NULL; t = t->next) {
        if (t->id == id) {
            return t;
        }
    }

    t = ngx_alloc(sizeof(ngx_http_weir_tenant_t), ngx_cycle->log);

    if (t != NULL) {
        t->id = id;
        t->n = 0;
        t->next = *at;
        *at = t;
    }

    return t;
}


static void
ngx_http_weir_tenant_leave(ngx_http_weir_tenant_t *t)
{
    ngx_http_weir_tenant_t  **at;

    if (--t->n > 0) {
        return;
    }

    at = &ngx_http_weir_tenants[(uint64_t) t->id % NGX_HTTP_WEIR_TENANTS];

    while (*at != t) {
        at = &(*at)->next;
    }

    *at = t->next;
    ngx_free(t);
}


/* ---- states ---- */

static void
ngx_http_weir_ask_more(void)
{
    if (!ngx_http_weir_kick.posted && !ngx_queue_empty(&ngx_http_weir_ready)) {
        ngx_post_event(&ngx_http_weir_kick, &ngx_posted_events);
    }
}


static void
ngx_http_weir_park_leave(ngx_http_weir_park_t *p)
{
    switch (p->state) {

    case NGX_HTTP_WEIR_PARKED:
        ngx_http_weir_topics_leave(p);
        ngx_queue_remove(&p->queue);
        (void) ngx_atomic_fetch_add(ngx_http_weir_gauge(p), -1);
        break;

    case NGX_HTTP_WEIR_READY:
        ngx_queue_remove(&p->queue);
        break;

    case NGX_HTTP_WEIR_ASKED:
        ngx_http_weir_in_flight--;
        ngx_http_weir_ask_more();
        break;

    case NGX_HTTP_WEIR_ANSWERED:
        break;
    }

    p->state = NGX_HTTP_WEIR_ANSWERED;

    if (p->timer.timer_set) {
        ngx_del_timer(&p->timer);
    }
}


void
ngx_http_weir_park_wake(ngx_http_weir_park_t *p)
{
    ngx_http_weir_parking_add(p, woken, 1);
    ngx_http_weir_park_leave(p);
    p->state = NGX_HTTP_WEIR_READY;
    ngx_queue_insert_tail(&ngx_http_weir_ready, &p->queue);
    ngx_http_weir_ask_more();
}


void
ngx_http_weir_park_nudge(ngx_http_weir_park_t *p)
{
    ngx_msec_int_t  left;

    left = (ngx_msec_int_t) (p->not_before - ngx_current_msec);

    if (left <= 0) {
        ngx_http_weir_park_wake(p);
        return;
    }

    if (!p->moved && (ngx_msec_int_t) (p->deadline - p->not_before) > 0) {
        p->moved = 1;
        ngx_add_timer(&p->timer, (ngx_msec_t) left);
    }
}


/* Whoever waits for the same is asked instead: it had been woken for something
 * that is still there, or took all it could. */

static void
ngx_http_weir_pass_on(ngx_http_weir_park_t *p)
{
    if (p->kind == NGX_HTTP_WEIR_FOR_JOBS && !ngx_exiting) {
        ngx_http_weir_topics_next(p);
    }
}


static void
ngx_http_weir_park_cleanup(void *data)
{
    ngx_http_weir_park_t  *p = data;

    ngx_http_weir_park_state_e  state;

    state = p->state;
    ngx_http_weir_park_leave(p);

    if (state != NGX_HTTP_WEIR_ANSWERED) {
        ngx_http_weir_parking_add(p, gone, 1);
    }

    if (state == NGX_HTTP_WEIR_ASKED || state == NGX_HTTP_WEIR_READY) {
        ngx_http_weir_pass_on(p);
    }

    ngx_http_weir_held--;
    ngx_http_weir_tenant_leave(p->tenant);
}


/* ---- answers of our own ---- */

static ngx_int_t
ngx_http_weir_send_empty(ngx_http_weir_park_t *p)
{
    u_char              *s;
    ngx_str_t            value, body;
    ngx_http_request_t  *r;

    r = p->request;
    ngx_str_set(&body, "{\"items\":[],\"next\":null}");
    ngx_http_clean_header(r);
    s = ngx_pnalloc(r->pool, sizeof("wait=") + NGX_INT_T_LEN);

    if (s == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    value.data = s;
    value.len = (size_t) (ngx_sprintf(s, "wait=%i", p->seconds) - s);

    if (ngx_http_weir_header_out(r, "Preference-Applied", &value) == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_weir_send(r, "application/json", &body);
}


/* Out of an event; p may be gone afterwards. */

static void
ngx_http_weir_park_finish(ngx_http_weir_park_t *p, ngx_int_t rc)
{
    ngx_connection_t    *c;
    ngx_http_request_t  *r;

    r = p->request;
    c = r->connection;
    ngx_http_set_log_request(c->log, r);
    ngx_http_weir_park_leave(p);
    ngx_http_finalize_request(r, rc == NGX_OK ? ngx_http_weir_send_empty(p)
                                              : rc);
    ngx_http_run_posted_requests(c);
}


/* Time is up, or nginx ends: jobs are none, an instance is shown as it is. */

static void
ngx_http_weir_park_over(ngx_http_weir_park_t *p)
{
    if (p->kind == NGX_HTTP_WEIR_FOR_JOBS) {
        ngx_http_weir_park_finish(p, NGX_OK);
        return;
    }

    p->last = "1";
    ngx_http_weir_park_wake(p);
}


static void
ngx_http_weir_park_timer(ngx_event_t *ev)
{
    ngx_http_weir_park_t  *p = ev->data;

    if (p->moved && (ngx_msec_int_t) (p->deadline - ngx_current_msec) > 0) {
        ngx_http_weir_park_wake(p);
        return;
    }

    ngx_http_weir_parking_add(p, expired, 1);
    ngx_http_weir_park_over(p);
}


/* ---- asking again ---- */

/* Its FIN may not have been read yet. */

static ngx_uint_t
ngx_http_weir_is_gone(ngx_http_request_t *r)
{
    u_char             b;
    ngx_connection_t  *c;

    c = r->connection;

    if (c->error || c->read->pending_eof) {
        return 1;
    }

#if (NGX_HTTP_V2)

    if (r->stream) {
        return 0;
    }

#endif

    return recv(c->fd, (char *) &b, 1, MSG_PEEK|MSG_DONTWAIT) == 0;
}


static void
ngx_http_weir_park_kick(ngx_event_t *ev)
{
    ngx_queue_t           *q;
    ngx_connection_t      *c;
    ngx_http_request_t    *r;
    ngx_http_weir_park_t  *p;

    while (!ngx_queue_empty(&ngx_http_weir_ready)
           && ngx_http_weir_in_flight < ngx_http_weir_conf->park_asks)
    {
        q = ngx_queue_head(&ngx_http_weir_ready);
        p = ngx_queue_data(q, ngx_http_weir_park_t, queue);
        r = p->request;
        c = r->connection;

        if (ngx_http_weir_is_gone(r)) {
            ngx_http_weir_pass_on(p);
            ngx_http_weir_parking_add(p, gone, 1);
            ngx_http_weir_park_finish(p, NGX_HTTP_CLIENT_CLOSED_REQUEST);
            continue;
        }

        ngx_http_weir_park_leave(p);
        p->state = NGX_HTTP_WEIR_ASKED;
        ngx_http_weir_in_flight++;
        ngx_http_weir_parking_add(p, asked, 1);
        ngx_http_weir_topics_asked(p);

        ngx_http_set_log_request(c->log, r);
        r->uri_changes = NGX_HTTP_MAX_URI_CHANGES + 1;
        (void) ngx_http_named_location(r, p->retry);
        ngx_http_finalize_request(r, NGX_DONE);
        ngx_http_run_posted_requests(c);
    }
}


/* ---- parking ---- */

static ngx_http_weir_park_t *
ngx_http_weir_park_new(ngx_http_request_t *r, ngx_http_weir_ctx_t *ctx)
{
    ngx_http_cleanup_t        *cln;
    ngx_http_weir_park_t      *p;
    ngx_http_weir_loc_conf_t  *wlcf;

    p = ngx_pcalloc(r->pool, sizeof(ngx_http_weir_park_t));
    cln = ngx_http_cleanup_add(r, 0);

    if (p == NULL || cln == NULL) {
        return NULL;
    }

    p->tenant = ngx_http_weir_tenant(ctx->claims != NULL ? ctx->claims->tenant
                                                         : 0);

    if (p->tenant == NULL) {
        return NULL;
    }

    p->tenant->n++;
    ngx_http_weir_held++;
    cln->handler = ngx_http_weir_park_cleanup;
    cln->data = p;

    wlcf = ngx_http_get_module_loc_conf(r, ngx_http_weir_module);
    p->retry = &wlcf->park_retry;
    p->request = r;
    p->last = "";
    p->number = ++ngx_http_weir_count_up;
    p->timer.handler = ngx_http_weir_park_timer;
    p->timer.data = p;
    p->timer.log = r->connection->log;
    ctx->park = p;

    return p;
}


/* One reference more: the content phase takes one when we return NGX_DONE. */

static ngx_int_t
ngx_http_weir_park_hold(ngx_http_request_t *r)
{
    ngx_connection_t  *c;

    c = r->connection;
    r->main->count++;
    r->read_event_handler = ngx_http_test_reading;
    r->write_event_handler = ngx_http_request_empty_handler;
    c->log->action = "waiting for something to answer";

    if (c->read->ready || c->read->pending_eof) {
        ngx_post_event(c->read, &ngx_posted_events);
    }

    return NGX_DONE;
}


/* Nobody more is kept: jobs are refused, what was done is answered. */

static ngx_int_t
ngx_http_weir_park_full(ngx_http_weir_park_t *p, ngx_http_weir_ctx_t *ctx)
{
    ngx_http_weir_parking_add(p, refused, 1);

    if (p->kind == NGX_HTTP_WEIR_FOR_JOBS) {
        ctx->detail = p->tenant->n > (ngx_uint_t)
                                     ngx_http_weir_conf->park_tenant_max
                      && ngx_http_weir_conf->park_tenant_max > 0
                      ? "too many requests of the tenant wait already: "
                        "park_tenant_max"
                      : "too many requests wait already: park_max";
        return NGX_HTTP_SERVICE_UNAVAILABLE;
    }

    p->last = "full";
    p->state = NGX_HTTP_WEIR_READY;
    ngx_queue_insert_tail(&ngx_http_weir_ready, &p->queue);
    ngx_http_weir_ask_more();

    return ngx_http_weir_park_hold(p->request);
}


static ngx_uint_t
ngx_http_weir_park_is_full(ngx_http_weir_park_t *p)
{
    ngx_int_t  tenant;

    tenant = ngx_http_weir_conf->park_tenant_max;

    return ngx_http_weir_held > (ngx_uint_t) ngx_http_weir_conf->park_max
           || (tenant > 0 && p->tenant->n > (ngx_uint_t) tenant);
}


/* How long an instance that moves and moves is not asked about. */

static ngx_msec_t
ngx_http_weir_park_pause(ngx_http_weir_park_t *p)
{
    return ngx_min(NGX_HTTP_WEIR_NUDGE * p->rounds, NGX_HTTP_WEIR_NUDGE_MAX);
}


static ngx_int_t
ngx_http_weir_park_it(ngx_http_weir_park_t *p, ngx_http_weir_ctx_t *ctx)
{
    ngx_msec_int_t       left;
    ngx_http_request_t  *r;

    r = p->request;
    left = (ngx_msec_int_t) (p->deadline - ngx_current_msec);

    if (left <= 0 || ngx_exiting || ngx_terminate) {
        if (p->kind == NGX_HTTP_WEIR_FOR_JOBS) {
            return ngx_http_weir_send_empty(p);
        }

        p->last = "1";
        p->state = NGX_HTTP_WEIR_READY;
        ngx_queue_insert_tail(&ngx_http_weir_ready, &p->queue);
        ngx_http_weir_ask_more();

        return ngx_http_weir_park_hold(r);
    }

    if (ngx_http_weir_topics_join(p) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    p->moved = 0;
    p->looks = 0;
    p->not_before = ngx_current_msec + ngx_http_weir_park_pause(p);
    p->state = NGX_HTTP_WEIR_PARKED;
    ngx_queue_insert_tail(&ngx_http_weir_parked, &p->queue);
    (void) ngx_atomic_fetch_add(ngx_http_weir_gauge(p), 1);
    ngx_add_timer(&p->timer, (ngx_msec_t) left);

    if (ngx_http_weir_moved_since(p, ctx->moves)) {
        if (p->kind == NGX_HTTP_WEIR_FOR_JOBS) {
            ngx_http_weir_park_wake(p);

        } else {
            ngx_http_weir_park_nudge(p);
        }
    }

    return ngx_http_weir_park_hold(r);
}


static ngx_int_t
ngx_http_weir_park_handler(ngx_http_request_t *r)
{
    ngx_str_t             *text;
    ngx_uint_t             again;
    ngx_http_weir_ctx_t   *ctx;
    ngx_http_weir_park_t  *p;

    text = ngx_http_weir_upstream_header(r, "X-Weir-Park");
    ctx = ngx_http_weir_get_ctx(r);

    if (r != r->main || ctx == NULL || text == NULL) {
        return NGX_HTTP_NOT_FOUND;
    }

    again = ctx->park != NULL;
    p = again ? ctx->park : ngx_http_weir_park_new(r, ctx);

    if (p == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_weir_park_leave(p);

    if (ngx_http_weir_park_parse(p, text) != NGX_OK) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "a worker's X-Weir-Park cannot be read: \"%V\"", text);
        return NGX_HTTP_BAD_GATEWAY;
    }

    /* What the answer's header was read into is not kept for that long. */

    if (r->upstream->buffer.start != NULL) {
        (void) ngx_pfree(r->pool, r->upstream->buffer.start);
        r->upstream->buffer.start = NULL;
    }

    if (again) {
        p->rounds++;
        ngx_http_weir_parking_add(p, in_vain, 1);

    } else {
        ngx_http_weir_parking_add(p, parked, 1);

        if (ngx_http_weir_park_is_full(p)) {
            return ngx_http_weir_park_full(p, ctx);
        }
    }

    return ngx_http_weir_park_it(p, ctx);
}


/* A worker had something to say.  Without success, what it was woken for is
 * still there.  When it only looked, there may be more than it took. */

static ngx_int_t
ngx_http_weir_park_header_filter(ngx_http_request_t *r)
{
    ngx_uint_t             ok;
    ngx_http_weir_ctx_t   *ctx;
    ngx_http_weir_park_t  *p;

    if (r != r->main) {
        return ngx_http_next_header_filter(r);
    }

    ctx = ngx_http_weir_get_ctx(r);
    p = ctx != NULL ? ctx->park : NULL;

    if (p != NULL && p->state == NGX_HTTP_WEIR_ASKED) {
        ngx_http_weir_park_leave(p);
        ok = r->err_status == 0 && r->headers_out.status < 300;

        if (!ok
            || (p->looks
                && ngx_http_weir_upstream_header(r, "X-Weir-More") != NULL))
        {
            ngx_http_weir_pass_on(p);
        }
    }

    return ngx_http_next_header_filter(r);
}


/* ---- the process ---- */

/* nginx closes idle connections when it is to end: this one has no other use. */

static void
ngx_http_weir_park_quit(ngx_event_t *ev)
{
    ngx_queue_t           *q;
    ngx_connection_t      *c = ev->data;
    ngx_http_weir_park_t  *p;

    if (!c->close) {
        return;
    }

    while (!ngx_queue_empty(&ngx_http_weir_parked)) {
        q = ngx_queue_head(&ngx_http_weir_parked);
        p = ngx_queue_data(q, ngx_http_weir_park_t, queue);
        ngx_http_weir_park_over(p);
    }

    ngx_close_connection(c);
}


static void
ngx_http_weir_park_forget(void)
{
    ngx_http_weir_park_t  p;

    for (p.kind = 0; p.kind < NGX_HTTP_WEIR_KINDS; p.kind++) {
        *ngx_http_weir_gauge(&p) = 0;
    }
}


ngx_int_t
ngx_http_weir_park_process(ngx_cycle_t *cycle)
{
    ngx_fd_t           fd;
    ngx_connection_t  *c;

    if (ngx_process != NGX_PROCESS_WORKER && ngx_process != NGX_PROCESS_SINGLE)
    {
        return NGX_OK;
    }

    ngx_http_weir_conf = ngx_http_cycle_get_module_main_conf(cycle,
                                                         ngx_http_weir_module);

    if (ngx_http_weir_conf == NULL) {
        return NGX_OK;
    }

    ngx_http_weir_park_forget();
    ngx_queue_init(&ngx_http_weir_parked);
    ngx_queue_init(&ngx_http_weir_ready);
    ngx_http_weir_kick.handler = ngx_http_weir_park_kick;
    ngx_http_weir_kick.log = cycle->log;

    fd = eventfd(0, EFD_NONBLOCK|EFD_CLOEXEC);

    if (fd == -1) {
        ngx_log_error(NGX_LOG_EMERG, cycle->log, ngx_errno, "eventfd() failed");
        return NGX_ERROR;
    }

    c = ngx_get_connection(fd, cycle->log);

    if (c == NULL) {
        (void) close(fd);
        return NGX_ERROR;
    }

    c->read->handler = ngx_http_weir_park_quit;
    c->read->log = cycle->log;
    c->write->log = cycle->log;
    c->log = cycle->log;
    c->idle = 1;

    if (ngx_http_weir_topics_init(cycle, ngx_http_weir_conf->park_recheck)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_weir_hubs_init(cycle, ngx_http_weir_conf->hubs);
}


void
ngx_http_weir_park_end(ngx_cycle_t *cycle)
{
    if (ngx_http_weir_conf != NULL) {
        ngx_http_weir_park_forget();
    }
}


char *
ngx_http_weir_park(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_weir_loc_conf_t  *wlcf = conf;

    ngx_str_t                 *value;
    ngx_http_core_loc_conf_t  *clcf;

    value = cf->args->elts;

    if (value[1].len < 2 || value[1].data[0] != '@') {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"weir_park\" needs a named location, not \"%V\"",
                           &value[1]);
        return NGX_CONF_ERROR;
    }

    wlcf->park_retry = value[1];
    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    clcf->handler = ngx_http_weir_park_handler;

    return NGX_CONF_OK;
}


ngx_int_t
ngx_http_weir_park_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t last)
{
    ngx_str_t              text;
    ngx_http_weir_ctx_t   *ctx;
    ngx_http_weir_park_t  *p;

    ctx = ngx_http_weir_get_ctx(r);

    if (ctx == NULL) {
        return NGX_ERROR;
    }

    p = ctx->park;
    ngx_str_null(&text);

    if (p != NULL && last) {
        text.data = (u_char *) (uintptr_t) p->last;
        text.len = ngx_strlen(p->last);

    } else if (p != NULL) {
        text = p->resume;
    }

    v->len = (unsigned) text.len & 0xfffffff;
    v->data = text.len != 0 ? text.data : (u_char *) "";
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;

    return NGX_OK;
}


ngx_int_t
ngx_http_weir_park_init(ngx_conf_t *cf)
{
    ngx_http_next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = ngx_http_weir_park_header_filter;

    return NGX_OK;
}
