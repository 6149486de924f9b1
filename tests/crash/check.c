/*
 * check: the invariants of RELIABILITY 2.9 that a single store can show.
 *
 *   I1   an active instance has tokens and each waits for a row that is there;
 *        an ended one has no rows
 *   I2   history counts its events from 1 to the revision without a gap
 *   I3   nothing happens twice: an activity starts and ends once, a task, job,
 *        message or timer is done once
 *   I9   no row without its instance
 *   I14  caller and called agree: one waits for the other while that is active
 *   I12  every acknowledged command is in the history
 */
#include <stdlib.h>
#include <string.h>

#include "engine/exec/history.h"
#include "tests/crash/crash.h"

struct check {
    struct wr_runtime *rt;
    struct wr_clock clock;
    struct wr_arena *arena; /* of the instance at hand */
    struct wr_instance_row row;
    bool undone; /* it was compensated after its end */
};

struct past { /* what must not happen twice */
    enum wr_history_type type;
    int64_t key;
    struct wr_uuid id;
    uint64_t about; /* of a timer, which keeps its id: its instant */
};

static int
failed(const struct check *c, struct wr_err *err, const char *what)
{
    char id[WR_UUID_TEXT];

    wr_uuid_text(&c->row.id, id);

    return wr_fail(err, WR_ESTATE, "%s (instance %s)", what, id);
}

/* ---- history ---- */

static int
by_past(const void *x, const void *y)
{
    return memcmp(x, y, sizeof(struct past));
}

static bool
is_once(enum wr_history_type type)
{
    switch ((int)type) {
    case WR_H_INSTANCE_STARTED:
    case WR_H_INSTANCE_COMPLETED:
    case WR_H_ELEMENT_STARTED:
    case WR_H_ELEMENT_COMPLETED:
    case WR_H_TASK_CREATED:
    case WR_H_TASK_COMPLETED:
    case WR_H_JOB_CREATED:
    case WR_H_JOB_COMPLETED:
    case WR_H_TIMER_ARMED:
    case WR_H_TIMER_FIRED:
    case WR_H_SUBSCRIPTION_OPENED:
    case WR_H_MESSAGE_RECEIVED:
    case WR_H_CALL_STARTED:
    case WR_H_CALL_COMPLETED:
    case WR_H_CALL_COMPENSATING:
    case WR_H_CALL_COMPENSATED:
    case WR_H_INSTANCE_COMPENSATING:
    case WR_H_INSTANCE_COMPENSATED:
        return true;
    }

    return false;
}

/* What tells firings of one timer apart: its instant. */
static uint64_t
about(struct wr_arena *a, const struct wr_history_event *e,
      const struct past *past, size_t n)
{
    struct wr_str s = { .arena = a };
    uint64_t hash = 0;

    for (size_t i = n; e->type == WR_H_TIMER_FIRED && i-- > 0;) {
        if (past[i].type == WR_H_TIMER_ARMED
            && wr_uuid_equal(&past[i].id, &e->id))
            return past[i].about;
    }
    if (!e->data || e->type != WR_H_TIMER_ARMED)
        return 0;
    wr_value_encode(&s, e->data);
    for (size_t i = 0; i < s.len; i++)
        hash = hash * 31 + (uint8_t)s.s[i];

    return hash;
}

static int
check_once(struct check *c, struct past *past, size_t n, struct wr_err *err)
{
    qsort(past, n, sizeof(*past), by_past);
    for (size_t i = 1; i < n; i++)
        if (by_past(&past[i - 1], &past[i]) == 0)
            return failed(c, err,
                          wr_arena_printf(c->arena, "I3: %s twice",
                                          wr_history_name(past[i].type)));

    return 0;
}

