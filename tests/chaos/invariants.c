/*
 * weir-invariants STORE [--ended] [--dump FILE]: a store read from outside.
 *
 * Checks what a store alone can show (RELIABILITY 2.9) and prints for each
 * invariant how many things it was checked of, then each violation:
 *
 *   I1   what is active waits for something that is there, what ended for nothing
 *   I2   history from 1 to the revision without a gap, and its replay is the state
 *   I3   no transition of an activity twice
 *   I4   a timer fires once for each instant, and not when it was canceled
 *   I5   a loop is started and completed once
 *   I6   a job ends once; it was not claimed more often than it has tries
 *   I7   no message is kept that somebody waits for
 *   I9   no row without its instance
 *   I10  nothing is owed                                 (with --ended)
 *   I14  caller and called agree
 *
 * --ended: nothing works on the store any more, so nothing may be due or owed.
 * --dump writes a line of JSON for each instance, for those who know what should
 * have happened: how often each event happened where, and its variables.
 * Exit status 1: violations; 2: the store cannot be read.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/json.h"
#include "engine/base/map.h"
#include "engine/exec/replay.h"
#include "engine/runtime/runtime.h"

enum {
    SHOWN = 40,    /* violations that are printed */
    LATE_MS = 5000 /* due for longer: nobody is coming */
};

enum invariant {
    I1 = 1,
    I2,
    I3,
    I4,
    I5,
    I6,
    I7,
    I9 = 9,
    I10,
    I14 = 14,
    INVARIANTS
};

struct past { /* what must not happen twice */
    enum wr_history_type type;
    int64_t key;
    struct wr_uuid id;
    uint64_t instant; /* of a timer, which keeps its id */
};

struct check {
    struct wr_runtime *rt;
    struct wr_clock clock;
    struct wr_arena *all, *arena; /* of the run, of the instance at hand */
    struct wr_map instances;      /* by id: struct wr_instance_row */
    struct wr_map open;           /* rows of the instance at hand, by id */
    const struct wr_instance_row *row;
    struct wr_view view;
    FILE *dump;
    bool ended;
    long counts[INVARIANTS], violations;
};

static void __attribute__((format(printf, 3, 4)))
violated(struct check *c, enum invariant i, const char *fmt, ...)
{
    char id[WR_UUID_TEXT] = "-";
    va_list ap;

    if (c->row)
        wr_uuid_text(&c->row->id, id);
    if (c->violations++ >= SHOWN)
        return;
    printf("violation I%d ", (int)i);
    va_start(ap, fmt);
    vprintf(fmt, ap);
    va_end(ap);
    printf(" (instance %s)\n", id);
}

static bool
is_over(const struct wr_instance_row *i)
{
    return i->state >= WR_COMPLETED;
}

static const struct wr_instance_row *
instance_of(const struct check *c, const struct wr_uuid *id)
{
    return wr_map_getn(&c->instances, (const char *)id->b, sizeof(id->b));
}

/* ---- the past of an instance ---- */

static int
by_past(const void *x, const void *y)
{
    return memcmp(x, y, sizeof(struct past));
}

/* The invariant that says it happens once; 0: it may happen again. */
static enum invariant
once(enum wr_history_type type)
{
    switch ((int)type) {
    case WR_H_INSTANCE_STARTED:
    case WR_H_INSTANCE_COMPLETED:
    case WR_H_ELEMENT_STARTED:
    case WR_H_ELEMENT_COMPLETED:
    case WR_H_ELEMENT_CANCELED:
    case WR_H_TASK_CREATED:
    case WR_H_TASK_COMPLETED:
    case WR_H_SUBSCRIPTION_OPENED:
    case WR_H_MESSAGE_RECEIVED:
    case WR_H_CALL_STARTED:
    case WR_H_CALL_COMPLETED:
        return I3;
    case WR_H_TIMER_ARMED:
    case WR_H_TIMER_FIRED:
        return I4;
    case WR_H_LOOP_STARTED:
    case WR_H_LOOP_PLANNED:
    case WR_H_LOOP_COMPLETED:
        return I5;
    case WR_H_JOB_CREATED:
    case WR_H_JOB_COMPLETED:
    case WR_H_JOB_CANCELED:
        return I6;
    }

    return 0;
}

