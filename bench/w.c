/*
 * w: the engine in process, closed loop: how many processes a second, and how
 * long each takes from its first call to the durable answer of its last.
 *
 *     bench/w STORE_URL [SECONDS [WORKLOAD...]]
 *
 * One JSON line for each workload and concurrency; bench/README.md explains
 * them.  Every client is a thread that waits for its answer before it goes on;
 * the time to the answer includes the commit, with the store's full durability.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/base/str.h"
#include "engine/runtime/runtime.h"

enum {
    WARM_UP = 50, /* processes of each client before the clock starts */
    SEQUENCE = 10,
    PAGE = 50
};

struct client;

struct workload {
    const char *name; /* also the process id */
    const char *body; /* NULL: a sequence of tasks */
    int (*process)(struct client *c, struct wr_arena *a, struct wr_err *err);
};

struct bench {
    struct wr_runtime *rt;
    const struct workload *workload;
    double seconds;
    pthread_barrier_t warm;
    atomic_bool failed;
};

struct client {
    struct bench *bench;
    pthread_t thread;
    char assignee[24];
    double *took; /* seconds, of each process */
    size_t n, room;
    double busy; /* seconds the loop ran */
};

static double
seconds_now(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);

    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* ---- workloads ---- */

static const char start_end[] =
    "<startEvent id='s'/><endEvent id='e'/>"
    "<sequenceFlow id='f' sourceRef='s' targetRef='e'/>";

static const char user_task[] =
    "<startEvent id='s'/>"
    "<userTask id='t'><extensionElements>"
    "<zeebe:assignmentDefinition assignee='=owner'/>"
    "</extensionElements></userTask><endEvent id='e'/>"
    "<sequenceFlow id='f1' sourceRef='s' targetRef='t'/>"
    "<sequenceFlow id='f2' sourceRef='t' targetRef='e'/>";

static const char *
sequence(struct wr_arena *a)
{
    struct wr_str body = { .arena = a };

    wr_str_add(&body, "<startEvent id='n0'/>");
    for (int i = 1; i <= SEQUENCE; i++)
        wr_str_printf(&body, "<task id='n%d'/>", i);
    wr_str_printf(&body, "<endEvent id='n%d'/>", SEQUENCE + 1);
    for (int i = 0; i <= SEQUENCE; i++)
        wr_str_printf(&body,
                      "<sequenceFlow id='f%d' sourceRef='n%d' "
                      "targetRef='n%d'/>",
                      i, i, i + 1);

    return wr_str_text(&body);
}

static int
start(struct client *c, const struct wr_value *variables, struct wr_arena *a,
      struct wr_outcome *out, struct wr_err *err)
{
    struct wr_command command = { .event = { .type = WR_EV_START,
                                             .actor = c->assignee,
                                             .variables = variables },
                                  .definition = c->bench->workload->name,
                                  .if_rev = -1 };

    return wr_runtime_call(c->bench->rt, &command, a, out, err);
}

static int
to_the_end(struct client *c, struct wr_arena *a, struct wr_err *err)
{
    struct wr_outcome out;
    int r = start(c, NULL, a, &out, err);

    if (r < 0)
        return r;
    if (out.instance.state != WR_COMPLETED)
        return wr_fail(err, WR_ESTATE, "the process did not complete");

    return 0;
}

/* W8's first two calls: start, and find it in the list of my tasks. */
static int
start_and_list(struct client *c, struct wr_arena *a, struct wr_uuid *task,
               struct wr_err *err)
{
    const struct wr_entry owner = { "owner", wr_value_string(a, c->assignee) };
    struct wr_query mine = {
        .noun = WR_TASKS, .state = -1, .assignee = c->assignee, .limit = PAGE
    };
    struct wr_outcome out;
    struct wr_rows rows;
    int r = start(c, wr_value_context(a, &owner, 1), a, &out, err);

    if (r < 0)
        return r;
    r = wr_runtime_find(c->bench->rt, &mine, a, &rows, err);
    if (r < 0)
        return r;
    if (rows.n != 1)
        return wr_fail(err, WR_ESTATE, "%zu tasks in the list, not one",
                       rows.n);
    *task = rows.tasks[0].id;

    return 0;
}

static int
user(struct client *c, struct wr_arena *a, struct wr_err *err)
{
    const struct wr_entry result[] = {
        { "approved", &wr_true },
        { "comment", wr_value_string(a, "as agreed by telephone") }
    };
    struct wr_command complete = {
        .event = { .type = WR_EV_TASK_COMPLETE,
                   .actor = c->assignee,
                   .variables = wr_value_context(a, result, WR_COUNT(result)) },
        .if_rev = -1
    };
    struct wr_outcome out;
    int r = start_and_list(c, a, &complete.event.target, err);

    if (r < 0)
        return r;
    r = wr_runtime_call(c->bench->rt, &complete, a, &out, err);
    if (r < 0)
        return r;
    if (out.instance.state != WR_COMPLETED)
        return wr_fail(err, WR_ESTATE, "the process did not complete");

    return 0;
}

static const struct workload workloads[] = { { "W1", start_end, to_the_end },
                                             { "W2", NULL, to_the_end },
                                             { "W8", user_task, user } };

static int
deploy(struct wr_runtime *rt, const struct workload *w, struct wr_arena *a,
       struct wr_err *err)
{
    const char *xml = wr_arena_printf(
        a,
        "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' "
        "xmlns:zeebe='http://camunda.org/schema/zeebe/1.0' "
        "targetNamespace='t'><process id='%s' isExecutable='true'>%s"
        "</process></definitions>",
        w->name, w->body ? w->body : sequence(a));
    struct wr_file file = { w->name, xml, strlen(xml) };
    struct wr_deployed out;

