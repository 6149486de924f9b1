/*
 * weir-crowd: what a message costs where many instances wait.
 *
 *     weir-crowd URL fill N       N instances wait, half of them without a key
 *     weir-crowd URL KIND TIMES   messages of one kind
 *
 * KIND is "keyed" (one of N/2 keys), "oldest" (no key, to who waits longest),
 * "each" (no key, to who waits longest in each process, one of which has a
 * single instance, the youngest), "business" (by business key), "nobody" (kept
 * behind N/10 that are kept).  A line says
 * what one of them took: statements, steps of SQLite's machine, microseconds.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/runtime/runtime.h"

enum {
    TOGETHER = 10 /* begun in one millisecond */
};

/* clang-format off */
#define MESSAGE(id, name, more) \
    "<message id='" id "' name='" name "'>" more "</message>"
#define CATCH(p, more)                                                   \
    "<process id='" p "' isExecutable='true'><startEvent id='" p "1'/>"  \
    "<intermediateCatchEvent id='" p "2'>" more                          \
    "</intermediateCatchEvent><endEvent id='" p "3'/>"                   \
    "<sequenceFlow id='" p "4' sourceRef='" p "1' targetRef='" p "2'/>"  \
    "<sequenceFlow id='" p "5' sourceRef='" p "2' targetRef='" p "3'/>"  \
    "</process>"
#define EVENT(of) "<messageEventDefinition messageRef='" of "'/>"

static const char processes[] =
    "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' "
    "xmlns:zeebe='http://camunda.org/schema/zeebe/1.0' targetNamespace='t'>"
    MESSAGE("go", "go",
            "<extensionElements><zeebe:subscription correlationKey='=k'/>"
            "</extensionElements>")
    MESSAGE("any", "any", "")
    CATCH("keyed", EVENT("go")) CATCH("plain", EVENT("any"))
    CATCH("last", EVENT("any"))
    "<process id='begin' isExecutable='true'><startEvent id='b1'>"
    EVENT("any") "</startEvent><endEvent id='b2'/>"
    "<sequenceFlow id='b3' sourceRef='b1' targetRef='b2'/></process>"
    "</definitions>";
/* clang-format on */

struct crowd {
    struct wr_runtime *rt;
    struct wr_clock clock;
    struct wr_arena *arena;
    int64_t steps; /* of SQLite */
};
static struct crowd crowd;

static _Noreturn void
die(const struct wr_err *err)
{
    fprintf(stderr, "weir-crowd: %s\n", err->text);
    exit(1);
}

/* ---- SQLite's own count of its work ---- */

static int
count_steps(unsigned what, void *data, void *stmt, void *ns)
{
    (void)what;
    (void)data;
    (void)ns;
    crowd.steps += sqlite3_stmt_status(stmt, SQLITE_STMTSTATUS_VM_STEP, 1);

    return 0;
}

static int
on_open(sqlite3 *db, const char **why, const void *api)
{
    (void)why;
    (void)api;

    return sqlite3_trace_v2(db, SQLITE_TRACE_PROFILE, count_steps, NULL);
}

static void
open_crowd(const char *url)
{
    struct wr_runtime_options o = { .store_url = url, .clock = &crowd.clock };
    struct wr_err err;

    sqlite3_auto_extension((void (*)(void))(uintptr_t)on_open);
    crowd.arena = wr_arena_new(1 << 16);
    if (wr_runtime_open(&o, &crowd.rt, &err) < 0)
        die(&err);
}

/* ---- filling ---- */

static const struct wr_value *
text(const char *s)
{
    return wr_value_string(crowd.arena, s);
}

static const char *
numbered(const char *what, int64_t n)
{
    return wr_arena_printf(crowd.arena, "%s%lld", what, (long long)n);
}

static void
begin(const char *process, int64_t from, int64_t n)
{
    struct wr_call *calls = wr_newn(crowd.arena, struct wr_call, (size_t)n);

    for (int64_t i = 0; i < n; i++) {
        const struct wr_entry given = { "k", text(numbered("k", from + i)) };
        struct wr_command c = {
            .event = { .type = WR_EV_START,
                       .variables = wr_value_context(crowd.arena, &given, 1),
                       .business_key = numbered("b", from + i) },
            .definition = process,
            .if_rev = -1,
        };

        calls[i].command = c;
    }
    wr_runtime_call_many(crowd.rt, calls, (size_t)n, crowd.arena);
    for (int64_t i = 0; i < n; i++) {
        if (calls[i].err.code != WR_OK)
            die(&calls[i].err);
    }
    wr_arena_reset(crowd.arena);
}

