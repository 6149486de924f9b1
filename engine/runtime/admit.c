/*
 * admit: may one more instance be started?
 *
 * How many are active is known from what is folded of the history (by whatever
 * process ended or started them), and since then from what this process has
 * committed and is about to.  Others' starts are seen as soon as they are
 * folded, so that several processes together may go beyond a limit by what they
 * start in that moment.
 *
 *     active = folded + own commits not folded yet + own starts under way
 *
 * What runs may go on: a called process counts, but is not refused, or instances
 * that wait for those they call would stand in their own way.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/base/rate.h"
#include "engine/runtime/slot.h"
#include "engine/store/project.h"

enum {
    CHAINS = 256,
    LATE = 4096,    /* own commits that are remembered */
    LOOK_MS = 1000, /* between looks at what is folded */
    FULL_MS = 100,  /* the same when there is no room */
    LOOKS = 3,
};

struct count {
    struct count *next;
    struct wr_uuid definition;
    int64_t folded, own, coming;
};

struct commit { /* of this process */
    struct count *of;
    int64_t at;
    int delta;
};

/* Under the runtime's lock. */
struct wr_active {
    int32_t tenant;
    int64_t looked_at;
    struct count *chains[CHAINS];
    struct count all;
    struct commit late[LATE]; /* a ring */
    uint64_t first, end;
    struct wr_rate rate;
};

static const struct wr_limits *
limits_of(const struct wr_runtime *rt)
{
    return &rt->o.limits;
}

static bool
is_counting(const struct wr_runtime *rt)
{
    return limits_of(rt)->most[WR_LIMIT_INSTANCES]
           || limits_of(rt)->most[WR_LIMIT_DEFINITION];
}

static struct wr_active *
active_of(struct wr_runtime *rt)
{
    if (!rt->active) {
        rt->active = calloc(1, sizeof(*rt->active));
        if (!rt->active)
            abort();
    }

    return rt->active;
}

static struct count *
count_of(struct wr_active *c, const struct wr_uuid *definition)
{
    struct count **at = &c->chains[definition->b[15] % CHAINS];

    while (*at && !wr_uuid_equal(&(*at)->definition, definition))
        at = &(*at)->next;
    if (!*at) {
        *at = calloc(1, sizeof(**at));
        if (!*at)
            abort();
        (*at)->definition = *definition;
    }

    return *at;
}

static int64_t
sum(const struct count *n)
{
    return n->folded + n->own + n->coming;
}

/* ---- what is folded ---- */

static void
forget_first(struct wr_active *c)
{
    const struct commit *k = &c->late[c->first++ % LATE];

    k->of->own -= k->delta;
    c->all.own -= k->delta;
}

/* Those before number `mark` are folded: all of them, or up to instant `at`. */
static void
forget(struct wr_active *c, uint64_t mark, bool all, int64_t at)
{
    while (c->first < mark && (all || c->late[c->first % LATE].at <= at))
        forget_first(c);
}

static int
read_counts(struct wr_runtime *rt, int32_t tenant, struct wr_arena *a,
            struct wr_element_count_row **out, size_t *n, struct wr_err *err)
{
    const struct wr_search_field *symbol = wr_search_field(WR_ELEMENT_COUNTS,
                                                           "symbol", 6);
    const struct wr_datum process = { .kind = wr_search_kind(WR_ELEMENT_COUNTS,
                                                             symbol) };
    struct wr_search s = {
        .noun = WR_ELEMENT_COUNTS,
        .tenant = tenant,
        .where = wr_where(a, WR_S_EQ, symbol, &process, 1),
        .limit = 10000,
    };
    struct wr_rows rows;

    *out = NULL;
    *n = 0;
    do {
        struct wr_element_count_row *grown;

        if (wr_runtime_search(rt, &s, a, &rows, NULL, err) < 0)
            return err->code;
        grown = wr_newn(a, struct wr_element_count_row, *n + rows.n + 1);
        for (size_t i = 0; i < *n; i++)
            grown[i] = (*out)[i];
        for (size_t i = 0; i < rows.n; i++)
            grown[(*n)++] = rows.element_counts[i];
        *out = grown;
        s.cursor = rows.next;
    } while (rows.next);

    return 0;
}

static void
take_counts(struct wr_active *c, const struct wr_element_count_row *rows,
            size_t n)
{
    for (int i = 0; i < CHAINS; i++)
        for (struct count *k = c->chains[i]; k; k = k->next)
            k->folded = 0;
    c->all.folded = 0;
    for (size_t i = 0; i < n; i++) {
        count_of(c, &rows[i].definition)->folded += rows[i].running;
        c->all.folded += rows[i].running;
    }
}

/* Position and counts are two lookups: both of one moment, if possible. */
static int
look(struct wr_runtime *rt, int32_t tenant, uint64_t mark, int64_t now,
     struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(8192);
    struct wr_element_count_row *rows;
    struct wr_position before, after;
    struct wr_active *c;
    int looks = 0;
    size_t n;

    if (wr_runtime_position(rt, &after, err) < 0)
        return err->code;
    do {
        before = after;
        if (read_counts(rt, tenant, a, &rows, &n, err) < 0
            || wr_runtime_position(rt, &after, err) < 0)
            return err->code;
    } while (after.pos != before.pos && ++looks < LOOKS);
    pthread_mutex_lock(&rt->lock);
    c = active_of(rt);
    forget(c, mark, after.pos && after.pos >= after.newest, after.at);
    take_counts(c, rows, n);
    c->looked_at = now;
    pthread_mutex_unlock(&rt->lock);

    return 0;
}

/* ---- starts ---- */

