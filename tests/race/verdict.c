/* verdict: is each message where it has to be (RELIABILITY I7)? */
#include <stdlib.h>
#include <string.h>

#include "tests/race/race.h"

enum {
    PAGE = 1000,
    TRIES = 20 /* until nothing is owed */
};

struct judge {
    const struct race *race;
    struct wr_runtime *rt;
    struct wr_arena *arena;
    struct race_verdict *out;
    int *delivered, *kept; /* [RACE_MOST]: how often each is there */
};

/* All rows of a noun, a page at a time. */
static int
each(struct judge *j, struct wr_query *q,
     int (*see)(struct judge *, const struct wr_rows *, struct wr_err *),
     struct wr_err *err)
{
    struct wr_rows rows;

    q->limit = PAGE;
    q->state = -1;
    do {
        if (wr_runtime_find(j->rt, q, j->arena, &rows, err) < 0
            || see(j, &rows, err) < 0)
            return err->code;
        q->cursor = rows.next;
    } while (rows.next);

    return 0;
}

/* ---- what is owed ---- */

static int
settle(struct judge *j, const struct wr_rows *rows, struct wr_err *err)
{
    j->out->owed += (int64_t)rows->n;
    for (size_t i = 0; i < rows->n; i++) {
        int rc = wr_runtime_settle(j->rt, &rows->outboxes[i].id, 0, err);

        if (rc < 0 && rc != WR_ENOTFOUND)
            return rc;
    }

    return 0;
}

static int
settle_all(struct judge *j, struct wr_err *err)
{
    int64_t left = 0, before;

    for (int i = 0; i < TRIES; i++) {
        struct wr_query q = { .noun = WR_OUTBOXES };

        before = j->out->owed;
        if (each(j, &q, settle, err) < 0)
            return err->code;
        left = j->out->owed - before;
        if (i > 0)
            j->out->owed = before;
        if (left == 0)
            return 0;
    }

    return wr_fail(err, WR_ESTATE, "%lld rows are owed for ever",
                   (long long)left);
}

/* ---- counting ---- */

static int
number_of(const struct wr_value *variables)
{
    const struct wr_value *m = variables ? wr_value_get(variables, "m") : NULL;
    int64_t n;

    return m && m->type == WR_V_NUMBER && wr_decimal_to_int(m->number, &n)
                   && n >= 0 && n < RACE_MOST
               ? (int)n
               : -1;
}

static int
see_instances(struct judge *j, const struct wr_rows *rows, struct wr_err *err)
{
    for (size_t i = 0; i < rows->n; i++) {
        wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(8192);
        struct wr_view v;
        int m;

        if (wr_runtime_view(j->rt, &rows->instances[i].id, 0, a, &v, err) < 0)
            return err->code;
        m = number_of(wr_instance_variables(v.instance, 0, a));
        wr_definition_unref(v.definition);
        if (m < 0)
            continue;
        j->delivered[m]++;
        j->out->delivered++;
    }

    return 0;
}

/* Does somebody wait for it? */
static int
is_awaited(struct judge *j, const struct wr_message_row *m, bool *out,
           struct wr_err *err)
{
    struct wr_query q = {
        .noun = WR_SUBSCRIPTIONS, .name = m->name, .key = m->key, .state = -1
    };
    struct wr_rows rows;

    *out = false;
    if (wr_runtime_find(j->rt, &q, j->arena, &rows, err) < 0)
        return err->code;
    for (size_t i = 0; i < rows.n && !*out; i++) {
        const struct wr_definition *d;
        char id[WR_UUID_TEXT];

        wr_uuid_text(&rows.subscriptions[i].definition, id);
        if (wr_runtime_definition(j->rt, id, 0, &d, err) < 0)
            return err->code;
        *out = !m->target || strcmp(m->target, d->row.key) == 0;
        wr_definition_unref(d);
    }

    return 0;
}

static int
see_messages(struct judge *j, const struct wr_rows *rows, struct wr_err *err)
{
    for (size_t i = 0; i < rows->n; i++) {
        const struct wr_message_row *m = &rows->messages[i];
        const struct wr_value *payload;
        bool asleep;
        int n;

        if (wr_value_decode(j->arena, m->payload.p, m->payload.len, &payload,
                            err)
                < 0
            || is_awaited(j, m, &asleep, err) < 0)
            return err->code;
        n = number_of(payload);
        if (n < 0)
            return wr_fail(err, WR_ECORRUPT, "a message without number");
        j->kept[n]++;
        j->out->buffered++;
        j->out->asleep += asleep;
    }

    return 0;
}

static int
see_subscriptions(struct judge *j, const struct wr_rows *rows,
                  struct wr_err *err)
{
    (void)err;
    j->out->waiting += (int64_t)rows->n;

    return 0;
}

static void
weigh(struct judge *j)
{
    for (int n = 0; n < RACE_MOST; n++) {
        const struct race_message *m = &j->race->messages[n];
        int there = j->delivered[n] + j->kept[n];

        j->out->lost += m->published && there == 0;
        j->out->twice += m->reach == WR_REACH_ONE && there > 1;
    }
}

static int
judge(struct judge *j, struct wr_err *err)
{
    struct wr_query instances = { .noun = WR_INSTANCES };
    struct wr_query messages = { .noun = WR_MESSAGES };
    struct wr_query waiting = { .noun = WR_SUBSCRIPTIONS, .name = "go" };

    if (settle_all(j, err) < 0 || each(j, &instances, see_instances, err) < 0
        || each(j, &messages, see_messages, err) < 0
        || each(j, &waiting, see_subscriptions, err) < 0)
        return err->code;
    weigh(j);

    return 0;
}

int
race_judge(const struct race *r, struct race_verdict *out, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(65536);
    struct judge j = { .race = r, .arena = a, .out = out };
    struct wr_clock clock;
    int rc;

    *out = (struct race_verdict){ .delivered = 0 };
    j.delivered = wr_newn(a, int, RACE_MOST);
    j.kept = wr_newn(a, int, RACE_MOST);
    memset(j.delivered, 0, RACE_MOST * sizeof(int));
    memset(j.kept, 0, RACE_MOST * sizeof(int));
    if (race_open(r, 0, &clock, &j.rt, err) < 0)
        return err->code;
    rc = judge(&j, err);
    wr_runtime_close(j.rt);

    return rc;
}
