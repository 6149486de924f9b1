/*
 * weir-race URL RACERS ROUNDS SEED: is a message asleep while somebody waits?
 *
 * So many processes work on one store at once.  When they have ended, every
 * message must have been taken once or wait for somebody who is not there (I7).
 * With 0 rounds the store is made ready for them.
 * Exit status 0: so it is, 1: it is not, 2: a process failed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/race/race.h"

static void *
shared(size_t n, size_t size)
{
    void *p = mmap(NULL, n * size, PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (p == MAP_FAILED)
        abort();

    return p;
}

static int
run_all(const struct race *r)
{
    int bad = 0, status;

    for (int i = 0; i < r->n_racers; i++) {
        pid_t pid = fork();

        if (pid < 0)
            abort();
        if (pid == 0) {
            race_run(r, i);
            _exit(0);
        }
    }
    while (wait(&status) > 0)
        bad += status != 0;

    return bad;
}

static struct race_racer
sum(const struct race *r)
{
    struct race_racer all = { .published = 0 };

    for (int i = 0; i < r->n_racers; i++) {
        const struct race_racer *one = &r->racers[i];

        all.published += one->published;
        all.begun += one->begun;
        all.stopped += one->stopped;
        all.failed += one->failed;
        if (one->failed)
            fprintf(stderr, "racer %d: %s\n", i, one->why);
    }

    return all;
}

static int
tell(const struct race *r, const struct race_verdict *v)
{
    struct race_racer all = sum(r);

    printf("published %lld begun %lld stopped %lld failed %lld"
           " delivered %lld buffered %lld waiting %lld owed %lld"
           " asleep %lld lost %lld twice %lld\n",
           (long long)all.published, (long long)all.begun,
           (long long)all.stopped, (long long)all.failed,
           (long long)v->delivered, (long long)v->buffered,
           (long long)v->waiting, (long long)v->owed, (long long)v->asleep,
           (long long)v->lost, (long long)v->twice);
    if (all.failed)
        return 2;

    return v->asleep || v->lost || v->twice;
}

int
main(int argc, char **argv)
{
    struct race r = { .n_racers = 0 };
    struct race_verdict v;
    struct wr_err err = { 0 };

    if (argc != 5) {
        fputs("usage: weir-race URL RACERS ROUNDS SEED\n", stderr);
        return 2;
    }
    r.url = argv[1];
    r.n_racers = atoi(argv[2]);
    r.rounds = atoi(argv[3]);
    r.seed = (unsigned)strtoul(argv[4], NULL, 10);
    if (r.n_racers < 1 || r.rounds < 0
        || r.n_racers * (r.rounds + 1) > RACE_MOST) {
        fputs("weir-race: too many\n", stderr);
        return 2;
    }
    r.messages = shared(RACE_MOST, sizeof(*r.messages));
    r.racers = shared((size_t)r.n_racers, sizeof(*r.racers));
    r.turn = shared(1, sizeof(*r.turn));
    if (race_deploy(&r, &err) < 0 || run_all(&r) > 0
        || race_judge(&r, &v, &err) < 0) {
        fprintf(stderr, "weir-race: %s\n", err.text);
        return 2;
    }

    return tell(&r, &v);
}
