/* Large values of variables in rows of their own (exec/far.c, values.c). */

#include <string.h>

#include "engine/runtime/slot.h"
#include "tests/unit/runtime/rig.h"

enum {
    LARGE = 500 * 1024
};

/* The second task's script asks for the large one's length. */
static const char body[] =
    "<startEvent id='s'/><userTask id='t1'/>"
    "<scriptTask id='x'><extensionElements><zeebe:script "
    "expression='=string length(text)' resultVariable='length'/>"
    "</extensionElements></scriptTask><userTask id='t2'/><endEvent id='e'/>"
    "<sequenceFlow id='f1' sourceRef='s' targetRef='t1'/>"
    "<sequenceFlow id='f2' sourceRef='t1' targetRef='x'/>"
    "<sequenceFlow id='f3' sourceRef='x' targetRef='t2'/>"
    "<sequenceFlow id='f4' sourceRef='t2' targetRef='e'/>";

static const struct wr_value *
one(struct rig *r, const char *name, const struct wr_value *v)
{
    const struct wr_entry e = { name, v };

    return wr_value_context(r->arena, &e, 1);
}

static const struct wr_value *
large(struct rig *r, char c)
{
    char *s = wr_arena_alloc(r->arena, LARGE + 1);

    memset(s, c, LARGE);
    s[LARGE] = '\0';

    return wr_value_string(r->arena, s);
}

static struct wr_outcome
call(struct rig *r, struct wr_command c)
{
    struct wr_outcome out;

    c.tenant = r->tenant;
    c.if_rev = -1;
    must(r, wr_runtime_call(r->rt, &c, r->arena, &out, &r->err));

    return out;
}

static struct wr_uuid
start(struct rig *r)
{
    rig_deploy(r, body);

    return call(r,
                (struct wr_command){
                    .event = { .type = WR_EV_START,
                               .variables = one(r, "text", large(r, 'a')) },
                    .definition = "p" })
        .created;
}

static struct wr_outcome
set(struct rig *r, const struct wr_uuid *id, const char *name,
    const struct wr_value *v)
{
    return call(r,
                (struct wr_command){ .event = { .type = WR_EV_SET_VARIABLES,
                                                .variables = one(r, name, v) },
                                     .instance = *id });
}

static const struct wr_value *
variable(struct rig *r, const struct wr_uuid *id, const char *name)
{
    const struct wr_value *all;
    struct wr_view v;

    must(r, wr_runtime_view(r->rt, id, r->tenant, r->arena, &v, &r->err));
    all = wr_instance_variables(v.instance, 0, r->arena);
    wr_definition_unref(v.definition);

    return wr_value_get(all, name);
}

static const struct wr_store_ops *real_ops;
static struct wr_store_ops counting;
static int n_asked; /* how often a row was asked for */

static int
counting_find(struct wr_store *st, const struct wr_query *q, struct wr_arena *a,
              struct wr_rows *out, struct wr_err *err)
{
    n_asked += q->noun == WR_SPILLS;

    return real_ops->find(st, q, a, out, err);
}

/* Lookups that the step of completing a task needs. */
static int
asked_by(struct rig *r, const struct wr_uuid *instance, const char *task)
{
    struct wr_uuid id = rig_task(r, instance, task);
    struct wr_command c = rig_completion(r, &id);

    n_asked = 0;
    (void)call(r, c);

    return n_asked;
}

static void
count_lookups(struct rig *r)
{
    real_ops = r->rt->store->ops;
    counting = *real_ops;
    counting.find = counting_find;
    r->rt->store->ops = &counting;
    n_asked = 0;
}

/* Twenty steps: the row stays as it is, and nobody asks for it. */
START_TEST(a_large_value_is_written_once)
{
    struct wr_spill_row was, is;
    struct wr_uuid id;
    struct rig r;

    rig_open(&r, NULL, &(struct wr_runtime_options){ .reload_always = _i });
    id = start(&r);
    ck_assert_uint_eq(rig_rows(&r, WR_SPILLS, &id).n, 1);
    was = rig_rows(&r, WR_SPILLS, &id).spills[0];
    ck_assert_uint_ge(was.blob.len, LARGE);
    count_lookups(&r);
    for (int k = 0; k < 20; k++) {
        struct wr_outcome out = set(&r, &id, "n", wr_value_int(r.arena, k));

        ck_assert_int_eq(out.effects.n_spills, 0);
        ck_assert_uint_lt(out.effects.instance.blob.len, 300);
    }
    ck_assert_int_eq(n_asked, 0);
    is = rig_rows(&r, WR_SPILLS, &id).spills[0];
    ck_assert(wr_uuid_equal(&was.id, &is.id));
    ck_assert_int_eq(was.rev, is.rev);
    ck_assert_uint_eq(variable(&r, &id, "text")->string.len, LARGE);
    rig_close(&r);
}
END_TEST

