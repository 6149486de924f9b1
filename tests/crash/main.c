/*
 * weir-crash URL ACKFILE SEED: kill a working runtime again and again.
 *
 * Each round forks a process that works on the store; it is killed at a named
 * crash point or at a random moment.  Then the store is opened anew and the
 * invariants are checked against everything that was acknowledged so far.
 */
#include <fcntl.h>
#include <libpq-fe.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/crash/crash.h"
#include "tests/crash/disk.h"

enum {
    LOAD_MS = 20000, /* longest life of a process: each is killed before */
    RANDOM_KILLS = 8,
    RANDOM_MS = 300, /* a random kill comes within */
    PREPARED = 20,
    SAGA_COMMITS = 8 /* of one saga: it is killed at each of them */
};

struct run {
    const char *url, *ack_file;
    const char *mode; /* what is killed: "load" or "saga" */
    const char *disk; /* how the disk fails under it (disk.h); NULL: not */
    unsigned seed;
    int failed;
};

static void
say(struct run *r, const char *id, const struct wr_err *err)
{
    if (!err) {
        printf("ok %s\n", id);
    } else {
        printf("not ok %s: %s\n", id, err->text);
        r->failed++;
    }
    fflush(stdout);
}

/* What was acknowledged so far; a record that was cut short was not. */
static struct crash_ack *
read_acks(const struct run *r, size_t *n)
{
    struct crash_ack *acks;
    struct stat st;
    int fd = open(r->ack_file, O_RDONLY);
    ssize_t got;

    if (fd < 0 || fstat(fd, &st) < 0)
        abort();
    acks = malloc((size_t)st.st_size + sizeof(*acks));
    if (!acks)
        abort();
    got = read(fd, acks, (size_t)st.st_size);
    close(fd);
    *n = got > 0 ? (size_t)got / sizeof(*acks) : 0;

    return acks;
}

/* A program of its own: crash points are read once in a process' life. */
static pid_t
fork_load(struct run *r, const char *crash_at)
{
    pid_t pid = fork();
    char seed[16];

    if (pid != 0)
        return pid;
    if (crash_at)
        setenv("WEIR_CRASH_AT", crash_at, 1);
    if (r->disk)
        setenv("WEIR_DISK", r->disk, 1);
    snprintf(seed, sizeof(seed), "%u", r->seed);
    execl("/proc/self/exe", "weir-crash", r->url, r->ack_file, seed, r->mode,
          (char *)NULL);
    _exit(4);
}

static int
be_load(char **argv)
{
    int fd = open(argv[2], O_WRONLY | O_APPEND | O_CLOEXEC);

    crash_disk();
    if (fd >= 0 && strcmp(argv[4], "saga") == 0)
        return crash_saga(argv[1], fd);

    return fd < 0 ? 4
                  : crash_load(argv[1], (unsigned)strtoul(argv[3], NULL, 10),
                               LOAD_MS, fd);
}

static void
wait_ms(long ms)
{
    struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

    nanosleep(&t, NULL);
}

/* One process' life; *killed: it did not end by itself. */
static int
live(struct run *r, const char *crash_at, long kill_after_ms, bool *killed,
     struct wr_err *err)
{
    pid_t pid = fork_load(r, crash_at);
    int status = 0;

    if (pid < 0)
        return wr_fail(err, WR_EIO, "fork");
    if (kill_after_ms >= 0) {
        wait_ms(kill_after_ms);
        kill(pid, SIGKILL);
    }
    if (waitpid(pid, &status, 0) != pid)
        return wr_fail(err, WR_EIO, "wait");
    *killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    if (!*killed && (!WIFEXITED(status) || WEXITSTATUS(status) != 0))
        return wr_fail(err, WR_ESTATE, "the load failed by itself");

    return 0;
}

/*
 * The server goes on with what a killed client had sent: wait until nobody else
 * is connected, or the check would see a commit happen between two reads.
 */
static int
settle(const char *url, struct wr_err *err)
{
    static const char others[] =
        "SELECT count(*) FROM pg_stat_activity WHERE backend_type = "
        "'client backend' AND pid <> pg_backend_pid()";
    bool alone = false;
    PGconn *c;

    if (strncmp(url, "postgres", 8) != 0)
        return 0;
    c = PQconnectdb(url);
    for (int tries = 0; !alone && tries < 2000; tries++) {
        PGresult *res = PQexec(c, others);

        alone = PQntuples(res) == 1 && strcmp(PQgetvalue(res, 0, 0), "0") == 0;
        PQclear(res);
        if (!alone)
            wait_ms(5);
    }
    PQfinish(c);

    return alone ? 0 : wr_fail(err, WR_EBUSY, "a killed client stays");
}

static void
check_round(struct run *r, const char *id, const char *crash_at,
            long kill_after_ms)
{
    struct crash_ack *acks = NULL;
    struct wr_err err = { 0 };
    bool killed = false;
    char name[96];
    size_t n = 0;
    int rc;

    r->seed++;
    rc = live(r, crash_at, kill_after_ms, &killed, &err);
    if (rc == 0 && !killed)
        rc = wr_fail(&err, WR_ESTATE, "it was not killed");
    if (rc == 0)
        rc = settle(r->url, &err);
    if (rc == 0) {
        acks = read_acks(r, &n);
        rc = crash_check(r->url, acks, n, &err);
        free(acks);
    }
    snprintf(name, sizeof(name), "%s%s", id,
             strcmp(r->mode, "saga") ? "" : " of a called process");
    say(r, name, rc < 0 ? &err : NULL);
}

