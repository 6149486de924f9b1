/*
 * ngx_http_weir_topic: who is parked on what, and whom a move wakes.
 *
 * No wake-up is lost: each move has a number, and the last one of every topic is
 * kept, whether or not anybody is parked on it.  A request remembers the number
 * at which it went to a worker; when one of its topics has moved since, the
 * worker may have looked too early, and the request is asked again at once.  The
 * numbers are kept by a part of the topic's id: two that share a place cost a
 * question, no more.
 */

#include "ngx_module/ngx_http_weir_park.h"


#define NGX_HTTP_WEIR_PLACES       4096
#define NGX_HTTP_WEIR_ROUNDS_MAX   64      /* unprompted; each costs 3 KB */
#define NGX_HTTP_WEIR_LOOKS        32      /* at once */


static void ngx_http_weir_topics_look(ngx_event_t *ev);


static ngx_queue_t             ngx_http_weir_topics;
static ngx_http_weir_topic_t  *ngx_http_weir_hash[NGX_HTTP_WEIR_PLACES];
static uint64_t                ngx_http_weir_last[NGX_HTTP_WEIR_PLACES];
static uint64_t                ngx_http_weir_last_all;
static uint64_t                ngx_http_weir_number = 1;
static ngx_event_t             ngx_http_weir_tick;
static ngx_msec_t              ngx_http_weir_recheck;


static ngx_http_weir_park_t *
ngx_http_weir_park_at(ngx_queue_t *q)
{
    ngx_http_weir_link_t  *link;

    link = ngx_queue_data(q, ngx_http_weir_link_t, queue);

    return link->park;
}


static ngx_uint_t
ngx_http_weir_place(uint64_t id)
{
    return (ngx_uint_t) ((id ^ (id >> 32)) % NGX_HTTP_WEIR_PLACES);
}


static ngx_http_weir_topic_t *
ngx_http_weir_find_topic(uint64_t id)
{
    ngx_http_weir_topic_t  *t;

    t = ngx_http_weir_hash[ngx_http_weir_place(id)];

    while (t != NULL && t->id != id) {
        t = t->next;
    }

    return t;
}


static ngx_http_weir_topic_t *
ngx_http_weir_get_topic(uint64_t id)
{
    ngx_uint_t              place;
    ngx_http_weir_topic_t  *t;

    t = ngx_http_weir_find_topic(id);

    if (t != NULL) {
        return t;
    }

    t = ngx_alloc(sizeof(ngx_http_weir_topic_t), ngx_cycle->log);

    if (t == NULL) {
        return NULL;
    }

    place = ngx_http_weir_place(id);
    t->id = id;
    t->next = ngx_http_weir_hash[place];
    t->asked = ngx_current_msec;
    ngx_queue_init(&t->links);
    ngx_http_weir_hash[place] = t;
    ngx_queue_insert_tail(&ngx_http_weir_topics, &t->queue);

    return t;
}


static void
ngx_http_weir_free_topic(ngx_http_weir_topic_t *t)
{
    ngx_http_weir_topic_t  **at;

    at = &ngx_http_weir_hash[ngx_http_weir_place(t->id)];

    while (*at != t) {
        at = &(*at)->next;
    }

    *at = t->next;
    ngx_queue_remove(&t->queue);
    ngx_free(t);
}


static void
ngx_http_weir_arm(ngx_msec_t in)
{
    if (!ngx_http_weir_tick.timer_set && !ngx_exiting
        && !ngx_queue_empty(&ngx_http_weir_topics))
    {
        ngx_add_timer(&ngx_http_weir_tick, in);
    }
}


/* Who came first is first again, however often it asked in vain. */

