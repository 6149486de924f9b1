/*
 * loop.c: activities that run several times (SEMANTICS S18, S19).
 *
 * The body stands for the activity towards the outside: boundary events,
 * asynchronous continuations, outgoing flows.  Its children are the iterations;
 * each has the inputs, outputs and work of the element and, of a sub-process,
 * the inner scope.  Number and collection are frozen when the body becomes
 * active.  A body has at most one work item, "the next iteration", so that a
 * step that is cut in the middle of many goes on where it was.
 *
 *     body         nrOfInstances, nrOfActiveInstances, nrOfCompletedInstances
 *                  and the specification's numberOf... names
 *     iteration    loopCounter, its element, what it will give
 *
 * What iterations give is kept by index and written when the body ends.
 */

#include <stdlib.h>
#include <string.h>

#include "engine/base/tlv.h"
#include "engine/exec/spill.h"

static const struct wr_loop *
loop_of(const struct wr_exec *x, const struct wr_activity *a)
{
    return x->m->nodes[a->node].loop;
}

static int
refused(struct wr_exec *x, const char *what, const char *why)
{
    (void)wr_exec_incident(x, "expression",
                           wr_arena_printf(x->arena, "%s: %s", what, why));

    return -1;
}

/* ---- how often ---- */

/* A whole number, or a text of one. */
static bool
as_count(const struct wr_value *v, int64_t *n)
{
    if (v->type == WR_V_NUMBER)
        return wr_decimal_to_int(v->number, n);
    if (v->type != WR_V_STRING || !v->string.len || v->string.len > 9
        || strspn(v->string.s, "0123456789") != v->string.len)
        return false;
    *n = strtol(v->string.s, NULL, 10);

    return true;
}

static int
count(struct wr_exec *x, struct wr_activity *body, const struct wr_loop *l,
      int64_t *n)
{
    const struct wr_value *v;
    struct wr_err err;

    if (wr_exec_eval(x, body, l->cardinality, &v, &err) < 0)
        return refused(x, "number of iterations", err.text);
    if (!as_count(v, n) || *n < 0 || *n > WR_LOOP_MAX)
        return refused(x, "number of iterations",
                       wr_arena_printf(x->arena,
                                       "'%.80s' gives %s, not a whole number"
                                       " from 0 to %d",
                                       wr_explain_expr(l->cardinality),
                                       v->type == WR_V_NUMBER
                                           ? "another number"
                                           : wr_value_type_name(v->type),
                                       WR_LOOP_MAX));

    return 0;
}

static const struct wr_value *
variable(struct wr_activity *a, const char *name)
{
    struct wr_var *var = wr_var_find(a, name, strlen(name), NULL);

    return var ? var->value : NULL;
}

/* The values of a context, in order: a map of things is a collection of them,
 * but not for those who come from engines where it is none. */
static const struct wr_value *
members(struct wr_exec *x, const struct wr_value *v)
{
    size_t n = v->context.n;
    const struct wr_value **items = wr_newn(x->arena, const struct wr_value *,
                                            n);

    if (x->m->dialect == WR_DIALECT_CAMUNDA
        || x->m->dialect == WR_DIALECT_ZEEBE)
        return NULL;
    for (size_t k = 0; k < n; k++)
        items[k] = v->context.entries[k].value;

    return wr_value_list(x->arena, items, n);
}

static int
collect(struct wr_exec *x, struct wr_activity *body, const struct wr_loop *l,
        const struct wr_value **out)
{
    const char *text = l->collection.expr ? wr_explain_expr(l->collection.expr)
                                          : l->collection.text;
    const struct wr_value *v = variable(body, l->collection.text), *named;
    struct wr_err err;

    if (l->collection.expr
        && wr_exec_eval(x, body, l->collection.expr, &v, &err) < 0)
        return refused(x, "collection", err.text);
    if (!v)
        return refused(
            x, "collection",
            wr_arena_printf(x->arena, "there is no variable '%.80s'", text));
    /* "${names}" may give the name of the collection. */
    if (v->type == WR_V_STRING && (named = variable(body, v->string.s)))
        v = named;
    *out = v->type == WR_V_CONTEXT ? members(x, v) : v;
    if (!*out || (*out)->type != WR_V_LIST)
        return refused(x, "collection",
                       wr_arena_printf(x->arena, "'%.80s' gives %s, not a list",
                                       text, wr_value_type_name(v->type)));
    if ((*out)->list.n > WR_LOOP_MAX)
        return refused(x, "collection",
                       wr_arena_printf(x->arena,
                                       "'%.80s' has %zu elements; at most %d",
                                       text, (*out)->list.n, WR_LOOP_MAX));

    return 0;
}

