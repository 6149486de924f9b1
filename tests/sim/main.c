/*
 * weir-sim: runs of a simulated cluster, one for each seed.
 *
 *     weir-sim --seeds 1000 [--from 1] [--jobs 2] [--sabotage NAME]
 *     weir-sim --seed 17 [--trace]
 *
 * Prints a line for each seed that failed and a last one with counts.  Exit
 * status 0: all held; with --sabotage: none of the invariants' violations was
 * missed, at least one run failed.  Each run is a process of its own.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/sim/sim.h"

enum {
    FAULTS_MS = 60000,      /* the first part */
    END_MS = 20 * 60 * 1000 /* of the second one, if nothing ends it */
};

struct sim sim;

/* ---- one run ---- */

/* Servers go away and come back, and forget. */
static void
chaos(void *data)
{
    (void)data;
    for (;;) {
        bool *away[] = { &sim.store_away, &sim.queue_away, &sim.locks_away };
        bool *one = away[sim_draw(WR_COUNT(away))];

        sim_sleep((int64_t)sim_draw(8000));
        if (sim.ending)
            return;
        sim_log("a server goes away");
        *one = true;
        if (sim_draw(2))
            sim_lock_flush();
        sim_sleep((int64_t)sim_draw(4000));
        *one = false;
        sim_log("it is back");
    }
}

/* The broker has lost all it had. */
static void
wipe(void *data)
{
    (void)data;
    while (!sim.ending) {
        wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(16384);
        struct wr_queue_delivery got[64];
        struct wr_queue *q = wr_queue_memory(sim.broker);
        struct wr_err err;
        size_t n = 0;

        wr_queue_consume(q, (1U << WR_QUEUE_DEAD) - 1, 64);
        if (wr_queue_take(q, 0, a, got, 64, &n, &err) < 0)
            n = 0;
        for (size_t i = 0; i < n; i++) {
            if (wr_queue_settle(q, &got[i].tag, WR_QUEUE_DONE, &err) < 0)
                abort(); /* they are ours */
        }
        wr_queue_close(q);
        if (n)
            sim_log("the broker lost %zu messages", n);
        sim_sleep(sim.sabotage == SIM_NO_SEARCH
                      ? 100
                      : 3000 + (int64_t)sim_draw(10000));
    }
}

static int
prepare(struct wr_store **anchor, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(65536);
    struct wr_runtime_options o = { .store_url = SIM_STORE,
                                    .clock = &sim.clock };
    struct wr_file *files = wr_newn(a, struct wr_file, sim_n_files);
    struct wr_deploy_options how = { .name = "sim" };
    struct wr_deployed d;
    struct wr_runtime *rt;
    int r;

    if (wr_store_open(SIM_STORE, anchor, err) < 0
        || wr_store_migrate(*anchor, err) < 0
        || wr_runtime_open(&o, &rt, err) < 0)
        return (int)err->code;
    for (size_t i = 0; i < sim_n_files; i++)
        files[i] = (struct wr_file){ wr_arena_printf(a, "%zu.bpmn", i),
                                     sim_files[i], strlen(sim_files[i]) };
    r = wr_runtime_deploy(rt, files, (int)sim_n_files, &how, a, &d, err);
    for (int i = 0; r < 0 && i < (int)d.findings.n; i++)
        fprintf(stderr, "%s: %s\n", d.findings.items[i].element,
                d.findings.items[i].detail);
    wr_runtime_close(rt);

    return r;
}

static int
run(uint64_t seed, bool trace, enum sim_sabotage sabotage, struct wr_err *err)
{
    static const bool never = false;
    struct wr_store *anchor;

    sim_begin(seed, trace);
    sim = (struct sim){ .sabotage = sabotage };
    sim.broker = wr_queue_broker_new(20);
    sim.locks = sim_lock_new();
    if (prepare(&anchor, err) < 0)
        return (int)err->code;
    /* Some runs are rough, some have one kind of trouble alone. */
    sim.faults = (struct sim_faults){ .store = sim_draw(2) ? 10 : 0,
                                      .kill = sim_draw(2) ? 4 : 0,
                                      .stall = sim_draw(2) ? 2 : 0,
                                      .bus = sim_draw(2) ? 20 : 0,
                                      .repeat = sim_draw(2) ? 100 : 0,
                                      .wrong = sim_draw(2) ? 500 : 0 };
    sim_cluster_start();
    sim_people_start();
    sim_spawn(SIM_NOBODY, chaos, NULL);
    if (sim_draw(2) || sabotage == SIM_NO_SEARCH)
        sim_spawn(SIM_NOBODY, wipe, NULL);
    sim_run(FAULTS_MS, &never);
    sim.faults = (struct sim_faults){ 0 };
    sim.store_away = sim.queue_away = sim.locks_away = false;
    sim.ending = true;
    sim_log("nothing fails any more");
    sim_run(END_MS, &sim_all_ended);
    if (!sim_all_ended)
        return sim_unended(err);
    if (sim_people_check(err) < 0)
        return (int)err->code;

    return sim_check(err);
}

