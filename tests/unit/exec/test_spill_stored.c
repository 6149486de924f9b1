/* Rows beside the state as they are stored: engine/exec/spill.h. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/t.h"
#include "tests/unit/exec/spilled.h"

static void
add_hex(struct wr_str *out, const void *bytes, size_t n)
{
    for (size_t k = 0; k < n; k++)
        wr_str_printf(out, "%02x", ((const unsigned char *)bytes)[k]);
}

static struct wr_blob
bytes_of(struct wr_arena *a, const char *hex, size_t len)
{
    struct wr_str s = { .arena = a };
    unsigned byte;

    for (size_t k = 0; k < len; k += 2) {
        ck_assert_int_eq(sscanf(hex + k, "%2x", &byte), 1);
        wr_str_addc(&s, (char)byte);
    }

    return (struct wr_blob){ s.s, s.len };
}

/* The state, then each row with its id, a line each. */
static const char *
written(struct world *w)
{
    struct wr_str s = { .arena = w->arena };

    add_hex(&s, w->row.blob.p, w->row.blob.len);
    wr_str_addc(&s, '\n');
    for (int k = 0; k < w->n_spills; k++) {
        add_hex(&s, w->spills[k].id.b, sizeof(w->spills[k].id.b));
        wr_str_addc(&s, ' ');
        add_hex(&s, w->spills[k].blob.p, w->spills[k].blob.len);
        wr_str_addc(&s, '\n');
    }

    return s.s;
}

/* What is in a file of tests/golden; rows of it into `w`. */
static const char *
stored(struct world *w, const char *name)
{
    const char *top = getenv("srcdir"), *p, *end;
    struct wr_str s = { .arena = w->arena };
    char path[4096];
    int c;
    FILE *f;

    snprintf(path, sizeof(path), "%s/tests/golden/%s", top ? top : ".", name);
    f = fopen(path, "r");
    ck_assert_msg(f != NULL, "%s cannot be opened", path);
    while ((c = fgetc(f)) != EOF)
        wr_str_addc(&s, (char)c);
    fclose(f);
    w->n_spills = 0;
    p = strchr(s.s, '\n');
    w->row.blob = bytes_of(w->arena, s.s, (size_t)(p - s.s));
    for (p++; *p; p = end + 1) {
        struct wr_spill_row *r = &w->spills[w->n_spills++];

        end = strchr(p, '\n');
        *r = (struct wr_spill_row){ .instance = w->row.id, .rev = w->row.rev };
        memcpy(r->id.b, bytes_of(w->arena, p, 32).p, 16);
        r->blob = bytes_of(w->arena, p + 33, (size_t)(end - p - 33));
    }

    return s.s;
}

/* A list in a row, a log; four that wait, one with a timer besides, or one that
 * does and the rest of the list in pieces. */
static struct world *
golden(bool sequential)
{
    wr_auto(wr_arena_free) struct wr_arena *arena = wr_arena_new(4096);
    struct world *w = world_new(wr_arena_printf(
        arena,
        "<startEvent id='s'/><subProcess id='c'>"
        "<multiInstanceLoopCharacteristics%s><extensionElements>"
        "<zeebe:loopCharacteristics inputCollection='=list' inputElement='e'"
        " outputCollection='all' outputElement='=text'/></extensionElements>"
        "</multiInstanceLoopCharacteristics><startEvent id='i'/>"
        "<userTask id='u'/><endEvent id='o'/> {i>u; u>o}<boundaryEvent id='b'"
        " attachedToRef='u' cancelActivity='false'><timerEventDefinition>"
        "<timeDuration>P1D</timeDuration></timerEventDefinition>"
        "</boundaryEvent><endEvent id='z'/> {b>z}</subProcess>"
        "<endEvent id='e'/> {s>c; c>e}",
        sequential ? " isSequential='true'" : ""));
    struct wr_str s = { .arena = w->arena };
    struct wr_uuid id;

    w->spill_from = 1;
    world_start(w, "{\"list\": [\"a\", \"b\", \"c\", \"d\", \"e\"]}");
    wr_str_add(&s, "{\"text\": \"");
    for (int k = 0; k < 520; k++)
        wr_str_addc(&s, 'x');
    wr_str_add(&s, "\"}");
    id = w->tasks[sequential ? 0 : 1].id;
    ck_assert_int_eq(
        world_send(w, (struct wr_event){ .type = WR_EV_TASK_COMPLETE,
                                         .target = id,
                                         .variables = world_json(w, s.s) }),
        0);

    return w;
}

