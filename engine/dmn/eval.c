/*
 * Evaluation of the requirements graph (DMN 1.5, 10.4).
 *
 * What an element requires is evaluated before it, each once, and bound as the
 * names its logic sees; so a decision's logic is evaluated like the body of a
 * function whose parameters are its requirements.  A decision service starts a
 * graph of its own, in which its inputs are given.
 */
#include <string.h>

#include "engine/dmn/drg.h"

/* One walk over the graph; a service that is called has one of its own. */
struct run {
    const struct wr_dmn *dmn;
    const struct wr_value *inputs;   /* context; NULL: none */
    const struct wr_value **known;   /* by index; NULL: not evaluated */
    struct trace *trace;             /* of the whole evaluation */
    const struct wr_dmn_element *at; /* whose logic is evaluated */
};

struct trace {
    const struct wr_expr_env *env; /* of who asks */
    const char *fault;             /* the first */
    struct wr_dmn_step *first, *last;
    struct wr_dmn_step *making; /* innermost decision */
    struct wr_dmn_rule *last_rule;
};

static const struct wr_value *value_of(struct wr_eval *ev,
                                       const struct wr_dmn_element *e);

static struct run *
run_of(const struct wr_eval *ev)
{
    return ev->above;
}

void
wr_dmn_matched(struct wr_eval *ev, const struct wr_dmn_rule *rule)
{
    struct trace *t = run_of(ev)->trace;
    struct wr_dmn_rule *r;

    if (!t->making)
        return;
    r = wr_new(ev->arena, struct wr_dmn_rule);
    *r = *rule;
    if (t->making->rules)
        t->last_rule->next = r;
    else
        t->making->rules = r;
    t->last_rule = r;
}

void
wr_dmn_rows(struct wr_eval *ev, const struct wr_node *n,
            const struct wr_value *rows, bool many)
{
    struct wr_dmn_step *step = run_of(ev)->trace->making;
    const struct wr_node *logic = step ? step->decision->logic : NULL;

    while (logic && logic->kind == WR_N_TYPED)
        logic = logic->a;
    if (logic != n) /* a table within other logic */
        return;
    step->rows = rows;
    step->many = many;
}

const char *
wr_dmn_output_name(const struct wr_eval *ev, const char *name)
{
    const struct trace *t = run_of(ev)->trace;

    return *name || !t->making ? name : t->making->decision->variable;
}

const struct wr_value *
wr_dmn_fault(struct wr_eval *ev, const char *text)
{
    struct trace *t = run_of(ev)->trace;

    if (!t->fault)
        t->fault = text;
    if (t->making && !t->making->fault)
        t->making->fault = text;

    return wr_eval_null(ev, "%s", text);
}

/* ---- names that no requirement gives ---- */

static bool
is_name(const char *name, const char *text, size_t len)
{
    return strncmp(name, text, len) == 0 && name[len] == '\0';
}

/* The name of a table's only output; "". */
static const char *
only_output(const struct wr_dmn_element *e)
{
    const struct wr_xml *t = wr_xml_child(e->xml, WR_NS_DMN, "decisionTable");
    const struct wr_xml *o = t ? wr_xml_child(t, WR_NS_DMN, "output") : NULL;
    const char *name = o ? wr_xml_attr(o, "name") : NULL;

    return name && !wr_xml_next(o, WR_NS_DMN, "output") ? name : "";
}

static const struct wr_value *
member(const struct wr_value *v, const char *name, size_t len)
{
    if (!v || v->type != WR_V_CONTEXT)
        return NULL;
    for (size_t i = 0; i < v->context.n; i++)
        if (is_name(v->context.entries[i].key, name, len))
            return v->context.entries[i].value;

    return NULL;
}

/* An input by its name; NULL. */
static const struct wr_value *
given(const struct run *r, const char *name, size_t len)
{
    const struct wr_value *v = member(r->inputs, name, len);
    const struct wr_expr_env *env = r->trace->env;

    return v || !env->lookup ? v : env->lookup(env->data, name, len);
}

