/*
 * many: one instance with many iterations, each completed by its own command.
 *
 *     bench/many STORE_URL [KIND [N[:SAMPLE]...]]
 *
 * KIND is "task" (a user task that gives an output), "job", "sub" (a sub-process
 * around a user task), "list" (user tasks for the elements of a list), "seq"
 * (the same, one after the other), "some" (ten at a time), "undo" (what completed
 * can be compensated), "loud" (a sub-process that throws a signal behind its user
 * task) or "auto" (without anybody to complete anything).  One JSON line for each N:
 * the time, and for each iteration the rows and the bytes of state and history
 * that were written, by its start and by its completion.
 *
 * With SAMPLE only so many are completed.  Under `valgrind --tool=callgrind
 * --instr-atstart=no` what makes the last tenth is counted then, or with
 * WEIR_MANY_COUNT=complete the completions; "counted" says how many.
 */
#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/base/str.h"
#include "engine/runtime/runtime.h"

#ifndef CALLGRIND_START_INSTRUMENTATION /* nobody counts */
#define CALLGRIND_START_INSTRUMENTATION (void)0
#define CALLGRIND_STOP_INSTRUMENTATION  (void)0
#endif

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

    int64_t n, sample;    /* of this run; sample 0: all */
    int64_t made, before; /* iterations so far; when counting began */
    bool completions;     /* are counted, not what is made */
};

static const char cardinality[] =
    "<multiInstanceLoopCharacteristics><extensionElements>"
    "<zeebe:loopCharacteristics outputCollection='all' outputElement='=r'/>"
    "</extensionElements><loopCardinality>=n</loopCardinality>"
    "</multiInstanceLoopCharacteristics>";

static const char collection[] =
    "<multiInstanceLoopCharacteristics%s><extensionElements>"
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
    const char *loud = "<startEvent id='i'/><userTask id='u'/>"
                       "<endEvent id='o'><signalEventDefinition "
                       "signalRef='g'/></endEvent><sequenceFlow id='x' "
                       "sourceRef='i' targetRef='u'/><sequenceFlow id='y' "
                       "sourceRef='u' targetRef='o'/>";
    const char *element = "userTask", *inside = "", *more = "", *beside = "";
    const char *loop = cardinality;

    if (!strcmp(kind, "sub")) {
        element = "subProcess";
        inside = inner;
    } else if (!strcmp(kind, "loud")) {
        element = "subProcess";
        inside = loud;
    } else if (!strcmp(kind, "undo")) {
        loop = wr_arena_printf(a, collection, "");
        beside = "<boundaryEvent id='c' attachedToRef='t'>"
                 "<compensateEventDefinition/></boundaryEvent><task id='h' "
                 "isForCompensation='true'/><association id='v' "
                 "sourceRef='c' targetRef='h'/>";
    } else if (!strcmp(kind, "job")) {
        element = "serviceTask";
        more = "<extensionElements><zeebe:taskDefinition type='work'/>"
               "</extensionElements>";
    } else if (!strcmp(kind, "list")) {
        loop = wr_arena_printf(a, collection, "");
    } else if (!strcmp(kind, "seq")) {
        loop = wr_arena_printf(a, collection, " isSequential='true'");
    } else if (!strcmp(kind, "some")) {
        loop = wr_arena_printf(a, collection, "");
        more = "<extensionElements><zeebe:properties><zeebe:property "
               "name='maxConcurrency' value='10'/></zeebe:properties>"
               "</extensionElements>";
    } else if (!strcmp(kind, "auto")) {
        element = "manualTask";
        loop = wr_arena_printf(a, collection, "");
    }

    return wr_arena_printf(
        a,
        "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' "
        "xmlns:zeebe='http://camunda.org/schema/zeebe/1.0' "
        "targetNamespace='t'><signal id='g' name='go'/>"
        "<process id='many' isExecutable='true'>"
        "<startEvent id='s'/><sequenceFlow id='a' sourceRef='s' "
        "targetRef='t'/><%s id='t'>%s%s%s</%s>%s<sequenceFlow id='b' "
        "sourceRef='t' targetRef='e'/><endEvent id='e'/></process>"
        "</definitions>",
        element, more, loop, inside, element, beside);
}