static void
expect_golden(struct world *w, const char *tokens)
{
    w->instance = world_whole(w);
    ck_assert_str_eq(world_tokens(w), tokens);
    ck_assert_str_eq(world_var(w, "list"), "[\"a\",\"b\",\"c\",\"d\",\"e\"]");
}

#define BODY   "c:active:children"
#define INSIDE BODY " u:waiting:task"

static void
keep_golden(const char *variable, const char *now)
{
    const char *path = getenv(variable);
    FILE *f = path ? fopen(path, "w") : NULL;

    if (!f)
        return;
    fputs(now, f);
    fclose(f);
}

START_TEST(stored_rows_are_read_for_ever)
{
    struct world *w = golden(/* sequential= */ true);
    const char *now = written(w);

    keep_golden("WEIR_GOLDEN_SPILLED", now);
    ck_assert_str_eq(now, stored(w, "spilled-large.txt"));
    expect_golden(w, BODY " " INSIDE);
    /* From before the state said how large its variables are. */
    (void)stored(w, "spilled-pieces.txt");
    expect_golden(w, BODY " " INSIDE);
    world_free(w);
    /* From before collections had pieces. */
    w = golden(/* sequential= */ false);
    (void)stored(w, "spilled.txt");
    expect_golden(w, BODY " " INSIDE " " INSIDE " " INSIDE " " INSIDE);
    world_free(w);
}
END_TEST

/* Three of five have completed and can be compensated. */
static struct world *
golden_undo(void)
{
    struct world *w = world_new(spilled_undone);

    w->spill_from = 1;
    world_start(w, "{\"list\": [\"a\", \"b\", \"c\", \"d\", \"e\"]}");
    for (int k = 0; k < 3; k++)
        spilled_complete(w, 0);

    return w;
}

START_TEST(stored_logs_are_read_for_ever)
{
    struct world *w = golden_undo();
    const char *now = written(w);

    keep_golden("WEIR_GOLDEN_LOGS", now);
    ck_assert_str_eq(now, stored(w, "spilled-large-logs.txt"));
    w->instance = world_whole(w);
    ck_assert_int_eq(wr_instance_compensable(w->instance), 3);
    (void)stored(w, "spilled-logs.txt");
    w->instance = world_whole(w);
    ck_assert_int_eq(wr_instance_compensable(w->instance), 3);
    world_free(w);
}
END_TEST

/* Cut short or flipped anywhere: an error or another state, never a crash. */
static void
damage(struct world *w)
{
    for (int k = 0; k < w->n_spills; k++) {
        struct wr_blob blob = w->spills[k].blob;
        unsigned char *bytes = wr_arena_memdup(w->arena, blob.p, blob.len);
        struct wr_instance *i;

        for (size_t n = 0; n < blob.len; n++) {
            for (int flip = 0; flip < 2; flip++) {
                if (wr_instance_decode(w->arena, w->model, &w->row, &i, &w->err)
                    < 0)
                    ck_abort_msg("%s", w->err.text);
                w->spills[k].blob = (struct wr_blob){ bytes,
                                                      flip ? blob.len : n };
                bytes[n] ^= flip ? 0x55 : 0;
                (void)!wr_instance_load(i, w->model, w->spills,
                                        (size_t)w->n_spills, &w->err);
                bytes[n] ^= flip ? 0x55 : 0;
            }
        }
        w->spills[k].blob = blob;
    }
    world_free(w);
}

START_TEST(damage_is_survived)
{
    damage(golden(/* sequential= */ false));
    damage(golden(/* sequential= */ true));
    damage(golden_undo());
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("stored");

    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, stored_rows_are_read_for_ever);
    tcase_add_test(tc, stored_logs_are_read_for_ever);
    tcase_add_test(tc, damage_is_survived);

    return t_main("spill_stored", tc, NULL);
}
