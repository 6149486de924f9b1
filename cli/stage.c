/* stage: a runtime, its clock, its instances by name. */
#include "cli/stage.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

enum {
    MOST_ELEMENTS = 2000000 /* of one operation: it would not end */
};

/* ---- what operations leave ---- */

/* Does an incident of this type count as "the operation was refused"? */
static bool
is_refusal(const char *type)
{
    return strcmp(type, "join-deadlock") != 0;
}

static void
note_incident(struct wr_stage *s, const struct wr_definition *d,
              const struct wr_incident_row *row)
{
    int node = wr_model_node_of(d->model, row->element);

    if (s->raised || !is_refusal(row->type))
        return;
    s->raised = wr_arena_strdup(s->arena, row->type);
    s->raised_element =
        node < 0 ? "" : wr_arena_strdup(s->arena, d->model->nodes[node].id);
    s->raised_text = wr_arena_strdup(s->arena,
                                     row->message ? row->message : "");
}

static void
committed(void *data, const struct wr_definition *d,
          const struct wr_effects *fx)
{
    struct wr_stage *s = data;

    if (s->audits)
        wr_stage_replay(s, d->model, fx);
    wr_str_add(&s->trace, wr_step_trace(s->arena, d->model, fx));
    for (int i = 0; i < fx->n_incidents; i++)
        if (fx->incidents[i].op == WR_OP_PUT && fx->incidents[i].is_new)
            note_incident(s, d, &fx->incidents[i].row);
}

void
wr_stage_mark(struct wr_stage *s)
{
    s->trace = (struct wr_str){ .arena = s->arena };
    s->raised = s->raised_element = s->raised_text = NULL;
    if (s->rt)
        wr_runtime_go_on(s->rt);
}

/* ---- open and close ---- */

/* Random, so that two runs on one store do not meet; 0 is everybody's. */
static int32_t
draw_tenant(void)
{
    struct wr_uuid dice = wr_uuid_new(0, 0);
    uint32_t n;

    memcpy(&n, dice.b + 12, sizeof(n));

    return (int32_t)(n % 0x3fffffff) + 1000;
}

int
wr_stage_open(const struct wr_stage_options *o, struct wr_stage **out,
              struct wr_err *err)
{
    struct wr_arena *a = wr_arena_new(16384);
    struct wr_stage *s = wr_new(a, struct wr_stage);
    struct wr_runtime_options options = {
        .clock = &s->clock,
        .auto_async = o->auto_async,
        .compat = o->compat,
        .handler = o->handler,
        .handler_data = o->handler_data,
        .bpmn = { .handled = o->handled,
                  .data = o->handler_data,
                  .bare_conditions_are_juel = o->bare_conditions_are_juel },
        .reload_always = o->reload,
        .step_budget = o->step_budget,
        .most_elements = MOST_ELEMENTS,
        .shuffle = o->shuffle,
        .spill_from = o->spill_from,
        .tenant = draw_tenant(),
        .committed = committed,
        .committed_data = s,
    };

    s->arena = a;
    s->clock = (struct wr_clock){ .is_virtual = !o->real_clock, .now = o->now };
    s->tenant = options.tenant;
    s->shuffled = o->shuffle != 0;
    s->audits = o->audit;
    /* By name: other handles look at it, too. */
    s->store_url = o->store_url && strcmp(o->store_url, "memory:") != 0
                       ? wr_arena_strdup(a, o->store_url)
                       : wr_arena_printf(a, "memory:stage-%d",
                                         (int)options.tenant);
    options.store_url = s->store_url;
    s->replays.arena = a;
    wr_stage_mark(s);
    if (wr_runtime_open(&options, &s->rt, err) < 0) {
        wr_arena_free(a);
        return err->code;
    }
    *out = s;

    return 0;
}

void
wr_stage_close(struct wr_stage *s)
{
    wr_runtime_close(s->rt);
    wr_arena_free(s->arena);
}

/* ---- deploying ---- */