/* The last tenth of what is made; of few, all. */
static void
count_made(struct bench *b)
{
    if (!b->sample || b->completions || b->before >= 0
        || (b->n > PAGE && b->made < b->n - b->n / 10))
        return;
    b->before = b->made;
    CALLGRIND_START_INSTRUMENTATION;
}

static void
committed(void *data, const struct wr_definition *d,
          const struct wr_effects *fx)
{
    struct bench *b = data;
    struct written *w = &b->written;

    (void)d;
    w->commits++;
    w->state += (int64_t)fx->instance.blob.len;
    for (int k = 0; k < fx->n_spills; k++)
        if (fx->spills[k].op == WR_OP_PUT)
            w->state += (int64_t)fx->spills[k].row.blob.len;
    w->history += (int64_t)fx->history.events.len;
    for (int k = 0; k < fx->n_tasks; k++)
        b->made += fx->tasks[k].op == WR_OP_PUT && fx->tasks[k].is_new;
    for (int k = 0; k < fx->n_jobs; k++)
        b->made += fx->jobs[k].op == WR_OP_PUT && fx->jobs[k].is_new;
    count_made(b);
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

/* All that wait now, or the sample, a page after the other; returns how many
 * there were. */
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
            if (b->sample && n == b->sample)
                return n;
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
    int64_t done = b->sample ? b->sample : n;
    struct wr_uuid id;

    b->n = n;
    b->made = 0;
    b->before = -1;
    count_made(b);
    if (begin(b, n, &id, err) < 0)
        return err->code;
    CALLGRIND_STOP_INSTRUMENTATION;
    begun = mark(b);
    if (b->sample && b->completions)
        CALLGRIND_START_INSTRUMENTATION;
    if (!b->automatic && complete_all(b, &id, err) != done)
        return wr_fail(err, WR_ESTATE, "not all were there: %s", err->text);
    if (b->sample && b->completions)
        CALLGRIND_STOP_INSTRUMENTATION;
    if (!b->sample && check_ended(b, &id, err) < 0)
        return err->code;
    ended = mark(b);
    printf("{\"bench\":\"many\",\"store\":\"%.*s\",\"kind\":\"%s\","
           "\"n\":%lld",
           (int)strcspn(store, ":"), store, kind, (long long)n);
    say("create", &first, &begun, n);
    if (!b->automatic)
        say("complete", &begun, &ended, done);
    if (b->sample)
        printf(",\"counted\":%lld",
               (long long)(b->completions ? done : n - b->before));
    puts("}");
    fflush(stdout);

    return 0;
}

/* "N" or "N:SAMPLE". */
static int
run_text(struct bench *b, const char *store, const char *kind, const char *n,
         struct wr_err *err)
{
    const char *sample = strchr(n, ':');

    b->sample = sample ? strtol(sample + 1, NULL, 10) : 0;

    return run(b, store, kind, strtol(n, NULL, 10), err);
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
    b->list = b->automatic || !strcmp(kind, "list") || !strcmp(kind, "seq")
              || !strcmp(kind, "some") || !strcmp(kind, "undo");
    for (int k = 3; r == 0 && k < argc; k++)
        r = run_text(b, argv[1], kind, argv[k], err);
    for (size_t k = 0; r == 0 && argc <= 3 && k < WR_COUNT(usual); k++)
        r = run(b, argv[1], kind, usual[k], err);

    return r;
}

int
main(int argc, char **argv)
{
    struct bench b = { .clock = { .is_virtual = false } };
    const char *count = getenv("WEIR_MANY_COUNT");
    struct wr_runtime_options o = { .clock = &b.clock,
                                    .n_slots = 1,
                                    .committed = committed,
                                    .committed_data = &b };
    struct wr_err err;
    int r;

    if (argc < 2) {
        fprintf(
            stderr,
            "usage: many STORE_URL [task|job|sub|list|seq|some|undo|loud|auto [N[:SAMPLE]...]]\n");
        return 2;
    }
    b.completions = count && !strcmp(count, "complete");
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
