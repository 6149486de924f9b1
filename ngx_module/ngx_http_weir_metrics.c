/*
 * ngx_http_weir_metrics: counters in shared memory, /metrics and /health/live.
 *
 * /metrics prints the edge's own counters, then asks the worker in a subrequest
 * and lets its text through.  When no worker answers, whatever error text the
 * subrequest produced is dropped; weir_worker_up says which it was.
 */

#include "ngx_module/ngx_http_weir_module.h"

#include <nginx.h>

#include "config.h"


#define NGX_HTTP_WEIR_UP                                                      \
    "# HELP weir_worker_up Whether a worker answered this scrape.\n"          \
    "# TYPE weir_worker_up gauge\n"


/* Of the subrequest; found by its post_subrequest, which redirects keep. */
typedef struct {
    unsigned  announced:1;
    unsigned  up:1;
} ngx_http_weir_scrape_t;


static ngx_http_output_body_filter_pt  ngx_http_next_body_filter;

static const char  *ngx_http_weir_classes[] = {
    "", "1xx", "2xx", "3xx", "4xx", "5xx"
};


ngx_http_weir_counters_t *
ngx_http_weir_counters(ngx_http_request_t *r)
{
    ngx_http_weir_main_conf_t  *wmcf;

    wmcf = ngx_http_get_module_main_conf(r, ngx_http_weir_module);

    return wmcf->zone != NULL ? wmcf->zone->data : NULL;
}


static ngx_int_t
ngx_http_weir_init_zone(ngx_shm_zone_t *zone, void *data)
{
    ngx_slab_pool_t           *pool = (ngx_slab_pool_t *) zone->shm.addr;
    ngx_http_weir_counters_t  *old = data != NULL ? data : pool->data;

    if ((data != NULL || zone->shm.exists) && old != NULL
        && old->size == sizeof(ngx_http_weir_counters_t))
    {
        zone->data = old;
        return NGX_OK;
    }

    zone->data = ngx_slab_calloc(pool, sizeof(ngx_http_weir_counters_t));

    if (zone->data == NULL) {
        return NGX_ERROR;
    }

    ((ngx_http_weir_counters_t *) zone->data)->size =
        sizeof(ngx_http_weir_counters_t);
    pool->data = zone->data;

    return NGX_OK;
}


char *
ngx_http_weir_zone(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_weir_main_conf_t  *wmcf = conf;

    ssize_t     size;
    ngx_str_t  *value, name = ngx_string("weir");

    if (wmcf->zone != NULL) {
        return "is duplicate";
    }

    value = cf->args->elts;
    size = ngx_parse_size(&value[1]);

    if (size == NGX_ERROR || (size_t) size < 8 * ngx_pagesize) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"weir_zone\" needs a size of %uzk or more, "
                           "not \"%V\"",
                           8 * ngx_pagesize / 1024, &value[1]);
        return NGX_CONF_ERROR;
    }

    wmcf->zone = ngx_shared_memory_add(cf, &name, (size_t) size,
                                       &ngx_http_weir_module);

    if (wmcf->zone == NULL) {
        return NGX_CONF_ERROR;
    }

    wmcf->zone->init = ngx_http_weir_init_zone;

    return NGX_CONF_OK;
}


/* The log phase: each request is counted once, by its final status. */

ngx_int_t
ngx_http_weir_count(ngx_http_request_t *r)
{
    ngx_uint_t                 status;
    ngx_http_weir_counters_t  *counters;

    counters = ngx_http_weir_counters(r);
    status = r->err_status ? r->err_status : r->headers_out.status;

    if (counters != NULL && status >= 100 && status < 600) {
        (void) ngx_atomic_fetch_add(&counters->requests[status / 100], 1);
    }

    return NGX_OK;
}


static const struct {
    const char  *name;
    const char  *help;
    size_t       at;
} ngx_http_weir_parking_rows[] = {
    { "parked_total", "Requests that began to wait.",
      offsetof(ngx_http_weir_parking_t, parked) },
    { "woken_total", "Times that a waiting request was to be asked again.",
      offsetof(ngx_http_weir_parking_t, woken) },
    { "asked_total", "Waiting requests that went to a worker again.",
      offsetof(ngx_http_weir_parking_t, asked) },
    { "asked_in_vain_total", "Of them, those that went on waiting.",
      offsetof(ngx_http_weir_parking_t, in_vain) },
    { "wait_expired_total", "Waiting requests whose time was up.",
      offsetof(ngx_http_weir_parking_t, expired) },
    { "wait_gone_total", "Waiting requests whose client went away.",
      offsetof(ngx_http_weir_parking_t, gone) },
    { "wait_refused_total", "Requests that were not let wait: too many did.",
      offsetof(ngx_http_weir_parking_t, refused) },
};

