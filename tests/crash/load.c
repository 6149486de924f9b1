/* load: threads that start, complete, work, correlate and fire, at random. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/crash/crash.h"

enum {
    THREADS = 4,
    LOOK = 40,
    MAX_INSTANCES = 150 /* no new ones when so many are active */
};

/* Workers die here all the time: no job has too few tries for that. */
static const char model[] =
    "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' "
    "xmlns:zeebe='http://camunda.org/schema/zeebe/1.0' targetNamespace='t'>"
    "<message id='go' name='go'/>"
    "<process id='crash' isExecutable='true'>"
    "<startEvent id='s'/><exclusiveGateway id='m'/><parallelGateway id='g'/>"
    "<userTask id='task'><multiInstanceLoopCharacteristics>"
    "<loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"
    "</userTask>"
    "<serviceTask id='job'><extensionElements>"
    "<zeebe:taskDefinition type='crash' retries='1000'/></extensionElements>"
    "</serviceTask>"
    "<intermediateCatchEvent id='timer'><timerEventDefinition>"
    "<timeDuration>PT0.05S</timeDuration></timerEventDefinition>"
    "</intermediateCatchEvent>"
    "<intermediateCatchEvent id='message'>"
    "<messageEventDefinition messageRef='go'/></intermediateCatchEvent>"
    "<parallelGateway id='j'/>"
    "<scriptTask id='count'><extensionElements>"
    "<zeebe:script expression='=n + 1' resultVariable='n'/>"
    "</extensionElements></scriptTask>"
    "<exclusiveGateway id='x' default='out'/><endEvent id='e'/>"
    "<sequenceFlow id='f1' sourceRef='s' targetRef='m'/>"
    "<sequenceFlow id='f2' sourceRef='m' targetRef='g'/>"
    "<sequenceFlow id='f3' sourceRef='g' targetRef='task'/>"
    "<sequenceFlow id='f4' sourceRef='g' targetRef='job'/>"
    "<sequenceFlow id='f5' sourceRef='g' targetRef='timer'/>"
    "<sequenceFlow id='f6' sourceRef='g' targetRef='message'/>"
    "<sequenceFlow id='f7' sourceRef='task' targetRef='j'/>"
    "<sequenceFlow id='f8' sourceRef='job' targetRef='j'/>"
    "<sequenceFlow id='f9' sourceRef='timer' targetRef='j'/>"
    "<sequenceFlow id='f10' sourceRef='message' targetRef='j'/>"
    "<sequenceFlow id='f11' sourceRef='j' targetRef='count'/>"
    "<sequenceFlow id='f12' sourceRef='count' targetRef='x'/>"
    "<sequenceFlow id='again' sourceRef='x' targetRef='m'>"
    "<conditionExpression>=n &lt; 2</conditionExpression></sequenceFlow>"
    "<sequenceFlow id='out' sourceRef='x' targetRef='e'/>"
    "</process>"
    /* It calls one that is then compensated from inside. */
    "<process id='saga' isExecutable='true'>"
    "<startEvent id='s2'/><callActivity id='call' calledElement='part'/>"
    "<userTask id='ask'/><boundaryEvent id='asked' attachedToRef='ask'>"
    "<compensateEventDefinition/></boundaryEvent>"
    "<userTask id='unask' isForCompensation='true'/>"
    "<association id='a1' sourceRef='asked' targetRef='unask'/>"
    "<intermediateThrowEvent id='undo'><compensateEventDefinition/>"
    "</intermediateThrowEvent><endEvent id='e2'/>"
    "<sequenceFlow id='g1' sourceRef='s2' targetRef='call'/>"
    "<sequenceFlow id='g2' sourceRef='call' targetRef='ask'/>"
    "<sequenceFlow id='g3' sourceRef='ask' targetRef='undo'/>"
    "<sequenceFlow id='g4' sourceRef='undo' targetRef='e2'/></process>"
    "<process id='part' isExecutable='true'>"
    "<startEvent id='s3'/><userTask id='pay'/>"
    "<boundaryEvent id='paid' attachedToRef='pay'>"
    "<compensateEventDefinition/></boundaryEvent>"
    "<userTask id='repay' isForCompensation='true'/>"
    "<association id='a2' sourceRef='paid' targetRef='repay'/>"
    "<serviceTask id='send'><extensionElements>"
    "<zeebe:taskDefinition type='crash' retries='1000'/></extensionElements>"
    "</serviceTask>"
    "<boundaryEvent id='sent' attachedToRef='send'>"
    "<compensateEventDefinition/></boundaryEvent>"
    "<serviceTask id='fetch' isForCompensation='true'><extensionElements>"
    "<zeebe:taskDefinition type='crash' retries='1000'/></extensionElements>"
    "</serviceTask>"
    "<association id='a3' sourceRef='sent' targetRef='fetch'/>"
    "<endEvent id='e3'/>"
    "<sequenceFlow id='h1' sourceRef='s3' targetRef='pay'/>"
    "<sequenceFlow id='h2' sourceRef='pay' targetRef='send'/>"
    "<sequenceFlow id='h3' sourceRef='send' targetRef='e3'/></process>"
    "</definitions>";

