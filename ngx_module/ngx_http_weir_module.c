/* ngx_http_weir_module: directives, variables, phases and the header filter. */

#include "ngx_module/ngx_http_weir_module.h"

#include <openssl/rand.h>

#include "ngx_module/weir_route.h"


static ngx_int_t ngx_http_weir_add_variables(ngx_conf_t *cf);
static ngx_int_t ngx_http_weir_init(ngx_conf_t *cf);
static void *ngx_http_weir_create_main_conf(ngx_conf_t *cf);
static char *ngx_http_weir_init_main_conf(ngx_conf_t *cf, void *conf);
static void *ngx_http_weir_create_loc_conf(ngx_conf_t *cf);
static char *ngx_http_weir_merge_loc_conf(ngx_conf_t *cf, void *parent,
    void *child);
static ngx_int_t ngx_http_weir_principal_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_weir_tenant_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_weir_request_id_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_weir_upstream_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);


static ngx_http_output_header_filter_pt  ngx_http_next_header_filter;


static ngx_conf_enum_t  ngx_http_weir_auth_modes[] = {
    { ngx_string("off"), NGX_HTTP_WEIR_AUTH_OFF },
    { ngx_string("required"), NGX_HTTP_WEIR_AUTH_REQUIRED },
    { ngx_null_string, 0 }
};

static ngx_conf_num_bounds_t  ngx_http_weir_asks_bounds = {
    ngx_conf_check_num_bounds, 1, -1
};

static ngx_conf_num_bounds_t  ngx_http_weir_slots_bounds = {
    ngx_conf_check_num_bounds, 1, NGX_HTTP_WEIR_SLOTS_MAX
};


/* docs/nginx-directives.md has a section for each; a test compares. */