static const char  *ngx_http_weir_kinds[] = { "jobs", "instance" };


static u_char *
ngx_http_weir_print_parking(u_char *p, u_char *last,
    ngx_http_weir_counters_t *counters)
{
    u_char      *at;
    ngx_uint_t   i, k, n;

    p = ngx_slprintf(p, last,
            "# HELP weir_edge_parked Requests that wait, by what for.\n"
            "# TYPE weir_edge_parked gauge\n");

    for (k = 0; k < NGX_HTTP_WEIR_KINDS; k++) {
        n = 0;

        for (i = 0; i < NGX_HTTP_WEIR_PROCESSES; i++) {
            n += counters->parking[k].now[i];
        }

        p = ngx_slprintf(p, last, "weir_edge_parked{for=\"%s\"} %ui\n",
                         ngx_http_weir_kinds[k], n);
    }

    for (i = 0; i < sizeof(ngx_http_weir_parking_rows)
                    / sizeof(ngx_http_weir_parking_rows[0]); i++)
    {
        p = ngx_slprintf(p, last, "# HELP weir_edge_%s %s\n"
                         "# TYPE weir_edge_%s counter\n",
                         ngx_http_weir_parking_rows[i].name,
                         ngx_http_weir_parking_rows[i].help,
                         ngx_http_weir_parking_rows[i].name);

        for (k = 0; k < NGX_HTTP_WEIR_KINDS; k++) {
            at = (u_char *) &counters->parking[k]
                 + ngx_http_weir_parking_rows[i].at;
            p = ngx_slprintf(p, last, "weir_edge_%s{for=\"%s\"} %uA\n",
                             ngx_http_weir_parking_rows[i].name,
                             ngx_http_weir_kinds[k],
                             *(ngx_atomic_t *) (void *) at);
        }
    }

    return p;
}


static u_char *
ngx_http_weir_print(u_char *p, u_char *last, ngx_http_weir_counters_t *counters)
{
    ngx_uint_t  i;

    p = ngx_slprintf(p, last,
            "# HELP weir_edge_build_info The module and the nginx it runs in.\n"
            "# TYPE weir_edge_build_info gauge\n"
            "weir_edge_build_info{version=\"%s\",nginx=\"%s\"} 1\n",
            PACKAGE_VERSION, NGINX_VERSION);

    if (counters == NULL) {
        return p;
    }

    p = ngx_slprintf(p, last,
            "# HELP weir_edge_requests_total Answers by class of status.\n"
            "# TYPE weir_edge_requests_total counter\n");

    for (i = 1; i < 6; i++) {
        p = ngx_slprintf(p, last,
                "weir_edge_requests_total{class=\"%s\"} %uA\n",
                ngx_http_weir_classes[i], counters->requests[i]);
    }

    p = ngx_slprintf(p, last,
            "# HELP weir_edge_tokens_accepted_total Bearer tokens accepted.\n"
            "# TYPE weir_edge_tokens_accepted_total counter\n"
            "weir_edge_tokens_accepted_total %uA\n"
            "# HELP weir_edge_tokens_refused_total Bearer tokens refused.\n"
            "# TYPE weir_edge_tokens_refused_total counter\n",
            counters->accepted);

    for (i = 1; i < WEIR_JWT_REFUSALS; i++) {
        p = ngx_slprintf(p, last,
                "weir_edge_tokens_refused_total{reason=\"%s\"} %uA\n",
                weir_jwt_refusal_name(i), counters->refused[i]);
    }

    return ngx_http_weir_print_parking(p, last, counters);
}


static ngx_int_t
ngx_http_weir_scraped(ngx_http_request_t *r, void *data, ngx_int_t rc)
{
    /* Only here to mark the subrequest: see ngx_http_weir_scrape(). */

    return rc;
}


static ngx_http_weir_scrape_t *
ngx_http_weir_scrape(ngx_http_request_t *r)
{
    if (r == r->main || r->post_subrequest == NULL
        || r->post_subrequest->handler != ngx_http_weir_scraped)
    {
        return NULL;
    }

    return r->post_subrequest->data;
}


static ngx_buf_t *
ngx_http_weir_up(ngx_http_request_t *r, ngx_uint_t up)
{
    ngx_buf_t  *b;

    b = ngx_create_temp_buf(r->pool, sizeof(NGX_HTTP_WEIR_UP)
                                     + sizeof("weir_worker_up 0\n"));

    if (b == NULL) {
        return NULL;
    }

    b->last = ngx_sprintf(b->last, "%sweir_worker_up %ui\n",
                          NGX_HTTP_WEIR_UP, up);

    return b;
}