static void
ngx_http_weir_insert(ngx_http_weir_topic_t *t, ngx_http_weir_link_t *link)
{
    ngx_queue_t           *q;
    ngx_http_weir_link_t  *other;

    q = ngx_queue_last(&t->links);
    other = ngx_queue_data(q, ngx_http_weir_link_t, queue);

    if (ngx_queue_empty(&t->links)
        || other->park->number < link->park->number)
    {
        ngx_queue_insert_tail(&t->links, &link->queue);
        return;
    }

    for (q = ngx_queue_head(&t->links); /* void */ ; q = ngx_queue_next(q)) {
        other = ngx_queue_data(q, ngx_http_weir_link_t, queue);

        if (other->park->number > link->park->number) {
            ngx_queue_insert_tail(q, &link->queue);
            return;
        }
    }
}


ngx_int_t
ngx_http_weir_topics_init(ngx_cycle_t *cycle, ngx_msec_t recheck)
{
    ngx_queue_init(&ngx_http_weir_topics);
    ngx_http_weir_recheck = recheck;
    ngx_http_weir_tick.handler = ngx_http_weir_topics_look;
    ngx_http_weir_tick.log = cycle->log;
    ngx_http_weir_tick.cancelable = 1;

    return NGX_OK;
}


uint64_t
ngx_http_weir_moves(void)
{
    return ngx_http_weir_number;
}


ngx_uint_t
ngx_http_weir_moved_since(ngx_http_weir_park_t *p, uint64_t since)
{
    ngx_uint_t  i;

    if (ngx_http_weir_last_all > since) {
        return 1;
    }

    for (i = 0; i < p->n_links; i++) {
        if (ngx_http_weir_last[ngx_http_weir_place(p->links[i].id)] > since) {
            return 1;
        }
    }

    return 0;
}


ngx_int_t
ngx_http_weir_topics_join(ngx_http_weir_park_t *p)
{
    ngx_uint_t             i;
    ngx_http_weir_link_t  *link;

    for (i = 0; i < p->n_links; i++) {
        link = &p->links[i];
        link->topic = ngx_http_weir_get_topic(link->id);

        if (link->topic == NULL) {
            ngx_http_weir_topics_leave(p);
            return NGX_ERROR;
        }

        ngx_http_weir_insert(link->topic, link);
    }

    ngx_http_weir_arm(ngx_min(ngx_http_weir_recheck / 4, 250));

    return NGX_OK;
}


void
ngx_http_weir_topics_leave(ngx_http_weir_park_t *p)
{
    ngx_uint_t             i;
    ngx_http_weir_link_t  *link;

    for (i = 0; i < p->n_links; i++) {
        link = &p->links[i];

        if (link->topic == NULL) {
            continue;
        }

        ngx_queue_remove(&link->queue);

        if (ngx_queue_empty(&link->topic->links)) {
            ngx_http_weir_free_topic(link->topic);
        }

        link->topic = NULL;
    }
}


void
ngx_http_weir_topics_asked(ngx_http_weir_park_t *p)
{
    ngx_uint_t              i;
    ngx_http_weir_topic_t  *t;

    for (i = 0; i < p->n_links; i++) {
        t = ngx_http_weir_find_topic(p->links[i].id);

        if (t != NULL) {
            t->asked = ngx_current_msec;
        }
    }
}


static ngx_http_weir_park_t *
ngx_http_weir_first(uint64_t id)
{
    ngx_queue_t            *q;
    ngx_http_weir_topic_t  *t;

    t = ngx_http_weir_find_topic(id);

    if (t == NULL) {
        return NULL;
    }

    q = ngx_queue_head(&t->links);

    return ngx_http_weir_park_at(q);
}