struct load {
    struct wr_runtime *rt;
    struct wr_clock clock;
    int ack_fd;
    int64_t until;
};

struct thread {
    struct load *load;
    unsigned random;
    int failed;
};

static unsigned
draw(struct thread *t, unsigned n)
{
    t->random = t->random * 1103515245u + 12345u;

    return (t->random >> 16) % n;
}

/* Refusals that come from others being faster. */
static bool
is_harmless(int code)
{
    return code == WR_ENOTFOUND || code == WR_ESTATE || code == WR_ELEASE
           || code == WR_EBUSY
           /* the disk is full, which is said */
           || (code == WR_ESTORE && getenv("WEIR_DISK"));
}

static void
call(struct thread *t, struct wr_command c, struct wr_arena *a)
{
    struct crash_ack ack = { { { 0 } }, wr_uuid_new(1, 0) };
    struct wr_outcome out;
    struct wr_err err;
    int r;

    c.event.command = ack.command;
    c.if_rev = -1;
    r = wr_runtime_call(t->load->rt, &c, a, &out, &err);
    if (r == 0) {
        ack.instance = out.instance.id;
        /* The client has its answer now. */
        if (write(t->load->ack_fd, &ack, sizeof(ack)) != sizeof(ack))
            t->failed++;
    } else if (!is_harmless(r)) {
        fprintf(stderr, "%s\n", err.text);
        t->failed++;
    }
}

static bool
find(struct thread *t, struct wr_query q, struct wr_arena *a,
     struct wr_rows *out)
{
    struct wr_err err;

    q.limit = LOOK;
    if (wr_runtime_find(t->load->rt, &q, a, out, &err) < 0) {
        fprintf(stderr, "%s\n", err.text);
        t->failed++;
        return false;
    }

    return out->n > 0;
}

static void
start(struct thread *t, struct wr_arena *a)
{
    struct wr_entry n = { "n", wr_value_int(a, 0) };
    struct wr_rows active;

    if (find(t, (struct wr_query){ .noun = WR_INSTANCES, .state = WR_ACTIVE },
             a, &active)
        && active.n == LOOK && draw(t, 4) > 0)
        return;
    call(t,
         (struct wr_command){
             .event = { .type = WR_EV_START,
                        .variables = wr_value_context(a, &n, 1) },
             .definition = draw(t, 2) ? "crash" : "saga" },
         a);
}

static void
complete(struct thread *t, struct wr_arena *a)
{
    struct wr_rows rows;

    if (find(t, (struct wr_query){ .noun = WR_TASKS, .state = -1 }, a, &rows))
        call(t,
             (struct wr_command){
                 .event = { .type = WR_EV_TASK_COMPLETE,
                            .target =
                                rows.tasks[draw(t, (unsigned)rows.n)].id } },
             a);
}

static void
work(struct thread *t, struct wr_arena *a)
{
    static const char *const types[] = { "crash" };
    int64_t now = wr_clock_now(&t->load->clock);
    struct wr_claim c = { .types = types,
                          .n_types = 1,
                          .max = 4,
                          .worker = "load",
                          .now = now,
                          .until = now + 200,
                          .lease = wr_uuid_new(now, 0) };
    struct wr_rows rows;
    struct wr_err err;
    int r = wr_runtime_claim(t->load->rt, &c, a, &rows, &err);

    if (r < 0) {
        if (is_harmless(r))
            return;
        fprintf(stderr, "%s\n", err.text);
        t->failed++;
        return;
    }
    for (size_t i = 0; i < rows.n; i++)
        call(t,
             (struct wr_command){ .event = { .type = WR_EV_JOB_COMPLETE,
                                             .target = rows.jobs[i].id },
                                  .lease = rows.jobs[i].lease },
             a);
}

static void
correlate(struct thread *t, struct wr_arena *a)
{
    struct wr_rows rows;

    if (find(t, (struct wr_query){ .noun = WR_SUBSCRIPTIONS, .state = -1 }, a,
             &rows))
        call(t,
             (struct wr_command){
                 .event = { .type = WR_EV_MESSAGE,
                            .target =
                                rows.subscriptions[draw(t, (unsigned)rows.n)]
                                    .id } },
             a);
}

static void
fire(struct thread *t)
{
    struct wr_err err;
    int n;
    int r = wr_runtime_run_due(t->load->rt, 20, &n, &err);

    if (r < 0 && !is_harmless(r)) {
        fprintf(stderr, "%s\n", err.text);
        t->failed++;
    }
}