static int
plan(struct wr_exec *x, struct wr_activity *body, struct wr_iterations *its)
{
    const struct wr_loop *l = loop_of(x, body);
    const struct wr_value *items = NULL;
    struct wr_str blob = { .arena = x->i->arena };

    its->total = -1;
    if (l->kind == WR_LOOP_STANDARD)
        return 0;
    if (l->collection.text && collect(x, body, l, &items) < 0)
        return -1;
    if (l->cardinality && count(x, body, l, &its->total) < 0)
        return -1;
    if (!items)
        return 0;
    if (!l->cardinality)
        its->total = (int64_t)items->list.n;
    its->items = wr_value_copy(x->i->arena, items);
    wr_value_encode(&blob, its->items);
    its->items_blob = (struct wr_blob){ blob.s, blob.len };

    return 0;
}

/* ---- variables ---- */

static void
put_number(struct wr_exec *x, struct wr_activity *body, const char *name,
           const char *alias, int64_t n)
{
    const struct wr_value *v = wr_value_int(x->arena, n);

    wr_variables_put(x, body, name, v);
    wr_variables_put(x, body, alias, v);
}

/* Everyone sees how many are active as if all that may be had been created. */
static void
put_counts(struct wr_exec *x, struct wr_activity *body, int64_t completed)
{
    const struct wr_loop *l = loop_of(x, body);
    const struct wr_iterations *its = body->loop;
    int64_t active = its->total - completed;

    if (l->kind == WR_LOOP_STANDARD) {
        wr_variables_put(x, body, l->counter,
                         wr_value_int(x->arena, completed + l->base));
        return;
    }
    if (l->kind == WR_LOOP_SEQUENTIAL && active > 1)
        active = 1;
    if (active > l->max_active)
        active = l->max_active;
    put_number(x, body, "nrOfInstances", "numberOfInstances", its->total);
    put_number(x, body, "nrOfActiveInstances", "numberOfActiveInstances",
               active);
    put_number(x, body, "nrOfCompletedInstances", "numberOfCompletedInstances",
               completed);
}

bool
wr_loop_counts(const struct wr_loop *l, const char *name)
{
    if (l->kind == WR_LOOP_STANDARD)
        return strcmp(name, l->counter) == 0;

    return strncmp(name, "nrOf", 4) == 0 || strncmp(name, "numberOf", 8) == 0;
}

/* What each iteration starts with; also when it is decoded. */
void
wr_loop_locals(struct wr_instance *i, const struct wr_loop *l,
               struct wr_activity *a, unsigned which)
{
    const struct wr_value *element = which & WR_OWN_ELEMENT && l->element
                                         ? wr_loop_element(a)
                                         : NULL;

    a->number = wr_value_int(i->arena, a->index + l->base);
    if (which & WR_OWN_NUMBER)
        wr_var_set(i, a, l->counter, a->number);
    if (element)
        wr_var_set(i, a, l->element, element);
    if (which & WR_OWN_OUTPUT && l->output_item)
        wr_var_set(i, a, l->output_item, &wr_null);
}

/* Of the pieces in rows, each fetched when it is reached. */
static const struct wr_value *
element_of_piece(const struct wr_iterations *its, int64_t index)
{
    int64_t at = index - its->items_from;

    for (struct wr_spilled *r = its->items_row; r && at >= 0; r = r->then) {
        const struct wr_value *piece = wr_far_value(r);

        if (!piece || piece->type != WR_V_LIST) /* it could not be had */
            return NULL;
        if (at < (int64_t)piece->list.n)
            return piece->list.items[at];
        at -= (int64_t)piece->list.n;
    }

    return its->items_row || its->items_from ? &wr_null : NULL;
}