static int
check_history(struct check *c, struct wr_rows *rows, struct wr_err *err)
{
    struct wr_query q = { .noun = WR_HISTORIES,
                          .instance = &c->row.id,
                          .state = -1 };
    struct past *past = wr_newn(c->arena, struct past, (size_t)c->row.rev + 1);
    const struct wr_history_event *events;
    int64_t next = 1;
    size_t n, n_past = 0;

    c->undone = false;

    if (wr_runtime_find(c->rt, &q, c->arena, rows, err) < 0)
        return err->code;
    for (size_t i = 0; i < rows->n; i++) {
        if (rows->histories[i].seq != next)
            return failed(c, err, "I2: a gap in the history");
        if (wr_history_decode(c->arena, rows->histories[i].events, &events, &n,
                              err)
            < 0)
            return err->code;
        next += (int64_t)n;
        if (next - 1 > c->row.rev)
            return failed(c, err, "I2: history beyond the revision");
        for (size_t k = 0; k < n; k++) {
            c->undone |= events[k].type == WR_H_INSTANCE_COMPENSATED;
            if (!is_once(events[k].type))
                continue;
            memset(&past[n_past], 0, sizeof(*past));
            past[n_past].type = events[k].type;
            past[n_past].key = events[k].key;
            past[n_past].id = events[k].id;
            past[n_past].about = about(c->arena, &events[k], past, n_past);
            n_past++;
        }
    }
    if (next - 1 != c->row.rev)
        return failed(c, err, "I2: the revision is ahead of the history");

    return check_once(c, past, n_past, err);
}

/* ---- tokens and rows ---- */

static bool
has_row(const struct wr_rows *rows, enum wr_noun noun, const struct wr_uuid *id)
{
    for (size_t i = 0; i < rows->n; i++) {
        const struct wr_uuid *have = noun == WR_TASKS  ? &rows->tasks[i].id
                                     : noun == WR_JOBS ? &rows->jobs[i].id
                                     : noun == WR_TIMERS
                                         ? &rows->timers[i].id
                                         : &rows->subscriptions[i].id;

        if (wr_uuid_equal(have, id))
            return true;
    }

    return false;
}

static int
check_tokens(struct check *c, const struct wr_rows rows[4], struct wr_err *err)
{
    static const struct {
        const char *word;
        enum wr_noun noun;
    } waits[] = { { "task", WR_TASKS },
                  { "job", WR_JOBS },
                  { "timer", WR_TIMERS },
                  { "message", WR_SUBSCRIPTIONS } };
    const struct wr_token_info *t;
    size_t n_rows = 0;
    struct wr_view v;
    int n;

    if (wr_runtime_view(c->rt, &c->row.id, 0, c->arena, &v, err) < 0)
        return err->code;
    n = wr_instance_tokens(v.instance, v.definition->model, c->arena, &t);
    wr_definition_unref(v.definition);
    if (c->row.state == WR_ACTIVE && n == 0)
        return failed(c, err, "I1: active without a token");
    for (int i = 0; i < n; i++)
        for (size_t k = 0; k < WR_COUNT(waits); k++) {
            if (strcmp(t[i].waiting_for, waits[k].word) != 0)
                continue;
            n_rows++;
            if (!has_row(&rows[k], waits[k].noun, &t[i].id))
                return failed(c, err, "I1: a token waits for nothing");
        }
    if (n_rows != rows[0].n + rows[1].n + rows[2].n + rows[3].n)
        return failed(c, err, "I1: rows that no token waits for");

    return 0;
}

static int
check_rows(struct check *c, struct wr_err *err)
{
    static const enum wr_noun nouns[] = { WR_TASKS, WR_JOBS, WR_TIMERS,
                                          WR_SUBSCRIPTIONS };
    struct wr_rows rows[4];

    for (size_t k = 0; k < WR_COUNT(nouns); k++) {
        struct wr_query q = { .noun = nouns[k],
                              .instance = &c->row.id,
                              .state = -1 };

        if (wr_runtime_find(c->rt, &q, c->arena, &rows[k], err) < 0)
            return err->code;
    }

    return check_tokens(c, rows, err);
}

/* ---- caller and called ---- */

/* Does the instance have a token that waits for `child`?  NULL: for one that is
 * not active. */
static int
waits_for(struct check *c, const struct wr_uuid *id,
          const struct wr_uuid *child, bool *out, struct wr_err *err)
{
    const struct wr_token_info *t;
    struct wr_view v, called;
    int n;

    *out = false;
    if (wr_runtime_view(c->rt, id, 0, c->arena, &v, err) < 0)
        return err->code;
    n = wr_instance_tokens(v.instance, v.definition->model, c->arena, &t);
    wr_definition_unref(v.definition);
    for (int i = 0; i < n && !*out; i++) {
        if (strcmp(t[i].waiting_for, "child") != 0)
            continue;
        if (child) {
            *out = wr_uuid_equal(&t[i].id, child);
            continue;
        }
        if (wr_runtime_view(c->rt, &t[i].id, 0, c->arena, &called, err) < 0)
            return err->code;
        wr_definition_unref(called.definition);
        *out = called.row->state != WR_ACTIVE;
    }

    return 0;
}

