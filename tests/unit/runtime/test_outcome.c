/* Commits whose outcome is not known: the history settles it. */
#include <string.h>

#include "engine/runtime/slot.h"
#include "tests/unit/runtime/rig.h"

static const struct wr_store_ops *real_ops;
static const struct wr_store_ops *after_loss; /* NULL: real_ops */
static bool lose_before;

static int
lost_commit(struct wr_store *st, struct wr_item *items, size_t n,
            struct wr_err *err)
{
    st->ops = after_loss ? after_loss : real_ops;
    if (!lose_before && wr_store_commit(st, items, n, err) < 0)
        return err->code;

    return wr_fail(err, WR_ESTORE, "the connection was lost");
}

START_TEST(an_unknown_outcome_is_settled_by_history)
{
    struct wr_store_ops ops;
    struct rig r;
    struct wr_uuid id;

    lose_before = _i == 0;
    rig_open(&r, NULL, NULL);
    rig_deploy(&r, rig_one_task);
    id = rig_start(&r, "p");
    real_ops = r.rt->store->ops;
    ops = *real_ops;
    ops.commit = lost_commit;
    r.rt->store->ops = &ops;
    rig_complete(&r, &id, "t");
    ck_assert_ptr_eq(r.rt->store->ops, real_ops);
    ck_assert_int_eq(rig_instance(&r, &id).state, WR_COMPLETED);
    ck_assert_uint_eq(rig_rows(&r, WR_HISTORIES, &id).n, 2);
    rig_check_history(&r, &id);
    rig_close(&r);
}
END_TEST

static int
blind_find(struct wr_store *st, const struct wr_query *q, struct wr_arena *a,
           struct wr_rows *out, struct wr_err *err)
{
    if (q->noun != WR_HISTORIES)
        return real_ops->find(st, q, a, out, err);
    st->ops = real_ops;
    *out = (struct wr_rows){ .noun = q->noun };

    return 0;
}

static int
late_commit(struct wr_store *st, struct wr_item *items, size_t n,
            struct wr_err *err)
{
    if (real_ops->commit(st, items, n, err) < 0)
        return err->code;

    return wr_fail(err, WR_ESTORE, "the connection was lost");
}

/* The connection is lost while the server commits: the history does not show it
 * yet, but it counts, and once. */
START_TEST(an_outcome_that_comes_late_counts)
{
    struct wr_store_ops ops;
    struct wr_command c;
    struct wr_outcome out;
    struct rig r;
    struct wr_uuid id;

    rig_open(&r, NULL, NULL);
    rig_deploy(&r, rig_one_task);
    id = rig_start(&r, "p");
    c = rig_completion(&r, &(struct wr_uuid){ 0 });
    c.event.target = rig_task(&r, &id, "t");
    if (_i > 0)
        c = (struct wr_command){ .event = { .type = WR_EV_SET_VARIABLES,
                                            .variables = wr_value_context(
                                                r.arena, NULL, 0) },
                                 .instance = id,
                                 .tenant = r.tenant,
                                 .if_rev = -1 };
    real_ops = r.rt->store->ops;
    ops = *real_ops;
    ops.commit = late_commit;
    ops.find = blind_find;
    r.rt->store->ops = &ops;
    must(&r, wr_runtime_call(r.rt, &c, r.arena, &out, &r.err));
    ck_assert_ptr_eq(r.rt->store->ops, real_ops);
    ck_assert(wr_uuid_equal(&out.instance.id, &id));
    ck_assert_int_eq(out.instance.state, _i > 0 ? WR_ACTIVE : WR_COMPLETED);
    ck_assert_uint_eq(rig_rows(&r, WR_HISTORIES, &id).n, 2);
    rig_check_history(&r, &id);
    rig_close(&r);
}
END_TEST

/* The same of a start: there is one instance. */
START_TEST(a_start_that_comes_late_counts)
{
    struct wr_store_ops ops;
    struct rig r;
    struct wr_uuid id;

    rig_open(&r, NULL, NULL);
    rig_deploy(&r, rig_one_task);
    real_ops = r.rt->store->ops;
    ops = *real_ops;
    ops.commit = late_commit;
    ops.find = blind_find;
    r.rt->store->ops = &ops;
    id = rig_start(&r, "p");
    ck_assert_ptr_eq(r.rt->store->ops, real_ops);
    ck_assert_int_eq(rig_instance(&r, &id).state, WR_ACTIVE);
    ck_assert_uint_eq(rig_rows(&r, WR_INSTANCES, NULL).n, 1);
    rig_close(&r);
}
END_TEST

static atomic_bool away;

static int
absent_find(struct wr_store *st, const struct wr_query *q, struct wr_arena *a,
            struct wr_rows *out, struct wr_err *err)
{
    if (atomic_load(&away))
        return wr_fail(err, WR_ESTORE, "the store is away");

    return real_ops->find(st, q, a, out, err);
}

/* The answer to the commit is lost and the store stays away for longer than
 * callers wait: the command counts once, and those after it see that. */
START_TEST(an_outcome_stays_open_while_the_store_is_away)
{
    struct wr_store_ops lost, absent;
    struct wr_command c;
    struct wr_outcome out;
    struct wr_uuid id;
    struct rig r;

    lose_before = false;
    rig_open(&r, NULL,
             &(struct wr_runtime_options){ .threaded = true,
                                           .command_wait_ms = 200 });
    rig_deploy(&r, rig_one_task);
    id = rig_start(&r, "p");
    c = rig_completion(&r, &(struct wr_uuid){ 0 });
    c.event.target = rig_task(&r, &id, "t");
    real_ops = r.rt->store->ops;
    absent = lost = *real_ops;
    absent.find = absent_find;
    lost.commit = lost_commit;
    lost.find = absent_find;
    after_loss = &absent;
    atomic_store(&away, true);
    r.rt->store->ops = &lost;
    ck_assert_int_eq(wr_runtime_call(r.rt, &c, r.arena, &out, &r.err),
                     WR_EBUSY);
    atomic_store(&away, false);
    rig_start(&r, "p"); /* the committer goes on */
    ck_assert_int_eq(rig_instance(&r, &id).state, WR_COMPLETED);
    ck_assert_uint_eq(rig_rows(&r, WR_HISTORIES, &id).n, 2);
    r.rt->store->ops = real_ops;
    after_loss = NULL;
    rig_close(&r);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("outcome of commits");

    tcase_add_loop_test(tc, an_unknown_outcome_is_settled_by_history, 0, 2);
    tcase_add_loop_test(tc, an_outcome_that_comes_late_counts, 0, 2);
    tcase_add_test(tc, a_start_that_comes_late_counts);
    tcase_add_test(tc, an_outcome_stays_open_while_the_store_is_away);

    return t_main("outcome", tc, NULL);
}