static const char *const points[] = { "commit-before", "commit-sent",
                                      "commit-after", "answer-after" };

/* Each commit of a saga, most of which are of caller and called; each life also
 * ends what the one before left. */
static void
family_points(struct run *r)
{
    struct wr_err err = { 0 };
    bool killed = false;
    char id[64];
    int rc;

    r->mode = "saga";
    for (size_t i = 0; i < WR_COUNT(points); i++)
        for (int k = 1; k <= SAGA_COMMITS; k++) {
            snprintf(id, sizeof(id), "%s:%d", points[i], k);
            check_round(r, id, id, -1);
        }
    rc = live(r, NULL, -1, &killed, &err);
    say(r, "sagas-end", rc < 0 ? &err : NULL);
    r->mode = "load";
}

static void
named_points(struct run *r)
{
    static const int at[] = { 1, 7, 23 };
    char id[64];

    for (size_t i = 0; i < WR_COUNT(points); i++)
        for (size_t k = 0; k < WR_COUNT(at); k++) {
            snprintf(id, sizeof(id), "%s:%d", points[i], at[k]);
            check_round(r, id, id, -1);
        }
}

static void
random_kills(struct run *r)
{
    char id[64];

    for (int i = 0; i < RANDOM_KILLS; i++) {
        snprintf(id, sizeof(id), "kill-%d", i + 1);
        check_round(r, id, NULL, 40 + (long)(r->seed * 7919 % RANDOM_MS));
    }
}

/* C25, C24: killed at a write or a sync, the power gone then, no room left.  The
 * last ones are far enough for a checkpoint of the log to be under way. */
static void
disk_failures(struct run *r)
{
    static const struct {
        const char *what;
        int from, step, n;
        long kill_after_ms;
    } rows[] = { { "kill", 3, 29, 8, -1 },
                 { "loss", 2, 23, 14, -1 },
                 { "loss", 5200, 311, 2, -1 },
                 { "full", 90, 160, 2, 1200 } };
    char how[32];

    if (strncmp(r->url, "sqlite:", 7) != 0)
        return;
    for (size_t k = 0; k < WR_COUNT(rows); k++)
        for (int i = 0; i < rows[k].n; i++) {
            snprintf(how, sizeof(how), "%s:%d", rows[k].what,
                     rows[k].from + i * rows[k].step);
            r->disk = how;
            check_round(r, how, NULL, rows[k].kill_after_ms);
            r->disk = NULL;
        }
}

/* The check must see a lost acknowledgement, or it proves nothing. */
static void
negative_control(struct run *r)
{
    struct crash_ack *acks;
    struct wr_err err = { 0 };
    size_t n;

    acks = read_acks(r, &n);
    if (n > 0) {
        acks[n / 2].command = wr_uuid_new(1, 0);
        if (crash_check(r->url, acks, n, &err) == 0)
            wr_fail(&err, WR_ESTATE, "a lost command was not noticed");
        else if (strncmp(err.text, "I12:", 4) == 0)
            err.code = WR_OK;
    } else {
        wr_fail(&err, WR_ESTATE, "nothing was ever acknowledged");
    }
    free(acks);
    say(r, "control", err.code == WR_OK ? NULL : &err);
}

/* A disk that keeps no promise: what was acknowledged is lost, which must be
 * seen.  The last of all, as nothing can be done with the store any more. */
static void
disk_control(struct run *r)
{
    struct wr_err err = { 0 };
    struct crash_ack *acks;
    bool killed = false;
    size_t n;
    int rc;

    if (strncmp(r->url, "sqlite:", 7) != 0)
        return;
    r->disk = "never:300";
    rc = live(r, NULL, -1, &killed, &err);
    r->disk = NULL;
    acks = read_acks(r, &n);
    if (rc == 0 && crash_check(r->url, acks, n, &err) == 0)
        rc = wr_fail(&err, WR_ESTATE, "a disk that never syncs was trusted");
    free(acks);
    say(r, "control of the disk", rc < 0 ? &err : NULL);
}

static void
finish(struct run *r)
{
    struct wr_err err = { 0 };
    struct crash_ack *acks;
    size_t n;
    int rc = crash_finish(r->url, &err);

    acks = read_acks(r, &n);
    if (rc == 0)
        rc = crash_check(r->url, acks, n, &err);
    free(acks);
    say(r, "all-end", rc < 0 ? &err : NULL);
}

int
main(int argc, char **argv)
{
    struct run r = { 0 };
    struct wr_err err = { 0 };
    int fd;

    if (argc == 5)
        return be_load(argv);
    if (argc != 4) {
        fprintf(stderr, "usage: weir-crash URL ACKFILE SEED\n");
        return 2;
    }
    r = (struct run){
        argv[1], argv[2], "load", NULL, (unsigned)strtoul(argv[3], NULL, 10), 0
    };
    fd = open(r.ack_file, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    if (fd < 0) {
        fprintf(stderr, "cannot write '%s'\n", r.ack_file);
        return 2;
    }
    close(fd);
    if (crash_prepare(r.url, 0, &err) < 0) {
        say(&r, "prepare", &err);
        return 1;
    }
    family_points(&r);
    if (crash_prepare(r.url, PREPARED, &err) < 0) {
        say(&r, "prepare", &err);
        return 1;
    }
    named_points(&r);
    random_kills(&r);
    disk_failures(&r);
    negative_control(&r);
    finish(&r);
    disk_control(&r);

    return r.failed > 0;
}