/* What tells firings of one timer apart: the instant it was armed for. */
static uint64_t
instant(struct wr_arena *a, const struct wr_history_event *e,
        const struct past *past, size_t n)
{
    struct wr_str s = { .arena = a };
    uint64_t hash = 0;

    for (size_t i = n; e->type == WR_H_TIMER_FIRED && i-- > 0;) {
        if (past[i].type == WR_H_TIMER_ARMED
            && wr_uuid_equal(&past[i].id, &e->id))
            return past[i].instant;
    }
    if (!e->data || e->type != WR_H_TIMER_ARMED)
        return 0;
    wr_value_encode(&s, e->data);
    for (size_t i = 0; i < s.len; i++)
        hash = hash * 31 + (uint8_t)s.s[i];

    return hash;
}

static void
look_for_doubles(struct check *c, struct past *past, size_t n)
{
    qsort(past, n, sizeof(*past), by_past);
    for (size_t i = 0; i < n; i++) {
        enum invariant which = once(past[i].type);

        c->counts[which]++;
        if (i && by_past(&past[i - 1], &past[i]) == 0)
            violated(c, which, "%s twice", wr_history_name(past[i].type));
    }
}

/* What is open after an event, by the id of the task, job, timer or incident. */
static void
follow(struct check *c, const struct wr_history_event *e)
{
    static char there;
    const char *id = (const char *)e->id.b;
    bool opens = e->type == WR_H_TASK_CREATED || e->type == WR_H_JOB_CREATED
                 || e->type == WR_H_TIMER_ARMED
                 || e->type == WR_H_INCIDENT_CREATED;
    bool ends = e->type == WR_H_TASK_COMPLETED || e->type == WR_H_TASK_CANCELED
                || e->type == WR_H_JOB_COMPLETED || e->type == WR_H_JOB_CANCELED
                || e->type == WR_H_TIMER_FIRED || e->type == WR_H_TIMER_CANCELED
                || e->type == WR_H_INCIDENT_RESOLVED;

    if (!opens && !ends)
        return;
    if (ends && e->type != WR_H_INCIDENT_RESOLVED
        && !wr_map_getn(&c->open, id, sizeof(e->id.b)))
        violated(c, e->type == WR_H_TIMER_FIRED ? I4 : I6,
                 "%s of what is not open", wr_history_name(e->type));
    wr_map_putn(&c->open, id, sizeof(e->id.b), opens ? &there : NULL);
}

struct tally {
    struct wr_map by_name; /* "type element": long */
    const struct wr_model *model;
};

static void
tally(struct check *c, struct tally *t, const struct wr_history_event *e)
{
    int node = e->element ? wr_model_node_of(t->model, e->element) : -1;
    const char *name = node < 0 ? wr_history_name(e->type)
                                : wr_arena_printf(c->arena, "%s %s",
                                                  wr_history_name(e->type),
                                                  t->model->nodes[node].id);
    long *n = wr_map_get(&t->by_name, name);

    if (!n) {
        n = wr_new(c->arena, long);
        wr_map_put(&t->by_name, name, n);
    }
    ++*n;
}

static void
write_dump(struct check *c, const struct tally *t)
{
    const struct wr_value *all = wr_instance_variables(c->view.instance, 0,
                                                       c->arena);
    struct wr_str s = { .arena = c->arena };
    const struct wr_instance_row *i = c->row;
    char id[WR_UUID_TEXT], parent[WR_UUID_TEXT];

    wr_uuid_text(&i->id, id);
    wr_uuid_text(&i->parent, parent);
    wr_str_printf(&s, "{\"id\":\"%s\",\"parent\":\"%s\",\"state\":\"%s\"", id,
                  wr_uuid_is_zero(&i->parent) ? "" : parent,
                  wr_instance_state_name(i->state));
    wr_str_printf(&s, ",\"rev\":%lld,\"incidents\":%d,\"definition\":",
                  (long long)i->rev, (int)i->incidents);
    wr_json_write_string(&s, c->view.definition->row.key,
                         strlen(c->view.definition->row.key));
    wr_str_add(&s, ",\"key\":");
    wr_json_write_string(&s, i->business_key ? i->business_key : "",
                         i->business_key ? strlen(i->business_key) : 0);
    wr_str_add(&s, ",\"variables\":");
    wr_json_write(&s, all, 0);
    wr_str_add(&s, ",\"events\":{");
    for (size_t k = 0; k < t->by_name.n; k++) {
        const struct wr_map_entry *e = &t->by_name.entries[k];

        wr_str_printf(&s, "%s\"%s\":%ld", k ? "," : "", e->key,
                      *(const long *)e->value);
    }
    wr_str_add(&s, "}}\n");
    fwrite(s.s, 1, s.len, c->dump);
}