static bool
is_given(const struct wr_file *f, int n, const char *name)
{
    for (int i = 0; i < n; i++)
        if (strcmp(f[i].name, name) == 0)
            return true;

    return false;
}

static int
read_file(struct wr_stage *s, const char *path, struct wr_file *out,
          struct wr_err *err)
{
    struct wr_str bytes;

    if (wr_cli_read(s->arena, path, &bytes, err) < 0)
        return err->code;
    *out = (struct wr_file){ .name = wr_cli_base_name(path),
                             .bytes = wr_str_text(&bytes),
                             .len = bytes.len };

    return 0;
}

/* Definitions of variables lie beside the file they belong to. */
static int
add_inputs(struct wr_stage *s, const char *path, struct wr_file *f, int *n,
           struct wr_err *err)
{
    const char *beside = wr_inputs_file(s->arena, path);

    if (wr_inputs_is_file(path) || is_given(f, *n, wr_cli_base_name(beside))
        || access(beside, F_OK) < 0)
        return 0;
    if (read_file(s, beside, &f[*n], err) < 0)
        return err->code;
    ++*n;

    return 0;
}

int
wr_stage_deploy(struct wr_stage *s, const char *dir, const char *const *files,
                int n, struct wr_deployed *out, struct wr_err *err)
{
    struct wr_file *f = wr_newn(s->arena, struct wr_file, 2 * (size_t)n + 1);
    const char **paths = wr_newn(s->arena, const char *, (size_t)n + 1);
    int n_files = n;

    *out = (struct wr_deployed){ 0 };
    for (int i = 0; i < n; i++) {
        paths[i] = files[i];
        if (dir && files[i][0] != '/')
            paths[i] = wr_arena_printf(s->arena, "%s/%s", dir, files[i]);
        if (read_file(s, paths[i], &f[i], err) < 0)
            return err->code;
    }
    for (int i = 0; i < n; i++)
        if (add_inputs(s, paths[i], f, &n_files, err) < 0)
            return err->code;

    return wr_runtime_deploy(s->rt, f, n_files,
                             &(struct wr_deploy_options){ .tenant = s->tenant },
                             s->arena, out, err);
}

const char *
wr_stage_unsupported(const struct wr_deployed *d)
{
    for (size_t i = 0; i < d->findings.n; i++) {
        const struct wr_finding *f = &d->findings.items[i];

        if (f->severity == WR_ERROR_FINDING
            && strncmp(f->code, "unsupported-", 12) == 0)
            return f->detail ? f->detail : f->code;
    }

    return NULL;
}

/* ---- commands ---- */

int
wr_stage_signal(struct wr_stage *s, const char *name,
                const struct wr_value *variables, struct wr_err *err)
{
    struct wr_signal signal = { .name = name,
                                .variables = variables,
                                .tenant = s->tenant };
    int n;

    return wr_runtime_signal(s->rt, &signal, s->arena, &n, err);
}

int
wr_stage_start_met(struct wr_stage *s, const char *alias,
                   const char *business_key, const struct wr_value *variables,
                   struct wr_err *err)
{
    struct wr_situation now = { .variables = variables,
                                .business_key = business_key,
                                .tenant = s->tenant };
    struct wr_uuid *started;
    size_t n;

    if (wr_runtime_start_met(s->rt, &now, s->arena, &started, &n, err) < 0)
        return err->code;
    for (size_t i = 0; i < n; i++)
        wr_stage_name_instance(s, alias ? alias : "p", &started[i]);

    return 0;
}

int
wr_stage_call(struct wr_stage *s, struct wr_command c, struct wr_err *err)
{
    struct wr_outcome out;

    c.tenant = s->tenant;
    c.if_rev = -1;

    return wr_runtime_call(s->rt, &c, s->arena, &out, err);
}

void
wr_stage_name_instance(struct wr_stage *s, const char *alias,
                       const struct wr_uuid *instance)
{
    struct wr_stage_name *n = wr_new(s->arena, struct wr_stage_name);

    n->next = s->names;
    n->name = wr_arena_strdup(s->arena, alias);
    n->instance = *instance;
    s->names = n;
}

