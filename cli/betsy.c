/* betsy: cases of its manifest, the words its scripts are made of. */
#include "cli/betsy.h"

#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/play.h"
#include "engine/base/json.h"

enum {
    BUSY_MS = 10000, /* how long a "ten seconds" script takes */
    MAX_TRACE = 4096
};

struct trial { /* one case while it runs */
    struct wr_arena *arena;
    struct wr_stage *stage;
    const char *trace[MAX_TRACE];
    size_t n;
    bool marked;
    int64_t began[2];        /* CREATE_TIMESTAMP_LOG_1 and 2; 0: not yet */
    struct wr_map performed; /* ad-hoc sub-processes, by instance's token */
};

/* ---- scripts ---- */

static void
add(struct trial *t, const char *entry)
{
    if (t->n < MAX_TRACE)
        t->trace[t->n++] = entry;
}

/* The script's word without the blanks around it. */
static const char *
word_of(struct wr_arena *a, const char *script)
{
    size_t n;

    script += strspn(script, " \t\r\n");
    n = strcspn(script, " \t\r\n");

    return wr_arena_strndup(a, script, n);
}

static void
increment(struct wr_step *s)
{
    const struct wr_value *v = wr_step_variable(s, "integerVariable");
    struct wr_decimal n = wr_decimal_from_int(1);

    if (v && v->type == WR_V_NUMBER)
        n = wr_decimal_add(v->number, n);
    wr_step_set_variable(s, "integerVariable", wr_value_number(s->arena, n));
}

static void
log_data(struct trial *t, struct wr_step *s)
{
    const struct wr_value *v = wr_step_variable(s, "data");

    if (v && v->type == WR_V_STRING && strcmp(v->string.s, "String") == 0)
        add(t, "DATA_correct");
}

static void
begin(struct trial *t, int k, struct wr_handler_result *out)
{
    t->began[k] = t->stage->clock.now;
    out->wait = true;
}

/* What a script's word does; false when it is none of betsy's. */
static bool
run_word(struct trial *t, struct wr_step *s, const char *word,
         struct wr_handler_result *out)
{
    if (strcmp(word, "CREATE_LOG_FILE") == 0)
        ; /* the trace is there */
    else if (strncmp(word, "SCRIPT_", 7) == 0)
        add(t, wr_arena_strdup(t->arena, word));
    else if (strcmp(word, "CREATE_MARKER_FILE") == 0)
        t->marked = true;
    else if (strcmp(word, "INCREMENT_INTEGER_VARIABLE") == 0)
        increment(s);
    else if (strcmp(word, "INCREMENT_INTEGER_VARIABLE_AND_LOG") == 0)
        increment(s), add(t, "INCREMENT_correct");
    else if (strcmp(word, "SET_STRING_DATA") == 0)
        wr_step_set_variable(s, "data", wr_value_string(s->arena, "String"));
    else if (strcmp(word, "LOG_DATA") == 0)
        log_data(t, s);
    else if (strcmp(word, "THROW_ERROR") == 0)
        out->error_code = "ERR_CODE";
    else if (strcmp(word, "CREATE_TIMESTAMP_LOG_1") == 0)
        begin(t, 0, out);
    else if (strcmp(word, "CREATE_TIMESTAMP_LOG_2") == 0)
        begin(t, 1, out);
    else if (strcmp(word, "WAIT_TEN_SECONDS") == 0)
        out->wait = true;
    else
        return false;

    return true;
}

static bool
handler(void *data, struct wr_step *s, int node, struct wr_handler_result *out)
{
    const char *script = s->model->nodes[node].script_text;

    return script && run_word(data, s, word_of(s->arena, script), out);
}

static bool
handled(void *data, const char *element_id, const char *script)
{
    static const char *const words[] = {
        "CREATE_", "SCRIPT_",     "INCREMENT_",       "SET_STRING_DATA",
        "LOG_",    "THROW_ERROR", "WAIT_TEN_SECONDS",
    };

    (void)data;
    (void)element_id;
    if (!script)
        return false;
    script += strspn(script, " \t\r\n");
    for (size_t i = 0; i < WR_COUNT(words); i++)
        if (strncmp(script, words[i], strlen(words[i])) == 0)
            return true;

    return false;
}

/* ---- playing ---- */

static int
start(struct trial *t, const struct wr_value *instance, struct wr_err *err)
{
    const char *process = wr_play_text(instance, "process");

    if (!process)
        return wr_fail(err, WR_EINVALID, "an instance without process");

    return wr_stage_start(t->stage, process, process, NULL,
                          wr_value_get(instance, "variables"), err);
}

