/*
 * many: one instance with many iterations, each completed by its own command.
 *
 *     bench/many STORE_URL [KIND [N...]]
 *
 * KIND is "task" (a user task that gives an output), "job", "sub" (a sub-process
 * around a user task), "list" (user tasks for the elements of a list) or "auto"
 * (the same without anybody to complete anything).  One JSON line for each N:
 * the time, and for each iteration the rows and the bytes of state and history
 * that were written, by its start and by its completion.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/base/str.h"
#include "engine/runtime/runtime.h"

enum {
    PAGE = 1000
};

struct written {
    int64_t commits, state, history;
};

struct bench {
    struct wr_runtime *rt;
    struct wr_clock clock;
    struct written written;
    bool jobs, list, automatic;
};

static const char cardinality[] =
    "<multiInstanceLoopCharacteristics><extensionElements>"
    "<zeebe:loopCharacteristics outputCollection='all' outputElement='=r'/>"
    "</extensionElements><loopCardinality>=n</loopCardinality>"
    "</multiInstanceLoopCharacteristics>";

static const char collection[] =
    "<multiInstanceLoopCharacteristics><extensionElements>"
    "<zeebe:loopCharacteristics inputCollection='=n' inputElement='one'"
    " outputCollection='all' outputElement='=one'/>"
    "</extensionElements></multiInstanceLoopCharacteristics>";

static double
seconds_now(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);

    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static const char *
model(struct wr_arena *a, const char *kind)
{
    const char *inner = "<startEvent id='i'/><userTask id='u'/>"
                        "<endEvent id='o'/><sequenceFlow id='x' sourceRef='i' "
                        "targetRef='u'/><sequenceFlow id='y' sourceRef='u' "
                        "targetRef='o'/>";
    const char *element = "userTask", *inside = "", *job = "";
    const char *loop = cardinality;

    if (!strcmp(kind, "sub")) {
        element = "subProcess";
        inside = inner;
    } else if (!strcmp(kind, "job")) {
        element = "serviceTask";
        job = "<extensionElements><zeebe:taskDefinition type='work'/>"
              "</extensionElements>";
    } else if (!strcmp(kind, "list")) {
        loop = collection;
    } else if (!strcmp(kind, "auto")) {
        element = "manualTask";
        loop = collection;
    }

    return wr_arena_printf(
        a,
        "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' "
        "xmlns:zeebe='http://camunda.org/schema/zeebe/1.0' "
        "targetNamespace='t'><process id='many' isExecutable='true'>"
        "<startEvent id='s'/><sequenceFlow id='a' sourceRef='s' "
        "targetRef='t'/><%s id='t'>%s%s%s</%s><sequenceFlow id='b' "
        "sourceRef='t' targetRef='e'/><endEvent id='e'/></process>"
        "</definitions>",
        element, job, loop, inside, element);
}

static void
committed(void *data, const struct wr_definition *d,
          const struct wr_effects *fx)
{
    struct written *w = data;

    (void)d;
    w->commits++;
    w->state += (int64_t)fx->instance.blob.len;
    for (int k = 0; k < fx->n_spills; k++)
        if (fx->spills[k].op == WR_OP_PUT)
            w->state += (int64_t)fx->spills[k].row.blob.len;
    w->history += (int64_t)fx->history.events.len;
}

static int
complete(struct bench *b, const struct wr_uuid *id, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    const struct wr_entry r = { "r", wr_value_int(a, 7) };
    struct wr_command c = {
        .event = { .type = b->jobs ? WR_EV_JOB_COMPLETE : WR_EV_TASK_COMPLETE,
                   .target = *id,
                   .variables = wr_value_context(a, &r, 1) },
        .if_rev = -1
    };
    struct wr_outcome out;

    return wr_runtime_call(b->rt, &c, a, &out, err);
}

/* All that wait now, a page after the other; returns how many there were. */
static int64_t
complete_all(struct bench *b, const struct wr_uuid *instance,
             struct wr_err *err)
{
    struct wr_query q = { .noun = b->jobs ? WR_JOBS : WR_TASKS,
                          .instance = instance,
                          .state = -1,
                          .limit = PAGE };
    int64_t n = 0;

    for (;;) {
        wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
        struct wr_rows rows;

        if (wr_runtime_find(b->rt, &q, a, &rows, err) < 0)
            return -1;
        if (rows.n == 0)
            return n;
        for (size_t k = 0; k < rows.n; k++, n++) {
            if (complete(b, b->jobs ? &rows.jobs[k].id : &rows.tasks[k].id, err)
                < 0)
                return -1;
        }
    }
}

