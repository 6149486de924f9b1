/*
 * ngx_http_weir_hub: hears of every slot which topics moved.
 *
 * A connection a slot, SOCK_SEQPACKET, only read from.  A slot that accepts it
 * says first that anything may have moved, and so does nginx itself when one
 * breaks off: what was not heard meanwhile is looked for.
 */

#include "ngx_module/ngx_http_weir_park.h"


#define NGX_HTTP_WEIR_HUB_MAGIC      0x31505257
#define NGX_HTTP_WEIR_HUB_ALL        1
#define NGX_HTTP_WEIR_HUB_ENDED      1
#define NGX_HTTP_WEIR_HUB_PACKET     256
#define NGX_HTTP_WEIR_HUB_PACKETS    64      /* at once */
#define NGX_HTTP_WEIR_HUB_PAUSE      50      /* ms, doubles */
#define NGX_HTTP_WEIR_HUB_PAUSE_MAX  1000


/* As fcgi_workers/hub.h has them, of the same machine. */

typedef struct {
    uint32_t            magic;
    uint16_t            flags;
    uint16_t            n;
} ngx_http_weir_hub_head_t;


typedef struct {
    uint64_t            topic;
    uint32_t            n;
    uint32_t            flags;
} ngx_http_weir_hub_entry_t;


typedef struct {
    ngx_http_weir_hub_head_t   head;
    ngx_http_weir_hub_entry_t  entries[NGX_HTTP_WEIR_HUB_PACKET];
} ngx_http_weir_hub_packet_t;


typedef struct {
    ngx_str_t           path;
    ngx_event_t         retry;
    ngx_msec_t          pause;
} ngx_http_weir_hub_t;


static void ngx_http_weir_hub_connect(ngx_event_t *ev);


static ngx_http_weir_hub_t         *ngx_http_weir_hubs;
static ngx_http_weir_hub_packet_t   ngx_http_weir_packet;


static void
ngx_http_weir_hub_again(ngx_http_weir_hub_t *hub)
{
    if (ngx_exiting) {
        return;
    }

    ngx_add_timer(&hub->retry, hub->pause);
    hub->pause = ngx_min(2 * hub->pause, NGX_HTTP_WEIR_HUB_PAUSE_MAX);
}


static ngx_int_t
ngx_http_weir_hub_take(ngx_http_weir_hub_packet_t *packet, size_t size)
{
    ngx_uint_t                  i;
    ngx_http_weir_hub_entry_t  *e;

    if (size < sizeof(packet->head)
        || packet->head.magic != NGX_HTTP_WEIR_HUB_MAGIC
        || packet->head.n > NGX_HTTP_WEIR_HUB_PACKET
        || size != sizeof(packet->head)
                   + packet->head.n * sizeof(ngx_http_weir_hub_entry_t))
    {
        return NGX_ERROR;
    }

    if (packet->head.flags & NGX_HTTP_WEIR_HUB_ALL) {
        ngx_http_weir_topics_moved();
    }

    for (i = 0; i < packet->head.n; i++) {
        e = &packet->entries[i];
        ngx_http_weir_topic_moved(e->topic, e->n,
                                  e->flags & NGX_HTTP_WEIR_HUB_ENDED);
    }

    return NGX_OK;
}


