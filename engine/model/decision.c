/*
 * decision.c: which decision a task makes, in the words of each dialect, and what
 * becomes of its result.
 *
 *     camunda    businessRuleTask camunda:decisionRef
 *     zeebe      businessRuleTask with zeebe:calledDecision
 *     flowable   serviceTask flowable:type="dmn" with fields
 *     spiff      businessRuleTask with spiffworkflow:calledDecisionId
 */

#include <stdlib.h>
#include <string.h>

#include "engine/model/build.h"

static bool
is_true(const char *v)
{
    return v && (!strcmp(v, "true") || !strcmp(v, "1"));
}

static const char *
filled(const char *v)
{
    return v && *v ? v : NULL;
}

static struct wr_decision_def *
new_decision(struct wr_build *b, struct wr_node *n, struct wr_attr ref)
{
    struct wr_decision_def *d = wr_new(b->arena, struct wr_decision_def);

    d->ref = ref;
    n->decision = d;

    return d;
}

/* ---- which version ---- */

struct words { /* that say it */
    const char *binding, *version, *tag;
};

static void
unbound(struct wr_build *b, const struct wr_xml *x, const char *binding,
        const char *attribute)
{
    wr_build_found(b, WR_F_BAD_DECISION, x,
                   "the binding '%s' of a decision needs the attribute '%s'",
                   binding, attribute);
}

static void
check_version(struct wr_build *b, const struct wr_xml *x, struct wr_attr v)
{
    if (!v.expr
        && (strspn(v.text, "0123456789") != strlen(v.text)
            || strtol(v.text, NULL, 10) < 1))
        wr_build_found(b, WR_F_BAD_NUMBER, x,
                       "version '%.60s' of a decision is no whole number"
                       " from 1",
                       v.text);
}

/* What says more than the binding does is left alone, as where it comes from. */
static void
unused(struct wr_build *b, const struct wr_xml *x, const char *attribute,
       const char *value, const char *binding)
{
    if (value)
        wr_build_found(b, WR_F_IGNORED, x,
                       "'%s' of '%s' has no effect: the binding of its"
                       " decision is '%s'",
                       attribute, x->name, binding);
}

static void
bind(struct wr_build *b, struct wr_decision_def *d, const struct wr_xml *x,
     enum wr_ns ns, const struct words *names, const struct words *values)
{
    const char *binding = values->binding ? values->binding : "latest";
    const char *version = values->version, *tag = values->tag;

    if (!strcmp(binding, "deployment")) {
        d->binding = WR_BIND_DEPLOYMENT;
    } else if (names->version && !strcmp(binding, "version")) {
        d->binding = WR_BIND_VERSION;
        if (!version) {
            unbound(b, x, binding, names->version);
            return;
        }
        d->version = wr_build_attr(b, x, ns, version);
        check_version(b, x, d->version);
        version = NULL;
    } else if (!strcmp(binding, "versionTag")) {
        d->binding = WR_BIND_TAG;
        if (!tag) {
            unbound(b, x, binding, names->tag);
            return;
        }
        d->version = wr_build_attr(b, x, ns, tag);
        tag = NULL;
    } else if (strcmp(binding, "latest") != 0) {
        wr_build_found(b, WR_F_BAD_DECISION, x,
                       "'%s' of '%s' is '%.40s', none of latest, deployment,"
                       "%s versionTag",
                       names->binding, x->name, binding,
                       names->version ? " version," : "");
        return;
    }
    if (names->version)
        unused(b, x, names->version, version, binding);
    unused(b, x, names->tag, tag, binding);
}

/* ---- camunda ---- */

static const char *
camunda(const struct wr_xml *e, const char *name)
{
    return filled(wr_xml_attr_ns(e, WR_NS_CAMUNDA, name));
}

static void
camunda_mapping(struct wr_build *b, struct wr_node *n,
                struct wr_decision_def *d, const struct wr_xml *e)
{
    static const struct {
        const char *name;
        enum wr_result_map map;
    } maps[] = {
        { "singleEntry", WR_RESULT_SINGLE_ENTRY },
        { "singleResult", WR_RESULT_SINGLE },
        { "collectEntries", WR_RESULT_ENTRIES },
        { "resultList", WR_RESULT_LIST },
    };
    const char *name = camunda(e, "mapDecisionResult");