/* ---- many ---- */

struct options {
    uint64_t from, n;
    int jobs;
    bool trace;
    enum sim_sabotage sabotage;
};

struct report { /* of a run, through a pipe */
    uint64_t seed, hash;
    bool failed;
    long kills, commits, lost, late, conflicts, published, delivered;
    char text[256];
};

static void
child(uint64_t seed, const struct options *o, int fd)
{
    struct report r = { .seed = seed };
    struct wr_err err = { 0 };

    alarm(600);
    if (run(seed, o->trace, o->sabotage, &err) < 0) {
        r.failed = true;
        memcpy(r.text, err.text, sizeof(r.text));
    }
    r.hash = sim_trace_hash();
    r.kills = sim.kills;
    r.commits = sim.commits;
    r.lost = sim.lost;
    r.late = sim.late;
    r.conflicts = sim.conflicts;
    r.published = sim.published;
    r.delivered = sim.delivered;
    fflush(stdout);
    if (write(fd, &r, sizeof(r)) != sizeof(r))
        _exit(2);
    _exit(0);
}

static pid_t
begin(uint64_t seed, const struct options *o, int *fd)
{
    int ends[2];
    pid_t pid;

    fflush(stdout);
    if (pipe(ends) < 0 || (pid = fork()) < 0) {
        perror("weir-sim");
        exit(2);
    }
    if (pid == 0) {
        close(ends[0]);
        child(seed, o, ends[1]);
    }
    close(ends[1]);
    *fd = ends[0];

    return pid;
}

static void
add(struct report *sum, uint64_t seed, pid_t pid, int fd)
{
    struct report r = { .seed = seed, .failed = true };
    int status = 0;

    if (read(fd, &r, sizeof(r)) != sizeof(r)) {
        r.failed = true;
        snprintf(r.text, sizeof(r.text), "it crashed or did not end");
    }
    close(fd);
    waitpid(pid, &status, 0);
    if (r.failed)
        printf("seed %llu: %s\n", (unsigned long long)seed, r.text);
    sum->seed += r.failed;
    sum->hash ^= r.hash * (2 * seed + 1);
    sum->kills += r.kills;
    sum->commits += r.commits;
    sum->lost += r.lost;
    sum->late += r.late;
    sum->conflicts += r.conflicts;
    sum->published += r.published;
    sum->delivered += r.delivered;
}

static int
run_all(const struct options *o)
{
    enum {
        MOST = 64
    };
    struct report sum = { 0 };
    pid_t pids[MOST];
    int fds[MOST];
    uint64_t begun = 0, ended = 0;

    while (ended < o->n) {
        while (begun < o->n && begun < ended + (uint64_t)o->jobs) {
            pids[begun % MOST] = begin(o->from + begun, o, &fds[begun % MOST]);
            begun++;
        }
        add(&sum, o->from + ended, pids[ended % MOST], fds[ended % MOST]);
        ended++;
    }
    printf(
        "%llu runs, %llu failed, %ld commits, %ld kills, %ld answers lost, "
        "%ld late commits, %ld conflicts, %ld published, %ld delivered, trace %016llx\n",
        (unsigned long long)o->n, (unsigned long long)sum.seed, sum.commits,
        sum.kills, sum.lost, sum.late, sum.conflicts, sum.published,
        sum.delivered, (unsigned long long)sum.hash);

    return o->sabotage ? sum.seed == 0 : sum.seed != 0;
}

static const char *const sabotages[] = { "none", "revision", "lease",
                                         "search" };

int
main(int argc, char **argv)
{
    struct options o = { .from = 1, .n = 1, .jobs = 1 };
    bool known = true;

    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";

        if (strcmp(argv[i], "--trace") == 0) {
            o.trace = true;
            continue;
        }
        i++;
        if (strcmp(argv[i - 1], "--seed") == 0
            || strcmp(argv[i - 1], "--from") == 0)
            o.from = strtoull(value, NULL, 10);
        else if (strcmp(argv[i - 1], "--seeds") == 0)
            o.n = strtoull(value, NULL, 10);
        else if (strcmp(argv[i - 1], "--jobs") == 0)
            o.jobs = atoi(value);
        else if (strcmp(argv[i - 1], "--sabotage") == 0) {
            for (size_t k = 0; k < WR_COUNT(sabotages); k++) {
                if (strcmp(value, sabotages[k]) == 0)
                    o.sabotage = (enum sim_sabotage)k;
            }
            known &= o.sabotage != SIM_NONE;
        } else
            known = false;
    }
    if (!known || o.jobs < 1 || o.jobs > 32) {
        fprintf(stderr, "usage: weir-sim [--seeds N] [--from SEED] [--jobs N] "
                        "[--seed SEED] [--trace]\n"
                        "                [--sabotage revision|lease|search]\n");
        return 2;
    }

    return run_all(&o);
}