static void
ngx_http_weir_hub_read(ngx_event_t *rev)
{
    ssize_t               n;
    ngx_err_t             err;
    ngx_uint_t            i;
    ngx_connection_t     *c;
    ngx_http_weir_hub_t  *hub;

    c = rev->data;
    hub = c->data;

    if (c->close) {
        ngx_close_connection(c);
        return;
    }

    for (i = 0; i < NGX_HTTP_WEIR_HUB_PACKETS; i++) {
        n = recv(c->fd, (char *) &ngx_http_weir_packet,
                 sizeof(ngx_http_weir_packet), 0);
        err = ngx_socket_errno;

        if (n == -1 && err == NGX_EINTR) {
            continue;
        }

        if (n == -1 && err == NGX_EAGAIN) {
            if (ngx_handle_read_event(rev, 0) == NGX_OK) {
                return;
            }

            goto broken;
        }

        if (n <= 0) {
            goto broken;
        }

        hub->pause = NGX_HTTP_WEIR_HUB_PAUSE;

        if (ngx_http_weir_hub_take(&ngx_http_weir_packet, (size_t) n)
            != NGX_OK)
        {
            ngx_log_error(NGX_LOG_ERR, c->log, 0,
                          "what \"%V\" says cannot be read", &hub->path);
            goto broken;
        }
    }

    ngx_post_event(rev, &ngx_posted_events);

    return;

broken:

    ngx_close_connection(c);
    ngx_http_weir_topics_moved();
    ngx_http_weir_hub_again(hub);
}


static void
ngx_http_weir_hub_connect(ngx_event_t *ev)
{
    ngx_fd_t              fd;
    ngx_connection_t     *c;
    struct sockaddr_un    addr;
    ngx_http_weir_hub_t  *hub;

    hub = ev->data;

    if (ngx_exiting) {
        return;
    }

    ngx_memzero(&addr, sizeof(addr));
    addr.sun_family = AF_UNIX;
    ngx_memcpy(addr.sun_path, hub->path.data, hub->path.len);

    fd = socket(AF_UNIX, SOCK_SEQPACKET|SOCK_NONBLOCK|SOCK_CLOEXEC, 0);

    if (fd == -1) {
        goto failed;
    }

    if (connect(fd, (struct sockaddr *) &addr, sizeof(addr)) == -1) {
        (void) close(fd);
        goto failed;
    }

    c = ngx_get_connection(fd, ev->log);

    if (c == NULL) {
        (void) close(fd);
        goto failed;
    }

    c->data = hub;
    c->log = ev->log;
    c->read->log = ev->log;
    c->write->log = ev->log;
    c->read->handler = ngx_http_weir_hub_read;
    c->idle = 1;

    if (ngx_handle_read_event(c->read, 0) != NGX_OK) {
        ngx_close_connection(c);
        goto failed;
    }

    return;

failed:

    ngx_http_weir_hub_again(hub);
}


ngx_int_t
ngx_http_weir_hubs_init(ngx_cycle_t *cycle, ngx_array_t *paths)
{
    ngx_str_t            *path;
    ngx_uint_t            i;
    ngx_http_weir_hub_t  *hub;

    if (paths == NULL) {
        return NGX_OK;
    }

    path = paths->elts;
    ngx_http_weir_hubs = ngx_pcalloc(cycle->pool,
                               paths->nelts * sizeof(ngx_http_weir_hub_t));

    if (ngx_http_weir_hubs == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < paths->nelts; i++) {
        hub = &ngx_http_weir_hubs[i];
        hub->path = path[i];
        hub->pause = NGX_HTTP_WEIR_HUB_PAUSE;
        hub->retry.handler = ngx_http_weir_hub_connect;
        hub->retry.data = hub;
        hub->retry.log = cycle->log;
        hub->retry.cancelable = 1;
        ngx_add_timer(&hub->retry, 1);
    }

    return NGX_OK;
}


char *
ngx_http_weir_hub(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_weir_main_conf_t  *wmcf = conf;

    ngx_str_t  *value, *path;

    value = cf->args->elts;

    if (ngx_conf_full_name(cf->cycle, &value[1], 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (value[1].len >= sizeof(((struct sockaddr_un *) 0)->sun_path)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" is too long for a socket", &value[1]);
        return NGX_CONF_ERROR;
    }

    if (wmcf->hubs == NULL) {
        wmcf->hubs = ngx_array_create(cf->pool, 4, sizeof(ngx_str_t));

        if (wmcf->hubs == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    path = ngx_array_push(wmcf->hubs);

    if (path == NULL) {
        return NGX_CONF_ERROR;
    }

    *path = value[1];

    return NGX_CONF_OK;
}
