/*
 * ngx_http_weir_park.h: requests that wait in the event loop, and who wakes
 * them; of the files ngx_http_weir_park.c, _parse.c, _topic.c and
 * _hub.c.
 */

#ifndef NGX_HTTP_WEIR_PARK_H
#define NGX_HTTP_WEIR_PARK_H

#include "ngx_module/ngx_http_weir_module.h"


#define NGX_HTTP_WEIR_FOR_JOBS      0
#define NGX_HTTP_WEIR_FOR_INSTANCE  1


typedef enum {
    NGX_HTTP_WEIR_ANSWERED = 0,        /* or not asked yet */
    NGX_HTTP_WEIR_PARKED,              /* on its topics */
    NGX_HTTP_WEIR_READY,               /* to be asked */
    NGX_HTTP_WEIR_ASKED                /* with a worker */
} ngx_http_weir_park_state_e;


typedef struct ngx_http_weir_topic_s  ngx_http_weir_topic_t;
typedef struct ngx_http_weir_tenant_s  ngx_http_weir_tenant_t;

/* One that is parked, at one of its topics. */
typedef struct {
    ngx_queue_t                  queue;
    ngx_http_weir_park_t        *park;
    ngx_http_weir_topic_t       *topic;     /* NULL: not linked */
    uint64_t                     id;
} ngx_http_weir_link_t;


/* Only while somebody is parked on it. */
struct ngx_http_weir_topic_s {
    ngx_queue_t                  queue;     /* all of them, in turns */
    ngx_queue_t                  links;     /* the oldest request first */
    ngx_http_weir_topic_t       *next;      /* of the hash */
    uint64_t                     id;
    ngx_msec_t                   asked;     /* when one of them was, last */
};


struct ngx_http_weir_park_s {
    ngx_http_request_t          *request;
    ngx_event_t                  timer;     /* while parked */
    ngx_queue_t                  queue;     /* PARKED: all; READY: in turn */
    ngx_http_weir_park_state_e   state;
    ngx_uint_t                   kind;
    ngx_str_t                   *retry;     /* location that asks a worker */
    ngx_str_t                    resume;    /* opaque, for the worker */
    const char                  *last;      /* "", "1" or "full" */
    ngx_http_weir_tenant_t      *tenant;
    ngx_http_weir_link_t        *links;
    ngx_uint_t                   n_links;
    uint64_t                     number;    /* rises with every new one */
    ngx_msec_t                   deadline;
    ngx_msec_t                   not_before;
    ngx_uint_t                   rounds;    /* asked in vain */
    ngx_int_t                    max;       /* jobs it takes at once */
    ngx_int_t                    seconds;   /* that it was to wait */
    unsigned                     moved:1;   /* ask when not_before is over */
    unsigned                     looks:1;   /* nobody said how much there is */
};


/* ---- ngx_http_weir_topic.c ---- */

/* Has one of these moved since ngx_http_weir_moves() was that? */
ngx_uint_t ngx_http_weir_moved_since(ngx_http_weir_park_t *p, uint64_t since);

ngx_int_t ngx_http_weir_topics_init(ngx_cycle_t *cycle, ngx_msec_t recheck);

/* Into the queues of its topics; NGX_ERROR when memory is out. */
ngx_int_t ngx_http_weir_topics_join(ngx_http_weir_park_t *p);
void ngx_http_weir_topics_leave(ngx_http_weir_park_t *p);
/* It goes to a worker now: nobody else has to look at its topics. */
void ngx_http_weir_topics_asked(ngx_http_weir_park_t *p);

/* A worker said so: n can be served, 0: whoever waits has to look. */
void ngx_http_weir_topic_moved(uint64_t id, ngx_uint_t n, ngx_uint_t ended);
/* Something may have been missed. */
void ngx_http_weir_topics_moved(void);
/* The next one of each topic in its place. */
void ngx_http_weir_topics_next(ngx_http_weir_park_t *p);


/* ---- ngx_http_weir_park.c ---- */

/* From PARKED to READY. */
void ngx_http_weir_park_wake(ngx_http_weir_park_t *p);
/* Its instance moved: the same, but not too often. */
void ngx_http_weir_park_nudge(ngx_http_weir_park_t *p);


/* ---- ngx_http_weir_parse.c ---- */

/* The header of the worker's answer, whether or not clients see it; NULL. */
ngx_str_t *ngx_http_weir_upstream_header(ngx_http_request_t *r,
    const char *name);
/* X-Weir-Park into the request's fields; NGX_ERROR: it says something else. */
ngx_int_t ngx_http_weir_park_parse(ngx_http_weir_park_t *p, ngx_str_t *text);


/* ---- ngx_http_weir_hub.c ---- */

ngx_int_t ngx_http_weir_hubs_init(ngx_cycle_t *cycle, ngx_array_t *hubs);

#endif