    return wr_runtime_deploy(rt, &file, 1, &(struct wr_deploy_options){ 0 }, a,
                             &out, err);
}

/* ---- clients ---- */

static bool
run_one(struct client *c)
{
    struct wr_arena *a = wr_arena_new(0);
    struct wr_err err;
    bool ok = c->bench->workload->process(c, a, &err) == 0;

    wr_arena_free(a);
    if (!ok) {
        fprintf(stderr, "w: %s\n", err.text);
        atomic_store(&c->bench->failed, true);
    }

    return ok;
}

static void
note(struct client *c, double took)
{
    if (c->n == c->room) {
        c->room = c->room ? 2 * c->room : 4096;
        c->took = realloc(c->took, c->room * sizeof(*c->took));
        if (!c->took)
            abort();
    }
    c->took[c->n++] = took;
}

static void *
client_main(void *arg)
{
    struct client *c = arg;
    struct bench *b = c->bench;
    double begin, before, now;

    for (int i = 0; i < WARM_UP && !atomic_load(&b->failed); i++)
        run_one(c);
    pthread_barrier_wait(&b->warm);
    begin = now = seconds_now();
    while (now < begin + b->seconds && !atomic_load(&b->failed)) {
        before = now;
        if (!run_one(c))
            break;
        now = seconds_now();
        note(c, now - before);
    }
    c->busy = now - begin;

    return NULL;
}

static int
compare(const void *x, const void *y)
{
    const double *a = x, *b = y;

    return (*a > *b) - (*a < *b);
}

static void
report(const struct bench *b, const struct client *clients, int n_clients,
       const char *url)
{
    double *all, rate = 0;
    size_t n = 0, k = 0;

    for (int i = 0; i < n_clients; i++)
        n += clients[i].n;
    if (n == 0)
        return;
    all = calloc(n, sizeof(*all));
    if (!all)
        abort();
    for (int i = 0; i < n_clients; i++) {
        memcpy(all + k, clients[i].took, clients[i].n * sizeof(*all));
        k += clients[i].n;
        rate += (double)clients[i].n / clients[i].busy;
    }
    qsort(all, n, sizeof(*all), compare);
    printf("{\"workload\":\"%s\",\"system\":\"weir\",\"store\":\"%.*s\","
           "\"concurrency\":%d,\"rate\":%.0f,\"p50\":%.3f,\"p99\":%.3f}\n",
           b->workload->name, (int)strcspn(url, ":"), url, n_clients, rate,
           all[n / 2] * 1e3, all[n * 99 / 100] * 1e3);
    fflush(stdout);
    free(all);
}

static bool
run(struct wr_runtime *rt, const struct workload *w, int n_clients,
    double seconds, const char *url)
{
    struct bench b = { .rt = rt, .workload = w, .seconds = seconds };
    struct client *clients = calloc((size_t)n_clients, sizeof(*clients));

    if (!clients)
        abort();
    pthread_barrier_init(&b.warm, NULL, (unsigned)n_clients);
    for (int i = 0; i < n_clients; i++) {
        clients[i].bench = &b;
        snprintf(clients[i].assignee, sizeof(clients[i].assignee), "user-%d",
                 i);
        if (pthread_create(&clients[i].thread, NULL, client_main, &clients[i]))
            abort();
    }
    for (int i = 0; i < n_clients; i++)
        pthread_join(clients[i].thread, NULL);
    pthread_barrier_destroy(&b.warm);
    if (!b.failed)
        report(&b, clients, n_clients, url);
    for (int i = 0; i < n_clients; i++)
        free(clients[i].took);
    free(clients);

    return !b.failed;
}

static bool
wanted(const struct workload *w, char **names)
{
    if (!*names)
        return true;
    for (; *names; names++)
        if (strcmp(*names, w->name) == 0)
            return true;

    return false;
}

static int
run_all(struct wr_runtime *rt, const char *url, double seconds, char **names)
{
    struct wr_arena *a = wr_arena_new(0);
    struct wr_err err;
    bool ok = true;

    for (size_t i = 0; ok && i < WR_COUNT(workloads); i++) {
        const struct workload *w = &workloads[i];

        if (!wanted(w, names))
            continue;
        ok = deploy(rt, w, a, &err) == 0;
        if (!ok)
            fprintf(stderr, "w: %s\n", err.text);
        for (int n = 1; ok && n <= 16; n *= 2)
            ok = run(rt, w, n, seconds, url);
    }
    wr_arena_free(a);

    return ok ? 0 : 1;
}

int
main(int argc, char **argv)
{
    struct wr_clock clock = { .is_virtual = false };
    struct wr_runtime_options o = { .clock = &clock,
                                    .n_slots = 1,
                                    .threaded = true };
    double seconds = argc > 2 ? strtod(argv[2], NULL) : 5;
    struct wr_runtime *rt;
    struct wr_err err;
    int r;

    if (argc < 2 || seconds <= 0) {
        fprintf(stderr, "usage: w STORE_URL [SECONDS [W1|W2|W8...]]\n");
        return 2;
    }
    o.store_url = argv[1];
    if (wr_runtime_open(&o, &rt, &err) < 0) {
        fprintf(stderr, "w: %s\n", err.text);
        return 1;
    }
    r = run_all(rt, argv[1], seconds, argc > 3 ? argv + 3 : argv + argc);
    wr_runtime_close(rt);

    return r;
}
