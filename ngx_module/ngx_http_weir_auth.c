/* ngx_http_weir_auth: the access phase; a bearer token becomes a principal. */

#include "ngx_module/ngx_http_weir_module.h"


#define NGX_HTTP_WEIR_KEY_MAX  256


/* The token behind "Bearer", or nothing. */

static ngx_uint_t
ngx_http_weir_bearer(ngx_http_request_t *r, ngx_str_t *token)
{
    u_char           *p, *last;
    ngx_table_elt_t  *h;

    h = r->headers_in.authorization;

    if (h == NULL || h->value.len < sizeof("Bearer ") - 1
        || ngx_strncasecmp(h->value.data, (u_char *) "Bearer ",
                           sizeof("Bearer ") - 1)
           != 0)
    {
        return 0;
    }

    p = h->value.data + sizeof("Bearer ") - 1;
    last = h->value.data + h->value.len;

    while (p < last && *p == ' ') {
        p++;
    }

    token->data = p;
    token->len = (size_t) (last - p);

    return token->len != 0;
}


/* 401, with what RFC 6750 wants to be said about the token. */

static ngx_int_t
ngx_http_weir_refuse(ngx_http_request_t *r, ngx_http_weir_ctx_t *ctx,
    enum weir_jwt_refusal why)
{
    u_char                    *p;
    ngx_str_t                  value;
    ngx_table_elt_t           *h;
    ngx_http_weir_counters_t  *counters;

    ctx->refusal = why;
    counters = ngx_http_weir_counters(r);

    if (counters != NULL) {
        (void) ngx_atomic_fetch_add(&counters->refused[why], 1);
    }

    if (why == WEIR_JWT_MISSING) {
        ngx_str_set(&value, "Bearer realm=\"weir\"");

    } else {
        p = ngx_pnalloc(r->pool, 128);

        if (p == NULL) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        value.data = p;
        value.len = (size_t) (ngx_sprintf(p, "Bearer realm=\"weir\", "
                                          "error=\"invalid_token\", "
                                          "error_description=\"%s\"",
                                          weir_jwt_refusal_name(why))
                              - p);

        ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                      "bearer token refused: %s", weir_jwt_refusal_name(why));
    }

    h = ngx_http_weir_header_out(r, "WWW-Authenticate", &value);

    if (h == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    r->headers_out.www_authenticate = h;

    return NGX_HTTP_UNAUTHORIZED;
}


/*
 * A command that was sent may have happened: sent again to the next slot it
 * would change the instance twice, or answer 404 for what it removed itself.
 * nginx spares POST and PATCH that (without "non_idempotent"), but takes PUT and
 * DELETE for harmless.  It looks at the method's number and nothing else does
 * from here on; the name, which the worker and the log get, stays.
 */

static void
ngx_http_weir_send_once(ngx_http_request_t *r)
{
    if (r->method & (NGX_HTTP_PUT|NGX_HTTP_DELETE)) {
        r->method = NGX_HTTP_PATCH;
    }
}


ngx_int_t
ngx_http_weir_access(ngx_http_request_t *r)
{
    ngx_str_t                  token;
    struct weir_jwt_claims    *claims;
    enum weir_jwt_refusal      why;
    ngx_http_weir_ctx_t       *ctx;
    ngx_http_weir_counters_t  *counters;
    ngx_http_weir_loc_conf_t  *wlcf;

    wlcf = ngx_http_get_module_loc_conf(r, ngx_http_weir_module);

    if (wlcf->auth == NGX_HTTP_WEIR_AUTH_OFF || r != r->main) {
        return NGX_DECLINED;
    }

    ctx = ngx_http_weir_get_ctx(r);

    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->moves = ngx_http_weir_moves();

    if (!ngx_http_weir_bearer(r, &token)) {
        return ngx_http_weir_refuse(r, ctx, WEIR_JWT_MISSING);
    }

    /* One that waited has been here before. */

    claims = ctx->claims;

    if (claims == NULL) {
        claims = ngx_palloc(r->pool, sizeof(struct weir_jwt_claims));
    }

    if (claims == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    why = weir_jwt_verify(wlcf->policy, (char *) token.data, token.len,
                          ngx_time(), claims);

    if (why != WEIR_JWT_OK) {
        ngx_explicit_memzero(claims, sizeof(struct weir_jwt_claims));
        ctx->claims = NULL;
        return ngx_http_weir_refuse(r, ctx, why);
    }

    ctx->claims = claims;
    counters = ngx_http_weir_counters(r);

    if (counters != NULL) {
        (void) ngx_atomic_fetch_add(&counters->accepted, 1);
    }

    ngx_http_weir_send_once(r);

    return NGX_OK;
}


/* The text of a key file that nobody but its owner can read. */

static ssize_t
ngx_http_weir_read_key(ngx_conf_t *cf, ngx_str_t *path, u_char *buf,
    size_t size)
{
    ssize_t          n;
    ngx_fd_t         fd;
    ngx_file_info_t  fi;

    fd = ngx_open_file(path->data, NGX_FILE_RDONLY, NGX_FILE_OPEN, 0);

    if (fd == NGX_INVALID_FILE) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_open_file_n " \"%V\"", path);
        return NGX_ERROR;
    }

    n = NGX_ERROR;

    if (ngx_fd_info(fd, &fi) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_fd_info_n " \"%V\"", path);

    } else if (!ngx_is_file(&fi) || (fi.st_mode & 077) != 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "key file \"%V\" must be a file of mode 600 or less",
                           path);

    } else {
        n = ngx_read_fd(fd, buf, size);

        if (n == -1) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                               ngx_read_fd_n " \"%V\"", path);
        }
    }

    (void) ngx_close_file(fd);

    return n;
}


char *
ngx_http_weir_key_file(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_weir_loc_conf_t  *wlcf = conf;

    u_char                   buf[NGX_HTTP_WEIR_KEY_MAX];
    size_t                   i;
    ssize_t                  n;
    ngx_str_t               *value, path;
    const char              *kid;
    struct weir_jwt_key      key;
    struct weir_jwt_policy  *policy;

    value = cf->args->elts;
    path = value[1];
    kid = cf->args->nelts == 3 ? (char *) value[2].data : "1";

    if (ngx_conf_full_name(cf->cycle, &path, 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    n = ngx_http_weir_read_key(cf, &path, buf, sizeof(buf));

    if (n == NGX_ERROR) {
        return NGX_CONF_ERROR;
    }

    if (weir_jwt_key_parse((char *) buf, (size_t) n, kid, &key) != 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "key file \"%V\" must hold 64 hexadecimal digits, "
                           "and the key id \"%s\" match [A-Za-z0-9_-]{1,64}",
                           &path, kid);
        return NGX_CONF_ERROR;
    }

    if (wlcf->policy == NULL) {
        wlcf->policy = ngx_pcalloc(cf->pool, sizeof(struct weir_jwt_policy));

        if (wlcf->policy == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    policy = wlcf->policy;
    policy->issuer = "weir";
    policy->audience = "weir";

    for (i = 0; i < policy->n_keys; i++) {
        if (ngx_strcmp(policy->keys[i].kid, key.kid) == 0) {
            return "repeats a key id";
        }
    }

    if (policy->n_keys == WEIR_JWT_KEYS) {
        return "has too many keys";
    }

    policy->keys[policy->n_keys++] = key;
    ngx_explicit_memzero(&key, sizeof(key));
    ngx_explicit_memzero(buf, sizeof(buf));

    return NGX_CONF_OK;
}