static ngx_int_t
ngx_http_weir_body_filter(ngx_http_request_t *r, ngx_chain_t *in)
{
    ngx_chain_t              head, *cl;
    ngx_http_weir_scrape_t  *s;

    s = ngx_http_weir_scrape(r);

    if (s == NULL) {
        return ngx_http_next_body_filter(r, in);
    }

    if (!s->announced) {
        s->up = r->err_status == 0 && r->headers_out.status == NGX_HTTP_OK;
    }

    if (!s->up) {
        for (cl = in; cl; cl = cl->next) {
            cl->buf->pos = cl->buf->last;
            cl->buf->file_pos = cl->buf->file_last;

            if (ngx_buf_in_memory(cl->buf) || cl->buf->in_file) {
                cl->buf->memory = 0;
                cl->buf->temporary = 0;
                cl->buf->mmap = 0;
                cl->buf->in_file = 0;
                cl->buf->sync = 1;
            }
        }
    }

    if (!s->announced) {
        s->announced = 1;
        head.buf = ngx_http_weir_up(r, s->up);
        head.next = in;

        if (head.buf == NULL) {
            return NGX_ERROR;
        }

        return ngx_http_next_body_filter(r, &head);
    }

    return ngx_http_next_body_filter(r, in);
}


static ngx_int_t
ngx_http_weir_ask_worker(ngx_http_request_t *r, ngx_str_t *uri)
{
    ngx_http_request_t          *sr;
    ngx_http_post_subrequest_t  *ps;

    ps = ngx_palloc(r->pool, sizeof(ngx_http_post_subrequest_t));

    if (ps == NULL) {
        return NGX_ERROR;
    }

    ps->handler = ngx_http_weir_scraped;
    ps->data = ngx_pcalloc(r->pool, sizeof(ngx_http_weir_scrape_t));

    if (ps->data == NULL) {
        return NGX_ERROR;
    }

    return ngx_http_subrequest(r, uri, NULL, &sr, ps, 0);
}


static ngx_int_t
ngx_http_weir_get_only(ngx_http_request_t *r)
{
    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        return NGX_HTTP_NOT_ALLOWED;
    }

    return ngx_http_discard_request_body(r);
}


static ngx_int_t
ngx_http_weir_metrics_handler(ngx_http_request_t *r)
{
    ngx_int_t                  rc;
    ngx_buf_t                 *b;
    ngx_chain_t                out;
    ngx_http_weir_loc_conf_t  *wlcf;

    rc = ngx_http_weir_get_only(r);

    if (rc != NGX_OK) {
        return rc;
    }

    wlcf = ngx_http_get_module_loc_conf(r, ngx_http_weir_module);
    b = ngx_create_temp_buf(r->pool, 8192);

    if (b == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    b->last = ngx_http_weir_print(b->last, b->end, ngx_http_weir_counters(r));

    r->headers_out.status = NGX_HTTP_OK;
    ngx_str_set(&r->headers_out.content_type,
                "text/plain; version=0.0.4; charset=utf-8");
    r->headers_out.content_type_len = r->headers_out.content_type.len;

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    out.buf = b;
    out.next = NULL;
    rc = ngx_http_output_filter(r, &out);

    if (rc == NGX_ERROR) {
        return rc;
    }

    if (wlcf->worker.len != 0
        && ngx_http_weir_ask_worker(r, &wlcf->worker) != NGX_OK)
    {
        return NGX_ERROR;
    }

    /* The end waits in the postponed chain until the worker's text is out. */

    return ngx_http_send_special(r, NGX_HTTP_LAST);
}


static ngx_int_t
ngx_http_weir_live_handler(ngx_http_request_t *r)
{
    ngx_int_t  rc;
    ngx_str_t  body = ngx_string("{\"status\":\"live\"}\n");

    rc = ngx_http_weir_get_only(r);

    if (rc != NGX_OK) {
        return rc;
    }

    return ngx_http_weir_send(r, "application/json", &body);
}


char *
ngx_http_weir_metrics(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_weir_loc_conf_t  *wlcf = conf;

    ngx_str_t                 *value;
    ngx_http_core_loc_conf_t  *clcf;

    if (cf->args->nelts == 2) {
        value = cf->args->elts;
        wlcf->worker = value[1];
    }

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    clcf->handler = ngx_http_weir_metrics_handler;

    return NGX_CONF_OK;
}


char *
ngx_http_weir_live(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    clcf->handler = ngx_http_weir_live_handler;

    return NGX_CONF_OK;
}


ngx_int_t
ngx_http_weir_metrics_init(ngx_conf_t *cf)
{
    ngx_http_next_body_filter = ngx_http_top_body_filter;
    ngx_http_top_body_filter = ngx_http_weir_body_filter;

    return NGX_OK;
}