static bool
is_full(const struct wr_runtime *rt, const struct count *all,
        const struct count *one)
{
    return wr_limit_over(limits_of(rt), WR_LIMIT_INSTANCES, sum(all) + 1)
           || wr_limit_over(limits_of(rt), WR_LIMIT_DEFINITION, sum(one) + 1);
}

/* Under the lock: is what is known too old?  *mark: own commits so far. */
static bool
is_stale(struct wr_runtime *rt, const struct wr_request *r, int64_t now,
         uint64_t *mark)
{
    struct wr_active *c = active_of(rt);
    const struct count *one = count_of(c, &r->definition->row.id);
    int64_t every = is_full(rt, &c->all, one) ? FULL_MS : LOOK_MS;

    *mark = c->end;

    return !c->looked_at || c->tenant != r->command.tenant
           || now >= c->looked_at + every || now < c->looked_at;
}

static int
take_place(struct wr_runtime *rt, struct wr_request *r, struct wr_err *err)
{
    struct wr_active *c = active_of(rt);
    struct count *one = count_of(c, &r->definition->row.id);

    c->tenant = r->command.tenant;
    if (wr_limit_over(limits_of(rt), WR_LIMIT_INSTANCES, sum(&c->all) + 1))
        return wr_limit_fail(err, limits_of(rt), WR_LIMIT_INSTANCES,
                             sum(&c->all), NULL);
    if (wr_limit_over(limits_of(rt), WR_LIMIT_DEFINITION, sum(one) + 1))
        return wr_limit_fail(err, limits_of(rt), WR_LIMIT_DEFINITION, sum(one),
                             r->definition->row.key);
    one->coming++;
    c->all.coming++;
    r->coming = r->definition->row.id;
    r->counted = true;

    return 0;
}

static int
take_room(struct wr_runtime *rt, struct wr_request *r, struct wr_err *err)
{
    int64_t now = wr_clock_now(rt->o.clock);
    uint64_t mark;
    bool stale;
    int code;

    pthread_mutex_lock(&rt->lock);
    stale = is_stale(rt, r, now, &mark);
    pthread_mutex_unlock(&rt->lock);
    if (stale && look(rt, r->command.tenant, mark, now, err) < 0)
        return err->code;
    pthread_mutex_lock(&rt->lock);
    code = take_place(rt, r, err);
    pthread_mutex_unlock(&rt->lock);

    return code;
}

static int64_t
now_ns(const struct wr_runtime *rt)
{
    struct timespec t;

    if (rt->o.clock->is_virtual)
        return wr_clock_now(rt->o.clock) * 1000000;
    clock_gettime(CLOCK_MONOTONIC, &t);

    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int
take_token(struct wr_runtime *rt, struct wr_err *err)
{
    int64_t most = limits_of(rt)->most[WR_LIMIT_STARTS];
    struct wr_rate *rate = rt->o.starts;

    if (!most)
        return 0;
    pthread_mutex_lock(&rt->lock);
    if (!rate)
        rate = &active_of(rt)->rate;
    pthread_mutex_unlock(&rt->lock);
    if (wr_rate_take(rate, most, rt->o.starts_burst, now_ns(rt)))
        return 0;

    return wr_limit_fail(err, limits_of(rt), WR_LIMIT_STARTS, most + 1, NULL);
}

int
wr_admit_start(struct wr_runtime *rt, struct wr_request *r, struct wr_err *err)
{
    if (is_counting(rt) && take_room(rt, r, err) < 0)
        return err->code;
    if (take_token(rt, err) < 0) {
        wr_admit_done(rt, r);
        return err->code;
    }

    return 0;
}

int
wr_admit_values(struct wr_runtime *rt, const struct wr_value *variables,
                struct wr_err *err)
{
    if (wr_values_check(limits_of(rt), variables, err) == 0)
        return 0;
    wr_limit_count(err);

    return err->code;
}

/* ---- their way ---- */

static void
arrived(struct wr_active *c, struct wr_request *r)
{
    if (!r->counted)
        return;
    count_of(c, &r->coming)->coming--;
    c->all.coming--;
    r->counted = false;
}

void
wr_admit_done(struct wr_runtime *rt, struct wr_request *r)
{
    if (!r->counted)
        return;
    pthread_mutex_lock(&rt->lock);
    arrived(active_of(rt), r);
    pthread_mutex_unlock(&rt->lock);
}

static void
note(struct wr_active *c, const struct wr_uuid *definition, int64_t at,
     int delta)
{
    struct count *one = count_of(c, definition);

    if (c->end - c->first == LATE)
        forget_first(c);
    c->late[c->end++ % LATE] = (struct commit){ one, at, delta };
    one->own += delta;
    c->all.own += delta;
}

void
wr_admit_committed(struct wr_runtime *rt, const struct wr_instance_row *was,
                   const struct wr_effects *fx, struct wr_request *r)
{
    bool before = was->rev > 0 && was->state < WR_COMPLETED;
    bool after = fx->instance.state < WR_COMPLETED;

    if (!is_counting(rt))
        return;
    pthread_mutex_lock(&rt->lock);
    if (before)
        note(active_of(rt), &was->definition, fx->history.at, -1);
    if (after)
        note(active_of(rt), &fx->instance.definition, fx->history.at, 1);
    for (; r; r = r->next)
        arrived(active_of(rt), r);
    pthread_mutex_unlock(&rt->lock);
}

void
wr_admit_free(struct wr_runtime *rt)
{
    for (int i = 0; rt->active && i < CHAINS; i++) {
        struct count *k = rt->active->chains[i];

        while (k) {
            struct count *next = k->next;

            free(k);
            k = next;
        }
    }
    free(rt->active);
    rt->active = NULL;
}