    d->map = WR_RESULT_LIST;
    if (!name)
        return;
    if (!n->result_variable)
        wr_build_found(b, WR_F_IGNORED, e,
                       "'mapDecisionResult' of '%s' has no effect without a"
                       " resultVariable",
                       n->id);
    for (size_t i = 0; i < WR_COUNT(maps); i++) {
        if (!strcmp(maps[i].name, name)) {
            d->map = maps[i].map;
            return;
        }
    }
    wr_build_found(b, WR_F_BAD_DECISION, e,
                   "'mapDecisionResult' of '%s' is '%.40s', none of"
                   " singleEntry, singleResult, collectEntries, resultList",
                   n->id, name);
}

/* Camunda makes the decision and never looks at them. */
static void
check_rivals(struct wr_build *b, const struct wr_node *n,
             const struct wr_xml *e)
{
    static const char *const names[] = { "type", "topic", "class",
                                         "delegateExpression", "expression" };

    for (size_t i = 0; i < WR_COUNT(names); i++) {
        if (camunda(e, names[i]))
            wr_build_found(b, WR_F_IGNORED, e,
                           "'%s' of '%s' has no effect beside a decisionRef",
                           names[i], n->id);
    }
}

static bool
read_camunda(struct wr_build *b, struct wr_node *n, const struct wr_xml *e)
{
    static const struct words names = { "decisionRefBinding",
                                        "decisionRefVersion",
                                        "decisionRefVersionTag" };
    const char *ref = camunda(e, "decisionRef");
    struct words values = { camunda(e, names.binding),
                            camunda(e, names.version), camunda(e, names.tag) };
    const char *tenant = camunda(e, "decisionRefTenantId");
    struct wr_decision_def *d;

    if (!ref)
        return false;
    d = new_decision(b, n, wr_build_attr(b, e, WR_NS_CAMUNDA, ref));
    d->shows_rows = true;
    bind(b, d, e, WR_NS_CAMUNDA, &names, &values);
    if (tenant)
        d->tenant = wr_build_attr(b, e, WR_NS_CAMUNDA, tenant);
    camunda_mapping(b, n, d, e);
    check_rivals(b, n, e);

    return true;
}

/* ---- zeebe ---- */

static bool
read_zeebe(struct wr_build *b, struct wr_node *n, const struct wr_xml *e)
{
    static const struct words names = { "bindingType", NULL, "versionTag" };
    const struct wr_xml *x = wr_build_extension(e, WR_NS_ZEEBE,
                                                "calledDecision");
    const char *id = x ? filled(wr_xml_attr(x, "decisionId")) : NULL;
    struct words values = { 0 };
    struct wr_decision_def *d;

    if (!x)
        return false;
    if (!id)
        wr_build_found(b, WR_F_NO_DECISION, x,
                       "the calledDecision of '%s' has no decisionId", n->id);
    values.binding = filled(wr_xml_attr(x, names.binding));
    values.tag = filled(wr_xml_attr(x, names.tag));
    d = new_decision(b, n, wr_build_attr(b, x, WR_NS_ZEEBE, id ? id : ""));
    d->map = WR_RESULT_VALUE;
    bind(b, d, x, WR_NS_ZEEBE, &names, &values);
    n->result_variable = filled(wr_xml_attr(x, "resultVariable"));
    if (!n->result_variable)
        wr_build_found(b, WR_F_BAD_DECISION, x,
                       "the calledDecision of '%s' has no resultVariable",
                       n->id);
    if (wr_build_extension(e, WR_NS_ZEEBE, "taskDefinition"))
        wr_build_found(b, WR_F_BAD_DECISION, x,
                       "'%s' has both a calledDecision and a taskDefinition",
                       n->id);

    return true;
}

/* ---- flowable ---- */

/* Its value, "" without; *expression: it has to be evaluated. */
static const char *
field_value(struct wr_build *b, const struct wr_xml *f)
{
    static const char *const names[] = { "stringValue", "expression",
                                         "string" };
    const char *v = NULL;

    for (size_t i = 0; i < WR_COUNT(names) && !v; i++) {
        const struct wr_xml *c = wr_xml_child(f, WR_NS_FLOWABLE, names[i]);

        v = filled(wr_build_own(f, names[i]));
        if (!v && c && c->text)
            v = filled(wr_xml_trim(b->arena, c->text));
    }

    return v ? v : "";
}