/* The first look costs one lookup, in a process that did not write it; those
 * after it none. */
START_TEST(it_is_read_when_it_is_looked_at)
{
    struct rig r, second;
    struct wr_uuid id;
    int64_t length;

    rig_open(&r, NULL, NULL);
    id = start(&r);
    count_lookups(&r);
    ck_assert_int_eq(asked_by(&r, &id, "t1"), 0);
    ck_assert(wr_decimal_to_int(variable(&r, &id, "length")->number, &length));
    ck_assert_int_eq(length, LARGE);

    rig_open_second(&second, &r);
    id = call(&second,
              (struct wr_command){
                  .event = { .type = WR_EV_START,
                             .variables = one(&second, "text",
                                              large(&second, 'b')) },
                  .definition = "p" })
             .created;
    ck_assert_int_eq(asked_by(&r, &id, "t1"), 1);
    ck_assert_uint_eq(variable(&r, &id, "text")->string.len, LARGE);
    rig_close(&second);
    rig_close(&r);
}
END_TEST

/* Another value is another row, and the one before it goes; without reading it. */
START_TEST(a_new_value_takes_its_place)
{
    struct wr_spill_row was;
    struct wr_outcome out;
    struct wr_uuid id;
    struct rig r;

    rig_open(&r, NULL, &(struct wr_runtime_options){ .reload_always = true });
    id = start(&r);
    was = rig_rows(&r, WR_SPILLS, &id).spills[0];
    out = set(&r, &id, "text", large(&r, 'b'));
    ck_assert_int_eq(out.effects.n_spills, 2);
    ck_assert_uint_eq(rig_rows(&r, WR_SPILLS, &id).n, 1);
    ck_assert(
        !wr_uuid_equal(&was.id, &rig_rows(&r, WR_SPILLS, &id).spills[0].id));
    ck_assert_int_eq(variable(&r, &id, "text")->string.s[0], 'b');
    set(&r, &id, "text", wr_value_string(r.arena, "small"));
    ck_assert_uint_eq(rig_rows(&r, WR_SPILLS, &id).n, 0);
    ck_assert_str_eq(variable(&r, &id, "text")->string.s, "small");
    rig_close(&r);
}
END_TEST

START_TEST(it_is_there_after_the_end)
{
    struct wr_uuid id;
    struct rig r;

    rig_open(&r, NULL, NULL);
    id = start(&r);
    rig_complete(&r, &id, "t1");
    rig_complete(&r, &id, "t2");
    ck_assert_int_eq(rig_instance(&r, &id).state, WR_COMPLETED);
    ck_assert_uint_eq(variable(&r, &id, "text")->string.len, LARGE);
    rig_check_history(&r, &id);
    rig_close(&r);
}
END_TEST

/* More than is kept in memory: the oldest go, and come back when asked for. */
START_TEST(memory_of_them_is_bounded)
{
    enum {
        MANY = 80
    };
    struct wr_uuid ids[MANY];
    struct rig r;

    rig_open(&r, "memory:", NULL);
    ids[0] = start(&r);
    count_lookups(&r);
    for (int k = 1; k < MANY; k++)
        ids[k] =
            call(&r,
                 (struct wr_command){
                     .event = { .type = WR_EV_START,
                                .variables = one(&r, "text", large(&r, 'c')) },
                     .definition = "p" })
                .created;
    for (int k = 0; k < MANY; k++) {
        int64_t length;

        ck_assert_int_le(asked_by(&r, &ids[k], "t1"), 1);
        ck_assert(wr_decimal_to_int(variable(&r, &ids[k], "length")->number,
                                    &length));
        ck_assert_int_eq(length, LARGE);
    }
    rig_close(&r);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("values");

    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, a_large_value_is_written_once, 0, 2);
    tcase_add_test(tc, it_is_read_when_it_is_looked_at);
    tcase_add_test(tc, a_new_value_takes_its_place);
    tcase_add_test(tc, it_is_there_after_the_end);
    tcase_add_test(tc, memory_of_them_is_bounded);

    return t_main("values", tc, NULL);
}
