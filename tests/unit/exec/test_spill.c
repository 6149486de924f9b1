/* Iterations and values in rows beside the state: engine/exec/spill.h. */

#include <string.h>

#include "tests/lib/t.h"
#include "tests/unit/exec/spilled.h"

enum {
    MANY = 100
};

static const char loop[] =
    "<startEvent id='s'/><userTask id='u'>"
    "<multiInstanceLoopCharacteristics><extensionElements>"
    "<zeebe:loopCharacteristics inputCollection='=list' inputElement='e'"
    " outputCollection='all' outputElement='=e'/></extensionElements>"
    "</multiInstanceLoopCharacteristics></userTask><endEvent id='e'/>"
    " {s>u; u>e}";

static struct world *
started(int spill_from, int n)
{
    struct world *w = world_new(loop);

    w->spill_from = spill_from;
    world_start(w, spilled_list(w, n));

    return w;
}

START_TEST(each_waits_in_a_row_of_its_own)
{
    struct world *w = started(33, MANY);
    size_t state = w->row.blob.len;

    ck_assert_int_eq(w->n_tasks, MANY);
    /* the variable; all of the collection is handed out */
    ck_assert_int_eq(w->n_spills, MANY + 1);
    for (int n = MANY; n > 1; n--) {
        w->n_asked = 0;
        spilled_complete(w, n * 7 % w->n_tasks);
        ck_assert_int_eq(w->n_asked, 1);
        ck_assert_int_le(w->effects->n_spills, 2); /* one goes, one log */
        ck_assert_uint_le(w->row.blob.len, state + 600);
    }
    spilled_complete(w, 0);
    world_expect_state(w, WR_COMPLETED);
    ck_assert_int_eq(w->n_spills, 2); /* the list and all */
    ck_assert(!wr_instance_is_whole(w->instance));
    w->instance = world_whole(w);
    ck_assert(
        strncmp(world_var(w, "all"), "[\"item 1000000\",\"item 1000001\"", 30)
        == 0);
    world_free(w);
}
END_TEST

START_TEST(few_wait_in_the_state)
{
    struct world *w = started(33, 32);

    ck_assert_int_eq(w->n_spills, 0);
    world_free(w);
}
END_TEST

START_TEST(several_in_one_commit)
{
    struct world *w = started(33, MANY);
    struct wr_uuid first = w->tasks[3].id;
    struct wr_event ev = spilled_completing(w, &first);

    w->merge = true;
    spilled_complete(w, 3);
    ck_assert_int_eq(world_send(w, ev), WR_ENOTFOUND);
    spilled_complete(w, 4);
    spilled_complete(w, 5);
    world_commit(w);
    ck_assert_int_eq(w->n_spills, MANY + 1 - 3);
    world_free(w);
}
END_TEST

START_TEST(cancelling_takes_all)
{
    struct world *w = started(33, MANY);

    spilled_complete(w, 3);
    ck_assert_int_eq(world_send(w, (struct wr_event){ .type = WR_EV_CANCEL }),
                     0);
    ck_assert_int_eq(w->n_tasks, 0);
    ck_assert_int_eq(w->n_spills, 1); /* the list */
    world_free(w);
}
END_TEST

/* Sequential: one waits, the rest of the collection is in pieces, of which a
 * start reads one at most; what was handed out goes. */
START_TEST(collections_are_read_in_pieces)
{
    struct world *w = world_new(
        "<startEvent id='s'/><userTask id='u'>"
        "<multiInstanceLoopCharacteristics isSequential='true'>"
        "<extensionElements><zeebe:loopCharacteristics inputCollection='=list'"
        " inputElement='e' outputCollection='all' outputElement='=e'/>"
        "</extensionElements></multiInstanceLoopCharacteristics></userTask>"
        "<endEvent id='e'/> {s>u; u>e}");
    size_t state;

    w->spill_from = 33;
    world_start(w, spilled_list(w, 10 * MANY));
    state = w->row.blob.len;
    ck_assert_int_gt(w->n_spills, 10);
    for (int n = 10 * MANY; n > 1; n--) {
        w->n_asked = 0;
        spilled_complete(w, 0);
        ck_assert_int_le(w->n_asked, 2); /* its end is that of its piece */
        ck_assert_int_le(w->effects->n_spills, 2);
        ck_assert_uint_le(w->row.blob.len, state + 600);
    }
    spilled_complete(w, 0);
    world_expect_state(w, WR_COMPLETED);
    ck_assert_int_eq(w->n_spills, 2); /* the list and all */
    w->instance = world_whole(w);
    ck_assert_str_eq(world_var(w, "all"), world_var(w, "list"));
    world_free(w);
}
END_TEST