/* NULL: it is not there. */
static const char *
field(struct wr_build *b, const struct wr_xml *e, const char *name)
{
    const struct wr_xml *list = e->extensions;

    for (const struct wr_xml *c = list ? list->first : NULL; c; c = c->next) {
        const char *of = wr_build_own(c, "name");

        if (c->ns == WR_NS_FLOWABLE && !strcmp(c->name, "field") && of
            && !strcmp(of, name))
            return field_value(b, c);
    }

    return NULL;
}

/* A decision deployed with the process counts before the latest, unless
 * `sameDeployment` says no. */
static bool
read_flowable(struct wr_build *b, struct wr_node *n, const struct wr_xml *e)
{
    const char *table, *service, *same;
    struct wr_decision_def *d;

    if (!wr_build_is_dmn(e))
        return false;
    table = filled(field(b, e, "decisionTableReferenceKey"));
    service = filled(field(b, e, "decisionServiceReferenceKey"));
    same = field(b, e, "sameDeployment");
    if (!table && !service)
        wr_build_found(b, WR_F_NO_DECISION, e,
                       "'%s' is of type dmn and has no field"
                       " decisionTableReferenceKey or"
                       " decisionServiceReferenceKey",
                       n->id);
    if (table && service)
        wr_build_found(b, WR_F_BAD_DECISION, e,
                       "'%s' has both a decisionTableReferenceKey and a"
                       " decisionServiceReferenceKey",
                       n->id);
    d = new_decision(b, n,
                     wr_build_attr(b, e, WR_NS_FLOWABLE,
                                   service ? service
                                   : table ? table
                                           : ""));
    d->service = service != NULL;
    d->map = WR_RESULT_OUTPUTS;
    d->else_latest = !same || is_true(same);
    d->binding = d->else_latest ? WR_BIND_DEPLOYMENT : WR_BIND_LATEST;
    d->needs_hit = is_true(field(b, e, "decisionTaskThrowErrorOnNoHits"));

    return true;
}

bool
wr_build_is_dmn(const struct wr_xml *e)
{
    const char *type = wr_xml_attr_ns(e, WR_NS_FLOWABLE, "type");

    return wr_xml_is(e, "serviceTask") && type && !strcmp(type, "dmn");
}

/* Rules of Drools; without any it asks all that were deployed. */
static void
check_drools(struct wr_build *b, const struct wr_node *n,
             const struct wr_xml *e)
{
    static const char *const names[] = { "rules", "ruleVariablesInput",
                                         "exclude" };

    for (size_t i = 0; i < WR_COUNT(names); i++) {
        if (filled(wr_xml_attr_ns(e, WR_NS_FLOWABLE, names[i]))) {
            wr_build_found(b, WR_F_UNSUPPORTED_ATTRIBUTE, e,
                           "unsupported attribute '%s' of '%s': rules of"
                           " Drools do not run here, make them a decision"
                           " table and call it",
                           names[i], n->id);
            return;
        }
    }
}

/* ---- spiffworkflow ---- */

static bool
read_spiff(struct wr_build *b, struct wr_node *n, const struct wr_xml *e)
{
    const struct wr_xml *x = wr_build_extension(e, WR_NS_SPIFF,
                                                "calledDecisionId");
    const char *id = x && x->text ? wr_xml_trim(b->arena, x->text) : "";

    if (!x)
        return false;
    if (!*id)
        wr_build_found(b, WR_F_NO_DECISION, x,
                       "the calledDecisionId of '%s' is empty", n->id);
    new_decision(b, n, (struct wr_attr){ .text = id })->map = WR_RESULT_COLUMNS;

    return true;
}

bool
wr_build_decision(struct wr_build *b, struct wr_node *n, const struct wr_xml *e)
{
    if (n->kind == WR_SERVICE_TASK)
        return read_flowable(b, n, e);
    if (n->kind != WR_BUSINESS_RULE_TASK)
        return false;
    check_drools(b, n, e);

    return read_camunda(b, n, e) || read_zeebe(b, n, e) || read_spiff(b, n, e);
}