/* A caller of the load completes when it has undone what it called. */
static int
check_family(struct check *c, struct wr_err *err)
{
    struct wr_view caller;
    bool waits, saga;

    if (waits_for(c, &c->row.id, NULL, &waits, err) < 0)
        return err->code;
    if (waits)
        return failed(c, err, "I14: it waits for what has ended");
    if (wr_uuid_is_zero(&c->row.parent))
        return 0;
    if (waits_for(c, &c->row.parent, &c->row.id, &waits, err) < 0)
        return err->code;
    if (waits != (c->row.state == WR_ACTIVE))
        return failed(c, err, "I14: its caller knows nothing of it");
    if (wr_runtime_view(c->rt, &c->row.parent, 0, c->arena, &caller, err) < 0)
        return err->code;
    saga = strcmp(caller.definition->row.key, "saga") == 0;
    wr_definition_unref(caller.definition);
    if (saga && caller.row->state == WR_COMPLETED && !c->undone)
        return failed(c, err, "I14: its caller ended and has not undone it");

    return 0;
}

/* ---- acknowledgements ---- */

static int
by_instance(const void *x, const void *y)
{
    const struct crash_ack *a = x, *b = y;

    return wr_uuid_cmp(&a->instance, &b->instance);
}

static int
check_acks(struct check *c, const struct crash_ack *acks, size_t n,
           const struct wr_rows *history, struct wr_err *err)
{
    for (size_t i = 0; i < n; i++) {
        bool found = false;

        if (!wr_uuid_equal(&acks[i].instance, &c->row.id))
            continue;
        for (size_t k = 0; k < history->n && !found; k++)
            found = wr_uuid_equal(&history->histories[k].command,
                                  &acks[i].command);
        if (!found)
            return failed(c, err, "I12: an acknowledged command is lost");
    }

    return 0;
}

/* ---- all instances ---- */

static int
check_instance(struct check *c, const struct crash_ack *acks, size_t n,
               struct wr_err *err)
{
    struct wr_rows history;

    if (check_history(c, &history, err) < 0 || check_rows(c, err) < 0
        || check_family(c, err) < 0)
        return err->code;

    return check_acks(c, acks, n, &history, err);
}

static int
check_page(struct check *c, const struct wr_rows *rows,
           const struct crash_ack *acks, size_t n, size_t *n_known,
           struct wr_err *err)
{
    for (size_t i = 0; i < rows->n; i++) {
        wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(16384);
        struct crash_ack key = { rows->instances[i].id, { { 0 } } };
        const struct crash_ack *first = NULL;
        size_t from = 0, to;

        if (n > 0)
            first = bsearch(&key, acks, n, sizeof(*acks), by_instance);
        if (first) {
            from = (size_t)(first - acks);
            while (from > 0 && by_instance(&key, &acks[from - 1]) == 0)
                from--;
        }
        to = from;
        while (first && to < n && by_instance(&key, &acks[to]) == 0)
            to++;
        *n_known += to - from;
        c->arena = a;
        c->row = rows->instances[i];
        if (check_instance(c, acks + from, to - from, err) < 0)
            return err->code;
    }

    return 0;
}

static int
check_all(struct check *c, const struct crash_ack *acks, size_t n,
          struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(65536);
    struct wr_query q = { .noun = WR_INSTANCES, .state = -1, .limit = 500 };
    size_t n_known = 0;
    struct wr_rows rows;

    do {
        if (wr_runtime_find(c->rt, &q, a, &rows, err) < 0
            || check_page(c, &rows, acks, n, &n_known, err) < 0)
            return err->code;
        q.cursor = rows.next;
    } while (rows.next);
    if (n_known != n)
        return wr_fail(err, WR_ESTATE,
                       "I12: acknowledged instances that do not exist");

    return 0;
}

int
crash_check(const char *url, const struct crash_ack *acks, size_t n,
            struct wr_err *err)
{
    struct check c = { 0 };
    struct wr_runtime_options o = { .store_url = url, .clock = &c.clock };
    struct crash_ack *sorted = malloc((n + 1) * sizeof(*sorted));
    int r;

    if (!sorted)
        abort();
    if (n)
        memcpy(sorted, acks, n * sizeof(*sorted));
    qsort(sorted, n, sizeof(*sorted), by_instance);
    r = wr_runtime_open(&o, &c.rt, err);
    if (r == 0) {
        r = check_all(&c, sorted, n, err);
        wr_runtime_close(c.rt);
    }
    free(sorted);

    return r;
}
