/*
 * internal: what Weir's other programs ask of the slot that owns an instance.
 *
 * nginx routes nothing here; the slot's socket belongs to Weir's user alone.
 */

#include <string.h>

#include "engine/base/crash.h"
#include "engine/base/log.h"
#include "fcgi_workers/dead_letter.h"
#include "fcgi_workers/lookup.h"
#include "fcgi_workers/metrics.h"
#include "fcgi_workers/poison.h"
#include "fcgi_workers/published.h"

struct due {
    const char *type;
    struct wr_uuid target, instance;
    int64_t tenant, due;
};
static const struct wr_field due_fields[] = {
    WR_FIELD_ENUM(struct due, type, "type", "timer|job|outbox|lost",
                  WR_REQUIRED,
                  "A timer that is due, an async job to run, a row of the "
                  "outbox to settle, or a job whose worker is lost."),
    WR_FIELD(struct due, target, "target", WR_UUID, WR_REQUIRED,
             "Id of the timer, job or row."),
    WR_FIELD(struct due, instance, "instance", WR_UUID, WR_REQUIRED,
             "Its instance; zero: a start event's timer."),
    WR_FIELD(struct due, tenant, "tenant", WR_INT, WR_REQUIRED, "Its tenant."),
    WR_FIELD(struct due, due, "due", WR_TIME, 0,
             "Which firing of a timer is meant; absent: the next."),
};
static const struct wr_object due_object = WR_OBJECT_ROWS(
    struct due, "DueCommand", due_fields);

struct batch {
    struct wr_objects items;
};
static const struct wr_field batch_fields[] = {
    WR_FIELD_OF(struct batch, items, "items", WR_OBJECTS, &due_object,
                WR_REQUIRED, "Commands, 1 to 1000."),
};
static const struct wr_object batch_object = WR_OBJECT_ROWS(
    struct batch, "DueCommands", batch_fields);

struct counts {
    int64_t done, gone, failed;
    const char *each;
};
static const struct wr_field counts_fields[] = {
    WR_FIELD(struct counts, done, "done", WR_INT, WR_READONLY, "Committed."),
    WR_FIELD(struct counts, gone, "gone", WR_INT, WR_READONLY,
             "Already fired or canceled."),
    WR_FIELD(struct counts, failed, "failed", WR_INT, WR_READONLY,
             "To be tried again."),
    WR_FIELD(struct counts, each, "each", WR_STRING, WR_READONLY,
             "A letter for each item: d, g, f, or u: no such instance."),
};
static const struct wr_object counts_object = WR_OBJECT_ROWS(
    struct counts, "DueResult", counts_fields);

static void
report_failure(struct wr_request *rq, struct wr_call *call)
{
    struct wr_err why = call->err;
    struct wr_command c;

    if (why.code == WR_OK || !wr_runtime_give_up(&call->command, &why, &c))
        return;
    if (wr_runtime_report(rq->service->runtime, &call->command, rq->arena,
                          &call->outcome, &call->err)
        == 0) {
        call->err.code = WR_OK;
        wr_log(WR_LOG_WARN, "due work failed", "cause", why.text, NULL);
    }
}

/* What is no command of an instance. */
static bool
is_alone(const struct due *d)
{
    bool timer = strcmp(d->type, "timer") == 0;

    return timer ? wr_uuid_is_zero(&d->instance) : strcmp(d->type, "job") != 0;
}

static void
run_alone(struct wr_request *rq, const struct due *d, struct wr_err *err)
{
    struct wr_runtime *rt = rq->service->runtime;
    int32_t tenant = (int32_t)d->tenant;

    if (strcmp(d->type, "outbox") == 0)
        err->code = wr_runtime_settle(rt, &d->target, tenant, err);
    else if (strcmp(d->type, "lost") == 0)
        err->code = wr_runtime_lose(rt, &d->target, tenant, err);
    else
        err->code = wr_runtime_start_due(rt, &d->target, tenant, d->due, err);
}