static void *
run_thread(void *data)
{
    struct thread *t = data;

    while (t->failed == 0 && wr_clock_now(&t->load->clock) < t->load->until) {
        wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(16384);
        unsigned what = draw(t, 10);

        if (what < 2)
            start(t, a);
        else if (what < 5)
            complete(t, a);
        else if (what < 7)
            work(t, a);
        else if (what < 9)
            correlate(t, a);
        else
            fire(t);
    }

    return NULL;
}

static int
open_load(struct load *l, const char *url, bool threaded, struct wr_err *err)
{
    struct wr_runtime_options o = { .store_url = url,
                                    .clock = &l->clock,
                                    .threaded = threaded,
                                    /* what waits, and values, in rows */
                                    .spill_from = 1 };

    return wr_runtime_open(&o, &l->rt, err);
}

int
crash_load(const char *url, unsigned seed, int ms, int ack_fd)
{
    struct load l = { .ack_fd = ack_fd };
    struct thread threads[THREADS];
    pthread_t ids[THREADS];
    struct wr_err err;
    int failed = 0;

    if (open_load(&l, url, /* threaded= */ true, &err) < 0) {
        fprintf(stderr, "%s\n", err.text);
        return 3;
    }
    l.until = wr_clock_now(&l.clock) + ms;
    for (unsigned i = 0; i < THREADS; i++) {
        threads[i] = (struct thread){ &l, seed * 31 + i, 0 };
        pthread_create(&ids[i], NULL, run_thread, &threads[i]);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(ids[i], NULL);
        failed += threads[i].failed;
    }
    wr_runtime_close(l.rt);

    return failed ? 3 : 0;
}

int
crash_prepare(const char *url, int n, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(65536);
    wr_auto(wr_runtime_close) struct wr_runtime *rt = NULL;
    struct wr_file file = { "crash.bpmn", model, strlen(model) };
    struct wr_entry e = { "n", wr_value_int(a, 0) };
    struct wr_command c = { .event = { .type = WR_EV_START,
                                       .variables = wr_value_context(a, &e,
                                                                     1) },
                            .definition = "crash",
                            .if_rev = -1 };
    struct load l = { 0 };
    struct wr_deployed d;
    struct wr_outcome out;

    if (open_load(&l, url, /* threaded= */ false, err) < 0)
        return err->code;
    rt = l.rt;
    if (wr_runtime_deploy(rt, &file, 1, &(struct wr_deploy_options){ 0 }, a, &d,
                          err)
        < 0)
        return err->code;
    for (int i = 0; i < n; i++)
        if (wr_runtime_call(rt, &c, a, &out, err) < 0)
            return err->code;

    return 0;
}

/* ---- one saga, command by command ---- */

int
crash_saga(const char *url, int ack_fd)
{
    struct load l = { .ack_fd = ack_fd };
    struct thread t = { &l, 1, 0 };
    struct wr_rows active;
    struct wr_err err;
    bool more = true;

    if (open_load(&l, url, /* threaded= */ false, &err) < 0) {
        fprintf(stderr, "%s\n", err.text);
        return 3;
    }
    for (int n = 0; more && t.failed == 0; n++) {
        wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(16384);

        if (n == 0)
            call(&t,
                 (struct wr_command){ .event = { .type = WR_EV_START },
                                      .definition = "saga" },
                 a);
        complete(&t, a);
        work(&t, a);
        more = find(
            &t, (struct wr_query){ .noun = WR_INSTANCES, .state = WR_ACTIVE },
            a, &active);
    }
    wr_runtime_close(l.rt);

    return t.failed ? 3 : 0;
}

/* ---- to the end ---- */

static bool
nothing_active(struct thread *t, struct wr_arena *a)
{
    struct wr_rows rows;

    return !find(t,
                 (struct wr_query){ .noun = WR_INSTANCES, .state = WR_ACTIVE },
                 a, &rows);
}

int
crash_finish(const char *url, struct wr_err *err)
{
    const int64_t patience_ms = 30000;
    struct load l = { .ack_fd = -1 };
    struct thread t = { &l, 1, 0 };
    bool done = false;

    if (open_load(&l, url, /* threaded= */ true, err) < 0)
        return err->code;
    /* -1 as file: nobody is told, and that is no failure here. */
    l.until = wr_clock_now(&l.clock) + patience_ms;
    while (!done && wr_clock_now(&l.clock) < l.until) {
        wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(16384);

        complete(&t, a);
        work(&t, a);
        correlate(&t, a);
        fire(&t);
        done = nothing_active(&t, a);
    }
    wr_runtime_close(l.rt);
    if (!done)
        return wr_fail(err, WR_ESTATE, "I1: instances cannot end");

    return 0;
}