/* The versions it ran on, and until which event. */
struct past_versions {
    const struct wr_earlier *earlier;
    const struct wr_model **of; /* one more than `n`: of now */
    int n;
};

static void
unref(void *definition)
{
    wr_definition_unref(definition);
}

static int
load_versions(struct check *c, struct past_versions *out, struct wr_err *err)
{
    const struct wr_definition *d;
    char id[WR_UUID_TEXT];

    if (wr_instance_earlier(c->arena, c->view.row, &out->earlier, &out->n, err)
        < 0)
        return (int)err->code;
    out->of = wr_newn(c->arena, const struct wr_model *, (size_t)out->n + 1);
    for (int k = 0; k < out->n; k++) {
        wr_uuid_text(&out->earlier[k].definition, id);
        if (wr_runtime_definition(c->rt, id, c->row->tenant, &d, err) < 0)
            return (int)err->code;
        wr_arena_defer(c->arena, unref, (void *)(uintptr_t)d);
        out->of[k] = d->model;
    }
    out->of[out->n] = c->view.definition->model;

    return 0;
}

static const struct wr_model *
model_at(const struct past_versions *p, int64_t seq)
{
    int k = 0;

    while (k < p->n && seq >= p->earlier[k].until)
        k++;

    return p->of[k];
}

static int
check_row(struct check *c, const struct wr_history_row *row, int64_t *next,
          struct past *past, size_t *n_past, struct tally *t,
          struct wr_err *err)
{
    const struct wr_history_event *events;
    size_t n;

    if (wr_history_decode(c->arena, row->events, &events, &n, err) < 0)
        return (int)err->code;
    if (row->seq != *next)
        violated(c, I2, "%lld follows %lld in the history", (long long)row->seq,
                 (long long)(*next - 1));
    *next = row->seq + (int64_t)n;
    c->counts[I2] += (long)n;
    for (size_t k = 0; k < n; k++) {
        const struct wr_history_event *e = &events[k];

        tally(c, t, e);
        follow(c, e);
        if (!once(e->type) || *n_past > (size_t)c->row->rev + 1000)
            continue;
        memset(&past[*n_past], 0, sizeof(*past));
        past[*n_past].type = e->type;
        past[*n_past].key = e->key;
        past[*n_past].id = e->id;
        past[*n_past].instant = instant(c->arena, e, past, *n_past);
        ++*n_past;
    }

    return 0;
}

static int
check_history(struct check *c, struct wr_err *err)
{
    struct tally t = { .by_name = { .arena = c->arena },
                       .model = c->view.definition->model };
    struct wr_query q = { .noun = WR_HISTORIES,
                          .instance = &c->row->id,
                          .state = -1,
                          .limit = 1000 };
    struct past *past = wr_newn(c->arena, struct past,
                                (size_t)c->row->rev + 1002);
    struct wr_replay *r = wr_replay_new(c->arena);
    struct past_versions versions;
    size_t n_past = 0;
    int64_t next = 1;
    struct wr_rows rows;
    struct wr_err why;
    bool broken = false;

    if (load_versions(c, &versions, err) < 0)
        return (int)err->code;
    do {
        if (wr_runtime_find(c->rt, &q, c->arena, &rows, err) < 0)
            return (int)err->code;
        for (size_t i = 0; i < rows.n; i++) {
            if (check_row(c, &rows.histories[i], &next, past, &n_past, &t, err)
                < 0)
                return (int)err->code;
            wr_replay_goes_to(r, model_at(&versions, next - 1));
            if (broken
                || wr_replay_add(r,
                                 model_at(&versions, rows.histories[i].seq - 1),
                                 &rows.histories[i], &why)
                       == 0)
                continue;
            violated(c, I2, "%s", why.text);
            broken = true;
        }
        q.cursor = rows.next;
    } while (q.cursor);
    if (next - 1 != c->row->rev)
        violated(c, I2, "revision %lld, but %lld events",
                 (long long)c->row->rev, (long long)next - 1);
    if (!broken && wr_replay_compare(r, t.model, c->view.instance, &why) < 0)
        violated(c, I2, "%s", why.text);
    look_for_doubles(c, past, n_past);
    if (c->dump)
        write_dump(c, &t);

    return 0;
}

