/*
 * Stored instances and histories are read for ever: the files of tests/golden.
 * With WEIR_GOLDEN set to a folder the program writes the files anew from the
 * runs of golden_runs.c, to compare or to add lines from.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/json.h"
#include "tests/lib/t.h"
#include "tests/unit/exec/golden.h"

/* ---- what a line says ---- */

static void
add_hex(struct wr_str *out, const struct wr_blob *blob)
{
    const unsigned char *p = blob->p;

    for (size_t k = 0; k < blob->len; k++)
        wr_str_printf(out, "%02x", p[k]);
}

static const char *
state_text(struct world *w)
{
    struct wr_str out = { .arena = w->arena };
    const struct wr_scope_info *scopes;
    int n = wr_instance_scopes(w->instance, w->arena, &scopes);

    wr_str_printf(&out, "%s", world_tokens(w));
    for (int k = 0; k < n; k++) {
        wr_str_printf(&out, " %lld:", (long long)scopes[k].key);
        wr_json_write(&out, scopes[k].variables, WR_JSON_TYPED);
    }

    return out.s;
}

/* One line: events are apart by " / ". */
static const char *
history_text(struct wr_arena *a, const char *trace)
{
    struct wr_str out = { .arena = a };

    for (const char *p = trace; *p; p++) {
        if (*p != '\n')
            wr_str_addc(&out, *p);
        else if (p[1])
            wr_str_add(&out, " / ");
    }

    return out.s;
}

/* ---- writing ---- */

static FILE *
open_golden(const char *folder, const char *name, const char *mode)
{
    char path[4096];
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    f = fopen(path, mode);
    ck_assert_msg(f != NULL, "%s cannot be opened", path);

    return f;
}

struct files {
    FILE *states, *histories;
};

static void
write_line(struct world *w, void *data)
{
    struct files *f = data;
    struct wr_str hex = { .arena = w->arena };

    add_hex(&hex, &w->row.blob);
    fprintf(f->states, "= %s %s\n", hex.s, state_text(w));
    hex = (struct wr_str){ .arena = w->arena };
    add_hex(&hex, &w->effects->history.events);
    fprintf(f->histories, "= %s %s\n", hex.s, history_text(w->arena, w->trace));
}

static const char *const head =
    "# Stored bytes, one blob a line, of a process in golden_runs.c: what a"
    " build must\n# do with it, the bytes, what they say.  \"=\" this build"
    " writes exactly these\n# bytes and reads them; \"<\" it reads them."
    "  Lines are only ever added.\n";

static void
write_run(const struct golden *g, const char *folder)
{
    struct world *w = world_new(g->process);
    struct files f = { open_golden(folder, g->states, "w"),
                       open_golden(folder, g->histories, "w") };

    fputs(head, f.states);
    fputs(head, f.histories);
    g->run(w, write_line, &f);
    fclose(f.states);
    fclose(f.histories);
    world_free(w);
}

/* ---- reading ---- */

static struct wr_blob
bytes_of(struct wr_arena *a, const char *hex)
{
    struct wr_str s = { .arena = a };
    unsigned byte;

    for (; *hex; hex += 2) {
        ck_assert_int_eq(sscanf(hex, "%2x", &byte), 1);
        wr_str_addc(&s, (char)byte);
    }

    return (struct wr_blob){ s.s, s.len };
}

typedef void check_fn(struct world *w, char mode, const char *hex,
                      const char *text);

static int
check_file(const char *process, const char *name, check_fn *check)
{
    const char *top = getenv("srcdir");
    static char folder[4096], line[65536];
    FILE *f;
    int n = 0;

    snprintf(folder, sizeof(folder), "%s/tests/golden", top ? top : ".");
    f = open_golden(folder, name, "r");
    while (fgets(line, sizeof(line), f)) {
        struct world *w;
        char *hex = line + 2, *text = strchr(hex, ' ');

        if (*line == '#')
            continue;
        ck_assert(*line == '=' || *line == '<');
        ck_assert_ptr_nonnull(text);
        *text++ = '\0';
        text[strcspn(text, "\n")] = '\0';
        w = world_new(process);
        check(w, *line, hex, text);
        world_free(w);
        n++;
    }
    fclose(f);

    return n;
}

static void
check_state(struct world *w, char mode, const char *hex, const char *text)
{
    struct wr_instance_row row = { .rev = 1, .started_at = w->now };
    struct wr_str again = { .arena = w->arena };

    row.blob = bytes_of(w->arena, hex);
    /* The state is not in the blob; elements on hold look the same. */
    row.state = strstr(text, ":suspended") && !strstr(text, ":waiting:")
                    ? WR_SUSPENDED
                    : WR_ACTIVE;
    if (wr_instance_decode(w->arena, w->model, &row, &w->instance, &w->err) < 0)
        ck_abort_msg("%s: %s", text, w->err.text);
    ck_assert_str_eq(state_text(w), text);
    wr_instance_encode(w->instance, w->model, &again);
    if (mode == '=') {
        ck_assert_int_eq((int64_t)again.len, (int64_t)row.blob.len);
        ck_assert(memcmp(again.s, row.blob.p, again.len) == 0);
    }
}