static const struct wr_value *
variables(const struct bench *b, struct wr_arena *a, int64_t n)
{
    struct wr_entry e = { "n", NULL };
    const struct wr_value **items;

    if (!b->list) {
        e.value = wr_value_int(a, n);
        return wr_value_context(a, &e, 1);
    }
    items = wr_newn(a, const struct wr_value *, (size_t)n);
    for (int64_t k = 0; k < n; k++)
        items[k] = wr_value_string(
            a, wr_arena_printf(a, "item %lld", (long long)(1000000 + k)));
    e.value = wr_value_list(a, items, (size_t)n);

    return wr_value_context(a, &e, 1);
}

/* Everything waits, or is done, when it returns. */
static int
begin(struct bench *b, int64_t n, struct wr_uuid *id, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    struct wr_command c = { .event = { .type = WR_EV_START,
                                       .variables = variables(b, a, n) },
                            .definition = "many",
                            .if_rev = -1 };
    struct wr_outcome out;

    if (wr_runtime_call(b->rt, &c, a, &out, err) < 0)
        return err->code;
    *id = out.instance.id;

    return 0;
}

static int
check_ended(struct bench *b, const struct wr_uuid *id, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    struct wr_query q = {
        .noun = WR_INSTANCES, .id = id, .state = -1, .limit = 1
    };
    struct wr_rows rows;

    if (wr_runtime_find(b->rt, &q, a, &rows, err) < 0)
        return err->code;
    if (rows.n != 1 || rows.instances[0].state != WR_COMPLETED)
        return wr_fail(err, WR_ESTATE, "the instance has not ended");

    return 0;
}

struct marks {
    double at;
    int64_t rows;
    struct written written;
};

static struct marks
mark(struct bench *b)
{
    struct wr_runtime_stats stats;

    wr_runtime_stats(b->rt, &stats);

    return (struct marks){ seconds_now(), stats.store.rows, b->written };
}

static void
say(const char *phase, const struct marks *from, const struct marks *to,
    int64_t n)
{
    double each = (double)n;

    printf(",\"%s_us\":%.1f,\"%s_rows\":%.2f,\"%s_state\":%.0f,"
           "\"%s_history\":%.0f",
           phase, (to->at - from->at) * 1e6 / each, phase,
           (double)(to->rows - from->rows) / each, phase,
           (double)(to->written.state - from->written.state) / each, phase,
           (double)(to->written.history - from->written.history) / each);
}

static int
run(struct bench *b, const char *store, const char *kind, int64_t n,
    struct wr_err *err)
{
    struct marks first = mark(b), begun, ended;
    struct wr_uuid id;

    if (begin(b, n, &id, err) < 0)
        return err->code;
    begun = mark(b);
    if (!b->automatic && complete_all(b, &id, err) != n)
        return wr_fail(err, WR_ESTATE, "not all were there: %s", err->text);
    if (check_ended(b, &id, err) < 0)
        return err->code;
    ended = mark(b);
    printf("{\"bench\":\"many\",\"store\":\"%.*s\",\"kind\":\"%s\","
           "\"n\":%lld",
           (int)strcspn(store, ":"), store, kind, (long long)n);
    say("create", &first, &begun, n);
    if (!b->automatic)
        say("complete", &begun, &ended, n);
    puts("}");
    fflush(stdout);

    return 0;
}

static int
run_all(struct bench *b, int argc, char **argv, struct wr_err *err)
{
    static const int64_t usual[] = { 1000, 10000, 100000 };
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    const char *kind = argc > 2 ? argv[2] : "task", *xml = model(a, kind);
    struct wr_file file = { "many", xml, strlen(xml) };
    struct wr_deployed out;
    int r = wr_runtime_deploy(b->rt, &file, 1, &(struct wr_deploy_options){ 0 },
                              a, &out, err);

    b->jobs = !strcmp(kind, "job");
    b->automatic = !strcmp(kind, "auto");
    b->list = b->automatic || !strcmp(kind, "list");
    for (int k = 3; r == 0 && k < argc; k++)
        r = run(b, argv[1], kind, strtol(argv[k], NULL, 10), err);
    for (size_t k = 0; r == 0 && argc <= 3 && k < WR_COUNT(usual); k++)
        r = run(b, argv[1], kind, usual[k], err);

    return r;
}

int
main(int argc, char **argv)
{
    struct bench b = { .clock = { .is_virtual = false } };
    struct wr_runtime_options o = { .clock = &b.clock,
                                    .n_slots = 1,
                                    .committed = committed,
                                    .committed_data = &b.written };
    struct wr_err err;
    int r;

    if (argc < 2) {
        fprintf(stderr,
                "usage: many STORE_URL [task|job|sub|list|auto [N...]]\n");
        return 2;
    }
    o.store_url = argv[1];
    r = wr_runtime_open(&o, &b.rt, &err);
    if (r == 0) {
        r = run_all(&b, argc, argv, &err);
        wr_runtime_close(b.rt);
    }
    if (r < 0)
        fprintf(stderr, "many: %s\n", err.text);

    return r < 0;
}