static char
add(struct counts *c, enum wr_code code)
{
    if (code == WR_OK) {
        c->done++;
        return 'd';
    }
    if (code == WR_ENOTFOUND || code == WR_ESTATE || code == WR_EHELD) {
        c->gone++;
        return 'g';
    }
    c->failed++;

    return 'f';
}

static struct wr_command
command_of(const struct due *d)
{
    bool timer = strcmp(d->type, "timer") == 0;

    return (struct wr_command){
        .tenant = (int32_t)d->tenant,
        .instance = d->instance,
        .if_rev = -1,
        .event = { .type = timer ? WR_EV_TIMER : WR_EV_JOB_RUN,
                   .target = d->target,
                   .due = timer ? d->due : 0,
                   .actor = timer ? "timer" : "scheduler" },
    };
}

/* By itself, as a process died of it or beside it. */
static enum wr_code
run_suspect(struct wr_request *rq, const struct due *d)
{
    struct wr_call call = { .command = command_of(d) };
    bool outbox = strcmp(d->type, "outbox") == 0;
    struct wr_err why = { 0 };

    if (!is_alone(d)) {
        wr_poison_call(rq, &call);
        report_failure(rq, &call);
        return call.err.code;
    }
    if (wr_poison_begin(rq, &d->target, (int32_t)d->tenant, outbox, &why) < 0)
        return why.code;
    run_alone(rq, d, &why);
    wr_poison_end(rq, &d->target, why.code);

    return why.code;
}

/* Those that no process died of, in as few commits as they fit. */
static void
run_many(struct wr_request *rq, const struct due *const *items, size_t n,
         enum wr_code *out)
{
    struct wr_call *calls = wr_newn(rq->arena, struct wr_call, n + 1);
    struct wr_suspects *s = rq->service->suspects;
    int64_t now = wr_clock_now(&rq->service->clock);

    for (size_t i = 0; i < n; i++) {
        calls[i].command = command_of(items[i]);
        wr_suspects_begin(s, &items[i]->target, now);
    }
    wr_runtime_call_many(rq->service->runtime, calls, n, rq->arena);
    for (size_t i = 0; i < n; i++) {
        if (calls[i].err.code == WR_OK && calls[i].command.event.due)
            wr_late_note(rq->service, calls[i].command.event.due);
        report_failure(rq, &calls[i]);
        out[i] = calls[i].err.code;
        wr_suspects_end(s, &items[i]->target, wr_poison_ended(out[i]));
    }
}

static enum wr_code
run_single(struct wr_request *rq, const struct due *d)
{
    struct wr_suspects *s = rq->service->suspects;
    struct wr_err why = { 0 };

    wr_suspects_begin(s, &d->target, wr_clock_now(&rq->service->clock));
    run_alone(rq, d, &why);
    wr_suspects_end(s, &d->target, wr_poison_ended(why.code));

    return why.code;
}

/* It may have been done; but then its instance is there. */
static bool
is_unknown(struct wr_request *rq, const struct due *d, enum wr_code code)
{
    const struct wr_instance_row *row;
    struct wr_err err = { 0 };

    return code == WR_ENOTFOUND
           && wr_request_instance(rq, &d->instance, &row, &err) == WR_ENOTFOUND;
}

