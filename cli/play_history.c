/* play_history: what a scenario says about the past of its instances. */
#include <string.h>

#include "cli/play.h"

struct past {
    const struct wr_model *model;
    const struct wr_history_event *events;
    size_t n;
    bool shuffled; /* its order means nothing */
};

static int
add_row(struct wr_play *p, const struct wr_history_row *row, struct past *past,
        struct wr_err *err)
{
    const struct wr_history_event *events;
    struct wr_history_event *all;
    size_t n;

    if (wr_history_decode(p->arena, row->events, &events, &n, err) < 0)
        return err->code;
    all = wr_newn(p->arena, struct wr_history_event, past->n + n + 1);
    if (past->n)
        memcpy(all, past->events, past->n * sizeof(*all));
    if (n)
        memcpy(all + past->n, events, n * sizeof(*all));
    past->events = all;
    past->n += n;

    return 0;
}

static int
load(struct wr_play *p, const char *alias, struct past *out, struct wr_err *err)
{
    struct wr_view view;
    struct wr_uuid *id = wr_new(p->arena, struct wr_uuid);
    struct wr_rows rows;

    *out = (struct past){ .shuffled = p->stage->shuffled };
    if (wr_stage_instance(p->stage, alias, id, err) < 0
        || wr_stage_view(p->stage, id, p->arena, &view, err) < 0
        || wr_stage_rows(p->stage, WR_HISTORIES, id, p->arena, &rows, err) < 0)
        return err->code;
    out->model = view.definition->model;
    for (size_t i = 0; i < rows.n; i++)
        if (add_row(p, &rows.histories[i], out, err) < 0)
            return err->code;

    return 0;
}

/* Does this event count for the word? */
static bool
counts(const char *word, enum wr_history_type type)
{
    bool passed = type == WR_H_ELEMENT_PASSED;
    bool completed = type == WR_H_ELEMENT_COMPLETED;
    bool canceled = type == WR_H_ELEMENT_CANCELED;

    if (strcmp(word, "reached") == 0)
        return passed || type == WR_H_ELEMENT_STARTED;
    if (strcmp(word, "completed") == 0)
        return passed || completed;
    if (strcmp(word, "canceled") == 0)
        return canceled;
    if (strcmp(word, "finished") == 0)
        return passed || completed || canceled;

    return false;
}

static const char *
element_of(const struct past *past, const struct wr_history_event *e)
{
    int node = wr_model_node_of(past->model, e->element);

    return node < 0 ? "" : past->model->nodes[node].id;
}

static int
check_counts(const struct past *past, const char *word,
             const struct wr_value *want, struct wr_err *err)
{
    for (size_t i = 0; i < want->context.n; i++) {
        const struct wr_entry *e = &want->context.entries[i];
        int64_t have = 0, n = -1;

        for (size_t j = 0; j < past->n; j++)
            have += counts(word, past->events[j].type)
                    && strcmp(element_of(past, &past->events[j]), e->key) == 0;
        if (e->value->type != WR_V_NUMBER
            || !wr_decimal_to_int(e->value->number, &n) || n != have)
            return wr_fail(err, WR_ESTATE,
                           "history: '%s' was %s %lld times, want %lld", e->key,
                           word, (long long)have, (long long)n);
    }

    return 0;
}

/* The elements in the order in which they were left. */
static int
check_order(const struct past *past, const struct wr_value *want,
            struct wr_err *err)
{
    size_t at = 0;

    for (size_t j = 0; j < past->n && at < want->list.n; j++) {
        const struct wr_value *v = want->list.items[at];

        at += counts("finished", past->events[j].type) && v->type == WR_V_STRING
              && strcmp(element_of(past, &past->events[j]), v->string.s) == 0;
    }
    if (at == want->list.n)
        return 0;

    return wr_fail(err, WR_ESTATE, "history: '%s' is not in that order",
                   want->list.items[at]->type == WR_V_STRING
                       ? want->list.items[at]->string.s
                       : "");
}

static int
check_alias(const struct past *past, const struct wr_value *want,
            struct wr_err *err)
{
    for (size_t i = 0; i < want->context.n; i++) {
        const struct wr_entry *e = &want->context.entries[i];
        int r;

        if (strcmp(e->key, "order") == 0 && past->shuffled)
            continue;
        if (strcmp(e->key, "order") == 0 && e->value->type == WR_V_LIST)
            r = check_order(past, e->value, err);
        else if (e->value->type == WR_V_CONTEXT)
            r = check_counts(past, e->key, e->value, err);
        else
            r = wr_fail(err, WR_EINVALID, "history: '%s'?", e->key);
        if (r < 0)
            return r;
    }

    return 0;
}

int
wr_play_history(struct wr_play *p, const struct wr_value *want,
                struct wr_err *err)
{
    for (size_t i = 0; i < want->context.n; i++) {
        const struct wr_entry *e = &want->context.entries[i];
        struct past past;

        if (e->value->type != WR_V_CONTEXT)
            return wr_fail(err, WR_EINVALID, "history wants objects");
        if (load(p, e->key, &past, err) < 0
            || check_alias(&past, e->value, err) < 0)
            return err->code;
    }

    return 0;
}
