/* scenario: one bpmn-scenario/1 file from its deployment to its last step. */
#include "cli/scenario.h"

#include <string.h>

#include "cli/cli.h"
#include "cli/handlers.h"
#include "cli/play.h"
#include "engine/base/json.h"

#define FORMAT   "bpmn-scenario/1"
#define START_AT INT64_C(1767225600000) /* 2026-01-01T00:00:00Z */

static int
deploy(struct wr_play *p, const struct wr_value *doc, struct wr_err *err)
{
    const struct wr_value *files = wr_value_get(doc, "deploy");
    struct wr_entry e = { "deploy", files };

    if (!files) /* a step may deploy */
        return 0;

    return wr_play_step(p, wr_value_context(p->arena, &e, 1), err);
}

static int
steps(struct wr_play *p, const struct wr_value *doc, struct wr_err *err)
{
    const struct wr_value *list = wr_value_get(doc, "steps");

    if (!list || list->type != WR_V_LIST)
        return wr_fail(err, WR_EINVALID, "there are no steps");
    for (size_t i = 0; i < list->list.n; i++) {
        wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(16384);
        struct wr_play now = { p->stage, a, p->dir };

        if (wr_play_step(&now, list->list.items[i], err) < 0)
            return wr_wrap(err, "step %zu", i + 1);
    }

    return 0;
}

static int
play(const struct wr_value *doc, const char *dir,
     const struct wr_play_options *o, struct wr_arena *a, struct wr_err *err)
{
    wr_auto(wr_stage_close) struct wr_stage *stage = NULL;
    struct wr_handlers handlers = { wr_value_get(doc, "handlers") };
    struct wr_play p = { .arena = a, .dir = dir };

    if (wr_stage_open(&(struct wr_stage_options){ .store_url = o->store_url,
                                                  .reload = o->reload,
                                                  .step_budget = o->step_budget,
                                                  .shuffle = o->shuffle,
                                                  .spill_from = o->spill_from,
                                                  .compat = true,
                                                  .audit = true,
                                                  .now = START_AT,
                                                  .handler = wr_handlers_run,
                                                  .handled = wr_handlers_has,
                                                  .handler_data = &handlers },
                      &stage, err)
        < 0)
        return err->code;
    p.stage = stage;
    if (deploy(&p, doc, err) < 0)
        return err->code;

    if (steps(&p, doc, err) < 0)
        return err->code;

    return wr_stage_audit(stage, err);
}

static int
read_scenario(const char *path, struct wr_arena *a, const struct wr_value **out,
              struct wr_err *err)
{
    struct wr_str bytes;
    const char *format;

    if (wr_cli_read(a, path, &bytes, err) < 0)
        return err->code;
    if (wr_json_parse(a, wr_str_text(&bytes), bytes.len, out, err) < 0)
        return wr_wrap(err, "%s", path);
    format = wr_play_text(*out, "format");
    if (!format || strcmp(format, FORMAT) != 0)
        return wr_fail(err, WR_EINVALID, "'%s' is not " FORMAT, path);

    return 0;
}

static const char *
dir_of(struct wr_arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? wr_arena_strndup(a, path, (size_t)(slash - path)) : NULL;
}

void
wr_scenario_run(const char *path, const struct wr_play_options *o,
                struct wr_tally *tally)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(65536);
    const struct wr_value *doc = NULL;
    const char *id = path, *status;
    struct wr_err err = { 0 };
    int r;

    if (read_scenario(path, a, &doc, &err) < 0) {
        wr_tally_not_ok(tally, path, "%s", err.text);
        return;
    }
    if (wr_play_text(doc, "id"))
        id = wr_play_text(doc, "id");
    status = wr_play_text(doc, "status");
    r = play(doc, dir_of(a, path), o, a, &err);
    if (r == WR_EUNSUPPORTED)
        wr_tally_skip(tally, id, "unsupported %s", err.text);
    else if (status && strcmp(status, "ok") != 0
             && strcmp(status, "vendor-extension") != 0)
        wr_tally_skip(tally, id, "%s, %s", status, r < 0 ? "failed" : "passed");
    else if (r < 0)
        wr_tally_not_ok(tally, id, "%s", err.text);
    else
        wr_tally_ok(tally, id);
}
