#include "fcgi_workers/fresh.h"

#include <time.h>

#include "engine/project/projector.h"
#include "engine/store/project.h"

enum {
    WAIT_MS = 1000,
    LOOK_MOST_MS = 16
};

static void
pause_ms(int64_t ms)
{
    struct timespec ts = { .tv_sec = ms / 1000,
                           .tv_nsec = ms % 1000 * 1000000 };

    nanosleep(&ts, NULL);
}

/* Of the threads half at most may wait. */
static bool
may_wait(struct wr_service *sv)
{
    long most = (long)wr_config_int(sv->config, WR_SET_THREADS) / 2;

    if (atomic_fetch_add(&sv->fresh_waiting, 1) < most)
        return true;
    atomic_fetch_sub(&sv->fresh_waiting, 1);

    return false;
}

static int
wait_for(struct wr_service *sv, int64_t wanted, struct wr_position *p,
         struct wr_err *err)
{
    int64_t left = WAIT_MS, ms = 1;
    int rc = 0;

    while (rc == 0 && p->pos < wanted && left > 0) {
        wr_projector_poke(sv->projector_socket);
        pause_ms(ms);
        left -= ms;
        if (ms < LOOK_MOST_MS)
            ms *= 2;
        rc = wr_runtime_position(sv->runtime, p, err);
    }

    return rc;
}

int
wr_request_fresh(struct wr_request *rq, struct wr_fresh *out,
                 struct wr_err *err)
{
    struct wr_service *sv = rq->service;
    int64_t came = wr_clock_now(&sv->clock), wanted;
    struct wr_position p;
    int rc = 0;

    if (wr_runtime_position(sv->runtime, &p, err) < 0)
        return err->code;
    wanted = p.newest;
    if (p.pos < wanted && may_wait(sv)) {
        rc = wait_for(sv, wanted, &p, err);
        atomic_fetch_sub(&sv->fresh_waiting, 1);
    }
    if (rc < 0)
        return rc;
    *out = (struct wr_fresh){ .as_of = came };
    if (p.pos >= wanted)
        return 0;
    atomic_fetch_add(&sv->fresh_late, 1);
    out->as_of = p.at ? p.at : 1;
    out->lag = came > out->as_of ? came - out->as_of : 1;

    return 0;
}

int
wr_list_fresh(struct wr_request *rq, struct wr_list *out, struct wr_err *err)
{
    struct wr_fresh f;

    if (wr_request_fresh(rq, &f, err) < 0)
        return err->code;
    out->as_of = f.as_of;
    out->lag = f.lag;

    return 0;
}
