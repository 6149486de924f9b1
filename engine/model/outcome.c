/*
 * outcome.c: when what a worker reports of its job is a BPMN error.
 *
 *     camunda   errorEventDefinition errorRef expression: asked when the job of
 *               an external task is completed or failed
 *     flowable  mapException errorCode rootCause: asked when it failed; the
 *               text is the class of the exception.  Of a call activity: when
 *               what failed in the called process has none for it
 */

#include <string.h>

#include "engine/model/build.h"

struct reader {
    struct wr_build *b;
    struct wr_node *n;
    struct wr_outcome_rule *rules;
    int n_rules;
};

static const char *
attribute(const struct wr_xml *e, const char *name)
{
    const char *v = wr_build_own(e, name);

    return v && *v ? v : NULL;
}

/* Camunda asks only what a worker fetched by its topic. */
static bool
is_external(const struct wr_xml *e)
{
    const char *type = wr_xml_attr_ns(e, WR_NS_CAMUNDA, "type");

    return type && !strcmp(type, "external");
}

static void
read_definition(struct reader *r, const struct wr_xml *e,
                const struct wr_xml *d)
{
    const char *text = attribute(d, "expression");
    struct wr_outcome_rule *rule = &r->rules[r->n_rules];
    struct wr_event_def def = { 0 };

    if (!is_external(e) || !text) {
        wr_build_found(r->b, WR_F_EXT_UNSUPPORTED, d,
                       is_external(e)
                           ? "the element 'errorEventDefinition' of '%s' has"
                             " no effect without an expression"
                           : "the element 'errorEventDefinition' of '%s' has"
                             " no effect: it is no external task",
                       e->name);
        return;
    }
    (void)wr_build_thrown(r->b, r->n, d, &def);
    rule->code = def.name.text;
    rule->holds = wr_build_expr(r->b, d, WR_LANG_JUEL, text);
    r->n_rules++;
}

/* Every exception is one of these; of other classes nobody here knows. */
static bool
is_any(const char *name)
{
    return !strcmp(name, "java.lang.Throwable")
           || !strcmp(name, "java.lang.Exception");
}

static void
read_mapping(struct reader *r, const struct wr_xml *x)
{
    const char *children = attribute(x, "includeChildExceptions");
    bool any = children && !strcmp(children, "true");
    struct wr_outcome_rule *rule = &r->rules[r->n_rules];

    *rule = (struct wr_outcome_rule){
        .code = attribute(x, "errorCode"),
        .root_cause = attribute(x, "rootCause"),
        .exception = wr_xml_trim(r->b->arena, x->text ? x->text : ""),
    };
    if (!rule->code) {
        wr_build_found(r->b, WR_F_NO_ERROR, x, "a '%s' without errorCode",
                       x->name);
        return;
    }
    if (any && *rule->exception && !is_any(rule->exception)) {
        wr_build_found(r->b, WR_F_UNSUPPORTED_ATTRIBUTE, x,
                       "unsupported attribute 'includeChildExceptions' of"
                       " '%s': which classes extend '%.100s' is not known here",
                       x->name, rule->exception);
        return;
    }
    rule->any = any && *rule->exception;
    if (!*rule->exception)
        rule->exception = NULL;
    r->n_rules++;
}

void
wr_build_outcome(struct wr_build *b, struct wr_node *n, const struct wr_xml *e)
{
    const struct wr_xml *list = wr_xml_child(e, WR_NS_BPMN,
                                             "extensionElements");
    struct reader r = { .b = b, .n = n };
    int max = 0;

    if (!list)
        return;
    max += wr_xml_count(list, WR_NS_CAMUNDA, "errorEventDefinition");
    max += wr_xml_count(list, WR_NS_FLOWABLE, "mapException");
    if (!max)
        return;
    r.rules = wr_newn(b->arena, struct wr_outcome_rule, max);
    for (const struct wr_xml *x = list->first; x; x = x->next) {
        if (x->ns == WR_NS_CAMUNDA && !strcmp(x->name, "errorEventDefinition"))
            read_definition(&r, e, x);
        else if (x->ns == WR_NS_FLOWABLE && !strcmp(x->name, "mapException"))
            read_mapping(&r, x);
    }
    n->outcome = r.rules;
    n->n_outcome = r.n_rules;
}