/* ---- what it waits for ---- */

/* Takes what is there out of what should be. */
static void
found(struct check *c, const struct wr_uuid *id, const char *what)
{
    const char *key = (const char *)id->b;

    c->counts[I1]++;
    if (is_over(c->row))
        violated(c, I1, "a %s of an instance that ended", what);
    else if (!wr_map_getn(&c->open, key, sizeof(id->b)))
        violated(c, I1, "a %s that the history does not know", what);
    wr_map_putn(&c->open, key, sizeof(id->b), NULL);
}

static void
found_job(struct check *c, const struct wr_job_row *j)
{
    int64_t now = wr_clock_now(&c->clock);

    found(c, &j->id, "job");
    c->counts[I6]++;
    if (j->kind == WR_JOB_EXTERNAL && j->retries > 0 && j->claims > j->retries)
        violated(c, I6, "claimed %d times for %d tries", j->claims, j->retries);
    if (c->ended && j->kind == WR_JOB_ASYNC && j->retries > 0
        && j->due_at < now - LATE_MS && j->created_at < now - LATE_MS)
        violated(c, I1, "an asynchronous job that nobody runs");
}

static void
found_row(struct check *c, const struct wr_rows *rows, size_t i)
{
    int64_t now = wr_clock_now(&c->clock);

    switch ((int)rows->noun) {
    case WR_TASKS:
        found(c, &rows->tasks[i].id, "task");
        break;
    case WR_JOBS:
        found_job(c, &rows->jobs[i]);
        break;
    case WR_TIMERS:
        found(c, &rows->timers[i].id, "timer");
        if (c->ended && rows->timers[i].due_at < now - LATE_MS)
            violated(c, I4, "a timer that is due and does not fire");
        break;
    case WR_INCIDENTS:
        found(c, &rows->incidents[i].id, "incident");
        break;
    case WR_SUBSCRIPTIONS:
        c->counts[I1]++;
        if (is_over(c->row))
            violated(c, I1, "a subscription of an instance that ended");
        break;
    }
}

static int
check_rows(struct check *c, struct wr_err *err)
{
    static const enum wr_noun nouns[] = { WR_TASKS, WR_JOBS, WR_TIMERS,
                                          WR_SUBSCRIPTIONS, WR_INCIDENTS };
    struct wr_rows rows;

    for (size_t k = 0; k < WR_COUNT(nouns); k++) {
        struct wr_query q = { .noun = nouns[k],
                              .instance = &c->row->id,
                              .state = -1,
                              .limit = 10000 };

        if (wr_runtime_find(c->rt, &q, c->arena, &rows, err) < 0)
            return (int)err->code;
        for (size_t i = 0; i < rows.n; i++)
            found_row(c, &rows, i);
    }
    for (size_t i = 0; i < c->open.n && !is_over(c->row); i++) {
        if (c->open.entries[i].value)
            violated(c, I1, "its history has opened what has no row");
    }

    return 0;
}

static bool
has_token_at(struct check *c, const struct wr_uuid *child)
{
    const struct wr_token_info *t;
    int n = wr_instance_tokens(c->view.instance, c->view.definition->model,
                               c->arena, &t);

    for (int i = 0; i < n; i++) {
        if (strcmp(t[i].waiting_for, "child") == 0
            && wr_uuid_equal(&t[i].id, child))
            return true;
    }

    return false;
}

