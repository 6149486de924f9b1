/* ngx_http_weir_problem: an error of nginx as a problem document (RFC 9457). */

#include "ngx_module/ngx_http_weir_module.h"


typedef struct {
    ngx_uint_t   status;
    const char  *code;
    const char  *title;
    const char  *detail;
} ngx_http_weir_problem_t;


static const ngx_http_weir_problem_t  ngx_http_weir_problems[] = {
#define WEIR_PROBLEM(status, code, title, detail)                             \
    { status, code, title, detail },
#include "ngx_module/weir_problems.def"
#undef WEIR_PROBLEM
    { 0, NULL, NULL, NULL }
};


/* The row of a status; one that nobody foresaw is said by its class. */

static const ngx_http_weir_problem_t *
ngx_http_weir_find_problem(ngx_uint_t status)
{
    const ngx_http_weir_problem_t  *p;

    for (p = ngx_http_weir_problems; p->status; p++) {
        if (p->status == status) {
            return p;
        }
    }

    return ngx_http_weir_find_problem(status < 500 ? 400 : 500);
}


static ngx_int_t
ngx_http_weir_problem_handler(ngx_http_request_t *r)
{
    size_t                          len;
    ngx_str_t                       body, id, value;
    ngx_int_t                       rc;
    ngx_uint_t                      status;
    const char                     *why, *detail;
    ngx_http_weir_ctx_t            *ctx;
    const ngx_http_weir_problem_t  *p;

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    ctx = ngx_http_weir_get_ctx(r);

    if (ctx == NULL || ngx_http_weir_request_id(r, &id) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (r->err_status == 0) {
        r->err_status = NGX_HTTP_NOT_FOUND;
    }

    status = r->err_status;
    p = ngx_http_weir_find_problem(status);
    detail = ctx->detail != NULL ? ctx->detail : p->detail;
    why = status == NGX_HTTP_UNAUTHORIZED
          ? weir_jwt_refusal_name(ctx->refusal) : "";

    len = sizeof("{\"type\":\"urn:weir:problem:\",\"title\":\"\","
                 "\"status\":999,\"detail\":\"; the token is refused: \","
                 "\"code\":\"\",\"traceId\":\"\"}\n")
          + 2 * ngx_strlen(p->code) + ngx_strlen(p->title)
          + ngx_strlen(detail) + ngx_strlen(why) + id.len;

    body.data = ngx_pnalloc(r->pool, len);

    if (body.data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    body.len = (size_t) (ngx_snprintf(body.data, len,
                             "{\"type\":\"urn:weir:problem:%s\","
                             "\"title\":\"%s\",\"status\":%ui,"
                             "\"detail\":\"%s%s%s\",\"code\":\"%s\","
                             "\"traceId\":\"%V\"}\n",
                             p->code, p->title, status, detail,
                             *why ? "; the token is refused: " : "", why,
                             p->code, &id)
                         - body.data);

    ngx_str_set(&value, "no-store");

    if (ngx_http_weir_header_out(r, "Cache-Control", &value) == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (status == 429 || status >= 502) {
        ngx_str_set(&value, "1");

        if (ngx_http_weir_header_out(r, "Retry-After", &value) == NULL) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
    }

    return ngx_http_weir_send(r, "application/problem+json", &body);
}


char *
ngx_http_weir_problem(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    clcf->handler = ngx_http_weir_problem_handler;

    return NGX_CONF_OK;
}