int
wr_stage_start(struct wr_stage *s, const char *definition, const char *alias,
               const char *business_key, const struct wr_value *variables,
               struct wr_err *err)
{
    struct wr_command c = {
        .event = { .type = WR_EV_START,
                   .variables = variables,
                   .business_key = business_key },
        .tenant = s->tenant,
        .definition = definition,
        .if_rev = -1,
    };
    struct wr_outcome out;

    if (wr_runtime_call(s->rt, &c, s->arena, &out, err) < 0)
        return err->code;
    wr_stage_name_instance(s, alias, &out.instance.id);

    return 0;
}

/* What the call activity `element` of the instance waits for. */
static int
find_called(struct wr_stage *s, const char *element, struct wr_uuid *instance,
            struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    const struct wr_token_info *tokens;
    struct wr_view v;
    int n;

    if (wr_stage_view(s, instance, a, &v, err) < 0)
        return err->code;
    n = wr_instance_tokens(v.instance, v.definition->model, a, &tokens);
    for (int i = 0; i < n; i++) {
        if (strcmp(tokens[i].waiting_for, "child") != 0
            || strcmp(v.definition->model->nodes[tokens[i].node].id, element)
                   != 0)
            continue;
        *instance = tokens[i].id;
        return 0;
    }

    return wr_fail(err, WR_ENOTFOUND, "'%s' waits for no called process",
                   element);
}

int
wr_stage_instance(struct wr_stage *s, const char *alias, struct wr_uuid *out,
                  struct wr_err *err)
{
    const char *slash = strrchr(alias, '/');

    if (slash) {
        wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(256);
        const char *of = wr_arena_strndup(a, alias, (size_t)(slash - alias));

        if (wr_stage_instance(s, of, out, err) < 0)
            return err->code;
        return find_called(s, slash + 1, out, err);
    }
    for (const struct wr_stage_name *n = s->names; n; n = n->next) {
        if (strcmp(n->name, alias) == 0) {
            *out = n->instance;
            return 0;
        }
    }

    return wr_fail(err, WR_ENOTFOUND, "no instance was started as '%s'", alias);
}

/* ---- time ---- */

int
wr_stage_next_due(struct wr_stage *s, bool *any, int64_t *at,
                  struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    struct wr_rows rows;

    if (wr_stage_rows(s, WR_TIMERS, NULL, a, &rows, err) < 0)
        return err->code;
    *any = rows.n > 0;
    for (size_t i = 0; i < rows.n; i++)
        if (i == 0 || rows.timers[i].due_at < *at)
            *at = rows.timers[i].due_at;

    return 0;
}

/* What is owed to others and was left undone. */
static int
settle(struct wr_stage *s, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    struct wr_rows rows;

    if (wr_stage_rows(s, WR_OUTBOXES, NULL, a, &rows, err) < 0)
        return err->code;
    for (size_t i = 0; i < rows.n; i++) {
        const struct wr_outbox_row *o = &rows.outboxes[i];
        int r = 0;

        if (o->due_at <= s->clock.now)
            r = wr_runtime_settle(s->rt, &o->id, s->tenant, err);
        if (r < 0 && r != WR_ENOTFOUND)
            return r;
    }

    return 0;
}

int
wr_stage_fire(struct wr_stage *s, const struct wr_timer_row *t,
              struct wr_err *err)
{
    struct wr_command c = {
        .event = { .type = WR_EV_TIMER, .actor = "timer", .target = t->id },
        .instance = t->instance,
    };

    if (wr_uuid_is_zero(&t->instance))
        return wr_runtime_start_due(s->rt, &t->id, s->tenant, 0, err);

    return wr_stage_call(s, c, err);
}