static void
check_tokens(struct check *c)
{
    const struct wr_token_info *t;
    int n = wr_instance_tokens(c->view.instance, c->view.definition->model,
                               c->arena, &t);

    c->counts[I1]++;
    if (!is_over(c->row) && n == 0)
        violated(c, I1, "active, and no token");
    if (is_over(c->row) && n > 0 && c->row->state != WR_FAILED)
        violated(c, I1, "ended, with a token");
    for (int i = 0; i < n; i++) {
        const struct wr_instance_row *child;

        if (strcmp(t[i].waiting_for, "child") != 0)
            continue;
        child = instance_of(c, &t[i].id);
        c->counts[I14]++;
        if (!child || is_over(child))
            violated(c, I14, "it waits for a called process that %s",
                     child ? "ended" : "is not there");
    }
}

/* Its caller waits for it exactly while it is active. */
static int
check_caller(struct check *c, struct wr_err *err)
{
    const struct wr_instance_row *caller = instance_of(c, &c->row->parent);
    struct check at = *c;
    bool waits;

    if (wr_uuid_is_zero(&c->row->parent))
        return 0;
    c->counts[I14]++;
    c->counts[I9]++;
    if (!caller) {
        violated(c, I9, "a called process without its caller");
        return 0;
    }
    if (wr_runtime_view(c->rt, &caller->id, 0, c->arena, &at.view, err) < 0)
        return (int)err->code;
    waits = has_token_at(&at, &c->row->id);
    wr_definition_unref(at.view.definition);
    if (waits == is_over(c->row))
        violated(c, I14,
                 waits ? "its caller still waits for it"
                       : "its caller does not wait for it");

    return 0;
}

static int
check_instance(struct check *c, const struct wr_instance_row *row,
               struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 15);
    int r;

    c->arena = a;
    c->row = row;
    c->open = (struct wr_map){ .arena = a };
    if (wr_runtime_view(c->rt, &row->id, 0, a, &c->view, err) < 0)
        return (int)err->code;
    r = check_history(c, err);
    if (r == 0)
        r = check_rows(c, err);
    if (r == 0)
        check_tokens(c);
    if (r == 0)
        r = check_caller(c, err);
    wr_definition_unref(c->view.definition);

    return r;
}

/* ---- what is in the store beside them ---- */

static const struct wr_uuid *
owner(const struct wr_rows *rows, size_t i)
{
    switch ((int)rows->noun) {
    case WR_TASKS:
        return &rows->tasks[i].instance;
    case WR_JOBS:
        return &rows->jobs[i].instance;
    case WR_TIMERS:
        return &rows->timers[i].instance;
    case WR_SUBSCRIPTIONS:
        return &rows->subscriptions[i].instance;
    default:
        return &rows->incidents[i].instance;
    }
}

static int
check_orphans(struct check *c, struct wr_err *err)
{
    static const enum wr_noun nouns[] = { WR_TASKS, WR_JOBS, WR_TIMERS,
                                          WR_INCIDENTS };
    struct wr_rows rows;

    c->row = NULL;
    for (size_t k = 0; k < WR_COUNT(nouns); k++) {
        struct wr_query q = { .noun = nouns[k], .state = -1, .limit = 1000 };

        do {
            if (wr_runtime_find(c->rt, &q, c->all, &rows, err) < 0)
                return (int)err->code;
            for (size_t i = 0; i < rows.n; i++) {
                const struct wr_uuid *id = owner(&rows, i);

                c->counts[I9]++;
                if (!wr_uuid_is_zero(id) && !instance_of(c, id))
                    violated(c, I9, "a row without its instance, of noun %d",
                             (int)nouns[k]);
            }
            q.cursor = rows.next;
        } while (q.cursor);
    }

    return 0;
}

static int
check_message(struct check *c, const struct wr_message_row *m,
              struct wr_err *err)
{
    struct wr_query q = { .noun = WR_SUBSCRIPTIONS,
                          .name = m->name,
                          .key = m->key,
                          .subscription = 1 + WR_SUB_MESSAGE,
                          .key_exact = true,
                          .state = -1,
                          .limit = 1 };
    struct wr_rows rows;