const struct wr_value *
wr_loop_element(const struct wr_activity *a)
{
    const struct wr_iterations *its = a->parent->loop;

    if (!its->items)
        return element_of_piece(its, a->index);
    if (a->index >= (int64_t)its->items->list.n)
        return &wr_null;

    return its->items->list.items[a->index];
}

/* ---- iterations ---- */

static bool
may_start(const struct wr_exec *x, const struct wr_activity *body)
{
    const struct wr_loop *l = loop_of(x, body);
    const struct wr_iterations *its = body->loop;
    int64_t active = its->next - its->completed;

    if (its->total >= 0 && its->next >= its->total)
        return false;

    return active < (l->kind == WR_LOOP_PARALLEL ? l->max_active : 1);
}

static void
start_next(struct wr_exec *x, struct wr_activity *body)
{
    if (!body->pending && may_start(x, body))
        wr_work_add(x->i, body, body->node, -1);
}

void
wr_loop_iterate(struct wr_exec *x, struct wr_activity *body)
{
    const struct wr_loop *l = loop_of(x, body);
    struct wr_activity *a = wr_activity_new(x->i, body, body->node, -1);

    a->role = WR_ROLE_ITERATION;
    a->index = body->loop->next++;
    a->since = x->ev->now;
    wr_loop_locals(x->i, l, a, WR_OWN_NUMBER | WR_OWN_ELEMENT | WR_OWN_OUTPUT);
    start_next(x, body);
    wr_run_start(x, a);
}

void
wr_loop_finish(struct wr_exec *x, struct wr_activity *body)
{
    wr_cancel_children(x, body, NULL);
    wr_run_leave(x, body);
}

/* 1 when `completed` iterations were enough, -1 after an incident. */
static int
is_done(struct wr_exec *x, struct wr_activity *scope, struct wr_activity *body,
        int64_t completed)
{
    const struct wr_loop *l = loop_of(x, body);
    bool standard = l->kind == WR_LOOP_STANDARD;
    int yes;

    if (body->loop->total >= 0 && completed >= body->loop->total)
        return 1;
    if (l->maximum >= 0 && completed >= l->maximum)
        return 1;
    if (!l->condition)
        return 0;
    yes = wr_exec_holds(x, scope, l->condition,
                        standard ? "loop condition" : "completion condition",
                        x->m->nodes[body->node].id);

    return yes < 0 ? -1 : standard ? !yes : yes;
}

static void
emit_plan(struct wr_exec *x, struct wr_activity *body)
{
    struct wr_entry data[2] = {
        { "instances", wr_value_int(x->arena, body->loop->total) },
        { "collection", body->loop->items },
    };

    if (body->loop->total >= 0)
        wr_emit(x, WR_H_LOOP_PLANNED, x->m->nodes[body->node].symbol, body->key,
                NULL, wr_value_context(x->arena, data, data[1].value ? 2 : 1));
}

void
wr_loop_open(struct wr_exec *x, struct wr_activity *body)
{
    const struct wr_loop *l = loop_of(x, body);
    struct wr_iterations *its = wr_new(x->i->arena, struct wr_iterations);
    int done = 0;

    its->log.arena = x->i->arena;
    body->loop = its;
    if (plan(x, body, its) < 0) {
        wr_fault_handle(x, body);
        return;
    }
    put_counts(x, body, 0);
    if (l->test_before || its->total == 0 || l->maximum == 0)
        done = is_done(x, body, body, 0);
    if (done < 0) {
        wr_fault_handle(x, body);
        return;
    }
    wr_loop_is_wide(x->i, its);
    wr_run_started(x, body);
    emit_plan(x, body);
    body->stage = WR_STAGE_ACTIVE;
    wr_touch(x, body);
    if (done)
        wr_loop_finish(x, body);
    else
        start_next(x, body);
}

/* ---- the end of one ---- */

static int
output_of(struct wr_exec *x, struct wr_activity *a, const struct wr_value **out)
{
    const struct wr_loop *l = loop_of(x, a);
    struct wr_err err;

    *out = NULL;
    if (!l->output)
        return 0;
    if (l->output_element) {
        if (wr_exec_eval(x, a, l->output_element, out, &err) < 0)
            return refused(x, "output element", err.text);
    } else if (l->output_item) {
        *out = variable(a, l->output_item);
    }

    return 0;
}

