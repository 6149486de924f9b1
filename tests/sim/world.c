/*
 * world: fibres that take turns, time that passes when all of them sleep, and
 * chance from one seed.
 *
 * clock_gettime(), nanosleep() and getrandom() of this program are these: the
 * engine knows no other world.
 */
#define _GNU_SOURCE 1

#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <ucontext.h>

#include "tests/sim/sim.h"

enum {
    STACK = 4 << 20, /* only what is touched is there */
    FIBRES = 256,
    EPOCH_S = 1700000000
};

struct fibre {
    ucontext_t context;
    sim_main_fn *main;
    void *data;
    int64_t wake; /* INT64_MAX: never */
    int owner;
    bool dead;
};

static struct {
    struct fibre fibres[FIBRES];
    int n, running; /* -1: the world itself */
    ucontext_t home;
    int64_t now_us;
    uint64_t chance[2], hash;
    bool trace;
} world;

/* ---- chance ---- */

static uint64_t
next_random(void)
{
    uint64_t a = world.chance[0], b = world.chance[1];

    world.chance[0] = b;
    a ^= a << 23;
    world.chance[1] = a ^ b ^ (a >> 18) ^ (b >> 5);

    return world.chance[1] + b;
}

uint64_t
sim_draw(uint64_t n)
{
    return next_random() % n;
}

bool
sim_chance(int permille)
{
    return permille > 0 && sim_draw(1000) < (uint64_t)permille;
}

ssize_t
getrandom(void *to, size_t n, unsigned flags)
{
    uint8_t *p = to;

    (void)flags;
    for (size_t i = 0; i < n; i++)
        p[i] = (uint8_t)next_random();

    return (ssize_t)n;
}

/* ---- time ---- */

int64_t
sim_now(void)
{
    return world.now_us / 1000;
}

int
clock_gettime(clockid_t id, struct timespec *ts)
{
    ts->tv_sec = world.now_us / 1000000 + (id == CLOCK_REALTIME ? EPOCH_S : 0);
    ts->tv_nsec = world.now_us % 1000000 * 1000;

    return 0;
}

int
nanosleep(const struct timespec *ts, struct timespec *left)
{
    (void)left;
    sim_sleep(ts->tv_sec * 1000 + (ts->tv_nsec + 999999) / 1000000);

    return 0;
}

/* ---- what happened ---- */

void
sim_log(const char *fmt, ...)
{
    char line[512];
    va_list args;
    int n = snprintf(line, sizeof(line), "%8lld.%03lld %2d ",
                     (long long)(world.now_us / 1000),
                     (long long)(world.now_us % 1000), sim_owner());

    va_start(args, fmt);
    vsnprintf(line + n, sizeof(line) - (size_t)n, fmt, args);
    va_end(args);
    for (const char *p = line; *p; p++)
        world.hash = (world.hash ^ (uint8_t)*p) * UINT64_C(0x100000001b3);
    if (world.trace)
        puts(line);
}

uint64_t
sim_trace_hash(void)
{
    return world.hash;
}

/* ---- fibres ---- */

void
sim_begin(uint64_t seed, bool trace)
{
    memset(&world, 0, sizeof(world));
    /* Nothing goes back to the system: a page costs more than a run of it. */
    mallopt(M_MMAP_THRESHOLD, 1 << 30);
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    mallopt(M_TOP_PAD, 8 << 20);
    world.running = -1;
    world.trace = trace;
    world.hash = UINT64_C(0xcbf29ce484222325);
    world.chance[0] = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
    world.chance[1] = seed ^ UINT64_C(0xd1b54a32d192ed03);
    for (int i = 0; i < 20; i++)
        (void)next_random();
}

int
sim_owner(void)
{
    return world.running < 0 ? SIM_NOBODY : world.fibres[world.running].owner;
}

static void
leave(struct fibre *f, int64_t wake)
{
    f->wake = wake;
    world.running = -1;
    /* cppcheck-suppress swapcontextCalled ; threads would take turns by luck */
    swapcontext(&f->context, &world.home);
}

static void
begin(void)
{
    struct fibre *f = &world.fibres[world.running];

    f->main(f->data);
    f->dead = true;
    leave(f, INT64_MAX);
}

int
sim_self(void)
{
    return world.running;
}

void
sim_wake(int fibre)
{
    struct fibre *f = &world.fibres[fibre];

    if (!f->dead && f->wake > world.now_us)
        f->wake = world.now_us;
}

int
sim_spawn(int owner, sim_main_fn *fn, void *data)
{
    struct fibre *f = &world.fibres[world.n];
    void *stack = malloc(STACK);

    if (world.n == FIBRES || !stack)
        abort();
    world.n++;
    *f = (struct fibre){
        .main = fn, .data = data, .wake = world.now_us, .owner = owner
    };
    /* cppcheck-suppress getcontextCalled */
    getcontext(&f->context);
    f->context.uc_stack.ss_sp = stack;
    f->context.uc_stack.ss_size = STACK;
    /* cppcheck-suppress makecontextCalled */
    makecontext(&f->context, begin, 0);

    return world.n - 1;
}

void
sim_kill(int owner)
{
    for (int i = 0; i < world.n; i++) {
        struct fibre *f = &world.fibres[i];

        if (f->owner == owner) {
            f->wake = INT64_MAX;
            f->dead = true;
        }
    }
    if (owner != SIM_NOBODY && sim_owner() == owner)
        leave(&world.fibres[world.running], INT64_MAX);
}

void
sim_sleep(int64_t ms)
{
    if (world.running < 0)
        world.now_us += ms * 1000;
    else
        leave(&world.fibres[world.running],
              world.now_us + ms * 1000 + (int64_t)sim_draw(1000));
}

/* Any of those that may go on; when none may, time passes until one does. */
static struct fibre *
next_fibre(int64_t until_us)
{
    int64_t first = INT64_MAX;
    struct fibre *chosen = NULL;
    uint64_t n = 0;

    for (int i = 0; i < world.n; i++) {
        if (world.fibres[i].wake < first)
            first = world.fibres[i].wake;
    }
    if (first >= until_us)
        return NULL;
    if (first > world.now_us)
        world.now_us = first;
    for (int i = 0; i < world.n; i++) {
        if (world.fibres[i].wake <= world.now_us && sim_draw(++n) == 0)
            chosen = &world.fibres[i];
    }

    return chosen;
}

void
sim_run(int64_t until, const bool *stop)
{
    struct fibre *f;

    while (!*stop && (f = next_fibre(until * 1000))) {
        world.running = (int)(f - world.fibres);
        /* cppcheck-suppress swapcontextCalled */
        swapcontext(&world.home, &f->context);
        world.running = -1;
    }
}