static void
publish(const char *name, const char *key, enum wr_reach reach, int64_t number)
{
    const struct wr_entry given = { "n", wr_value_int(crowd.arena, number) };
    struct wr_publication p = {
        .message = { .name = name,
                     .key = key,
                     .variables = wr_value_context(crowd.arena, &given, 1) },
        .ttl_ms = 3600000,
        .reach = reach,
    };
    struct wr_published out;
    struct wr_err err;

    if (wr_runtime_publish(crowd.rt, &p, crowd.arena, &out, &err) < 0)
        die(&err);
    if (strcmp(name, "none") != 0 && out.n == 0) {
        fprintf(stderr, "weir-crowd: nobody got '%s'\n", name);
        exit(1);
    }
}

static void
fill(int64_t n)
{
    struct wr_file f = { "crowd.bpmn", processes, strlen(processes) };
    struct wr_deploy_options o = { .tenant = 0 };
    struct wr_deployed d;
    struct wr_err err;

    if (wr_runtime_deploy(crowd.rt, &f, 1, &o, crowd.arena, &d, &err) < 0)
        die(&err);
    for (int64_t i = 0; i < n / 2; i += TOGETHER) {
        int64_t some = n / 2 - i < TOGETHER ? n / 2 - i : TOGETHER;

        begin("keyed", i, some);
        begin("plain", i, some);
    }
    for (int64_t i = 0; i < n / 10; i++) {
        publish("none", NULL, WR_REACH_PROCESSES, i);
        wr_arena_reset(crowd.arena);
    }
}

/* ---- asking ---- */

static void
correlate(const char *business_key)
{
    struct wr_message m = { .name = "any", .business_key = business_key };
    struct wr_delivery out;
    struct wr_err err;

    if (wr_runtime_correlate(crowd.rt, &m, crowd.arena, &out, &err) < 0)
        die(&err);
}

/* What is asked for by number is from where the others did not take. */
static void
ask(const char *kind, int64_t i)
{
    if (strcmp(kind, "keyed") == 0)
        publish("go", numbered("k", 100 + i), WR_REACH_PROCESSES, i);
    else if (strcmp(kind, "oldest") == 0)
        publish("any", NULL, WR_REACH_ONE, i);
    else if (strcmp(kind, "each") == 0)
        publish("any", NULL, WR_REACH_PROCESSES, i);
    else if (strcmp(kind, "business") == 0)
        correlate(numbered("b", 300 + i));
    else if (strcmp(kind, "nobody") == 0)
        publish("none", NULL, WR_REACH_PROCESSES, i);
    else
        exit(2);
}

static void
ask_all(const char *kind, int64_t times)
{
    const struct wr_clock real = { .is_virtual = false };
    struct wr_runtime_stats before, after;
    int64_t from, to, steps;

    if (strcmp(kind, "each") == 0)
        begin("last", 1000000000, times);
    ask(kind, times); /* statements are prepared, definitions loaded */
    wr_runtime_stats(crowd.rt, &before);
    steps = crowd.steps;
    from = wr_clock_now(&real);
    for (int64_t i = 0; i < times; i++) {
        ask(kind, i);
        wr_arena_reset(crowd.arena);
    }
    to = wr_clock_now(&real);
    wr_runtime_stats(crowd.rt, &after);
    printf("%s statements %lld steps %lld us %lld\n", kind,
           (long long)((after.store.round_trips - before.store.round_trips)
                       / times),
           (long long)((crowd.steps - steps) / times),
           (long long)((to - from) * 1000 / times));
}

int
main(int argc, char **argv)
{
    int64_t n = argc == 4 ? strtoll(argv[3], NULL, 10) : 0;

    if (n < 1) {
        fputs("usage: weir-crowd URL fill|KIND N\n", stderr);
        return 2;
    }
    open_crowd(argv[1]);
    if (strcmp(argv[2], "fill") == 0)
        fill(n);
    else
        ask_all(argv[2], n);
    wr_runtime_close(crowd.rt);
    wr_arena_free(crowd.arena);

    return 0;
}