static void
check_history(struct world *w, char mode, const char *hex, const char *text)
{
    struct wr_effects fx = { .history.events = bytes_of(w->arena, hex) };
    const struct wr_history_event *events;
    struct wr_str again = { .arena = w->arena };
    size_t n;

    ck_assert_str_eq(
        history_text(w->arena, wr_step_trace(w->arena, w->model, &fx)), text);
    ck_assert_int_eq(
        wr_history_decode(w->arena, fx.history.events, &events, &n, &w->err),
        0);
    wr_history_encode(&again, events, n);
    if (mode == '=') {
        ck_assert_int_eq((int64_t)again.len, (int64_t)fx.history.events.len);
        ck_assert(memcmp(again.s, fx.history.events.p, again.len) == 0);
    }
}

START_TEST(stored_instances_are_read_for_ever)
{
    const struct golden *g = &golden_runs[_i];

    if (getenv("WEIR_GOLDEN"))
        write_run(g, getenv("WEIR_GOLDEN"));
    ck_assert_int_ge(check_file(g->process, g->states, check_state), g->n);
}
END_TEST

/* A call activity that waits, two calls deep; of a process of its own. */
static const char called[] =
    "0101010408010402220920010102020102081801010e0210000102030405060708090a0b0c0d0e0f460178";

START_TEST(stored_calls_are_read_for_ever)
{
    struct world *w = world_new("<callActivity id='c' calledElement='x'/>");
    struct wr_instance_row row = { .rev = 1,
                                   .started_at = w->now,
                                   .blob = bytes_of(w->arena, called) };
    const struct wr_token_info *tokens;
    struct wr_str again = { .arena = w->arena };
    char id[WR_UUID_TEXT];

    if (wr_instance_decode(w->arena, w->model, &row, &w->instance, &w->err) < 0)
        ck_abort_msg("%s", w->err.text);
    ck_assert_int_eq(
        wr_instance_tokens(w->instance, w->model, w->arena, &tokens), 1);
    ck_assert_str_eq(tokens[0].waiting_for, "child");
    ck_assert_str_eq(tokens[0].detail, "x");
    wr_uuid_text(&tokens[0].id, id);
    ck_assert_str_eq(id, "00010203-0405-0607-0809-0a0b0c0d0e0f");
    wr_instance_encode(w->instance, w->model, &again);
    ck_assert_uint_eq(again.len, row.blob.len);
    ck_assert(memcmp(again.s, row.blob.p, again.len) == 0);
    world_free(w);
}
END_TEST

START_TEST(stored_histories_are_read_for_ever)
{
    const struct golden *g = &golden_runs[_i];

    ck_assert_int_ge(check_file(g->process, g->histories, check_history), g->n);
}
END_TEST

/* ---- damage ---- */

/* Cut short or flipped anywhere: an error or another state, never a crash. */
static void
damage_state(struct world *w, char mode, const char *hex, const char *text)
{
    struct wr_blob blob = bytes_of(w->arena, hex);
    unsigned char *bytes = wr_arena_memdup(w->arena, blob.p, blob.len);
    struct wr_instance_row row = { .started_at = w->now };
    struct wr_instance *i;

    (void)mode, (void)text;
    for (size_t n = 0; n < blob.len; n++) {
        row.blob = (struct wr_blob){ bytes, n };
        (void)!wr_instance_decode(w->arena, w->model, &row, &i, &w->err);
        bytes[n] ^= 0x55;
        row.blob.len = blob.len;
        (void)!wr_instance_decode(w->arena, w->model, &row, &i, &w->err);
        bytes[n] ^= 0x55;
    }
    bytes[0] = 2;
    ck_assert_int_eq(wr_instance_decode(w->arena, w->model, &row, &i, &w->err),
                     WR_ENEWER);
}

static void
damage_history(struct world *w, char mode, const char *hex, const char *text)
{
    struct wr_blob blob = bytes_of(w->arena, hex);
    unsigned char *bytes = wr_arena_memdup(w->arena, blob.p, blob.len);
    const struct wr_history_event *events;
    size_t n_events;

    (void)mode, (void)text;
    for (size_t n = 0; n < blob.len; n++) {
        (void)!wr_history_decode(w->arena, (struct wr_blob){ bytes, n },
                                 &events, &n_events, &w->err);
        bytes[n] ^= 0x55;
        (void)!wr_history_decode(w->arena, (struct wr_blob){ bytes, blob.len },
                                 &events, &n_events, &w->err);
        bytes[n] ^= 0x55;
    }
    bytes[0] = 2;
    ck_assert_int_eq(wr_history_decode(w->arena,
                                       (struct wr_blob){ bytes, blob.len },
                                       &events, &n_events, &w->err),
                     WR_ENEWER);
}

START_TEST(damage_is_survived)
{
    const struct golden *g = &golden_runs[_i];

    (void)check_file(g->process, g->states, damage_state);
    (void)check_file(g->process, g->histories, damage_history);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("golden");

    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, stored_instances_are_read_for_ever, 0, GOLDEN_RUNS);
    tcase_add_test(tc, stored_calls_are_read_for_ever);
    tcase_add_loop_test(tc, stored_histories_are_read_for_ever, 0, GOLDEN_RUNS);
    tcase_add_loop_test(tc, damage_is_survived, 0, GOLDEN_RUNS);

    return t_main("golden", tc, NULL);
}
