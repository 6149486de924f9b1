/* explain: what an instance waits for and why it went where it is. */

#include "fcgi_workers/resource.h"

struct wait {
    const char *token, *element, *name, *type, *sentence, *action;
    int64_t since;
    struct wr_uuid id;
};
static const struct wr_field wait_fields[] = {
    WR_FIELD(struct wait, token, "token", WR_STRING, WR_READONLY,
             "The token, of a join the scope it stands in."),
    WR_FIELDS_ELEMENT(struct wait, "Element that waits; may be a boundary "
                                   "event of the token's."),
    WR_FIELD_ENUM(struct wait, type, "type",
                  "task|job|async|timer|message|signal|condition|child|children"
                  "|compensation|join|incident",
                  WR_READONLY, "What it waits for."),
    WR_FIELD(struct wait, sentence, "sentence", WR_STRING, WR_READONLY,
             "The same, for people."),
    WR_FIELD(struct wait, action, "nextAction", WR_STRING, WR_READONLY,
             "What to do about it."),
    WR_FIELD(struct wait, since, "since", WR_TIME, WR_READONLY,
             "When the token got there."),
    WR_FIELD(struct wait, id, "id", WR_UUID, WR_READONLY | WR_OPTIONAL,
             "Id of that task, job, timer, subscription, incident or "
             "instance."),
};
static const struct wr_object wait_object = WR_OBJECT_ROWS(
    struct wait, "ExplainedWait", wait_fields);

struct decision {
    int64_t seq, at;
    const char *element, *flow, *sentence;
};
static const struct wr_field decision_fields[] = {
    WR_FIELD(struct decision, seq, "seq", WR_INT, WR_READONLY,
             "Its event in the history."),
    WR_FIELD(struct decision, at, "at", WR_TIME, WR_READONLY, "When."),
    WR_FIELD(struct decision, element, "element", WR_STRING, WR_READONLY,
             "Where the token was."),
    WR_FIELD(struct decision, flow, "flow", WR_STRING,
             WR_READONLY | WR_OPTIONAL,
             "The sequence flow it took; not of a decision of DMN."),
    WR_FIELD(struct decision, sentence, "sentence", WR_STRING, WR_READONLY,
             "Why: the condition that was true, or the rules that matched, and "
             "the values they saw."),
};
static const struct wr_object decision_object = WR_OBJECT_ROWS(
    struct decision, "ExplainedDecision", decision_fields);

struct answer {
    const char *state;
    struct wr_objects waits, decisions;
};
static const struct wr_field answer_fields[] = {
    WR_FIELD_ENUM(struct answer, state, "state",
                  "active|suspended|completed|failed|canceled", WR_READONLY,
                  "State of the instance."),
    WR_FIELD_OF(struct answer, waits, "waits", WR_OBJECTS, &wait_object,
                WR_READONLY, "Everything it waits for."),
    WR_FIELD_OF(struct answer, decisions, "decisions", WR_OBJECTS,
                &decision_object, WR_READONLY,
                "Which way tokens went where there was a choice, and what "
                "decisions were made; the newest 1000."),
};
static const struct wr_object answer_object = WR_OBJECT_ROWS(
    struct answer, "Explanation", answer_fields);

enum {
    DECISIONS = 1000
};

static struct wr_objects
waits(struct wr_arena *a, const struct wr_model *m,
      const struct wr_explanation *e)
{
    struct wait *items = wr_newn(a, struct wait, (size_t)e->n_waits);

    for (int k = 0; k < e->n_waits; k++) {
        const struct wr_explained *w = &e->waits[k];

        items[k] = (struct wait){
            .token = wr_arena_printf(a, "%lld", (long long)w->token),
            .element = m->nodes[w->node].id,
            .name = m->nodes[w->node].name,
            .type = w->kind,
            .sentence = w->sentence,
            .action = w->action,
            .since = w->since,
            .id = w->id,
        };
    }

    return (struct wr_objects){ items, (size_t)e->n_waits };
}

static struct wr_objects
decisions(struct wr_arena *a, const struct wr_explanation *e)
{
    int from = e->n_decisions > DECISIONS ? e->n_decisions - DECISIONS : 0;
    size_t n = (size_t)(e->n_decisions - from);
    struct decision *items = wr_newn(a, struct decision, n);

    for (size_t k = 0; k < n; k++) {
        const struct wr_decision *d = &e->decisions[from + (int)k];

        items[k] = (struct decision){
            .seq = d->seq,
            .at = d->at,
            .element = d->model->nodes[d->node].id,
            .flow = d->flow < 0 ? NULL : d->model->flows[d->flow].id,
            .sentence = d->sentence,
        };
    }

    return (struct wr_objects){ items, n };
}

static int
explain(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    struct wr_explanation e;
    struct answer *answer = out;
    struct wr_uuid id;

    (void)in;
    if (wr_param_id(rq, 0, "instance", &id, err) < 0
        || wr_runtime_explain(rq->service->runtime, &id, rq->who.tenant,
                              rq->arena, &e, err)
               < 0)
        return (int)err->code;
    *answer = (struct answer){
        .state = wr_instance_state_name(e.view.row->state),
        .waits = waits(rq->arena, e.view.definition->model, &e),
        .decisions = decisions(rq->arena, &e),
    };
    wr_definition_unref(e.view.definition);

    return 0;
}

/* clang-format off */
static const struct wr_route routes[] = {
    { "GET", "/api/v1/instances/{id}/explain", "explainInstance", WR_READERS,
      NULL, NULL, &answer_object, 200, explain,
      "What an instance waits for, and why it went where it is", 0 },
};
/* clang-format on */

const struct wr_route_table wr_routes_explain = { "explain", routes,
                                                  WR_COUNT(routes) };
