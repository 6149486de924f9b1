/*
 * forms: the forms of definitions, found by their bindings.
 *
 * The forms of a definition's own deployment are read with it and never change;
 * what is bound to the latest version, or to a number, is asked of the store
 * each time.
 */
#include <string.h>

#include "engine/runtime/slot.h"

/* ---- generated from definitions of variables ---- */

static struct wr_form_field
field_of(const struct wr_input *in, bool required)
{
    static const enum wr_form_type types[] = {
        [WR_INPUT_STRING] = WR_FIELD_TEXT,
        [WR_INPUT_INTEGER] = WR_FIELD_INTEGER,
        [WR_INPUT_FLOAT] = WR_FIELD_DECIMAL,
        [WR_INPUT_BOOLEAN] = WR_FIELD_BOOLEAN,
        [WR_INPUT_DATE] = WR_FIELD_DATE,
        [WR_INPUT_JSON] = WR_FIELD_JSON,
    };

    return (struct wr_form_field){
        .key = in->name,
        .label = in->label,
        .description = in->description,
        .type = types[in->type],
        .required = required && in->required,
        .preset = in->preset,
        .min = in->min,
        .max = in->max,
        .min_len = in->min_len,
        .max_len = in->max_len,
        .pattern = in->pattern,
        .options = in->options,
    };
}

/* A task asks for nothing that a start had to give. */
static void
generate(struct wr_arena *a, const struct wr_inputs *inputs, bool required,
         struct wr_form *out)
{
    struct wr_form_field *fields = wr_newn(a, struct wr_form_field, inputs->n);

    for (size_t i = 0; i < inputs->n; i++)
        fields[i] = field_of(&inputs->items[i], required);
    wr_form_generate(a, fields, inputs->n, out);
}

/* ---- of the deployment ---- */

static int
read_bytes(struct wr_runtime *rt, const struct wr_form_row *row,
           struct wr_arena *a, struct wr_form *out, struct wr_err *err)
{
    struct wr_query q = { .noun = WR_RESOURCES,
                          .tenant = row->tenant,
                          .deployment = &row->deployment,
                          .name = row->resource,
                          .state = -1,
                          .limit = 1 };
    struct wr_rows rows;

    if (wr_runtime_find(rt, &q, a, &rows, err) < 0)
        return err->code;
    if (rows.n == 0)
        return wr_fail(err, WR_ECORRUPT, "file '%s' is missing", row->resource);
    if (wr_form_parse(a, row->resource, rows.resources[0].bytes.p,
                      rows.resources[0].bytes.len, out, err)
        < 0)
        return wr_wrap(err, "form '%s'", row->key);
    out->key = wr_arena_strdup(a, row->key);
    out->version = row->version;

    return 0;
}

static bool
names_forms(const struct wr_model *m)
{
    for (int i = 0; i < m->n_nodes; i++)
        if (m->nodes[i].form && m->nodes[i].form->source != WR_FORM_OWN
            && m->nodes[i].form->source != WR_FORM_ELSEWHERE)
            return true;

    return false;
}

int
wr_definition_forms(struct wr_runtime *rt, struct wr_definition *d,
                    struct wr_arena *a, struct wr_err *err)
{
    struct wr_query q = { .noun = WR_FORMS,
                          .tenant = d->row.tenant,
                          .deployment = &d->row.deployment,
                          .state = -1 };
    struct wr_deployed_form *forms;
    struct wr_rows rows;

    if (d->inputs.n) {
        generate(a, &d->inputs, /* required= */ true, &d->start_form);
        generate(a, &d->inputs, /* required= */ false, &d->task_form);
    }
    if (!names_forms(d->model))
        return 0;
    if (wr_runtime_find(rt, &q, a, &rows, err) < 0)
        return err->code;
    forms = wr_newn(a, struct wr_deployed_form, rows.n);
    for (size_t i = 0; i < rows.n; i++) {
        forms[i].resource = rows.forms[i].resource;
        if (read_bytes(rt, &rows.forms[i], a, &forms[i].form, err) < 0)
            return err->code;
    }
    d->forms = forms;
    d->n_forms = rows.n;

    return 0;
}

static const struct wr_form *
deployed(const struct wr_definition *d, const char *key, bool by_key,
         bool by_file)
{
    for (size_t i = 0; i < d->n_forms; i++) {
        if ((by_key && strcmp(d->forms[i].form.key, key) == 0)
            || (by_file && strcmp(d->forms[i].resource, key) == 0))
            return &d->forms[i].form;
    }

    return NULL;
}

/* ---- by key ---- */

int
wr_form_find(struct wr_runtime *rt, int32_t tenant, const char *key,
             int32_t version, struct wr_arena *a,
             const struct wr_form_row **out, struct wr_err *err)
{
    struct wr_query q = { .noun = WR_FORMS,
                          .tenant = tenant,
                          .key = key,
                          .version = version,
                          .descending = true,
                          .state = -1,
                          .limit = 1 };
    struct wr_rows rows;

    if (wr_runtime_find(rt, &q, a, &rows, err) < 0)
        return err->code;
    *out = rows.n ? &rows.forms[0] : NULL;

    return 0;
}

static int
not_there(const struct wr_form_ref *r, struct wr_err *err)
{
    if (r->binding == WR_BIND_VERSION)
        return wr_fail(err, WR_ENOTFOUND,
                       "version %d of form '%.100s' is not deployed",
                       (int)r->version, r->key);

    return wr_fail(err, WR_ENOTFOUND, "form '%.100s' is not deployed", r->key);
}

