/*
 * racer: one process of a race.
 *
 * It publishes messages, begins instances that wait for them and takes the wait
 * away again: by an interrupting boundary event, by a terminate end event, by
 * the other branch of an event gateway, by cancelling the instance.
 */
#include <stdio.h>
#include <string.h>

#include "tests/race/race.h"

/* clang-format off */
#define GO   "<messageEventDefinition messageRef='go'/>"
#define STOP "<messageEventDefinition messageRef='stop'/>"
#define KEYED(id, name, key)                                   \
    "<message id='" id "' name='" name "'><extensionElements>" \
    "<zeebe:subscription correlationKey='=" key "'/>"          \
    "</extensionElements></message>"
#define FLOW(id, from, to) \
    "<sequenceFlow id='" id "' sourceRef='" from "' targetRef='" to "'/>"
#define CATCH(id, of) \
    "<intermediateCatchEvent id='" id "'>" of "</intermediateCatchEvent>"

static const char processes[] =
    "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' "
    "xmlns:zeebe='http://camunda.org/schema/zeebe/1.0' targetNamespace='t'>"
    KEYED("go", "go", "k") KEYED("stop", "stop", "own")
    "<process id='bound' isExecutable='true'><startEvent id='b1'/>"
    "<subProcess id='b2'><startEvent id='b3'/>" CATCH("b4", GO)
    "<endEvent id='b5'/>" FLOW("b6", "b3", "b4") FLOW("b7", "b4", "b5")
    "</subProcess><boundaryEvent id='b8' attachedToRef='b2'>" STOP
    "</boundaryEvent><endEvent id='b9'/><endEvent id='b10'/>"
    FLOW("b11", "b1", "b2") FLOW("b12", "b2", "b9") FLOW("b13", "b8", "b10")
    "</process>"
    "<process id='term' isExecutable='true'><startEvent id='t1'/>"
    "<parallelGateway id='t2'/>" CATCH("t3", GO) CATCH("t4", STOP)
    "<endEvent id='t5'><terminateEventDefinition/></endEvent>"
    "<endEvent id='t6'><terminateEventDefinition/></endEvent>"
    FLOW("t7", "t1", "t2") FLOW("t8", "t2", "t3") FLOW("t9", "t2", "t4")
    FLOW("t10", "t3", "t5") FLOW("t11", "t4", "t6") "</process>"
    "<process id='gate' isExecutable='true'><startEvent id='g1'/>"
    "<eventBasedGateway id='g2'/>" CATCH("g3", GO) CATCH("g4", STOP)
    "<endEvent id='g5'/>" FLOW("g6", "g1", "g2") FLOW("g7", "g2", "g3")
    FLOW("g8", "g2", "g4") FLOW("g9", "g3", "g5") FLOW("g10", "g4", "g5")
    "</process></definitions>";
/* clang-format on */
static const char *const names[] = { "bound", "term", "gate" };

enum {
    RECENT = 4,    /* instances of its own that it may stop */
    SAME_KEY = 12, /* turns of all racers */
    AWHILE_MS = 3600000
};

struct racer {
    const struct race *race;
    struct race_racer *told;
    struct wr_runtime *rt;
    struct wr_arena *arena;
    struct wr_uuid begun[RECENT];
    int slot, n_begun, n_published, turn;
    unsigned random;
};

static unsigned
draw(struct racer *r, unsigned n)
{
    r->random = r->random * 1103515245U + 12345U;

    return (r->random >> 16) % n;
}

static void
fail(struct racer *r, const struct wr_err *err)
{
    if (r->told->failed++ == 0)
        snprintf(r->told->why, sizeof(r->told->why), "%s", err->text);
}

int
race_open(const struct race *r, int slot, struct wr_clock *clock,
          struct wr_runtime **out, struct wr_err *err)
{
    struct wr_runtime_options o = { .store_url = r->url,
                                    .clock = clock,
                                    .slot = slot,
                                    .n_slots = r->n_racers };

    *clock = (struct wr_clock){ .is_virtual = false };

    return wr_runtime_open(&o, out, err);
}

int
race_deploy(const struct race *r, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(16384);
    struct wr_file f = { "race.bpmn", processes, strlen(processes) };
    struct wr_deploy_options o = { .tenant = 0 };
    struct wr_runtime *rt;
    struct wr_clock clock;
    struct wr_deployed d;
    int rc;

    if (race_open(r, 0, &clock, &rt, err) < 0)
        return err->code;
    rc = wr_runtime_deploy(rt, &f, 1, &o, a, &d, err);
    wr_runtime_close(rt);

    return rc;
}