    c->counts[I7]++;
    if (m->business_key || m->target)
        return 0; /* for one process alone */
    if (wr_runtime_find(c->rt, &q, c->all, &rows, err) < 0)
        return (int)err->code;
    if (rows.n && !wr_uuid_is_zero(&rows.subscriptions[0].instance) && c->ended)
        violated(c, I7, "message '%s' is kept, and somebody waits for '%s'",
                 m->name, m->key ? m->key : "any key");

    return 0;
}

static int
check_messages(struct check *c, struct wr_err *err)
{
    struct wr_query q = { .noun = WR_MESSAGES, .state = -1, .limit = 1000 };
    struct wr_rows rows;

    do {
        if (wr_runtime_find(c->rt, &q, c->all, &rows, err) < 0)
            return (int)err->code;
        for (size_t i = 0; i < rows.n; i++) {
            if (check_message(c, &rows.messages[i], err) < 0)
                return (int)err->code;
        }
        q.cursor = rows.next;
    } while (q.cursor);

    return 0;
}

static int
check_owed(struct check *c, struct wr_err *err)
{
    struct wr_query q = { .noun = WR_OUTBOXES, .state = -1 };
    struct wr_rows rows;

    if (!c->ended)
        return 0;
    c->counts[I10]++;
    if (wr_runtime_find(c->rt, &q, c->all, &rows, err) < 0)
        return (int)err->code;
    for (size_t i = 0; i < rows.n; i++)
        violated(c, I10, "'%s' of kind %d is owed", rows.outboxes[i].name,
                 (int)rows.outboxes[i].kind);

    return 0;
}

static int
check_all(struct check *c, struct wr_err *err)
{
    struct wr_query q = { .noun = WR_INSTANCES, .state = -1, .limit = 500 };
    struct wr_rows rows;

    do {
        if (wr_runtime_find(c->rt, &q, c->all, &rows, err) < 0)
            return (int)err->code;
        for (size_t i = 0; i < rows.n; i++)
            wr_map_putn(&c->instances, (const char *)rows.instances[i].id.b,
                        sizeof(struct wr_uuid), &rows.instances[i]);
        q.cursor = rows.next;
    } while (q.cursor);
    for (size_t i = 0; i < c->instances.n; i++) {
        if (check_instance(c, c->instances.entries[i].value, err) < 0)
            return (int)err->code;
    }

    return check_orphans(c, err) < 0 || check_messages(c, err) < 0
                   || check_owed(c, err) < 0
               ? (int)err->code
               : 0;
}

static void
print_counts(const struct check *c)
{
    printf("instances %zu\n", c->instances.n);
    for (int i = 1; i < INVARIANTS; i++) {
        if (c->counts[i])
            printf("I%d %ld\n", i, c->counts[i]);
    }
    printf("violations %ld\n", c->violations);
}

int
main(int argc, char **argv)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 20);
    struct check c = { .all = a, .instances = { .arena = a } };
    struct wr_runtime_options o = { .clock = &c.clock };
    struct wr_err err = { 0 };
    int r;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--ended") == 0)
            c.ended = true;
        else if (strcmp(argv[i], "--dump") == 0 && i + 1 < argc)
            c.dump = fopen(argv[++i], "we");
        else
            o.store_url = argv[i];
    }
    if (!o.store_url) {
        fprintf(stderr,
                "usage: weir-invariants STORE [--ended] [--dump FILE]\n");
        if (c.dump)
            fclose(c.dump);
        return 2;
    }
    r = wr_runtime_open(&o, &c.rt, &err);
    if (r == 0) {
        r = check_all(&c, &err);
        wr_runtime_close(c.rt);
    }
    if (c.dump && fclose(c.dump) != 0)
        r = wr_fail(&err, WR_EIO, "cannot write the dump");
    if (r < 0) {
        fprintf(stderr, "weir-invariants: %s\n", err.text);
        return 2;
    }
    print_counts(&c);

    return c.violations > 0;
}
