/* What is over goes, and the history has its months. */

#include <string.h>

#include "engine/store/project.h"
#include "tests/conformance/cases.h"

enum {
    MOST = 100
};
#define DAY INT64_C(86400000)
/* 2019-05-10: months nobody else uses. */
#define MAY INT64_C(1557446400000)

static struct wr_effects *
ended_after(struct fixture *f, struct wr_effects *fx)
{
    struct wr_effects *end = fixture_next(f, fx);

    end->instance.state = WR_COMPLETED;
    end->instance.ended_at = f->now;
    ck_assert_int_eq(fixture_commit(f, end), WR_OK);

    return end;
}

static struct wr_effects *
begun(struct fixture *f, int64_t at)
{
    struct wr_effects *fx = fixture_start(f);

    fx->instance.id = wr_uuid_new(at, f->bucket);
    fx->history.instance = fx->instance.id;
    ck_assert_int_eq(fixture_commit(f, fx), WR_OK);

    return fx;
}

static size_t
histories(struct fixture *f, const struct wr_effects *fx)
{
    return fixture_find(f, (struct wr_query){ .noun = WR_HISTORIES,
                                              .instance = &fx->instance.id,
                                              .state = -1 })
        .n;
}

static int
purge(struct fixture *f, const struct wr_effects *const *fx, size_t n,
      bool by_month)
{
    struct wr_over over[MOST];
    struct wr_upkeep u = { .tenant = f->tenant, .over = over, .n = n };
    struct wr_upkept out;

    for (size_t i = 0; i < n; i++)
        over[i] = (struct wr_over){ fx[i]->instance.id, fx[i]->instance.rev,
                                    by_month };

    return wr_store_upkeep(f->st, &u, &out, &f->err);
}

static int64_t
months(struct fixture *f, int64_t now, int64_t before)
{
    struct wr_upkeep u = { .now = now, .months_before = before };
    struct wr_upkept out;

    must(f, wr_store_upkeep(f->st, &u, &out, &f->err));

    return now ? out.months_made : out.more_months;
}

START_TEST(what_ended_goes_with_all_that_is_its_own)
{
    struct fixture f;
    struct wr_effects *fx, *end;
    const struct wr_effects *both[2];
    struct wr_query q = { .noun = WR_INCIDENTS, .state = -1 };

    fixture_open(&f, _i);
    fx = fixture_start(&f);
    fixture_incident(&f, fx);
    q.instance = &fx->instance.id;
    ck_assert_int_eq(fixture_commit(&f, fx), WR_OK);
    both[0] = end = ended_after(&f, fx);
    both[1] = begun(&f, f.now);
    ck_assert_uint_eq(fixture_find(&f, q).n, 1);
    ck_assert_int_eq(purge(&f, both, 1, false), 0);
    ck_assert_int_eq(fixture_rev(&f, &end->instance.id), 0);
    ck_assert_uint_eq(histories(&f, end), 0);
    ck_assert_uint_eq(fixture_find(&f, q).n, 0);
    ck_assert_uint_eq(histories(&f, both[1]), 1);
    fixture_close(&f);
}
END_TEST

START_TEST(all_go_or_none)
{
    struct fixture f;
    const struct wr_effects *two[2];
    struct wr_effects *last;

    fixture_open(&f, _i);
    two[0] = ended_after(&f, begun(&f, f.now));
    two[1] = begun(&f, f.now); /* runs */
    ck_assert_int_eq(purge(&f, two, 2, false), WR_ECONFLICT);
    ck_assert_uint_eq(histories(&f, two[0]), 2);
    last = ended_after(&f, (struct wr_effects *)(uintptr_t)two[1]);
    ck_assert_int_eq(purge(&f, two, 2, false), WR_ECONFLICT); /* moved on */
    ck_assert_uint_eq(histories(&f, two[0]), 2);
    two[1] = last;
    ck_assert_int_eq(purge(&f, two, 2, false), 0);
    ck_assert_uint_eq(histories(&f, two[0]) + histories(&f, last), 0);
    ck_assert_int_eq(purge(&f, two, 2, false), WR_ECONFLICT); /* gone */
    fixture_close(&f);
}
END_TEST

/* A start that no month is there for does not fail, and moves to it later. */
START_TEST(months_are_made_around_what_is_there)
{
    struct fixture f;
    struct wr_effects *early;

    fixture_open(&f, _i);
    early = begun(&f, MAY - 90 * DAY);
    months(&f, MAY - 90 * DAY, 0);
    ck_assert_int_eq(months(&f, MAY - 90 * DAY, 0), 0);
    ck_assert_uint_eq(histories(&f, early), 1);
    early = ended_after(&f, early);
    ck_assert_uint_eq(histories(&f, early), 2);
    ck_assert_uint_eq(histories(&f, begun(&f, MAY - 90 * DAY)), 1);
    fixture_close(&f);
}
END_TEST

/* C20: no row is lost, none is there twice, and what runs goes on. */
START_TEST(a_month_goes_but_for_what_is_still_there)
{
    struct fixture f;
    const struct wr_effects *gone[20];
    struct wr_effects *runs, *stays, *later;
    bool pg;

    fixture_open(&f, _i);
    pg = fixture_is(&f, "postgresql");
    months(&f, MAY, 0);
    for (size_t i = 0; i < WR_COUNT(gone); i++)
        gone[i] = ended_after(&f, begun(&f, MAY));
    runs = begun(&f, MAY);
    stays = ended_after(&f, begun(&f, MAY));
    later = ended_after(&f, begun(&f, MAY + 31 * DAY));
    ck_assert_int_eq(purge(&f, gone, WR_COUNT(gone), true), 0);
    ck_assert_uint_eq(histories(&f, gone[0]), pg ? 2 : 0);
    while (months(&f, 0, MAY + 60 * DAY) > 0)
        ;
    for (size_t i = 0; i < WR_COUNT(gone); i++)
        ck_assert_uint_eq(histories(&f, gone[i]), 0);
    ck_assert_uint_eq(histories(&f, runs), 1);
    ck_assert_uint_eq(histories(&f, stays), 2);
    ck_assert_uint_eq(histories(&f, later), 2);
    /* The key still guards, and the next step has its place. */
    ck_assert_int_eq(fixture_commit(&f, runs), WR_ECONFLICT);
    ck_assert_uint_eq(histories(&f, ended_after(&f, runs)), 2);
    fixture_close(&f);
}
END_TEST

