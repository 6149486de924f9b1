/* flow_versions: .flow scripts move instances to other versions and start ended
 * ones again. */
#include <string.h>

#include "cli/flow_line.h"

static const struct wr_value *
pair(struct wr_arena *a, const char *word)
{
    size_t len = strcspn(word, ":");
    struct wr_entry e[2] = {
        { "from", wr_value_string(a, wr_arena_strndup(a, word, len)) },
        { "to", wr_value_string(a, word + len + 1) },
    };

    return wr_value_context(a, e, 2);
}

/* [in ALIAS] to REF [A:B]... [flow F:G]... [update]; reads up to word `end`. */
static const struct wr_value *
plan(struct wr_script *f, const struct wr_flow_line *l, int end)
{
    const struct wr_value *nodes[WR_FLOW_WORDS], *flows[WR_FLOW_WORDS];
    struct wr_entry e[3];
    size_t n_nodes = 0, n_flows = 0;
    bool update = false;

    for (int i = 1; i < end; i++) {
        bool option = strcmp(l->words[i - 1], "to") == 0
                      || strcmp(l->words[i - 1], "in") == 0
                      || strcmp(l->words[i - 1], "of") == 0;

        update = update || strcmp(l->words[i], "update") == 0;
        if (option || !strchr(l->words[i], ':'))
            continue;
        if (strcmp(l->words[i - 1], "flow") == 0)
            flows[n_flows++] = pair(f->arena, l->words[i]);
        else
            nodes[n_nodes++] = pair(f->arena, l->words[i]);
    }
    e[0] = (struct wr_entry){ "mappings",
                              wr_value_list(f->arena, nodes, n_nodes) };
    e[1] = (struct wr_entry){ "flows",
                              wr_value_list(f->arena, flows, n_flows) };
    e[2] = (struct wr_entry){ "updateTriggers", wr_value_bool(update) };

    return wr_value_context(f->arena, e, 3);
}

static int
command(struct wr_script *f, const struct wr_flow_line *l, int end,
        struct wr_command *out, struct wr_err *err)
{
    *out = (struct wr_command){ .event = { .type = WR_EV_MIGRATE,
                                           .plan = plan(f, l, end) },
                                .definition = wr_flow_after(l, "to"),
                                .tenant = f->stage->tenant,
                                .if_rev = -1 };
    if (!out->definition)
        return wr_fail(err, WR_EINVALID, "%s wants to REF", l->words[0]);

    return wr_flow_instance(f, l, &out->instance, err);
}

/* migrate [in ALIAS] to REF [A:B]... [flow F:G]... [update] */
int
wr_flow_migrate(struct wr_script *f, const struct wr_flow_line *l,
                struct wr_err *err)
{
    struct wr_command c;

    if (command(f, l, l->n, &c, err) < 0)
        return err->code;

    return wr_stage_call(f->stage, c, err);
}

/* restart [of ALIAS] [as ALIAS] [at E] [initial] [before E]... [NAME=JSON]... */
int
wr_flow_restart(struct wr_script *f, const struct wr_flow_line *l,
                struct wr_err *err)
{
    const char *as = wr_flow_after(l, "as"), *of = wr_flow_after(l, "of");
    struct wr_restart how = { .start_at = wr_flow_after(l, "at"),
                              .if_rev = -1 };
    const struct wr_value *starts[WR_FLOW_WORDS];
    struct wr_outcome out;
    struct wr_command c;
    struct wr_uuid id;
    size_t n = 0;

    for (int i = 1; i < l->n; i++) {
        struct wr_entry e[2] = {
            { "type", wr_value_string(f->arena, "startBefore") },
            { "element", wr_value_string(f->arena, l->words[i]) },
        };

        how.initial = how.initial || strcmp(l->words[i], "initial") == 0;
        if (strcmp(l->words[i - 1], "before") == 0)
            starts[n++] = wr_value_context(f->arena, e, 2);
    }
    if (l->n_values)
        how.variables = wr_flow_values(f->arena, l);
    if (n)
        how.plan = wr_value_list(f->arena, starts, n);
    if (wr_flow_instance(f, l, &id, err) < 0
        || wr_runtime_restart(f->stage->rt, &id, f->stage->tenant, &how,
                              f->arena, &c, err)
               < 0
        || wr_runtime_call(f->stage->rt, &c, f->arena, &out, err) < 0)
        return err->code;
    if (!as && !of)
        as = f->stage->names->name;
    wr_stage_name_instance(f->stage, as ? as : of, &out.created);

    return 0;
}

/* ---- checks ---- */

/* version [of ALIAS] KEY:VERSION */
int
wr_flow_version(struct wr_script *f, const struct wr_flow_line *l,
                const struct wr_view *v, struct wr_err *err)
{
    const char *have = wr_arena_printf(f->arena, "%s:%d",
                                       v->definition->row.key,
                                       (int)v->definition->row.version);

    if (strcmp(have, l->words[l->n - 1]) != 0)
        return wr_fail(err, WR_ESTATE, "it runs on %s", have);

    return 0;
}

/* Take `text` out of the words from `from` on; false: it is not there. */
static bool
strike(const char **words, int n, int from, const char *text)
{
    for (int i = from; i < n; i++) {
        if (words[i] && strcmp(words[i], text) == 0) {
            words[i] = NULL;
            return true;
        }
    }

    return false;
}

/* problems [of ALIAS] to REF [A:B]... [flow F:G]... are CODE:ID... */
int
wr_flow_problems(struct wr_script *f, const struct wr_flow_line *l,
                 const struct wr_view *v, struct wr_err *err)
{
    const struct wr_problem *problems = NULL;
    struct wr_flow_line left = *l;
    struct wr_effects fx;
    struct wr_command c;
    struct wr_view after;
    int end = 1, n = 0;

    (void)v;
    while (end < l->n && strcmp(l->words[end], "are") != 0)
        end++;
    if (command(f, l, end, &c, err) < 0
        || wr_runtime_try_migrate(f->stage->rt, &c, f->arena, &after, &fx,
                                  &problems, &n, err)
               < 0)
        return err->code;
    if (n == 0)
        wr_definition_unref(after.definition);
    (void)strike(left.words, left.n, end, "are");
    (void)strike(left.words, left.n, end, "none");
    for (int k = 0; k < n; k++) {
        const char *text = wr_arena_printf(f->arena, "%s:%s", problems[k].code,
                                           problems[k].element);

        if (!strike(left.words, left.n, end, text))
            return wr_fail(err, WR_ESTATE, "it says: %s (%s)", text,
                           problems[k].detail);
    }
    for (int i = end; i < left.n; i++) {
        if (left.words[i])
            return wr_fail(err, WR_ESTATE, "it does not say: %s",
                           left.words[i]);
    }

    return 0;
}
