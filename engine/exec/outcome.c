/*
 * outcome.c: what a worker reports of its job may be a BPMN error, when the
 * model says so (model/outcome.c), its own or that of the process that called
 * it; and an element may wait on when its work is done.
 *
 * An exception is what the details of a failure (its message, when it has none)
 * look like in Java: a class, and one behind each "Caused by:".
 */

#include <string.h>

#include "engine/exec/exec.h"

enum {
    MAX_CAUSES = 100
};

struct text {
    const char *s;
    size_t len;
};

/* ---- camunda:errorEventDefinition ---- */

static const struct wr_value *
text_or_null(struct wr_exec *x, const char *s)
{
    return s ? wr_value_string(x->arena, s) : &wr_null;
}

static const struct wr_value *
id_text(struct wr_exec *x, const struct wr_uuid *id)
{
    char text[WR_UUID_TEXT];

    wr_uuid_text(id, text);

    return wr_value_string(x->arena, text);
}

/* `externalTask`, as the grammar of ${...} knows it. */
static const struct wr_value *
task_of(struct wr_exec *x, const struct wr_wait *w)
{
    bool failed = x->ev->type == WR_EV_JOB_FAIL;
    struct wr_entry entries[] = {
        { "id", id_text(x, &w->id) },
        { "errorMessage", text_or_null(x, failed ? x->ev->message : NULL) },
        { "errorDetails", text_or_null(x, failed ? x->ev->text : NULL) },
        { "topicName", text_or_null(x, w->job.type) },
        { "retries", wr_value_int(x->arena, w->job.retries) },
        { "priority", wr_value_int(x->arena, w->job.priority) },
        { "activityId", text_or_null(x, x->m->nodes[w->node].id) },
        { "processInstanceId", id_text(x, &x->i->id) },
        { "businessKey", text_or_null(x, x->i->business_key) },
    };

    return wr_value_context(x->arena, entries, WR_COUNT(entries));
}

/* What the expression sees besides the variables: the results win. */
static const struct wr_value *
sight(struct wr_exec *x, const struct wr_wait *w)
{
    const struct wr_value *results = x->ev->variables;
    size_t n = results ? results->context.n : 0;
    struct wr_entry *entries = wr_newn(x->arena, struct wr_entry, n + 1);

    entries[0] = (struct wr_entry){ "externalTask", task_of(x, w) };
    for (size_t k = 0; k < n; k++)
        entries[k + 1] = results->context.entries[k];

    return wr_value_context(x->arena, entries, n + 1);
}

/* ---- flowable:mapException ---- */

static bool
is_class_part(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
           || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '$';
}

/* The name at the beginning of `s`; empty: there is none. */
static struct text
class_at(const char *s)
{
    struct text t = { .s = s };

    while (is_class_part(s[t.len]))
        t.len++;
    if (s[t.len] && !strchr(": \t\r\n", s[t.len]))
        t.len = 0;

    return t;
}

/* The outermost first; their number. */
static int
causes(const char *report, struct text *out)
{
    static const char by[] = "Caused by: ";
    int n = 0;

    while (report && n < MAX_CAUSES) {
        struct text t = class_at(report);

        if (t.len)
            out[n++] = t;
        report = strstr(report, by);
        if (report)
            report += sizeof by - 1;
    }

    return n;
}

static bool
is(const struct text *t, const char *name)
{
    return t && t->len == strlen(name) && !strncmp(t->s, name, t->len);
}

/* The code of what this class means; `root`: the innermost cause.  Both NULL:
 * nobody said what class it was. */
static const char *
mapped(const struct wr_node *n, const struct text *class,
       const struct text *root)
{
    const char *otherwise = NULL;

    for (int k = 0; k < n->n_outcome; k++) {
        const struct wr_outcome_rule *r = &n->outcome[k];

        if (r->holds || (r->root_cause && !is(root, r->root_cause)))
            continue;
        if (!r->exception)
            otherwise = otherwise ? otherwise : r->code;
        else if (r->any || is(class, r->exception))
            return r->code;
    }

    return otherwise;
}

const char *
wr_outcome_mapped(const struct wr_node *n, const char *report)
{
    struct text *list, all[MAX_CAUSES];
    int count = causes(report, all);
    const char *code = NULL;

    list = all;
    if (!count)
        return mapped(n, NULL, NULL);
    for (int k = 0; k < count && !code; k++)
        code = mapped(n, &list[k], &list[count - 1]);

    return code;
}

/* ---- both ---- */

/* The model is at fault: what came is not taken, the job is offered again when
 * the incident is resolved. */
static void
stop(struct wr_exec *x, struct wr_wait *w, const struct wr_err *why)
{
    wr_job_retry(x, w, 0);
    if (!wr_incident_at(w->owner, w->node))
        wr_incident_open(
            x, w->owner, w->node, "expression",
            wr_arena_printf(x->arena, "error event definition: %s", why->text),
            &w->id);
}

enum wr_move
wr_outcome_thrown(struct wr_exec *x, struct wr_activity *a, const char *message)
{
    const char *code = wr_outcome_mapped(wr_exec_node(x, a), NULL);

    if (code)
        return wr_exec_error(x, code, message, /* at_end= */ false);
    code = wr_call_mapped(x, NULL);
    if (!code)
        return WR_THROW;
    (void)wr_exec_error(x, code, message, /* at_end= */ false);
    x->fault.leaves = true;

    return WR_THROW;
}

/* The element knows nothing of this failure: its process's call activity may. */
static bool
leaves(struct wr_exec *x, struct wr_wait *w, const char *report)
{
    const char *code = wr_call_mapped(x, report);

    return code && wr_fault_throw_out(x, w->owner, code, x->ev->message);
}

bool
wr_outcome_is_error(struct wr_exec *x, struct wr_wait *w)
{
    const struct wr_node *n = &x->m->nodes[w->node];
    bool failed = x->ev->type == WR_EV_JOB_FAIL;
    const char *code = NULL,
               *report = x->ev->text ? x->ev->text : x->ev->message;
    const struct wr_value *v, *extra = NULL;
    struct wr_err err;

    if ((!n->n_outcome && !failed) || w->told || w->job.kind != WR_JOB_EXTERNAL)
        return false;
    for (int k = 0; k < n->n_outcome && !code; k++) {
        const struct wr_outcome_rule *r = &n->outcome[k];

        if (!r->holds)
            continue;
        if (!extra)
            extra = sight(x, w);
        if (wr_exec_eval_with(x, w->owner, r->holds, extra, &v, &err) == 0) {
            if (v->type == WR_V_BOOL && v->boolean)
                code = r->code;
        } else if (!failed) { /* a failure stays one, as in Camunda */
            stop(x, w, &err);
            return true;
        }
    }
    if (!code && failed)
        code = wr_outcome_mapped(n, report);
    if (!code)
        return failed && leaves(x, w, report);
    wr_fault_reported(x, w, code, failed ? x->ev->message : NULL);

    return true;
}

/* ---- triggerable ---- */

enum wr_move
wr_exec_await(struct wr_exec *x, struct wr_activity *a)
{
    const struct wr_node *n = &x->m->nodes[a->node];
    const struct wr_value *result = a->result;

    a->result = NULL;
    if (n->n_outputs || (n->io && n->io->contract))
        wr_variables_local(x, a, result); /* the outputs see it later */
    else
        wr_mapping_give(x, a, result);

    return wr_catch_open(x, a);
}
