/*
 * sim.h: a whole cluster in one process, from one seed.
 *
 *     weir-sim --seed 17 --trace
 *
 * Slots of two hosts, schedulers, people and workers are fibres of one thread;
 * store, queue, locks and clock are simulated, and everything that is left to
 * chance is drawn from the seed: who goes next, how long a call takes, what
 * fails, which process is killed or stands still.  The engine is the real one: its
 * runtimes run as they do in a slot.  The C library's clock, sleep and randomness
 * are replaced for the whole program (world.c), so the same seed gives the same
 * run to the last byte of its trace.
 *
 * A run has two parts: in the first one anything may fail; then nothing does any
 * more, and everything has to come to its end (people.c).  What must hold is in
 * check.c.
 */

#ifndef SIM_H
#define SIM_H

#include "engine/lock/lease.h"
#include "engine/queue/queue.h"
#include "engine/runtime/runtime.h"

/* ---- world.c: fibres, time, chance ---- */

enum {
    SIM_NOBODY = -1 /* of no process that can be killed */
};

typedef void sim_main_fn(void *data);

/* Everything starts anew; before anything else. */
void sim_begin(uint64_t seed, bool trace);
/* A fibre of process `owner`, by number; it ends with its function. */
int sim_spawn(int owner, sim_main_fn *fn, void *data);
/* No fibre of this process goes on, ever. */
void sim_kill(int owner);
/* Which one runs now; let one that sleeps go on. */
int sim_self(void);
void sim_wake(int fibre);
/* Which process runs now? */
int sim_owner(void);
/* Of a fibre: let others go on; SIM_NOBODY's sleep ends the same way. */
void sim_sleep(int64_t ms);
int64_t sim_now(void); /* ms since the beginning */
/* Fibres go on until the time has come or *stop. */
void sim_run(int64_t until, const bool *stop);
/* 0 .. n - 1; happens n times in a thousand. */
uint64_t sim_draw(uint64_t n);
bool sim_chance(int permille);
void sim_log(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Of everything that was logged. */
uint64_t sim_trace_hash(void);

/* ---- the cluster ---- */

enum {
    SIM_HOSTS = 2,
    SIM_SLOTS = 2, /* of each host: those of two hosts share their buckets */
    SIM_NODES = SIM_HOSTS * SIM_SLOTS,
    SIM_SCHEDULERS = 2,
    SIM_PROCESSES = SIM_NODES + SIM_SCHEDULERS /* that can be killed */
};

/* What is left out on purpose: the invariants must notice. */
enum sim_sabotage {
    SIM_NONE,
    SIM_NO_REVISION, /* the store takes steps of stale copies */
    SIM_NO_LEASE,    /* ... and results of jobs that somebody else has */
    SIM_NO_SEARCH    /* nobody looks for work that the queue has lost */
};

struct sim_faults { /* in a thousand */
    int store;      /* a call fails, a commit before or after it happened */
    int kill;       /* the process is killed at a call of the store */
    int stall;      /* ... stands still for up to a minute */
    int bus;        /* a request or its answer is lost */
    int repeat;     /* a message of the queue comes twice */
    int wrong;      /* a client asks the other host */
};

struct sim {
    struct sim_faults faults; /* all 0 in the second part */
    enum sim_sabotage sabotage;
    bool store_away, queue_away, locks_away;
    bool ending; /* the second part */
    struct wr_queue_broker *broker;
    struct wr_lock *locks;
    struct wr_clock clock; /* without skew */
    long kills, commits, lost, late, conflicts, published, delivered;
};
extern struct sim sim;

/* store.c: "sim:" is the memory store behind a network */
#define SIM_STORE "memory:sim"

/* lock.c: in memory; may be away, or forget everything */
struct wr_lock *sim_lock_new(void);
void sim_lock_flush(void);

/* node.c */

enum sim_kind {
    SIM_CALL, /* command -> outcome */
    SIM_SETTLE,
    SIM_START_DUE, /* target */
    SIM_LOSE,      /* target: a job whose last worker is gone */
    SIM_CLAIM,     /* claim -> rows */
    SIM_CORRELATE, /* message -> delivery */
    SIM_SIGNAL,    /* signal */
    SIM_FIND       /* query -> rows */
};

struct sim_request {
    enum sim_kind kind;
    bool report; /* CALL: of the clock; what fails for good is reported */
    struct wr_command command;
    struct wr_uuid target;
    struct wr_claim claim;
    struct wr_message message;
    struct wr_signal signal;
    struct wr_query query;
    /* the answer; LOST: nobody knows */
    bool done, lost;
    struct wr_err err;
    struct wr_arena *arena; /* never freed: a process is one run */
    struct wr_outcome outcome;
    struct wr_rows rows;
    struct wr_delivery delivery;
    int asker; /* fibre */
    struct sim_request *next;
};

void sim_cluster_start(void);
/* Ask the slot of these buckets and wait: WR_EBUSY when there is no answer, and
 * then anything may have happened. */
int sim_ask(int bucket, struct sim_request *r);
struct sim_request *sim_request_new(enum sim_kind kind);
void sim_restart(int process);

/* scheduler.c */
void sim_scheduler_start(int k);
void sim_scheduler_gone(int k);

/* people.c */
void sim_people_start(void);
/* Everybody has done what they came for. */
extern bool sim_all_ended;
/* Somebody asked for it. */
bool sim_may_be_canceled(const struct wr_uuid *id);
int sim_people_check(struct wr_err *err);

/* models.c */

struct sim_model {
    const char *key;   /* of the process that is started */
    const char *check; /* variable that must be ... at the end */
    int64_t is;
    bool by_message; /* started by message "begin-KEY" */
};
extern const struct sim_model sim_models[];
extern const size_t sim_n_models;
extern const char *const sim_files[];
extern const size_t sim_n_files;

/* check.c: the invariants, by looking at the store alone. */
int sim_check(struct wr_err *err);
/* Fails with what is not at its end. */
int sim_unended(struct wr_err *err);

#endif