/* Scripts that take ten seconds end; *any false: there was none. */
static int
end_busy(struct trial *t, bool *any, struct wr_err *err)
{
    struct wr_rows rows;

    if (wr_stage_rows(t->stage, WR_JOBS, NULL, t->arena, &rows, err) < 0)
        return err->code;
    *any = rows.n > 0;
    if (rows.n > 0
        && wr_stage_advance(t->stage, t->stage->clock.now + BUSY_MS, false, err)
               < 0)
        return err->code;
    for (size_t i = 0; i < rows.n; i++) {
        struct wr_command c = { .event = { .type = WR_EV_JOB_COMPLETE,
                                           .target = rows.jobs[i].id },
                                .instance = rows.jobs[i].instance };
        int r = wr_stage_call(t->stage, c, err);

        if (r < 0 && r != WR_ENOTFOUND && r != WR_ESTATE)
            return r;
    }

    return 0;
}

/* Somebody has to choose what is done in an ad-hoc sub-process: everything that
 * can begin, once, and when nothing runs any more it is complete. */
static int
perform(struct trial *t, const struct wr_view *v,
        const struct wr_token_info *at, struct wr_err *err)
{
    const struct wr_model *m = v->definition->model;
    const struct wr_scope *s = &m->scopes[m->nodes[at->node].inner];
    const struct wr_value **ids = wr_newn(t->arena, const struct wr_value *,
                                          (size_t)s->n_starts + 1);
    struct wr_command c = { .event = { .type = WR_EV_ACTIVATE,
                                       .text = m->nodes[at->node].id },
                            .instance = v->row->id };
    char *key = wr_arena_printf(t->arena, "%lld", (long long)at->key);

    for (int k = 0; k < s->n_starts; k++)
        ids[k] = wr_value_string(t->arena, m->nodes[s->starts[k]].id);
    if (!wr_map_get(&t->performed, key) && s->n_starts)
        c.event.elements = wr_value_list(t->arena, ids, (size_t)s->n_starts);
    else
        c.event.close = true;
    wr_map_put(&t->performed, key, t);

    return wr_stage_call(t->stage, c, err);
}

/* Do that where one waits for it; *any false: none does. */
static int
perform_any(struct trial *t, bool *any, struct wr_err *err)
{
    const struct wr_token_info *tokens;
    struct wr_view v;

    *any = false;
    for (struct wr_stage_name *n = t->stage->names; n; n = n->next) {
        int many, r = 0;

        if (wr_stage_view(t->stage, &n->instance, t->arena, &v, err) < 0)
            return err->code;
        many = wr_instance_tokens(v.instance, v.definition->model, t->arena,
                                  &tokens);
        for (int k = 0; k < many && r == 0 && !*any; k++) {
            if (tokens[k].waiting_for
                && strcmp(tokens[k].waiting_for, "activation") == 0) {
                *any = true;
                r = perform(t, &v, &tokens[k], err);
            }
        }
        if (r < 0)
            return r;
    }

    return 0;
}

static int
play(struct trial *t, const struct wr_value *entry, struct wr_err *err)
{
    const struct wr_value *instances = wr_value_get(entry, "instances");
    const struct wr_value *wait = wr_value_get(entry, "waitMs");
    bool busy = true, any = true;
    int64_t ms = 0;

    for (size_t i = 0; i < instances->list.n; i++)
        if (start(t, instances->list.items[i], err) < 0)
            return err->code;
    while (busy || any)
        if (end_busy(t, &busy, err) < 0 || perform_any(t, &any, err) < 0)
            return err->code;
    if (wait && wait->type == WR_V_NUMBER)
        (void)wr_decimal_to_int(wait->number, &ms);

    return wr_stage_advance(t->stage, t->stage->clock.now + ms, false, err);
}

/* ---- judging ---- */

static const struct wr_value *
wanted(const struct wr_value *entry)
{
    return wr_value_get(wr_value_get(entry, "expect"), "traceMultiset");
}

/* The marker is a file beside the trace: only a case that names it looks. */
static bool
asks_for(const struct wr_value *want, const char *word)
{
    for (size_t i = 0; i < want->list.n; i++)
        if (strcmp(want->list.items[i]->string.s, word) == 0)
            return true;

    return false;
}

static int
add_ends(struct trial *t, const struct wr_value *want, struct wr_err *err)
{
    struct wr_view view;

    if (t->stage->raised)
        add(t, "ERROR_runtime");
    if (t->marked && asks_for(want, "MARKER_exists"))
        add(t, "MARKER_exists");
    if (t->began[0] && t->began[1]
        && llabs(t->began[0] - t->began[1]) < BUSY_MS)
        add(t, "EXECUTION_parallel");
    for (const struct wr_stage_name *n = t->stage->names; n; n = n->next) {
        if (wr_stage_view(t->stage, &n->instance, t->arena, &view, err) < 0)
            return err->code;
        if (view.row->state == WR_FAILED)
            add(t, "ERROR_thrownErrorEvent");
    }

    return 0;
}