/* Also of a start that no month was there for. */
START_TEST(what_is_in_no_month_goes)
{
    struct fixture f;
    const struct wr_effects *gone;
    struct wr_effects *runs;

    fixture_open(&f, _i);
    gone = ended_after(&f, begun(&f, MAY - 400 * DAY));
    runs = begun(&f, MAY - 400 * DAY);
    ck_assert_int_eq(purge(&f, &gone, 1, true), 0);
    while (months(&f, 0, MAY) > 0)
        ;
    ck_assert_uint_eq(histories(&f, gone), 0);
    ck_assert_uint_eq(histories(&f, runs), 1);
    fixture_close(&f);
}
END_TEST

/* ---- what was folded ---- */

struct folded {
    struct wr_past_instance_row instance;
    struct wr_activity_row activity;
    struct wr_element_count_row counts[2];
};

static void
fold(struct fixture *f, const struct wr_effects *fx, struct folded *x)
{
    const struct wr_instance_row *i = &fx->instance;
    const void *rows[] = { &x->instance, &x->activity, &x->counts[0],
                           &x->counts[1] };
    const struct wr_projected_rows puts[] = {
        { WR_PAST_INSTANCES, &rows[0], 1 },
        { WR_ACTIVITIES, &rows[1], 1 },
        { WR_ELEMENT_COUNTS, &rows[2], 2 },
    };
    struct wr_projecting p = { .puts = puts, .n_puts = WR_COUNT(puts) };

    x->instance = (struct wr_past_instance_row){ .id = i->id,
                                                 .definition = i->id,
                                                 .tenant = f->tenant,
                                                 .state = WR_ACTIVE };
    x->activity = (struct wr_activity_row){ .id = i->id,
                                            .instance = i->id,
                                            .definition = i->id,
                                            .tenant = f->tenant,
                                            .element = 7,
                                            .duration = -1 };
    for (int k = 0; k < 2; k++)
        x->counts[k] = (struct wr_element_count_row){
            .id = wr_uuid_new(f->now, f->bucket),
            .definition = i->id,
            .tenant = f->tenant,
            .element = 7 * k,
            .running = 3,
        };
    must(f, wr_store_position(f->st, &p.to, &f->err));
    p.from = p.to.pos;
    p.to.events = 0;
    must(f, wr_store_project(f->st, &p, &f->err));
}

static void
is_forgotten(struct fixture *f, const struct folded *x)
{
    struct wr_rows rows;

    must(f, wr_store_project_load(f->st, WR_PAST_INSTANCES, &x->instance.id, 1,
                                  f->a, &rows, &f->err));
    ck_assert_uint_eq(rows.n, 0);
    must(f, wr_store_project_load(f->st, WR_ACTIVITIES, &x->activity.id, 1,
                                  f->a, &rows, &f->err));
    ck_assert_uint_eq(rows.n, 0);
    for (int k = 0; k < 2; k++) {
        const struct wr_element_count_row *c;

        must(f,
             wr_store_project_load(f->st, WR_ELEMENT_COUNTS, &x->counts[k].id,
                                   1, f->a, &rows, &f->err));
        ck_assert_uint_eq(rows.n, 1);
        c = rows.any;
        ck_assert_int_eq(c->running, 2);
    }
}

START_TEST(what_was_folded_goes_along)
{
    struct fixture f;
    const struct wr_effects *gone;
    struct folded x;

    fixture_open(&f, _i);
    gone = ended_after(&f, begun(&f, f.now));
    fold(&f, gone, &x);
    ck_assert_int_eq(purge(&f, &gone, 1, false), 0);
    is_forgotten(&f, &x);
    fixture_close(&f);
}
END_TEST

/* Its history was read before it was removed. */
START_TEST(nothing_is_folded_of_what_went)
{
    struct fixture f;
    const struct wr_effects *gone;
    struct folded x;

    fixture_open(&f, _i);
    gone = ended_after(&f, begun(&f, f.now));
    ck_assert_int_eq(purge(&f, &gone, 1, false), 0);
    fold(&f, gone, &x);
    is_forgotten(&f, &x);
    fixture_close(&f);
}
END_TEST

TCase *
upkeep_cases(void)
{
    TCase *tc = tcase_create("upkeep");
    int n = fixture_stores();

    tcase_add_loop_test(tc, what_ended_goes_with_all_that_is_its_own, 0, n);
    tcase_add_loop_test(tc, all_go_or_none, 0, n);
    tcase_add_loop_test(tc, months_are_made_around_what_is_there, 0, n);
    tcase_add_loop_test(tc, a_month_goes_but_for_what_is_still_there, 0, n);

    tcase_add_loop_test(tc, what_is_in_no_month_goes, 0, n);
    tcase_add_loop_test(tc, what_was_folded_goes_along, 0, n);
    tcase_add_loop_test(tc, nothing_is_folded_of_what_went, 0, n);

    return tc;
}