static int
by_key(struct wr_runtime *rt, const struct wr_definition *d,
       const struct wr_form_ref *r, struct wr_arena *a, struct wr_form *out,
       struct wr_err *err)
{
    const struct wr_form *form;
    const struct wr_form_row *row;

    if (r->binding == WR_BIND_DEPLOYMENT) {
        form = deployed(d, r->key, /* by_key= */ true, /* by_file= */ false);
        if (!form)
            return not_there(r, err);
        *out = *form;
        return 0;
    }
    if (wr_form_find(rt, d->row.tenant, r->key, r->version, a, &row, err) < 0)
        return err->code;
    if (!row)
        return not_there(r, err);

    return read_bytes(rt, row, a, out, err);
}

static void
own(const struct wr_definition *d, const struct wr_form_ref *r,
    struct wr_form *out)
{
    *out = *r->own;
    out->key = r->key;
    out->version = d->row.version;
}

int
wr_runtime_form(struct wr_runtime *rt, const struct wr_definition *d, int node,
                struct wr_arena *a, struct wr_form *out, struct wr_err *err)
{
    const struct wr_node *n = &d->model->nodes[node];
    const struct wr_form_ref *r = n->form;
    const struct wr_form *form = NULL;

    *out = n->kind == WR_START_EVENT ? d->start_form : d->task_form;
    if (!r) {
        out->version = out->kind == WR_FORM_NONE ? 0 : d->row.version;
        return 0;
    }
    *out = (struct wr_form){ .kind = WR_FORM_EXTERNAL, .key = r->key };
    switch (r->source) {
    case WR_FORM_BY_KEY:
        return by_key(rt, d, r, a, out, err);
    case WR_FORM_BY_FILE:
        form = deployed(d, r->key, /* by_key= */ false, /* by_file= */ true);
        if (!form)
            return not_there(r, err);
        break;
    case WR_FORM_BY_NAME:
        form = deployed(d, r->key, /* by_key= */ true, /* by_file= */ true);
        break;
    case WR_FORM_OWN:
        own(d, r, out);
        break;
    case WR_FORM_ELSEWHERE:
        break;
    }
    if (form)
        *out = *form;

    return 0;
}

/* ---- judging ---- */

static int
form_of(struct wr_runtime *rt, const struct wr_definition *d, int node,
        struct wr_arena *a, struct wr_form *out, struct wr_err *err)
{
    if (wr_runtime_form(rt, d, node, a, out, err) == 0)
        return 0;
    if (err->code == WR_ENOTFOUND)
        err->code = WR_ESTATE;

    return wr_wrap(err, "'%.60s'", d->model->nodes[node].id);
}

/* What is read only has the value that the form gives it. */
static int
start_fits(struct wr_arena *a, const struct wr_form *form,
           const struct wr_value *given, int64_t now,
           const struct wr_value **out, struct wr_err *err)
{
    *out = wr_form_fill(a, form, given);

    return wr_form_check(a, form, *out, wr_form_fill(a, form, NULL), now, NULL,
                         err);
}

static int
fits(struct wr_runtime *rt, const struct wr_definition *d, int node,
     const struct wr_value *given, const struct wr_value *seen, int64_t now,
     struct wr_arena *scratch, struct wr_err *err)
{
    const char *id = d->model->nodes[node].id;
    struct wr_form form;

    if (form_of(rt, d, node, scratch, &form, err) < 0)
        return err->code;
    if (wr_form_check(scratch, &form, given, seen, now, NULL, err) < 0)
        return wr_wrap(err, "form of '%.60s'", id);

    return 0;
}

int
wr_start_fits(struct wr_runtime *rt, const struct wr_definition *d, int node,
              const struct wr_value *given, struct wr_arena *a,
              const struct wr_value **out, struct wr_err *err)
{
    const char *id = d->model->nodes[node].id;
    struct wr_form form;

    *out = given;
    if (rt->o.compat || !d->model->nodes[node].form)
        return 0; /* definitions of variables are looked at anyway */
    if (form_of(rt, d, node, a, &form, err) < 0)
        return err->code;
    if (start_fits(a, &form, given, wr_clock_now(rt->o.clock), out, err) < 0)
        return wr_wrap(err, "form of '%.60s'", id);

    return 0;
}

int
wr_task_fits(struct wr_runtime *rt, const struct wr_definition *d,
             const struct wr_instance *i, int node, const struct wr_event *ev,
             struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *scratch = NULL;

    if (rt->o.compat || (!d->model->nodes[node].form && !d->inputs.n))
        return 0;
    scratch = wr_arena_new(4096);

    return fits(rt, d, node, ev->variables,
                wr_instance_visible(i, &ev->target, scratch), ev->now, scratch,
                err);
}

int
wr_runtime_start_node(const struct wr_model *m, const char *start_at)
{
    const struct wr_scope *s = &m->scopes[0];

    if (start_at)
        return wr_model_node(m, start_at);
    for (int i = 0; i < s->n_starts; i++)
        if (m->nodes[s->starts[i]].kind == WR_START_EVENT
            && m->nodes[s->starts[i]].event.trigger == WR_TRIGGER_NONE)
            return s->starts[i];

    return -1;
}
