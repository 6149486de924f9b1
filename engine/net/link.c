#include "engine/net/link.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/str.h"

void
wr_link_init(struct wr_link *l, const char *name, const struct wr_clock *clock,
             int64_t delay_ms, int64_t delay_max_ms)
{
    int64_t now = wr_clock_now(clock);

    *l = (struct wr_link){
        .clock = clock,
        .delay_ms = delay_ms,
        .delay_max_ms = delay_max_ms > delay_ms ? delay_max_ms : delay_ms,
        /* not the same in two processes that start together */
        .dice = ((uint64_t)now << 20 ^ (uint64_t)getpid() << 4) | 1,
        .now = { .name = name, .state = WR_LINK_CONNECTING, .since = now },
    };
    pthread_mutex_init(&l->lock, NULL);
}

void
wr_link_done(struct wr_link *l)
{
    pthread_mutex_destroy(&l->lock);
}

static int64_t
draw(struct wr_link *l, int64_t below)
{
    /* xorshift64: for spreading, not for secrets */
    l->dice ^= l->dice << 13;
    l->dice ^= l->dice >> 7;
    l->dice ^= l->dice << 17;

    return below > 0 ? (int64_t)(l->dice % (uint64_t)below) : 0;
}

static int64_t
pause_of(struct wr_link *l)
{
    int64_t ms = l->delay_ms;

    for (int i = 1; i < l->now.failures && ms < l->delay_max_ms; i++)
        ms *= 2;
    if (ms > l->delay_max_ms)
        ms = l->delay_max_ms;

    return ms / 2 + draw(l, ms - ms / 2 + 1);
}

int
wr_link_may_try(struct wr_link *l, struct wr_err *err)
{
    int64_t now = wr_clock_now(l->clock);
    int r = 0;

    pthread_mutex_lock(&l->lock);
    if (l->now.state == WR_LINK_BROKEN && now < l->now.next)
        r = wr_fail(err, WR_ESTORE, "%s is away: %s", l->now.name,
                    l->now.cause);
    else if (l->now.state == WR_LINK_BROKEN)
        l->now.next = now + pause_of(l); /* ours; the others wait */
    pthread_mutex_unlock(&l->lock);

    return r;
}

static void
enter(struct wr_link *l, enum wr_link_state state, int64_t now)
{
    if (l->now.state != state)
        l->now.since = now;
    l->now.state = state;
}

void
wr_link_ready(struct wr_link *l)
{
    pthread_mutex_lock(&l->lock);
    if (l->now.state != WR_LINK_READY)
        l->now.connects++;
    enter(l, WR_LINK_READY, wr_clock_now(l->clock));
    l->now.failures = 0;
    l->now.next = 0;
    l->now.cause[0] = '\0';
    pthread_mutex_unlock(&l->lock);
}

void
wr_link_broken(struct wr_link *l, const struct wr_err *why)
{
    int64_t now = wr_clock_now(l->clock);

    pthread_mutex_lock(&l->lock);
    if (l->now.state != WR_LINK_BROKEN
        || now - l->failed_at >= l->delay_ms / 2) {
        if (l->now.state == WR_LINK_READY)
            l->now.losses++;
        enter(l, WR_LINK_BROKEN, now);
        l->now.failures++;
        l->failed_at = now;
        l->now.next = now + pause_of(l);
        snprintf(l->now.cause, sizeof(l->now.cause), "%.150s", why->text);
        wr_utf8_clean(l->now.cause);
    }
    pthread_mutex_unlock(&l->lock);
}

void
wr_link_look(struct wr_link *l, struct wr_link_view *out)
{
    pthread_mutex_lock(&l->lock);
    *out = l->now;
    pthread_mutex_unlock(&l->lock);
}

const char *
wr_link_word(enum wr_link_state s)
{
    static const char *const words[] = {
        [WR_LINK_CONNECTING] = "connecting",
        [WR_LINK_READY] = "up",
        [WR_LINK_BROKEN] = "down",
    };

    return words[s];
}