static int
by_text(const void *x, const void *y)
{
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static const char *
joined(struct wr_arena *a, const char *const *s, size_t n)
{
    struct wr_str out = { .arena = a };

    for (size_t i = 0; i < n; i++)
        wr_str_printf(&out, "%s%s", i ? " " : "", s[i]);

    return n ? out.s : "nothing";
}

static int
judge(struct trial *t, const struct wr_value *entry, struct wr_err *err)
{
    const struct wr_value *list = wanted(entry);
    size_t n = list->list.n;
    const char **want = wr_newn(t->arena, const char *, n + 1);
    bool same = t->n == n;

    for (size_t i = 0; i < n; i++)
        want[i] = list->list.items[i]->string.s;
    /* "ERROR" accepts either way of refusing. */
    if (n == 1 && t->n == 1 && strcmp(want[0], "ERROR") == 0
        && (strcmp(t->trace[0], "ERROR_deployment") == 0
            || strcmp(t->trace[0], "ERROR_runtime") == 0))
        return 0;
    qsort(want, n, sizeof(*want), by_text);
    qsort(t->trace, t->n, sizeof(*t->trace), by_text);
    for (size_t i = 0; same && i < n; i++)
        same = strcmp(want[i], t->trace[i]) == 0;
    if (same)
        return 0;

    return wr_fail(err, WR_ESTATE, "have %s, want %s%s%s",
                   joined(t->arena, t->trace, t->n), joined(t->arena, want, n),
                   t->stage->raised_text ? "; " : "",
                   t->stage->raised_text ? t->stage->raised_text : "");
}

static int
run(struct trial *t, const char *top, const struct wr_value *entry,
    struct wr_err *err)
{
    const char *file = wr_play_text(entry, "bpmn");
    struct wr_deployed d;
    int r = wr_stage_deploy(t->stage, top, &file, 1, &d, err);

    if (r == WR_EPARSE) {
        if (wr_stage_unsupported(&d))
            return wr_fail(err, WR_EUNSUPPORTED, "%s",
                           wr_stage_unsupported(&d));
        add(t, "ERROR_deployment");
    } else if (r < 0 || play(t, entry, err) < 0
               || add_ends(t, wanted(entry), err) < 0) {
        return err->code;
    }
    if (judge(t, entry, err) < 0)
        return r == WR_EPARSE && d.findings.n
                   ? wr_wrap(err, "refused for %s", d.findings.items[0].code)
                   : err->code;

    return 0;
}

static void
run_entry(const char *top, const struct wr_value *entry,
          const struct wr_play_options *o, struct wr_tally *tally)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(65536);
    wr_auto(wr_stage_close) struct wr_stage *stage = NULL;
    struct trial *t = wr_new(a, struct trial);
    const char *id = wr_play_text(entry, "id");
    struct wr_stage_options options = { .store_url = o->store_url,
                                        .reload = o->reload,
                                        .step_budget = o->step_budget,
                                        .shuffle = o->shuffle,
                                        .spill_from = o->spill_from,
                                        .now = INT64_C(1767225600000),
                                        .audit = true,
                                        .bare_conditions_are_juel = true,
                                        .handler = handler,
                                        .handled = handled,
                                        .handler_data = t };
    struct wr_err err = { 0 };
    int r;

    t->arena = t->performed.arena = a;
    r = wr_stage_open(&options, &stage, &err);
    t->stage = stage;
    if (r == 0)
        r = run(t, top, entry, &err);
    if (r == 0)
        r = wr_stage_audit(stage, &err);
    if (r == WR_EUNSUPPORTED)
        wr_tally_skip(tally, id, "unsupported %s", err.text);
    else if (r < 0)
        wr_tally_not_ok(tally, id, "%s", err.text);
    else
        wr_tally_ok(tally, id);
}

/* ---- the manifest ---- */

static bool
is_executable(const struct wr_value *entry)
{
    const struct wr_value *expect = wr_value_get(entry, "expect");
    const struct wr_value *instances = wr_value_get(entry, "instances");
    const struct wr_value *trace = expect
                                       ? wr_value_get(expect, "traceMultiset")
                                       : NULL;

    return trace && trace->type == WR_V_LIST && instances
           && instances->type == WR_V_LIST && wr_play_text(entry, "id")
           && wr_play_text(entry, "bpmn")
           && !wr_play_true(expect, "deploymentRejected");
}

/* The folder above the manifest's own. */
static const char *
top_of(struct wr_arena *a, const char *manifest)
{
    const char *slash = strrchr(manifest, '/');

    if (!slash)
        return "..";

    return wr_arena_printf(a, "%.*s/..", (int)(slash - manifest), manifest);
}

int
wr_betsy_run(const char *manifest, const struct wr_play_options *o,
             struct wr_tally *tally, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 20);
    const struct wr_value *doc, *entries;
    struct wr_str bytes;

    if (wr_cli_read(a, manifest, &bytes, err) < 0)
        return err->code;
    if (wr_json_parse(a, wr_str_text(&bytes), bytes.len, &doc, err) < 0)
        return wr_wrap(err, "%s", manifest);
    entries = wr_value_get(doc, "entries");
    if (!entries || entries->type != WR_V_LIST)
        return wr_fail(err, WR_EINVALID, "'%s' has no entries", manifest);
    for (size_t i = 0; i < entries->list.n; i++)
        if (is_executable(entries->list.items[i]))
            run_entry(top_of(a, manifest), entries->list.items[i], o, tally);

    return 0;
}