/* What nobody took goes with the body. */
START_TEST(pieces_go_with_their_body)
{
    struct world *w = world_new(
        "<startEvent id='s'/><userTask id='u'>"
        "<multiInstanceLoopCharacteristics isSequential='true'>"
        "<extensionElements><zeebe:loopCharacteristics inputCollection='=list'"
        " inputElement='e'/></extensionElements>"
        "<completionCondition>=e = \"item 1000002\"</completionCondition>"
        "</multiInstanceLoopCharacteristics></userTask><endEvent id='e'/>"
        " {s>u; u>e}");

    w->spill_from = 33;
    world_start(w, spilled_list(w, 10 * MANY));
    for (int k = 0; k < 3; k++)
        spilled_complete(w, 0);
    world_expect_state(w, WR_COMPLETED);
    ck_assert_int_eq(w->n_spills, 1); /* the list */
    world_free(w);
}
END_TEST

/* The element of the first task's iteration. */
static const char *
element(struct world *w)
{
    struct wr_uuid id = w->tasks[0].id;

    w->instance = world_whole(w);

    return wr_value_get(wr_instance_visible(w->instance, &id, w->arena), "e")
        ->string.s;
}

/* What can be compensated of the iterations: the latest in the state, a piece
 * of those before them in a row each.  Compensated one after the other, a piece
 * comes back when its turn is. */
START_TEST(logs_are_in_pieces)
{
    struct world *w = world_new(spilled_undone);
    size_t state;

    w->spill_from = 33;
    world_start(w, spilled_list(w, 4 * MANY));
    state = w->row.blob.len;
    for (int n = 4 * MANY; n > 0; n--) {
        w->n_asked = 0;
        spilled_complete(w, n * 7 % w->n_tasks);
        ck_assert_int_le(w->n_asked, 1);
        ck_assert_int_le(w->effects->n_spills, 2);
        ck_assert_uint_le(w->row.blob.len, state + 1400);
    }
    ck_assert_int_gt(w->n_spills, 10);
    ck_assert_int_eq(wr_instance_compensable(w->instance), 4 * MANY + 1);
    world_complete(w, "m", NULL);
    for (int n = 4 * MANY; n > 0; n--) {
        ck_assert_int_eq(w->n_tasks, 1);
        w->n_asked = 0;
        spilled_complete(w, 0);
        ck_assert_int_le(w->n_asked, 2);
        ck_assert_uint_le(w->row.blob.len, state + 2800);
    }
    world_expect_state(w, WR_COMPLETED);
    ck_assert_int_eq(w->n_spills, 1); /* the list */
    world_free(w);
}
END_TEST

START_TEST(logs_come_back_in_their_order)
{
    struct world *w = world_new(spilled_undone);
    const char *order[MANY];

    w->spill_from = 33;
    world_start(w, spilled_list(w, MANY));
    for (int n = 0; n < MANY; n++) {
        order[n] = element(w);
        spilled_complete(w, 0);
    }
    world_complete(w, "m", NULL);
    for (int n = MANY; n > 0; n--) {
        ck_assert_str_eq(element(w), order[n - 1]);
        spilled_complete(w, 0);
    }
    world_expect_state(w, WR_COMPLETED);
    world_free(w);
}
END_TEST

START_TEST(interrupted_logs_leave_nothing)
{
    struct world *w = world_new(spilled_undone);

    w->spill_from = 33;
    world_start(w, spilled_list(w, 2 * MANY));
    for (int n = 0; n < MANY; n++)
        spilled_complete(w, 0);
    ck_assert_int_gt(w->n_spills, MANY + 2);
    ck_assert_int_eq(world_send(w, (struct wr_event){ .type = WR_EV_CANCEL }),
                     0);
    ck_assert_int_eq(w->n_spills, 1); /* the list */
    world_free(w);
}
END_TEST

/* Others have committed between the lookup of the state and that of its rows. */
START_TEST(rows_of_another_revision_are_a_conflict)
{
    struct world *w = started(33, MANY);
    struct wr_uuid id = w->tasks[0].id;
    int at = 0;

    ck_assert_int_eq(wr_instance_load(w->instance, w->model, w->spills,
                                      (size_t)w->n_spills - 1, &w->err),
                     WR_ECONFLICT);
    world_free(w);
    w = started(33, MANY);
    while (!wr_uuid_equal(&w->spills[at].id, &id))
        at++;
    w->spills[at].rev++;
    ck_assert_int_eq(world_send(w, spilled_completing(w, &id)), WR_ECONFLICT);
    world_free(w);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("spill");

    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, each_waits_in_a_row_of_its_own);
    tcase_add_test(tc, few_wait_in_the_state);
    tcase_add_test(tc, several_in_one_commit);
    tcase_add_test(tc, cancelling_takes_all);
    tcase_add_test(tc, collections_are_read_in_pieces);
    tcase_add_test(tc, pieces_go_with_their_body);
    tcase_add_test(tc, logs_are_in_pieces);
    tcase_add_test(tc, logs_come_back_in_their_order);
    tcase_add_test(tc, interrupted_logs_leave_nothing);
    tcase_add_test(tc, rows_of_another_revision_are_a_conflict);

    return t_main("spill", tc, NULL);
}