static ngx_command_t  ngx_http_weir_commands[] = {

    { ngx_string("weir_auth"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_enum_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_weir_loc_conf_t, auth),
      &ngx_http_weir_auth_modes },

    { ngx_string("weir_hub"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_http_weir_hub,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("weir_jwt_key_file"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE12,
      ngx_http_weir_key_file,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("weir_live"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_weir_live,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("weir_metrics"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS|NGX_CONF_TAKE1,
      ngx_http_weir_metrics,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_weir_loc_conf_t, worker),
      NULL },

    { ngx_string("weir_park"),
      NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_weir_park,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("weir_park_asks"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_num_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_http_weir_main_conf_t, park_asks),
      &ngx_http_weir_asks_bounds },

    { ngx_string("weir_park_max"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_num_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_http_weir_main_conf_t, park_max),
      NULL },

    { ngx_string("weir_park_recheck"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_msec_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_http_weir_main_conf_t, park_recheck),
      NULL },

    { ngx_string("weir_park_tenant_max"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_num_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_http_weir_main_conf_t, park_tenant_max),
      NULL },

    { ngx_string("weir_problem"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_weir_problem,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("weir_slots"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_num_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_http_weir_main_conf_t, slots),
      &ngx_http_weir_slots_bounds },

    { ngx_string("weir_zone"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_http_weir_zone,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

      ngx_null_command
};


static ngx_http_module_t  ngx_http_weir_module_ctx = {
    ngx_http_weir_add_variables,       /* preconfiguration */
    ngx_http_weir_init,                /* postconfiguration */

    ngx_http_weir_create_main_conf,    /* create main configuration */
    ngx_http_weir_init_main_conf,      /* init main configuration */

    NULL,                              /* create server configuration */
    NULL,                              /* merge server configuration */

    ngx_http_weir_create_loc_conf,     /* create location configuration */
    ngx_http_weir_merge_loc_conf       /* merge location configuration */
};


ngx_module_t  ngx_http_weir_module = {
    NGX_MODULE_V1,
    &ngx_http_weir_module_ctx,         /* module context */
    ngx_http_weir_commands,            /* module directives */
    NGX_HTTP_MODULE,                   /* module type */
    NULL,                              /* init master */
    NULL,                              /* init module */
    ngx_http_weir_park_process,        /* init process */
    NULL,                              /* init thread */
    NULL,                              /* exit thread */
    ngx_http_weir_park_end,            /* exit process */
    NULL,                              /* exit master */
    NGX_MODULE_V1_PADDING
};


static ngx_http_variable_t  ngx_http_weir_variables[] = {

    { ngx_string("weir_user"), NULL, ngx_http_weir_principal_variable,
      offsetof(struct weir_jwt_claims, sub), NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("weir_roles"), NULL, ngx_http_weir_principal_variable,
      offsetof(struct weir_jwt_claims, roles), NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("weir_session"), NULL, ngx_http_weir_principal_variable,
      offsetof(struct weir_jwt_claims, sid), NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("weir_tenant"), NULL, ngx_http_weir_tenant_variable,
      0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("weir_request_id"), NULL, ngx_http_weir_request_id_variable,
      0, 0, 0 },

    { ngx_string("weir_park_last"), NULL, ngx_http_weir_park_variable,
      1, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("weir_park_resume"), NULL, ngx_http_weir_park_variable,
      0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("weir_upstream"), NULL, ngx_http_weir_upstream_variable,
      0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

      ngx_http_null_variable
};


/*
 * The request's context is kept by a cleanup entry of its pool: an internal
 * redirect, as error_page makes one, forgets module contexts but not that.
 */

static void
ngx_http_weir_ctx_cleanup(void *data)
{
    ngx_http_weir_ctx_t  *ctx = data;

    if (ctx->claims != NULL) {
        ngx_explicit_memzero(ctx->claims, sizeof(struct weir_jwt_claims));
    }
}


ngx_http_weir_ctx_t *
ngx_http_weir_get_ctx(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t   *cln;
    ngx_http_weir_ctx_t  *ctx;

    r = r->main;
    ctx = ngx_http_get_module_ctx(r, ngx_http_weir_module);

    if (ctx != NULL) {
        return ctx;
    }

    for (cln = r->pool->cleanup; cln; cln = cln->next) {
        if (cln->handler == ngx_http_weir_ctx_cleanup) {
            ngx_http_set_ctx(r, cln->data, ngx_http_weir_module);
            return cln->data;
        }
    }

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_weir_ctx_t));

    if (cln == NULL) {
        return NULL;
    }

    ctx = cln->data;
    ngx_memzero(ctx, sizeof(ngx_http_weir_ctx_t));
    cln->handler = ngx_http_weir_ctx_cleanup;
    ngx_http_set_ctx(r, ctx, ngx_http_weir_module);

    return ctx;
}


ngx_table_elt_t *
ngx_http_weir_header_in(ngx_http_request_t *r, const char *name)
{
    size_t            len;
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    len = ngx_strlen(name);
    part = &r->headers_in.headers.part;
    h = part->elts;

    for (i = 0; /* void */ ; i++) {

        if (i >= part->nelts) {
            if (part->next == NULL) {
                return NULL;
            }

            part = part->next;
            h = part->elts;
            i = 0;
        }

        if (h[i].hash != 0 && h[i].key.len == len
            && ngx_strncmp(h[i].lowcase_key, name, len) == 0)
        {
            return &h[i];
        }
    }
}


ngx_table_elt_t *
ngx_http_weir_header_out(ngx_http_request_t *r, const char *name,
    ngx_str_t *value)
{
    ngx_table_elt_t  *h;

    h = ngx_list_push(&r->headers_out.headers);

    if (h == NULL) {
        return NULL;
    }

    ngx_memzero(h, sizeof(ngx_table_elt_t));
    h->hash = 1;
    h->key.len = ngx_strlen(name);
    h->key.data = (u_char *) (uintptr_t) name;
    h->value = *value;

    return h;
}


ngx_int_t
ngx_http_weir_send(ngx_http_request_t *r, const char *type, ngx_str_t *body)
{
    ngx_int_t     rc;
    ngx_buf_t    *b;
    ngx_chain_t   out;

    b = ngx_calloc_buf(r->pool);

    if (b == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    r->headers_out.status = NGX_HTTP_OK;
    r->headers_out.content_length_n = (off_t) body->len;
    r->headers_out.content_type.len = ngx_strlen(type);
    r->headers_out.content_type.data = (u_char *) (uintptr_t) type;
    r->headers_out.content_type_len = r->headers_out.content_type.len;
    r->headers_out.content_type_lowcase = NULL;

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    b->pos = body->data;
    b->last = body->data + body->len;
    b->memory = 1;
    b->last_buf = (r == r->main) ? 1 : 0;
    b->last_in_chain = 1;

    out.buf = b;
    out.next = NULL;

    return ngx_http_output_filter(r, &out);
}


static ngx_uint_t
ngx_http_weir_request_id_ok(ngx_str_t *id)
{
    u_char  c;
    size_t  i;

    if (id->len == 0 || id->len > NGX_HTTP_WEIR_REQUEST_ID) {
        return 0;
    }

    for (i = 0; i < id->len; i++) {
        c = id->data[i];

        if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z')
            && (c < '0' || c > '9') && c != '-' && c != '_')
        {
            return 0;
        }
    }

    return 1;
}


ngx_int_t
ngx_http_weir_request_id(ngx_http_request_t *r, ngx_str_t *id)
{
    u_char                raw[16];
    ngx_table_elt_t      *h;
    ngx_http_weir_ctx_t  *ctx;

    ctx = ngx_http_weir_get_ctx(r);

    if (ctx == NULL) {
        return NGX_ERROR;
    }

    if (ctx->request_id.len == 0) {
        h = ngx_http_weir_header_in(r->main, "x-request-id");

        if (h != NULL && ngx_http_weir_request_id_ok(&h->value)) {
            ctx->request_id = h->value;

        } else {
            if (RAND_bytes(raw, sizeof(raw)) != 1) {
                return NGX_ERROR;
            }

            ctx->request_id.data = ngx_pnalloc(r->main->pool,
                                               2 * sizeof(raw));

            if (ctx->request_id.data == NULL) {
                return NGX_ERROR;
            }

            ngx_hex_dump(ctx->request_id.data, raw, sizeof(raw));
            ctx->request_id.len = 2 * sizeof(raw);
        }
    }

    *id = ctx->request_id;

    return NGX_OK;
}


static void
ngx_http_weir_set_value(ngx_http_variable_value_t *v, u_char *data, size_t len)
{
    v->len = (unsigned) len & 0xfffffff;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;
    v->data = data;
}


static ngx_int_t
ngx_http_weir_principal_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    char                 *text;
    ngx_http_weir_ctx_t  *ctx;

    ctx = ngx_http_weir_get_ctx(r);

    if (ctx == NULL) {
        return NGX_ERROR;
    }

    if (ctx->claims == NULL) {
        ngx_http_weir_set_value(v, (u_char *) "", 0);
        return NGX_OK;
    }

    text = (char *) ctx->claims + data;
    ngx_http_weir_set_value(v, (u_char *) text, ngx_strlen(text));

    return NGX_OK;
}


static ngx_int_t
ngx_http_weir_tenant_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    u_char               *p;
    ngx_http_weir_ctx_t  *ctx;

    ctx = ngx_http_weir_get_ctx(r);

    if (ctx == NULL) {
        return NGX_ERROR;
    }

    if (ctx->claims == NULL) {
        ngx_http_weir_set_value(v, (u_char *) "", 0);
        return NGX_OK;
    }

    p = ngx_pnalloc(r->pool, NGX_INT64_LEN);

    if (p == NULL) {
        return NGX_ERROR;
    }

    ngx_http_weir_set_value(v, p,
        (size_t) (ngx_sprintf(p, "%L", ctx->claims->tenant) - p));

    return NGX_OK;
}


static ngx_int_t
ngx_http_weir_request_id_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_str_t  id;

    if (ngx_http_weir_request_id(r, &id) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_http_weir_set_value(v, id.data, id.len);

    return NGX_OK;
}


/* weir_slot_<n> of the id in the path or in X-Weir-Instance, else weir_any. */

static ngx_int_t
ngx_http_weir_upstream_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    int                         bucket;
    ngx_str_t                  *name;
    ngx_table_elt_t            *h;
    ngx_http_weir_main_conf_t  *wmcf;

    wmcf = ngx_http_get_module_main_conf(r, ngx_http_weir_module);
    bucket = weir_route_path((char *) r->uri.data, r->uri.len);

    if (bucket < 0) {
        h = ngx_http_weir_header_in(r, "x-weir-instance");

        if (h != NULL) {
            bucket = weir_route_bucket((char *) h->value.data, h->value.len);
        }
    }

    /* With one slot every request is its own: one pool of connections. */

    if (bucket < 0 && wmcf->slots == 1) {
        bucket = 0;
    }

    if (bucket < 0) {
        ngx_http_weir_set_value(v, (u_char *) "weir_any",
                                sizeof("weir_any") - 1);
        return NGX_OK;
    }

    name = &wmcf->upstreams[bucket % wmcf->slots];
    ngx_http_weir_set_value(v, name->data, name->len);

    return NGX_OK;
}


/* X-Request-Id on every answer, whoever made it. */

static ngx_int_t
ngx_http_weir_header_filter(ngx_http_request_t *r)
{
    ngx_str_t  id;

    if (r == r->main) {
        if (ngx_http_weir_request_id(r, &id) != NGX_OK
            || ngx_http_weir_header_out(r, "X-Request-Id", &id) == NULL)
        {
            return NGX_ERROR;
        }
    }

    return ngx_http_next_header_filter(r);
}


static ngx_int_t
ngx_http_weir_add_variables(ngx_conf_t *cf)
{
    ngx_http_variable_t  *var, *v;

    for (v = ngx_http_weir_variables; v->name.len; v++) {
        var = ngx_http_add_variable(cf, &v->name, v->flags);

        if (var == NULL) {
            return NGX_ERROR;
        }

        var->get_handler = v->get_handler;
        var->data = v->data;
    }

    return NGX_OK;
}


static void *
ngx_http_weir_create_main_conf(ngx_conf_t *cf)
{
    ngx_http_weir_main_conf_t  *conf;

    conf = ngx_pcalloc(cf->pool, sizeof(ngx_http_weir_main_conf_t));

    if (conf == NULL) {
        return NULL;
    }

    conf->slots = NGX_CONF_UNSET;
    conf->park_max = NGX_CONF_UNSET;
    conf->park_tenant_max = NGX_CONF_UNSET;
    conf->park_asks = NGX_CONF_UNSET;
    conf->park_recheck = NGX_CONF_UNSET_MSEC;

    return conf;
}


static char *
ngx_http_weir_init_main_conf(ngx_conf_t *cf, void *conf)
{
    ngx_http_weir_main_conf_t  *wmcf = conf;

    u_char     *p;
    ngx_int_t   i;

    ngx_conf_init_value(wmcf->slots, 1);
    ngx_conf_init_value(wmcf->park_max, 8000);
    ngx_conf_init_value(wmcf->park_tenant_max, 0);
    ngx_conf_init_value(wmcf->park_asks, 2);
    ngx_conf_init_msec_value(wmcf->park_recheck, 1000);

    wmcf->upstreams = ngx_pcalloc(cf->pool,
                                  (size_t) wmcf->slots * sizeof(ngx_str_t));

    if (wmcf->upstreams == NULL) {
        return NGX_CONF_ERROR;
    }

    for (i = 0; i < wmcf->slots; i++) {
        p = ngx_pnalloc(cf->pool, sizeof("weir_slot_") + NGX_INT_T_LEN);

        if (p == NULL) {
            return NGX_CONF_ERROR;
        }

        wmcf->upstreams[i].data = p;
        wmcf->upstreams[i].len =
            (size_t) (ngx_sprintf(p, "weir_slot_%i", i) - p);
    }

    return NGX_CONF_OK;
}


static void *
ngx_http_weir_create_loc_conf(ngx_conf_t *cf)
{
    ngx_http_weir_loc_conf_t  *conf;

    conf = ngx_pcalloc(cf->pool, sizeof(ngx_http_weir_loc_conf_t));

    if (conf == NULL) {
        return NULL;
    }

    conf->auth = NGX_CONF_UNSET_UINT;

    return conf;
}


static char *
ngx_http_weir_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_weir_loc_conf_t  *prev = parent;
    ngx_http_weir_loc_conf_t  *conf = child;

    ngx_conf_merge_uint_value(conf->auth, prev->auth, NGX_HTTP_WEIR_AUTH_OFF);

    if (conf->policy == NULL) {
        conf->policy = prev->policy;
    }

    if (conf->auth == NGX_HTTP_WEIR_AUTH_REQUIRED && conf->policy == NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"weir_auth required\" needs \"weir_jwt_key_file\"");
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_weir_add_handler(ngx_conf_t *cf, ngx_uint_t phase,
    ngx_http_handler_pt handler)
{
    ngx_http_handler_pt        *h;
    ngx_http_core_main_conf_t  *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    h = ngx_array_push(&cmcf->phases[phase].handlers);

    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = handler;

    return NGX_OK;
}


static ngx_int_t
ngx_http_weir_init(ngx_conf_t *cf)
{
    if (ngx_http_weir_add_handler(cf, NGX_HTTP_ACCESS_PHASE,
                                  ngx_http_weir_access)
        != NGX_OK
        || ngx_http_weir_add_handler(cf, NGX_HTTP_LOG_PHASE,
                                     ngx_http_weir_count)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_http_next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = ngx_http_weir_header_filter;

    if (ngx_http_weir_park_init(cf) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_weir_metrics_init(cf);
}