/* One timer, the first that is due. */
static int
fire_first(struct wr_stage *s, int64_t now, bool *fired, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    const struct wr_timer_row *first = NULL;
    struct wr_rows rows;

    if (wr_stage_rows(s, WR_TIMERS, NULL, a, &rows, err) < 0)
        return err->code;
    for (size_t i = 0; i < rows.n; i++) {
        const struct wr_timer_row *t = &rows.timers[i];

        if (t->due_at > now)
            continue;
        if (!first || t->due_at < first->due_at
            || (t->due_at == first->due_at
                && wr_uuid_cmp(&t->id, &first->id) < 0))
            first = t;
    }
    *fired = first != NULL;
    if (!first)
        return 0;

    return wr_stage_fire(s, first, err);
}

static int
fire_due(struct wr_stage *s, bool async, struct wr_err *err)
{
    bool fired = true;
    int n;

    if (async)
        return wr_runtime_run_due(s->rt, INT32_MAX, &n, err);
    if (settle(s, err) < 0)
        return err->code;
    while (fired)
        if (fire_first(s, s->clock.now, &fired, err) < 0)
            return err->code;

    return 0;
}

int
wr_stage_advance(struct wr_stage *s, int64_t at, bool async, struct wr_err *err)
{
    int64_t due = 0;
    bool any;

    if (fire_due(s, async, err) < 0)
        return err->code;
    for (;;) {
        if (wr_stage_next_due(s, &any, &due, err) < 0)
            return err->code;
        if (!any || due > at)
            break;
        if (due > s->clock.now)
            s->clock.now = due;
        if (fire_due(s, async, err) < 0)
            return err->code;
    }
    s->clock.now = at;

    return async ? fire_due(s, async, err) : 0;
}

/* ---- looking ---- */

int
wr_stage_rows(struct wr_stage *s, enum wr_noun noun,
              const struct wr_uuid *instance, struct wr_arena *a,
              struct wr_rows *out, struct wr_err *err)
{
    struct wr_query q = { .noun = noun,
                          .tenant = s->tenant,
                          .instance = instance,
                          .state = -1,
                          .limit = 10000 };

    return wr_runtime_find(s->rt, &q, a, out, err);
}

static void
unref_definition(void *d)
{
    wr_definition_unref(d);
}

int
wr_stage_view(struct wr_stage *s, const struct wr_uuid *instance,
              struct wr_arena *a, struct wr_view *out, struct wr_err *err)
{
    if (wr_runtime_view(s->rt, instance, s->tenant, a, out, err) < 0)
        return err->code;
    wr_arena_defer(a, unref_definition, (void *)(uintptr_t)out->definition);

    return 0;
}

int
wr_stage_element(struct wr_stage *s, const struct wr_uuid *instance,
                 int32_t symbol, struct wr_arena *a, const struct wr_node **out,
                 struct wr_err *err)
{
    struct wr_view v;
    int node;

    if (wr_uuid_is_zero(instance)) /* a start event's row: of no instance */
        return wr_fail(err, WR_ENOTFOUND, "the row has no instance");
    if (wr_stage_view(s, instance, a, &v, err) < 0)
        return err->code;
    node = wr_model_node_of(v.definition->model, symbol);
    if (node < 0)
        return wr_fail(err, WR_ECORRUPT, "a row names no element");
    *out = &v.definition->model->nodes[node];

    return 0;
}

int
wr_stage_start_element(struct wr_stage *s, const struct wr_uuid *definition,
                       int32_t symbol, struct wr_arena *a,
                       const struct wr_node **out, struct wr_err *err)
{
    const struct wr_definition *d;
    char id[WR_UUID_TEXT];
    int node;

    wr_uuid_text(definition, id);
    if (wr_runtime_definition(s->rt, id, s->tenant, &d, err) < 0)
        return err->code;
    wr_arena_defer(a, unref_definition, (void *)(uintptr_t)d);
    node = wr_model_node_of(d->model, symbol);
    if (node < 0)
        return wr_fail(err, WR_ECORRUPT, "a row names no element");
    *out = &d->model->nodes[node];

    return 0;
}