static int
commands(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct batch *body = in;
    const struct due *items = body->items.items, **many;
    size_t n = body->items.n, k = 0, *at;
    struct counts *c = out;
    enum wr_code *codes;
    char *each;

    if (n < 1 || n > WR_DUE_MOST)
        return wr_fail(err, WR_ELIMIT, "items must be 1 to %d", WR_DUE_MOST);
    many = wr_newn(rq->arena, const struct due *, n);
    codes = wr_newn(rq->arena, enum wr_code, n);
    at = wr_newn(rq->arena, size_t, n);
    each = wr_newn(rq->arena, char, n + 1);
    c->each = each;
    atomic_fetch_add(&rq->service->commands, (long)n);
    WEIR_CRASH("due-run"); /* C14, C15 */
    for (size_t i = 0; i < n; i++) {
        if (wr_poison_is_suspect(rq, &items[i].target)) {
            each[i] = add(c, run_suspect(rq, &items[i]));
        } else if (is_alone(&items[i])) {
            each[i] = add(c, run_single(rq, &items[i]));
        } else {
            at[k] = i;
            many[k++] = &items[i];
        }
    }
    run_many(rq, many, k, codes);
    WEIR_CRASH("due-ran"); /* C14 */
    for (size_t i = 0; i < k; i++) {
        each[at[i]] = add(c, codes[i]);
        if (is_unknown(rq, many[i], codes[i]))
            each[at[i]] = 'u';
    }

    return 0;
}

struct swept {
    int64_t sessions, messages, letters;
};
static const struct wr_field swept_fields[] = {
    WR_FIELD(struct swept, sessions, "sessions", WR_INT, WR_READONLY,
             "Expired sessions that were removed."),
    WR_FIELD(struct swept, messages, "messages", WR_INT, WR_READONLY,
             "Messages nobody waited for in time."),
    WR_FIELD(struct swept, letters, "deadLetters", WR_INT, WR_READONLY,
             "Dead letters whose time was over."),
};
static const struct wr_object swept_object = WR_OBJECT_ROWS(
    struct swept, "Swept", swept_fields);

/* What has run out and belongs to no instance: stored answers, sessions. */
static int
sweep(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    int64_t now = wr_clock_now(&rq->service->clock);
    struct wr_idempotency_row expired = { .expires_at = now };
    struct wr_change answers = { .op = WR_OP_DEL,
                                 .noun = WR_IDEMPOTENCIES,
                                 .idempotency = &expired };
    struct wr_query q = wr_request_query(rq, WR_SESSIONS);
    struct swept *count = out;
    struct wr_rows rows;

    (void)in;
    if (wr_runtime_change(rq->service->runtime, &answers, 1, err) < 0)
        return (int)err->code;
    if (wr_messages_sweep(rq, &count->messages, err) < 0)
        return (int)err->code;
    atomic_fetch_add(&rq->service->messages_expired, count->messages);
    if (wr_dead_sweep(rq, &count->letters, err) < 0)
        return (int)err->code;
    q.limit = 1000;
    do {
        if (wr_request_find(rq, &q, &rows, err) < 0)
            return (int)err->code;
        for (size_t i = 0; i < rows.n; i++) {
            struct wr_change session = { .op = WR_OP_DEL,
                                         .noun = WR_SESSIONS,
                                         .session = &rows.sessions[i] };
            struct wr_err gone = { 0 };

            if (rows.sessions[i].expires_at < now
                && wr_runtime_change(rq->service->runtime, &session, 1, &gone)
                       == 0)
                count->sessions++;
        }
        q.cursor = rows.next;
    } while (rows.next);

    return 0;
}

/* clang-format off */
static const struct wr_route routes[] = {
    { "POST", "/internal/commands", "runDue", WR_INTERNAL, NULL, &batch_object,
      &counts_object, 200, commands, "Run what is due", WR_ROUTE_NATURAL },
    { "POST", "/internal/metrics", "slotMetrics", WR_INTERNAL, NULL, NULL, NULL,
      200, wr_slot_metrics, "Samples of this slot alone",
      WR_ROUTE_NATURAL | WR_ROUTE_RAW_OUT },
    { "POST", "/internal/sweep", "sweep", WR_INTERNAL, NULL, NULL,
      &swept_object, 200, sweep, "Remove what has run out", WR_ROUTE_NATURAL },
};
/* clang-format on */

const struct wr_route_table wr_routes_internal = { "internal", routes,
                                                   WR_COUNT(routes) };
