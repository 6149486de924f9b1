/*
 * ngx_http_weir_module.h: what the files of the module share.
 *
 *   ngx_http_weir_module.c    directives, variables, phases, header filter
 *   ngx_http_weir_auth.c      the access phase: bearer token -> principal
 *   ngx_http_weir_metrics.c   counters in shared memory, /metrics, /health/live
 *   ngx_http_weir_park.c      requests that wait, with _topic.c and _hub.c
 *   ngx_http_weir_problem.c   problem documents (RFC 9457)
 *   weir_jwt, weir_json, weir_route   know no nginx
 *
 * The module never blocks and allocates from pools only.
 */

#ifndef NGX_HTTP_WEIR_MODULE_H
#define NGX_HTTP_WEIR_MODULE_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_module/weir_jwt.h"


#define NGX_HTTP_WEIR_SLOTS_MAX    64
#define NGX_HTTP_WEIR_REQUEST_ID   64

#define NGX_HTTP_WEIR_AUTH_OFF     0
#define NGX_HTTP_WEIR_AUTH_REQUIRED  1


#define NGX_HTTP_WEIR_KINDS        2       /* of what is waited for */
#define NGX_HTTP_WEIR_PROCESSES    128


/* Requests that wait, of one kind. */
typedef struct {
    ngx_atomic_t        now[NGX_HTTP_WEIR_PROCESSES];
    ngx_atomic_t        parked;
    ngx_atomic_t        woken;
    ngx_atomic_t        asked;
    ngx_atomic_t        in_vain;
    ngx_atomic_t        expired;
    ngx_atomic_t        gone;
    ngx_atomic_t        refused;
} ngx_http_weir_parking_t;


/* In shared memory; survives a reload, starts again when the layout changed. */
typedef struct {
    size_t              size;
    ngx_atomic_t        requests[6];        /* by status / 100, 0 unused */
    ngx_atomic_t        accepted;
    ngx_atomic_t        refused[WEIR_JWT_REFUSALS];
    ngx_http_weir_parking_t  parking[NGX_HTTP_WEIR_KINDS];
} ngx_http_weir_counters_t;


typedef struct {
    ngx_int_t           slots;
    ngx_str_t          *upstreams;          /* weir_slot_0 .. */
    ngx_shm_zone_t     *zone;               /* NULL: nothing is counted */
    ngx_array_t        *hubs;               /* ngx_str_t; NULL: none */
    ngx_int_t           park_max;
    ngx_int_t           park_tenant_max;    /* 0: any */
    ngx_int_t           park_asks;          /* at once, to workers */
    ngx_msec_t          park_recheck;
} ngx_http_weir_main_conf_t;


typedef struct {
    ngx_uint_t               auth;
    struct weir_jwt_policy  *policy;        /* NULL: no key file was given */
    ngx_str_t                worker;        /* weir_metrics' address */
    ngx_str_t                park_retry;    /* weir_park's location */
} ngx_http_weir_loc_conf_t;


typedef struct ngx_http_weir_park_s  ngx_http_weir_park_t;


/* Of the main request; outlives internal redirects. */
typedef struct {
    ngx_str_t                request_id;
    struct weir_jwt_claims  *claims;        /* NULL: nobody */
    enum weir_jwt_refusal    refusal;
    uint64_t                 moves;         /* so far, when it was sent on */
    ngx_http_weir_park_t    *park;          /* NULL: it never waited */
    const char              *detail;        /* of its problem; NULL: the row's */
} ngx_http_weir_ctx_t;


extern ngx_module_t  ngx_http_weir_module;


/* Created at first use; NULL when memory is out. */
ngx_http_weir_ctx_t *ngx_http_weir_get_ctx(ngx_http_request_t *r);

/* The request header of that lower-case name, or NULL. */
ngx_table_elt_t *ngx_http_weir_header_in(ngx_http_request_t *r,
    const char *name);
ngx_table_elt_t *ngx_http_weir_header_out(ngx_http_request_t *r,
    const char *name, ngx_str_t *value);

/* The whole answer of a small handler: status 200 unless err_status says. */
ngx_int_t ngx_http_weir_send(ngx_http_request_t *r, const char *type,
    ngx_str_t *body);

/* The id of this request: the client's when it is a good one, else ours. */
ngx_int_t ngx_http_weir_request_id(ngx_http_request_t *r, ngx_str_t *id);

ngx_int_t ngx_http_weir_access(ngx_http_request_t *r);
char *ngx_http_weir_key_file(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

ngx_http_weir_counters_t *ngx_http_weir_counters(ngx_http_request_t *r);
char *ngx_http_weir_zone(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_weir_metrics(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_weir_live(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
ngx_int_t ngx_http_weir_count(ngx_http_request_t *r);
ngx_int_t ngx_http_weir_metrics_init(ngx_conf_t *cf);

uint64_t ngx_http_weir_moves(void);
char *ngx_http_weir_park(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_weir_hub(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
ngx_int_t ngx_http_weir_park_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t last);
ngx_int_t ngx_http_weir_park_init(ngx_conf_t *cf);
ngx_int_t ngx_http_weir_park_process(ngx_cycle_t *cycle);
void ngx_http_weir_park_end(ngx_cycle_t *cycle);

char *ngx_http_weir_problem(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

#endif
