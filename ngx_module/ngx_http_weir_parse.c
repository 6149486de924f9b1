/* ngx_http_weir_parse: what a worker says of a request that is to wait. */

#include "ngx_module/ngx_http_weir_park.h"


#define NGX_HTTP_WEIR_TOPICS_MAX   100


ngx_str_t *
ngx_http_weir_upstream_header(ngx_http_request_t *r, const char *name)
{
    size_t            len;
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    if (r->upstream == NULL) {
        return NULL;
    }

    len = ngx_strlen(name);
    part = &r->upstream->headers_in.headers.part;
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

        if (h[i].key.len == len
            && ngx_strncasecmp(h[i].key.data, (u_char *) (uintptr_t) name, len)
               == 0)
        {
            return &h[i].value;
        }
    }
}


/* wait=MS max=JOBS resume=TEXT topics=16 digits each */

static ngx_int_t
ngx_http_weir_park_read(ngx_str_t *text, const char *name, ngx_str_t *value)
{
    u_char  *p, *last;

    last = text->data + text->len;
    p = ngx_strnstr(text->data, (char *) (uintptr_t) name, text->len);

    if (p == NULL) {
        return NGX_ERROR;
    }

    p += ngx_strlen(name);
    value->data = p;

    while (p < last && *p != ' ') {
        p++;
    }

    value->len = (size_t) (p - value->data);

    return NGX_OK;
}


static ngx_int_t
ngx_http_weir_park_topics(ngx_http_weir_park_t *p, ngx_str_t *text)
{
    u_char      *s;
    uint64_t     id;
    ngx_int_t    half;
    ngx_uint_t   i, k, n;

    n = text->len / 16;

    if (n == 0 || n > NGX_HTTP_WEIR_TOPICS_MAX || text->len % 16 != 0) {
        return NGX_ERROR;
    }

    if (p->links == NULL || n > p->n_links) {
        p->links = ngx_pcalloc(p->request->pool,
                               n * sizeof(ngx_http_weir_link_t));

        if (p->links == NULL) {
            return NGX_ERROR;
        }
    }

    p->n_links = 0;

    for (i = 0; i < n; i++) {
        s = text->data + 16 * i;
        id = 0;

        for (k = 0; k < 16; k += 8) {
            half = ngx_hextoi(s + k, 8);

            if (half == NGX_ERROR) {
                return NGX_ERROR;
            }

            id = (id << 32) | (uint64_t) half;
        }

        for (k = 0; k < p->n_links && p->links[k].id != id; k++) {
            /* a type that is named twice */
        }

        if (k == p->n_links) {
            p->links[k].id = id;
            p->links[k].park = p;
            p->links[k].topic = NULL;
            p->n_links++;
        }
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_weir_park_parse(ngx_http_weir_park_t *p, ngx_str_t *text)
{
    ngx_int_t  wait;
    ngx_str_t  value;

    if (ngx_http_weir_park_read(text, "wait=", &value) != NGX_OK) {
        return NGX_ERROR;
    }

    wait = ngx_atoi(value.data, value.len);

    if (wait == NGX_ERROR
        || ngx_http_weir_park_read(text, " max=", &value) != NGX_OK)
    {
        return NGX_ERROR;
    }

    p->max = ngx_atoi(value.data, value.len);

    if (p->max == NGX_ERROR
        || ngx_http_weir_park_read(text, " resume=", &value) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (p->resume.len == 0 && value.len != 0) {
        p->resume.data = ngx_pstrdup(p->request->pool, &value);

        if (p->resume.data == NULL) {
            return NGX_ERROR;
        }

        p->resume.len = value.len;
    }

    p->kind = p->max > 0 ? NGX_HTTP_WEIR_FOR_JOBS : NGX_HTTP_WEIR_FOR_INSTANCE;

    if (p->seconds == 0) {
        p->seconds = wait / 1000;
        p->deadline = ngx_current_msec + (ngx_msec_t) wait;
    }

    return ngx_http_weir_park_read(text, " topics=", &value) == NGX_OK
           ? ngx_http_weir_park_topics(p, &value) : NGX_ERROR;
}