void
wr_loop_is_wide(struct wr_instance *i, const struct wr_iterations *its)
{
    if (its->total > i->widest)
        i->widest = its->total;
    if (its->completed > i->widest) /* a standard loop has no total */
        i->widest = its->completed;
}

void
wr_loop_gave(struct wr_instance *i, struct wr_iterations *its, int64_t index,
             const struct wr_value *v)
{
    struct wr_output *grown;

    if (its->n_outputs == its->cap_outputs) {
        its->cap_outputs = its->cap_outputs ? 2 * its->cap_outputs : 8;
        grown = wr_newn(i->arena, struct wr_output, its->cap_outputs);
        if (its->n_outputs)
            memcpy(grown, its->outputs, its->n_outputs * sizeof(*grown));
        its->outputs = grown;
    }
    its->outputs[its->n_outputs++] = (struct wr_output){ index, v };
}

static void
keep_output(struct wr_exec *x, struct wr_activity *a, const struct wr_value *v)
{
    struct wr_iterations *its = a->parent->loop;
    struct wr_str one = { .arena = x->arena };

    if (!v || v->type == WR_V_NULL || a->index >= its->total)
        return;
    wr_loop_gave(x->i, its, a->index, wr_value_copy(x->i->arena, v));
    wr_value_encode(&one, v);
    wr_varint_put(&its->log, (uint64_t)a->index);
    wr_varint_put(&its->log, one.len);
    wr_str_addn(&its->log, one.s, one.len);
}

static void
ended(struct wr_exec *x, struct wr_activity *a, bool done)
{
    struct wr_activity *body = a->parent;

    body->loop->completed++;
    wr_run_end(x, a);
    if (done)
        wr_loop_finish(x, body);
    else
        start_next(x, body);
}

void
wr_loop_ended(struct wr_exec *x, struct wr_activity *a)
{
    struct wr_activity *body = a->parent;
    const struct wr_loop *l = loop_of(x, a);
    int64_t completed = body->loop->completed + 1;
    const struct wr_value *v;
    int done = -1;

    a->stage = WR_STAGE_OUT;
    if (output_of(x, a, &v) == 0) {
        put_counts(x, body, completed);
        if (l->kind == WR_LOOP_STANDARD) /* now it counts the loops done */
            wr_variables_put(x, a, l->counter,
                             wr_value_int(x->arena, completed + l->base));
        done = is_done(x, a, body, completed);
    }
    if (done >= 0) {
        int thrown = wr_loop_throw(x, a, completed);

        if (thrown > 0)
            return;
        if (thrown < 0)
            done = -1;
    }
    if (done < 0) {
        put_counts(x, body, completed - 1);
        wr_fault_handle(x, a);
        return;
    }
    keep_output(x, a, v);
    ended(x, a, done);
}

void
wr_loop_skip(struct wr_exec *x, struct wr_activity *a)
{
    struct wr_activity *body = a->parent;
    int64_t completed = body->loop->completed + 1;

    put_counts(x, body, completed);
    ended(x, a, body->loop->total < 0 || completed >= body->loop->total);
}

void
wr_loop_outputs(struct wr_exec *x, struct wr_activity *body)
{
    const struct wr_loop *l = loop_of(x, body);
    struct wr_iterations *its = body->loop;
    size_t n = its && its->total > 0 ? (size_t)its->total : 0;
    const struct wr_value **items;
    struct wr_entry e = { .key = l->output };

    if (!l->output || !its)
        return;
    if (wr_spill_is_away(body))
        wr_spill_all(x);
    items = wr_newn(x->arena, const struct wr_value *, n);
    for (size_t k = 0; k < n; k++)
        items[k] = &wr_null;
    for (size_t k = 0; k < its->n_outputs; k++)
        items[its->outputs[k].index] = its->outputs[k].value;
    e.value = wr_value_list(x->arena, items, n);
    /* a data output is the body's own: its association takes it further */
    wr_variables_write(x, x->m->nodes[body->node].io ? body : body->parent,
                       wr_value_context(x->arena, &e, 1));
}