static const struct wr_value *
text(struct racer *r, const char *s)
{
    return s ? wr_value_string(r->arena, s) : &wr_null;
}

/* An instance's own key: which of all it is. */
static const char *
own_key(struct racer *r, int slot, int n)
{
    return wr_arena_printf(r->arena, "%d-%d", slot, n);
}

/* A new one every few turns: what then sleeps is not woken by others later. */
static const char *
key(struct racer *r)
{
    return wr_arena_printf(r->arena, "k%d", r->turn / SAME_KEY);
}

static void
begin(struct racer *r)
{
    int n = r->n_begun;
    const struct wr_entry given[] = {
        { "k", text(r, key(r)) },
        { "own", text(r, own_key(r, r->slot, n)) },
    };
    struct wr_command c = {
        .event = { .type = WR_EV_START,
                   .variables = wr_value_context(r->arena, given, 2) },
        .definition = names[draw(r, WR_COUNT(names))],
        .if_rev = -1,
    };
    struct wr_outcome out;
    struct wr_err err = { 0 };

    if (wr_runtime_call(r->rt, &c, r->arena, &out, &err) < 0) {
        fail(r, &err);
        return;
    }
    r->begun[n % RECENT] = out.created;
    r->n_begun++;
    r->told->begun++;
}

static void
publish(struct racer *r)
{
    int n = r->slot + r->race->n_racers * r->n_published++;
    struct race_message *m = &r->race->messages[n];
    const struct wr_entry given = { "m", wr_value_int(r->arena, n) };
    struct wr_publication p = { .ttl_ms = AWHILE_MS };
    struct wr_published out;
    struct wr_err err = { 0 };

    m->reach = draw(r, 4) ? WR_REACH_ONE : WR_REACH_PROCESSES;
    p.message = (struct wr_message){
        .name = "go",
        .key = draw(r, 16) ? key(r) : NULL,
        .variables = wr_value_context(r->arena, &given, 1),
    };
    p.reach = m->reach;
    if (wr_runtime_publish(r->rt, &p, r->arena, &out, &err) < 0) {
        fail(r, &err);
        return;
    }
    m->published = true;
    r->told->published++;
}

static void
cancel(struct racer *r, const struct wr_uuid *id)
{
    struct wr_command c = { .event = { .type = WR_EV_CANCEL },
                            .instance = *id,
                            .if_rev = -1 };
    struct wr_outcome out;
    struct wr_err err = { 0 };
    int rc = wr_runtime_call(r->rt, &c, r->arena, &out, &err);

    if (rc < 0 && rc != WR_ESTATE)
        fail(r, &err);
    r->told->stopped += rc == 0;
}

/* One of its own or, as all go at the same pace, of another racer. */
static void
stop(struct racer *r)
{
    struct wr_message m = { .name = "stop" };
    struct wr_delivery out;
    struct wr_err err = { 0 };
    int n = r->n_begun - 1 - (int)draw(r, RECENT), rc;

    if (n < 0)
        return;
    if (draw(r, 4) == 0) {
        cancel(r, &r->begun[n % RECENT]);
        return;
    }
    m.key = own_key(r, (int)draw(r, (unsigned)r->race->n_racers), n);
    rc = wr_runtime_correlate(r->rt, &m, r->arena, &out, &err);
    if (rc < 0 && rc != WR_ENOSUBSCRIPTION)
        fail(r, &err);
    r->told->stopped += rc == 0;
}

void
race_run(const struct race *race, int slot)
{
    struct racer r = { .race = race,
                       .told = &race->racers[slot],
                       .slot = slot,
                       .arena = wr_arena_new(65536),
                       .random = race->seed * 7919U + (unsigned)slot };
    struct wr_clock clock;
    struct wr_err err = { 0 };

    if (race_open(race, slot, &clock, &r.rt, &err) < 0) {
        fail(&r, &err);
        return;
    }
    for (int i = 0; i < race->rounds; i++) {
        unsigned what = draw(&r, 10);

        r.turn = atomic_fetch_add(race->turn, 1);
        if (what < 4)
            publish(&r);
        else if (what < 8)
            begin(&r);
        else
            stop(&r);
        wr_arena_reset(r.arena);
    }
    wr_runtime_close(r.rt);
    wr_arena_free(r.arena);
}