/* The decision that is made was made from this, too. */
static const struct wr_value *
used(struct wr_eval *ev, const char *name, size_t len, const struct wr_value *v)
{
    struct wr_dmn_step *s = run_of(ev)->trace->making;
    struct wr_entry *entries;
    size_t n;

    if (!s || !v || !wr_expr_storable(v) || member(s->inputs, name, len))
        return v;
    n = s->inputs->context.n;
    entries = wr_newn(ev->arena, struct wr_entry, n + 1);
    if (n)
        memcpy(entries, s->inputs->context.entries, n * sizeof(*entries));
    entries[n].key = wr_arena_strndup(ev->arena, name, len);
    entries[n].value = v;
    s->inputs = wr_value_context(ev->arena, entries, n + 1);

    return v;
}

/*
 * Many files say less than DMN wants: they use a required decision by its id or
 * by the name of what it gives, and variables without any input data.  Names
 * that requirements give are never looked for here.
 */
static const struct wr_value *
beyond(void *data, const char *name, size_t len)
{
    const struct run *r = run_of(data);
    const struct wr_value *v = NULL;

    for (size_t i = 0; r->at && i < r->at->n_needs && !v; i++) {
        const struct wr_dmn_element *e = r->at->needs[i].element;

        if (e->kind != WR_DMN_DECISION || !r->known[e->index])
            continue;
        if (is_name(e->id, name, len) || is_name(only_output(e), name, len))
            v = r->known[e->index];
        else
            v = member(r->known[e->index], name, len);
    }

    return used(data, name, len, v ? v : given(r, name, len));
}

static const struct wr_value *
input(struct wr_eval *ev, const struct wr_dmn_element *e)
{
    const struct wr_value *v = given(run_of(ev), e->variable,
                                     strlen(e->variable));

    if (!v)
        return wr_eval_null(ev, "no input '%s'", e->name);

    return e->type ? wr_type_coerce(ev, v, e->type, e->name) : v;
}

/* The members of an import that are required, as one context. */
static const struct wr_value *
imported(struct wr_eval *ev, const struct wr_dmn_element *e, const char *import)
{
    struct wr_entry *entries = wr_newn(ev->arena, struct wr_entry, e->n_needs);
    size_t n = 0;

    for (size_t i = 0; i < e->n_needs; i++) {
        const struct wr_dmn_need *need = &e->needs[i];

        if (strcmp(need->import, import) != 0)
            continue;
        entries[n].key = need->element->variable;
        entries[n].value = value_of(ev, need->element);
        if (!entries[n++].value)
            return NULL;
    }

    return wr_value_context(ev->arena, entries, n);
}

static bool
bound_before(const struct wr_dmn_element *e, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (strcmp(e->needs[k].import, e->needs[i].import) == 0)
            return true;

    return false;
}

/* ev->frame becomes what the element's logic sees; false: stopped. */
static bool
bind(struct wr_eval *ev, const struct wr_dmn_element *e)
{
    ev->frame = NULL;
    for (size_t i = 0; i < e->n_needs; i++) {
        const struct wr_dmn_need *need = &e->needs[i];
        const struct wr_frame *frame = ev->frame;
        const struct wr_value *v;

        if (*need->import && bound_before(e, i))
            continue;
        v = *need->import ? imported(ev, e, need->import)
                          : value_of(ev, need->element);
        if (!v)
            return false;
        ev->frame = frame;
        wr_eval_bind(ev, *need->import ? need->import : need->element->variable,
                     v);
    }

    return true;
}

