/* extension.c: what becomes of other engines' extensions (extensions.def). */

#include <string.h>

#include "engine/model/build.h"

enum status {
    USED,
    HARMLESS,
    WARNED,
    REFUSED
};

static const struct {
    enum wr_ns ns;
    enum status status;
    const char *names; /* separated by blanks */
} rows[] = {
#define WR_EXTENSION(ns, status, names) { WR_NS_##ns, status, names },
#include "engine/model/extensions.def"
#undef WR_EXTENSION
};

static bool
holds(const char *names, const char *name)
{
    size_t len = strlen(name);

    for (const char *s = strstr(names, name); s; s = strstr(s + 1, name)) {
        bool begins = s == names || s[-1] == ' ';

        if (begins && (s[len] == ' ' || s[len] == '\0'))
            return true;
    }

    return false;
}

static bool
is_executable(enum wr_ns ns)
{
    return ns == WR_NS_CAMUNDA || ns == WR_NS_FLOWABLE || ns == WR_NS_ZEEBE
           || ns == WR_NS_PYTHMATA || ns == WR_NS_SPIFF || ns == WR_NS_DROOLS;
}

static enum status
status_of(enum wr_ns ns, const char *name)
{
    for (size_t i = 0; i < WR_COUNT(rows); i++) {
        if (rows[i].ns == ns && holds(rows[i].names, name))
            return rows[i].status;
    }

    return WARNED;
}

static void
report(struct wr_build *b, enum status status, const struct wr_xml *at,
       const char *what, const char *name, const char *in)
{
    switch (status) {
    case USED:
    case HARMLESS:
        break;
    case WARNED:
        wr_build_found(b, WR_F_EXT_UNSUPPORTED, at,
                       "the %s '%s' of '%s' has no effect here", what, name,
                       in);
        break;
    case REFUSED:
        wr_build_found(b,
                       *what == 'a' ? WR_F_UNSUPPORTED_ATTRIBUTE
                                    : WR_F_UNSUPPORTED_ELEMENT,
                       at, "unsupported %s '%s' of '%s'", what, name, in);
        break;
    }
}

/* Switches that are off change nothing. */
static bool
is_off(const char *value)
{
    return !*value || !strcmp(value, "false");
}

/* Who listens to a process, a node or a flow is read there (listener.c). */
static bool
listens(const struct wr_xml *c, const struct wr_xml *of)
{
    return strstr(c->name, "istener") && !(of->is & WR_IS_NODE)
           && !wr_xml_is(of, "process") && !wr_xml_is(of, "sequenceFlow")
           && !wr_xml_is(of, "globalUserTask") && !wr_xml_is(of, "globalTask")
           && !wr_xml_is(of, "globalManualTask")
           && !wr_xml_is(of, "globalScriptTask");
}

/* Parameters and operators of work are those of a task that is a job. */
static bool
is_misplaced(const struct wr_xml *c, const struct wr_xml *of)
{
    bool loop = !strcmp(c->name, "variableAggregation");
    bool work = !strcmp(c->name, "connector")
                || !strcmp(c->name, "serviceTaskOperator")
                || !strcmp(c->name, "errorEventDefinition")
                || !strncmp(c->name, "externalWorker", 14);

    return (loop && !wr_xml_is(of, "multiInstanceLoopCharacteristics"))
           || (!strcmp(c->name, "eventListener") && !wr_xml_is(of, "process"))
           || (!strcmp(c->name, "variableListenerEventDefinition")
               && !(of->is & WR_IS_EVENT))
           || (!strncmp(c->name, "calledDecision", 14)
               && !wr_xml_is(of, "businessRuleTask")
               && !wr_xml_is(of, "globalBusinessRuleTask"))
           || (!strcmp(c->name, "mapException") && !wr_xml_is(of, "serviceTask")
               && !wr_xml_is(of, "callActivity"))
           || (work && !wr_xml_is(of, "serviceTask")
               && !wr_xml_is(of, "sendTask")
               && !wr_xml_is(of, "businessRuleTask"));
}

/* Of a task that makes a decision (decision.c). */
static bool
field_is_read(const struct wr_xml *c)
{
    const char *name = wr_build_own(c, "name");

    return name
           && holds("decisionTableReferenceKey decisionServiceReferenceKey "
                    "decisionTaskThrowErrorOnNoHits sameDeployment",
                    name);
}

/* Variables in and out are those of a call activity; those that go with a signal
 * or message go in only (payload.c). */
static enum status
status_in(const struct wr_xml *c, const struct wr_xml *of)
{
    bool thrown = wr_xml_is(of, "signalEventDefinition")
                  || wr_xml_is(of, "messageEventDefinition");
    bool in = !strcmp(c->name, "in");

    if ((in || !strcmp(c->name, "out"))
        && (c->ns == WR_NS_CAMUNDA || c->ns == WR_NS_FLOWABLE)
        && !wr_xml_is(of, "callActivity") && !(in && thrown))
        return REFUSED;
    if (of && status_of(c->ns, c->name) == USED
        && (listens(c, of) || is_misplaced(c, of)))
        return REFUSED;
    if (of && c->ns == WR_NS_FLOWABLE && !strcmp(c->name, "field")
        && wr_build_is_dmn(of))
        return field_is_read(c) ? USED : WARNED;

    return status_of(c->ns, c->name);
}

/* The element, or the global one of its kind. */
static bool
is_one(const struct wr_xml *e, const char *element)
{
    return wr_xml_is(e, element)
           || (!strcmp(element, "businessRuleTask")
               && wr_xml_is(e, "globalBusinessRuleTask"));
}

/* Attributes that count at one element alone. */
static bool
is_elsewhere(const char *name, const struct wr_xml *e)
{
    const struct {
        const char *name, *element;
    } places[] = {
        { "triggerable", "serviceTask" },
        { "resource", e->ns == WR_NS_BPMN && strstr(e->name, "ondition")
                          ? e->name
                          : "scriptTask" },
        { "decisionRef", "businessRuleTask" },
        { "decisionRefBinding", "businessRuleTask" },
        { "decisionRefVersion", "businessRuleTask" },
        { "decisionRefVersionTag", "businessRuleTask" },
        { "decisionRefTenantId", "businessRuleTask" },
        { "mapDecisionResult", "businessRuleTask" },
        { "endDate", "timeCycle" },
        { "useLocalScopeForResultVariable", "serviceTask" },
        { "storeResultVariableAsTransient", "serviceTask" },
        { "terminateAll", "terminateEventDefinition" },
        { "terminateMultiInstance", "terminateEventDefinition" },
    };

    for (size_t i = 0; i < WR_COUNT(places); i++) {
        if (!strcmp(places[i].name, name))
            return !is_one(e, places[i].element);
    }

    return false;
}

void
wr_build_check_extensions(struct wr_build *b, const struct wr_xml *e)
{
    for (int i = 0; i < e->n_attrs; i++) {
        const struct wr_xml_attr *a = &e->attrs[i];
        char name[128] = "@";

        if (!is_executable(a->ns) || strlen(a->name) > sizeof name - 2)
            continue;
        memcpy(name + 1, a->name, strlen(a->name) + 1);
        if (!is_off(a->value))
            report(b,
                   is_elsewhere(a->name, e) ? WARNED : status_of(a->ns, name),
                   e, "attribute", a->name, e->name);
    }
    if (!wr_xml_is(e, "extensionElements"))
        return;
    for (const struct wr_xml *c = e->first; c; c = c->next) {
        if (is_executable(c->ns))
            report(b, status_in(c, e->parent), c, "element", c->name,
                   e->parent ? e->parent->name : "");
    }
}