void
ngx_http_weir_topic_moved(uint64_t id, ngx_uint_t n, ngx_uint_t ended)
{
    ngx_queue_t            *q, *next;
    ngx_http_weir_topic_t  *t;
    ngx_http_weir_park_t   *p;

    ngx_http_weir_last[ngx_http_weir_place(id)] = ++ngx_http_weir_number;

    /* As many as the jobs are for; a topic goes with its last request. */

    while (n > 0 && (p = ngx_http_weir_first(id)) != NULL) {
        n -= ngx_min(n, (ngx_uint_t) p->max);
        ngx_http_weir_park_wake(p);

        if (n == 0) {
            return;
        }
    }

    t = ngx_http_weir_find_topic(id);

    if (t == NULL) {
        return;
    }

    for (q = ngx_queue_head(&t->links);
         q != ngx_queue_sentinel(&t->links);
         q = next)
    {
        next = ngx_queue_next(q);
        p = ngx_http_weir_park_at(q);

        if (ended) {
            ngx_http_weir_park_wake(p);

        } else {
            ngx_http_weir_park_nudge(p);
        }
    }
}


void
ngx_http_weir_topics_moved(void)
{
    ngx_queue_t            *q;
    ngx_http_weir_topic_t  *t;

    ngx_http_weir_last_all = ++ngx_http_weir_number;

    for (q = ngx_queue_head(&ngx_http_weir_topics);
         q != ngx_queue_sentinel(&ngx_http_weir_topics);
         q = ngx_queue_next(q))
    {
        t = ngx_queue_data(q, ngx_http_weir_topic_t, queue);
        t->asked = ngx_current_msec - ngx_http_weir_recheck;
    }

    if (ngx_http_weir_tick.timer_set) {
        ngx_del_timer(&ngx_http_weir_tick);
    }

    ngx_http_weir_arm(1);
}


void
ngx_http_weir_topics_next(ngx_http_weir_park_t *p)
{
    ngx_uint_t             i;
    ngx_http_weir_park_t  *next;

    for (i = 0; i < p->n_links; i++) {
        next = ngx_http_weir_first(p->links[i].id);

        if (next != NULL) {
            ngx_http_weir_park_wake(next);
            next->looks = 1;
        }
    }
}


/* The first that has not asked too often for nothing. */

static ngx_http_weir_park_t *
ngx_http_weir_scout(ngx_http_weir_topic_t *t)
{
    ngx_uint_t             i;
    ngx_queue_t           *q;
    ngx_http_weir_park_t  *p;

    q = ngx_queue_head(&t->links);

    for (i = 0; i < NGX_HTTP_WEIR_ROUNDS_MAX; i++) {
        if (q == ngx_queue_sentinel(&t->links)) {
            return NULL;
        }

        p = ngx_http_weir_park_at(q);

        if (p->rounds < NGX_HTTP_WEIR_ROUNDS_MAX) {
            return p;
        }

        q = ngx_queue_next(q);
    }

    return NULL;
}


/*
 * What comes by time alone (a lease that is over, a retry that is due), or was
 * done on another machine, moves no topic here: of each topic one request looks
 * now and then.
 */

static void
ngx_http_weir_topics_look(ngx_event_t *ev)
{
    ngx_uint_t              looks;
    ngx_queue_t            *q, *last;
    ngx_http_weir_topic_t  *t;
    ngx_http_weir_park_t   *p;

    looks = 0;

    while (looks < NGX_HTTP_WEIR_LOOKS
           && !ngx_queue_empty(&ngx_http_weir_topics))
    {
        last = ngx_queue_last(&ngx_http_weir_topics);

        /* Due ones are in front: who looked goes to the end. */

        for (q = ngx_queue_head(&ngx_http_weir_topics); /* void */ ;
             q = ngx_queue_next(q))
        {
            t = ngx_queue_data(q, ngx_http_weir_topic_t, queue);

            if (ngx_current_msec - t->asked >= ngx_http_weir_recheck) {
                break;
            }

            if (q == last) {
                goto done;
            }
        }

        t->asked = ngx_current_msec;
        ngx_queue_remove(&t->queue);
        ngx_queue_insert_tail(&ngx_http_weir_topics, &t->queue);
        p = ngx_http_weir_scout(t);
        looks++;

        if (p != NULL) {
            ngx_http_weir_park_wake(p);
            p->looks = 1;
        }
    }

done:

    ngx_http_weir_arm(ngx_min(ngx_http_weir_recheck / 4, 250));
}