/* Functions are no data, and the trace is kept as data. */
static const struct wr_value *
seen(struct wr_eval *ev, const struct wr_frame *frames)
{
    struct wr_entry *entries;
    size_t n = 0;

    for (const struct wr_frame *f = frames; f; f = f->up)
        n++;
    entries = wr_newn(ev->arena, struct wr_entry, n + 1);
    n = 0;
    for (const struct wr_frame *f = frames; f; f = f->up)
        if (wr_expr_storable(f->value))
            entries[n++] = (struct wr_entry){ f->name, f->value };

    return wr_value_context(ev->arena, entries, n);
}

static const struct wr_value *
decide(struct wr_eval *ev, const struct wr_dmn_element *e)
{
    struct trace *t = run_of(ev)->trace;
    struct wr_dmn_step *outer = t->making, *step;
    struct wr_dmn_rule *outer_rule = t->last_rule;
    const struct wr_dmn_element *outer_at = run_of(ev)->at;
    const struct wr_value *v;

    step = wr_new(ev->arena, struct wr_dmn_step);
    step->decision = e;
    step->inputs = seen(ev, ev->frame);
    t->making = step;
    run_of(ev)->at = e;
    v = wr_eval(ev, e->logic);
    if (v && e->type)
        v = wr_type_coerce(ev, v, e->type, e->name);
    run_of(ev)->at = outer_at;
    t->making = outer;
    t->last_rule = outer_rule;
    step->value = v;
    if (t->last)
        t->last->next = step;
    else
        t->first = step;
    t->last = step;

    return v;
}

/* A function that sees itself, so that it may call itself. */
static const struct wr_value *
function(struct wr_eval *ev, const struct wr_dmn_element *e)
{
    struct wr_frame *self;

    if (!e->logic)
        return wr_eval_null(ev, "'%s' has no logic", e->name);
    self = wr_new(ev->arena, struct wr_frame);
    self->up = ev->frame;
    self->name = e->variable;
    self->value = wr_function_value(ev, e->logic, self);

    return self->value;
}

static const struct wr_value *
evaluate(struct wr_eval *ev, const struct wr_dmn_element *e)
{
    const struct wr_frame *outer = ev->frame;
    const struct wr_value *v = NULL;

    if (e->cyclic)
        return wr_dmn_fault(
            ev, wr_arena_printf(ev->arena, "'%s' requires itself", e->name));
    if (e->kind == WR_DMN_INPUT)
        return input(ev, e);
    if (!wr_eval_charge(ev, 1))
        return NULL;
    if (bind(ev, e))
        v = e->kind == WR_DMN_DECISION ? decide(ev, e) : function(ev, e);
    ev->frame = outer;

    return v;
}

static const struct wr_value *
value_of(struct wr_eval *ev, const struct wr_dmn_element *e)
{
    struct run *r = run_of(ev);

    if (!r->known[e->index])
        r->known[e->index] = evaluate(ev, e);

    return ev->stopped ? NULL : r->known[e->index];
}

static const struct wr_value *
outputs(struct wr_eval *ev, const struct wr_dmn_element *service)
{
    struct wr_entry *e;

    if (service->n_outputs == 1)
        return value_of(ev, service->outputs[0]);
    e = wr_newn(ev->arena, struct wr_entry, service->n_outputs + 1);
    for (size_t i = 0; i < service->n_outputs; i++) {
        e[i].key = service->outputs[i]->variable;
        e[i].value = value_of(ev, service->outputs[i]);
        if (!e[i].value)
            return NULL;
    }

    return wr_value_context(ev->arena, e, service->n_outputs);
}

/* A variable of an invocable may name its function type or its result. */
static const struct wr_value *
result(struct wr_eval *ev, const struct wr_dmn_element *e,
       const struct wr_value *v)
{
    const struct wr_type *t = e->type;

    if (t && t->kind == WR_T_FUNCTION)
        t = t->items[t->n - 1];

    return v && t ? wr_type_coerce(ev, v, t, e->name) : v;
}

const struct wr_value *
wr_dmn_run_service(struct wr_eval *ev, const struct wr_node *n)
{
    const struct wr_dmn_element *e = n->data;
    const struct wr_frame *outer = ev->frame;
    struct run *r = run_of(ev), inner = *r;
    const struct wr_value *v;

    inner.known = wr_newn(ev->arena, const struct wr_value *,
                          r->dmn->n_elements);
    for (size_t i = 0; i < e->n_params; i++)
        inner.known[e->params[i]->index] = wr_eval_bound(
            ev->frame, e->params[i]->variable);
    ev->above = &inner;
    v = result(ev, e, outputs(ev, e));
    ev->above = r;
    ev->frame = outer;

    return v;
}

/* A business knowledge model or a service with its arguments by name; what is
 * not there is null. */
static const struct wr_value *
invoke(struct wr_eval *ev, const struct wr_dmn_element *e)
{
    const struct wr_value *f = value_of(ev, e), **args;
    const struct wr_node *def = e->logic;

    if (!f || f->type != WR_V_FUNCTION)
        return f;
    args = wr_newn(ev->arena, const struct wr_value *, def->n_kids + 1);
    for (size_t i = 0; i < def->n_kids; i++) {
        const char *name = def->kids[i]->name;

        args[i] = given(run_of(ev), name, strlen(name));
        if (!args[i])
            args[i] = wr_eval_null(ev, "no input '%s'", name);
    }

    return wr_invoke(ev, f, args, def->n_kids);
}

static const struct wr_dmn_step *
step_of(const struct trace *t, const struct wr_dmn_element *e)
{
    const struct wr_dmn_step *found = NULL;

    for (const struct wr_dmn_step *s = t->first; s; s = s->next)
        if (s->decision == e)
            found = s;

    return found;
}

/* Fills in rows and many. */
static void
shape(struct wr_arena *a, const struct wr_dmn_element *e, const struct trace *t,
      struct wr_dmn_result *out)
{
    bool service = e->kind == WR_DMN_SERVICE;
    const struct wr_dmn_step *step;
    struct wr_entry entry = { e->variable, out->value };
    const struct wr_value *row;

    step = step_of(t, service && e->n_outputs == 1 ? e->outputs[0] : e);
    if (step && step->rows) {
        out->rows = step->rows;
        out->many = step->many;
        return;
    }
    row = service && e->n_outputs > 1 && out->value->type == WR_V_CONTEXT
              ? out->value
              : wr_value_context(a, &entry, 1);
    out->rows = wr_value_list(a, &row, t->fault ? 0 : 1);
}

int
wr_dmn_evaluate(const struct wr_dmn *d, const struct wr_dmn_element *what,
                const struct wr_value *inputs, struct wr_expr_env *env,
                struct wr_dmn_result *out, struct wr_err *err)
{
    static const struct wr_expr whole = { .text = "" };
    struct trace trace = { .env = env };
    struct run run = { .dmn = d, .inputs = inputs, .trace = &trace };
    struct wr_expr_env own = *env;
    struct wr_eval ev = {
        .expr = &whole,
        .env = &own,
        .arena = env->arena,
        .above = &run,
        .err = err,
    };
    const struct wr_value *v;

    own.lookup = beyond;
    own.data = &ev;
    own.input = NULL;
    run.known = wr_newn(env->arena, const struct wr_value *, d->n_elements + 1);
    v = what->kind & (WR_DMN_BKM | WR_DMN_SERVICE) ? invoke(&ev, what)
                                                   : value_of(&ev, what);
    v = v ? wr_expr_measured(&ev, v) : NULL;
    env->budget = own.budget;
    env->warnings = own.warnings;
    env->last_warning = own.last_warning;
    env->n_warnings = own.n_warnings;
    *out = (struct wr_dmn_result){
        .value = v,
        .steps = trace.first,
        .fault = trace.fault,
    };
    if (!v)
        return err->code;
    shape(env->arena, what, &trace, out);

    return 0;
}
